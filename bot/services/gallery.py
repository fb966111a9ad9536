"""Finding finished jobs again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial

from bot.domain.asker import Asker
from bot.domain.community import (
    MAX_WORDS,
    GalleryPage,
    GalleryPicture,
    Hung,
    WebPages,
    picture_of_the_day,
)
from bot.domain.errors import NotAllowed, NotFound
from bot.domain.guild import GuildSettings
from bot.domain.history import Wanted, phrases
from bot.domain.job import WITH_PICTURES, Job, JobStatus, may_be_pressed
from bot.domain.sentences import say
from bot.services.clock import Clock, utc_now
from bot.storage import gallery, guilds
from bot.storage import jobs as jobs_table
from bot.storage import pictures as pictures_table
from bot.storage.database import Database

MAX_CHOICES = 25  # Discord's limit of autocomplete choices
PAGE_JOBS = 8
SHOWN_JOBS = 24
LOOKED_THROUGH = 200
"""Jobs of a member whose prompts are offered again: more would keep the list waiting."""
MAX_NAME = 64
EVERYTHING = Wanted()


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage:
    """A page of a member's own history, newest first."""

    number: int
    """The first page is 0."""
    jobs: tuple[Job, ...]
    has_more: bool
    wanted: Wanted = EVERYTHING


