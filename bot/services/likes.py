"""❤️ under a picture, and ⭐ beside it: which pictures a member likes."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.job import Job
from bot.services.clock import Clock, utc_now
from bot.services.shown import finished_by
from bot.storage import likes
from bot.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Liking:
    """How a picture is liked, now."""

    is_liked: bool
    """By the asker."""
    count: int
    """By everybody."""


class Likes:
    """Anybody likes what they see; it goes with the picture, or with the member."""

    def __init__(self, database: Database, *, now: Clock = utc_now) -> None:
        self._database = database
        self._now = now

    async def toggle(self, asker: Asker, message_id: int) -> Liking:
        """Like the picture that a message shows, or no longer.

        Raises: NotFound.
        """
        async with self._database.transaction() as session:
            job = await finished_by(session, asker, message_id)
            is_liked = not await likes.delete_one(session, job_id=job.id, user_id=asker.user_id)
            return await self._set(session, asker, job, is_liked=is_liked)

    async def update(self, asker: Asker, message_id: int, *, is_liked: bool) -> Liking:
        """Let the picture that a message shows be liked, or not, whatever it was before.

        Raises: NotFound.
        """
        async with self._database.transaction() as session:
            job = await finished_by(session, asker, message_id)
            await likes.delete_one(session, job_id=job.id, user_id=asker.user_id)
            return await self._set(session, asker, job, is_liked=is_liked)

    async def _set(self, session: AsyncSession, asker: Asker, job: Job, *, is_liked: bool) -> Liking:
        if is_liked:
            await likes.add(session, job_id=job.id, user_id=asker.user_id, now=self._now())
        return Liking(is_liked=is_liked, count=await likes.count(session, job.id))
