"""Queries on the slash commands last sent to Discord: of an application everywhere, or in one guild alone.

Both are known by their numbers, which Discord gives to one thing only.
"""

from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.models import CommandSyncRow


async def get_digest(session: AsyncSession, application_id: int) -> str | None:
    """The digest of the commands that Discord has."""
    row = await session.get(CommandSyncRow, application_id)
    return None if row is None else row.digest


async def list_places(session: AsyncSession) -> list[int]:
    """Where commands were sent to: applications and guilds."""
    return list(await session.scalars(select(CommandSyncRow.application_id)))


async def delete_place(session: AsyncSession, place: int) -> None:
    """Nothing is registered there any more."""
    await session.execute(delete(CommandSyncRow).filter_by(application_id=place))


async def update_digest(session: AsyncSession, application_id: int, digest: str, *, now: datetime) -> None:
    """Remember what was sent."""
    values = {"digest": digest, "synced_at": now}
    statement = update(CommandSyncRow).filter_by(application_id=application_id).values(**values)
    if await session.scalar(statement.returning(CommandSyncRow.application_id)) is None:
        await session.execute(insert(CommandSyncRow).values(application_id=application_id, **values))
