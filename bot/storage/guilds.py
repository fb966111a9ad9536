"""Queries on guilds and what they decided."""

from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.guild import GuildSettings
from bot.storage.models import GuildRow
from bot.storage.remembered import changing, remembered
from bot.storage.statements import insert_or_ignore, updating


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


async def lock_settings(session: AsyncSession, guild_id: int, *, now: datetime) -> GuildSettings:
    """A guild's settings for one who changes them: who else does waits, so that no change undoes another."""
    values = {"guild_id": guild_id, "settings": GuildSettings().to_json(), "updated_at": now}
    await session.execute(insert_or_ignore(session, GuildRow).values(values))
    query = select(GuildRow).filter_by(guild_id=guild_id).with_for_update()
    row = (await session.scalars(query.execution_options(populate_existing=True))).one()
    return GuildSettings.from_json(row.settings)


async def update_settings(
    session: AsyncSession, guild_id: int, settings: GuildSettings, *, now: datetime
) -> None:
    """Replace a guild's settings."""
    changing(session)
    values = {"guild_id": guild_id, "settings": settings.to_json(), "updated_at": now}
    await session.execute(updating(session, GuildRow, ("guild_id",), ("settings", "updated_at")), values)
