"""How a picture of a channel came about: drawn once more, as its words and as its denoising."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bot.domain.asker import Asker
from bot.domain.errors import Impossible, NotAllowed, Unavailable
from bot.domain.job import Job
from bot.domain.kinds import JobKind
from bot.domain.order import Order
from bot.domain.recipe import ImageRef, Recipe
from bot.domain.sentences import say
from bot.imaging.explained import animated
from bot.imaging.sheet import sheet
from bot.services.drawing import fairness_key_of
from bot.services.explaining import Explaining, Explanation, label
from bot.services.gates import Gate, pass_all
from bot.services.one_at_a_time import OneAtATime
from bot.services.pictures import Pictures
from bot.services.shown import Shown, gone
from bot.storage import guilds
from bot.storage import pictures as pictures_table
from bot.storage.database import Database
from bot.storage.images import ImageFiles

DENOISING_BYTES = 5 * 2**20
"""Together with the sheet it fits into any message."""
PATIENCE_SECONDS = 13 * 60.0
"""Discord takes an answer for 15 minutes."""
KEPT_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class MakingOf:
    """How one picture came about, to be looked at."""

    job: Job
    recipe: Recipe
    """Of what was drawn: the picture before it was only enlarged."""
    words: bytes
    """A WebP: where each word lies."""
    denoising: bytes
    """An animated WebP."""


class MakingsOf:
    """Free: drawn when nobody else waits, one at a time for each member, and kept for a while."""

    def __init__(
        self,
        database: Database,
        files: ImageFiles,
        shown: Shown,
        pictures: Pictures,
        explaining: Explaining,
        *,
        gates: Sequence[Gate],
    ) -> None:
        self._database = database
        self._files = files
        self._shown = shown
        self._pictures = pictures
        self._explaining = explaining
        self._gates = gates
        self._busy = OneAtATime()
        self._drawing: dict[ImageRef, asyncio.Task[tuple[bytes, bytes]]] = {}

    async def get(self, asker: Asker, message_id: int) -> MakingOf:
        """Of the single picture that a message shows.

        Raises: NotFound, NotAllowed, Impossible, Unavailable; what a blocked member is told.
        """
        job = await self._shown.picture(asker, message_id)
        if job.recipe.num_images != 1:
            raise Impossible(say("That is told of single pictures: press U first."))
        image, recipe = await self._pictures.origin(job)
        kept = await asyncio.to_thread(self._files.get_making, image)
        words, denoising = kept or await self._drawn(asker, job, image, recipe)
        return MakingOf(job=job, recipe=recipe, words=words, denoising=denoising)

    async def purge(self) -> int:
        """Delete what was kept for a while; returns how many files."""
        return await asyncio.to_thread(self._files.delete_makings, KEPT_DAYS)

    async def _drawn(self, asker: Asker, job: Job, image: ImageRef, recipe: Recipe) -> tuple[bytes, bytes]:
        await self._check(asker, job, recipe)
        busy = NotAllowed(say("I am at the picture that you asked about before: one at a time."))
        key = fairness_key_of(job.guild_id, asker.user_id)
        try:
            with self._busy.serving(asker.user_id, busy):
                async with asyncio.timeout(PATIENCE_SECONDS):
                    return await asyncio.shield(self._task(key, image, recipe))
        except TimeoutError:
            raise Unavailable(
                say("Others come first, so this takes longer than I may answer. Press again later.")
            ) from None

    def _task(self, key: str, image: ImageRef, recipe: Recipe) -> "asyncio.Task[tuple[bytes, bytes]]":
        """One for each picture, however many ask."""
        if image not in self._drawing:
            task = asyncio.create_task(self._draw(key, image, recipe), name=f"making of {image}")
            self._drawing[image] = task
            task.add_done_callback(partial(self._forget, image))
        return self._drawing[image]

    def _forget(self, image: ImageRef, task: "asyncio.Task[tuple[bytes, bytes]]") -> None:
        del self._drawing[image]
        if not task.cancelled():
            task.exception()  # whoever waited has it; nobody need have waited

    async def _draw(self, key: str, image: ImageRef, recipe: Recipe) -> tuple[bytes, bytes]:
        told = await self._explaining.explain(recipe, fairness_key=key)
        if recipe.edit is None:  # else only a part was drawn
            tile = await asyncio.to_thread(self._files.get_tile, image)
            if tile is not None:
                await self._explaining.check(told, tile)
        made = await asyncio.to_thread(_rendered, told)
        await asyncio.to_thread(self._files.add_making, image, *made)
        async with self._database.reading() as session:
            known = await pictures_table.list_known(session, [image])
        if not known:  # taken back, or its member was forgotten, meanwhile
            await asyncio.to_thread(self._files.delete, [image])
            raise gone()
        return made

    async def _check(self, asker: Asker, job: Job, recipe: Recipe) -> None:
        """Whoever may draw nothing here is shown nothing that must be drawn."""
        order = Order(kind=JobKind.REROLL, recipe=recipe, text="")
        async with self._database.reading() as session:
            settings = await guilds.get_settings(session, job.guild_id)
            await pass_all(self._gates, session, asker, order, guild_id=job.guild_id, settings=settings)


def _rendered(told: Explanation) -> tuple[bytes, bytes]:
    """The sheet and the animation. Blocking."""
    words = sheet(told.picture, [(label(word), word.heat) for word in told.words])
    return words, animated(told.frames, told.picture, limit_bytes=DENOISING_BYTES)
