"""Queries on consent to terms, and on what waits for it."""

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.kinds import JobKind
from bot.domain.onboarding import MAX_PENDING, PENDING_DAYS, PendingJob
from bot.domain.recipe import ImageRef
from bot.storage.jobs import insert_or_ignore
from bot.storage.models import PendingJobRow, TermsAcceptanceRow


async def has_accepted(session: AsyncSession, *, guild_id: int, user_id: int, version: int) -> bool:
    """Whether a member has accepted this version of a guild's terms."""
    return await session.get(TermsAcceptanceRow, (guild_id, user_id, version)) is not None


async def add_acceptance(
    session: AsyncSession, *, guild_id: int, user_id: int, version: int, now: datetime
) -> None:
    """Record consent. The first time counts."""
    values = {"guild_id": guild_id, "user_id": user_id, "version": version, "accepted_at": now}
    await session.execute(insert_or_ignore(session, TermsAcceptanceRow).values(**values))


async def add_pending(session: AsyncSession, job: PendingJob, *, now: datetime) -> int:
    """Keep what a member asked for, under a new id, which is returned. Old ones, and too many, go."""
    horizon = now - timedelta(days=PENDING_DAYS)
    await session.execute(delete(PendingJobRow).where(PendingJobRow.created_at < horizon))
    statement = insert(PendingJobRow).values(
        guild_id=job.guild_id,
        user_id=job.user_id,
        kind=job.kind,
        text=job.text,
        parent_id=job.parent and job.parent.job_id,
        parent_index=job.parent and job.parent.index,
        reply_to=job.reply_to,
        created_at=now,
    )
    pending_id = (await session.execute(statement.returning(PendingJobRow.id))).scalar_one()
    theirs = select(PendingJobRow.id).filter_by(user_id=job.user_id).order_by(PendingJobRow.id.desc())
    await session.execute(
        delete(PendingJobRow).where(
            PendingJobRow.user_id == job.user_id, PendingJobRow.id.not_in(theirs.limit(MAX_PENDING))
        )
    )
    return pending_id


async def get_pending(session: AsyncSession, pending_id: int) -> PendingJob | None:
    """What waits for consent under this number."""
    row = await session.scalar(select(PendingJobRow).filter_by(id=pending_id))
    if row is None:
        return None
    parent = None
    if row.parent_id is not None and row.parent_index is not None:
        parent = ImageRef(job_id=row.parent_id, index=row.parent_index)
    return PendingJob(
        id=row.id,
        guild_id=row.guild_id,
        user_id=row.user_id,
        kind=JobKind(row.kind),
        text=row.text,
        parent=parent,
        reply_to=row.reply_to,
    )


async def delete_pending(session: AsyncSession, pending_id: int) -> None:
    """It has become a job."""
    await session.execute(delete(PendingJobRow).filter_by(id=pending_id))
