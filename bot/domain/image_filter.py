"""What happens to a finished picture that looks like nudity to a classifier."""

from enum import StrEnum

from bot.domain.errors import UserError
from bot.domain.sentences import say

THRESHOLD = 0.8
"""Scores are 0 to 1. A plain skin tone scores 0.2: lower thresholds would hold back portraits."""


class ImageFilter(StrEnum):
    """A guild's choice, and what comes of it for one picture."""

    OFF = "off"
    SPOILER = "spoiler"
    """Posted behind a spoiler."""
    MODERATORS = "moderators"
    """Posted behind a spoiler, and reported to the moderators."""
    BLOCK = "block"
    """Not posted; its pictures are deleted."""


class Withheld(UserError):
    """The guild's image filter keeps a picture to itself."""

    def __init__(self) -> None:
        super().__init__(
            say(
                "This server's image filter took your picture for nudity, and it was not posted. If that is "
                "wrong, tell the moderators."
            )
        )


def outcome(score: float, chosen: ImageFilter) -> ImageFilter:
    """What comes of a picture with this score, in a guild that chose so."""
    return chosen if score >= THRESHOLD else ImageFilter.OFF
