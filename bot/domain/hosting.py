"""What the owners of the bot decide about the guilds that draw on their device."""

from dataclasses import dataclass
from datetime import UTC, datetime

from bot.domain.quota import Period, next_start, period_start
from bot.domain.sentences import say
from bot.domain.usage import NOTHING, Usage

EVERYWHERE = 0
"""Stands for all guilds among their ids: what holds for it holds for all, and its log is the owners'."""
MAX_WORDS = 300
MAX_CAP = 1_000_000
NOT_SERVED = say("I draw only in servers that whoever runs me has chosen, and this is none of them.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosting:
    """What the owners decided about one guild."""

    guild_id: int
    cap: int | None = None
    """Pictures that all its members together may draw in a day; None: what their allowances give."""
    is_paused: bool = False
    words: str = ""
    """What members read while it is paused; of EVERYWHERE, the notice that stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """What the members of a guild should know of the owners' decisions."""

    hosting: Hosting
    num_used: int = 0
    """Pictures of today that its cap counts; 0 where there is none."""
    resets_at: datetime | None = None
    """When the day of its cap is over; None where there is none."""
    notice: str = ""

    @property
    def is_closed(self) -> bool:
        """Whether nothing new is drawn for the guild just now."""
        is_full = self.hosting.cap is not None and self.num_used >= self.hosting.cap
        return self.hosting.is_paused or is_full


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedGuild:
    """One line of the owners' report."""

    hosting: Hosting
    usage: Usage = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class HostReport:
    """Which guilds used how much of the device in a span of days, and what was decided about them."""

    days: int
    guilds: tuple[HostedGuild, ...]
    """By GPU time, most first; last those about which only something was decided."""
    notice: str
    listed: frozenset[int]
    """The guilds that may use the bot; none: all may."""


def day_of(now: datetime) -> tuple[datetime, datetime]:
    """The day that a cap counts, from and to. In UTC: a guild's time zone is its moderators' to choose."""
    return period_start(now, Period.DAY, UTC), next_start(now, Period.DAY, UTC)
