"""Queries on refused orders that wait for a press."""

from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.kept import MAX_KEPT, KeptOrder, Waits
from bot.domain.order import Order
from bot.storage.models import KeptOrderRow


async def add(
    session: AsyncSession,
    *,
    guild_id: int,
    user_id: int,
    source: str,
    why: Waits,
    order: Order,
    expires_at: datetime,
    now: datetime,
) -> int:
    """Keep an order; returns its id, the same where this request was kept before. A member's oldest go."""
    values = {"guild_id": guild_id, "why": why, "order": order.to_json(), "expires_at": expires_at}
    again = (
        update(KeptOrderRow)
        .filter_by(source=source, ordinal=order.ordinal)
        .values(**values)
        .returning(KeptOrderRow.id)
    )
    if (known := await session.scalar(again)) is not None:
        return known
    key = {"user_id": user_id, "source": source, "ordinal": order.ordinal}
    statement = insert(KeptOrderRow).values(**key, **values, created_at=now).returning(KeptOrderRow.id)
    kept_id = (await session.execute(statement)).scalar_one()
    newest = (
        select(KeptOrderRow.id).filter_by(user_id=user_id).order_by(KeptOrderRow.id.desc()).limit(MAX_KEPT)
    )
    await session.execute(
        delete(KeptOrderRow).where(KeptOrderRow.user_id == user_id, KeptOrderRow.id.not_in(newest))
    )
    return kept_id


async def get(session: AsyncSession, key: int | str) -> KeptOrder | None:
    """An order by its id, or by the request that it came with."""
    column = KeptOrderRow.id if isinstance(key, int) else KeptOrderRow.source
    row = await session.scalar(select(KeptOrderRow).where(column == key).limit(1))
    return None if row is None else _kept(row)


async def get_newest(session: AsyncSession, *, user_id: int, why: Waits, now: datetime) -> KeptOrder | None:
    """What was kept last of a member's for a reason, and has not expired."""
    query = select(KeptOrderRow).filter_by(user_id=user_id, why=why).where(KeptOrderRow.expires_at > now)
    row = await session.scalar(query.order_by(KeptOrderRow.id.desc()).limit(1))
    return None if row is None else _kept(row)


async def delete_one(session: AsyncSession, kept_id: int) -> None:
    """It has become a job."""
    await session.execute(delete(KeptOrderRow).filter_by(id=kept_id))


async def delete_expired(session: AsyncSession, *, now: datetime) -> int:
    """Those that were kept too long; how many."""
    expired = select(func.count()).select_from(KeptOrderRow).where(KeptOrderRow.expires_at <= now)
    number = (await session.execute(expired)).scalar_one()
    if number:
        await session.execute(delete(KeptOrderRow).where(KeptOrderRow.expires_at <= now))
    return number


def _kept(row: KeptOrderRow) -> KeptOrder:
    return KeptOrder(
        id=row.id,
        guild_id=row.guild_id,
        user_id=row.user_id,
        source=row.source,
        why=Waits(row.why),
        order=row.order,
        expires_at=row.expires_at,
    )
