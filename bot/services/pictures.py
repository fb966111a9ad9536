"""Stored pictures: read from disk, or drawn again from their recipe when the file is gone."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.errors import Gone, NotFound, Unavailable
from bot.domain.job import Job, JobStatus, Speed
from bot.domain.kinds import JobKind, Outcome
from bot.domain.recipe import ImageRef, Picture, Recipe, UploadRef
from bot.domain.sentences import say
from bot.domain.size import AspectRatio, are_alike
from bot.imaging.canvas import cut, filling, put_back
from bot.imaging.encode import Encoded, encode_file, encode_grid, encode_single, is_small, recipe_text
from bot.services.drawing import fairness_key_of, to_enlarge, to_request
from bot.services.uploads import Uploads
from bot.storage import guilds
from bot.storage import jobs as jobs_table
from bot.storage import pictures as pictures_table
from bot.storage.database import Database
from bot.storage.images import ImageFiles
from bot.storage.outage import passing_over_outages
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
    recipe: str = ""
    """What its file says of how it was made; empty: nothing."""
    film: bytes | None = None
    """Its denoising, an animated WebP, where that was asked for and seen."""
    is_spoiler: bool = False
    """Whether it is posted so that people must press to see it."""

    @property
    def is_enlarged(self) -> bool:
        """Whether a single tile is posted larger than it was drawn."""
        return self.is_single and is_small(self.tiles[0])

    @property
    def is_single(self) -> bool:
        """Whether it is posted as the file to keep: one picture, also where it is drawn once more."""
        return len(self.tiles) == 1

    @property
    def film_bytes(self) -> int:
        """How much its film takes of a message."""
        return 0 if self.film is None else len(self.film)

    def encode(self, limit_bytes: int) -> Encoded:
        """The file to upload. Blocking."""
        if self.is_single:
            return encode_single(self.tiles[0], self.recipe, limit_bytes=limit_bytes)
        return encode_grid(self.tiles, self.recipe, limit_bytes=limit_bytes)

    def each(self) -> "tuple[Print, ...]":
        """Each of its pictures by itself, with its own recipe."""
        jobs = [
            replace(self.job, kind=JobKind.PICK, recipe=self.job.recipe.only(index))
            for index in range(len(self.tiles))
        ]
        return tuple(
            replace(self, job=job, tiles=(tile,), film=None, recipe=recipe_text(job) if self.recipe else "")
            for job, tile in zip(jobs, self.tiles, strict=True)
        )

    def write(self, path: Path) -> None:
        """Write the grid to a file, in the format that its name says. Blocking.

        Raises: ValueError, OSError.
        """
        extension = path.suffix.removeprefix(".").lower()
        path.write_bytes(encode_file(self.tiles, self.recipe, extension=extension).data)


class Pictures:
    """Every finished job's tiles and latents."""

    def __init__(self, database: Database, files: ImageFiles, uploads: Uploads, engine: api.Engine) -> None:
        self._database = database
        self._uploads = uploads
        self._files = files
        self._engine = engine

    async def make_print(self, job: Job) -> Print:
        """What is posted for a finished job.

        Raises: NotFound, Unavailable.
        """
        source = await self._source(job.id)
        tiles = [await self._tile(source, index) for index in source.indexes]
        async with self._database.reading() as session:
            settings = await guilds.get_settings(session, job.guild_id)
        return Print(
            job=job,
            tiles=tuple(tiles),
            is_model_changed=await self._is_model_changed(job),
            recipe=recipe_text(job) if settings.has_recipes else "",
            film=await self._film(job),
        )

    async def _film(self, job: Job) -> bytes | None:
        if not job.recipe.prompt.parameters.is_video or job.kind.traits.outcome is Outcome.TILE:
            return None
        return await asyncio.to_thread(self._files.get_film, ImageRef(job_id=job.id, index=0))

    async def stored_copy(self, job: Job) -> Encoded | None:
        """The picture for everybody to see, without its recipe; None where a file is gone.

        Unlike `make_print` it never draws: a visitor of the web page costs nobody's GPU time.
        """
        source = await self._source(job.id)
        tiles = []
        for image in source.images:
            tile = await asyncio.to_thread(self._files.get_tile, image)
            if tile is None:
                return None
            tiles.append(tile)
        return await asyncio.to_thread(encode_grid, tiles, limit_bytes=COPY_BYTES)

    async def add(self, job: Job, result: api.Generated) -> None:
        """Keep what was drawn for a job. Whoever is cancelled meanwhile, no thread goes on writing then."""
        writing = asyncio.create_task(self._add(job, result))
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            await asyncio.wait([writing])
            raise

    async def _add(self, job: Job, result: api.Generated) -> None:
        for index, tile in enumerate(await self._whole(job.recipe, result)):
            latents = _latents(job.recipe, result, index)
            await asyncio.to_thread(self._files.add, ImageRef(job_id=job.id, index=index), tile, latents)

    async def discard(self, job: Job) -> None:
        """Delete the files of a job that was not settled, as one that was cancelled meanwhile."""
        images = {ImageRef(job_id=job.id, index=index) for index in range(job.recipe.num_images)}
        with passing_over_outages("deleting pictures that nobody wants any more"):  # the next start does
            async with self._database.reading() as session:
                orphans = images - await pictures_table.list_known(session, images)
            await asyncio.to_thread(self._files.delete, orphans)

    async def get(self, image: Picture) -> Image.Image:
        """One picture: of a job, as it is shown, or brought along.

        Raises: NotFound, Unavailable.
        """
        if isinstance(image, UploadRef):
            return await self._uploads.image(image)
        return await self._tile(*await self._place(image))

    async def add_film(self, job: Job, film: bytes | None) -> None:
        """Keep the denoising of a job, if there was any to see."""
        if film is not None:
            await asyncio.to_thread(self._files.add_film, ImageRef(job_id=job.id, index=0), film)

    async def purge(self, days: int) -> int:
        """Delete files older than so many days; they are drawn again when somebody asks. Returns how many."""
        return await asyncio.to_thread(self._files.delete_older_than, days)

    async def request(self, recipe: Recipe, *, fairness_key: str, speed: Speed) -> api.Request:
        """What the engine must be asked, to draw a recipe; a picture that it begins from is brought along.

        Raises: NotFound, Unavailable.
        """
        blended = await self._blended(recipe)
        referred = [await self.get(reference.image) for reference in recipe.references]
        if recipe.edit is not None:
            old = await self.get(recipe.edit.image)
            part = await asyncio.to_thread(cut, recipe, recipe.edit, old)
            return to_request(
                recipe,
                start=part.picture,
                area=part.area,
                blended=blended,
                referred=referred,
                fairness_key=fairness_key,
                speed=speed,
            )
        if recipe.enlargement is not None:
            old = await self.get(recipe.enlargement.image)
            return to_enlarge(recipe.enlargement, old, fairness_key=fairness_key, speed=speed)
        start = None if recipe.start is None else await self._start(recipe.start.image, recipe)
        image = None if recipe.control is None else recipe.control.image
        followed = None if image is None else await self.get(image)
        return to_request(
            recipe,
            start=start,
            followed=followed,
            blended=blended,
            referred=referred,
            fairness_key=fairness_key,
            speed=speed,
        )

    async def origin(self, job: Job) -> tuple[ImageRef, Recipe]:
        """Where the picture of a single one was drawn, and its recipe alone: what was only enlarged, or drawn
        over in windows, is the picture that it was before.

        Raises: NotFound, where that is gone.
        """
        source, index = await self._place(ImageRef(job_id=job.id, index=0))
        while (before := _before(source.job.recipe)) is not None:
            if isinstance(before, UploadRef):
                raise _gone()
            source, index = await self._place(before)
        return source.image(index), source.job.recipe.only(index)

    async def _tile(self, source: "Source", index: int) -> Image.Image:
        if source.job.recipe.brought is not None:
            return await self.get(source.job.recipe.brought)
        tile = await asyncio.to_thread(self._files.get_tile, source.image(index))
        return tile or await self._redraw(source.job, index)

    async def _blended(self, recipe: Recipe) -> list[Image.Image]:
        """The pictures of a blend; those that are mixed in the shape that is drawn."""
        if recipe.blend is None:
            return []
        pictures = [await self.get(image) for image in recipe.blend.images]
        if recipe.blend.strength is None:
            return pictures
        return [await asyncio.to_thread(filling, recipe.canvas, picture) for picture in pictures]

    async def _start(self, image: Picture, recipe: Recipe) -> bytes | Image.Image:
        """The latents of a picture; or itself, where it has none of its own, or is to be enlarged."""
        if recipe.window or isinstance(image, UploadRef):
            return await self.get(image)
        source, index = await self._place(image)
        if not _has_latents_for(source.job.recipe, recipe):
            picture = await self._tile(source, index)
            return (
                picture
                if _is_alike(picture, recipe)
                else await asyncio.to_thread(filling, recipe.canvas, picture)
            )
        latents = await asyncio.to_thread(self._files.get_latents, source.image(index))
        if latents is not None:
            return latents
        picture = await self._tile(source, index)  # where that is drawn again, its latents are there again
        return await asyncio.to_thread(self._files.get_latents, source.image(index)) or picture

    async def _place(self, image: ImageRef) -> "tuple[Source, int]":
        """Where one picture of a job is really kept, and its index there. Raises: NotFound."""
        source = await self._source(image.job_id)
        if image.index >= len(source.indexes):
            raise _gone()
        return source, source.indexes[image.index]

    async def _whole(self, recipe: Recipe, result: api.Generated) -> Sequence[Image.Image]:
        """The pictures that were drawn; of which only a part was, on their canvas."""
        edit = recipe.edit
        if edit is None:
            return result.images
        old = await self.get(edit.image)
        return [await asyncio.to_thread(put_back, edit, old, drawn) for drawn in result.images]

    async def _is_model_changed(self, job: Job) -> bool:
        if job.parent is None:
            return False
        async with self._database.reading() as session:
            parent = await jobs_table.get(session, job.parent.job_id)
        known = "" if parent is None else parent.recipe.weights.hash
        return known not in {"", job.recipe.weights.hash}

    async def _source(self, job_id: int) -> "Source":
        """Where a job's pictures are really kept, as it stands now: a picked tile is its parent's.

        Raises: NotFound.
        """
        async with self._database.reading() as session:
            job = await _get_whole(session, job_id)
            indexes: tuple[int, ...] = tuple(range(job.recipe.num_images))
            while job.kind.traits.outcome is Outcome.TILE and job.parent is not None:
                indexes = (job.parent.index,)
                job = await _get_whole(session, job.parent.job_id)
        if any(index >= job.recipe.num_images for index in indexes):
            raise _gone()
        return Source(job=job, indexes=indexes)

    async def _redraw(self, job: Job, index: int) -> Image.Image:
        """Draw one tile again from its recipe, and keep it. Nobody is charged."""
        if job.recipe.is_imported:
            raise _gone()
        key = fairness_key_of(job.guild_id, job.user_id)
        request = await self.request(job.recipe.only(index), fairness_key=key, speed=job.speed)
        try:
            result = await self._draw(request)
        except (ModelNotFound, InvalidRequest) as error:
            raise NotFound(say("The model that drew this picture is not loaded any more.")) from error
        except EngineError as error:
            raise Unavailable(say("I cannot draw just now. Try again in a minute.")) from error
        (tile,) = await self._whole(job.recipe, result)
        latents = _latents(job.recipe, result, 0)
        await asyncio.to_thread(self._files.add, ImageRef(job_id=job.id, index=index), tile, latents)
        return tile

    async def _draw(self, request: api.Request) -> api.Generated:
        async with aclosing(self._engine.run(request)) as events:
            async for event in events:
                if isinstance(event, api.Finished):
                    return event.generated
        raise EngineError("the engine ended without a result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The job whose files hold some pictures, and which of its tiles they are."""

    job: Job
    indexes: tuple[int, ...]

    def image(self, index: int) -> ImageRef:
        """A tile of the job."""
        return ImageRef(job_id=self.job.id, index=index)

    @property
    def images(self) -> tuple[ImageRef, ...]:
        """All the tiles."""
        return tuple(map(self.image, self.indexes))


def _before(recipe: Recipe) -> Picture | None:
    """The picture that was made larger, of a recipe that does only that."""
    if recipe.enlargement is not None:
        return recipe.enlargement.image
    return recipe.start.image if recipe.window and recipe.start is not None else None


def _has_latents_for(old: Recipe, new: Recipe) -> bool:
    """Whether latents of one recipe are a start for another: of the same model, and of the same size."""
    return (old.weights.name, old.canvas) == (new.weights.name, new.canvas)


def _is_alike(picture: Image.Image, recipe: Recipe) -> bool:
    """Whether a picture has the shape that is drawn."""
    return are_alike(
        AspectRatio(width=picture.width, height=picture.height),
        AspectRatio(width=recipe.canvas.width, height=recipe.canvas.height),
    )


def _latents(recipe: Recipe, result: api.Generated, index: int) -> bytes | None:
    """Those of a picture that was drawn, and drawn whole."""
    is_whole = recipe.edit is None and not recipe.window
    return result.latents[index] if result.latents and is_whole else None


async def _get_whole(session: AsyncSession, job_id: int) -> Job:
    """A job whose pictures were not taken away. Raises: NotFound."""
    job = await jobs_table.get(session, job_id)
    if job is None or job.status is JobStatus.DELETED:
        raise _gone()
    return job


def _gone() -> Gone:
    return Gone(say("That picture is gone. Draw it anew with /imagine."))
