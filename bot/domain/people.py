"""What moderators, and rules, say to a member: blocks, warnings, notices, strikes; and where strikes lead."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.errors import Unreadable
from bot.domain.rules import Weight
from bot.domain.sentences import say

POINTS_PER_STRIKE = 3
POINTS = {Weight.SOFT: 0, Weight.LIGHT: 0, Weight.MEDIUM: 1, Weight.HEAVY: POINTS_PER_STRIKE}
"""What breaking a rule counts."""
MAX_TEXT = 500
MAX_BLOCK = timedelta(days=3650)

SPANS = ("15m", "1h", "6h", "1d", "1w", "2w", "1 month")
"""Spans to choose from; others can be typed."""
_SPAN = re.compile(
    r"(?P<number>\d{1,5})\s*(?:(?P<month>mo|months?)|(?P<minute>m|mins?|minutes?)|(?P<hour>h|hrs?|hours?)"
    r"|(?P<day>d|days?)|(?P<week>w|wks?|weeks?))(?![a-z])"
)
_MINUTES = {"minute": 1, "hour": 60, "day": 1440, "week": 10_080, "month": 43_200}


class SanctionKind(StrEnum):
    """What was said."""

    BLOCK = "block"
    """May not draw, until a moment or until it is lifted."""
    WARNING = "warning"
    """A strike, and a text to acknowledge."""
    NOTICE = "notice"
    """A text to acknowledge before the next job."""
    STRIKE = "strike"
    """A rule was broken."""
    ACCEPTED = "appeal_accepted"
    """What an appeal came to, to acknowledge like a notice; the reason is what the moderators write."""
    REJECTED = "appeal_rejected"


TO_READ = (SanctionKind.NOTICE, SanctionKind.WARNING, SanctionKind.ACCEPTED, SanctionKind.REJECTED)
"""What a member must acknowledge before their next job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sanction:
    """One thing said to a member."""

    id: int
    guild_id: int
    user_id: int
    kind: SanctionKind
    points: int
    """Three are a strike."""
    reason: str
    actor_id: int
    """0 for a rule."""
    created_at: datetime
    until: datetime | None
    """When a block ends by itself; None for one that does not."""
    closed_at: datetime | None
    """When it was lifted, or acknowledged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How many strikes a member has, and where that leads."""

    points: int
    days: int
    """How long each strike counts."""
    ladder: tuple[int, ...]
    """Minutes without drawing at the first strike, the second, and so on."""
    block: Sanction | None = None
    """What followed just now."""


class AppealStatus(StrEnum):
    """How an appeal, or a report, stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """A member's answer to a block."""

    id: int
    guild_id: int
    user_id: int
    sanction: Sanction
    text: str
    status: AppealStatus
    created_at: datetime
    causes: tuple[Sanction, ...] = ()
    """The warnings and broken rules that led to a block by strikes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A member's word on somebody's picture. Who reported is known to the database alone."""

    id: int
    guild_id: int
    job_id: int
    reason: str
    status: AppealStatus
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything that was said to a member, the newest first."""

    user_id: int
    sanctions: tuple[Sanction, ...]
    strikes: int
    """Those that count now."""
    has_more: bool = False
    """Whether more was said, before all of these."""


def strikes_of(points: int) -> int:
    """How many strikes so many points are."""
    return points // POINTS_PER_STRIKE


def next_block(before: int, after: int, ladder: Sequence[int]) -> timedelta | None:
    """How long the bot does not draw for a member whose points rose; None if nothing follows.

    The ladder has the minutes for the first strike, the second, and so on; its last step repeats.
    """
    strikes = strikes_of(after)
    if strikes == strikes_of(before) or not ladder:
        return None
    minutes = ladder[min(strikes, len(ladder)) - 1]
    return timedelta(minutes=minutes) if minutes else None


def later_block(standing: Standing) -> tuple[int, timedelta] | None:
    """The next strike that has a block follow, by its number, and how long that is; None if none has."""
    strikes = strikes_of(standing.points)
    for number in range(strikes + 1, max(strikes + 1, len(standing.ladder)) + 1):
        before, after = (number - 1) * POINTS_PER_STRIKE, number * POINTS_PER_STRIKE
        if span := next_block(before, after, standing.ladder):
            return number, span
    return None


def to_span(typed: str) -> timedelta:
    """A time as people write it: `15m`, `6 h`, `1d 12h`, `2 weeks`; a month is 30 days.

    Raises: Unreadable.
    """
    found = list(_SPAN.finditer(typed.lower()))
    span = timedelta(minutes=sum(int(part["number"]) * _MINUTES[part.lastgroup or ""] for part in found))
    if not found or _SPAN.sub("", typed.lower()).strip(" ,") or not timedelta(0) < span <= MAX_BLOCK:
        raise Unreadable(
            say(
                "Write how long as `15m`, `6h`, `1d`, `2w` or `1 month`, up to {days} days; empty: for good.",
                days=MAX_BLOCK.days,
            )
        )
    return span


def to_ladder(typed: str) -> tuple[int, ...]:
    """The minutes of each step, from `0 1h 1d 1w`.

    Raises: Unreadable.
    """
    steps = typed.replace(",", " ").split()
    if not steps:
        return ()
    return tuple(0 if step == "0" else int(to_span(step).total_seconds()) // 60 for step in steps)


def written_ladder(ladder: Sequence[int]) -> str:
    """A ladder as people write it: `0 1h 1d 1w`."""
    return " ".join(map(_written_step, ladder))


def _written_step(minutes: int) -> str:
    for unit, size in (("w", _MINUTES["week"]), ("d", _MINUTES["day"]), ("h", _MINUTES["hour"])):
        if minutes and minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m" if minutes else "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """How long somebody who asked to be forgotten may not draw in a guild."""

    until: datetime | None
    """None: for good."""
