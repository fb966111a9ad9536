"""Queries on the slash commands last sent to Discord."""

from datetime import datetime

from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.models import CommandSyncRow


async def get_digest(session: AsyncSession, application_id: int) -> str | None:
    """The digest of the commands that Discord has."""
    row = await session.get(CommandSyncRow, application_id)
    return None if row is None else row.digest


async def update_digest(session: AsyncSession, application_id: int, digest: str, *, now: datetime) -> None:
    """Remember what was sent."""
    values = {"digest": digest, "synced_at": now}
    statement = update(CommandSyncRow).filter_by(application_id=application_id).values(**values)
    if await session.scalar(statement.returning(CommandSyncRow.application_id)) is None:
        await session.execute(insert(CommandSyncRow).values(application_id=application_id, **values))
