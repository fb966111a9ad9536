"""The ledger and its accounts: reserve, settle, refund are the only verbs by which usage moves.

An account is one member's day, or one grant. A week, a month or a trial is the sum of its days, so that a
member whose allowance changes keeps what they used.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, bindparam, case, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.dml import ReturningUpdate

from bot.domain.charges import FREE, Charge
from bot.domain.quota import Allowance, Grant, Mismatch, Unit, in_ledger, in_unit
from bot.storage.models import AccountRow, JobRow, LedgerRow
from bot.storage.statements import adding, table_of

ACCOUNTS = table_of(AccountRow)
LEDGER = table_of(LedgerRow)


class Entry(StrEnum):
    """The kinds of ledger rows."""

    RESERVE = "reserve"
    SETTLE = "settle"
    REFUND = "refund"


async def get_account(session: AsyncSession, *, guild_id: int, user_id: int, start: datetime) -> int:
    """The id of a member's account for the day that began at `start`, opened if need be."""
    key = {"guild_id": guild_id, "user_id": user_id, "period_start": start}
    opened = await session.scalar(adding(session, AccountRow, AccountRow.id), key)
    if opened is not None:
        return int(opened)
    query = select(AccountRow.id).filter_by(**key).where(AccountRow.grant_id.is_(None))
    return (await session.scalars(query)).one()


async def reserve(
    session: AsyncSession,
    account_id: int,
    job_id: int,
    charge: Charge,
    *,
    allowance: Allowance,
    since: datetime,
    now: datetime,
) -> bool:
    """Hold a job's estimate in a day; False, and nothing held, if the allowance does not cover it.

    The limit is an argument of the UPDATE: it decides and moves in one statement, so no two jobs can be
    granted the same pictures. The other days of the period only ever shrink, by settling and refunding, so
    a reading of them that is older than this statement refuses too much, never too little.
    """
    limits = {
        "asked": in_unit(allowance.unit, charge),
        "most": allowance.limit,
        "since": since,
    }
    statement = _reserving(allowance.unit)
    return await _hold(session, account_id, job_id, charge, statement, limits, now)


async def reserve_granted(
    session: AsyncSession, account_id: int, job_id: int, charge: Charge, *, grant: Grant, now: datetime
) -> bool:
    """Hold a job's estimate in the account of a grant; False, and nothing held, if it does not cover it."""
    limits = {"asked": in_unit(grant.unit, charge), "most": in_ledger(grant.unit, grant.amount)}
    statement = _reserving_granted(grant.unit)
    return await _hold(session, account_id, job_id, charge, statement, limits, now)


async def settle(session: AsyncSession, job_id: int, *, images: int, gpu_ms: int, now: datetime) -> None:
    """Turn a reservation into spending: what was used, at most what was reserved."""
    held = await _held(session, job_id)
    if held is None:
        return
    account_id, charge = held
    spent = Charge(images=min(images, charge.images), gpu_ms=min(gpu_ms, charge.gpu_ms))
    await _release(session, account_id, charge, spent)
    await _add(session, account_id, job_id, Entry.SETTLE, spent, now)


async def refund(session: AsyncSession, job_id: int, *, now: datetime) -> None:
    """Give a reservation back whole."""
    held = await _held(session, job_id)
    if held is None:
        return
    account_id, charge = held
    await _release(session, account_id, charge, FREE)
    await _add(session, account_id, job_id, Entry.REFUND, charge, now)


async def get_used(
    session: AsyncSession, *, guild_id: int, user_id: int, since: datetime
) -> tuple[Charge, Charge]:
    """What a member spent and reserved in the days from `since` on, grants apart."""
    columns = (
        AccountRow.spent_images,
        AccountRow.spent_gpu_ms,
        AccountRow.reserved_images,
        AccountRow.reserved_gpu_ms,
    )
    query = select(*(func.coalesce(func.sum(column), 0) for column in columns)).where(
        AccountRow.guild_id == guild_id,
        AccountRow.user_id == user_id,
        AccountRow.grant_id.is_(None),
        AccountRow.period_start >= since,
    )
    spent, spent_ms, reserved, reserved_ms = (int(v) for v in (await session.execute(query)).one())
    return Charge(images=spent, gpu_ms=spent_ms), Charge(images=reserved, gpu_ms=reserved_ms)


