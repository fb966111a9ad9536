"""What members report, and what moderators make of it: the picture deleted, its member warned, or nothing."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.audit import Deed
from bot.domain.errors import Decided, NotAllowed, NotFound, TooLate
from bot.domain.guild import GuildSettings
from bot.domain.job import Job, JobStatus
from bot.domain.people import MAX_TEXT, AppealStatus, Report, Sanction, Standing
from bot.domain.sentences import say
from bot.services.clock import Clock, utc_now
from bot.services.guilds import moderated_guild
from bot.services.queue import Queue
from bot.services.removals import Removals, take_away_as_moderator
from bot.services.sanctions import Sanctions, check_judged
from bot.storage import audit, guilds, reports
from bot.storage import jobs as jobs_table
from bot.storage.database import Database

MAX_REPORTS_A_DAY = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCase:
    """A report with the job that it is about."""

    report: Report
    job: Job
    channel_id: int | None
    """Where the guild's moderators read it."""


class Reports:
    """Reports of one guild never reach another one, and nobody is told who reported."""

    def __init__(
        self,
        database: Database,
        removals: Removals,
        sanctions: Sanctions,
        queue: Queue,
        *,
        now: Clock = utc_now,
    ) -> None:
        self._database = database
        self._sanctions = sanctions
        self._queue = queue
        self._removals = removals
        self._now = now

    async def check(self, asker: Asker, message_id: int) -> None:
        """Whether a message can be reported at all.

        Raises: NotAllowed, NotFound.
        """
        async with self._database.reading() as session:
            await _reportable(session, asker, message_id)

    async def report(self, asker: Asker, message_id: int, reason: str) -> ReportCase:
        """Tell the moderators of the asker's guild about a result.

        Raises: NotAllowed, NotFound.
        """
        now = self._now()
        async with self._database.transaction() as session:
            job = await _reportable(session, asker, message_id)
            guild_id = job.guild_id
            key = {"guild_id": guild_id, "reporter_id": asker.user_id}
            made = await reports.count_since(session, **key, since=now - timedelta(days=1))
            if made >= MAX_REPORTS_A_DAY:
                raise NotAllowed(say("You have reported a lot today. Talk to a moderator instead."))
            text = reason[:MAX_TEXT]
            report_id = await reports.add(session, **key, job_id=job.id, reason=text, now=now)
            if report_id is None:
                raise TooLate(say("You have reported this picture already. The moderators will see to it."))
            settings = await guilds.get_settings(session, guild_id)
        report = Report(
            id=report_id,
            guild_id=guild_id,
            job_id=job.id,
            reason=text,
            status=AppealStatus.OPEN,
            created_at=now,
        )
        return ReportCase(report=report, job=job, channel_id=settings.moderators_channel_id)

    async def list_open(self, asker: Asker, *, limit: int) -> list[ReportCase]:
        """The reports that wait for a decision in the asker's guild.

        Raises: NotAllowed.
        """
        async with self._database.reading() as session:
            guild_id, settings = await moderated_guild(session, asker)
            found = []
            for report in await reports.list_open(session, guild_id=guild_id, limit=limit):
                job = await jobs_table.get(session, report.job_id)
                if job is not None:
                    found.append(
                        ReportCase(report=report, job=job, channel_id=settings.moderators_channel_id)
                    )
            return found

    async def get(self, asker: Asker, report_id: int) -> ReportCase:
        """One report of the asker's guild.

        Raises: NotAllowed, NotFound.
        """
        async with self._database.reading() as session:
            guild_id, settings = await moderated_guild(session, asker)
            return await self._get(session, guild_id, report_id, settings.moderators_channel_id)

    async def check_open(self, asker: Asker, report_id: int) -> None:
        """Whether a report still waits for a decision.

        Raises: Decided, NotAllowed, NotFound.
        """
        if (await self.get(asker, report_id)).report.status is not AppealStatus.OPEN:
            raise Decided

    async def close(self, asker: Asker, report_id: int, status: AppealStatus) -> ReportCase:
        """Decide every open report on this picture: something was done, or nothing is wrong with it.

        Raises: NotAllowed, NotFound.
        """
        async with self._database.transaction() as session:
            guild_id, settings = await moderated_guild(session, asker)
            found = await self._get(session, guild_id, report_id, settings.moderators_channel_id)
            await self._close(session, asker, found, status)
        return found

    async def warn(self, asker: Asker, report_id: int, *, reason: str) -> Standing:
        """Warn the member whose picture was reported, which decides the reports; all or nothing.

        Raises: NotAllowed, NotFound, TooLate.
        """
        async with self._database.transaction() as session:
            found, settings = await self._accept(session, asker, report_id)
            return await self._sanctions.warn_in(
                session,
                asker,
                found.job.user_id,
                guild_id=found.report.guild_id,
                settings=settings,
                reason=reason,
            )

    async def block(self, asker: Asker, report_id: int, *, span: str | None, reason: str) -> Sanction:
        """Block the member whose picture was reported, which decides the reports; all or nothing.

        Raises: NotAllowed, NotFound, TooLate, Unreadable.
        """
        async with self._database.transaction() as session:
            found, _ = await self._accept(session, asker, report_id)
            given, ended = await self._sanctions.block_in(
                session,
                asker,
                found.job.user_id,
                guild_id=found.report.guild_id,
                span=span,
                reason=reason,
            )
        self._queue.stop(ended)
        return given

    async def _accept(
        self, session: AsyncSession, asker: Asker, report_id: int
    ) -> tuple[ReportCase, GuildSettings]:
        """Decide the reports on a picture against its member, whom the asker may judge."""
        guild_id, settings = await moderated_guild(session, asker)
        found = await self._get(session, guild_id, report_id, settings.moderators_channel_id)
        check_judged(asker, found.job.user_id)
        await self._close(session, asker, found, AppealStatus.ACCEPTED)
        return found, settings

    async def delete_result(self, asker: Asker, report_id: int) -> Job:
        """Take a reported picture away: its files, and every way to bring it back. The charge stays.
        What it was, as it was. Also where its member was warned or blocked for it before.

        Raises: Decided, NotAllowed, NotFound.
        """
        async with self._database.transaction() as session:
            guild_id, settings = await moderated_guild(session, asker)
            found = await self._get(session, guild_id, report_id, settings.moderators_channel_id)
            is_judged = found.report.status is AppealStatus.ACCEPTED
            if not is_judged or found.job.status is JobStatus.DELETED:  # then Decided is raised here
                await self._close(session, asker, found, AppealStatus.ACCEPTED)
            jobs = await take_away_as_moderator(session, asker, found.job, now=self._now())
        await self._removals.sweep_files([job.id for job in jobs])
        return found.job

    async def _get(
        self, session: AsyncSession, guild_id: int, report_id: int, channel_id: int | None
    ) -> ReportCase:
        report = await reports.get(session, guild_id=guild_id, report_id=report_id)
        job = None if report is None else await jobs_table.get(session, report.job_id)
        if report is None or job is None:
            raise NotFound(say("There is no such report in this server."))
        return ReportCase(report=report, job=job, channel_id=channel_id)

    async def _close(
        self, session: AsyncSession, asker: Asker, found: ReportCase, status: AppealStatus
    ) -> None:
        closed = await reports.update_decided(
            session, guild_id=found.report.guild_id, job_id=found.job.id, status=status
        )
        if not closed:
            raise Decided
        await audit.note(
            session,
            found.report.guild_id,
            asker.user_id,
            Deed(f"report_{status}"),
            target_id=found.job.user_id,
            now=self._now(),
            job=found.job.id,
            reports=closed,
            inputs=found.job.inputs,
        )


async def _reportable(session: AsyncSession, asker: Asker, message_id: int) -> Job:
    """The job that a message of the asker's guild shows."""
    if asker.guild_id is None:
        raise NotAllowed(say("This belongs to a server: ask me there."))
    job = await jobs_table.get_by_message(session, guild_id=asker.guild_id, message_id=message_id)
    if job is None or job.is_direct_message:
        raise NotFound(say("This message is none of my pictures, or it is deleted already."))
    return job
