"""Queries on the pictures of jobs, and on the messages that show them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.job import Job, JobStatus, Post
from bot.domain.recipe import Recipe
from bot.storage.models import CopyRow, ImageRow, JobRow, OutboxRow
from bot.storage.statements import insert_or_ignore


async def add(
    session: AsyncSession, job_id: int, recipe: Recipe, *, engine_version: str, now: datetime
) -> None:
    """Record the pictures of a job, each with its own seed and the recipe."""
    await session.execute(
        insert(ImageRow),
        [
            {
                "job_id": job_id,
                "index": index,
                "seed": seed,
                "recipe": recipe.to_json(),
                "engine_version": engine_version,
                "created_at": now,
            }
            for index, seed in enumerate(recipe.seeds)
        ],
    )


async def add_copy(session: AsyncSession, job_id: int, *, channel_id: int, message_id: int) -> None:
    """Remember a message that shows a result again."""
    values = {"message_id": message_id, "channel_id": channel_id, "job_id": job_id}
    await session.execute(insert_or_ignore(session, CopyRow).values(**values))


async def list_posts(session: AsyncSession, jobs: Sequence[Job]) -> list[Post]:
    """Every message that shows these jobs."""
    posts = [
        Post(channel_id=job.channel_id, message_id=message_id)
        for job in jobs
        for message_id in (job.result_message_id, job.message_id)
        if message_id is not None
    ]
    copies = await session.scalars(select(CopyRow).where(CopyRow.job_id.in_([job.id for job in jobs])))
    return posts + [Post(channel_id=row.channel_id, message_id=row.message_id) for row in copies]


async def update_deleted(session: AsyncSession, *, guild_id: int, job_id: int) -> bool:
    """A drawn job loses its pictures, and nothing is owed for it any more; False if it had none."""
    drawn = [status for status in JobStatus if status.has_pictures]
    statement = (
        update(JobRow)
        .where(JobRow.id == job_id, JobRow.guild_id == guild_id, JobRow.status.in_(drawn))
        .values(status=JobStatus.DELETED)
    )
    if await session.scalar(statement.returning(JobRow.id)) is None:
        return False
    await session.execute(delete(ImageRow).where(ImageRow.job_id == job_id))
    await session.execute(delete(OutboxRow).where(OutboxRow.job_id == job_id))
    return True


async def update_explicit(session: AsyncSession, *, guild_id: int, job_id: int) -> None:
    """What looks like nudity belongs into age-restricted rooms, wherever it was drawn."""
    await session.execute(
        update(JobRow).where(JobRow.id == job_id, JobRow.guild_id == guild_id).values(is_age_restricted=True)
    )
