"""Queries on what the owners of the bot decided about guilds."""

from datetime import datetime
from functools import partial

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.hosting import EVERYWHERE, Hosting
from bot.domain.job import UNDRAWN, JobStatus
from bot.storage.models import HostingRow, JobRow
from bot.storage.remembered import changing, remembered

COUNTED = [status for status in JobStatus if status in UNDRAWN or status.was_drawn]
"""What failed or was cancelled took nothing."""
CAPS_LOCK = 0x64726B63
"""The number of PostgreSQL's lock for caps."""


async def get(session: AsyncSession, guild_id: int) -> Hosting:
    """What was decided about a guild."""
    row = await session.get(HostingRow, guild_id, populate_existing=True)
    return Hosting(guild_id=guild_id) if row is None else _hosting(row)


async def recall(session: AsyncSession, guild_id: int) -> Hosting:
    """The same from memory: for those who only read it."""
    return await remembered(session, "hosting", guild_id, partial(get, session, guild_id))


async def recall_notice(session: AsyncSession) -> str:
    """The notice for everybody; empty where there is none."""
    return (await recall(session, EVERYWHERE)).words


async def list_all(session: AsyncSession) -> list[Hosting]:
    """All guilds about which anything was decided, by their ids."""
    query = select(HostingRow).where(HostingRow.guild_id != EVERYWHERE).order_by(HostingRow.guild_id)
    return [_hosting(row) for row in await session.scalars(query)]


async def lock_caps(session: AsyncSession) -> None:
    """Let those who are counted against a cap pass one by one, until the transaction ends.

    One lock for the caps of all guilds: orders of several may share a transaction, and would wait for each
    other in circles. SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(select(func.pg_advisory_xact_lock(CAPS_LOCK)))


async def count_images(session: AsyncSession, guild_id: int, *, since: datetime) -> int:
    """Pictures that a guild's members asked for since then: drawn, or still waiting."""
    query = select(func.coalesce(func.sum(JobRow.reserved_images), 0)).where(
        JobRow.guild_id == guild_id, JobRow.created_at >= since, JobRow.status.in_(COUNTED)
    )
    return int(await session.scalar(query) or 0)


async def update_hosting(session: AsyncSession, hosting: Hosting, *, now: datetime) -> None:
    """Replace what was decided about a guild."""
    changing(session)
    values = {
        "cap": hosting.cap,
        "is_paused": hosting.is_paused,
        "words": hosting.words,
        "updated_at": now,
    }
    statement = update(HostingRow).filter_by(guild_id=hosting.guild_id).values(**values)
    if await session.scalar(statement.returning(HostingRow.guild_id)) is None:
        await session.execute(insert(HostingRow).values(guild_id=hosting.guild_id, **values))


def _hosting(row: HostingRow) -> Hosting:
    return Hosting(guild_id=row.guild_id, cap=row.cap, is_paused=row.is_paused, words=row.words)
