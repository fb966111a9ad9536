"""The landing page, the gallery and each picture: what this is, who is there, what members chose to show."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Protocol

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.domain.community import MAX_WORDS, Counts, GalleryPicture
from bot.domain.echo import visible
from bot.domain.errors import NotFound
from bot.domain.guild import GuildSettings
from bot.messages import site
from bot.services import Services

RECENT = 12
"""Pictures on the landing page, below the large one."""
FOREVER = "private, max-age=31536000, immutable"
"""In the visitor's own browser for a year; not in caches between: what a member takes back is gone."""
CONTENT_TYPES = {"css": "text/css", "svg": "image/svg+xml"}
MAX_DIGITS = 19
MAX_ID = 2**63 - 1
MAX_TITLE = 90
"""Characters of a prompt where it is a title."""
ERRORS: Mapping[int, str] = {404: "gone", 405: "only_read", 503: "closed"}
"""What errors say, by status; a word of `bot.messages.site`."""


class Community(Protocol):
    """What Discord knows; `bot.delivery.community` asks it."""

    async def counts(self, guild_id: int) -> Counts | None:
        """A guild's name and numbers."""
        ...

    def glance(self, guild_id: int) -> Counts | None:
        """As much of it as is known without asking."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A public guild that the bot is in."""

    guild_id: int
    settings: GuildSettings
    counts: Counts | None
    """Without a request to Discord."""
    channels: frozenset[int]
    """Those whose pictures may be shown."""

    @property
    def name(self) -> str:
        """What the guild is called."""
        return visible(self.counts.name) if self.counts else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a page is called, and how it looks where somebody links to it."""

    title: str
    about: str = ""
    """Empty: what this bot is."""
    path: str = "/"
    picture: GalleryPicture | None = None


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
            web.get(rf"{guild}/p/{{job_id:\d{{1,18}}}}", self._hung),
            web.get(rf"{guild}/pictures/{{job_id:\d{{1,18}}}}.webp", self._picture),
            web.get("/static/{name}", self._serve_static),
        ]

    def error_page(self, request: web.Request, status: int) -> web.Response:
        """A page that says that nothing is here, or why."""
        text = ERRORS.get(status, "broken" if status >= 500 else "unreadable")
        return self._page(request, "message.html", Preview(title=site.title()), status=status, text=text)

    async def _home(self, request: web.Request) -> web.Response:
        """The public guilds: the only one's own page, a list of several, or a page that says what this is."""
        guild_ids = list(filter(self._community.is_here, await self._gallery.list_public_guilds()))
        if len(guild_ids) == 1:
            return await self._show_landing(request, await self._place(guild_ids[0]))
        places = [await self._place(guild_id) for guild_id in guild_ids]
        servers = [(place, await self._hero(place)) for place in places]
        return self._page(request, "home.html", Preview(title=site.title()), servers=servers)

    async def _hero(self, place: Place) -> GalleryPicture | None:
        shown = await self._gallery.list_shown(place.guild_id, place.channels)
        return await self._gallery.pick_hero(place.guild_id, place.channels, place.settings, shown.pictures)

    async def _landing(self, request: web.Request) -> web.Response:
        return await self._show_landing(request, await self._place_of(request))

    async def _show_landing(self, request: web.Request, place: Place) -> web.Response:
        shown = await self._gallery.list_shown(place.guild_id, place.channels)
        hero = await self._gallery.pick_hero(place.guild_id, place.channels, place.settings, shown.pictures)
        others = [picture for picture in shown.pictures if picture != hero][:RECENT]
        return self._page(
            request,
            "landing.html",
            Preview(
                title=site.title(place.name),
                about=visible(place.settings.web_text),
                path=f"/servers/{place.guild_id}",
                picture=hero,
            ),
            place=place,
            counts=await self._community.counts(place.guild_id),
            hero=hero,
            pictures=others or shown.pictures,
        )

    async def _join(self, request: web.Request) -> web.Response:
        """On to Discord, into the least busy newbie room."""
        place = await self._place_of(request)
        url = await self._community.invitation(place.guild_id)
        if url is None:
            raise web.HTTPServiceUnavailable
        raise web.HTTPFound(url, headers={"Cache-Control": "no-store"})

    async def _search(self, request: web.Request) -> web.Response:
        """Pictures by member, by words, by age."""
        place = await self._place_of(request)
        words = visible(request.query.get("q", ""))[:MAX_WORDS]
        user_id = _number(request.query.get("by"))
        shown = await self._gallery.list_shown(
            place.guild_id,
            place.channels,
            words=words,
            user_id=user_id,
            older_than=_number(request.query.get("before")),
        )
        language = _language(request)
        heading = site.words(language)["gallery"]
        if user_id is not None and shown.pictures:
            heading = site.pictures_of(visible(shown.pictures[0].name), language)
        return self._page(
            request,
            "gallery.html",
            Preview(
                title=site.title(heading, place.name),
                path=f"/servers/{place.guild_id}/gallery",
                picture=next(iter(shown.pictures), None),
            ),
            place=place,
            heading=heading,
            shown=shown,
            query=words,
            user_id=user_id,
        )

    async def _hung(self, request: web.Request) -> web.Response:
        """One picture, whose it is, and how to draw it."""
        place = await self._place_of(request)
        try:
            hung = await self._gallery.get_hung(
                place.guild_id, place.channels, int(request.match_info["job_id"])
            )
        except NotFound:
            raise web.HTTPNotFound from None
        picture, language = hung.picture, _language(request)
        prompt = visible(picture.job.prompt)
        return self._page(
            request,
            "picture.html",
            Preview(
                title=site.title(_cut(prompt), place.name),
                about=site.drawn_by(visible(picture.name), place.name or site.NAME, language),
                path=f"/servers/{place.guild_id}/p/{picture.job.id}",
                picture=picture,
            ),
            place=place,
            hung=hung,
            picture=picture,
            heading=_cut(prompt),
            day=picture.job.created_at.astimezone(place.settings.zone).date(),
        )

    async def _picture(self, request: web.Request) -> web.Response:
        place = await self._place_of(request)
        try:
            shown = await self._gallery.get_shown(
                place.guild_id, place.channels, int(request.match_info["job_id"])
            )
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

    async def _place_of(self, request: web.Request) -> Place:
        """The guild of the path, if it is a public one that the bot is in."""
        guild_id = int(request.match_info["guild_id"])
        if guild_id > MAX_ID or not self._community.is_here(guild_id):
            raise web.HTTPNotFound
        place = await self._place(guild_id)
        if not place.settings.is_public:
            raise web.HTTPNotFound
        return place

    async def _place(self, guild_id: int) -> Place:
        return Place(
            guild_id=guild_id,
            settings=await self._gallery.get_settings(guild_id),
            counts=self._community.glance(guild_id),
            channels=self._community.public_channels(guild_id),
        )

    def _page(
        self, request: web.Request, name: str, preview: Preview, *, status: int = 200, **values: Any
    ) -> web.Response:
        language = _language(request)
        html = self._templates.get_template(name).render(
            words=site.words(language),
            site=site,
            language=language,
            static=self._static,
            preview=preview,
            address=self._gallery.pages.address,
            **values,
        )
        headers = {"Vary": "Accept-Language"}
        return web.Response(text=html, content_type="text/html", status=status, headers=headers)


def _language(request: web.Request) -> str:
    return site.language(request.headers.get("Accept-Language", ""))


def _cut(prompt: str) -> str:
    """A prompt as a title."""
    return prompt if len(prompt) <= MAX_TITLE else f"{prompt[: MAX_TITLE - 1]}…"


def _static(name: str) -> tuple[str, Static]:
    data = files("bot.web").joinpath("static", name).read_bytes()
    digest, extension = hashlib.sha256(data).hexdigest()[:16], name.rpartition(".")[2]
    file = Static(path=f"/static/{digest}.{extension}", data=data, content_type=CONTENT_TYPES[extension])
    return name, file


def _number(text: str | None) -> int | None:
    """A number of a query, small enough for a database; None for anything else."""
    is_number = text is not None and re.fullmatch(r"[0-9]{1,19}", text) is not None
    return min(int(text), MAX_ID) if text is not None and is_number else None
