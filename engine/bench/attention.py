"""Whether the heat map of a word lies on the thing that it names, where that stands on plain paper."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from engine.api import Explain, Explained, ModelInfo
from engine.bench.arms import explained, usual
from engine.bench.table import print_table
from engine.library import Library
from engine.loop import DenoisingLoop

THINGS = """
apple, banana, cat, house, balloon, rocket, mushroom, tree, robot, star, key, car, heart, fish, penguin,
rabbit, owl, bell, guitar, camera, umbrella, boat, dog, carrot, pear, lemon, rose, crown, horse, duck
"""
"""Drawn one by one until there are enough drawings that fill neither too little nor too much."""
_NUM_DRAWINGS = 20
SEED = 7
_FILLED = (0.1, 0.5)
_BORDER = 6
"""Pixels along the border that are paper."""
_CONTRAST = 40
"""From here on a pixel is not paper, in any of its channels, 0 to 255."""
_SHOWN = ("a cat wearing a hat", "a fox and a mushroom")
_SIDE, _LABEL = 144, 20

Pixels: TypeAlias = "np.ndarray[Any, Any]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A drawing of one thing: where that lies, and where its word's map is hot."""

    thing: str
    inside: Pixels
    """(h, w) bool."""
    heat: Pixels
    """(h, w) float."""


def measure(library: Library, out: Path | None) -> None:
    """Print a row for each drawing of the default model; with `out`, also draw maps on a sheet there."""
    loop, info = DenoisingLoop(library, preview_seconds=1e9), library.models()[0]
    drawn = list(islice(drawings(loop, info), _NUM_DRAWINGS))
    scores = compared(drawn)
    rows = [
        [one.thing, f"{one.inside.mean():.0%}", f"{own:.3f}", f"{other:.3f}"]
        for one, (own, other) in zip(drawn, scores, strict=True)
    ]
    mean_own, mean_other = np.mean(scores, axis=0)
    rows.append([f"mean of {len(drawn)}", "", f"{mean_own:.3f}", f"{mean_other:.3f}"])
    print_table([f"{info.name}, seed {SEED}", "fills", "AUC of its word's map", "of another picture's"], rows)
    if out is not None:
        prompts = {prompt: explained(loop, request(info, prompt)) for prompt in _SHOWN}
        _sheet(prompts).save(out, quality=85)


def drawings(
    loop: DenoisingLoop, info: ModelInfo, things: Iterable[str] = THINGS.split(",")
) -> Iterator[Drawing]:
    """Those drawings of the things, one by one, that fill neither too little nor too much of the paper."""
    for thing in map(str.strip, things):
        told = explained(loop, request(info, f"a {thing}"))
        inside = on_paper(told.image)
        if _FILLED[0] <= inside.mean() <= _FILLED[1]:
            yield Drawing(thing=thing, inside=inside, heat=heat_of(told, thing))


def request(info: ModelInfo, prompt: str, *, seed: int = SEED) -> Explain:
    """A picture of the model's native size, as it likes to draw."""
    return Explain(drawing=usual(info, prompt, seed))


def heat_of(told: Explained, word: str) -> Pixels:
    """The map of a word, (h, w) at the size of the picture."""
    found = next(one for one in told.words if one.word == word)
    return np.asarray(found.heat.resize(told.image.size, Image.Resampling.BICUBIC))


def on_paper(picture: Image.Image) -> Pixels:
    """(h, w) bool: what differs from the colour of the border."""
    pixels = np.asarray(picture).astype(int)
    border = np.concatenate([pixels[:_BORDER], pixels[-_BORDER:]])
    paper = np.median(border.reshape(-1, 3), axis=0)
    different: Pixels = np.abs(pixels - paper).max(axis=2) > _CONTRAST
    return different


def compared(drawn: Sequence[Drawing]) -> list[tuple[float, float]]:
    """Of each drawing how well its own map tells inside from outside, and the map of another one."""
    others = [*drawn[len(drawn) // 2 :], *drawn[: len(drawn) // 2]]
    return [
        (auc(one.heat, one.inside), auc(other.heat, one.inside))
        for one, other in zip(drawn, others, strict=True)
    ]


def auc(heat: Pixels, inside: Pixels) -> float:
    """How likely a pixel inside is hotter than one outside: 1 is always, 0.5 is chance."""
    ranks = heat.ravel().argsort().argsort() + 1.0
    marked = inside.ravel()
    num_inside, num_outside = int(marked.sum()), int((~marked).sum())
    below = ranks[marked].sum() - num_inside * (num_inside + 1) / 2
    return float(below / (num_inside * num_outside))


def _sheet(told: Mapping[str, Explained]) -> Image.Image:
    """A row for each prompt: the picture, and for each word the same, lit where the word's map is hot."""
    columns = 1 + max(len(one.words) for one in told.values())
    sheet = Image.new("RGB", (columns * _SIDE, len(told) * (_SIDE + _LABEL)), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=13)
    for line, one in enumerate(told.values()):
        top = line * (_SIDE + _LABEL)
        sheet.paste(one.image.resize((_SIDE, _SIDE)), (0, top + _LABEL))
        for column, word in enumerate(one.words, 1):
            draw.text((column * _SIDE + 4, top + 2), word.word, fill="black", font=font)
            sheet.paste(_lit(one.image, word.heat), (column * _SIDE, top + _LABEL))
    return sheet


def _lit(picture: Image.Image, heat: Image.Image) -> Image.Image:
    small = np.asarray(picture.resize((_SIDE, _SIDE)))
    light = np.asarray(heat.resize((_SIDE, _SIDE), Image.Resampling.BICUBIC)).clip(0)[..., None]
    return Image.fromarray((small * (0.1 + 0.9 * light / light.max())).astype(np.uint8))
