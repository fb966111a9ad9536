"""Drawing from the command line, through the same services as on Discord, on a scratch database."""

import asyncio
import os
import sys
import tempfile
from argparse import Namespace
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import NoReturn
from uuid import uuid4

from PIL import Image
from tqdm import tqdm

from bot.app import CACHE, make_data_dir, open_services
from bot.config import Settings, StartupError
from bot.domain.asker import Asker
from bot.domain.errors import UserError
from bot.domain.job import Job
from bot.domain.kinds import JobKind
from bot.domain.prompt import parse
from bot.imaging.canvas import written_area
from bot.imaging.encode import FILE_EXTENSIONS
from bot.imaging.grid import make_grid
from bot.imaging.read import PictureFile, UnreadableFile, read_picture
from bot.messages.jobs import FAILURES
from bot.services import Services
from bot.services.orders import Change, Press

UNLIMITED = 2**31


KINDS = {
    "zoom": JobKind.ZOOM,
    "pan": JobKind.PAN,
    "square": JobKind.SQUARE,
    "region": JobKind.REGION,
}
MODES = {
    "vary": {"subtle": JobKind.VARY_SUBTLE, "strong": JobKind.VARY},
    "upscale": {"subtle": JobKind.UPSCALE_SUBTLE, "creative": JobKind.UPSCALE_CREATIVE},
}
"""Of commands that can mean several kinds."""


async def imagine(settings: Settings, prompt: str, out: Path) -> int:
    """Draw a grid.

    Raises: StartupError.
    """
    return await _drawn(settings, out, lambda services: services.orders.imagine(_asker(), prompt))


async def work(settings: Settings, asked: Namespace) -> int:
    """Draw what is asked of a picture, in the words of the command line.

    Raises: StartupError.
    """
    kind = MODES[asked.command][asked.mode] if asked.command in MODES else KINDS[asked.command]
    if kind is JobKind.UPSCALE_SUBTLE and (asked.prompt or asked.seed is not None):
        raise StartupError(
            "A subtle upscale draws nothing: leave --prompt and --seed out, or --mode creative."
        )
    file = _read(asked.picture)
    index = _index(asked, file)
    area = _area(asked, file.pictures[index]) if kind is JobKind.REGION else ""

    async def order(services: Services) -> Job:
        prompt = parse(asked.prompt) if asked.prompt else None
        change = Change(area=area, prompt=prompt, seed=asked.seed)
        if asked.command in {"zoom", "upscale"}:
            change = replace(change, factor=asked.factor)
        if kind is JobKind.PAN:
            change = replace(change, to=asked.to)
        parent = await services.imports.add(_asker(), file.pictures, file.recipe)
        press = Press(kind=kind, job_id=parent.id, index=index)
        return await services.orders.change(_asker(), press, change)

    return await _drawn(settings, asked.out, order)


def _read(path: Path) -> PictureFile:
    try:
        return read_picture(path)
    except UnreadableFile as error:
        raise StartupError(str(error)) from None


def _index(asked: Namespace, file: PictureFile) -> int:
    """Which of the file's pictures is meant, from 0."""
    if len(file.pictures) == 1:
        return 0
    if asked.index is None:
        raise StartupError(f"{asked.picture} is a grid of four: say which one with --index 1 to 4.")
    return int(asked.index) - 1


def _area(asked: Namespace, picture: Image.Image) -> str:
    """What of a picture is drawn anew."""
    if asked.mask is not None:
        area = written_area(make_grid(_read(asked.mask).pictures))
        if not area:
            raise StartupError(f"{asked.mask} marks nothing: paint white what is to be drawn anew.")
        return area
    left, top, width, height = asked.box
    mask = Image.new("L", picture.size)
    mask.paste(255, (left, top, left + width, top + height))
    area = written_area(mask)
    if not area:
        raise StartupError(
            f"--box lies beside the picture, which has {picture.width}×{picture.height} pixels."
        )
    return area


async def _drawn(settings: Settings, out: Path, order: Callable[[Services], Awaitable[Job]]) -> int:
    _check_out(out)
    async with _scratch(settings) as services:
        try:
            return await _draw(services, await order(services), out)
        except UserError as error:
            sys.stderr.write(f"{error}\n")
            return 1


@asynccontextmanager
async def _scratch(settings: Settings) -> AsyncGenerator[Services]:
    """The services on a database and a folder that are gone afterwards."""
    with suppress(StartupError):  # what was measured is kept there; where it cannot be, it is measured again
        make_data_dir(settings.data_dir)
    with tempfile.TemporaryDirectory(prefix="darkroom-") as folder, closing(_status()) as status:
        scratch = settings.model_copy(
            update={
                "database_url": f"sqlite+aiosqlite:///{folder}/scratch.db",
                "data_dir": Path(folder),
                "daily_images": UNLIMITED,
            }
        )
        cache_dir, tell = settings.data_dir / CACHE, status.set_description_str
        async with open_services(scratch, cache_dir=cache_dir, tell=tell) as (services, _):
            status.close()
            yield services


def _asker() -> Asker:
    return Asker(source=str(uuid4()), guild_id=1, channel_id=1, user_id=1)


def _status() -> "tqdm[NoReturn]":
    """A line on the terminal, and nowhere else, that says what is being done before the drawing begins."""
    return tqdm(desc="starting", bar_format="{desc} … {elapsed}", leave=False, disable=None)


def _check_out(out: Path) -> None:
    """Before anything is drawn: whether the picture can be written there at all."""
    extension = out.suffix.removeprefix(".").lower()
    if extension not in FILE_EXTENSIONS:
        raise StartupError(f"The picture cannot be written to {out}: name it .png, .webp or .jpg.")
    if not os.access(out.parent, os.W_OK):
        raise StartupError(f"The picture cannot be written to {out}: there is no such folder to write to.")


async def _draw(services: Services, job: Job, out: Path) -> int:
    job = await _follow(services, job)
    if job.failure is not None:
        sys.stderr.write(f"{FAILURES[job.failure]}\n")
        return 1
    made = await services.pictures.make_print(job)
    try:
        await asyncio.to_thread(made.write, out)
    except OSError as error:
        sys.stderr.write(f"The picture cannot be written to {out}: {error.strerror or error}\n")
        return 1
    shown = job.recipe.shown
    sys.stdout.write(f"{out} (seed {job.recipe.seed}, {shown.width}×{shown.height} each)\n")
    return 0


async def _follow(services: Services, job: Job) -> Job:
    run = services.runs.get(job.id)
    if run is None:
        return await services.runs.reload(job)
    what = f"drawing {job.prompt[:40]}"
    with tqdm(total=100, desc=what, bar_format="{desc}: {percentage:3.0f}%|{bar}| {elapsed}") as bar:
        async for update in run.updates():
            bar.update(round(update.progress * 100) - bar.n)
    return await services.runs.reload(job)
