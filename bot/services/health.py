"""Whether the bot can do its work, and how much of it there is."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from asyncpg import PostgresError
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.job import JobStatus
from bot.services.clock import Clock, utc_now
from bot.storage import ledger, workload
from bot.storage.database import Database
from engine import api

log = logging.getLogger(__name__)

WRITE_EVERY_SECONDS = 10.0
WRITE_SECONDS = 1.0
"""A database that takes longer to begin a transaction is not ready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """What there is to do."""

    jobs: Mapping[JobStatus, int]
    oldest_waiting_seconds: float
    """How long the job at the head of the queue waits already."""
    outbox_pending: int
    outbox_age_seconds: float


class Health:
    """Looks at the database and the engine."""

    def __init__(self, database: Database, engine: api.Engine, *, now: Clock = utc_now) -> None:
        self._database = database
        self._engine = engine
        self._now = now
        self._writing = asyncio.Lock()
        self._written_at: float | None = None
        self._is_writable = True

    def is_database_owned(self) -> bool:
        """Whether this process holds the lock that keeps a second one away."""
        ownership = self._database.ownership
        return ownership is not None and ownership.is_held

    async def database_lost(self) -> str:
        """Return when another process owns the database, and say which: this one had better end."""
        ownership = self._database.ownership
        if ownership is None:
            await asyncio.Event().wait()
            raise AssertionError("nobody sets it")
        return await ownership.lost()

    async def is_database_writable(self) -> bool:
        """Whether something is really written soon; asked often, it is tried once in ten seconds."""
        clock = asyncio.get_running_loop().time
        async with self._writing:
            if self._written_at is None or clock() - self._written_at > WRITE_EVERY_SECONDS:
                self._is_writable = await self._is_written_soon()
                self._written_at = clock()
        return self._is_writable

    async def _is_written_soon(self) -> bool:
        writing = asyncio.create_task(self._is_written())
        # No asyncio.timeout: a statement under way ends before it is cancelled, however long it takes.
        done, _ = await asyncio.wait([writing], timeout=WRITE_SECONDS)
        if not done:
            log.warning("the database has written nothing for %g s", WRITE_SECONDS)
            writing.cancel()
            return False
        return writing.result()

    async def _is_written(self) -> bool:
        try:
            async with self._database.transaction() as session:
                await workload.check_writer(session)
        except (OSError, SQLAlchemyError, PostgresError) as error:
            log.warning("the database cannot be written: %s", error)
            return False
        return True

    def list_models(self) -> tuple[str, ...]:
        """What is loaded, as `name (hash)`; the first is the one that draws."""
        return tuple(f"{model.name} ({model.hash})" for model in self._engine.models())

    def can_draw(self) -> bool:
        """Whether there is something to draw with just now; jobs are taken all the same, and wait."""
        return bool(self._engine.models()) and not self._engine.is_away()

    async def workload(self) -> Workload:
        """How much there is to do now."""
        async with self._database.reading() as session:
            jobs = await workload.count_jobs(session)
            waiting_since = await workload.get_oldest_waiting(session)
            pending, owed_since = await workload.count_outbox(session)
        now = self._now()
        return Workload(
            jobs=jobs,
            oldest_waiting_seconds=(now - waiting_since).total_seconds() if waiting_since else 0.0,
            outbox_pending=pending,
            outbox_age_seconds=(now - owed_since).total_seconds() if owed_since else 0.0,
        )

    async def count_mismatches(self) -> int:
        """How many accounts their ledger does not prove."""
        async with self._database.reading() as session:
            return len(await ledger.list_mismatches(session))
