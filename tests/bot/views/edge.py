"""Discord as far as a press needs it: interactions go in through discord.py, every call is kept."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import web

from bot.client import Darkroom

GUILD, CHANNEL, PRIVATE = 1, 10, 11
DESK, ROLE = 7 * 10**17, 6 * 10**17
"""The guild of `tests.bot.services.community`; its moderators read in DESK."""
BOT = {"id": "9", "username": "Darkroom", "discriminator": "0", "avatar": None, "bot": True}
ADA = {"id": "100", "username": "ada", "discriminator": "0", "avatar": None}
APPLICATION = {
    "id": "9",
    "name": "Darkroom",
    "description": "",
    "icon": None,
    "bot_public": True,
    "bot_require_code_grant": False,
    "verify_key": "",
    "owner": BOT,
}
EVERYTHING = str(2**53 - 1)
MANAGE_GUILD = 1 << 5
POSTING = 1 << 10 | 1 << 11 | 1 << 15 | 1 << 16
BUTTON, LIST, INPUT, ROLES, CHANNELS = 2, 3, 4, 6, 8
COMMAND, MESSAGE_MENU = 1, 3
TEXT, ATTACHED = 3, 11
UNKNOWN_MESSAGE = 10008
PRIVATE_CLOSED = 50007

ACKNOWLEDGED = frozenset({5, 6})
"""The kinds of callback that only promise an answer."""
FORM_SHOWN = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What the bot sent."""

    method: str
    path: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """All that came of one interaction, in order."""

    calls: Sequence[Call]

    @property
    def is_acknowledged(self) -> bool:
        """Discord shows no "did not respond"."""
        return any(call.path.endswith("/callback") for call in self.calls)

    @property
    def content(self) -> str:
        """The last text that the presser got to read."""
        texts = [text for call in self.calls if (text := _data(call).get("content")) is not None]
        return texts[-1] if texts else ""

    @property
    def custom_ids(self) -> list[str]:
        """What can be pressed now, or the name of the form that was opened."""
        return list(_custom_ids([_data(call) for call in self.calls]))

    @property
    def frames(self) -> list[Mapping[str, Any]]:
        """The embeds of the last message."""
        shown = [data["embeds"] for call in self.calls if "embeds" in (data := _data(call))]
        return shown[-1] if shown else []

    @property
    def files(self) -> list[str]:
        """The names of all files that came."""
        return [file["filename"] for call in self.calls for file in _data(call).get("attachments", ())]

    @property
    def buttons(self) -> Mapping[str, int]:
        """The style of each labelled button, by its label."""
        return {item["label"]: item["style"] for item in self._items() if item.get("type") == BUTTON}

    @property
    def menus(self) -> list[str]:
        """The lines of all menus: what stands in them while nothing is chosen, and what can be."""
        lists = [item for item in self._items() if "min_values" in item]
        chosen = [choice["label"] for menu in lists for choice in menu.get("options", ())]
        return [menu["placeholder"] for menu in lists if menu.get("placeholder")] + chosen

    @property
    def fields(self) -> Mapping[str, str]:
        """What the form that was opened is filled with, by name."""
        return {item["custom_id"]: item.get("value", "") for item in self._items() if item["type"] == INPUT}

    @property
    def hints(self) -> list[str]:
        """What stands below the labels of the form that was opened."""
        return [item["description"] for item in self._items() if "description" in item]

    def _items(self) -> list[Mapping[str, Any]]:
        return list(_parts([_data(call) for call in self.calls]))

    @property
    def form(self) -> str | None:
        """The custom_id of the form that was opened."""
        opened = [call for call in self.calls if call.body.get("type") == FORM_SHOWN]
        return opened[0].body["data"]["custom_id"] if opened else None


def _data(call: Call) -> Mapping[str, Any]:
    data = call.body.get("data", call.body) if call.path.endswith("/callback") else call.body
    return data or {}


