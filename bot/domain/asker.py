"""Who asks for something, from where."""

from dataclasses import dataclass
from datetime import datetime


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
