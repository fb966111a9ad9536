"""The audit log: who did what to whom, why and when."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

RULE = 0
"""The actor of what no person did: a rule."""
MAX_REASON = 500

_IDS = re.compile(r"<@!?\d+>|(?<!\d)\d{16,20}(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One row of the log. Members who asked to be forgotten have negative ids."""

    id: int
    guild_id: int
    actor_id: int
    action: str
    target_id: int | None
    """The member it was done to."""
    reason: str
    details: Mapping[str, object]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which rows of a guild's log are wanted."""

    user_id: int | None = None
    """As actor or as target."""
    action: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """One page of a guild's log, newest rows first."""

    filter: AuditFilter
    number: int
    """The first page is 0."""
    entries: tuple[AuditEntry, ...]
    has_more: bool


def without_ids(reason: str) -> str:
    """A reason without members' ids: the log outlives a member who asks to be forgotten."""
    return _IDS.sub("@…", reason)[:MAX_REASON]
