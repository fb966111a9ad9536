"""Jobs on the engine: from QUEUED to RENDERED, FAILED or CANCELLED, whatever dies in between."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from PIL import Image
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.audit import Deed
from bot.domain.charges import Charge
from bot.domain.custody import LONE_DEATHS, MOST_SUSPECTS, QUIET_SECONDS, Custody
from bot.domain.errors import Gone, UserError
from bot.domain.job import UNDRAWN, Failure, Job, JobStatus
from bot.domain.recipe import Weights
from bot.imaging.film import Film
from bot.meters import ATTEMPTS
from bot.services.clock import Clock, utc_now
from bot.services.drawing import fairness_key_of
from bot.services.ends import log_end
from bot.services.isolation import Isolation
from bot.services.pictures import Pictures
from bot.services.turns import Turns
from bot.storage import audit, guilds, ledger
from bot.storage import jobs as jobs_table
from bot.storage import outbox as outbox_table
from bot.storage import pictures as pictures_table
from bot.storage.database import Database
from bot.storage.outage import is_outage, passing_over_outages, persistently
from engine import api
from engine.errors import (
    DeviceLost,
    EngineError,
    EngineStopped,
    InvalidRequest,
    ModelNotFound,
    OutOfMemory,
)

log = logging.getLogger(__name__)
T = TypeVar("T")

Note = Callable[[AsyncSession], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobUpdate:
    """A job as it stands this moment. Only the latest counts."""

    job: Job
    position: int | None = None
    """1 for the next to be drawn; None while it is drawn, or waits for other jobs of its member."""
    eta_seconds: float | None = None
    """Estimate: seconds until it is finished; None where nobody knows yet."""
    own_jobs_before: int = 0
    """How many of its member's jobs must be over before it may be drawn at all."""
    progress: float = 0.0
    """Share of the steps that are done, 0 to 1."""
    preview: tuple[Image.Image, ...] = ()
    loading_seconds: float = 0.0
    """Estimate: how long its model is loaded before it can be drawn; 0 where it is on the device."""
    is_engine_away: bool = False
    """Whether nothing that could draw it answers just now; `eta_seconds` is when that may be over."""
    is_database_away: bool = False
    """Whether the job waits for the database to come back."""


class Run:
    """One job in flight: its latest state, and a way to wait for the next."""

    def __init__(self, job: Job) -> None:
        self.latest = JobUpdate(job=job)
        self.film = Film() if job.recipe.prompt.parameters.is_video else None
        self._changed = asyncio.Event()
        self._ended = asyncio.Event()

    def publish(self, update: JobUpdate) -> None:
        """Make this the latest state."""
        self.latest = update
        self._changed.set()
        self._changed = asyncio.Event()

    def end(self) -> None:
        """Nothing more will come."""
        self._ended.set()
        self.publish(self.latest)

    async def updates(self) -> AsyncIterator[JobUpdate]:
        """The latest state, then each later one; states that nobody waited for are skipped."""
        seen: JobUpdate | None = None
        while True:
            changed = self._changed
            if self.latest is not seen:
                seen = self.latest
                yield seen
            elif self._ended.is_set():
                return
            else:
                await changed.wait()

    async def ended(self) -> None:
        """Wait for the end."""
        await self._ended.wait()

    async def ended_within(self, seconds: float) -> bool:
        """Wait for the end, but not longer than this."""
        try:
            async with asyncio.timeout(seconds):
                await self._ended.wait()
        except TimeoutError:
            return False
        return True


