"""Where a member stands: what is left, what was used, what waits and runs; and how the bot is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.asker import Asker
from bot.domain.errors import TooLate
from bot.domain.hosting import HostState
from bot.domain.job import UNDRAWN, Job, JobStatus, Speed, may_be_pressed
from bot.domain.preferences import Preferences
from bot.domain.quota import Balance
from bot.domain.sentences import say
from bot.domain.usage import Usage
from bot.services.clock import Clock, utc_now
from bot.services.host import Host
from bot.services.jobs import Jobs
from bot.services.models import Models
from bot.services.preferences import MemberPreferences
from bot.services.quotas import Quotas
from bot.services.runs import JobUpdate, Runs
from bot.storage import jobs as jobs_table
from bot.storage import usage, workload
from bot.storage.database import Database

MAX_JOBS = 200
"""Of a member, that can be cancelled at once; no guild lets so many wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberInfo:
    """What a member may know of themselves."""

    balance: Balance
    used: Mapping[Speed, Usage]
    """All that they drew in the guild that is charged, by speed; a picture is one, whatever it cost."""
    preferences: Preferences
    host: HostState
    """What the owners of the bot decided about that guild."""
    jobs: tuple[JobUpdate, ...]
    """What runs and waits, in the order in which it was asked for; in a direct message, of all guilds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How the bot is."""

    models: tuple[str, ...]
    """By name, the default first; none, while nothing is loaded."""
    num_running: int
    num_waiting: int
    wait_seconds: float | None
    """Until the last of those that wait is finished, as far as it is known."""
    started_at: datetime
    host: HostState


class Info:
    """A member's own state, and everybody's."""

    def __init__(
        self,
        database: Database,
        models: Models,
        quotas: Quotas,
        preferences: MemberPreferences,
        jobs: Jobs,
        runs: Runs,
        host: Host,
        *,
        now: Clock = utc_now,
    ) -> None:
        self._database = database
        self._models = models
        self._quotas = quotas
        self._preferences = preferences
        self._jobs = jobs
        self._runs = runs
        self._host = host
        self._started_at = now()

    async def show(self, asker: Asker) -> MemberInfo:
        """Where the asker stands.

        Raises: NotAllowed in a direct message of somebody who never used the bot in a guild.
        """
        balance = await self._quotas.balance(asker)
        async with self._database.reading() as session:
            used = await usage.list_by_speed(session, guild_id=balance.guild_id, user_id=asker.user_id)
        return MemberInfo(
            balance=balance,
            used=dict(used),
            preferences=await self._preferences.get(asker),
            host=await self._host.state(asker),
            jobs=tuple(self._latest(job) for job in await self._list_undrawn(asker)),
        )

    async def cancel(self, asker: Asker, job_id: int) -> MemberInfo:
        """Stop one of the asker's jobs, and refund it.

        Raises: NotFound, NotAllowed, TooLate.
        """
        await self._jobs.cancel(asker, job_id)
        return await self.show(asker)

    async def cancel_all(self, asker: Asker) -> MemberInfo:
        """Stop everything that the asker waits for, and refund it.

        Raises: TooLate, where there is nothing.
        """
        cancelled = 0
        for job in await self._list_undrawn(asker):
            try:
                await self._jobs.cancel(asker, job.id)
            except TooLate:
                continue  # it was finished meanwhile
            cancelled += 1
        if not cancelled:
            raise TooLate(say("Nothing of yours waits or is drawn: there is nothing to cancel."))
        return await self.show(asker)

    async def status(self, asker: Asker) -> Status:
        """How the bot is, for who asks."""
        async with self._database.reading() as session:
            counts = await workload.count_jobs(session)
        times = [update.eta_seconds for update in self._runs.list_latest() if update.eta_seconds is not None]
        return Status(
            models=self._models.names(),
            num_running=counts[JobStatus.RUNNING],
            num_waiting=counts[JobStatus.QUEUED],
            wait_seconds=max(times, default=None),
            started_at=self._started_at,
            host=await self._host.state(asker),
        )

    async def _list_undrawn(self, asker: Asker) -> list[Job]:
        async with self._database.reading() as session:
            found = await jobs_table.list_of_member(
                session,
                guild_id=asker.guild_id,
                user_id=asker.user_id,
                statuses=UNDRAWN,
                limit=MAX_JOBS,
            )
        return [job for job in reversed(found) if may_be_pressed(job, asker)]

    def _latest(self, job: Job) -> JobUpdate:
        run = self._runs.get(job.id)
        return JobUpdate(job=job) if run is None else run.latest
