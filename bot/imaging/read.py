"""Picture files that are brought along: opened under limits, and their recipe, where they carry one."""

import re
import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.ExifTags import IFD, Base

from bot.domain.canvas import MAX_SIDE

MAX_PIXELS = 64_000_000
MIN_SIDE = 32
_BATCH = re.compile(r"\bBatch size: 4\b")
_SIZE = re.compile(r"\bSize: ([0-9]{1,5})x([0-9]{1,5})\b")
_CHARSETS = {b"UNICODE\0": "utf-16-be", b"ASCII\0\0\0": "ascii"}


class UnreadableFile(Exception):
    """It is no picture that can be worked on; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFile:
    """What a file holds."""

    pictures: tuple[Image.Image, ...]
    """One, or the four of a grid that Darkroom drew, each as it was drawn."""
    recipe: str
    """As it stands in the file; empty where there is none."""


def read_picture(path: Path) -> PictureFile:
    """The pictures and the recipe of a file. Blocking.

    Raises: UnreadableFile.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as opened:
                _check(path, opened)
                recipe = _recipe(opened)
                picture = ImageOps.exif_transpose(opened).convert("RGB")
    except FileNotFoundError:
        raise UnreadableFile(f"There is no file {path}.") from None
    except (UnidentifiedImageError, Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise UnreadableFile(f"{path} is no picture that I can read. Name a PNG, WebP or JPEG.") from None
    except (OSError, SyntaxError, ValueError) as error:
        raise UnreadableFile(f"{path} cannot be read ({getattr(error, 'strerror', '') or error}).") from None
    return PictureFile(pictures=_parted(picture, recipe), recipe=recipe)


def _check(path: Path, opened: Image.Image) -> None:
    width, height = opened.size
    if width * height > MAX_PIXELS:
        raise UnreadableFile(f"{path} has {width}×{height} pixels; make it smaller first.")
    if min(width, height) < MIN_SIDE:
        raise UnreadableFile(f"{path} has {width}×{height} pixels: too few to work with.")


def _recipe(opened: Image.Image) -> str:
    text = opened.info.get("parameters")
    if isinstance(text, str):
        return text
    comment = opened.getexif().get_ifd(IFD.Exif).get(Base.UserComment, b"")
    if not isinstance(comment, bytes):
        return ""
    charset = _CHARSETS.get(comment[:8])
    return "" if charset is None else comment[8:].decode(charset, errors="replace")


def _parted(picture: Image.Image, recipe: str) -> tuple[Image.Image, ...]:
    """The four of a grid, or one, brought back to the size that it was drawn at."""
    size = _SIZE.search(recipe)
    drawn = (int(size[1]), int(size[2])) if size else picture.size
    if _BATCH.search(recipe) and picture.size == (2 * drawn[0], 2 * drawn[1]):
        width, height = drawn
        corners = [(0, 0), (width, 0), (0, height), (width, height)]
        return tuple(picture.crop((x, y, x + width, y + height)) for x, y in corners)
    factor = picture.width // drawn[0] if drawn[0] else 0
    if factor > 1 and picture.size == (factor * drawn[0], factor * drawn[1]):
        return (picture.reduce(factor),)
    picture.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    return (picture,)
