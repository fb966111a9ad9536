"""Drawing from the command line, through the same services as on Discord, on a scratch database."""

import asyncio
import os
import sys
from argparse import Namespace
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from PIL import Image
from tqdm import tqdm

from bot.commandline.explain import explainable, of_picture
from bot.commandline.scratch import BAR, asker, index_of, read, scratch
from bot.config import Settings, StartupError
from bot.domain.errors import PromptError, UserError
from bot.domain.job import Job
from bot.domain.kinds import JobKind
from bot.domain.maps import check_made
from bot.domain.parameters.readers import read_aspect_ratio
from bot.domain.prompt import Prompt, parse, parse_all
from bot.domain.recipe import ImageRef
from bot.domain.uploads import Bytes
from bot.imaging.canvas import written_area
from bot.imaging.encode import FILE_EXTENSIONS
from bot.imaging.grid import make_grid
from bot.messages.jobs import FAILURES, blend_notes
from bot.services import Services
from bot.services.imports import UNTITLED
from bot.services.orders import Change, Press, Steer
from bot.services.orders.blend import check_count

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


async def imagine(settings: Settings, prompt: str, pictures: Sequence[Path], out: Path) -> int:
    """Draw a grid, with pictures before its prompt.

    Raises: StartupError.
    """
    sources = [await asyncio.to_thread(_brought, path) for path in pictures]
    with suppress(PromptError):  # told later, with everything else
        if len(parse_all(prompt)) > 1:
            raise StartupError("This prompt stands for several, and here one is drawn at a time.")
    return await _drawn(settings, out, lambda services: services.orders.imagine(asker(), prompt, sources))


def _brought(path: Path) -> Bytes:
    """A file as it is, to be cleaned like any that comes in. Raises: StartupError."""
    try:
        return Bytes(data=path.read_bytes())
    except OSError as error:
        raise StartupError(f"{path} cannot be read ({error.strerror or error}).") from None


async def blend(settings: Settings, asked: Namespace) -> int:
    """Draw several pictures as one.

    Raises: StartupError.
    """
    try:
        check_count(len(asked.pictures))
        prompt = _prompt(asked)
    except UserError as error:
        raise StartupError(str(error)) from None
    files = [(path, await asyncio.to_thread(read, path)) for path in asked.pictures]
    pictures = [file.pictures[index_of(path, file, asked.index)] for path, file in files]

    async def order(services: Services) -> Job:
        jobs = [await services.imports.add(asker(), [picture], "") for picture in pictures]
        images = [ImageRef(job_id=job.id, index=0) for job in jobs]
        return await services.orders.blend(asker(), images, prompt)

    return await _drawn(settings, asked.out, order)


def _prompt(asked: Namespace) -> Prompt:
    """The words beside the pictures, if any, with the shape and the seed.

    Raises: PromptError.
    """
    prompt = parse(asked.prompt) if asked.prompt else UNTITLED
    parameters = prompt.parameters
    if asked.ar:
        parameters = replace(parameters, aspect_ratio=read_aspect_ratio(asked.ar))
    if asked.seed is not None:
        parameters = replace(parameters, seed=asked.seed)
    return replace(prompt, parameters=parameters)


async def work(settings: Settings, asked: Namespace) -> int:
    """Draw what is asked of a picture, in the words of the command line.

    Raises: StartupError.
    """
    kind = MODES[asked.command][asked.mode] if asked.command in MODES else KINDS[asked.command]
    if kind is JobKind.UPSCALE_SUBTLE and (asked.prompt or asked.seed is not None):
        raise StartupError(
            "A subtle upscale draws nothing: leave --prompt and --seed out, or --mode creative."
        )
    is_found = asked.command == "region" and asked.words is not None
    file = await asyncio.to_thread(explainable if is_found else read, asked.picture)
    index = index_of(asked.picture, file, asked.index)
    area = _area(asked, file.pictures[index]) if kind is JobKind.REGION and not is_found else ""

    async def order(services: Services) -> Job:
        prompt = parse(asked.prompt) if asked.prompt else None
        change = Change(area=area, prompt=prompt, seed=asked.seed)
        if is_found:
            explanation = await of_picture(services, file, index)
            found = await services.explaining.area(explanation, asked.words)
            change = replace(change, area=written_area(found))
        if asked.command in {"zoom", "upscale"}:
            change = replace(change, factor=asked.factor)
        if kind is JobKind.PAN:
            change = replace(change, to=asked.to)
        parent = await services.imports.add(asker(), file.pictures, file.recipe)
        press = Press(kind=kind, job_id=parent.id, index=index)
        return await services.orders.change(asker(), press, change)

    return await _drawn(settings, asked.out, order)


async def steer(settings: Settings, asked: Namespace) -> int:
    """Draw pictures that follow a map.

    Raises: StartupError.
    """
    file = await asyncio.to_thread(read, asked.picture)
    picture = file.pictures[index_of(asked.picture, file, asked.index)]
    steering = Steer(
        text=asked.prompt,
        kind=asked.kind,
        is_picture=asked.from_picture,
        scale=asked.scale,
        interval=asked.interval,
        seed=asked.seed,
    )
    if steering.is_picture:
        try:
            check_made(steering.kind)
        except UserError as error:
            raise StartupError(str(error)) from None
    return await _drawn(
        settings, asked.out, lambda services: services.orders.steer(asker(), picture, steering)
    )


def _area(asked: Namespace, picture: Image.Image) -> str:
    """What of a picture is drawn anew."""
    if asked.mask is not None:
        area = written_area(make_grid(read(asked.mask).pictures))
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
    async with scratch(settings) as services:
        try:
            return await _draw(services, await order(services), out)
        except UserError as error:
            sys.stderr.write(f"{error}\n")
            return 1


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
    for note in blend_notes(job):
        sys.stdout.write(f"{note}\n")
    shown = job.recipe.shown
    sys.stdout.write(f"{out} (seed {job.recipe.seed}, {shown.width}×{shown.height} each)\n")
    return 0


async def _follow(services: Services, job: Job) -> Job:
    run = services.runs.get(job.id)
    if run is None:
        return await services.runs.reload(job)
    what = f"drawing {job.prompt[:40]}"
    with tqdm(total=100, desc=what, bar_format=BAR) as bar:
        async for update in run.updates():
            bar.update(round(update.progress * 100) - bar.n)
    return await services.runs.reload(job)
