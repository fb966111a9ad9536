"""A guild as the web page shows it, what its members show there, and where people find it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.job import Job
from bot.domain.kinds import Outcome

MAX_WORDS = 100
"""Characters of a search."""
RECENTLY = timedelta(days=7)
"""How old the large picture of a guild may be, while there are such."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPages:
    """Where people find the web pages; nowhere, while their owner has not said it."""

    public_url: str = ""
    """Scheme, host and port, without a slash at the end."""

    def of_guild(self, guild_id: int) -> str | None:
        """The address of a guild's page, which is there while the guild is public."""
        return self.address(f"/servers/{guild_id}")

    def address(self, path: str) -> str | None:
        """The whole address of a path."""
        return f"{self.public_url}{path}" if self.public_url else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """A guild's name, and how many people there are, bots not counted where they are known."""

    name: str
    members: int | None
    """None where Discord does not tell."""
    online: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryPicture:
    """A picture that its member shows to everybody."""

    job: Job
    name: str
    """What its member is called."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the file, in pixels: up to four pictures, two in a row."""
        num_images, canvas = self.num_images, self.job.recipe.shown
        return canvas.width * min(2, num_images), canvas.height * -(-num_images // 2)

    @property
    def num_images(self) -> int:
        """How many pictures are on it."""
        return 1 if self.job.kind.traits.outcome is Outcome.TILE else max(1, self.job.recipe.num_images)


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryPage:
    """Pictures, newest first."""

    pictures: tuple[GalleryPicture, ...]
    older_than: int | None
    """The job that the next page begins after; None on the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hung:
    """A picture between those on its sides."""

    picture: GalleryPicture
    older: int | None
    """The job of the next older picture; None beside the oldest."""
    newer: int | None


def picture_of_the_day(pictures: Sequence[GalleryPicture], *, now: datetime) -> GalleryPicture | None:
    """One of the last week's pictures, else an older one; `pictures` come newest first, `now` in their zone.

    The newest is left out while there is another: nobody has had time to look at it. The draw is by the day,
    and a picture that comes or goes changes it only where it wins.
    """
    seasoned = pictures[1:] or pictures
    recent = [shown for shown in seasoned if shown.job.created_at >= now - RECENTLY]
    return max(recent or seasoned, key=lambda shown: _lot(shown.job.id, now), default=None)


def _lot(job_id: int, now: datetime) -> bytes:
    return hashlib.sha256(f"{now.date()}:{job_id}".encode()).digest()
