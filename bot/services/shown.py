"""The picture that a message shows: found from the message alone, and only by who may see it there."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.errors import NotFound
from bot.domain.job import Job, JobStatus, may_be_pressed
from bot.domain.recipe import ImageRef
from bot.domain.sentences import say
from bot.services.models import Models
from bot.storage import jobs as jobs_table
from bot.storage import likes
from bot.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """How a picture came about."""

    job: Job
    parent: Job | None
    """What it was made from, where that is still there."""
    is_own: bool
    """Whether it is the asker's."""
    is_model_changed: bool
    """Whether the model that drew it is another one by now, or not loaded."""


class Shown:
    """Details of pictures, from the menu of a message or from one's own list."""

    def __init__(self, database: Database, models: Models) -> None:
        self._database = database
        self._models = models

    async def details(self, asker: Asker, message_id: int) -> Details:
        """Of the picture that a message shows.

        Raises: NotFound.
        """
        async with self._database.reading() as session:
            job = await shown_by(session, asker, message_id)
            return await self._details(session, asker, job)

    async def picture(self, asker: Asker, message_id: int) -> Job:
        """The finished job that a message shows.

        Raises: NotFound.
        """
        async with self._database.reading() as session:
            return await finished_by(session, asker, message_id)

    async def details_listed(self, asker: Asker, job_id: int) -> Details:
        """Of one of the pictures that /mine lists: the asker's own, and those that they like.

        Raises: NotFound.
        """
        async with self._database.reading() as session:
            job = await jobs_table.get(session, job_id)
            if job is None or not (is_own(job, asker) or await _is_liked(session, asker, job)):
                raise NotFound(
                    say("You have no finished picture with that number here. Pick one from the list.")
                )
            return await self._details(session, asker, job)

    async def picked(self, asker: Asker, job_id: int, index: int) -> Job | None:
        """The tile that the asker picked of this grid in this channel before, posted or about to be."""
        async with self._database.reading() as session:
            grid = await jobs_table.get(session, job_id)
            if grid is None or not may_be_pressed(grid, asker):
                return None
            return await jobs_table.get_picked(
                session,
                ImageRef(job_id=job_id, index=index),
                guild_id=grid.guild_id,
                channel_id=asker.channel_id,
                user_id=asker.user_id,
            )

    async def _details(self, session: AsyncSession, asker: Asker, job: Job) -> Details:
        if job.status is JobStatus.DELETED or not job.recipe.prompt.parts:  # or its member was forgotten
            raise gone()
        parent = None if job.parent is None else await jobs_table.get(session, job.parent.job_id)
        is_there = parent is not None and parent.status.has_pictures
        return Details(
            job=job,
            parent=parent if is_there else None,
            is_own=is_own(job, asker),
            is_model_changed=not self._models.is_same(job.recipe.weights),
        )


async def _is_liked(session: AsyncSession, asker: Asker, job: Job) -> bool:
    return may_be_pressed(job, asker) and await likes.is_liked(session, job_id=job.id, user_id=asker.user_id)


async def shown_by(session: AsyncSession, asker: Asker, message_id: int) -> Job:
    """The job that a message shows, if the asker may see it where they ask.

    Raises: NotFound.
    """
    job = await jobs_table.get_by_message(
        session, message_id=message_id, guild_id=asker.guild_id, user_id=asker.user_id
    )
    if job is None or not may_be_pressed(job, asker):
        raise NotFound(say("This message is none of my pictures, or it is deleted already."))
    return job


async def finished_by(session: AsyncSession, asker: Asker, message_id: int) -> Job:
    """The same, of a job that has its pictures.

    Raises: NotFound.
    """
    job = await shown_by(session, asker, message_id)
    if not job.status.has_pictures:
        raise gone()
    return job


def is_own(job: Job, asker: Asker) -> bool:
    """Whether a job is the asker's: of this guild, or of any in a direct message, as /mine lists them."""
    return job.user_id == asker.user_id and asker.guild_id in {None, job.guild_id}


def gone() -> NotFound:
    """The refusal of what was deleted before."""
    return NotFound(say("This picture is deleted already."))
