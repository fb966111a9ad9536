"""The playground as a whole: one server with a world in it, and everything a test does with them."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from aiohttp import web

from playground.faults import Clock, Faults
from playground.gateway import Gateway
from playground.limits import RateLimits
from playground.rest import CDN, MAX_BODY, Received, Request, Rest
from playground.views import Channel, Guild, Member, Message, Role
from playground.world import People, World

T = TypeVar("T")

TOKEN = "playground"  # noqa: S105 - the token of a Discord that exists on this machine alone


class Call:
    """One interaction of a person, as it fares: acknowledged or not, answered by which message."""

    def __init__(
        self, playground: "Playground", interaction_id: int, member: Member, fired_at: float
    ) -> None:
        self.id = interaction_id
        self.member = member
        self.ack_seconds: float | None = None
        self.error: str | None = None
        self._playground = playground
        self._fired_at = fired_at

    @property
    def _record(self) -> Any:
        return self._playground.world.interaction(self.id)

    @property
    def kind(self) -> str | None:
        """How it was answered: message, deferred, deferred_update, update, modal or autocomplete."""
        return str(self._record.response_kind) if self._record.responded else None

    @property
    def ephemeral(self) -> bool:
        return bool(self._record.ephemeral)

    @property
    def message(self) -> Message | None:
        """The response message as it stands now; None where there is none, or it was deleted."""
        if self._record.message_id is None:
            return None
        return self._playground.world.message(self._record.channel_id, self._record.message_id)

    @property
    def content(self) -> str:
        """The text of the response; empty while there is none."""
        return self.message.content if self.message else ""

    @property
    def followups(self) -> list[Message]:
        world, record = self._playground.world, self._record
        found = [world.message(record.channel_id, message_id) for message_id in record.followup_ids]
        return [message for message in found if message is not None]

    @property
    def modal(self) -> dict[str, Any] | None:
        """The form that the interaction was answered with."""
        modal: dict[str, Any] | None = self._record.modal
        return modal

    @property
    def choices(self) -> list[dict[str, Any]]:
        """The suggestions that an autocomplete was answered with."""
        return list(self._record.autocomplete_choices or [])

    @property
    def is_open(self) -> bool:
        """Whether it is neither acknowledged nor too late."""
        return self.ack_seconds is None and self.error is None

    async def acknowledged(self, timeout: float = 10.0) -> Self:  # noqa: ASYNC109
        """Wait until the bot has answered, or until it is too late (then `error` is set)."""
        await self._playground.wait_for(lambda _: not self.is_open, timeout)
        return self

    def note(self, now: float) -> None:
        """Take down what the world knows by now."""
        if self._record.responded:
            self.ack_seconds = now - self._fired_at
        elif self._record.initial_response_deadline <= self._playground.world.clock.now().isoformat():
            self.error = "The application did not respond"


class Playground:
    """A Discord on this machine: `async with Playground() as playground`.

    With `spec_path` (Discord's OpenAPI file) each request of the bot is validated, and what does not conform
    is listed in `violations`; what the playground itself gets wrong, in `own_violations`.
    """

    def __init__(
        self, *, spec_path: Path | str | None = None, port: int = 0, shards: int = 1, premium_tier: int = 0
    ) -> None:
        self.token = TOKEN
        self.clock = Clock()
        self.faults = Faults()
        self.violations: list[str] = []
        self.own_violations: list[str] = []
        self.world = World(self.clock)
        self._people = People(self.world)
        self.gateway = Gateway(self.world, TOKEN, self._changed)
        self.rest = Rest(self.world, self.faults, TOKEN, lambda: self.gateway.url, shards)
        self.base_url = ""
        self.guild = self.add_guild("Darkroom", premium_tier=premium_tier)
        self._port = port
        self.on_change: list[Callable[[], None]] = []
        self._waiters: set[asyncio.Future[None]] = set()
        self._open_calls: list[Call] = []
        self.clock.on_advance = self._changed
        self.rest.on_change = self._changed
        self.world.listeners.append(lambda *_: self._changed())
        if spec_path is not None:
            self._validate(Path(spec_path))

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=MAX_BODY)
        application.add_routes([*self.rest.routes(), web.get("/gateway", self.gateway.handle)])
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        host = f"127.0.0.1:{self._runner.addresses[0][1]}"
        self.base_url = f"http://{host}"
        self.gateway.url = f"ws://{host}/gateway"
        self.world.cdn_url = f"{self.base_url}{CDN}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.gateway.cut()
        await self._runner.cleanup()

    def _validate(self, spec_path: Path) -> None:
        from playground.spec import Specification

        specification = Specification(spec_path)

        def judge_request(received: Received) -> None:
            self.violations += specification.check_request(received)

        def judge_answer(received: Received, status: int, body: Any) -> None:
            answer = (received.method, received.path, status, body)
            self.own_violations += specification.check_response(*answer)

        def judge_event(event: str, payload: dict[str, Any]) -> None:
            self.own_violations += specification.check_event(event, payload)

        self.rest.check_request = judge_request
        self.rest.check_response = judge_answer
        self.gateway.check_sent = judge_event

    # Waiting

    def _changed(self) -> None:
        now = asyncio.get_running_loop().time() if self._open_calls else 0.0
        for call in self._open_calls:
            call.note(now)
        self._open_calls = [call for call in self._open_calls if call.is_open]
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        for listener in self.on_change:
            listener()

    async def wait_for(self, predicate: Callable[[Self], T | None], timeout: float = 10.0) -> T:  # noqa: ASYNC109
        """Wait until the predicate is true, looking again at each change of the world; its value."""
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + timeout
        while not (value := predicate(self)):
            waiter = loop.create_future()
            self._waiters.add(waiter)
            try:
                async with asyncio.timeout_at(ends_at):
                    await waiter
            except TimeoutError:
                raise TimeoutError(f"not within {timeout:g} s; lately: {self._lately()}") from None
            finally:
                self._waiters.discard(waiter)
        return value

    def _lately(self) -> str:
        last = list(self.requests)[-12:]
        return ", ".join(f"{item.method} {item.path} {item.status}" for item in last) or "no requests"

    async def bot_ready(self, timeout: float = 30.0) -> None:  # noqa: ASYNC109
        """Wait until the bot is connected, has its guilds, and commands are registered."""
        await self.wait_for(lambda p: p.gateway.connected and p.world.has_commands, timeout)

    async def bot_gone(self, timeout: float = 30.0) -> None:  # noqa: ASYNC109
        """Wait until no bot is connected: to be called between the end of one and `bot_ready` of the next."""
        await self.wait_for(lambda p: not p.gateway.connected, timeout)

    # What has happened

    @property
    def requests(self) -> deque[Request]:
        """The last requests of the bot, oldest first."""
        return self.rest.log

    @property
    def rate_limits(self) -> RateLimits:
        """The rate limits; clear `rate_limits.enabled` where waiting proves nothing."""
        return self.rest.limits

    @property
    def bot_id(self) -> int:
        return self.world.bot_id

    @property
    def upload_limit(self) -> int:
        """Bytes that a file may have (10 MiB), for guilds without boosts and direct messages."""
        return self.world.upload_limit

    @upload_limit.setter
    def upload_limit(self, limit: int) -> None:
        self.world.upload_limit = limit

    @property
    def answer_within(self) -> float:
        """Seconds in which an interaction must be answered: 3, or more where speed is not the point."""
        return self.world.answer_within

    @answer_within.setter
    def answer_within(self, seconds: float) -> None:
        self.world.answer_within = seconds

    def messages(self, channel: Channel) -> list[Message]:
        """The channel's messages, oldest first, without the ephemeral ones."""
        return [item for item in self.world.messages(channel.id) if not item.ephemeral]

    def ephemerals(self, member: Member) -> list[Message]:
        """The ephemeral messages that this person sees, oldest first."""
        return self.world.ephemerals(member.id)

    def direct_messages(self, member: Member) -> Channel:
        """The channel of a person's direct messages with the bot."""
        return self.world.dm_channel(member.id)

    # Arranging the world

    def add_guild(self, name: str, *, owner: str = "Ada", premium_tier: int = 0) -> Guild:
        """A guild with its owner, #general and #newbies-1; the bot is a member."""
        return self.world.add_guild(name, owner, ("general", "newbies-1"), premium_tier)

    def invite_bot(self, guild: Guild, permissions: Sequence[str]) -> None:
        """As if the bot had been invited with these permissions, and everybody had no others."""
        self.world.invite_bot(guild.id, permissions)

    def remove_guild(self, guild: Guild) -> None:
        """The bot is kicked: its channels answer 50001 from now on."""
        self.world.remove_guild(guild.id)

    def add_channel(self, guild: Guild, name: str, *, nsfw: bool = False) -> Channel:
        return self.world.add_channel(guild.id, name, nsfw=nsfw)

    def delete_channel(self, channel: Channel) -> None:
        self.world.backend.delete_channel(channel.id)

    def delete_message(self, message: Message) -> None:
        self.world.backend.delete_message(message.channel_id, message.id)

    def add_role(self, guild: Guild, name: str, *, permissions: Sequence[str] = ()) -> Role:
        return self.world.add_role(guild.id, name, permissions)

    def add_member(
        self,
        guild: Guild,
        name: str,
        *,
        roles: Sequence[Role] = (),
        permissions: Sequence[str] = (),
        manage_guild: bool = False,
        locale: str = "en-US",
    ) -> Member:
        """A person in the guild; `permissions` are given by a role of their own."""
        given = [*permissions, "manage_guild"] if manage_guild else permissions
        return self.world.add_member(guild.id, name, roles=roles, permissions=given, locale=locale)

    def time_out(self, member: Member, seconds: float) -> None:
        """The member may only read for so long."""
        self.world.time_out(member, seconds)

    def close_direct_messages(self, member: Member) -> None:
        """The member wants no direct messages from the bot: sending them one answers 50007."""
        self.world.closed_channels.add(self.direct_messages(member).id)

    def set_permissions(
        self,
        channel: Channel,
        *,
        allow: Sequence[str] = (),
        deny: Sequence[str] = (),
        target: Member | Role | None = None,
    ) -> None:
        """Overwrite permissions in a channel, of the bot where no target is named."""
        target_id = self.bot_id if target is None else target.id
        role = isinstance(target, Role)
        self.world.set_permissions(channel.id, target_id, role=role, allow=allow, deny=deny)

    # What people do

    def commands(self, member: Member, channel: Channel | None) -> list[str]:
        """What a person is offered behind a slash, as "quota show"; no channel means direct messages."""
        return self._people.commands(member, channel or self.direct_messages(member))

    async def slash(
        self,
        member: Member,
        channel: Channel | None,
        command: str,
        /,
        *,
        forged: bool = False,
        **options: Any,
    ) -> Call:
        """Use a slash command ("quota grant" names a subcommand); no channel means direct messages.

        Files are (filename, bytes). `forged` skips what Discord's client would check: who sees the command.
        """
        place = channel or self.direct_messages(member)
        return await self._fire(member, self._people.slash(member, place, command, options, forged=forged))

    async def autocomplete(
        self, member: Member, channel: Channel, command: str, option: str, value: str, /, **filled: Any
    ) -> Call:
        """Type into an option; its `choices` come with the answer."""
        fired = self._people.autocomplete(member, channel, command, option, value, filled)
        return await self._fire(member, fired)

    async def context_menu(self, member: Member, channel: Channel, command: str, message: Message) -> Call:
        """Use a command of a message's menu."""
        return await self._fire(member, self._people.context_menu(member, channel, command, message))

    async def press(
        self,
        member: Member,
        message: Message,
        *,
        custom_id: str | None = None,
        label: str | None = None,
        forged: bool = False,
    ) -> Call:
        """Press the button with this label, emoji or custom_id; `forged` sends any custom_id at all."""
        if forged:
            return await self._fire(member, self._people.press_forged(member, message, custom_id or ""))
        return await self._fire(member, self._people.press(member, message, custom_id=custom_id, label=label))

    async def select(
        self, member: Member, message: Message, values: Sequence[Any], *, custom_id: str | None = None
    ) -> Call:
        """Choose from a menu: strings, or members, roles and channels."""
        return await self._fire(member, self._people.select(member, message, values, custom_id))

    async def submit(self, member: Member, shown: Call, values: dict[str, Any]) -> Call:
        """Fill in the form that `shown` was answered with: values by custom_id.

        Texts are strings, what is chosen from a menu a list, files a list of (filename, bytes).
        """
        return await self._fire(member, self._people.submit(member, shown.id, values))

    async def react(self, member: Member, message: Message, emoji: str) -> None:
        """Put an emoji under a message."""
        await self._people.react(member, message, emoji, reacted=True)

    async def unreact(self, member: Member, message: Message, emoji: str) -> None:
        """Take one's own emoji away."""
        await self._people.react(member, message, emoji, reacted=False)

    def open_thread(
        self,
        member: Member,
        channel: Channel,
        name: str,
        message: Message | None = None,
        *,
        private: bool = False,
    ) -> Channel:
        """Open a thread in a channel, at a message or on its own."""
        return self._people.open_thread(member, channel, name, message, private=private)

    def say(
        self, member: Member, channel: Channel, content: str, *, files: Sequence[tuple[str, bytes]] = ()
    ) -> Message:
        """Post a plain message as this person; files are (filename, bytes)."""
        posted = self._people.say(member, channel, content, files)
        return next(item for item in self.world.messages(channel.id) if item.id == posted)

    async def _fire(self, member: Member, deed: Coroutine[Any, Any, int]) -> Call:
        loop = asyncio.get_running_loop()
        fired_at = loop.time()
        call = Call(self, await deed, member, fired_at)
        self._open_calls.append(call)
        loop.call_later(self.answer_within, self._changed)
        return call
