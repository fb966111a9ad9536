"""Pictures that were drawn elsewhere, or earlier, become a job whose pictures can be worked on."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from PIL import Image

from bot.domain.asker import Asker
from bot.domain.charges import FREE
from bot.domain.job import Job, JobStatus
from bot.domain.kinds import JobKind
from bot.domain.order import Order
from bot.domain.prompt import Part, Prompt, parse
from bot.domain.recipe import Canvas, ImageRef
from bot.services.clock import Clock, utc_now
from bot.services.jobs import drafted
from bot.services.recipes import Recipes
from bot.storage import jobs as jobs_table
from bot.storage import pictures as pictures_table
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
        order = Order(kind=JobKind.IMAGINE, text=text, recipe=recipe)
        job = drafted(asker, order, charge=FREE, guild_id=asker.guild_id or 0, now=self._now())
        async with self._database.transaction() as session:
            job_id = await jobs_table.add(session, replace(job, status=JobStatus.DELIVERED), account_id=None)
            taken = await jobs_table.get(session, job_id or 0)
            if job_id is not None:
                await pictures_table.add(session, job_id, recipe, engine_version="", now=self._now())
        if taken is None:
            raise AssertionError("a picture is taken in once")
        for index, picture in enumerate(pictures):
            await asyncio.to_thread(self._files.add, ImageRef(job_id=taken.id, index=index), picture, None)
        return taken
