"""Who used the GPU, where, when and for what: the rows of a report and the spans they cover."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from bot.domain.kinds import JobKind
from bot.domain.quota import Period, next_start, period_start


class By(StrEnum):
    """What a report has one row for."""

    MEMBER = "member"
    CHANNEL = "channel"
    DAY = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What some jobs used together."""

    jobs: int = 0
    images: int = 0
    gpu_ms: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            jobs=self.jobs + other.jobs, images=self.images + other.images, gpu_ms=self.gpu_ms + other.gpu_ms
        )


NOTHING = Usage()


DIRECT_MESSAGES = 0
"""Stands for all direct messages among the ids of channels: whose they are is nobody's business."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a report."""

    key: int | date
    """A member's or channel's id, DIRECT_MESSAGES, or a day in the guild's time zone."""
    name: str
    """A member's name as the guild last saw it; empty where it is not known, and for channels and days."""
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptUsage:
    """One prompt and what it used."""

    prompt: str
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageReport:
    """A guild's usage in a span of days, seen from one side."""

    by: By
    start: datetime
    end: datetime
    rows: tuple[Row, ...]
    """By GPU time, most first; days in their order, empty ones too."""
    kinds: tuple[tuple[JobKind, Usage], ...]
    """What it was used for, most GPU time first."""
    prompts: tuple[PromptUsage, ...]
    """The prompts that used most; never those of direct messages."""

    @property
    def total(self) -> Usage:
        """Everything together."""
        return sum((row.usage for row in self.rows), NOTHING)

    @property
    def days(self) -> int:
        """How many days it covers, rounded: one in spring has 23 hours."""
        return round((self.end - self.start) / timedelta(days=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A weekly report that a guild is owed."""

    guild_id: int
    channel_id: int
    due_at: datetime


def last_days(now: datetime, days: int, zone: tzinfo) -> tuple[datetime, datetime]:
    """From local midnight to local midnight: so many days, of which today is the last."""
    first = now.astimezone(zone).date() - timedelta(days=days - 1)
    start = datetime.combine(first, time.min, zone)
    return period_start(start, Period.DAY, zone), next_start(now, Period.DAY, zone)


def last_week(now: datetime, zone: tzinfo) -> tuple[datetime, datetime]:
    """The last whole week, Monday to Monday."""
    end = period_start(now, Period.WEEK, zone)
    return period_start(end - timedelta(days=1), Period.WEEK, zone), end


def next_week(now: datetime, zone: tzinfo) -> datetime:
    """When the next week begins."""
    return next_start(now, Period.WEEK, zone)


def by_day(
    slices: Iterable[tuple[datetime, Usage]], *, start: datetime, end: datetime, zone: tzinfo
) -> tuple[Row, ...]:
    """Usage in short slices of time, summed up by local days; days without any are there too."""
    days = dict.fromkeys(_days(start, end, zone), NOTHING)
    for at, usage in slices:
        day = at.astimezone(zone).date()
        days[day] = days.get(day, NOTHING) + usage
    return tuple(Row(key=day, name="", usage=usage) for day, usage in sorted(days.items()))


def by_channel(channels: Iterable[tuple[int, bool, Usage]]) -> tuple[Row, ...]:
    """One row per channel and one for all direct messages, most GPU time first.

    The channels come as their id, whether they are a direct message, and what was used there.
    """
    totals: dict[int, Usage] = {}
    for channel_id, is_direct_message, usage in channels:
        key = DIRECT_MESSAGES if is_direct_message else channel_id
        totals[key] = totals.get(key, NOTHING) + usage
    rows = (Row(key=key, name="", usage=usage) for key, usage in totals.items())
    return tuple(sorted(rows, key=lambda row: (-row.usage.gpu_ms, -row.usage.images, row.key)))


def _days(start: datetime, end: datetime, zone: tzinfo) -> list[date]:
    first = start.astimezone(zone).date()
    last = (end - timedelta(microseconds=1)).astimezone(zone).date()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