class Runs:
    """All jobs in flight."""

    def __init__(
        self, database: Database, engine: api.Engine, pictures: Pictures, *, now: Clock = utc_now
    ) -> None:
        self._database = database
        self._engine = engine
        self._pictures = pictures
        self._now = now
        self._turns = Turns()
        self._isolation = Isolation()
        self._recovered_at = 0.0
        self._runs: dict[int, Run] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._is_draining = False

    def start(self, job: Job) -> Run:
        """Put a QUEUED job on the engine; while draining, leave it to the next process."""
        run = Run(job)
        if self._is_draining:
            run.end()
            return run
        self._runs[job.id] = run
        self._tasks[job.id] = asyncio.create_task(self._draw(run), name=f"job {job.id}")
        return run

    def get(self, job_id: int) -> Run | None:
        """The job in flight; None if it is not, or not any more."""
        return self._runs.get(job_id)

    def list_latest(self) -> list[JobUpdate]:
        """The latest state of all jobs in flight."""
        return [run.latest for run in self._runs.values()]

    async def reload(self, job: Job) -> Job:
        """The job as the database has it now."""
        async with self._database.reading() as session:
            return await jobs_table.get(session, job.id) or job

    async def cancel(self, job_id: int, *, note: Note | None = None) -> bool:
        """Stop a job and refund it; False when it was over already. `note` is written along with it."""
        job = await self._end(job_id, JobStatus.CANCELLED, note=note)
        if job is not None:
            self.stop(job)
        return job is not None

    async def end_in(self, session: AsyncSession, job_id: int, *, note: Note | None = None) -> Job | None:
        """The same as a part of another decision; `stop` the job, if there is one, once that holds."""
        return await self._end_in(session, job_id, JobStatus.CANCELLED, note=note)

    def stop(self, job: Job) -> None:
        """Take a job that was ended off the engine."""
        log_end(job, job.status, now=self._now())
        if run := self._runs.get(job.id):
            run.publish(JobUpdate(job=job))
        if task := self._tasks.get(job.id):
            task.cancel()

    async def recover(self) -> list[Job]:
        """After a start: every job that still owes something, in order, ready to go on.

        A job that was RUNNING is QUEUED again, and drawn alone: whether the process died of it, nobody knows.
        One that was alone when it died, again and again, has FAILED.
        """
        self._recovered_at = asyncio.get_running_loop().time()
        async with self._database.transaction() as session:
            unfinished = await jobs_table.list_unfinished(session)
            suspects = {job.id for job in _suspects(unfinished)}
            for job in unfinished:
                if job.status in UNDRAWN:
                    await self._take_over(session, job, is_suspect=job.id in suspects)
        async with self._database.reading() as session:
            unfinished = await jobs_table.list_unfinished(session)
            return unfinished + await jobs_table.list_with_progress_message(session)

    async def _take_over(self, session: AsyncSession, job: Job, *, is_suspect: bool) -> None:
        """Let a job that an earlier process left wait again, or end it."""
        deaths = job.lone_deaths + (job.custody is Custody.ALONE)
        if deaths >= LONE_DEATHS:
            await self._end_in(session, job.id, JobStatus.FAILED, Failure.CRASHED)
            return
        custody = Custody.SUSPECT if is_suspect else Custody.NONE
        if (job.status, job.custody, job.lone_deaths) != (JobStatus.QUEUED, custody, deaths):
            await jobs_table.update_custody(session, job.id, custody, lone_deaths=deaths)

    async def drain(self) -> None:
        """Stop drawing, for good; what runs goes back to the queue, for the next start."""
        self._is_draining = True
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with passing_over_outages("noting what waits for the next start"):
            async with self._database.transaction() as session:
                await jobs_table.update_drained(session)

    async def _draw(self, run: Run) -> None:
        job = run.latest.job
        try:
            with self._turns.queue(job.guild_id, job.user_id) as turn:
                limit = await self._persistently(run, lambda: self._max_running(job))
                async for before in turn.come(limit):
                    run.publish(replace(run.latest, own_jobs_before=before))
                async with self._admitted(run):
                    await self._follow_engine(run)
        except asyncio.CancelledError:
            await self._return(run)
            raise
        except EngineStopped:  # the process is ending: the next one draws it
            await self._return(run)
        except DeviceLost as error:  # perhaps through this very job: the next start takes it for a suspect
            log.warning("job %s was on the device that is lost: %s", job.id, error)
        except EngineError as error:
            log.warning("job %s failed: %s", job.id, error)
            await self._fail(run, _failure(error))
        except UserError as refused:
            log.warning("job %s cannot be drawn: %s", job.id, refused)
            await self._fail(run, _failure(refused))
        except Exception:  # the boundary of a job: it is refunded, logged and told; the bot goes on
            log.exception("job %s failed", job.id)
            await self._fail(run, Failure.ENGINE)
        finally:
            del self._runs[job.id], self._tasks[job.id]
            run.end()

    @asynccontextmanager
    async def _admitted(self, run: Run) -> AsyncIterator[None]:
        """On the device with all others; a suspect alone, once the process has lived long enough for it."""
        job = run.latest.job
        if job.custody is not Custody.SUSPECT:
            async with self._isolation.together():
                yield
            return
        lived = asyncio.get_running_loop().time() - self._recovered_at
        await asyncio.sleep(max(0.0, QUIET_SECONDS[job.lone_deaths] - lived))
        async with self._isolation.alone():
            await self._persistently(run, lambda: self._mark_alone(job))
            yield

    async def _mark_alone(self, job: Job) -> None:
        async with self._database.transaction() as session:
            await jobs_table.update_alone(session, job.id)

    async def _max_running(self, job: Job) -> int | None:
        async with self._database.reading() as session:
            return (await guilds.recall_settings(session, job.guild_id)).max_running_jobs

    async def _follow_engine(self, run: Run) -> None:
        job = run.latest.job
        request = await self._persistently(
            run,
            lambda: self._pictures.request(
                job.recipe, fairness_key=fairness_key_of(job.guild_id, job.user_id), speed=job.speed
            ),
        )
        async with aclosing(self._engine.run(request)) as events:
            async for event in events:
                await self._take(run, event)

    async def _take(self, run: Run, event: api.Event) -> None:
        latest = run.latest
        match event:
            case api.Queued(is_engine_away=True, eta_seconds=eta_seconds):
                run.publish(replace(latest, position=None, eta_seconds=eta_seconds, is_engine_away=True))
            case api.Queued(position=position, eta_seconds=eta_seconds):
                loading = 0.0 if latest.job.status is JobStatus.RUNNING else self._loading_seconds(latest.job)
                run.publish(
                    replace(
                        latest,
                        position=position,
                        eta_seconds=eta_seconds,
                        loading_seconds=loading,
                        is_engine_away=False,
                    )
                )
            case api.Started(unread=unread):
                await self._started(run, unread)
            case api.Progress(step=step, total=total, eta_seconds=eta_seconds):
                run.publish(
                    replace(
                        latest,
                        position=None,
                        eta_seconds=eta_seconds,
                        progress=step / total,
                        is_engine_away=False,
                    )
                )
            case api.Preview(images=images):
                run.publish(replace(latest, preview=images))
                if run.film is not None:
                    await asyncio.to_thread(run.film.add, images)
            case api.Finished() as end:
                await self._finish(run, end.generated, gpu_ms=round(end.gpu_seconds * 1000))

    async def _started(self, run: Run, unread: str) -> None:
        job = run.latest.job
        attempt = await self._persistently(run, lambda: self._begin(job, unread))
        if attempt is not None:
            ATTEMPTS.labels(outcome="begun").inc()
            begun = replace(job, status=JobStatus.RUNNING, attempt=attempt, unread=unread)
            run.publish(JobUpdate(job=begun))

    async def _begin(self, job: Job, unread: str) -> int | None:
        """The number of the attempt that begins; None for a job that is not waiting any more."""
        async with self._database.transaction() as session:
            attempt = await jobs_table.update_started(session, job.id, unread=unread)
            if attempt is not None:
                return attempt
            stored = await jobs_table.get(session, job.id)
        is_begun = stored is not None and stored.status is JobStatus.RUNNING
        return job.attempt + 1 if is_begun else None  # by us: one process owns the database

    async def _finish(self, run: Run, result: api.Generated, *, gpu_ms: int) -> None:
        """Pictures to disk first, then RENDERED, settled and owed to the channel in one transaction.

        A disk that is full is waited for, like the database on it: what is drawn is not thrown away.
        """
        job = run.latest.job
        try:
            await self._persistently(run, lambda: self._pictures.add(job, result))
            await self._keep_film(run, result)
            is_settled = await self._persistently(run, lambda: self._settle(job, result, gpu_ms=gpu_ms))
        except asyncio.CancelledError:
            await self._pictures.discard(job)
            raise
        ATTEMPTS.labels(outcome="finished" if is_settled else "stale").inc()
        if not is_settled:
            await self._pictures.discard(job)
        else:
            run.publish(JobUpdate(job=replace(job, status=JobStatus.RENDERED, gpu_ms=gpu_ms), progress=1.0))

    async def _keep_film(self, run: Run, result: api.Generated) -> None:
        """The animation of what was seen of it, where one was asked for."""
        if run.film is not None:
            film = await asyncio.to_thread(run.film.animation, result.images)
            await self._persistently(run, lambda: self._pictures.add_film(run.latest.job, film))

    async def _settle(self, job: Job, result: api.Generated, *, gpu_ms: int) -> bool:
        """False where this attempt is stale, or was settled by an earlier try."""
        now = self._now()
        recipe = job.recipe
        if recipe.enlargement is None:  # else it was drawn before, perhaps by others
            recipe = replace(recipe, weights=self._weights(recipe.weights.name))
        async with self._database.transaction() as session:
            is_ours = await jobs_table.update_rendered(
                session, job.id, attempt=job.attempt, gpu_ms=gpu_ms, now=now
            )
            if not is_ours:
                return False
            await pictures_table.add(session, job.id, recipe, engine_version=result.engine_version, now=now)
            used = Charge(images=len(result.images), gpu_ms=gpu_ms).times(job.speed.price)
            await ledger.settle(session, job.id, images=used.images, gpu_ms=used.gpu_ms, now=now)
            await outbox_table.add(session, job.id, now=now)
        return True

    async def _fail(self, run: Run, failure: Failure) -> None:
        job_id = run.latest.job.id
        try:
            job = await self._persistently(run, lambda: self._end(job_id, JobStatus.FAILED, failure))
        except Exception:  # the boundary of a job: nobody else would hear of it
            log.exception("job %s could not be ended", job_id)
            return
        if job is not None:
            ATTEMPTS.labels(outcome="failed").inc()
            log_end(job, job.status, now=self._now())
            run.publish(JobUpdate(job=job))

    async def _persistently(self, run: Run, work: Callable[[], Awaitable[T]]) -> T:
        """Do what a job needs of the database, however long that is away; the run says so meanwhile."""
        done = await persistently(
            work, on_outage=lambda: run.publish(replace(run.latest, is_database_away=True))
        )
        if run.latest.is_database_away:
            run.publish(replace(run.latest, is_database_away=False))
        return done

    async def _end(
        self, job_id: int, status: JobStatus, failure: Failure | None = None, *, note: Note | None = None
    ) -> Job | None:
        async with self._database.transaction() as session:
            return await self._end_in(session, job_id, status, failure, note=note)

    async def _end_in(
        self,
        session: AsyncSession,
        job_id: int,
        status: JobStatus,
        failure: Failure | None = None,
        *,
        note: Note | None = None,
    ) -> Job | None:
        now = self._now()
        if not await jobs_table.update_ended(session, job_id, status, now=now, failure=failure):
            return None
        await ledger.refund(session, job_id, now=now)
        if note is not None:
            await note(session)
        return await jobs_table.get(session, job_id)

    async def _return(self, run: Run) -> None:
        """Once only: the process may be ending, and the next start finds what is still RUNNING."""
        job = run.latest.job
        is_known = job.status is JobStatus.RUNNING  # else it may have begun without our being told
        attempt = job.attempt if is_known else job.attempt + 1
        try:
            async with self._database.transaction() as session:
                await jobs_table.update_returned(session, job.id, attempt=attempt)
            ATTEMPTS.labels(outcome="returned").inc()
        except Exception as error:
            if not is_outage(error):
                raise
            log.warning("job %s is left to the next start: %s", job.id, error)

    def _loading_seconds(self, job: Job) -> float:
        name = job.recipe.weights.name
        away = (model for model in self._engine.models() if model.name == name and not model.is_resident)
        return sum(model.seconds_to_load for model in away)

    def _weights(self, name: str) -> Weights:
        return next(
            Weights(name=name, hash=model.hash) for model in self._engine.models() if model.name == name
        )


