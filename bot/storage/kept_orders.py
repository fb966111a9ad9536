"""Queries on orders that wait: for a press, or, as they arrived, for what is decided of them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.kept import KEPT, MAX_KEPT, KeptOrder, Waits
from bot.domain.order import Order
from bot.storage.models import JobRow, KeptOrderRow
from bot.storage.statements import insert_or_ignore


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
    theirs = KeptOrderRow.user_id == user_id, KeptOrderRow.why != Waits.ARRIVED
    newest = select(KeptOrderRow.id).where(*theirs).order_by(KeptOrderRow.id.desc()).limit(MAX_KEPT)
    await session.execute(delete(KeptOrderRow).where(*theirs, KeptOrderRow.id.not_in(newest)))
    return kept_id


async def add_arrived(session: AsyncSession, rows: Sequence[Mapping[str, Any]], *, now: datetime) -> None:
    """Keep what requests ask for until something is decided of it; what is kept of one already stays.

    Rows have `guild_id`, `user_id`, `source` and `order`.
    """
    more = {"ordinal": 0, "why": Waits.ARRIVED, "created_at": now, "expires_at": now + KEPT}
    await session.execute(insert_or_ignore(session, KeptOrderRow), [{**row, **more} for row in rows])


async def list_arrived(session: AsyncSession) -> list[KeptOrder]:
    """What nothing was decided of, in the order in which it came."""
    query = select(KeptOrderRow).filter_by(why=Waits.ARRIVED).order_by(KeptOrderRow.id)
    return [_kept(row) for row in await session.scalars(query)]


async def delete_arrived(session: AsyncSession, sources: Collection[str] | None = None) -> None:
    """Something was decided of these requests, or of all; what is kept of them for a press stays."""
    statement = delete(KeptOrderRow).where(KeptOrderRow.why == Waits.ARRIVED)
    await session.execute(statement if sources is None else statement.where(KeptOrderRow.source.in_(sources)))


async def delete_submitted(session: AsyncSession) -> None:
    """Requests that became jobs before this was noted of them."""
    sources = select(JobRow.source)
    decided = KeptOrderRow.why == Waits.ARRIVED, KeptOrderRow.source.in_(sources)
    await session.execute(delete(KeptOrderRow).where(*decided))


async def update_why(session: AsyncSession, kept_id: int, why: Waits) -> None:
    """It waits for something else from now on."""
    await session.execute(update(KeptOrderRow).filter_by(id=kept_id).values(why=why))


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
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
