"""❌ beside a picture: a job is stopped; a picture is taken off, and may be brought back for a day."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.audit import Deed
from bot.domain.binned import KEPT
from bot.domain.errors import NotFound
from bot.domain.guild import is_moderator
from bot.domain.job import UNDRAWN, Job
from bot.domain.sentences import say
from bot.services.clock import Clock, utc_now
from bot.services.jobs import Jobs
from bot.services.shown import is_own, shown_by
from bot.services.taking_back import TakingBack, check_deletable, check_theirs, same_picture
from bot.storage import audit, guilds
from bot.storage import binned as bin_table
from bot.storage import jobs as jobs_table
from bot.storage import pictures as pictures_table
from bot.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Thrown:
    """What became of a picture, or of a job."""

    job: Job
    until: datetime | None
    """Until when it may be brought back; None, where it was stopped instead."""


class Binning:
    """Nothing is asked before: so a slip of a finger must be harmless."""

    def __init__(
        self, database: Database, jobs: Jobs, taking_back: TakingBack, *, now: Clock = utc_now
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._taking_back = taking_back
        self._now = now

    async def throw(self, asker: Asker, message_id: int) -> Thrown:
        """Stop what a message shows, where it is not drawn yet; else take it off, with its posts.

        Raises: NotFound, NotAllowed, TooLate, Unavailable.
        """
        now = self._now()
        async with self._database.transaction() as session:
            job = await shown_by(session, asker, message_id)
            check_theirs(asker, job, await guilds.get_settings(session, job.guild_id))
            if job.status not in UNDRAWN:
                await self._bin(session, asker, job, now=now)
        if job.status in UNDRAWN:
            await self._jobs.cancel(asker, job.id)
            return Thrown(job=job, until=None)
        return Thrown(job=job, until=now + KEPT)

    async def bring_back(self, asker: Asker, job_id: int) -> list[Job]:
        """Owe a picture to its channel again, with the tiles that went along; those jobs.

        Raises: NotFound.
        """
        now = self._now()
        async with self._database.transaction() as session:
            binned = await bin_table.get(session, job_id)
            job = await jobs_table.get(session, job_id)
            if binned is None or job is None or binned.until <= now:
                raise _gone()
            settings = await guilds.get_settings(session, job.guild_id)
            may_moderate = is_moderator(asker, settings) and asker.guild_id == job.guild_id
            if not (may_moderate if binned.is_moderation else is_own(job, asker)):
                raise _gone()
            job_ids = await bin_table.list_with(session, binned.root_id)
            await bin_table.update_back(session, job_ids, now=now)
            if binned.is_moderation:
                await self._note(session, asker, job, Deed.UNBIN)
            return sorted(await jobs_table.list_by_ids(session, job_ids), key=lambda one: one.id)

    async def sweep(self) -> int:
        """Delete for good what nobody brought back in time; returns how many pictures."""
        async with self._database.reading() as session:
            old = await bin_table.list_older(session, self._now() - KEPT)
        for root_id in dict.fromkeys(binned.root_id for binned in old):
            await self._taking_back.delete_binned(root_id)
        return len(old)

    async def _bin(self, session: AsyncSession, asker: Asker, job: Job, *, now: datetime) -> None:
        jobs = [
            one for one in await same_picture(session, job) if one.status.has_pictures or one.id == job.id
        ]
        is_moderation = not is_own(job, asker)
        if not is_moderation:
            jobs = [one for one in jobs if one.user_id == job.user_id]
        check_deletable(job, jobs)
        await pictures_table.add_removals(session, jobs, now=now)
        await bin_table.add(session, job, jobs, actor_id=asker.user_id, is_moderation=is_moderation, now=now)
        if is_moderation:
            await self._note(session, asker, job, Deed.BIN)

    async def _note(self, session: AsyncSession, asker: Asker, job: Job, deed: Deed) -> None:
        await audit.note(
            session, job.guild_id, asker.user_id, deed, target_id=job.user_id, now=self._now(), job=job.id
        )


def _gone() -> NotFound:
    return NotFound(say("There is nothing to bring back: it is there again, or its day is over."))
