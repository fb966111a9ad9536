"""A guild as the web page shows it, and what its members show there."""

from dataclasses import dataclass

from bot.domain.job import Job

MAX_WORDS = 100
"""Characters of a search."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """A guild's name, and how many people there are, as Discord estimates them."""

    name: str
    members: int
    online: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryPicture:
    """A picture that its member shows to everybody."""

    job: Job
    name: str
    """What its member is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryPage:
    """Pictures, newest first."""

    pictures: tuple[GalleryPicture, ...]
    older_than: int | None
    """The job that the next page begins after; None on the last one."""
