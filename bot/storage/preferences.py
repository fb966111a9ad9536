"""Queries on what members want in every prompt."""

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.preferences import Preferences
from bot.storage.models import PreferencesRow
from bot.storage.statements import insert_or_ignore


async def get(session: AsyncSession, *, guild_id: int, user_id: int) -> Preferences:
    """A member's own settings in a guild; the defaults, where they set none."""
    query = select(PreferencesRow.preferences).filter_by(guild_id=guild_id, user_id=user_id)
    found = await session.scalar(query)
    return Preferences() if found is None else Preferences.from_json(found)


async def update(session: AsyncSession, preferences: Preferences, *, guild_id: int, user_id: int) -> None:
    """Keep a member's own settings; of the defaults nothing is kept."""
    key = {"guild_id": guild_id, "user_id": user_id}
    await session.execute(delete(PreferencesRow).filter_by(**key))
    if preferences != Preferences():
        values = {**key, "preferences": preferences.to_json()}
        await session.execute(insert_or_ignore(session, PreferencesRow).values(**values))
