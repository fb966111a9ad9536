"""What was taken away leaves the world: files at once or at the next start, posts when Discord lets us."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.audit import Deed
from bot.domain.job import Job, Post
from bot.storage import audit, likes, pictures
from bot.storage import binned as bin_table
from bot.storage import jobs as jobs_table
from bot.storage.database import Database
from bot.storage.images import ImageFiles

POSTS_AT_ONCE = 100


async def take_away(session: AsyncSession, jobs: Sequence[Job], *, now: datetime) -> None:
    """Jobs lose their pictures: nothing brings them back, and their posts and files are owed to go."""
    for job in jobs:
        await pictures.update_deleted(session, guild_id=job.guild_id, job_id=job.id)
    job_ids = [job.id for job in jobs]
    await likes.delete_of_jobs(session, job_ids)
    await bin_table.delete_of_jobs(session, job_ids)
    await pictures.add_removals(session, jobs, now=now)


async def take_away_as_moderator(
    session: AsyncSession, asker: Asker, job: Job, *, now: datetime
) -> list[Job]:
    """The same of a picture with every tile of it, whoever's it is, and written down; what went."""
    jobs = await jobs_table.list_same_picture(session, guild_id=job.guild_id, job=job)
    await take_away(session, jobs, now=now)
    await audit.note(
        session,
        job.guild_id,
        asker.user_id,
        Deed.DELETE_RESULT,
        target_id=job.user_id,
        now=now,
        job=job.id,
        inputs=job.inputs,
    )
    return jobs


class Removals:
    """What is still to be removed stands in the database: no death of the process leaves half of it."""

    def __init__(self, database: Database, files: ImageFiles) -> None:
        self._database = database
        self._files = files

    async def sweep_files(self, job_ids: Collection[int] | None = None) -> int:
        """Delete the files of deleted jobs, of these or of all; returns how many pictures."""
        async with self._database.reading() as session:
            images = await pictures.list_unwanted(session, job_ids)
        if not images:
            return 0
        await asyncio.to_thread(self._files.delete, images)
        async with self._database.transaction() as session:
            await pictures.delete_rows(session, images)
        return len(images)

    async def sweep_orphans(self, before: float) -> int:
        """Delete the files of pictures that no row knows, written before a moment in seconds (Unix), as of a
        process that died before it had settled them; returns how many pictures.
        """
        found = await asyncio.to_thread(self._files.list_older_than, before)
        async with self._database.reading() as session:
            orphans = found - await pictures.list_known(session, found)
        await asyncio.to_thread(self._files.delete, orphans)
        return len(orphans)

    async def list_posts(self) -> list[Post]:
        """The oldest messages that are still to be removed."""
        async with self._database.reading() as session:
            return await pictures.list_removals(session, limit=POSTS_AT_ONCE)

    async def removed(self, post: Post) -> None:
        """A message is gone, or out of our reach for good."""
        async with self._database.transaction() as session:
            await pictures.delete_removal(session, post.message_id)
