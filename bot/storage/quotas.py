"""Queries on what moderators decided about single members: allowances, resets, grants."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.quota import Allowance, Grant, Unit
from bot.storage.models import AccountRow, GrantRow, MemberQuotaRow
from bot.storage.remembered import changing, members_named
from bot.storage.statements import insert_or_ignore


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberQuota:
    """What was decided about one member."""

    allowance: Allowance | None = None
    reset_at: datetime | None = None


async def get_member(session: AsyncSession, *, guild_id: int, user_id: int) -> MemberQuota:
    """What was decided about a member; nothing, for most."""

    async def read(limit: int) -> list[int]:
        query = select(MemberQuotaRow.user_id).filter_by(guild_id=guild_id)
        return list(await session.scalars(query.limit(limit)))

    decided = await members_named(session, "decided", guild_id, read)
    if decided is not None and user_id not in decided:
        return MemberQuota()
    row = await session.get(MemberQuotaRow, (guild_id, user_id), populate_existing=True)
    if row is None:
        return MemberQuota()
    allowance = None if row.allowance is None else Allowance.from_json(row.allowance)
    return MemberQuota(allowance=allowance, reset_at=row.reset_at)


async def update_member_allowance(
    session: AsyncSession, *, guild_id: int, user_id: int, allowance: Allowance | None
) -> None:
    """Give a member an allowance of their own; None takes it back."""
    values = None if allowance is None else allowance.to_json()
    await _update_member(session, guild_id, user_id, allowance=values)


async def update_member_reset(session: AsyncSession, *, guild_id: int, user_id: int, now: datetime) -> None:
    """Begin to count anew."""
    await _update_member(session, guild_id, user_id, reset_at=now)


async def list_member_allowances(session: AsyncSession, *, guild_id: int) -> list[tuple[int, Allowance]]:
    """The members with an allowance of their own."""
    query = select(MemberQuotaRow).where(
        MemberQuotaRow.guild_id == guild_id, MemberQuotaRow.allowance.is_not(None)
    )
    rows = await session.scalars(query.order_by(MemberQuotaRow.user_id))
    return [(row.user_id, Allowance.from_json(row.allowance)) for row in rows if row.allowance is not None]


async def add_grant(
    session: AsyncSession,
    *,
    guild_id: int,
    user_id: int,
    amount: int,
    unit: Unit,
    reason: str,
    actor_id: int,
    expires_at: datetime,
    now: datetime,
) -> int:
    """Give a member something on top, with an account of its own; returns the grant's id."""
    values = {
        "guild_id": guild_id,
        "user_id": user_id,
        "amount": amount,
        "unit": unit,
        "reason": reason,
        "actor_id": actor_id,
        "created_at": now,
        "expires_at": expires_at,
    }
    grant_id = (await session.execute(insert(GrantRow).values(**values).returning(GrantRow.id))).scalar_one()
    account = {"guild_id": guild_id, "user_id": user_id, "period_start": now, "grant_id": grant_id}
    await session.execute(insert(AccountRow).values(**account))
    return grant_id


async def update_grants_ended(session: AsyncSession, *, guild_id: int, user_id: int, now: datetime) -> int:
    """End every grant of a member now; how many it were. What jobs hold of them is still settled there."""
    statement = (
        update(GrantRow)
        .filter_by(guild_id=guild_id, user_id=user_id)
        .where(GrantRow.expires_at > now)
        .values(expires_at=now)
    )
    return len((await session.scalars(statement.returning(GrantRow.id))).all())


async def list_grants(
    session: AsyncSession, *, guild_id: int, user_id: int, now: datetime
) -> list[tuple[int, Grant]]:
    """A member's grants that have not expired, the first to expire first, each with its account's id."""
    query = (
        select(GrantRow, AccountRow)
        .join(AccountRow, AccountRow.grant_id == GrantRow.id)
        .where(GrantRow.guild_id == guild_id, GrantRow.user_id == user_id, GrantRow.expires_at > now)
        .order_by(GrantRow.expires_at, GrantRow.id)
        .execution_options(populate_existing=True)
    )
    return [(account.id, _grant(row, account)) for row, account in await session.execute(query)]


async def _update_member(session: AsyncSession, guild_id: int, user_id: int, **values: Any) -> None:
    changing(session)
    key = {"guild_id": guild_id, "user_id": user_id}
    await session.execute(insert_or_ignore(session, MemberQuotaRow).values(**key))
    await session.execute(update(MemberQuotaRow).filter_by(**key).values(**values))


def _grant(row: GrantRow, account: AccountRow) -> Grant:
    unit = Unit(row.unit)
    images = account.reserved_images + account.spent_images
    gpu_ms = account.reserved_gpu_ms + account.spent_gpu_ms
    return Grant(
        id=row.id,
        guild_id=row.guild_id,
        user_id=row.user_id,
        amount=row.amount,
        unit=unit,
        reason=row.reason,
        actor_id=row.actor_id,
        created_at=row.created_at,
        expires_at=row.expires_at,
        used=images if unit is Unit.IMAGES else gpu_ms,
    )
