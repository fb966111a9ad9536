"""A picture taken back: deleted by its member, or by a moderator; or only kept off the web page."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.errors import NotAllowed, NotFound, TooLate, Unavailable
from bot.domain.guild import GuildSettings, is_moderator
from bot.domain.job import Job, JobStatus, may_be_pressed
from bot.domain.kinds import Outcome
from bot.domain.recipe import ImageRef
from bot.domain.sentences import say
from bot.services.clock import Clock, utc_now
from bot.services.removals import Removals, take_away, take_away_as_moderator
from bot.services.shown import gone, is_own, shown_by
from bot.storage import binned as bin_table
from bot.storage import guilds
from bot.storage import jobs as jobs_table
from bot.storage import pictures as pictures_table
from bot.storage.database import Database
from bot.storage.images import ImageFiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the asker may do with a picture, and what else that means."""

    job: Job
    is_own: bool
    """Else the asker moderates."""
    own_tiles: int = 0
    """Tiles that its member picked from it."""
    other_tiles: int = 0
    """Tiles that others picked from it."""


class TakingBack:
    """The database decides, in one transaction; posts and files follow, however often the process dies."""

    def __init__(
        self, database: Database, files: ImageFiles, removals: Removals, *, now: Clock = utc_now
    ) -> None:
        self._database = database
        self._files = files
        self._removals = removals
        self._now = now

    async def ask(self, asker: Asker, message_id: int) -> Choice:
        """What the asker may do with the picture that a message shows; also whether it is still undrawn.

        Raises: NotFound, NotAllowed.
        """
        async with self._database.reading() as session:
            return await self._choice(session, asker, await shown_by(session, asker, message_id))

    async def ask_about(self, asker: Asker, job_id: int) -> Choice:
        """The same of a picture by its number.

        Raises: NotFound, NotAllowed.
        """
        async with self._database.reading() as session:
            return await self._choice(session, asker, await jobs_table.get(session, job_id))

    async def delete(self, asker: Asker, job_id: int) -> Choice:
        """Take a picture out of the world; what it used stays counted.

        Its member's own goes with its prompt and the tiles that they picked from it, while tiles of others
        stay theirs. What a moderator deletes goes with every tile, and is written down.

        Raises: NotFound, NotAllowed, TooLate, Unavailable.
        """
        kept: list[Job] = []
        async with self._database.transaction() as session:
            choice = await self._choice(session, asker, await jobs_table.get(session, job_id))
            if choice.is_own:
                taken, kept = await self._take_own(session, choice.job)
            else:
                taken = await take_away_as_moderator(session, asker, choice.job, now=self._now())
                check_deletable(choice.job, taken)
        await asyncio.to_thread(self._keep_files, kept)
        await self._removals.sweep_files([job.id for job in taken])
        return choice

    async def delete_binned(self, root_id: int) -> None:
        """Take a picture out of the world that nobody brought back, as who took it off would have."""
        kept: list[Job] = []
        async with self._database.transaction() as session:
            binned = await bin_table.get(session, root_id)
            job = await jobs_table.get(session, root_id)
            if binned is None or job is None:  # brought back, or deleted, this moment
                return
            job_ids = await bin_table.list_with(session, root_id)
            if binned.is_moderation:
                taken = await jobs_table.list_by_ids(session, job_ids)
                await take_away(session, taken, now=self._now())
            else:
                taken, kept = await self._erase(session, job, job_ids)
        await asyncio.to_thread(self._keep_files, kept)
        await self._removals.sweep_files([job.id for job in taken])

    async def hide(self, asker: Asker, job_id: int, *, is_hidden: bool) -> Job:
        """Keep one of the asker's own pictures off the web page, with the tiles they picked; or no longer.

        Raises: NotFound, NotAllowed.
        """
        async with self._database.transaction() as session:
            choice = await self._choice(session, asker, await jobs_table.get(session, job_id))
            if not choice.is_own:
                raise _not_theirs()
            jobs = await same_picture(session, choice.job)
            own = [job.id for job in jobs if job.user_id == choice.job.user_id]
            await jobs_table.update_hidden(session, own, is_hidden=is_hidden)
        return choice.job

    async def _choice(self, session: AsyncSession, asker: Asker, job: Job | None) -> Choice:
        if job is None or not (is_own(job, asker) or may_be_pressed(job, asker)):
            raise NotFound(say("I do not know this picture here."))
        settings = await guilds.get_settings(session, job.guild_id)
        check_theirs(asker, job, settings)
        if job.status is JobStatus.DELETED:
            raise gone()
        tiles = [one for one in await same_picture(session, job) if one.id != job.id]
        live = [one for one in tiles if one.status.has_pictures]
        own = sum(one.user_id == job.user_id for one in live)
        return Choice(job=job, is_own=is_own(job, asker), own_tiles=own, other_tiles=len(live) - own)

    async def _take_own(self, session: AsyncSession, job: Job) -> tuple[list[Job], list[Job]]:
        """What goes, and the tiles of others, which do not."""
        mine = [one for one in await same_picture(session, job) if one.user_id == job.user_id]
        check_deletable(job, mine)
        return await self._erase(session, job, [one.id for one in mine])

    async def _erase(
        self, session: AsyncSession, job: Job, job_ids: Collection[int]
    ) -> tuple[list[Job], list[Job]]:
        """These of a picture's jobs go, with what they were drawn from; the others stand on their own."""
        jobs = await same_picture(session, job)
        mine = [one for one in jobs if one.id in job_ids]
        kept = [one for one in jobs if one not in mine and one.status.is_kept]
        for tile in kept:
            await pictures_table.update_own(session, tile, now=self._now())
        await take_away(session, mine, now=self._now())
        await jobs_table.update_blank(session, [one.id for one in mine])
        return mine, kept

    def _keep_files(self, tiles: list[Job]) -> None:
        """Give tiles of others a file of their own. Where that is left undone, they are drawn anew."""
        for tile in tiles:
            if tile.parent is not None:
                self._files.copy(tile.parent, ImageRef(job_id=tile.id, index=0))


async def same_picture(session: AsyncSession, job: Job) -> list[Job]:
    """A grid with every tile that was picked from it; a tile alone: the grid that it came from stays."""
    if job.kind.traits.outcome is Outcome.TILE:
        return [job]
    return await jobs_table.list_same_picture(session, guild_id=job.guild_id, job=job)


def check_theirs(asker: Asker, job: Job, settings: GuildSettings) -> None:
    """Raises: NotAllowed, for who neither owns a picture nor moderates."""
    if not is_own(job, asker) and not is_moderator(asker, settings):
        raise _not_theirs()


def check_deletable(job: Job, taken: list[Job]) -> None:
    """Raises: TooLate, Unavailable: what is in the middle of being posted has no message yet to remove."""
    if any(one.status is JobStatus.RENDERED for one in taken):
        raise Unavailable(say("It is just being posted. Try again in a moment."))
    if not job.status.is_kept:
        raise TooLate(say("There is no picture to delete: it was not drawn."))


def _not_theirs() -> NotAllowed:
    return NotAllowed(say("This picture is somebody else's. Apps → Report tells the moderators about it."))
