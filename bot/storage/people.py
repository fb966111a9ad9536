"""Queries on what was said to members: blocks, warnings, notices, strikes, and appeals against them."""

from datetime import datetime

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.audit import RULE
from bot.domain.people import TO_READ, Appeal, AppealStatus, Sanction, SanctionKind
from bot.storage.models import AppealRow, SanctionRow
from bot.storage.remembered import changing, members_named
from bot.storage.statements import insert_or_ignore


async def add(
    session: AsyncSession,
    *,
    guild_id: int,
    user_id: int,
    kind: SanctionKind,
    reason: str,
    actor_id: int,
    now: datetime,
    points: int = 0,
    until: datetime | None = None,
    source: str | None = None,
) -> int | None:
    """Say something to a member; None when this source said it before."""
    changing(session)
    statement = insert_or_ignore(session, SanctionRow).values(
        guild_id=guild_id,
        user_id=user_id,
        kind=kind,
        points=points,
        reason=reason,
        actor_id=actor_id,
        source=source,
        created_at=now,
        until=until,
    )
    return await session.scalar(statement.returning(SanctionRow.id))  # type: ignore[no-any-return]


async def get(session: AsyncSession, *, guild_id: int, sanction_id: int) -> Sanction | None:
    """One thing that was said in a guild."""
    row = await session.scalar(select(SanctionRow).filter_by(id=sanction_id, guild_id=guild_id))
    return None if row is None else _sanction(row)


async def has_open(session: AsyncSession, *, guild_id: int, user_id: int, now: datetime) -> bool:
    """Whether a member may be blocked, or have something to read: never False where they are, or have."""

    async def read(limit: int) -> list[int]:
        blocks = and_(
            SanctionRow.kind == SanctionKind.BLOCK, or_(SanctionRow.until.is_(None), SanctionRow.until > now)
        )
        query = (
            select(SanctionRow.user_id)
            .filter_by(guild_id=guild_id)
            .where(SanctionRow.closed_at.is_(None), or_(SanctionRow.kind.in_(TO_READ), blocks))
        )
        return list(await session.scalars(query.distinct().limit(limit)))

    concerned = await members_named(session, "concerned", guild_id, read)
    return concerned is None or user_id in concerned


async def get_block(session: AsyncSession, *, guild_id: int, user_id: int, now: datetime) -> Sanction | None:
    """The block that keeps a member longest, if any does."""
    query = (
        select(SanctionRow)
        .filter_by(guild_id=guild_id, user_id=user_id, kind=SanctionKind.BLOCK)
        .where(SanctionRow.closed_at.is_(None), or_(SanctionRow.until.is_(None), SanctionRow.until > now))
        .order_by(SanctionRow.until.is_not(None), SanctionRow.until.desc())
    )
    row = await session.scalar(query.limit(1))
    return None if row is None else _sanction(row)


async def get_unread(session: AsyncSession, *, guild_id: int, user_id: int) -> Sanction | None:
    """The oldest text that a member has not acknowledged."""
    query = (
        select(SanctionRow)
        .filter_by(guild_id=guild_id, user_id=user_id)
        .where(SanctionRow.kind.in_(TO_READ), SanctionRow.closed_at.is_(None))
        .order_by(SanctionRow.id)
    )
    row = await session.scalar(query.limit(1))
    return None if row is None else _sanction(row)


async def list_causes(
    session: AsyncSession, *, guild_id: int, user_id: int, since: datetime, before_id: int
) -> list[Sanction]:
    """What counted as strikes in a time, before something else was said; the oldest first."""
    query = (
        select(SanctionRow)
        .filter_by(guild_id=guild_id, user_id=user_id)
        .where(SanctionRow.points > 0, SanctionRow.created_at > since, SanctionRow.id < before_id)
        .order_by(SanctionRow.id)
    )
    return [_sanction(row) for row in await session.scalars(query)]


async def list_of_member(session: AsyncSession, *, guild_id: int, user_id: int, limit: int) -> list[Sanction]:
    """What was said to a member, the newest first."""
    query = select(SanctionRow).filter_by(guild_id=guild_id, user_id=user_id)
    return [
        _sanction(row) for row in await session.scalars(query.order_by(SanctionRow.id.desc()).limit(limit))
    ]


async def get_points(session: AsyncSession, *, guild_id: int, user_id: int, since: datetime) -> int:
    """The points of a member that still count."""
    query = select(func.coalesce(func.sum(SanctionRow.points), 0)).where(
        SanctionRow.guild_id == guild_id, SanctionRow.user_id == user_id, SanctionRow.created_at > since
    )
    return int((await session.execute(query)).scalar_one())


async def update_lifted(session: AsyncSession, *, guild_id: int, user_id: int, now: datetime) -> int:
    """Lift every block of a member; how many it were."""
    statement = (
        update(SanctionRow)
        .filter_by(guild_id=guild_id, user_id=user_id, kind=SanctionKind.BLOCK)
        .where(SanctionRow.closed_at.is_(None), or_(SanctionRow.until.is_(None), SanctionRow.until > now))
    )
    lifted = await session.scalars(statement.values(closed_at=now).returning(SanctionRow.id))
    return len(lifted.all())


