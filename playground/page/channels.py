"""The channels as pages: simcord's preview of a channel, made live and dressed as a chat client."""

import asyncio
import os
import secrets
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from html import escape
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zoneinfo import available_timezones

from aiohttp import web
from simcord.actors import MemberActor
from simcord.backend.access import channel_accessible
from simcord.builders import ChannelHandle, GuildHandle, UserHandle
from simcord.enums import AppCommandType
from simcord.preview import Preview
from simcord.preview._server import PreviewServer
from simcord.results import ResponseMessage

from playground import avatars
from playground.page import changes
from playground.server import Playground
from playground.views import Channel, Member
from playground.world import LiveEnv

ICON = "icon.png"
MENU = "menu"
"""The action of our own page: simcord's has no menus of messages."""
REFRESH_SECONDS = 0.1  # changes within this time are shown together


class PageEnv(LiveEnv):
    """simcord's environment for one channel page: an action settles when the bot has answered it."""

    def __init__(self, playground: Playground) -> None:
        super().__init__(playground.world.backend)
        self._playground = playground
        self._dispatched: Any = None
        self._register_dispatch_observer(self._remember)

    def _remember(self, interaction: Any) -> None:
        self._dispatched = interaction

    async def _settle_internal(self, **_: Any) -> None:
        interaction, self._dispatched = self._dispatched, None
        if interaction is None:
            return
        try:
            await self._playground.wait_for(lambda _: interaction.responded, self._playground.answer_within)
        except TimeoutError:
            self._playground.world.note_failure(interaction)


class ChannelServer(PreviewServer):  # type: ignore[misc]
    """Serves simcord's page with our changes in it, and our own files beside it."""

    def __init__(self, preview: "ChannelPage", port: int) -> None:
        super().__init__(preview, port)
        ours = {f"/{name}": name for name in (ICON, *preview.files)}
        self._STATIC_FILES: dict[str, str] = {**PreviewServer._STATIC_FILES, **ours}  # noqa: SLF001

    async def _static(self, request: web.Request) -> web.Response:
        name = self._STATIC_FILES[request.path]
        body = self.preview.body(name, request.query.get("as"))
        if body is None:
            response: web.Response = await super()._static(request)
            return response
        if request.headers.get("Host", "") not in self._allowed_hosts():
            raise web.HTTPForbidden
        kind = changes.content_type(name)
        return web.Response(body=body, content_type=kind, charset="utf-8", headers=self._SECURITY_HEADERS)


class ChannelPage(Preview):  # type: ignore[misc]
    """One channel, kept up to date while the bot works in it."""

    def __init__(
        self, page: "Page", env: PageEnv, channel: Any, people: Mapping[Member, Any], name: str, port: int
    ) -> None:
        super().__init__(
            env,
            channel,
            tuple(people.values()),
            layout="channel",
            display="responsive",
            width=960,
            height=720,
            locale="en-US",
            timezone=local_timezone(),
            presentation_time=None,
            assets=None,
            port=port,
        )
        self.name = name
        self.people = tuple(people)
        self.files = tuple(page.files)
        self._server = ChannelServer(self, port)
        self._page = page

    def address(self, person: Member) -> str:
        """Where this person sees the channel."""
        return str(self.url).replace("/#", f"/?as={person.id}#")

    def is_seen_by(self, person: Member) -> bool:
        """Whether a person has this channel in their list: it may be deleted, or not be theirs."""
        return person in self.people and channel_accessible(self.env.backend, self.channel.id, person.id)

    def body(self, name: str, person_id: str | None) -> bytes | None:
        """What is served for one person (who is asked for, or the first); None: simcord's own file."""
        if name == ICON:
            return avatars.safelight()
        text = self._page.files.get(name)
        if text is None:
            return None
        if name == "index.html":
            person = next((item for item in self.people if str(item.id) == person_id), self.people[0])
            text = text.replace(changes.TITLE, escape(self._page.title))
            text = text.replace(changes.VIEWER, str(person.id))
            text = text.replace(changes.SIDEBAR, self._page.sidebar(self, person))
        return text.encode()

    def _initial_target(self, *_: Any) -> None:
        """No message is singled out: the page begins at the newest."""

    def refresh_pages(self) -> None:
        """Show what has changed to every browser that is looking."""
        self._advance_presentation_time()
        for page in list(self._pages.values()):
            if page is not self._python and page.id in self._pages:
                self._publish(page, reason="refresh")

    def _publish(self, page: Any, **how: Any) -> None:
        """Show a page anew. What was searched in a menu ends where its message was edited since."""
        posted = self.env.backend.messages.get(self.channel.id, {})
        for key, query in list(page.candidate_queries.items()):
            owner, _, number = key.partition(":component:")[0].partition(":")
            message = posted.get(int(number)) if owner == "message" else None
            if (
                message
                and query.setdefault("edited_at", message.edited_timestamp) != message.edited_timestamp
            ):
                del page.candidate_queries[key]
        super()._publish(page, **how)

    async def _action(self, context_id: str | None, body: Any) -> Any:
        if isinstance(body, Mapping) and body.get("kind") == MENU and context_id in self._pages:
            return await self._menu(self._pages[context_id], body)
        # A press is refused as stale when anything has changed since the browser last looked, and while
        # a picture is being drawn something always has; what is pressed is checked again anyway.
        if isinstance(body, Mapping) and context_id in self._pages:
            body = {**body, "published_revision": self._pages[context_id].revision}
        return await super()._action(context_id, body)

    async def _menu(self, page: Any, body: Mapping[str, Any]) -> dict[str, Any]:
        """The names in the menu of a message, for whoever looks; or what one of them does to a message."""
        where = {"user_id": page.viewer.id, "channel_id": self.channel.id}
        shown = self.env.backend.visible_commands(**where, type=AppCommandType.MESSAGE)
        names = [command["name"] for command in shown]
        if body.get("name") in names and isinstance(page.viewer, MemberActor):
            message = ResponseMessage(self.env, self._target_message(page, int(body["target_id"])))
            result = await page.viewer.context_menu(self.channel, body["name"], message)
            if result.modal is not None:
                page.modal, page.modal_handle = result, f"m_{secrets.token_urlsafe(12)}"
            self._publish(page)
        return {"names": names if isinstance(page.viewer, MemberActor) else []}


