"""Orders that wait: refused, for the press that mends them, or not yet decided; why, and for how long."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class Waits(StrEnum):
    """Why an order is kept, and what a press on it says."""

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
    ARRIVED = "arrived"
    """Its member was told to wait, and nothing is decided: it goes on by itself, after a restart too."""


KEPT = timedelta(days=1)
"""How long an order waits for its press."""
KEPT_LONGEST = timedelta(days=8)
"""For an allowance that is full again later than in a day."""
MAX_KEPT = 10
"""Of one member, less those that nothing was decided of; older ones are forgotten."""
FRESH = timedelta(minutes=15)
"""Who waits for longer than this is asked whether they still want it: Discord has given up by then, too."""


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
    """An order that waits, mostly for its member's press."""

    id: int
    guild_id: int
    """Whose rules refused it, last of all, and whose allowance pays."""
    user_id: int
    source: str
    """The request that it came with: however often it is pressed, it makes one job."""
    why: Waits
    order: Mapping[str, Any]
    """As `Order.to_json` wrote it; of an older version it may have no recipe. What has only arrived is no
    order yet: it is as `bot.services.orders.arrival.Arrival.to_json` wrote it.
    """
    created_at: datetime
    expires_at: datetime

    @property
    def typed(self) -> str:
        """What its member typed; nothing, for a press under a picture that changes no words."""
        is_remixed = (self.order.get("recipe") or {}).get("is_remixed", False)
        is_press = bool(self.order.get("parent")) and not is_remixed
        return "" if is_press else str(self.order.get("text", ""))
