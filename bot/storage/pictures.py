"""Queries on the pictures of jobs, and on the messages that show them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.job import Job, JobStatus, Post
from bot.domain.recipe import ImageRef, Recipe
from bot.storage.models import CopyRow, ImageRow, JobRow, OutboxRow, RemovalRow
from bot.storage.statements import insert_or_ignore

AT_ONCE = 500
"""Numbers in one query."""


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


async def update_deleted(session: AsyncSession, *, guild_id: int, job_id: int) -> bool:
    """A drawn job loses its pictures, and nothing is owed for it any more; False if it had none."""
    drawn = [status for status in JobStatus if status.is_kept]
    statement = (
        update(JobRow)
        .where(JobRow.id == job_id, JobRow.guild_id == guild_id, JobRow.status.in_(drawn))
        .values(status=JobStatus.DELETED)
    )
    if await session.scalar(statement.returning(JobRow.id)) is None:
        return False
    await session.execute(update(ImageRow).where(ImageRow.job_id == job_id).values(recipe={}))
    await session.execute(delete(OutboxRow).where(OutboxRow.job_id == job_id))
    return True


async def list_unwanted(session: AsyncSession, job_ids: Collection[int] | None = None) -> list[ImageRef]:
    """Pictures of deleted jobs whose files are still to be deleted: of these jobs, or of all."""
    query = select(ImageRow.job_id, ImageRow.index).join(JobRow).where(JobRow.status == JobStatus.DELETED)
    if job_ids is not None:
        query = query.where(JobRow.id.in_(job_ids))
    return [ImageRef(job_id=job_id, index=index) for job_id, index in await session.execute(query)]


async def list_known(session: AsyncSession, images: Collection[ImageRef]) -> set[ImageRef]:
    """Which of these pictures have a row."""
    found: set[ImageRef] = set()
    numbers = sorted({image.job_id for image in images})
    for begin in range(0, len(numbers), AT_ONCE):
        query = select(ImageRow.job_id, ImageRow.index).where(
            ImageRow.job_id.in_(numbers[begin : begin + AT_ONCE])
        )
        found.update(ImageRef(job_id=job_id, index=index) for job_id, index in await session.execute(query))
    return found


async def delete_rows(session: AsyncSession, images: Collection[ImageRef]) -> None:
    """Forget pictures whose files are gone."""
    job_ids = {image.job_id for image in images}
    await session.execute(delete(ImageRow).where(ImageRow.job_id.in_(job_ids)))


async def update_own(session: AsyncSession, tile: Job, *, now: datetime) -> None:
    """A picked tile stands on its own from now on: its picture is not its parent's any more."""
    key = tile.parent and (tile.parent.job_id, tile.parent.index)
    drawn = await session.get(ImageRow, key) if key else None
    version = "" if drawn is None else drawn.engine_version
    await add(session, tile.id, tile.recipe, engine_version=version, now=now)
    alone = {"parent_id": None, "parent_index": None}
    await session.execute(update(JobRow).where(JobRow.id == tile.id).values(**alone))


async def add_removals(session: AsyncSession, jobs: Sequence[Job], *, now: datetime) -> None:
    """Every message that shows these jobs is to be removed."""
    for post in await _list_posts(session, jobs):
        values = {"message_id": post.message_id, "channel_id": post.channel_id, "created_at": now}
        await session.execute(insert_or_ignore(session, RemovalRow).values(**values))
    await session.execute(delete(CopyRow).where(CopyRow.job_id.in_([job.id for job in jobs])))


async def list_removals(session: AsyncSession, *, limit: int) -> list[Post]:
    """Messages that are still to be removed, the oldest first."""
    rows = await session.scalars(select(RemovalRow).order_by(RemovalRow.created_at).limit(limit))
    return [Post(channel_id=row.channel_id, message_id=row.message_id) for row in rows]


async def delete_removal(session: AsyncSession, message_id: int) -> None:
    """A message is gone."""
    await session.execute(delete(RemovalRow).where(RemovalRow.message_id == message_id))


async def update_explicit(session: AsyncSession, *, guild_id: int, job_id: int) -> None:
    """What looks like nudity belongs into age-restricted rooms, wherever it was drawn."""
    await session.execute(
        update(JobRow).where(JobRow.id == job_id, JobRow.guild_id == guild_id).values(is_age_restricted=True)
    )


async def _list_posts(session: AsyncSession, jobs: Sequence[Job]) -> list[Post]:
    """Every message that shows these jobs."""
    posts = [
        Post(channel_id=job.channel_id, message_id=message_id)
        for job in jobs
        for message_id in (job.result_message_id, job.message_id)
        if message_id is not None
    ]
    copies = await session.scalars(select(CopyRow).where(CopyRow.job_id.in_([job.id for job in jobs])))
    return posts + [Post(channel_id=row.channel_id, message_id=row.message_id) for row in copies]
