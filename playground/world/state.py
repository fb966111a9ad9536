"""The world: simcord's in-memory Discord, its corrections, and the seeding of it."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

import discord
from simcord.backend import Backend, serializers
from simcord.backend.models import Overwrite
from simcord.enums import ChannelType, InteractionType, OverwriteType
from simcord.env import Env
from simcord.intents import censor_message, prune_guild_create, required_intent

from playground import corrections
from playground.faults import Clock
from playground.rules import DEFAULT_UPLOAD_LIMIT, UPLOAD_LIMIT_BY_TIER
from playground.views import EPHEMERAL, Channel, Guild, Member, Message, Role, message_view
from playground.world.cdn import Cdn

ANSWER_WITHIN = 3.0
HAS_THREAD = 1 << 5
GRANTED = {1 << 8: 1 << 13, 1 << 1: 1 << 15, 1 << 15: 1 << 19}
"""Privileged intents (presences, members, message content), each with the flag of who was granted it."""

Payload = dict[str, Any]
Listener = Callable[[str, Payload], None]


class Forgetful(list[Any]):
    """A log that keeps nothing: the world's own diaries would grow without end."""

    def append(self, item: Any) -> None:
        """Let the item go."""


class LiveEnv(Env):  # type: ignore[misc]
    """simcord's environment with no bot inside: the bot is a client on the wire."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(discord.Client(intents=discord.Intents(guilds=True)))
        self.backend = backend
        self._generation = 1  # the page refuses every action in generation 0, "no bot attached"

    async def _settle_internal(self, **_: Any) -> None:
        """Return at once: there is no bot in this process to wait for."""


class World:
    """Guilds, channels, people and messages.

    Events reach the `listeners` as Discord's gateway would send them to a client with every intent.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.backend = Backend(clock=clock)
        self.backend.cdn = Cdn()
        self.backend.http_requests = Forgetful()
        self.backend.transcript = Forgetful()
        self.backend.subscribers.append(self._announce)
        self.backend.bot_user.name = "Darkroom"
        self.env = LiveEnv(self.backend)
        self.listeners: list[Listener] = []
        self.upload_limit = DEFAULT_UPLOAD_LIMIT
        self.answer_within = ANSWER_WITHIN
        self.approved_intents = 0
        self.nonce_of: dict[int, str] = {}
        self._tiers: dict[int, int] = {}
        self._nsfw: set[int] = set()
        self._locales: dict[int, str] = {}
        self.left_channels: set[int] = set()
        self.closed_channels: set[int] = set()  # direct messages of people who want none from the bot

    @property
    def cdn_url(self) -> str:
        """Where the URLs of attachments point; known once the server listens."""
        return str(self.backend.cdn.base_url)

    @cdn_url.setter
    def cdn_url(self, url: str) -> None:
        self.backend.cdn.base_url = url

    # What the bot sees

    @property
    def bot_id(self) -> int:
        return int(self.backend.bot_user.id)

    @property
    def has_commands(self) -> bool:
        return any(self.backend.commands.values())

    def guild_ids(self) -> list[int]:
        return list(self.backend.guilds)

    def guild_payload(self, guild_id: int) -> Payload:
        payload = dict(serializers.guild_create_payload(self.backend, self.backend.guilds[guild_id]))
        payload["channels"] = [self.correct_channel(dict(channel)) for channel in payload["channels"]]
        return dict(corrections.users(corrections.guild(payload, self._tiers.get(guild_id, 0))))

    def application_flags(self) -> int:
        """Which privileged intents an application that few people reach was granted."""
        return sum(flag for intent, flag in GRANTED.items() if self.approved_intents & intent)

    def ready_payload(self) -> Payload:
        user = dict(serializers.user_payload(self.backend.bot_user))
        flags = self.application_flags()
        application = {"id": str(self.backend.application_id), "flags": flags, "flags_new": str(flags)}
        return dict(corrections.users({"user": user, "application": application}))

    def shape(self, event: str, payload: Payload, intents: int) -> Payload | None:
        """The event as a client with these intents gets it; None where it gets nothing."""
        declared = discord.Intents._from_value(intents)  # noqa: SLF001
        gate = required_intent(event, payload)
        if gate is not None and not getattr(declared, gate):
            return None
        payload = deepcopy(payload)  # censoring must not reach the world's own lists
        if event in ("MESSAGE_CREATE", "MESSAGE_UPDATE") and not declared.message_content:
            censor_message(payload, self.bot_id, backend=self.backend)
        if event == "GUILD_CREATE":
            prune_guild_create(payload, declared, self.bot_id)
        return payload

    def _announce(self, event: str, payload: Mapping[str, Any]) -> None:
        corrected = corrections.users(self._correct_event(event, dict(payload)))
        for listener in self.listeners:
            listener(event, corrected)

    def _correct_event(self, event: str, payload: Payload) -> Payload:
        if event in ("GUILD_CREATE", "GUILD_UPDATE"):
            guild = self.guild_payload(int(payload["id"]))
            del guild["unavailable"]  # which is said of guilds that are back: to this one the bot was added
            return guild
        if event in ("MESSAGE_CREATE", "MESSAGE_UPDATE"):
            return self.correct_message(payload)
        if event in ("CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE"):
            return self.correct_channel(payload)
        if event == "MESSAGE_REACTION_ADD":
            message = self.backend.get_message(int(payload["channel_id"]), int(payload["message_id"]))
            return payload | {"message_author_id": str(message.author_id), "burst_colors": []}
        if event == "INTERACTION_CREATE":
            return self._correct_interaction(payload)
        return payload

    def correct_channel(self, payload: Payload) -> Payload:
        if "thread_metadata" in payload:
            return payload
        return corrections.channel(payload, nsfw=int(payload["id"]) in self._nsfw)

    def _correct_interaction(self, payload: Payload) -> Payload:
        record = self.backend.interactions[int(payload["id"])]
        record.initial_response_deadline = self.backend.iso_after(self.answer_within)
        user = payload.get("user") or payload["member"]["user"]
        payload["channel"] = self.correct_channel(dict(payload["channel"]))
        if "message" in payload:
            payload["message"] = self.correct_message(dict(payload["message"]))
        self._correct_resolved(payload)
        own = self.backend.commands.get(int(payload.get("guild_id", 0)), {}).values()
        return corrections.interaction(
            payload,
            locale=self._locales.get(int(user["id"]), "en-US"),
            upload_limit=self.limit_of(int(payload.get("guild_id", 0))),
            member_permissions=payload.get("member", {}).get("permissions", "0"),
            is_of_guild=payload["data"].get("id") in {command["id"] for command in own},
        )

    def correct_message(self, payload: Payload) -> Payload:
        """A message as Discord sends it."""
        if "interaction_metadata" in payload:
            payload["interaction_metadata"] = self._correct_metadata(dict(payload["interaction_metadata"]))
        if (thread := self.backend.channels.get(int(payload["id"]))) is not None:
            payload["thread"] = dict(serializers.thread_payload(self.backend, thread))
            payload["flags"] |= HAS_THREAD
        for reaction in payload.get("reactions", ()):
            reaction["me"] = self._is_bots(payload, reaction["emoji"])
        return corrections.message(payload, self.nonce_of.get(int(payload["id"])))

    def _is_bots(self, payload: Payload, emoji: Payload) -> bool:
        stored = self.backend.messages.get(int(payload["channel_id"]), {}).get(int(payload["id"]))
        name = f"{emoji['name']}:{emoji['id']}" if emoji["id"] else emoji["name"]
        reaction = stored.reaction_for(name) if stored else None
        return reaction is not None and self.bot_id in reaction.user_ids

    def _correct_metadata(self, metadata: Payload) -> Payload:
        """A press names its message; a form, the interaction that it was the answer to."""
        record = self.backend.interactions[int(metadata["id"])]
        if record.type == InteractionType.MESSAGE_COMPONENT:
            metadata["interacted_message_id"] = str(record.source_message_id)
        elif record.type == InteractionType.MODAL_SUBMIT:
            metadata["triggering_interaction_metadata"] = self._trigger_of(record, metadata)
        return metadata

    def _trigger_of(self, submit: Any, metadata: Payload) -> Payload:
        opened = next(
            record
            for record in reversed(self.backend.interactions.values())
            if record.modal_consumed and record.user_id == submit.user_id and record.id < submit.id
        )
        trigger = {**metadata, "id": str(opened.id), "type": int(opened.type)}
        return self._correct_metadata(trigger)

    def limit_of(self, guild_id: int) -> int:
        """Bytes that a file may have in this guild (0: direct messages)."""
        tier = self._tiers.get(guild_id, 0)
        return max(self.upload_limit, UPLOAD_LIMIT_BY_TIER[tier]) if tier else self.upload_limit

    def read_cdn(self, url: str) -> bytes | None:
        """The bytes behind a URL or path of the CDN."""
        data: bytes | None = self.backend.cdn.get(url)
        return data

    def _correct_resolved(self, payload: Payload) -> None:
        """What an option or a menu names: members with their permissions here, messages in full."""
        resolved = payload["data"].get("resolved", {})
        place = (int(payload.get("guild_id", 0)), int(payload["channel_id"]))
        for user_id, member in resolved.get("members", {}).items():
            bits = self.backend.compute_permissions(place[0], int(user_id), place[1])
            member["permissions"] = str(bits)
        for message_id, message in resolved.get("messages", {}).items():
            resolved["messages"][message_id] = self.correct_message(dict(message))

    # Seeding

    def add_guild(self, name: str, owner_name: str, channels: Sequence[str], premium_tier: int) -> Guild:
        owner = self.backend.make_user(owner_name, global_name=owner_name)
        guild = self.backend.create_guild(name, owner_id=owner.id)
        self._tiers[guild.id] = premium_tier
        made = tuple(self.add_channel(guild.id, channel) for channel in channels)
        member = Member(id=owner.id, name=owner_name, guild_id=guild.id)
        return Guild(id=guild.id, name=name, owner=member, channels=made)

    def invite_bot(self, guild_id: int, permissions: Sequence[str]) -> None:
        own = self.backend.get_member(guild_id, self.bot_id).role_ids
        for role_id in (guild_id, *own):  # everybody's role has the number of the guild
            self.backend.edit_role(guild_id, role_id, {"permissions": _bits(permissions)})

    def remove_guild(self, guild_id: int) -> None:
        self.left_channels.update(self.backend.guilds[guild_id].channel_ids)
        self.backend.remove_guild(guild_id)

    def add_channel(
        self, guild_id: int, name: str, *, nsfw: bool = False, topic: str | None = None
    ) -> Channel:
        channel = self.backend.create_channel(guild_id, name, announce=False, topic=topic)
        if nsfw:
            self._nsfw.add(channel.id)
        self._announce("CHANNEL_CREATE", serializers.channel_payload(self.backend, channel))
        return Channel(id=channel.id, name=name, guild_id=guild_id)

    def add_role(self, guild_id: int, name: str, permissions: Sequence[str]) -> Role:
        role = self.backend.create_role(guild_id, name, permissions=_bits(permissions))
        return Role(id=role.id, name=name, guild_id=guild_id)

    def add_member(
        self, guild_id: int, name: str, *, roles: Sequence[Role], permissions: Sequence[str], locale: str
    ) -> Member:
        user = self.backend.make_user(name, global_name=name)
        self._locales[user.id] = locale
        role_ids = [role.id for role in roles]
        if permissions:
            role_ids.append(self.add_role(guild_id, f"{name}'s role", permissions).id)
        self.backend.add_member(guild_id, user.id, roles=role_ids, announce=True)
        return Member(id=user.id, name=name, guild_id=guild_id, locale=locale)

    def set_avatar(self, user_id: int, png: bytes) -> None:
        user = self.backend.get_user(user_id)
        user.avatar = hashlib.sha256(png).hexdigest()[:32]
        self.backend.cdn.store_avatar(user_id, user.avatar, png)

    def time_out(self, member: Member, seconds: float) -> None:
        record = self.backend.get_member(member.guild_id, member.id)
        record.timed_out_until = self.backend.iso_after(seconds)
        self.backend.announce_member_update(member.guild_id, member.id)

    def set_permissions(
        self, channel_id: int, target_id: int, *, role: bool, allow: Sequence[str], deny: Sequence[str]
    ) -> None:
        channel = self.backend.get_channel(channel_id)
        kind = OverwriteType.ROLE if role else OverwriteType.MEMBER
        others = [item for item in channel.overwrites if item.target_id != target_id]
        own = Overwrite(target_id=target_id, type=kind, allow=_bits(allow), deny=_bits(deny))
        self.backend.edit_channel(channel_id, {}, overwrites=[*others, own])

    # Reading

    def counts(self, guild_id: int) -> Payload:
        """How many people there are; in this world everybody is online."""
        number = len(self.backend.guilds[guild_id].members)
        return {"approximate_member_count": number, "approximate_presence_count": number}

    def dm_channel(self, user_id: int) -> Channel:
        channel = self.backend.get_dm_channel(user_id)
        return Channel(id=channel.id, name="", guild_id=None)

    def text_channels(self, guild_id: int) -> list[Channel]:
        """The guild's channels for text, in their order."""
        stored = [self.backend.channels[number] for number in self.backend.get_guild(guild_id).channel_ids]
        return [
            Channel(id=channel.id, name=channel.name, guild_id=guild_id)
            for channel in sorted(stored, key=lambda channel: channel.position)
            if channel.type == ChannelType.TEXT
        ]

    def threads(self, guild_id: int) -> list[Channel]:
        """The guild's threads, the oldest first."""
        return [
            Channel(id=thread.id, name=thread.name, guild_id=guild_id, parent_id=thread.parent_id)
            for thread in self.backend.active_threads(guild_id)
        ]

    def messages(self, channel_id: int) -> list[Message]:
        stored = self.backend.messages.get(channel_id, {})
        return [self._view(message) for message in list(stored.values())]

    def message(self, channel_id: int, message_id: int) -> Message | None:
        stored = self.backend.messages.get(channel_id, {}).get(message_id)
        return self._view(stored) if stored is not None else None

    def ephemerals(self, user_id: int) -> list[Message]:
        """Ephemeral messages that this person sees, in every channel."""
        return [
            self._view(message)
            for channel in self.backend.messages.values()
            for message in list(channel.values())
            if message.is_ephemeral and message.visible_to(user_id)
        ]

    def _view(self, stored: Any) -> Message:
        return message_view(self.message_payload(stored), lambda url: self.read_cdn(url) or b"")

    def message_payload(self, stored: Any) -> Payload:
        return self.correct_message(dict(serializers.message_payload(self.backend, stored)))

    def interaction(self, interaction_id: int) -> Any:
        """The world's record of an interaction: how it was answered, by which messages."""
        return self.backend.interactions[interaction_id]

    def note_failure(self, record: Any) -> None:
        """Tell the person that their interaction got no answer, as Discord's client does."""
        is_press = record.type == InteractionType.MESSAGE_COMPONENT
        user = serializers.user_payload(self.backend.get_user(record.user_id))
        self.backend.create_message(
            record.channel_id,
            self.bot_id,
            "This interaction failed." if is_press else "The application did not respond.",
            flags=EPHEMERAL,
            interaction_metadata={"id": str(record.id), "type": int(record.type), "user": user},
            broadcast=False,
        )


def _bits(permissions: Sequence[str]) -> int:
    """Permissions by the names that discord.py gives them."""
    return discord.Permissions(**dict.fromkeys(permissions, True)).value
