"""The page: simcord's preview of a channel, made live and dressed as a chat client."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from html import escape
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zoneinfo import available_timezones

from aiohttp import web
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle, GuildHandle, UserHandle
from simcord.preview import Preview
from simcord.preview._server import PreviewServer

from playground import avatars
from playground.server import Playground
from playground.views import Channel, Member
from playground.world import LiveEnv

REFRESH_SECONDS = 0.1  # changes within this time are shown together
STYLE = Path(__file__).with_name("page.css")


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
    """Serves simcord's page with our sidebar in it and our style after its own."""

    async def _static(self, request: web.Request) -> web.Response:
        response: web.Response = await super()._static(request)
        if request.path == "/":
            response.text = self.preview.dress(response.text)
        elif request.path == "/preview.css":
            response.text = f"{response.text}\n{STYLE.read_text(encoding='utf-8')}"
        return response


class ChannelPage(Preview):  # type: ignore[misc]
    """One channel, kept up to date while the bot works in it."""

    def __init__(self, page: "Page", env: PageEnv, channel: Any, viewers: Sequence[Any], port: int) -> None:
        super().__init__(
            env,
            channel,
            tuple(viewers),
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
        self._server = ChannelServer(self, port)
        self._page = page

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self._python.window_end_id = None  # pages opened from it follow the newest message
        return self

    def dress(self, html: str) -> str:
        """simcord's document with the chat client's sidebar, and the viewer's picker moved into it."""
        picker_starts = html.index('<label class="viewer-control">')
        picker_ends = html.index("</label>", picker_starts) + len("</label>")
        picker = html[picker_starts:picker_ends].replace("Viewing as\n", "You are\n", 1)
        html = html[:picker_starts] + html[picker_ends:]
        html = html.replace("No messages in this channel.", "Type /imagine to draw the first picture.")
        html = html.replace("<title>SimCord Preview</title>", f"<title>{escape(self._page.title)}</title>")
        sidebar = self._page.sidebar(self, picker)
        return html.replace('<div id="preview-stage"', f'{sidebar}<div id="preview-stage"', 1)

    def refresh_pages(self) -> None:
        """Show what has changed to every browser that is looking."""
        self._advance_presentation_time()
        for page in list(self._pages.values()):
            if page is not self._python and page.id in self._pages:
                self._publish(page, reason="refresh")

    async def _action(self, context_id: str | None, body: Any) -> Any:
        # A press is refused as stale when anything has changed since the browser last looked, and while
        # a picture is being drawn something always has; what is pressed is checked again anyway.
        if isinstance(body, Mapping) and context_id in self._pages:
            body = {**body, "published_revision": self._pages[context_id].revision}
        return await super()._action(context_id, body)


class Page:
    """The channels of the first guild and one person's direct messages, each at its own address."""

    def __init__(self, playground: Playground, people: Sequence[Member], *, port: int = 0) -> None:
        self.title = playground.guild.name
        self._playground = playground
        self._people = people
        self._port = port
        self._pages: dict[str, ChannelPage] = {}
        self._stack = AsyncExitStack()
        self._refresh: asyncio.TimerHandle | None = None

    @property
    def url(self) -> str:
        """Where the first channel is; whoever knows it can act there."""
        return str(next(iter(self._pages.values())).url)

    async def __aenter__(self) -> Self:
        world = self._playground.world
        world.set_avatar(world.bot_id, avatars.safelight())
        for index, person in enumerate(self._people):
            world.set_avatar(person.id, avatars.initial(person.name, index))
        for channel in self._playground.guild.channels:
            await self._open(f"# {channel.name}", channel)
        await self._open(f"@ {self.title}", self._playground.direct_messages(self._people[0]))
        self._playground.on_change.append(self._schedule)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._playground.on_change.remove(self._schedule)
        if self._refresh is not None:
            self._refresh.cancel()
        await self._stack.aclose()

    async def _open(self, name: str, channel: Channel) -> None:
        env = PageEnv(self._playground)
        backend = env.backend
        stored = backend.get_channel(channel.id)
        users = [UserHandle(env, backend.get_user(person.id)) for person in self._people]
        if channel.guild_id is None:
            page = ChannelPage(self, env, ChannelHandle(env, None, stored), users[:1], 0)
        else:
            guild = GuildHandle(env, backend.get_guild(channel.guild_id))
            viewers = [MemberActor(env, guild, user) for user in users]
            port = 0 if self._pages else self._port
            page = ChannelPage(self, env, ChannelHandle(env, guild, stored), viewers, port)
        self._pages[name] = await self._stack.enter_async_context(page)

    def sidebar(self, current: ChannelPage, picker: str) -> str:
        links = "".join(
            f'<a href="{escape(page.url)}"{" aria-current=page" if page is current else ""}>'
            f"<span>{escape(name[0])}</span>{escape(name[2:])}</a>"
            for name, page in self._pages.items()
        )
        return (
            f'<nav class="chat-sidebar"><header>{escape(self.title)}</header>'
            f'<div class="chat-channels">{links}</div><footer>{picker}</footer></nav>'
        )

    def _schedule(self) -> None:
        if self._refresh is None:
            self._refresh = asyncio.get_running_loop().call_later(REFRESH_SECONDS, self._show)

    def _show(self) -> None:
        self._refresh = None
        for page in self._pages.values():
            page.refresh_pages()


def local_timezone() -> str:
    """This machine's time zone by name, where it tells; UTC otherwise."""
    name = os.environ.get("TZ") or str(Path("/etc/localtime").resolve()).partition("zoneinfo/")[2]
    return name if name in available_timezones() else "UTC"
