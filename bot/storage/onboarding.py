"""Queries on consent to terms."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage.models import TermsAcceptanceRow
from bot.storage.statements import insert_or_ignore


async def has_accepted(session: AsyncSession, *, guild_id: int, user_id: int, version: int) -> bool:
    """Whether a member has accepted this version of a guild's terms."""
    return await session.get(TermsAcceptanceRow, (guild_id, user_id, version)) is not None


async def add_acceptance(
    session: AsyncSession, *, guild_id: int, user_id: int, version: int, now: datetime
) -> None:
    """Record consent. The first time counts."""
    values = {"guild_id": guild_id, "user_id": user_id, "version": version, "accepted_at": now}
    await session.execute(insert_or_ignore(session, TermsAcceptanceRow).values(**values))
