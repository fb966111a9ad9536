"""Pictures as files that Discord takes: small enough, with nothing in them but the picture and its recipe."""

import io
import json
import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from itertools import chain
from typing import Any

from PIL import Image
from PIL.ExifTags import IFD, Base
from PIL.PngImagePlugin import PngInfo

from bot.domain.job import Job
from bot.domain.prompt import Part
from bot.domain.prompt.recipes import (
    FOLLOWED,
    LOOKED_AT,
    STYLES,
    VARIATION_OF,
    VARIATION_STRENGTH,
    WEIRDNESS,
    WEIRDNESS_SEED,
)
from bot.domain.recipe import Control, Recipe
from bot.domain.samplers import A1111
from bot.domain.style import written_styles
from bot.imaging.grid import make_grid

SHORTEST_SIDE = 512
"""A single picture with a shorter side is enlarged to it: smaller ones look broken in a channel."""
PREVIEW_SIDES = (256, 512)
"""Between these the longer side of a preview lies."""
MARGIN = 0.98
"""Files stay a little below the limit."""
WEBP_SIDE = 16383
"""WebP knows no longer side."""
FILE_EXTENSIONS = ("png", "webp", "jpg", "jpeg")
"""The formats that `encode_file` writes."""
LONG, UNDEFINED = 4, 7
"""Types of EXIF's values."""
JPEG_QUALITIES = (90, 80, 65, 50)
SHRINK = 0.7
SMALLEST_SIDE = 16
_PERSONAL = re.compile(r"<(?:[@#/]|a?:\w+:|t:)[^<>\s]{1,80}>|\bhttps?://\S+", re.IGNORECASE)
"""Links and mentions."""
VERSION = f"Darkroom {version('darkroom')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """A picture as the bytes of a file."""

    data: bytes
    extension: str
    """Without the dot."""
    content_type: str
    width: int
    height: int
    """In pixels, as it is in the file."""
    is_enlarged: bool = False
    """Whether it was drawn smaller than it is in the file."""


def encode_grid(images: Sequence[Image.Image], recipe: str = "", *, limit_bytes: int) -> Encoded:
    """One to four pictures as a grid: WebP, else JPEG, coarser and then smaller until it fits."""
    grid = make_grid(images)
    files = chain(_webp(grid, quality=90, recipe=recipe), _jpegs(grid, recipe=recipe))
    return _first_under(limit_bytes, files)


def encode_preview(images: Sequence[Image.Image]) -> Encoded:
    """Half-done pictures as a small JPEG grid."""
    grid = make_grid(images)
    smallest, largest = PREVIEW_SIDES
    factor = max(1, smallest // max(grid.size))
    grid = grid.resize((grid.width * factor, grid.height * factor), Image.Resampling.BICUBIC)
    grid.thumbnail((largest, largest), Image.Resampling.LANCZOS)
    return _jpeg(grid, quality=75)


def encode_single(image: Image.Image, recipe: str, *, limit_bytes: int) -> Encoded:
    """One picture with its recipe inside: PNG, else WebP, else JPEG. A small picture is enlarged."""
    picture = _enlarged(make_grid([image]))
    files = chain(
        [_png(picture, recipe)], _webp(picture, quality=95, recipe=recipe), _jpegs(picture, recipe=recipe)
    )
    file = _first_under(limit_bytes, files)
    return replace(file, is_enlarged=file.width > image.width)


def encode_file(images: Sequence[Image.Image], recipe: str, *, extension: str) -> Encoded:
    """A grid at its full size and best quality, with its recipe inside, in the format of a file's name.

    Raises: ValueError for any but png, webp, jpg and jpeg.
    """
    grid = make_grid(images)
    match extension:
        case "png":
            return _png(grid, recipe)
        case "webp":
            return next(_webp(grid, quality=95, recipe=recipe))
        case "jpg" | "jpeg":
            return _jpeg(grid, quality=95, recipe=recipe)
        case _:
            raise ValueError(f"name it .png, .webp or .jpg, not .{extension}")


def is_small(image: Image.Image) -> bool:
    """Whether the picture is enlarged when it is posted on its own."""
    return min(image.size) < SHORTEST_SIDE


def recipe_text(job: Job) -> str:
    """The recipe of a job's first picture, as AUTOMATIC1111's web UI writes and reads it."""
    recipe = job.recipe
    if recipe.brought is not None:  # it was not drawn here
        return ""
    sampler, schedule = A1111.get(recipe.sampling.sampler, (recipe.sampling.sampler, ""))
    fields = {
        "Steps": recipe.sampling.steps,
        "Sampler": sampler,
        "Schedule type": schedule or None,
        "CFG scale": f"{recipe.sampling.guidance_scale:g}",
        "Seed": recipe.seed,
        "Size": f"{recipe.shown.width}x{recipe.shown.height}",
        "Model hash": recipe.weights.hash,
        "Model": recipe.weights.name,
        "Batch size": recipe.num_images if recipe.num_images > 1 else None,
        "Denoising strength": _strength(recipe),
        LOOKED_AT: len(recipe.looked_at) or None,
        VARIATION_OF: None if recipe.variation is None else recipe.variation.seed,
        VARIATION_STRENGTH: None if recipe.variation is None else f"{recipe.variation.strength:g}",
        STYLES: written_styles(recipe.styles) or None,
        WEIRDNESS: None if recipe.weirdness is None else f"{recipe.weirdness.amount:g}",
        WEIRDNESS_SEED: None if recipe.weirdness is None else recipe.weirdness.seed,
        FOLLOWED: None if recipe.control is None else _control_text(recipe.control),
        "Version": VERSION,
    }
    tags = [f"<lora:{lora.name}:{lora.weight:g}>" for lora in recipe.loras]
    lines = [" ".join([_impersonal(_prompt_text(recipe.prompt.parts)), *tags])]
    if recipe.negative_prompt:
        lines.append(f"Negative prompt: {_impersonal(recipe.negative_prompt)}")
    lines.append(
        ", ".join(f"{name}: {_quoted(value)}" for name, value in fields.items() if value is not None)
    )
    return "\n".join(lines)


def _strength(recipe: Recipe) -> str | None:
    """Of what it began from, where that is another picture, or several."""
    if recipe.start is not None or recipe.edit is not None:
        return f"{recipe.strength:g}"
    is_mixed = recipe.blend is not None and recipe.blend.strength is not None
    return f"{recipe.blend.strength:g}" if recipe.blend is not None and is_mixed else None


def _control_text(control: Control) -> str:
    begin, end = control.interval
    return (
        f"Model: {control.name}, Weight: {control.scale:g}, Guidance Start: {begin:g}, Guidance End: {end:g}"
    )


def _prompt_text(parts: Sequence[Part]) -> str:
    """Several parts are joined with AND, which is the web UI's word for our `::`."""
    if len(parts) == 1:
        return parts[0].text
    return " AND ".join(f"{part.text} :{part.weight:g}" for part in parts)


