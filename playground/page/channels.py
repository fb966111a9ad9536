"""The channels as pages: simcord's preview of a channel, made live and dressed as a chat client."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from html import escape
from itertools import takewhile
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zoneinfo import available_timezones

from aiohttp import web
from simcord.actors import MemberActor
from simcord.backend.access import channel_accessible
from simcord.builders import ChannelHandle, GuildHandle, UserHandle
from simcord.preview import Preview
from simcord.preview._server import PreviewServer

from playground import avatars
from playground.page import changes
from playground.page.deeds import Deeds
from playground.page.pictures import Pictures
from playground.server import Playground
from playground.views import Channel, Member
from playground.world import LiveEnv

ICON = "icon.png"
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
        self,
        page: "Page",
        env: PageEnv,
        handle: Any,
        place: Channel,
        people: Mapping[Member, Any],
        name: str,
        port: int,
    ) -> None:
        super().__init__(
            env,
            handle,
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
        self.place = place
        self.name = name
        self.people = tuple(people)
        self.files = tuple(page.files)
        self._server = ChannelServer(self, port)
        self._media_worker = Pictures()
        self._page = page
        self._deeds = Deeds(self)
        self._opened_at = self._newest()
        self._seen: dict[int, int] = {}

    def address(self, person_id: int) -> str:
        """Where this person sees the channel."""
        return str(self.url).replace("/#", f"/?as={person_id}#")

    def is_seen_by(self, person: Member) -> bool:
        """Whether a person has this channel in their list: it may be deleted, or not be theirs."""
        return person in self.people and channel_accessible(self.env.backend, self.channel.id, person.id)

    def has_news_for(self, person: Member) -> bool:
        """Whether somebody else has written since this person last looked."""
        seen = self._seen.get(person.id, self._opened_at)
        posted = reversed(list(self.env.backend.messages.get(self.channel.id, {}).values()))
        newer = takewhile(lambda message: message.id > seen, posted)
        return any(item.author_id != person.id and item.visible_to(person.id) for item in newer)

    def _newest(self) -> int:
        return max(self.env.backend.messages.get(self.channel.id, ()), default=0)

    def _page_payload(self, page: Any) -> Any:
        """What a browser is told; who is told has seen what there is."""
        self._seen[page.viewer.id] = self._newest()
        return super()._page_payload(page)

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
            text = text.replace(changes.PLACE, self._kind())
            text = text.replace(changes.PARENT, self._page.parent_link(self, person))
            text = text.replace(changes.SIDEBAR, self._page.sidebar(self, person))
        return text.encode()

    def _kind(self) -> str:
        """What kind of channel it is, to the page's style and scripts."""
        if self.place.guild_id is None:
            return "direct"
        return "room" if self.place.parent_id is None else "thread"

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
        if self._deeds.knows(body) and context_id in self._pages:
            return await self._deeds.do(self._pages[context_id], body)
        # A press is refused as stale when anything has changed since the browser last looked, and while
        # a picture is being drawn something always has; what is pressed is checked again anyway.
        if isinstance(body, Mapping) and context_id in self._pages:
            body = {**body, "published_revision": self._pages[context_id].revision}
        return await super()._action(context_id, body)

    # What its deeds need of it

    def publish(self, looker: Any) -> None:
        """Show somebody at once what they have done."""
        self._publish(looker)

    def find_message(self, looker: Any, message_id: int) -> Any:
        """A message that this person can read. Raises: SetupError."""
        return self._target_message(looker, message_id)

    async def address_of_room(self, channel_id: int, person_id: int) -> str:
        """Where a person sees another channel, also one that was made just now."""
        return await self._page.address_of_room(channel_id, person_id)


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
        self._opens = asyncio.Lock()

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
        """Open the guild's channels and threads that have no page yet: the bot may have made some."""
        async with self._opens:
            for channel in self._new_rooms():
                mark = "#" if channel.parent_id is None else "↳"
                await self._open(f"{mark} {channel.name}", channel, self._people)

    def _new_rooms(self) -> list[Channel]:
        opened = {page.place.id for page in self._pages}
        world, guild_id = self._playground.world, self._playground.guild.id
        rooms = [*world.text_channels(guild_id), *world.threads(guild_id)]
        return [channel for channel in rooms if channel.id not in opened]

    async def address_of_room(self, channel_id: int, person_id: int) -> str:
        """Where a person sees a channel, also one that was made just now. Raises: KeyError."""
        await self._open_rooms()
        return {page.place.id: page for page in self._pages}[channel_id].address(person_id)

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
        page = ChannelPage(self, env, handle, channel, viewers, name, port)
        self._pages.append(await self._stack.enter_async_context(page))

    def sidebar(self, current: ChannelPage, viewer: Member) -> str:
        """The channels that this person sees, the bot's web page, and the people to be."""
        channels = "".join(
            _link(
                page.address(viewer.id),
                page.name[0],
                page.name[2:],
                is_current=page is current,
                attributes=_attributes(page, is_new=page is not current and page.has_news_for(viewer)),
            )
            for page in self._listed(viewer)
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

    def _listed(self, viewer: Member) -> list[ChannelPage]:
        """The channels in the order of the list: each followed by its threads, direct messages last."""
        seen = [page for page in self._pages if page.is_seen_by(viewer)]
        above = [page for page in seen if page.place.parent_id is None]
        return [
            listed
            for page in sorted(above, key=lambda page: page.place.guild_id is None)
            for listed in (page, *(item for item in seen if item.place.parent_id == page.place.id))
        ]

    def parent_link(self, current: ChannelPage, viewer: Member) -> str:
        """The way from a thread to its channel; nothing in a channel."""
        parents = [page for page in self._pages if page.place.id == current.place.parent_id]
        return "".join(
            f'<a class="channel-parent" href="{escape(page.address(viewer.id))}">{escape(page.name)}</a>'
            for page in parents
        )

    def _as(self, current: ChannelPage, person: Member) -> str:
        """Where a person sees what corresponds to a channel: the same one, or their own direct messages."""
        theirs = [page for page in (current, *self._pages) if page.is_seen_by(person)]
        same = [page for page in theirs if page.name == current.name]
        return next(iter(same or theirs)).address(person.id)

    def _schedule(self) -> None:
        if self._refresh is None:
            self._refresh = asyncio.get_running_loop().call_later(REFRESH_SECONDS, self._show)

    def _show(self) -> None:
        self._refresh = None
        for page in self._pages:
            page.refresh_pages()
        if self._new_rooms() and (self._opening is None or self._opening.done()):
            self._opening = asyncio.create_task(self._open_rooms())


def _attributes(page: ChannelPage, *, is_new: bool) -> str:
    """What the scripts of the page know of a channel by its link."""
    news = ' data-news aria-description="new messages"' if is_new else ""
    thread = " data-thread" if page.place.parent_id is not None else ""
    return f'data-channel="{page.place.id}"{thread}{news}'


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
