"""The kinds of jobs."""

from enum import StrEnum


class JobKind(StrEnum):
    """How a job came about."""

    IMAGINE = "imagine"
    REROLL = "reroll"
    """The same recipe with a new seed (🔄)."""
    VARY = "vary"
    """Image-to-image from one tile, with fresh seeds (V1–V4)."""
    PICK = "pick"
    """One tile of a grid, posted on its own (U1–U4). Free."""