class Page:
    """The channels of the first guild and everybody's direct messages, each at its own address."""

    def __init__(
        self,
        playground: Playground,
        people: Sequence[Member],
        *,
        notes: Mapping[Member, str] | None = None,
        web_url: str | None = None,
        port: int = 0,
    ) -> None:
        """`notes` say in a word who somebody is; `web_url` is the bot's own page, to be linked."""
        self.title = playground.guild.name
        self.files = changes.changed_files()
        self._playground = playground
        self._people = people
        self._notes = notes or {}
        self._web_url = web_url
        self._port = port
        self._pages: list[ChannelPage] = []
        self._stack = AsyncExitStack()
        self._refresh: asyncio.TimerHandle | None = None
        self._opening: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where the first channel is; whoever knows it can act there."""
        return str(self._pages[0].url)

    async def __aenter__(self) -> Self:
        world = self._playground.world
        world.set_avatar(world.bot_id, avatars.safelight())
        for index, person in enumerate(self._people):
            world.set_avatar(person.id, avatars.initial(person.name, index))
        await self._open_rooms()
        for person in self._people:
            await self._open(f"@ {self.title}", self._playground.direct_messages(person), [person])
        self._playground.on_change.append(self._schedule)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._playground.on_change.remove(self._schedule)
        if self._refresh is not None:
            self._refresh.cancel()
        if self._opening is not None:
            await self._opening
        await self._stack.aclose()

    async def _open_rooms(self) -> None:
        """Open the guild's channels that have no page yet: the bot may have made some."""
        for channel in self._new_rooms():
            await self._open(f"# {channel.name}", channel, self._people)

    def _new_rooms(self) -> list[Channel]:
        opened = {page.channel.id for page in self._pages}
        rooms = self._playground.world.text_channels(self._playground.guild.id)
        return [channel for channel in rooms if channel.id not in opened]

    async def _open(self, name: str, channel: Channel, people: Sequence[Member]) -> None:
        env = PageEnv(self._playground)
        backend = env.backend
        viewers: dict[Member, Any] = {
            person: UserHandle(env, backend.get_user(person.id)) for person in people
        }
        guild = None
        if channel.guild_id is not None:
            guild = GuildHandle(env, backend.get_guild(channel.guild_id))
            viewers = {person: MemberActor(env, guild, user) for person, user in viewers.items()}
        handle = ChannelHandle(env, guild, backend.get_channel(channel.id))
        port = 0 if self._pages else self._port
        page = ChannelPage(self, env, handle, viewers, name, port)
        self._pages.append(await self._stack.enter_async_context(page))

    def sidebar(self, current: ChannelPage, viewer: Member) -> str:
        """The channels that this person sees, the bot's web page, and the people to be."""
        channels = "".join(
            _link(page.address(viewer), page.name[0], page.name[2:], is_current=page is current)
            for page in sorted(self._pages, key=lambda page: page.name[0] == "@")
            if page.is_seen_by(viewer)
        )
        if self._web_url is not None:
            channels += _link(self._web_url, "🌐", "Web page", attributes='target="_blank" rel="noopener"')
        people = "".join(
            _link(
                self._as(current, person),
                person.name[0],
                person.name,
                self._notes.get(person, ""),
                is_current=person == viewer,
                attributes=f'data-person="{index % len(avatars.COLOURS)}"',
            )
            for index, person in enumerate(self._people)
        )
        return (
            f'<div id="chat-scrim"></div><nav id="chat-sidebar" aria-label="Channels and people">'
            f'<header>{escape(self.title)}</header><div class="chat-links">{channels}</div>'
            f'<h2>You are</h2><div class="chat-links chat-people">{people}</div></nav>'
        )

    def _as(self, current: ChannelPage, person: Member) -> str:
        """Where a person sees what corresponds to a channel: the same one, or their own direct messages."""
        theirs = [current, *self._pages]
        return next(page for page in theirs if page.name == current.name and person in page.people).address(
            person
        )

    def _schedule(self) -> None:
        if self._refresh is None:
            self._refresh = asyncio.get_running_loop().call_later(REFRESH_SECONDS, self._show)

    def _show(self) -> None:
        self._refresh = None
        for page in self._pages:
            page.refresh_pages()
        if self._new_rooms() and (self._opening is None or self._opening.done()):
            self._opening = asyncio.create_task(self._open_rooms())


def _link(
    url: str, mark: str, text: str, note: str = "", *, is_current: bool = False, attributes: str = ""
) -> str:
    current = ' aria-current="page"' if is_current else ""
    small = f"<small>{escape(note)}</small>" if note else ""
    return (
        f'<a href="{escape(url)}"{current} {attributes}><span aria-hidden="true">{escape(mark)}</span>'
        f"{escape(text)}{small}</a>"
    )


def local_timezone() -> str:
    """This machine's time zone by name, where it tells; UTC otherwise."""
    name = os.environ.get("TZ") or str(Path("/etc/localtime").resolve()).partition("zoneinfo/")[2]
    return name if name in available_timezones() else "UTC"
