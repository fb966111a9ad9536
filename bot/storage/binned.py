"""Queries on pictures that were taken off for a day."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.binned import Binned
from bot.domain.job import Job, JobStatus
from bot.storage import outbox
from bot.storage.models import BinRow, JobRow, OutboxRow

DELIVERED = (JobStatus.DELIVERED, JobStatus.UNDELIVERABLE)


async def add(
    session: AsyncSession,
    root: Job,
    jobs: Sequence[Job],
    *,
    actor_id: int,
    is_moderation: bool,
    now: datetime,
) -> None:
    """Delivered jobs become BINNED, all for the one that somebody pointed at; nothing shows them any more."""
    job_ids = [job.id for job in jobs]
    await session.execute(
        update(JobRow)
        .where(JobRow.id.in_(job_ids), JobRow.status.in_(DELIVERED))
        .values(status=JobStatus.BINNED, result_message_id=None)
    )
    common = {"root_id": root.id, "actor_id": actor_id, "is_moderation": is_moderation, "binned_at": now}
    await session.execute(insert(BinRow), [{"job_id": job_id, **common} for job_id in job_ids])


async def get(session: AsyncSession, job_id: int) -> Binned | None:
    """Why a job is in the bin; None if it is not."""
    row = await session.get(BinRow, job_id, populate_existing=True)
    return None if row is None else _binned(row)


async def list_with(session: AsyncSession, root_id: int) -> list[int]:
    """The jobs that went for the same one."""
    return list(
        await session.scalars(select(BinRow.job_id).filter_by(root_id=root_id).order_by(BinRow.job_id))
    )


async def list_older(session: AsyncSession, before: datetime) -> list[Binned]:
    """What nobody brought back in time."""
    rows = await session.scalars(select(BinRow).where(BinRow.binned_at <= before).order_by(BinRow.job_id))
    return [_binned(row) for row in rows]


async def update_back(session: AsyncSession, job_ids: Collection[int], *, now: datetime) -> None:
    """BINNED becomes RENDERED: the posts are owed anew."""
    await session.execute(
        update(JobRow)
        .where(JobRow.id.in_(job_ids), JobRow.status == JobStatus.BINNED)
        .values(status=JobStatus.RENDERED)
    )
    await session.execute(delete(OutboxRow).where(OutboxRow.job_id.in_(job_ids)))
    for job_id in job_ids:
        await outbox.add(session, job_id, now=now)
    await delete_of_jobs(session, job_ids)


async def delete_of_jobs(session: AsyncSession, job_ids: Collection[int]) -> None:
    """These are brought back, or gone for good."""
    await session.execute(delete(BinRow).where(BinRow.job_id.in_(job_ids)))


def _binned(row: BinRow) -> Binned:
    return Binned(
        job_id=row.job_id,
        root_id=row.root_id,
        actor_id=row.actor_id,
        is_moderation=row.is_moderation,
        binned_at=row.binned_at,
    )
