"""Queries on refused prompts that members ask their moderators for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.pardons import OrderAppeal
from bot.domain.people import AppealStatus
from bot.storage.models import OrderAppealRow
from bot.storage.statements import insert_or_ignore


async def add(
    session: AsyncSession,
    *,
    guild_id: int,
    user_id: int,
    source: str,
    order: Mapping[str, Any],
    asker: Mapping[str, Any],
    rules: Sequence[str],
    now: datetime,
) -> int | None:
    """Ask the moderators; None where they were asked for this request before."""
    statement = insert_or_ignore(session, OrderAppealRow).values(
        guild_id=guild_id,
        user_id=user_id,
        source=source,
        order=dict(order),
        asker=dict(asker),
        rules=list(rules),
        status=AppealStatus.OPEN,
        created_at=now,
    )
    return await session.scalar(statement.returning(OrderAppealRow.id))  # type: ignore[no-any-return]


async def get(session: AsyncSession, *, guild_id: int, appeal_id: int) -> OrderAppeal | None:
    """One of a guild."""
    row = await session.scalar(select(OrderAppealRow).filter_by(id=appeal_id, guild_id=guild_id))
    return None if row is None else _appeal(row)


async def count_open(session: AsyncSession, *, guild_id: int, user_id: int) -> int:
    """How many of a member's nobody decided."""
    query = (
        select(func.count())
        .select_from(OrderAppealRow)
        .filter_by(guild_id=guild_id, user_id=user_id, status=AppealStatus.OPEN)
    )
    return (await session.execute(query)).scalar_one()


async def list_open(session: AsyncSession, *, guild_id: int, limit: int) -> list[OrderAppeal]:
    """Those of a guild that nobody decided, the oldest first."""
    query = select(OrderAppealRow).filter_by(guild_id=guild_id, status=AppealStatus.OPEN)
    rows = await session.scalars(query.order_by(OrderAppealRow.id).limit(limit))
    return [_appeal(row) for row in rows]


async def update_decided(
    session: AsyncSession, appeal_id: int, status: AppealStatus, *, actor_id: int, now: datetime
) -> bool:
    """OPEN becomes decided; False where somebody was first."""
    statement = (
        update(OrderAppealRow)
        .filter_by(id=appeal_id, status=AppealStatus.OPEN)
        .values(status=status, actor_id=actor_id, decided_at=now)
    )
    return await session.scalar(statement.returning(OrderAppealRow.id)) is not None


async def update_done(session: AsyncSession, appeal_id: int) -> None:
    """What was asked for is drawn, or refused for good: its words are needed no longer."""
    await session.execute(update(OrderAppealRow).filter_by(id=appeal_id).values(order={}, asker={}))


def _appeal(row: OrderAppealRow) -> OrderAppeal:
    return OrderAppeal(
        id=row.id,
        guild_id=row.guild_id,
        user_id=row.user_id,
        source=row.source,
        order=row.order,
        asker=row.asker,
        rules=tuple(row.rules),
        status=AppealStatus(row.status),
        created_at=row.created_at,
    )
