"""A picture that was taken off, and may be brought back for a day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

KEPT = timedelta(days=1)
"""How long it may be brought back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binned:
    """Why a job is in the bin."""

    job_id: int
    root_id: int
    """The job that was pointed at; a grid takes the tiles that were picked from it along."""
    actor_id: int
    """Who did it."""
    is_moderation: bool
    """Whether it was a moderator, to somebody else's."""
    binned_at: datetime

    @property
    def until(self) -> datetime:
        """When it is deleted for good."""
        return self.binned_at + KEPT
