"""Queries on which pictures members like."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.models import LikeRow
from bot.storage.statements import insert_or_ignore


async def add(session: AsyncSession, *, job_id: int, user_id: int, now: datetime) -> None:
    """A member likes a picture; twice is once."""
    values = {"job_id": job_id, "user_id": user_id, "created_at": now}
    await session.execute(insert_or_ignore(session, LikeRow).values(**values))


async def delete_one(session: AsyncSession, *, job_id: int, user_id: int) -> bool:
    """A member likes a picture no more; False if they never did."""
    statement = delete(LikeRow).filter_by(job_id=job_id, user_id=user_id)
    return await session.scalar(statement.returning(LikeRow.job_id)) is not None


async def delete_of_jobs(session: AsyncSession, job_ids: Collection[int]) -> None:
    """Nobody likes what is gone."""
    await session.execute(delete(LikeRow).where(LikeRow.job_id.in_(job_ids)))


async def count(session: AsyncSession, job_id: int) -> int:
    """How many members like a picture."""
    return await session.scalar(select(func.count()).select_from(LikeRow).filter_by(job_id=job_id)) or 0


async def is_liked(session: AsyncSession, *, job_id: int, user_id: int) -> bool:
    """Whether a member likes a picture."""
    return await session.get(LikeRow, (job_id, user_id)) is not None