def _parts(values: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Every component, however deep it lies."""
    found: list[Mapping[str, Any]] = []
    for value in values:
        found += [value] if "type" in value and "data" not in value else []
        found += _parts(value.get("components") or ())
        found += _parts([value["component"]] if "component" in value else ())
    return found


def _custom_ids(values: Sequence[Mapping[str, Any]]) -> Sequence[str]:
    found: list[str] = []
    for value in values:
        found += [value["custom_id"]] if "custom_id" in value else []
        found += _custom_ids(value.get("components", ()))
    return found


@dataclass(kw_only=True)
class Edge:
    """A local Discord that takes everything, and a client that is logged in to it."""

    client: Darkroom | None = None
    calls: list[Call] = field(default_factory=list)
    script: Callable[[Call], Awaitable[web.Response | None]] | None = None
    """What Discord says to a call instead; None for what it always says."""
    gone: set[int] = field(default_factory=set)
    """Messages that somebody deleted."""
    is_private_closed: bool = False
    """Whether nobody takes messages in private."""
    _numbers: "count[int]" = field(default_factory=lambda: count(10**15))

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Keep a call, and say what Discord would, as far as discord.py reads it."""
        call = Call(
            method=request.method,
            path=request.path,
            body=await _body(request),
        )
        self.calls.append(call)
        if self.script is not None and (said := await self.script(call)) is not None:
            return said
        return self._usual(request)

    def _usual(self, request: web.Request) -> web.Response:
        if request.method == "DELETE":
            return web.Response(status=204)
        if self.is_private_closed and str(PRIVATE) in request.path.split("/"):
            return refusal(403, PRIVATE_CLOSED)
        if request.method == "GET" and request.path.split("/")[-2] == "messages":
            asked = int(request.path.split("/")[-1])
            return refusal(404, UNKNOWN_MESSAGE) if asked in self.gone else _json(message(asked))
        return _json(self._said(request))

    def _said(self, request: web.Request) -> object:
        if request.path.endswith("/@me/channels"):
            return _private(ADA)
        if request.path.endswith("/@me"):
            return BOT if "users" in request.path else APPLICATION
        if "/members/" in request.path:
            return _member(int(request.path.split("/")[-1]), is_manager=False)
        if request.method == "GET" or request.path.endswith("/commands"):
            return []
        shown = message(next(self._numbers))
        if request.path.endswith("/callback"):
            number = request.path.split("/")[-3]
            return {"interaction": {"id": number, "type": 3}, "resource": {"type": 4, "message": shown}}
        return shown

    async def press(
        self,
        custom_id: str,
        *,
        user: int = 100,
        is_manager: bool = False,
        is_ephemeral: bool = True,
        kind: int = BUTTON,
        data: Mapping[str, Any] | None = None,
        frames: Sequence[Mapping[str, Any]] = (),
        content: str = "",
        files: Sequence[Mapping[str, Any]] = (),
        in_private: bool = False,
    ) -> Answer:
        """Press, or choose in, the part of a message that has this custom_id."""
        shown = message(5000, custom_id, kind=kind, is_ephemeral=is_ephemeral)
        shown |= {"embeds": frames, "content": content, "attachments": files}
        chosen = {"custom_id": custom_id, "component_type": kind, **(data or {})}
        pressed = {"type": 3, "message": shown, "data": chosen}
        return await self._send(pressed, _member(user, is_manager=is_manager), in_private=in_private)

    async def run(self, name: str, *, user: int = 100, **options: str | Mapping[str, Any]) -> Answer:
        """Send a command; an option that is a file is attached."""
        files = {key: value for key, value in options.items() if not isinstance(value, str)}
        given = [
            {"name": key, "type": ATTACHED, "value": value["id"]}
            if not isinstance(value, str)
            else {"name": key, "type": TEXT, "value": value}
            for key, value in options.items()
        ]
        resolved = {"attachments": {value["id"]: value for value in files.values()}}
        data = {"id": "1", "name": name, "type": COMMAND, "options": given, "resolved": resolved}
        return await self._send({"type": 2, "data": data}, _member(user, is_manager=False))

    async def choose(
        self,
        name: str,
        message_id: int,
        *,
        user: int = 100,
        is_manager: bool = False,
        files: Sequence[Mapping[str, Any]] = (),
        author: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Choose from the menu of a message, of the bot where no author is named."""
        shown = message(message_id, is_ephemeral=False) | {"attachments": files}
        shown |= {} if author is None else {"author": author}
        data = {
            "id": "1",
            "name": name,
            "type": MESSAGE_MENU,
            "target_id": str(message_id),
            "resolved": {"messages": {str(message_id): shown}},
        }
        return await self._send({"type": 2, "data": data}, _member(user, is_manager=is_manager))

    async def submit(
        self,
        custom_id: str,
        *,
        user: int = 100,
        is_manager: bool = False,
        frames: Sequence[Mapping[str, Any]] = (),
        **values: str,
    ) -> Answer:
        """Send in a form that was opened below a message, which shows these frames."""
        rows = [
            {"type": 1, "components": [{"type": 4, "custom_id": name, "value": value}]}
            for name, value in values.items()
        ]
        return await self.submit_raw(custom_id, rows, user=user, is_manager=is_manager, frames=frames)

    async def submit_raw(
        self,
        custom_id: str,
        parts: Sequence[Mapping[str, Any]],
        *,
        resolved: Mapping[str, Any] | None = None,
        user: int = 100,
        is_manager: bool = False,
        frames: Sequence[Mapping[str, Any]] = (),
    ) -> Answer:
        """Send in a form of any parts, with what Discord resolved of them."""
        data = {"custom_id": custom_id, "components": parts, "resolved": resolved or {}}
        form = {"type": 5, "message": message(5000) | {"embeds": frames}, "data": data}
        return await self._send(form, _member(user, is_manager=is_manager))

    async def _send(
        self, what: Mapping[str, Any], member: dict[str, Any], *, in_private: bool = False
    ) -> Answer:
        assert self.client is not None
        number, first = next(self._numbers), len(self.calls)
        payload: Any = _interaction(number, member) | dict(what)
        if in_private:
            del payload["guild_id"], payload["guild"], payload["member"]
            payload |= {"user": member["user"], "channel": _private(member["user"])}
        before = asyncio.all_tasks()
        self.client._connection.parse_interaction_create(payload)
        mine = [
            task
            for task in asyncio.all_tasks() - before
            if task.get_name().startswith(("discord", "CommandTree"))
        ]
        await asyncio.gather(*mine)
        token = f"/{_token(number)}/"
        return Answer(calls=[call for call in self.calls[first:] if token in call.path + "/"])


def refusal(status: int, code: int) -> web.Response:
    """Discord's refusal of a call."""
    return _json({"code": code, "message": "refused"}, status=status)


def found(*messages: Mapping[str, Any]) -> web.Response:
    """Discord's list of messages."""
    return _json(messages)


def attached(name: str = "cat.png") -> dict[str, Any]:
    """A file that somebody attached, as Discord describes it."""
    url = f"https://cdn.discordapp.com/attachments/10/77/{name}?ex=1&is=1&hm=1"
    return {
        "id": "77",
        "filename": name,
        "size": 900,
        "url": url,
        "proxy_url": url,
        "content_type": "image/png",
    }


def _json(value: object, *, status: int = 200) -> web.Response:
    """discord.py reads an answer only where its type names no charset."""
    return web.Response(body=json.dumps(value).encode(), content_type="application/json", status=status)


def _token(number: int) -> str:
    return f"token-{number}"


async def _body(request: web.Request) -> Mapping[str, Any]:
    if request.content_type == "application/json":
        body = await request.json()
        return body if isinstance(body, dict) else {}
    if request.content_type == "multipart/form-data":
        return dict(json.loads(str((await request.post())["payload_json"])))
    return {}


def message(
    number: int, custom_id: str | None = None, *, kind: int = BUTTON, is_ephemeral: bool = True
) -> dict[str, Any]:
    """A message of the bot, with one thing to press."""
    item: dict[str, Any] = {"type": kind, "custom_id": custom_id, "style": 2, "label": "press"}
    rows = [] if custom_id is None else [{"type": 1, "components": [item]}]
    empty = dict.fromkeys(("attachments", "embeds", "mentions", "mention_roles"), ())
    return empty | {
        "id": str(number),
        "type": 0,
        "channel_id": str(CHANNEL),
        "author": BOT,
        "content": "A letter",
        "flags": 64 if is_ephemeral else 0,
        "components": rows,
        "mention_everyone": False,
        "pinned": False,
        "tts": False,
        "timestamp": "2026-03-01T12:00:00+00:00",
        "edited_timestamp": None,
    }


def _interaction(number: int, member: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": str(number),
        "application_id": "9",
        "token": _token(number),
        "version": 1,
        "guild_id": str(GUILD),
        "guild": {"id": str(GUILD)},
        "channel_id": str(CHANNEL),
        "channel": _channel(CHANNEL, "draw"),
        "member": member,
        "locale": "en-US",
        "guild_locale": "en-US",
        "app_permissions": EVERYTHING,
        "entitlements": [],
        "authorizing_integration_owners": {},
        "attachment_size_limit": 10 * 1024 * 1024,
    }


def guild() -> dict[str, Any]:
    """The guild as the gateway brings it."""
    everyone = {"id": str(GUILD), "name": "@everyone", "permissions": EVERYTHING, "position": 0}
    role = {"id": str(ROLE), "name": "crew", "permissions": "0", "position": 1}
    plain = {"color": 0, "hoist": False, "managed": False, "mentionable": False, "flags": 0}
    return {
        "id": str(GUILD),
        "name": "Home",
        "owner_id": "900",
        "roles": [everyone | plain, role | plain],
        "channels": [_channel(CHANNEL, "draw"), _channel(DESK, "desk")],
        "members": [_joined(BOT)],
        "threads": [],
        "member_count": 1,
    }


def _channel(number: int, name: str) -> dict[str, Any]:
    return {
        "id": str(number),
        "type": 0,
        "name": name,
        "guild_id": str(GUILD),
        "position": 0,
        "permission_overwrites": [],
        "permissions": EVERYTHING,
    }


def _private(user: Mapping[str, Any]) -> dict[str, Any]:
    """The channel between somebody and the bot."""
    return {"id": str(PRIVATE), "type": 1, "recipients": [user]}


def _member(user_id: int, *, is_manager: bool) -> dict[str, Any]:
    permissions = POSTING | (MANAGE_GUILD if is_manager else 0)
    user = {"id": str(user_id), "username": "ada", "discriminator": "0", "avatar": None}
    return _joined(user) | {"permissions": str(permissions)}


def _joined(user: Mapping[str, Any]) -> dict[str, Any]:
    joined = "2020-01-01T00:00:00+00:00"
    return {"user": user, "roles": [], "joined_at": joined, "deaf": False, "mute": False, "flags": 0}
