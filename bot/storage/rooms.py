"""Queries on newbie rooms and how busy they are."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.job import UNFINISHED
from bot.domain.rooms import BUSY_MINUTES, Room
from bot.storage.models import JobRow, RoomRow
from bot.storage.remembered import changing, remembered


async def list_of_guild(session: AsyncSession, guild_id: int, *, now: datetime) -> list[Room]:
    """The rooms of a guild by number, with what happened in them."""
    here = JobRow.channel_id == RoomRow.channel_id
    since = now - timedelta(minutes=BUSY_MINUTES)
    last_at = select(func.max(JobRow.created_at)).where(here).scalar_subquery()
    recent = select(func.count()).where(here, JobRow.created_at >= since).scalar_subquery()
    unfinished = exists().where(here, JobRow.status.in_(UNFINISHED))
    query = select(RoomRow, last_at, recent, unfinished).filter_by(guild_id=guild_id)
    return [
        Room(
            channel_id=row.channel_id,
            number=row.number,
            is_open=row.is_open,
            guide_message_id=row.guide_message_id,
            recent_jobs=jobs,
            last_job_at=at,
            has_unfinished=busy,
        )
        for row, at, jobs, busy in await session.execute(query.order_by(RoomRow.number))
    ]


async def recall_doors(session: AsyncSession, guild_id: int) -> dict[int, bool]:
    """Whether the rooms of a guild are open, by channel; from memory."""

    async def read() -> dict[int, bool]:
        query = select(RoomRow.channel_id, RoomRow.is_open).filter_by(guild_id=guild_id)
        rows = await session.execute(query)
        return {row.channel_id: row.is_open for row in rows}

    return await remembered(session, "doors", guild_id, read)


async def list_guild_ids(session: AsyncSession) -> list[int]:
    """The guilds that have rooms."""
    return list(await session.scalars(select(RoomRow.guild_id).distinct()))


async def add(session: AsyncSession, guild_id: int, *, channel_id: int, number: int) -> None:
    """Record a room that has just been made."""
    changing(session)
    await session.execute(
        insert(RoomRow).values(channel_id=channel_id, guild_id=guild_id, number=number, is_open=True)
    )


async def update_room(session: AsyncSession, channel_id: int, **values: bool | int | None) -> None:
    """Change `is_open` or `guide_message_id`."""
    changing(session)
    await session.execute(update(RoomRow).filter_by(channel_id=channel_id).values(**values))


async def delete_rooms(session: AsyncSession, channel_ids: Sequence[int]) -> None:
    """Their channels are gone."""
    changing(session)
    await session.execute(delete(RoomRow).where(RoomRow.channel_id.in_(channel_ids)))
