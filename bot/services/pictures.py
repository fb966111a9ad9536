"""Stored pictures: read from disk, or drawn again from their recipe when the file is gone."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from bot.domain.errors import NotFound, Unavailable
from bot.domain.job import Job, JobStatus, Speed
from bot.domain.kinds import JobKind
from bot.domain.recipe import ImageRef, Recipe
from bot.domain.sentences import say
from bot.imaging.encode import Encoded, encode_file, encode_grid, encode_single, is_small, recipe_text
from bot.storage import jobs as jobs_table
from bot.storage.database import Database
from bot.storage.images import ImageFiles
from engine import api
from engine.errors import EngineError, InvalidRequest, ModelNotFound

COPY_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """A finished job's pictures, ready to be encoded for a channel."""

    job: Job
    tiles: tuple[Image.Image, ...]
    is_model_changed: bool
    """Whether other weights drew it than the picture it came from."""
    is_spoiler: bool = False
    """Whether it is posted so that people must press to see it."""

    @property
    def is_enlarged(self) -> bool:
        """Whether a single tile is posted larger than it was drawn."""
        return self.job.kind is JobKind.PICK and is_small(self.tiles[0])

    def encode(self, limit_bytes: int) -> Encoded:
        """The file to upload. Blocking."""
        if self.job.kind is JobKind.PICK:
            return encode_single(self.tiles[0], recipe_text(self.job), limit_bytes=limit_bytes)
        return encode_grid(self.tiles, limit_bytes=limit_bytes)

    def write(self, path: Path) -> None:
        """Write the grid to a file, in the format that its name says. Blocking.

        Raises: ValueError, OSError.
        """
        extension = path.suffix.removeprefix(".").lower()
        path.write_bytes(encode_file(self.tiles, recipe_text(self.job), extension=extension).data)


class Pictures:
    """Every finished job's tiles and latents."""

    def __init__(self, database: Database, files: ImageFiles, engine: api.Engine) -> None:
        self._database = database
        self._files = files
        self._engine = engine

    async def make_print(self, job: Job) -> Print:
        """What is posted for a finished job.

        Raises: NotFound, Unavailable.
        """
        tiles = [await self._tile(ImageRef(job_id=job.id, index=i)) for i in range(job.recipe.num_images)]
        return Print(job=job, tiles=tuple(tiles), is_model_changed=await self._is_model_changed(job))

    async def stored_copy(self, job: Job) -> Encoded | None:
        """The picture for everybody to see, without its recipe; None where a file is gone.

        Unlike `make_print` it never draws: a visitor of the web page costs nobody's GPU time.
        """
        tiles = []
        for index in range(job.recipe.num_images):
            source, _ = await self._source(ImageRef(job_id=job.id, index=index))
            tile = await asyncio.to_thread(self._files.get_tile, source)
            if tile is None:
                return None
            tiles.append(tile)
        return await asyncio.to_thread(encode_grid, tiles, limit_bytes=COPY_BYTES)

    async def _tile(self, image: ImageRef) -> Image.Image:
        source, job = await self._source(image)
        tile = await asyncio.to_thread(self._files.get_tile, source)
        return tile or (await self._redraw(source, job)).images[0]

    async def _latents(self, image: ImageRef) -> bytes:
        source, job = await self._source(image)
        latents = await asyncio.to_thread(self._files.get_latents, source)
        return latents or (await self._redraw(source, job)).latents[0]

    async def _is_model_changed(self, job: Job) -> bool:
        if job.parent is None:
            return False
        async with self._database.reading() as session:
            parent = await jobs_table.get(session, job.parent.job_id)
        return parent is not None and parent.recipe.model_hash != job.recipe.model_hash

    async def add(self, job: Job, result: api.Generated) -> None:
        """Keep what was drawn for a job."""
        for index, (tile, latents) in enumerate(zip(result.images, result.latents, strict=True)):
            await asyncio.to_thread(self._files.add, ImageRef(job_id=job.id, index=index), tile, latents)

    async def purge(self, days: int) -> int:
        """Delete files older than so many days; they are drawn again when somebody asks. Returns how many."""
        return await asyncio.to_thread(self._files.delete_older_than, days)

    async def request(self, recipe: Recipe, *, fairness_key: str, speed: Speed) -> api.Generate:
        """What the engine must be asked, to draw a recipe."""
        start = None
        if recipe.start is not None:
            start = api.Start(source=await self._latents(recipe.start), strength=recipe.strength or 1.0)
        return api.Generate(
            model=recipe.model,
            prompts=tuple(api.WeightedPrompt(text=text, weight=weight) for text, weight in recipe.prompts),
            negative_prompt=recipe.negative_prompt,
            width=recipe.width,
            height=recipe.height,
            seeds=recipe.seeds,
            num_inference_steps=recipe.steps,
            guidance_scale=recipe.guidance_scale,
            sampler=recipe.sampler,
            start=start,
            fairness_key=fairness_key,
            speed=api.Speed(speed),
        )

    async def _source(self, image: ImageRef) -> tuple[ImageRef, Job]:
        """Where a picture is really kept: a picked tile is its parent's."""
        async with self._database.reading() as session:
            job = await jobs_table.get(session, image.job_id)
        if job is None or job.status is JobStatus.DELETED or image.index >= job.recipe.num_images:
            raise NotFound(say("That picture is gone. Draw it anew with /imagine."))
        if job.kind is JobKind.PICK and job.parent is not None:
            return await self._source(job.parent)
        return image, job

    async def _redraw(self, image: ImageRef, job: Job) -> api.Generated:
        """Draw one tile again from its recipe, and keep it. Nobody is charged."""
        recipe = replace(job.recipe, seed=job.recipe.seeds[image.index], num_images=1)
        request = await self.request(recipe, fairness_key=str(job.user_id), speed=job.speed)
        try:
            result = await self._draw(request)
        except (ModelNotFound, InvalidRequest) as error:
            raise NotFound(say("The model that drew this picture is not loaded any more.")) from error
        except EngineError as error:
            raise Unavailable(say("I cannot draw just now. Try again in a minute.")) from error
        await asyncio.to_thread(self._files.add, image, result.images[0], result.latents[0])
        return result

    async def _draw(self, request: api.Generate) -> api.Generated:
        async with aclosing(self._engine.run(request)) as events:
            async for event in events:
                if isinstance(event, api.Finished):
                    return event.result
        raise EngineError("the engine ended without a result")
