"""Explaining from the command line: where the words of a picture lie, and how it came out of noise."""

import asyncio
import os
import re
import sys
from argparse import Namespace
from pathlib import Path

from tqdm import tqdm

from bot.commandline.scratch import BAR, index_of, read, scratch
from bot.config import Settings, StartupError
from bot.domain.errors import UserError
from bot.domain.recipe import Recipe
from bot.imaging.encode import FILE_EXTENSIONS
from bot.imaging.explained import animated, overlaid
from bot.imaging.read import PictureFile
from bot.services import Services
from bot.services.explaining import Explanation, check_file, label

WORDS, DENOISING, RECIPE = "words", "denoising.webp", "recipe.txt"
MOST_OF_A_WORD = 40
"""Characters of it in the name of its file."""
OURS = "[0-9][0-9]-*.png"


async def explain(settings: Settings, asked: Namespace) -> int:
    """Write how a picture came about into a folder.

    Raises: StartupError.
    """
    file = await asyncio.to_thread(explainable, Path(asked.picture)) if _is_file(asked.picture) else None
    index = 0 if file is None else index_of(Path(asked.picture), file, asked.index)
    await asyncio.to_thread(_make_folder, asked.out)
    async with scratch(settings) as services:
        try:
            if file is not None:
                told = await of_picture(services, file, index)
            else:
                told = await _drawn(services, services.explaining.of_prompt(asked.picture, asked.seed))
        except UserError as error:
            sys.stderr.write(f"{error}\n")
            return 1
    try:
        await asyncio.to_thread(_write, told, asked.out)
    except OSError as error:
        sys.stderr.write(f"{asked.out} cannot be written to ({error.strerror or error}).\n")
        return 1
    sys.stdout.write(f"{asked.out} (seed {told.recipe.seed}; {len(told.words)} words)\n")
    return 0


def explainable(path: Path) -> PictureFile:
    """The pictures of a file that says how they were drawn. Before a model is loaded. Blocking.

    Raises: StartupError.
    """
    file = read(path)
    try:
        check_file(file.recipe)
    except UserError as error:
        raise StartupError(str(error)) from None
    return file


async def of_picture(services: Services, file: PictureFile, index: int) -> Explanation:
    """How one of a file's pictures came about.

    Raises: UserError.
    """
    picture = file.pictures[index]
    told = await _drawn(services, services.explaining.of_file(file.recipe, picture, index))
    await services.explaining.check(told, picture)
    return told


async def _drawn(services: Services, recipe: Recipe) -> Explanation:
    """The explanation, with a bar on the terminal until it is there."""
    what = f"watching {recipe.written[:40]}"
    with tqdm(total=100, desc=what, bar_format=BAR) as bar:
        return await services.explaining.explain(
            recipe, tell=lambda share: bar.update(round(share * 100) - bar.n)
        )


def _is_file(text: str) -> bool:
    """Whether a picture is meant, and not a prompt."""
    looks_like_one = text.lower().endswith(tuple(f".{extension}" for extension in FILE_EXTENSIONS))
    return os.path.lexists(text) or (looks_like_one and not re.search(r"\s", text))


def _make_folder(out: Path) -> None:
    """Before anything is drawn: the folders, and whether they can be written to.

    Raises: StartupError.
    """
    try:
        (out / WORDS).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StartupError(
            f"{out} cannot be written to ({error.strerror or error}): name a folder with --out."
        ) from None
    if not os.access(out / WORDS, os.W_OK) or not os.access(out, os.W_OK):
        raise StartupError(f"{out} cannot be written to: name another folder with --out.")


def _write(told: Explanation, out: Path) -> None:
    """All files; what an earlier call wrote of other words goes. Blocking. Raises: OSError."""
    for old in (out / WORDS).glob(OURS):
        old.unlink()
    heats = [word.heat for word in told.words]
    for number, word in enumerate(told.words, 1):
        name = re.sub(r"[^\w-]", "", word.word)[:MOST_OF_A_WORD]
        overlaid(told.picture, word.heat, beside=heats).save(out / WORDS / f"{number:02d}-{name}.png")
    (out / DENOISING).write_bytes(animated(told.frames, told.picture))
    (out / RECIPE).write_text(_recipe(told), encoding="utf-8")


def _recipe(told: Explanation) -> str:
    """The prompt that draws the picture again, and with what."""
    recipe = told.recipe
    lines = {
        "Model": f"{recipe.weights.name} ({recipe.weights.hash})",
        "Sampler": recipe.sampling.sampler,
        "Steps": recipe.sampling.steps,
        "Guidance": f"{recipe.sampling.guidance_scale:g}",
        "Size": f"{recipe.canvas.width}×{recipe.canvas.height}",
        "Seed": recipe.seed,
        "Drawn by": told.engine_version,
    }
    if others := ", ".join(label(word) for word in told.words if word.read_as is not None):
        lines["Read as"] = others
    return "\n".join([recipe.pasted, *(f"{name}: {value}" for name, value in lines.items())]) + "\n"
