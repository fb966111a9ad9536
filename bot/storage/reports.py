"""Queries on what members reported."""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.people import AppealStatus, Report
from bot.storage.models import ReportRow
from bot.storage.statements import insert_or_ignore


async def add(
    session: AsyncSession, *, guild_id: int, job_id: int, reporter_id: int, reason: str, now: datetime
) -> int | None:
    """A member's word on a picture; None when they said it before."""
    statement = insert_or_ignore(session, ReportRow).values(
        guild_id=guild_id,
        job_id=job_id,
        reporter_id=reporter_id,
        reason=reason,
        status=AppealStatus.OPEN,
        created_at=now,
    )
    return await session.scalar(statement.returning(ReportRow.id))  # type: ignore[no-any-return]


async def get(session: AsyncSession, *, guild_id: int, report_id: int) -> Report | None:
    """One report of a guild."""
    row = await session.scalar(select(ReportRow).filter_by(id=report_id, guild_id=guild_id))
    return None if row is None else _report(row)


async def list_open(session: AsyncSession, *, guild_id: int, limit: int) -> list[Report]:
    """The reports of a guild that nobody decided, the oldest first."""
    query = select(ReportRow).filter_by(guild_id=guild_id, status=AppealStatus.OPEN).order_by(ReportRow.id)
    return [_report(row) for row in await session.scalars(query.limit(limit))]


async def count_since(session: AsyncSession, *, guild_id: int, reporter_id: int, since: datetime) -> int:
    """How many reports a member made lately."""
    query = select(func.count(ReportRow.id)).where(
        ReportRow.guild_id == guild_id, ReportRow.reporter_id == reporter_id, ReportRow.created_at > since
    )
    return (await session.execute(query)).scalar_one()


async def update_decided(session: AsyncSession, *, guild_id: int, job_id: int, status: AppealStatus) -> int:
    """Decide every open report on a picture; how many it were."""
    statement = (
        update(ReportRow)
        .filter_by(guild_id=guild_id, job_id=job_id, status=AppealStatus.OPEN)
        .values(status=status)
    )
    return len((await session.scalars(statement.returning(ReportRow.id))).all())


def _report(row: ReportRow) -> Report:
    return Report(
        id=row.id,
        guild_id=row.guild_id,
        job_id=row.job_id,
        reason=row.reason,
        status=AppealStatus(row.status),
        created_at=row.created_at,
    )
