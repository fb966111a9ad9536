"""Orders that were refused and can be mended by a press: why each waits, and for how long."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class Waits(StrEnum):
    """Why a refused order is kept, and what a press on it says."""

    TERMS = "terms"
    """The guild's terms come first: they are accepted."""
    WORDS = "words"
    """A rule asks about its words: they are meant well."""
    NOTICE = "notice"
    """The moderators' word comes first: once it was read, a press draws it."""
    MANY = "many"
    """It makes many jobs: they are meant."""
    AREA = "area"
    """An area of a picture was found, and is shown: it is what is meant."""
    FIX = "fix"
    """It was certainly meant otherwise: it is drawn as it was meant."""
    WITHOUT = "without"
    """It asks for what cannot be done here, or with a value that is wrong: it is drawn without that."""
    QUEUE = "queue"
    """Too much waits, or nothing is drawn just now: it is tried again."""
    APPEAL = "appeal"
    """A rule of the guild refuses it: its moderators are asked."""
    ALLOWANCE = "allowance"
    """The allowance is spent: it is tried again when it is full."""


KEPT = timedelta(days=1)
"""How long an order waits for its press."""
KEPT_LONGEST = timedelta(days=8)
"""For an allowance that is full again later than in a day."""
MAX_KEPT = 10
"""Of one member; older ones are forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """What a refusal says of the order that it refused: keep it, a press can mend it."""

    why: Waits
    argument: int = 0
    """For the press: the version of the terms."""
    objections: tuple[str, ...] = ()
    """The rules that refuse it and that moderators can allow to be broken (`bot.domain.pardons`)."""
    until: datetime | None = None
    """When a press can mend it at last, where that is not now."""

    def expires_at(self, now: datetime) -> datetime:
        """When the order is forgotten."""
        return min((self.until or now) + KEPT, now + KEPT_LONGEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOrder:
    """A refused order that waits for its member's press."""

    id: int
    guild_id: int
    """Whose rules refused it, last of all, and whose allowance pays."""
    user_id: int
    source: str
    """The request that it came with: however often it is pressed, it makes one job."""
    why: Waits
    order: Mapping[str, Any]
    """As `Order.to_json` wrote it. Of an older version it may have no recipe."""
    expires_at: datetime

    @property
    def typed(self) -> str:
        """What its member typed; nothing, for a press under a picture that changes no words."""
        is_remixed = (self.order.get("recipe") or {}).get("is_remixed", False)
        is_press = bool(self.order.get("parent")) and not is_remixed
        return "" if is_press else str(self.order.get("text", ""))