class Gallery:
    """A member's own finished jobs, and what members show to everybody."""

    def __init__(self, database: Database, *, pages: WebPages | None = None, now: Clock = utc_now) -> None:
        self.pages = pages or WebPages()
        self._database = database
        self._now = now

    async def has_page(self, asker: Asker) -> bool:
        """Whether the web page shows the asker's guild.

        Raises: NotAllowed.
        """
        if asker.guild_id is None:
            raise NotAllowed(say("This belongs to a server: ask me there."))
        return (await self.get_settings(asker.guild_id)).is_public

    async def share(self, asker: Asker, *, is_shown: bool, is_from_now: bool = False) -> bool:
        """Show the asker's pictures on the web page of this guild, or stop; whether the guild has one.

        Those that were asked for before are left out where `is_from_now`.

        Raises: NotAllowed.
        """
        if asker.guild_id is None:
            raise NotAllowed(say("This belongs to a server: ask me there."))
        key = {"guild_id": asker.guild_id, "user_id": asker.user_id}
        now = self._now()
        since = now if is_from_now else None
        async with self._database.transaction() as session:
            settings = await guilds.get_settings(session, asker.guild_id)
            if is_shown:
                await gallery.add_member(session, **key, name=asker.name[:MAX_NAME], now=now, since=since)
            else:
                await gallery.delete_member(session, **key)
        return settings.is_public

    async def list_public_guilds(self) -> list[int]:
        """The guilds that the web page shows."""
        async with self._database.reading() as session:
            return await guilds.list_public(session)

    async def page_url(self, guild_id: int) -> str | None:
        """The address of a guild's web page; None where it has none, or nobody has said where it is."""
        return self.pages.of_guild(guild_id) if (await self.get_settings(guild_id)).is_public else None

    async def get_settings(self, guild_id: int) -> GuildSettings:
        """What a guild decided: whether the web page shows it, and how."""
        async with self._database.reading() as session:
            return await guilds.get_settings(session, guild_id)

    async def list_shown(
        self,
        guild_id: int,
        channel_ids: Collection[int],
        *,
        words: str = "",
        user_id: int | None = None,
        older_than: int | None = None,
    ) -> GalleryPage:
        """A page of what members of a public guild show from the channels that everybody sees."""
        async with self._database.reading() as session:
            found = await gallery.list_shown(
                session,
                guild_id=guild_id,
                channel_ids=channel_ids,
                limit=SHOWN_JOBS + 1,
                words=words[:MAX_WORDS],
                user_id=user_id,
                older_than=older_than,
            )
        page = tuple(found[:SHOWN_JOBS])
        return GalleryPage(pictures=page, older_than=page[-1].job.id if len(found) > SHOWN_JOBS else None)

    async def get_shown(self, guild_id: int, channel_ids: Collection[int], job_id: int) -> GalleryPicture:
        """One picture that its member shows.

        Raises: NotFound.
        """
        async with self._database.reading() as session:
            found = await gallery.list_shown(
                session, guild_id=guild_id, channel_ids=channel_ids, limit=1, job_id=job_id
            )
        if not found:
            raise NotFound(say("Nobody shows such a picture here."))
        return found[0]

    async def get_hung(self, guild_id: int, channel_ids: Collection[int], job_id: int) -> Hung:
        """One picture that its member shows, and which are shown beside it.

        Raises: NotFound.
        """
        picture = await self.get_shown(guild_id, channel_ids, job_id)
        one = partial(gallery.list_shown, guild_id=guild_id, channel_ids=channel_ids, limit=1)
        async with self._database.reading() as session:
            older = await one(session, older_than=job_id)
            newer = await one(session, newer_than=job_id)
        return Hung(
            picture=picture,
            older=next((shown.job.id for shown in older), None),
            newer=next((shown.job.id for shown in newer), None),
        )

    async def pick_hero(
        self,
        guild_id: int,
        channel_ids: Collection[int],
        settings: GuildSettings,
        shown: Sequence[GalleryPicture],
    ) -> GalleryPicture | None:
        """The large picture of a guild: its choice while that is shown, else one of these, its newest."""
        if settings.web_picture is not None:
            try:
                return await self.get_shown(guild_id, channel_ids, settings.web_picture)
            except NotFound:
                pass  # its member, its channel or a moderator took it away
        return picture_of_the_day(shown, now=self._now().astimezone(settings.zone))

    async def list_recent(self, asker: Asker) -> list[Job]:
        """The asker's newest finished jobs of this guild, or of all guilds in a direct message."""
        async with self._database.reading() as session:
            return await jobs_table.list_of_member(
                session,
                guild_id=asker.guild_id,
                user_id=asker.user_id,
                statuses=WITH_PICTURES,
                limit=MAX_CHOICES,
            )

    async def list_prompts(self, asker: Asker, typed: str) -> list[Job]:
        """The asker's newest prompts that hold what was typed, each once; of this guild, or in a direct
        message of all."""
        async with self._database.reading() as session:
            jobs = await jobs_table.list_of_member(
                session,
                guild_id=asker.guild_id,
                user_id=asker.user_id,
                statuses=[status for status in JobStatus if status is not JobStatus.DELETED],
                limit=LOOKED_THROUGH,
            )
        wanted = typed.casefold()
        own = [job for job in jobs if job.kind.traits.has_own_text and wanted in job.prompt.casefold()]
        newest = {job.prompt: job for job in reversed(own) if job.recipe.prompt.parts}
        return sorted(newest.values(), key=lambda job: job.id, reverse=True)[:MAX_CHOICES]

    async def list_page(self, asker: Asker, number: int, wanted: Wanted = EVERYTHING) -> HistoryPage:
        """A page of the asker's finished jobs of this guild, or of all guilds in a direct message.

        Of those that they like, also others'.
        """
        async with self._database.reading() as session:
            jobs = await jobs_table.list_history(
                session,
                guild_id=asker.guild_id,
                user_id=asker.user_id,
                phrases=phrases(wanted.search),
                shelf=wanted.shelf,
                limit=PAGE_JOBS + 1,
                offset=number * PAGE_JOBS,
            )
        page = tuple(jobs[:PAGE_JOBS])
        return HistoryPage(number=number, jobs=page, has_more=len(jobs) > PAGE_JOBS, wanted=wanted)

    async def shown_again(self, job: Job, *, channel_id: int, message_id: int) -> bool:
        """Remember a message that shows a picture again, to be reported and taken away like the first.

        False where it was taken away meanwhile.
        """
        async with self._database.transaction() as session:
            stored = await jobs_table.get(session, job.id)
            if stored is None or not stored.status.has_pictures:
                return False
            await pictures_table.add_copy(session, job.id, channel_id=channel_id, message_id=message_id)
        return True

    async def show(self, asker: Asker, job_id: int) -> Job:
        """One of the asker's own finished jobs, to be posted again."""
        async with self._database.reading() as session:
            job = await jobs_table.get(session, job_id)
        is_theirs = job is not None and job.user_id == asker.user_id and may_be_pressed(job, asker)
        if job is None or not is_theirs or not job.status.has_pictures:
            raise NotFound(say("You have no finished picture with that number here. Pick one from the list."))
        return job
