"""Allowances: how much a member may draw in which span of time, and which allowance counts for whom."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Any, Self

from bot.domain.charges import Charge

FIRST_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)
"""Before everything: the beginning of the one period that never ends."""


class Unit(StrEnum):
    """What an allowance is counted in."""

    IMAGES = "images"
    GPU_SECONDS = "gpu_seconds"


class Period(StrEnum):
    """How often an allowance is full again. Days, weeks (from Monday) and months begin at local midnight."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    ONCE = "once"
    """Never again: a trial."""

    @property
    def days(self) -> int:
        """How many days it roughly has, to compare allowances; a trial counts as a month."""
        return {Period.DAY: 1, Period.WEEK: 7}.get(self, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """So many pictures, or seconds of GPU time, in a period."""

    amount: int
    unit: Unit = Unit.IMAGES
    period: Period = Period.DAY

    def to_json(self) -> dict[str, Any]:
        """Plain values, for a JSON column."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The allowance that `to_json` wrote."""
        return cls(amount=values["amount"], unit=Unit(values["unit"]), period=Period(values["period"]))

    @property
    def limit(self) -> int:
        """The amount as the ledger counts: pictures, or milliseconds."""
        return in_ledger(self.unit, self.amount)


class Source(StrEnum):
    """Whose decision an allowance is."""

    OWN = "own"
    """A moderator's, for this member alone."""
    ROLE = "role"
    TRIAL = "trial"
    EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The one allowance that counts for a member, and where it comes from."""

    allowance: Allowance
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleAllowance:
    """What a role gives to its members."""

    role_id: int
    allowance: Allowance


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Something on top of the allowance, given once by a moderator, with a reason and an end."""

    id: int
    guild_id: int
    user_id: int
    amount: int
    unit: Unit
    reason: str
    actor_id: int
    created_at: datetime
    expires_at: datetime
    used: int
    """Pictures, or milliseconds, that jobs spent of it or hold."""

    @property
    def left(self) -> int:
        """Pictures, or milliseconds, that it still has. Never negative."""
        return max(0, in_ledger(self.unit, self.amount) - self.used)


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Where a member stands: what the period allows, what is spent of it, what running jobs hold."""

    allowance: Allowance
    spent: Charge
    reserved: Charge
    resets_at: datetime | None
    """When the allowance is full again; None for a trial."""
    grants: tuple[Grant, ...] = ()
    """Those that have something left, the first to expire first: jobs use them in this order."""
    source: Source = Source.EVERYBODY
    guild_id: int = 0
    """Where it counts."""

    @property
    def used(self) -> int:
        """Pictures, or milliseconds, of the period that are spent or held."""
        return in_unit(self.allowance.unit, self.spent) + in_unit(self.allowance.unit, self.reserved)

    @property
    def left(self) -> int:
        """Pictures, or milliseconds, that the period still allows. Never negative, whatever it became."""
        return max(0, self.allowance.limit - self.used)

    def granted(self, unit: Unit) -> int:
        """Pictures, or milliseconds, that the grants in this unit still have."""
        return sum(grant.left for grant in self.grants if grant.unit is unit)

    def will_cover(self, charge: Charge) -> bool:
        """Whether waiting helps: the allowance is full again one day, and covers such a job then."""
        is_enough = in_unit(self.allowance.unit, charge) <= self.allowance.limit
        return self.resets_at is not None and is_enough


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """An account whose stored balance is not what its ledger says."""

    account_id: int
    stored: tuple[int, ...]
    """Reserved images, reserved GPU ms, spent images, spent GPU ms."""
    proven: tuple[int, ...]


def in_ledger(unit: Unit, amount: int) -> int:
    """An amount as the ledger counts it: pictures, or milliseconds."""
    return amount if unit is Unit.IMAGES else amount * 1000


def in_unit(unit: Unit, charge: Charge) -> int:
    """The part of a charge that an allowance in this unit counts: pictures, or milliseconds."""
    return charge.images if unit is Unit.IMAGES else charge.gpu_ms


def period_start(now: datetime, period: Period, zone: tzinfo) -> datetime:
    """The beginning of the period that `now` lies in, in UTC."""
    if period is Period.ONCE:
        return FIRST_MOMENT
    day = now.astimezone(zone).date()
    if period is Period.WEEK:
        day -= timedelta(days=day.weekday())
    elif period is Period.MONTH:
        day = day.replace(day=1)
    start = datetime.combine(day, time.min, zone)
    if start.astimezone(UTC).astimezone(zone).date() < day:
        # Midnight comes twice where the clocks go back from it; the first one is still yesterday.
        start = start.replace(fold=1)
    return start.astimezone(UTC)


def period_end(now: datetime, period: Period, zone: tzinfo) -> datetime | None:
    """When the allowance is full again; None if it never is."""
    return None if period is Period.ONCE else next_start(now, period, zone)


def next_start(now: datetime, period: Period, zone: tzinfo) -> datetime:
    """When the day, week or month after the one of `now` begins, in UTC."""
    # A day may have 25 hours and a month 31 days: step safely into the next period, then to its beginning.
    steps = {Period.DAY: timedelta(hours=36), Period.WEEK: timedelta(days=8)}
    inside = period_start(now, period, zone) + steps.get(period, timedelta(days=32))
    return period_start(inside, period, zone)


def best(allowances: list[Allowance], *, image_seconds: float) -> Allowance:
    """The one that gives most per day; pictures and GPU time compare at `image_seconds` per picture."""

    def daily_seconds(allowance: Allowance) -> float:
        cost = image_seconds if allowance.unit is Unit.IMAGES else 1.0
        return allowance.amount * cost / allowance.period.days

    return max(allowances, key=daily_seconds)
