"""Queries on the audit log: rows are added and read; a trigger forbids everything else."""

import logging
from datetime import datetime

from sqlalchemy import Select, event, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.audit import AuditEntry, AuditFilter, Deed, without_ids
from bot.storage.models import AuditRow

log = logging.getLogger(__name__)


async def note(
    session: AsyncSession,
    guild_id: int,
    actor_id: int,
    action: Deed,
    *,
    target_id: int | None = None,
    reason: str = "",
    now: datetime,
    **details: object,
) -> None:
    """Note what a moderator, or a rule (actor 0), did. `details` are plain values, and no member's id.

    The owner's log has a line of it as well, once it holds.
    """
    event.listen(
        session.sync_session,
        "after_commit",
        lambda _: log.info(
            "guild %d: %s: %s%s",
            guild_id,
            f"{'moderator' if guild_id else 'owner'} {actor_id}" if actor_id else "a rule",
            action,
            f" (member {target_id})" if target_id else "",
        ),
        once=True,
    )
    await session.execute(
        insert(AuditRow).values(
            guild_id=guild_id,
            actor_id=actor_id,
            action=action.value,
            target_id=target_id,
            reason=without_ids(reason),
            details=details,
            created_at=now,
        )
    )


async def list_entries(
    session: AsyncSession, *, guild_id: int, wanted: AuditFilter, limit: int, offset: int = 0
) -> list[AuditEntry]:
    """A guild's rows, newest first."""
    query = _wanted(guild_id, wanted).order_by(AuditRow.id.desc()).limit(limit).offset(offset)
    return [_entry(row) for row in await session.scalars(query)]


async def list_actions(session: AsyncSession, *, guild_id: int) -> list[str]:
    """Every kind of action that a guild's log holds."""
    query = select(AuditRow.action).where(AuditRow.guild_id == guild_id).distinct().order_by(AuditRow.action)
    return list(await session.scalars(query))


def _wanted(guild_id: int, wanted: AuditFilter) -> Select[AuditRow]:
    query = select(AuditRow).where(AuditRow.guild_id == guild_id)
    if wanted.user_id is not None:
        query = query.where(or_(AuditRow.actor_id == wanted.user_id, AuditRow.target_id == wanted.user_id))
    return query if wanted.action is None else query.where(AuditRow.action == wanted.action)


def _entry(row: AuditRow) -> AuditEntry:
    return AuditEntry(
        id=row.id,
        guild_id=row.guild_id,
        actor_id=row.actor_id,
        action=row.action,
        target_id=row.target_id,
        reason=row.reason,
        details=row.details,
        created_at=row.created_at,
    )
