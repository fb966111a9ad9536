"""Who asks for something, from where."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks for something, from where."""

    source: str
    """Unique per request (the interaction's id), so that a replay is recognised."""
    guild_id: int | None
    """None in a direct message."""
    channel_id: int
    user_id: int
    name: str = ""
    """As their guild sees them; empty in a direct message."""
    is_manager: bool = False
    """Whether they have Discord's Manage Server permission here."""
    role_ids: tuple[int, ...] = ()
    joined_at: datetime | None = None
    """When they joined the guild; None in a direct message."""
    is_age_restricted: bool = False
    """Whether the channel is, or the thread's channel."""
    parent_channel_id: int | None = None
    """The channel that the thread belongs to; None outside of threads."""
    locale: str = "en-US"

    def to_json(self) -> dict[str, Any]:
        """Plain values; who it is stands in columns of their own, which are forgotten with them."""
        values = asdict(self)
        del values["source"], values["user_id"]
        return values | {
            "role_ids": list(self.role_ids),
            "joined_at": self.joined_at and self.joined_at.isoformat(),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any], *, source: str, user_id: int) -> Self:
        """Who asked, from where, as it was then: what `to_json` wrote."""
        joined_at = values["joined_at"]
        told = {
            "role_ids": tuple(values["role_ids"]),
            "joined_at": joined_at and datetime.fromisoformat(joined_at),
        }
        return cls(**{**values, **told, "source": source, "user_id": user_id})
