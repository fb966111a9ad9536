"""What is owed to channels: every rendered job's result, until it is posted or cannot be."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.job import Job, JobStatus
from bot.services.clock import Clock, utc_now
from bot.services.ends import log_end
from bot.storage import jobs as jobs_table
from bot.storage import outbox as outbox_table
from bot.storage.database import Database
from bot.storage.outage import persistently


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """The right to try one post. `token` marks it on Discord: as the nonce and in the file's name."""

    token: str
    is_first: bool
    """False when an earlier try may have succeeded without our knowing."""


class Outbox:
    """The book-keeping of posts, however long the database is away; posting itself is `bot.delivery`'s."""

    def __init__(self, database: Database, *, now: Clock = utc_now) -> None:
        self._database = database
        self._now = now

    async def take_ticket(self, job: Job) -> Ticket | None:
        """Count an attempt before it is made; None when nothing is owed any more."""
        taken = await persistently(lambda: self._count_attempt(job))
        if taken is None:
            return None
        outbox_id, attempts, owed_at = taken
        # The time keeps tokens apart when a new database counts from one again, and what is posted anew.
        token = f"{outbox_id}x{int(owed_at.timestamp() * 1000):x}"
        return Ticket(token=token, is_first=attempts == 1)

    async def delivered(self, job: Job, message_id: int) -> None:
        """The result is in the channel."""
        await persistently(lambda: self._close(job, JobStatus.DELIVERED, message_id))
        log_end(job, JobStatus.DELIVERED, now=self._now())

    async def undeliverable(self, job: Job) -> None:
        """The result cannot be posted there: the pictures are kept, /show brings them back."""
        await persistently(lambda: self._close(job, JobStatus.UNDELIVERABLE, None))
        log_end(job, JobStatus.UNDELIVERABLE, now=self._now())

    async def progress_message(self, job: Job, message_id: int | None) -> None:
        """Remember the progress message, so that it is found again after a restart; None once it is gone."""
        await persistently(lambda: self._remember(job, message_id))

    async def _count_attempt(self, job: Job) -> tuple[int, int, datetime] | None:
        async with self._database.transaction() as session:
            return await outbox_table.update_attempt(session, job.id)

    async def _remember(self, job: Job, message_id: int | None) -> None:
        async with self._database.transaction() as session:
            await jobs_table.update_message(session, job.id, message_id)

    async def _close(self, job: Job, status: JobStatus, message_id: int | None) -> None:
        async with self._database.transaction() as session:
            await outbox_table.update_delivered(
                session, job.id, status, result_message_id=message_id, now=self._now()
            )
