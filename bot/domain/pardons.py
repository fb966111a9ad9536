"""What moderators allowed of one order, although a rule of their guild refuses it: which, who, and when."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from bot.domain.people import AppealStatus
from bot.domain.rules import GuildRule

ROOM = "room"
"""What the room is for."""
EXPLICIT = "explicit"
"""That nudity belongs into age-restricted rooms."""
_PHRASE = "phrase:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pardon:
    """One rule that an order may break, this once. The rule on minors has no name here, and no pardon."""

    rule: str
    actor_id: int
    at: datetime

    def to_json(self) -> dict[str, Any]:
        """Plain values, for a JSON column."""
        return {"rule": self.rule, "actor_id": self.actor_id, "at": self.at.isoformat()}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """What `to_json` wrote."""
        return cls(rule=values["rule"], actor_id=values["actor_id"], at=datetime.fromisoformat(values["at"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAppeal:
    """A refused prompt that its member asks the moderators for."""

    id: int
    guild_id: int
    user_id: int
    source: str
    """The request that was refused: however often it is allowed, it makes its jobs once."""
    order: Mapping[str, Any]
    """As `Order.to_json` wrote it; empty once it is decided and done."""
    asker: Mapping[str, Any]
    """Where it was asked for, in which language."""
    rules: tuple[str, ...]
    """All that refuses it."""
    status: AppealStatus
    created_at: datetime

    @property
    def prompt(self) -> str:
        """What it asks for, as it would be typed."""
        return str(self.order.get("text", ""))


def of_phrase(rule: GuildRule) -> str:
    """The name of a rule on a word or a phrase."""
    return f"{_PHRASE}{rule.place.value}:{rule.phrase}"


def phrase_of(rule: str) -> str | None:
    """The phrase of such a rule; None for others."""
    return rule.removeprefix(_PHRASE).partition(":")[2] if rule.startswith(_PHRASE) else None


def is_allowed(rule: str, pardons: Collection[Pardon]) -> bool:
    """Whether exactly this rule is allowed to be broken."""
    return any(pardon.rule == rule for pardon in pardons)
