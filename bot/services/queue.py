"""A guild's queue in its moderators' hands: seen, cancelled, paused, cleared. What is taken is refunded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.audit import Deed
from bot.domain.errors import NotFound, TooLate
from bot.domain.guild import is_moderator
from bot.domain.job import Job, JobStatus
from bot.domain.sentences import say
from bot.services.clock import Clock, utc_now
from bot.services.guilds import locked_guild, moderated_guild
from bot.services.runs import Note, Runs, noting_cancel
from bot.storage import audit, guilds, members
from bot.storage import jobs as jobs_table
from bot.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """What waits and runs in a guild."""

    jobs: tuple[Job, ...]
    """Running ones first, then in the order they were asked for."""
    is_paused: bool
    pausing: frozenset[int] = frozenset()
    """Those of them that have begun and wait until others are drawn, by number."""


class Queue:
    """The moderators' view of the queue."""

    def __init__(self, database: Database, runs: Runs, *, now: Clock = utc_now) -> None:
        self._database = database
        self._runs = runs
        self._now = now

    async def show(self, asker: Asker) -> QueueState:
        """What waits and runs in the asker's guild.

        Raises: NotAllowed.
        """
        async with self._database.reading() as session:
            guild_id, settings = await moderated_guild(session, asker)
            jobs = await jobs_table.list_waiting(session, guild_id=guild_id)
        running_first = sorted(jobs, key=lambda job: (job.status is JobStatus.QUEUED, job.id))
        runs = [self._runs.get(job.id) for job in jobs if job.status is JobStatus.RUNNING]
        pausing = {run.latest.job.id for run in runs if run is not None and run.latest.position is not None}
        return QueueState(jobs=tuple(running_first), is_paused=settings.is_paused, pausing=frozenset(pausing))

    async def list_choices(self, asker: Asker) -> list[tuple[Job, str]]:
        """The jobs to choose from, with their members' names; none for whoever may not touch them."""
        async with self._database.reading() as session:
            settings = await guilds.get_settings(session, asker.guild_id or 0)
            if not is_moderator(asker, settings):
                return []
            jobs = await jobs_table.list_waiting(session, guild_id=asker.guild_id or 0)
            names = await members.list_names(session, asker.guild_id or 0, {job.user_id for job in jobs})
        return [(job, names.get(job.user_id, "")) for job in jobs]

    async def cancel(self, asker: Asker, job_id: int, *, reason: str = "") -> Job:
        """Stop any job of the asker's guild.

        Raises: NotAllowed, NotFound.
        """
        async with self._database.reading() as session:
            guild_id, _ = await moderated_guild(session, asker)
            job = await jobs_table.get(session, job_id)
        if job is None or job.guild_id != guild_id:
            raise NotFound(say("There is no such job in this server's queue."))
        if not await self._runs.cancel(job_id, note=self._note(asker, job, reason)):
            raise TooLate(say("This job is over already: there is nothing left to cancel."))
        return job

    async def clear(self, asker: Asker, user_id: int | None, *, reason: str = "") -> int:
        """Stop everything that a member, or with None everybody, waits for in the asker's guild; how many.

        Raises: NotAllowed.
        """
        async with self._database.reading() as session:
            guild_id, _ = await moderated_guild(session, asker)
            jobs = await jobs_table.list_waiting(session, guild_id=guild_id, user_id=user_id)
        cancelled = 0
        for job in jobs:
            cancelled += await self._runs.cancel(job.id, note=self._note(asker, job, reason))
        return cancelled

    async def drop(self, guild_id: int) -> int:
        """Stop everything that waits for a guild, and refund it; how many. For the owners of the bot."""
        async with self._database.reading() as session:
            jobs = await jobs_table.list_waiting(session, guild_id=guild_id)
        return sum([await self._runs.cancel(job.id) for job in jobs])

    async def end_in(
        self, session: AsyncSession, asker: Asker, user_id: int, *, guild_id: int, reason: str
    ) -> list[Job]:
        """As a part of another decision: end and refund what a member waits for. `stop` it after that."""
        jobs = await jobs_table.list_waiting(session, guild_id=guild_id, user_id=user_id)
        ended = [
            await self._runs.end_in(session, job.id, note=self._note(asker, job, reason)) for job in jobs
        ]
        return [job for job in ended if job is not None]

    def stop(self, jobs: Sequence[Job]) -> None:
        """Take jobs that were ended off the engine."""
        for job in jobs:
            self._runs.stop(job)

    async def pause(self, asker: Asker, *, is_paused: bool) -> QueueState:
        """Refuse new jobs, or take them again. What waits and runs is still drawn.

        Raises: NotAllowed.
        """
        now = self._now()
        async with self._database.transaction() as session:
            guild_id, settings = await locked_guild(session, asker, now=now)
            changed = replace(settings, is_paused=is_paused)
            await guilds.update_settings(session, guild_id, changed, now=now)
            await audit.note(
                session, guild_id, asker.user_id, Deed.PAUSE if is_paused else Deed.RESUME, now=now
            )
        return await self.show(asker)

    def _note(self, asker: Asker, job: Job, reason: str) -> Note:
        return noting_cancel(asker, job, reason=reason, now=self._now())
