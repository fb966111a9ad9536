"""The words of a picture on one sheet: a heat map each, with the word below it."""

import io
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.imaging.explained import enlarged, overlaid

CELL = 256
"""The longer side of each picture on the sheet."""
GAP, LINE = 8, 30
COLUMNS = 4
MOST = 15
"""Words: beside the picture itself, the sheet has a square of places."""
PAPER, INK = "#2b2d31", "#dbdee1"
TEXT = 18
QUALITY = 88


def sheet(picture: Image.Image, words: Sequence[tuple[str, Image.Image]]) -> bytes:
    """A WebP: the picture, then each word in its order; of many, the most looked at. Blocking."""
    heats = [heat for _, heat in words]
    maps = [(word, overlaid(picture, heat, beside=heats)) for word, heat in _strongest(words)]
    cells = [("", enlarged(picture)), *maps]
    columns = min(COLUMNS, len(cells))
    scale = CELL / max(picture.size)
    width, height = (max(1, round(side * scale)) for side in picture.size)
    rows = -(-len(cells) // columns)
    paper = Image.new("RGB", (columns * (width + GAP) + GAP, rows * (height + LINE + GAP) + GAP), PAPER)
    pen = ImageDraw.Draw(paper)
    for number, (word, cell) in enumerate(cells):
        left = GAP + number % columns * (width + GAP)
        top = GAP + number // columns * (height + LINE + GAP)
        paper.paste(cell.resize((width, height), Image.Resampling.LANCZOS), (left, top))
        pen.text((left + width / 2, top + height + LINE / 2), _fitted(word, width), INK, _font(), anchor="mm")
    file = io.BytesIO()
    paper.save(file, "WEBP", quality=QUALITY, method=4)
    return file.getvalue()


def _strongest(words: Sequence[tuple[str, Image.Image]]) -> list[tuple[str, Image.Image]]:
    """Those with the hottest places, as they stand in the prompt."""
    ranked = sorted(range(len(words)), key=lambda place: -_hottest(words[place][1]))
    return [words[place] for place in sorted(ranked[:MOST])]


def _hottest(heat: Image.Image) -> float:
    _, hottest = heat.getextrema()
    return float(hottest) if isinstance(hottest, int | float) else 0.0


def _fitted(word: str, width: int) -> str:
    """As much of a word as its column holds."""
    while _font().getlength(word) > width and len(word) > 1:
        word = f"{word[:-2]}…"
    return word


@cache
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The letters that matplotlib brings, which know most alphabets; Pillow's own know Latin alone."""
    found = find_spec("matplotlib")
    if found is not None and found.origin is not None:
        file = Path(found.origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"
        if file.exists():
            return ImageFont.truetype(file, TEXT)
    return ImageFont.load_default(TEXT)
