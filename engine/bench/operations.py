"""What each operation costs against plain drawing at the same shape, and a sheet on which all can be seen."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

from engine.api import (
    Capability,
    Control,
    Generate,
    Generated,
    Mask,
    Mixture,
    ModelInfo,
    Reference,
    Spread,
    Start,
    Variation,
    WeightedPrompt,
)
from engine.api.edges import edges
from engine.bench.arms import finish
from engine.bench.clock import WorkClock
from engine.bench.table import print_table
from engine.library import Library
from engine.loop import DenoisingLoop
from engine.sketch import areas

_SEEDS = (11, 12, 13, 14)
_RUNS = 3
_SUBJECT, _OTHER = "a house by the sea", "a red balloon in a blue sky"
_PLAIN = "text to image"
_LABEL = 20


def measure(library: Library, out: Path | None) -> None:
    """Print a row for each operation on the default model; with `out`, also draw the sheet there."""
    info, clock = library.models()[0], WorkClock(library.device)
    plain = _request(info)
    parent = _drawn(library, plain)
    other = _drawn(library, replace(plain, prompts=(WeightedPrompt(text=_OTHER),)))
    requests = {_PLAIN: plain, **operations(plain, parent, info.controls, info.around_strength)}
    requests |= blends(plain, (parent.images[0], other.images[0]), info)
    seconds, drawn = {}, {}
    for name, request in requests.items():
        runs = [clock.measure(lambda: _drawn(library, request)) for _ in range(_RUNS)]  # noqa: B023
        seconds[name], drawn[name] = min(runs), _drawn(library, request)
    rows = [[name, f"{one:.2f}", f"×{one / seconds[_PLAIN]:.2f}"] for name, one in seconds.items()]
    print_table([f"{info.name}, four pictures of {info.native_size} px", "seconds", "against plain"], rows)
    if out is not None:
        shown = {name: (_given(requests[name]), one.images) for name, one in drawn.items()}
        _sheet(shown).save(out, quality=80)


def operations(
    plain: Generate, parent: Generated, controls: Sequence[str] = (), around_strength: float = 1.0
) -> Mapping[str, Generate]:
    """Every operation by name, as a request of the shape of `plain`, on what that drew.

    `controls` are those that the model has, `around_strength` is its `ModelInfo`'s.
    """
    picture, text = parent.images[0], plain.prompts[0].text
    width, height = picture.size
    square = (width // 4, height // 4, width - width // 4, height - height // 4)
    spread = {amount: Spread(amount=amount, seed=plain.seeds[0]) for amount in (0.0, 1.0)}
    variation = Variation(seed=plain.seeds[0], strength=0.15)
    other = tuple(seed + 100 for seed in plain.seeds)
    return {
        "image to image, strength 0.6": replace(
            plain, start=Start(source=parent.latents[0], strength=0.6), seeds=other
        ),
        "variation, 15 % other noise": replace(plain, variation=variation, seeds=other),
        "a part repainted": _repainted(plain, picture, _mask(picture.size, square), text=_OTHER),
        "panned by half": _repainted(plain, *_panned(picture), text=text, strength=around_strength),
        "zoomed out twice": _repainted(plain, *_zoomed(picture), text=text, strength=around_strength),
        "spread 0": replace(plain, spread=spread[0.0]),
        "spread 1": replace(plain, spread=spread[1.0]),
        "tiles": replace(plain, tiles=True),
        "stopped at 30 %": replace(plain, stop=0.3),
        "guidance 15": replace(plain, guidance_scale=15.0),
        "guidance 15, rescaled 0.7": replace(plain, guidance_scale=15.0, guidance_rescale=0.7),
        "one, upscaled twice, creative": replace(
            plain,
            width=2 * width,
            height=2 * height,
            seeds=plain.seeds[:1],
            start=Start(source=picture, strength=0.3),
            window=width,
        ),
        **{
            f"following a map: {name}": replace(
                plain, seeds=other, controls=(Control(name=name, map=_map_of(picture, name)),)
            )
            for name in controls
        },
        "no text": replace(plain, prompts=(WeightedPrompt(text=""),)),
    }


def blends(plain: Generate, pictures: Sequence[Image.Image], info: ModelInfo) -> Mapping[str, Generate]:
    """The same for what is made of several pictures, by what the model can."""
    wordless, equal = replace(plain, prompts=(WeightedPrompt(text=""),)), (1 / len(pictures),) * len(pictures)
    mixture = Start(source=Mixture(pictures=tuple(pictures), weights=equal), strength=0.6)
    requests = {"two pictures mixed": replace(wordless, start=mixture)}
    if Capability.REFERENCES in info.capabilities:
        seen = tuple(Reference(picture=picture, weight=0.5) for picture in pictures)
        style = Reference(picture=pictures[1], style_only=True)
        requests["a picture looked at"] = replace(wordless, references=(Reference(picture=pictures[0]),))
        requests["two pictures looked at"] = replace(wordless, references=seen)
        requests["a picture's style"] = replace(plain, references=(style,))
    return requests


def _map_of(picture: Image.Image, control: str) -> Image.Image:
    """The edges of a picture; areas as one may paint them; for other maps the picture itself."""
    if control.startswith("edges"):
        return edges(picture)
    return _painted(picture.size) if control.startswith("seg") else picture


def _painted(size: tuple[int, int]) -> Image.Image:
    """Ground below a sky, and before them, to the right, something as a house may be."""
    width, height = size
    painted = Image.new("RGB", size, areas.COLOURS[areas.SKY])
    draw = ImageDraw.Draw(painted)
    draw.rectangle((0, 0.72 * height, width, height), fill=areas.COLOURS[areas.GROUND])
    corners = ((0.5, 0.42), (0.7, 0.2), (0.9, 0.42), (0.86, 0.42), (0.86, 0.82), (0.54, 0.82), (0.54, 0.42))
    draw.polygon([(x * width, y * height) for x, y in corners], fill=areas.COLOURS[areas.THING])
    return painted


def _given(request: Generate) -> tuple[Image.Image, ...]:
    """The pictures that a request gives beside its words, each once."""
    source = None if request.start is None else request.start.source
    begun = source.pictures if isinstance(source, Mixture) else (source,)
    given = [
        *(control.map for control in request.controls),
        *(reference.picture for reference in request.references),
        *(one for one in begun if isinstance(one, Image.Image)),
        *(() if request.mask is None else (request.mask.area,)),
    ]
    return tuple({id(one): one.convert("RGB") for one in given}.values())


def _repainted(
    plain: Generate, picture: Image.Image, area: Image.Image, *, text: str, strength: float = 1.0
) -> Generate:
    return replace(
        plain,
        start=Start(source=picture, strength=strength),
        mask=Mask(area=area, feather=picture.width // 32),
        prompts=(WeightedPrompt(text=text),),
    )


def _mask(size: tuple[int, int], white: tuple[int, int, int, int]) -> Image.Image:
    area = Image.new("L", size)
    area.paste(255, white)
    return area


def _panned(picture: Image.Image) -> tuple[Image.Image, Image.Image]:
    """The right half, moved to the left, and what is to be painted beside it."""
    width, height = picture.size
    half = picture.crop((width // 2, 0, width, height))
    return _drawn_out(half, picture.size, (0, 0)), _mask(picture.size, (half.width, 0, width, height))


def _zoomed(picture: Image.Image) -> tuple[Image.Image, Image.Image]:
    """The picture, half as large, in the middle, and what is to be painted around it."""
    width, height = picture.size
    small = picture.resize((width // 2, height // 2), Image.Resampling.LANCZOS)
    place = (width // 4, height // 4)
    area = Image.new("L", picture.size, 255)
    area.paste(0, (*place, place[0] + small.width, place[1] + small.height))
    return _drawn_out(small, picture.size, place), area


def _drawn_out(part: Image.Image, size: tuple[int, int], place: tuple[int, int]) -> Image.Image:
    """A part of a canvas, whose borders go on to those of the canvas: what is painted beside begins alike."""
    (left, top), (width, height) = place, size
    beyond = ((top, height - top - part.height), (left, width - left - part.width), (0, 0))
    return Image.fromarray(np.pad(np.asarray(part), beyond, mode="edge"))


def _request(info: ModelInfo) -> Generate:
    return Generate(
        model=info.name,
        prompts=(WeightedPrompt(text=_SUBJECT),),
        width=info.native_size,
        height=info.native_size,
        seeds=_SEEDS,
        num_inference_steps=info.default_steps,
        guidance_scale=max(info.default_guidance_scale, 2.0),
        sampler=info.default_sampler,
    )


def _drawn(library: Library, request: Generate) -> Generated:
    return finish(DenoisingLoop(library, preview_seconds=1e9), request)


def _sheet(
    rows: Mapping[str, tuple[Sequence[Image.Image], ...]], *, side: int = 96, columns: int = 2
) -> Image.Image:
    """All pictures, small: below each name what is given and a row of four, in so many columns."""
    width, height = 5 * side, side + _LABEL
    lines = -(-len(rows) // columns)
    sheet = Image.new("RGB", (columns * (width + _LABEL), lines * height), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=13)
    for number, (name, (given, images)) in enumerate(rows.items()):
        left, top = (number // lines) * (width + _LABEL), (number % lines) * height
        draw.text((left + 2, top + 2), name, fill="black", font=font)
        cells = [_together(given, side - 6), *images]
        for place, image in enumerate(cells):
            small: Any = image.resize((side, side), Image.Resampling.LANCZOS) if place else image
            sheet.paste(small, (left + place * side, top + _LABEL))
    return sheet


def _together(given: Sequence[Image.Image], side: int) -> Image.Image:
    """One picture whole, of two each a half as large."""
    cell = Image.new("RGB", (side, side), "white")
    if len(given) == 1:
        cell.paste(ImageOps.pad(given[0], (side, side), color="white"))
    for place, one in enumerate(given[:2] if len(given) > 1 else ()):
        half = side // 2
        cell.paste(one.resize((half, half), Image.Resampling.LANCZOS), (place * half, place * half))
    return cell