async def list_mismatches(session: AsyncSession) -> list[Mismatch]:
    """Accounts whose balance is not the sum of their ledger. Empty, or something is badly wrong."""
    released = {Entry.REFUND: -1, Entry.SETTLE: -1}  # of a settled job, all that was reserved is released
    rows = await session.execute(
        select(
            AccountRow,
            _sum({Entry.RESERVE: 1}, LedgerRow.images) + _sum(released, JobRow.reserved_images),
            _sum({Entry.RESERVE: 1}, LedgerRow.gpu_ms) + _sum(released, JobRow.reserved_gpu_ms),
            _sum({Entry.SETTLE: 1}, LedgerRow.images),
            _sum({Entry.SETTLE: 1}, LedgerRow.gpu_ms),
        )
        .outerjoin(LedgerRow, LedgerRow.account_id == AccountRow.id)
        .outerjoin(JobRow, JobRow.id == LedgerRow.job_id)
        .group_by(AccountRow.id)
    )
    mismatches = []
    for account, *sums in rows:
        stored = (
            account.reserved_images,
            account.reserved_gpu_ms,
            account.spent_images,
            account.spent_gpu_ms,
        )
        proven = tuple(int(value) for value in sums)
        if stored != proven:
            mismatches.append(Mismatch(account_id=account.id, stored=stored, proven=proven))
    return mismatches


@cache
def _reserving(unit: Unit) -> ReturningUpdate[tuple[int]]:
    """Holds what is asked in a day, if it and the other days since then allow it. Built once: it is long."""
    other = ACCOUNTS.alias()
    other_days = (
        select(func.coalesce(func.sum(_used(other, unit)), 0))
        .where(
            other.c.guild_id == ACCOUNTS.c.guild_id,
            other.c.user_id == ACCOUNTS.c.user_id,
            other.c.grant_id.is_(None),
            other.c.period_start >= bindparam("since"),
            other.c.id != ACCOUNTS.c.id,
        )
        .correlate(ACCOUNTS)
        .scalar_subquery()
    )
    return _holding(_used(ACCOUNTS, unit) + other_days)


@cache
def _reserving_granted(unit: Unit) -> ReturningUpdate[tuple[int]]:
    """Holds what is asked in a grant, if it allows it."""
    return _holding(_used(ACCOUNTS, unit))


def _holding(used: ColumnElement[int]) -> ReturningUpdate[tuple[int]]:
    return (
        update(ACCOUNTS)
        .where(ACCOUNTS.c.id == bindparam("account"), used + bindparam("asked") <= bindparam("most"))
        .values(
            reserved_images=ACCOUNTS.c.reserved_images + bindparam("images"),
            reserved_gpu_ms=ACCOUNTS.c.reserved_gpu_ms + bindparam("gpu_ms"),
        )
        .returning(ACCOUNTS.c.id)
    )


def _used(account: FromClause, unit: Unit) -> ColumnElement[int]:
    columns = account.c
    if unit is Unit.IMAGES:
        return columns.reserved_images + columns.spent_images
    return columns.reserved_gpu_ms + columns.spent_gpu_ms


def _sum(signs: dict[Entry, int], column: InstrumentedAttribute[int]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case(*((LedgerRow.entry == e, s * column) for e, s in signs.items()))), 0)


async def _held(session: AsyncSession, job_id: int) -> tuple[int, Charge] | None:
    """The account and the reservation of a job; None if it never had one.

    The caller has just moved the job out of QUEUED or RUNNING in the same transaction, so nobody else
    settles or refunds it.
    """
    row = await session.scalar(select(LedgerRow).filter_by(job_id=job_id, entry=Entry.RESERVE))
    return None if row is None else (row.account_id, Charge(images=row.images, gpu_ms=row.gpu_ms))


async def _hold(
    session: AsyncSession,
    account_id: int,
    job_id: int,
    charge: Charge,
    statement: ReturningUpdate[tuple[int]],
    limits: Mapping[str, Any],
    now: datetime,
) -> bool:
    values = {"account": account_id, "images": charge.images, "gpu_ms": charge.gpu_ms, **limits}
    if await session.scalar(statement, values) is None:
        return False
    await _add(session, account_id, job_id, Entry.RESERVE, charge, now)
    return True


async def _release(session: AsyncSession, account_id: int, held: Charge, spent: Charge) -> None:
    await session.execute(
        update(AccountRow)
        .where(AccountRow.id == account_id)
        .values(
            reserved_images=AccountRow.reserved_images - held.images,
            reserved_gpu_ms=AccountRow.reserved_gpu_ms - held.gpu_ms,
            spent_images=AccountRow.spent_images + spent.images,
            spent_gpu_ms=AccountRow.spent_gpu_ms + spent.gpu_ms,
        )
    )


async def _add(
    session: AsyncSession, account_id: int, job_id: int, entry: Entry, charge: Charge, now: datetime
) -> None:
    values = {
        "account_id": account_id,
        "job_id": job_id,
        "entry": entry,
        "images": charge.images,
        "gpu_ms": charge.gpu_ms,
        "created_at": now,
    }
    await session.execute(insert(LEDGER), values)
