"""What a test or a bench sees of the world: plain frozen values, never the world's own objects."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

EPHEMERAL = 1 << 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A text channel, a thread of one (`parent_id`), or with no `guild_id` a member's direct messages."""

    id: int
    name: str
    guild_id: int | None
    parent_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    id: int
    name: str
    guild_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person in a guild; their direct messages with the bot are reached by `channel=None`."""

    id: int
    name: str
    guild_id: int
    locale: str = "en-US"

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guild:
    """A server with its owner and its first channels."""

    id: int
    name: str
    owner: Member
    channels: tuple[Channel, ...]

    @property
    def general(self) -> Channel:
        return self.channels[0]

    @property
    def newbies(self) -> Channel:
        return self.channels[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A button, menu or other part of a message; `row` counts from 0."""

    type: int
    row: int
    label: str | None
    custom_id: str | None
    style: int | None
    emoji: str | None
    url: str | None
    disabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    id: int
    filename: str
    size: int
    content_type: str | None
    url: str
    width: int | None
    height: int | None
    description: str | None
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """An emoji under a message, by how many people it was put there, and whether the bot is one of them."""

    emoji: str
    count: int
    is_bots: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as it stands now; `interaction_id` names the interaction that it answers."""

    id: int
    channel_id: int
    author_id: int
    content: str
    embeds: tuple[Mapping[str, Any], ...]
    components: tuple[Component, ...]
    attachments: tuple[Attachment, ...]
    reactions: tuple[Reaction, ...]
    reference: int | None
    flags: int
    nonce: str | None
    mentions: tuple[int, ...]
    interaction_id: int | None
    created_at: datetime
    edited_at: datetime | None

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    def component(self, label: str) -> Component:
        """The one component with this label (or emoji)."""
        return next(item for item in self.components if label in (item.label, item.emoji))


def message_view(payload: Mapping[str, Any], read: Callable[[str], bytes]) -> Message:
    """A view of a message as it goes over the wire; `read` gives the bytes behind an attachment's URL."""
    reference = payload.get("message_reference") or {}
    interaction = payload.get("interaction_metadata") or {}
    edited_at = payload["edited_timestamp"]
    return Message(
        id=int(payload["id"]),
        channel_id=int(payload["channel_id"]),
        author_id=int(payload["author"]["id"]),
        content=payload["content"],
        embeds=tuple(payload["embeds"]),
        components=tuple(_components(payload["components"])),
        attachments=tuple(_attachment(item, read) for item in payload["attachments"]),
        reactions=tuple(_reaction(item) for item in payload.get("reactions", ())),
        reference=int(reference["message_id"]) if "message_id" in reference else None,
        flags=payload["flags"],
        nonce=payload.get("nonce"),
        mentions=tuple(int(user["id"]) for user in payload["mentions"]),
        interaction_id=int(interaction["id"]) if interaction else None,
        created_at=datetime.fromisoformat(payload["timestamp"]),
        edited_at=datetime.fromisoformat(edited_at) if edited_at else None,
    )


def _components(roots: list[Mapping[str, Any]]) -> Iterator[Component]:
    """Every component below the top level, in order, containers included."""
    for row, root in enumerate(roots):
        for item in _descend(root):
            emoji = item.get("emoji") or {}
            yield Component(
                type=item["type"],
                row=row,
                label=item.get("label"),
                custom_id=item.get("custom_id"),
                style=item.get("style"),
                emoji=emoji.get("name"),
                url=item.get("url"),
                disabled=item.get("disabled", False),
            )


def _descend(component: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    children = list(component.get("components") or [])
    children += [component[key] for key in ("accessory", "component") if component.get(key)]
    for child in children:
        yield child
        yield from _descend(child)


def _reaction(payload: Mapping[str, Any]) -> Reaction:
    return Reaction(emoji=payload["emoji"]["name"], count=payload["count"], is_bots=payload["me"])


def _attachment(payload: Mapping[str, Any], read: Callable[[str], bytes]) -> Attachment:
    return Attachment(
        id=int(payload["id"]),
        filename=payload["filename"],
        size=payload["size"],
        content_type=payload.get("content_type"),
        url=payload["url"],
        width=payload.get("width"),
        height=payload.get("height"),
        description=payload.get("description"),
        data=read(payload["url"]),
    )
