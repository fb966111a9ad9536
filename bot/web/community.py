"""The landing page and the gallery: what this is, who is there, and what members chose to show."""

import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Protocol

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.domain.community import MAX_WORDS, Counts, GalleryPage
from bot.domain.echo import visible
from bot.domain.errors import NotFound
from bot.messages import site
from bot.services import Services

RECENT = 12
"""Pictures on the landing page, below the newest."""
FOREVER = "private, max-age=31536000, immutable"
"""In the visitor's own browser for a year; not in caches between: what a member takes back is gone."""
CONTENT_TYPES = {"css": "text/css", "svg": "image/svg+xml"}
MAX_DIGITS = 19
MAX_ID = 2**63 - 1


class Community(Protocol):
    """What Discord knows; `bot.delivery.community` asks it."""

    async def counts(self, guild_id: int) -> Counts | None:
        """A guild's name and numbers."""
        ...

    async def invitation(self, guild_id: int) -> str | None:
        """Where to join."""
        ...

    def is_here(self, guild_id: int) -> bool:
        """Whether the bot is in a guild; it may have been removed."""
        ...

    def public_channels(self, guild_id: int) -> frozenset[int]:
        """The channels whose pictures may be shown."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Static:
    """A file of the package."""

    path: str
    """Its address, with a digest of what is in it."""
    data: bytes
    content_type: str


class CommunityPages:
    """Pages for people."""

    def __init__(self, services: Services, community: Community) -> None:
        self._gallery = services.gallery
        self._pictures = services.pictures
        self._community = community
        self._static = dict(map(_static, ("style.css", "lamp.svg")))
        self._templates = Environment(
            loader=PackageLoader("bot.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self._templates.filters["visible"] = visible

    def routes(self) -> list[web.RouteDef]:
        """The paths of this file."""
        guild = rf"/servers/{{guild_id:\d{{1,{MAX_DIGITS}}}}}"
        return [
            web.get("/", self._home),
            web.get(guild, self._landing),
            web.get(f"{guild}/join", self._join),
            web.get(f"{guild}/gallery", self._search),
            web.get(rf"{guild}/pictures/{{job_id:\d{{1,18}}}}.webp", self._picture),
            web.get("/static/{name}", self._serve_static),
        ]

    async def _home(self, request: web.Request) -> web.Response:
        """The first public guild, or a page that says what this is."""
        public = filter(self._community.is_here, await self._gallery.list_public_guilds())
        guild_id = next(public, None)
        if guild_id is None:
            return self._page(request, "nobody.html")
        return await self._show_landing(request, guild_id)

    async def _landing(self, request: web.Request) -> web.Response:
        return await self._show_landing(request, await self._guild_id(request))

    async def _show_landing(self, request: web.Request, guild_id: int) -> web.Response:
        channels = self._community.public_channels(guild_id)
        shown = await self._gallery.list_shown(guild_id, channels)
        return self._page(
            request,
            "landing.html",
            guild_id=guild_id,
            counts=await self._community.counts(guild_id),
            newest=next(iter(shown.pictures), None),
            pictures=shown.pictures[: RECENT + 1][1:] or shown.pictures,
        )

    async def _join(self, request: web.Request) -> web.Response:
        """On to Discord, into the least busy newbie room."""
        guild_id = await self._guild_id(request)
        url = await self._community.invitation(guild_id)
        if url is None:
            return self._page(request, "message.html", status=503, text="closed")
        raise web.HTTPFound(url, headers={"Cache-Control": "no-store"})

    async def _search(self, request: web.Request) -> web.Response:
        """Pictures by member, by words, by age."""
        guild_id = await self._guild_id(request)
        words = visible(request.query.get("q", ""))[:MAX_WORDS]
        user_id = _number(request.query.get("by"))
        shown: GalleryPage = await self._gallery.list_shown(
            guild_id,
            self._community.public_channels(guild_id),
            words=words,
            user_id=user_id,
            older_than=_number(request.query.get("before")),
        )
        return self._page(
            request, "gallery.html", guild_id=guild_id, shown=shown, query=words, user_id=user_id
        )

    async def _picture(self, request: web.Request) -> web.Response:
        guild_id = await self._guild_id(request)
        channels = self._community.public_channels(guild_id)
        try:
            shown = await self._gallery.get_shown(guild_id, channels, int(request.match_info["job_id"]))
            copy = await self._pictures.stored_copy(shown.job)
        except NotFound:
            copy = None
        if copy is None:
            raise web.HTTPNotFound
        return web.Response(
            body=copy.data, content_type=copy.content_type, headers={"Cache-Control": FOREVER}
        )

    async def _serve_static(self, request: web.Request) -> web.Response:
        """A file whose path changes with it, and which can therefore be kept for ever."""
        found = next((file for file in self._static.values() if file.path == request.path), None)
        if found is None:
            raise web.HTTPNotFound
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return web.Response(body=found.data, content_type=found.content_type, headers=headers)

    async def _guild_id(self, request: web.Request) -> int:
        """The guild of the path, if it is a public one that the bot is in."""
        guild_id = int(request.match_info["guild_id"])
        if guild_id > MAX_ID or not self._community.is_here(guild_id):
            raise self._nothing(request)
        if not await self._gallery.is_public(guild_id):
            raise self._nothing(request)
        return guild_id

    def _nothing(self, request: web.Request) -> web.HTTPNotFound:
        """A page that says that nothing is here."""
        page = self._page(request, "message.html", text="gone")
        return web.HTTPNotFound(text=page.text, content_type="text/html")

    def _page(self, request: web.Request, name: str, *, status: int = 200, **values: Any) -> web.Response:
        language = site.language(request.headers.get("Accept-Language", ""))
        html = self._templates.get_template(name).render(
            words=site.words(language), site=site, language=language, static=self._static, **values
        )
        return web.Response(text=html, content_type="text/html", status=status)


def _static(name: str) -> tuple[str, Static]:
    data = files("bot.web").joinpath("static", name).read_bytes()
    digest, extension = hashlib.sha256(data).hexdigest()[:16], name.rpartition(".")[2]
    file = Static(path=f"/static/{digest}.{extension}", data=data, content_type=CONTENT_TYPES[extension])
    return name, file


def _number(text: str | None) -> int | None:
    """A number of a query, small enough for a database; None for anything else."""
    is_number = text is not None and re.fullmatch(r"[0-9]{1,19}", text) is not None
    return min(int(text), MAX_ID) if text is not None and is_number else None