def _suspects(unfinished: Sequence[Job]) -> list[Job]:
    """The jobs that the last process may have died of.

    One that was alone on the device had nobody beside it. Else: what was on the device as far as is known,
    and of what waited the first, which may have begun without our having noted it.
    """
    undrawn = [job for job in unfinished if job.status in UNDRAWN]
    known = [
        job
        for job in undrawn
        if job.status is JobStatus.RUNNING or job.custody in {Custody.SUSPECT, Custody.ALONE}
    ]
    if any(job.custody is Custody.ALONE for job in known):
        return known
    waited = [job for job in undrawn if job.status is JobStatus.QUEUED and job.custody is Custody.NONE]
    return known + _in_turn(waited)[:MOST_SUSPECTS]


def _in_turn(jobs: Sequence[Job]) -> list[Job]:
    """About as the device takes them: the first of each member, then the second of each."""
    seen: Counter[tuple[int, int]] = Counter()

    def turn(job: Job) -> int:
        seen[job.guild_id, job.user_id] += 1
        return seen[job.guild_id, job.user_id]

    return sorted(jobs, key=turn)


def _failure(error: EngineError | UserError) -> Failure:
    match error:
        case OutOfMemory():
            return Failure.OUT_OF_MEMORY
        case InvalidRequest():
            return Failure.INVALID_REQUEST
        case ModelNotFound():
            return Failure.MODEL_NOT_FOUND
        case Gone():
            return Failure.GONE
        case _:
            return Failure.ENGINE


def noting_cancel(asker: Asker, job: Job, *, reason: str = "", now: datetime) -> Note:
    """What a moderator's cancel leaves in the audit log."""

    async def write(session: AsyncSession) -> None:
        await audit.note(
            session,
            job.guild_id,
            asker.user_id,
            Deed.CANCEL,
            target_id=job.user_id,
            reason=reason,
            now=now,
            job=job.id,
            inputs=job.inputs,
        )

    return write
