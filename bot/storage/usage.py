"""Queries for reports: what a guild's finished jobs used, in one pass over an index that holds all of it."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    func,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.job import JobStatus, Speed
from bot.domain.kinds import NOT_DRAWN, JobKind
from bot.domain.usage import PromptUsage, Row, Usage
from bot.storage.models import JobRow, MemberRow

SLICE_MS = 15 * 60 * 1000
"""Local midnights of every time zone fall on a quarter of an hour."""

DRAWN = [status for status in JobStatus if status.was_drawn]
SUMS = (
    func.count(JobRow.id),
    func.coalesce(func.sum(JobRow.reserved_images), 0),
    func.coalesce(func.sum(JobRow.gpu_ms), 0),
)


async def list_by_member(
    session: AsyncSession, *, guild_id: int, start: datetime, end: datetime, limit: int | None = None
) -> list[Row]:
    """One row per member, most GPU time first."""
    grouped = _grouped(JobRow.user_id, guild_id, start, end).limit(limit).subquery()
    member_id, _, images, gpu_ms = grouped.c
    query = (
        select(grouped, MemberRow.name)
        .outerjoin(MemberRow, and_(MemberRow.guild_id == guild_id, MemberRow.user_id == member_id))
        .order_by(gpu_ms.desc(), images.desc(), member_id)
    )
    return [
        Row(key=user_id, name=name or "", usage=_usage(jobs, images, gpu_ms))
        for user_id, jobs, images, gpu_ms, name in await session.execute(query)
    ]


async def list_by_guild(session: AsyncSession, *, start: datetime, end: datetime) -> list[tuple[int, Usage]]:
    """What each guild used, most GPU time first."""
    _, images, gpu_ms = SUMS
    query: Select[Any, Any, Any, Any] = (
        select(JobRow.guild_id, *SUMS)
        .where(_is_drawn_between(start, end))
        .group_by(JobRow.guild_id)
        .order_by(gpu_ms.desc(), images.desc(), JobRow.guild_id)
    )
    return [(guild_id, _usage(*sums)) for guild_id, *sums in await session.execute(query)]


async def list_by_channel(
    session: AsyncSession, *, guild_id: int, start: datetime, end: datetime
) -> list[tuple[int, bool, Usage]]:
    """Each channel's id, whether it is a direct message, and what was used there."""
    # Not the bare column: SQLite would skip through the index by channels, and through other guilds' rows.
    sample = func.max(JobRow.id)  # all jobs of a channel are alike in this, and the index does not hold it
    grouped = _grouped(JobRow.channel_id + 0, guild_id, start, end).add_columns(sample).subquery()
    channel_id, *sums, job_id = grouped.c
    query = select(channel_id, JobRow.is_direct_message, *sums).join(JobRow, JobRow.id == job_id)
    return [
        (channel_id, is_direct_message, _usage(*used))
        for channel_id, is_direct_message, *used in await session.execute(query)
    ]


async def list_by_slice(
    session: AsyncSession, *, guild_id: int, start: datetime, end: datetime
) -> list[tuple[datetime, Usage]]:
    """Usage in slices of a quarter of an hour; days are made of them where time zones are known."""
    # Written out: PostgreSQL takes two equal parameters for two different expressions.
    number = type_coerce(JobRow.created_at, BigInteger) // literal_column(str(SLICE_MS), BigInteger)
    query: Select[Any, Any, Any, Any] = (
        select(number, *SUMS).where(_is_counted(guild_id, start, end)).group_by(number)
    )
    return [
        (datetime.fromtimestamp(slice_number * SLICE_MS / 1000, UTC), _usage(*sums))
        for slice_number, *sums in await session.execute(query)
    ]


async def list_by_kind(
    session: AsyncSession, *, guild_id: int, start: datetime, end: datetime
) -> list[tuple[JobKind, Usage]]:
    """What the time was used for, most of it first."""
    query = _grouped(JobRow.kind, guild_id, start, end)
    return [(JobKind(kind), _usage(*sums)) for kind, *sums in await session.execute(query)]


async def list_prompts(
    session: AsyncSession,
    *,
    guild_id: int,
    start: datetime,
    end: datetime,
    limit: int,
    channel_ids: Collection[int] | None = None,
) -> list[PromptUsage]:
    """The prompts that used most, less those of direct messages, forgotten ones, and what was taken off.

    With `channel_ids` only those of these channels, and none of age-restricted ones.
    """
    query = _grouped(JobRow.prompt, guild_id, start, end).where(
        JobRow.is_direct_message.is_(False), JobRow.prompt != "", JobRow.status != JobStatus.BINNED
    )
    if channel_ids is not None:
        query = query.where(JobRow.channel_id.in_(channel_ids), JobRow.is_age_restricted.is_(False))
    rows = await session.execute(query.limit(limit))
    return [PromptUsage(prompt=prompt, usage=_usage(*sums)) for prompt, *sums in rows]


async def list_by_speed(session: AsyncSession, *, guild_id: int, user_id: int) -> list[tuple[Speed, Usage]]:
    """All that a member ever drew in a guild, by speed. A picture is one, though a turbo one counts twice."""
    query = (
        select(JobRow.speed, *SUMS)
        .where(
            JobRow.guild_id == guild_id,
            JobRow.user_id == user_id,
            JobRow.status.in_(DRAWN),
            JobRow.kind.not_in(NOT_DRAWN),
        )
        .group_by(JobRow.speed)
    )
    return [
        (Speed(speed), _usage(jobs, (images or 0) // Speed(speed).price, gpu_ms or 0))
        for speed, jobs, images, gpu_ms in await session.execute(query)
    ]


def _grouped(
    key: SQLColumnExpression[int] | SQLColumnExpression[str],
    guild_id: int,
    start: datetime,
    end: datetime,
) -> Select[Any, Any, Any, Any]:
    """Sums per key, most GPU time first."""
    _, images, gpu_ms = SUMS
    query = select(key, *SUMS).where(_is_counted(guild_id, start, end))
    return query.group_by(key).order_by(gpu_ms.desc(), images.desc(), key)


def _is_counted(guild_id: int, start: datetime, end: datetime) -> ColumnElement[bool]:
    return and_(JobRow.guild_id == guild_id, _is_drawn_between(start, end))


def _is_drawn_between(start: datetime, end: datetime) -> ColumnElement[bool]:
    """What is not drawn, as a picked tile, uses nothing."""
    return and_(
        JobRow.created_at >= start,
        JobRow.created_at < end,
        JobRow.status.in_(DRAWN),
        JobRow.kind.not_in(NOT_DRAWN),
    )


def _usage(jobs: int, images: int, gpu_ms: int) -> Usage:
    return Usage(jobs=jobs, images=int(images), gpu_ms=int(gpu_ms))
