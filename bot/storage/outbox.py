"""Queries on what is owed to channels."""

from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.job import JobStatus
from bot.storage.models import JobRow, OutboxRow


async def add(session: AsyncSession, job_id: int, *, now: datetime) -> int:
    """Owe a job's result to its channel."""
    statement = insert(OutboxRow).values(job_id=job_id, created_at=now)
    return (await session.execute(statement.returning(OutboxRow.id))).scalar_one()


async def update_attempt(session: AsyncSession, job_id: int) -> tuple[int, int, datetime] | None:
    """Count an attempt before it is made: (outbox id, attempts so far, since when it is owed).

    None if nothing is owed.
    """
    statement = (
        update(OutboxRow)
        .where(OutboxRow.job_id == job_id, OutboxRow.closed_at.is_(None))
        .values(attempts=OutboxRow.attempts + 1)
        .returning(OutboxRow.id, OutboxRow.attempts, OutboxRow.created_at)
    )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else (row.id, row.attempts, row.created_at)


async def update_delivered(
    session: AsyncSession, job_id: int, status: JobStatus, *, result_message_id: int | None, now: datetime
) -> None:
    """RENDERED becomes DELIVERED or UNDELIVERABLE; nothing is owed any more."""
    await session.execute(
        update(JobRow)
        .where(JobRow.id == job_id, JobRow.status == JobStatus.RENDERED)
        .values(status=status, result_message_id=result_message_id)
    )
    await session.execute(
        update(OutboxRow)
        .where(OutboxRow.job_id == job_id, OutboxRow.closed_at.is_(None))
        .values(closed_at=now)
    )
