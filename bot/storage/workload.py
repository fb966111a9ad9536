"""Queries on how much there is to do: jobs by state, the oldest that waits, what is owed to channels."""

from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.job import JobStatus
from bot.storage.models import JobRow, OutboxRow


async def count_jobs(session: AsyncSession) -> dict[JobStatus, int]:
    """How many jobs are in each state; every state is there."""
    rows = await session.execute(select(JobRow.status, func.count()).group_by(JobRow.status))
    counts = dict.fromkeys(JobStatus, 0)
    for status, number in rows:
        counts[JobStatus(status)] = number
    return counts


async def get_oldest_waiting(session: AsyncSession) -> datetime | None:
    """When the job that waits longest was asked for."""
    query = select(JobRow.created_at).where(JobRow.status == JobStatus.QUEUED)
    return await session.scalar(query.order_by(JobRow.id).limit(1))


async def count_outbox(session: AsyncSession) -> tuple[int, datetime | None]:
    """How many results are owed, and since when the oldest is."""
    query = select(func.count(), func.min(OutboxRow.created_at)).where(OutboxRow.closed_at.is_(None))
    number, oldest = (await session.execute(query)).one()
    return number, oldest


async def check_writer(session: AsyncSession) -> None:
    """Write, and take it back in the same transaction: a full disk lets one begin, but not end."""
    await session.execute(text("INSERT INTO alembic_version (version_num) VALUES ('probe')"))
    await session.execute(text("DELETE FROM alembic_version WHERE version_num = 'probe'"))
