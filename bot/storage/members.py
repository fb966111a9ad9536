"""Queries on members: who has used the bot where, and who was greeted."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.models import MemberRow
from bot.storage.models.community import MAX_NAME
from bot.storage.statements import updating


async def update_last_used(
    session: AsyncSession, *, guild_id: int, user_id: int, name: str, now: datetime
) -> None:
    """Note that a member used the bot in a guild; an empty name leaves the one that is known.

    Of a name that no real client has is kept what can be.
    """
    key = {"guild_id": guild_id, "user_id": user_id}
    name = name.replace("\0", "")[:MAX_NAME]
    values: dict[str, Any] = {"last_used_at": now, "name": name} if name else {"last_used_at": now}
    statement = updating(session, MemberRow, tuple(key), tuple(values))
    await session.execute(statement, {**key, **values})


async def get_last_guild(session: AsyncSession, user_id: int) -> int | None:
    """The guild in which a user last used the bot."""
    query = select(MemberRow.guild_id).filter_by(user_id=user_id).order_by(MemberRow.last_used_at.desc())
    return await session.scalar(query.limit(1))


async def list_names(session: AsyncSession, guild_id: int, user_ids: Collection[int]) -> dict[int, str]:
    """What members of a guild are called, by their ids; those of whom no name is known are left out."""
    query = select(MemberRow.user_id, MemberRow.name).filter_by(guild_id=guild_id)
    found = await session.execute(query.where(MemberRow.user_id.in_(user_ids), MemberRow.name != ""))
    return {row.user_id: row.name for row in found}


async def update_greeted(session: AsyncSession, *, guild_id: int, user_id: int, now: datetime) -> bool:
    """Note the greeting; True exactly once per member."""
    statement = (
        update(MemberRow)
        .filter_by(guild_id=guild_id, user_id=user_id)
        .where(MemberRow.greeted_at.is_(None))
        .values(greeted_at=now)
    )
    return await session.scalar(statement.returning(MemberRow.user_id)) is not None


async def is_greeted(session: AsyncSession, *, guild_id: int, user_id: int) -> bool:
    """Whether a member had their first picture, and the greeting that goes with it."""
    query = select(MemberRow.greeted_at).filter_by(guild_id=guild_id, user_id=user_id)
    return await session.scalar(query) is not None
