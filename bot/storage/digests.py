"""Queries on weekly digests: which guild gets one where, and which are due."""

from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.usage import Digest
from bot.storage.models import DigestRow


async def get(session: AsyncSession, guild_id: int) -> Digest | None:
    """A guild's digest; None if it wants none."""
    row = await session.get(DigestRow, guild_id, populate_existing=True)
    return None if row is None else _digest(row)


async def update_channel(session: AsyncSession, guild_id: int, channel_id: int, *, due_at: datetime) -> None:
    """Send it to a channel; a guild that had none gets the first one at `due_at`."""
    statement = update(DigestRow).filter_by(guild_id=guild_id).values(channel_id=channel_id)
    if await session.scalar(statement.returning(DigestRow.guild_id)) is None:
        await session.execute(
            insert(DigestRow).values(guild_id=guild_id, channel_id=channel_id, due_at=due_at)
        )


async def delete_channel(session: AsyncSession, guild_id: int) -> None:
    """Send none any more."""
    await session.execute(delete(DigestRow).filter_by(guild_id=guild_id))


async def list_due(session: AsyncSession, now: datetime) -> list[Digest]:
    """Those that are due."""
    query = select(DigestRow).where(DigestRow.due_at <= now).order_by(DigestRow.due_at, DigestRow.guild_id)
    return [_digest(row) for row in await session.scalars(query)]


async def update_attempt(session: AsyncSession, digest: Digest) -> int | None:
    """Count an attempt before it is made; None if this one is not due any more."""
    statement = (
        update(DigestRow)
        .filter_by(guild_id=digest.guild_id, due_at=digest.due_at)
        .values(attempts=DigestRow.attempts + 1)
    )
    return await session.scalar(statement.returning(DigestRow.attempts))


async def update_posted(
    session: AsyncSession, digest: Digest, *, due_at: datetime, now: datetime | None
) -> None:
    """Make the next one due; `now` is when this one was posted, None if it could not be."""
    values: dict[str, datetime | int] = {"due_at": due_at, "attempts": 0}
    if now is not None:
        values["last_digest_at"] = now
    key = {"guild_id": digest.guild_id, "due_at": digest.due_at}
    await session.execute(update(DigestRow).filter_by(**key).values(**values))


def _digest(row: DigestRow) -> Digest:
    return Digest(guild_id=row.guild_id, channel_id=row.channel_id, due_at=row.due_at)