async def update_read(
    session: AsyncSession, *, guild_id: int | None, user_id: int, sanction_id: int, now: datetime
) -> int | None:
    """A member has read what they were told, in this guild or in any; whose word it was, if it was unread."""
    statement = (
        update(SanctionRow)
        .filter_by(id=sanction_id, user_id=user_id)
        .where(SanctionRow.kind.in_(TO_READ), SanctionRow.closed_at.is_(None))
    )
    if guild_id is not None:
        statement = statement.where(SanctionRow.guild_id == guild_id)
    return await session.scalar(statement.values(closed_at=now).returning(SanctionRow.guild_id))


async def delete_points(session: AsyncSession, *, guild_id: int, user_id: int) -> None:
    """A member's strikes count no longer; what was said stays."""
    await session.execute(update(SanctionRow).filter_by(guild_id=guild_id, user_id=user_id).values(points=0))


async def update_strike_taken_back(
    session: AsyncSession, *, guild_id: int, user_id: int, source: str, now: datetime
) -> bool:
    """What a request cost its member counts no longer, and the block that followed from it is lifted; whether
    it had cost anything."""
    key = {"guild_id": guild_id, "user_id": user_id}
    strike = update(SanctionRow).filter_by(**key, source=source).where(SanctionRow.points > 0)
    since = await session.scalar(strike.values(points=0).returning(SanctionRow.created_at))
    if since is None:
        return False
    followed = update(SanctionRow).filter_by(
        **key, kind=SanctionKind.BLOCK, actor_id=RULE, created_at=since, closed_at=None
    )
    await session.execute(followed.values(closed_at=now))
    return True


async def add_appeal(
    session: AsyncSession, *, guild_id: int, user_id: int, sanction_id: int, text: str, now: datetime
) -> int | None:
    """An appeal against a block; None when there was one before."""
    statement = insert_or_ignore(session, AppealRow).values(
        guild_id=guild_id,
        user_id=user_id,
        sanction_id=sanction_id,
        text=text,
        status=AppealStatus.OPEN,
        created_at=now,
    )
    return await session.scalar(statement.returning(AppealRow.id))  # type: ignore[no-any-return]


async def get_appeal_against(session: AsyncSession, *, guild_id: int, sanction_id: int) -> Appeal | None:
    """A member's answer to a block."""
    row = await session.scalar(select(AppealRow).filter_by(guild_id=guild_id, sanction_id=sanction_id))
    return None if row is None else await _appeal(session, row)


async def add_decision(
    session: AsyncSession, appeal: Appeal, *, reason: str, actor_id: int, now: datetime
) -> Sanction:
    """Tell a member what their appeal came to."""
    await add(
        session,
        guild_id=appeal.guild_id,
        user_id=appeal.user_id,
        kind=SanctionKind.ACCEPTED if appeal.status is AppealStatus.ACCEPTED else SanctionKind.REJECTED,
        reason=reason,
        actor_id=actor_id,
        now=now,
        source=_decision(appeal.id),
    )
    told = await get_decision(session, guild_id=appeal.guild_id, appeal_id=appeal.id)
    if told is None:
        raise LookupError(f"the decision on appeal {appeal.id} was not stored")
    return told


async def get_decision(session: AsyncSession, *, guild_id: int, appeal_id: int) -> Sanction | None:
    """What a member was told of their appeal; None while it is open."""
    query = select(SanctionRow).filter_by(guild_id=guild_id, source=_decision(appeal_id))
    row = await session.scalar(query)
    return None if row is None else _sanction(row)


async def get_appeal(session: AsyncSession, *, guild_id: int, appeal_id: int) -> Appeal | None:
    """One appeal of a guild."""
    row = await session.scalar(select(AppealRow).filter_by(id=appeal_id, guild_id=guild_id))
    return None if row is None else await _appeal(session, row)


async def list_open_appeals(session: AsyncSession, *, guild_id: int, limit: int) -> list[Appeal]:
    """The appeals of a guild that nobody decided, the oldest first."""
    query = select(AppealRow).filter_by(guild_id=guild_id, status=AppealStatus.OPEN).order_by(AppealRow.id)
    return [await _appeal(session, row) for row in (await session.scalars(query.limit(limit))).all()]


async def update_appeal(
    session: AsyncSession, *, guild_id: int, appeal_id: int, status: AppealStatus
) -> bool:
    """Decide an open appeal; False when somebody did."""
    statement = (
        update(AppealRow)
        .filter_by(id=appeal_id, guild_id=guild_id, status=AppealStatus.OPEN)
        .values(status=status)
    )
    return await session.scalar(statement.returning(AppealRow.id)) is not None


def _decision(appeal_id: int) -> str:
    return f"appeal-{appeal_id}"


async def _appeal(session: AsyncSession, row: AppealRow) -> Appeal:
    sanction = await get(session, guild_id=row.guild_id, sanction_id=row.sanction_id)
    if sanction is None:
        raise LookupError(f"appeal {row.id} has no block in its guild")
    return Appeal(
        id=row.id,
        guild_id=row.guild_id,
        user_id=row.user_id,
        sanction=sanction,
        text=row.text,
        status=AppealStatus(row.status),
        created_at=row.created_at,
    )


def _sanction(row: SanctionRow) -> Sanction:
    return Sanction(
        id=row.id,
        guild_id=row.guild_id,
        user_id=row.user_id,
        kind=SanctionKind(row.kind),
        points=row.points,
        reason=row.reason,
        actor_id=row.actor_id,
        created_at=row.created_at,
        until=row.until,
        closed_at=row.closed_at,
    )
