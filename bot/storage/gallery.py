"""Queries on what members show to everybody."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.community import GalleryPicture
from bot.domain.job import JobStatus
from bot.domain.kinds import BROUGHT
from bot.storage import jobs
from bot.storage.models import GalleryMemberRow, JobRow
from bot.storage.statements import insert_or_ignore
from bot.storage.words import holds


async def add_member(
    session: AsyncSession, *, guild_id: int, user_id: int, name: str, now: datetime, since: datetime | None
) -> None:
    """A member shows their pictures from now on, under this name: all, or those that they ask for `since`."""
    await delete_member(session, guild_id=guild_id, user_id=user_id)
    values = {"guild_id": guild_id, "user_id": user_id, "name": name, "shared_at": now, "since": since}
    await session.execute(insert_or_ignore(session, GalleryMemberRow).values(**values))


async def delete_member(session: AsyncSession, *, guild_id: int, user_id: int) -> None:
    """A member shows nothing any more."""
    await session.execute(delete(GalleryMemberRow).filter_by(guild_id=guild_id, user_id=user_id))


async def list_shown(
    session: AsyncSession,
    *,
    guild_id: int,
    channel_ids: Collection[int],
    limit: int,
    words: str = "",
    user_id: int | None = None,
    older_than: int | None = None,
    newer_than: int | None = None,
    job_id: int | None = None,
) -> list[GalleryPicture]:
    """Delivered pictures of members who show theirs, newest first, from these channels, never age-restricted.

    Each of the `words` must be in the prompt or the member's name; `user_id` and `job_id` narrow it down to a
    member, or to one picture. What is `newer_than` a job is limited to the nearest.
    """
    query = (
        select(JobRow.id, GalleryMemberRow.name)
        .join(
            GalleryMemberRow,
            (GalleryMemberRow.guild_id == JobRow.guild_id) & (GalleryMemberRow.user_id == JobRow.user_id),
        )
        .where(
            JobRow.guild_id == guild_id,
            JobRow.channel_id.in_(channel_ids),
            JobRow.status == JobStatus.DELIVERED,
            JobRow.is_direct_message.is_(False),
            JobRow.is_age_restricted.is_(False),
            JobRow.prompt != "",
            JobRow.kind.not_in(BROUGHT),
            JobRow.is_hidden.is_(False),
            or_(GalleryMemberRow.since.is_(None), JobRow.created_at >= GalleryMemberRow.since),
        )
        .order_by(JobRow.id.desc() if newer_than is None else JobRow.id)
        .limit(limit)
    )
    places = JobRow.prompt, GalleryMemberRow.name
    query = query.where(*(holds(places, word) for word in dict.fromkeys(words.split())))
    if user_id is not None:
        query = query.where(JobRow.user_id == user_id)
    if older_than is not None:
        query = query.where(JobRow.id < older_than)
    if newer_than is not None:
        query = query.where(JobRow.id > newer_than)
    if job_id is not None:
        query = query.where(JobRow.id == job_id)
    names = {row.id: row.name for row in await session.execute(query)}
    found = await jobs.list_by_ids(session, list(names))
    return [GalleryPicture(job=job, name=names[job.id]) for job in found]
