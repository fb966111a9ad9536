"""Queries on guilds and what they decided."""

from datetime import datetime
from functools import partial

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.guild import GuildSettings
from bot.storage.models import GuildRow
from bot.storage.remembered import changing, remembered


async def get_settings(session: AsyncSession, guild_id: int) -> GuildSettings:
    """A guild's settings; the defaults for one that never set any."""
    row = await session.get(GuildRow, guild_id, populate_existing=True)
    return GuildSettings() if row is None else GuildSettings.from_json(row.settings)


async def recall_settings(session: AsyncSession, guild_id: int) -> GuildSettings:
    """The same from memory: for those who only read them."""
    return await remembered(session, "settings", guild_id, partial(get_settings, session, guild_id))


async def list_public(session: AsyncSession) -> list[int]:
    """The guilds that the web page shows, in the order of their ids."""
    is_public = GuildRow.settings["is_public"].as_boolean()
    return list(await session.scalars(select(GuildRow.guild_id).where(is_public).order_by(GuildRow.guild_id)))


async def update_settings(
    session: AsyncSession, guild_id: int, settings: GuildSettings, *, now: datetime
) -> None:
    """Replace a guild's settings."""
    changing(session)
    values = {"settings": settings.to_json(), "updated_at": now}
    statement = update(GuildRow).filter_by(guild_id=guild_id).values(**values)
    if await session.scalar(statement.returning(GuildRow.guild_id)) is None:
        await session.execute(insert(GuildRow).values(guild_id=guild_id, **values))
