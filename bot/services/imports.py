"""Pictures that were drawn elsewhere, or earlier, become a job whose pictures can be worked on."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from PIL import Image

from bot.domain.asker import Asker
from bot.domain.charges import FREE
from bot.domain.job import Job, JobStatus, Speed
from bot.domain.kinds import JobKind
from bot.domain.prompt import Part, Prompt, parse
from bot.domain.recipe import Canvas, ImageRef, Recipe
from bot.services.clock import Clock, utc_now
from bot.services.recipes import Recipes
from bot.storage import jobs as jobs_table
from bot.storage.database import Database
from bot.storage.images import ImageFiles

UNTITLED = Prompt(parts=(Part(text="", weight=1.0),))
"""Of a picture that does not say what it shows: drawn on without words."""


class Imports:
    """Takes pictures in. Nothing is charged, and nothing posted."""

    def __init__(
        self, database: Database, files: ImageFiles, recipes: Recipes, *, now: Clock = utc_now
    ) -> None:
        self._database = database
        self._files = files
        self._recipes = recipes
        self._now = now

    async def add(self, asker: Asker, pictures: Sequence[Image.Image], text: str) -> Job:
        """The job of some pictures of one size; `text` is their recipe, where it stands in their file.

        Raises: PromptError, where that is none.
        """
        prompt = parse(text) if text else UNTITLED
        width, height = pictures[0].size
        recipe = self._recipes.imported(prompt, Canvas(width=width, height=height), num_images=len(pictures))
        draft = _draft(asker, recipe, now=self._now())
        async with self._database.transaction() as session:
            job_id = await jobs_table.add(session, draft, account_id=None)
            job = await jobs_table.get(session, job_id or 0)
        if job is None:
            raise AssertionError("a picture is taken in once")
        for index, picture in enumerate(pictures):
            await asyncio.to_thread(self._files.add, ImageRef(job_id=job.id, index=index), picture, None)
        return job


def _draft(asker: Asker, recipe: Recipe, *, now: datetime) -> Job:
    return Job(
        id=0,
        kind=JobKind.IMAGINE,
        status=JobStatus.DELIVERED,
        source=asker.source,
        ordinal=0,
        attempt=0,
        guild_id=asker.guild_id or 0,
        channel_id=asker.channel_id,
        user_id=asker.user_id,
        is_direct_message=asker.guild_id is None,
        is_age_restricted=asker.is_age_restricted,
        recipe=recipe,
        speed=Speed.FAST,
        charge=FREE,
        gpu_ms=None,
        parent=None,
        reply_to=None,
        message_id=None,
        result_message_id=None,
        failure=None,
        locale=asker.locale,
        created_at=now,
    )