def _impersonal(text: str) -> str:
    """Without links, and without the ids of people and places: a file goes further than its channel."""
    return " ".join(_PERSONAL.sub(" ", text).split()) if _PERSONAL.search(text) else text


def _quoted(value: object) -> str:
    """In quotation marks where the value holds what parts the fields, as the web UI does it."""
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if set(text) & set(',:\n"') else text


def _enlarged(picture: Image.Image) -> Image.Image:
    """By a whole factor, so that every pixel is treated alike."""
    factor = -(-SHORTEST_SIDE // min(picture.size))
    return picture.resize((picture.width * factor, picture.height * factor), Image.Resampling.LANCZOS)


def _first_under(limit_bytes: int, files: Iterator[Encoded]) -> Encoded:
    """The first file that is small enough, else the last."""
    file = next(files)
    while len(file.data) > limit_bytes * MARGIN and (smaller := next(files, None)):
        file = smaller
    return file


def _png(picture: Image.Image, recipe: str) -> Encoded:
    info = PngInfo()
    if recipe:
        info.add_text("parameters", recipe)
    return _encoded(picture, "PNG", "png", compress_level=1, pnginfo=info)


def _webp(picture: Image.Image, *, quality: int, recipe: str = "") -> Iterator[Encoded]:
    if max(picture.size) <= WEBP_SIDE:
        yield _encoded(picture, "WEBP", "webp", quality=quality, method=2, exif=_exif(recipe))


def _jpegs(picture: Image.Image, *, recipe: str = "") -> Iterator[Encoded]:
    """Coarser and coarser, then smaller and smaller."""
    for quality in JPEG_QUALITIES:
        yield _jpeg(picture, quality=quality, recipe=recipe)
    while min(picture.size) > SMALLEST_SIDE:
        width, height = (round(side * SHRINK) for side in picture.size)
        picture = picture.resize((width, height), Image.Resampling.LANCZOS)
        yield _jpeg(picture, quality=JPEG_QUALITIES[1], recipe=recipe)


def _jpeg(picture: Image.Image, *, quality: int, recipe: str = "") -> Encoded:
    return _encoded(picture, "JPEG", "jpg", quality=quality, exif=_exif(recipe))


def _exif(recipe: str) -> bytes:
    """The recipe as EXIF's user comment, where the web UI looks for it in WebP and JPEG; or nothing."""
    if not recipe:
        return b""
    comment = b"UNICODE\0" + recipe.encode("utf-16-be")
    # By hand: Pillow would call the bytes numbers, at which the web UI's reader (piexif) fails.
    start = b"Exif\0\0" + b"MM\0*" + struct.pack(">I", 8)
    pointer = struct.pack(">HHHIII", 1, IFD.Exif, LONG, 1, 26, 0)
    own = struct.pack(">HHHIII", 1, Base.UserComment, UNDEFINED, len(comment), 44, 0)
    return start + pointer + own + comment


def _encoded(picture: Image.Image, format_name: str, extension: str, **options: Any) -> Encoded:
    file = io.BytesIO()
    picture.save(file, format_name, **options)
    return Encoded(
        data=file.getvalue(),
        extension=extension,
        content_type=f"image/{format_name.lower()}",
        width=picture.width,
        height=picture.height,
    )
