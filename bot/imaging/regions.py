"""Areas of a picture to be chosen from: nine cells, and how a picture shows what of it is chosen."""

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from bot.domain.cells import SIDE, cells_of
from bot.domain.recipe import Edit
from bot.imaging.explained import enlarged

LONGEST = 768
"""A picture is shown no larger than this: it is looked at, not kept."""
CHOSEN = (88, 101, 242)
"""The colour of Discord's own pressed buttons, which stand below."""
TINT = 0.5
"""How much of it lies over what is chosen."""
LINE, EDGE = (255, 255, 255), (20, 20, 24)
BADGE = 0.16
"""The height of a number, as a share of its cell."""
QUALITY = 85


def area_of(cells: int, size: tuple[int, int]) -> Image.Image:
    """Some of the nine cells of a picture, in white."""
    area = Image.new("L", size)
    for cell in cells_of(cells):
        left, top, right, bottom = _box(cell, size)
        area.paste(255, (left, top, right, bottom))
    return area


def on_canvas(area: Image.Image, edit: Edit | None) -> Image.Image:
    """An area of what was drawn, as one of the whole picture. Blocking."""
    if edit is None:
        return area
    whole = Image.new("L", (edit.canvas.width, edit.canvas.height))
    part = area.resize((edit.window.width, edit.window.height), Image.Resampling.NEAREST)
    whole.paste(part, edit.window.corners[:2])
    return whole


def share_of(area: Image.Image) -> float:
    """How much of a picture is white, 0 to 1. Blocking."""
    return float((np.asarray(area.convert("L")) >= 128).mean())


def with_cells(picture: Image.Image, cells: int) -> bytes:
    """A picture under its nine numbered cells, the chosen ones in colour, as JPEG. Blocking."""
    shown = _shown(picture)
    shown = _tinted(shown, area_of(cells, shown.size))
    draw = ImageDraw.Draw(shown)
    for share in range(1, SIDE):
        x, y = round(shown.width * share / SIDE), round(shown.height * share / SIDE)
        for ends in ((x, 0, x, shown.height), (0, y, shown.width, y)):
            draw.line(ends, fill=EDGE, width=4)
            draw.line(ends, fill=LINE, width=2)
    for cell in range(1, SIDE**2 + 1):
        _number(draw, cell, shown.size, is_chosen=cell in cells_of(cells))
    return _jpeg(shown)


def with_area(picture: Image.Image, area: Image.Image) -> bytes:
    """A picture with what is chosen of it in colour and in an outline, as JPEG. Blocking."""
    shown = _shown(picture)
    mask = area.convert("L").resize(shown.size, Image.Resampling.BILINEAR)
    mask = mask.point(lambda value: 255 if value >= 128 else 0)
    shown = _tinted(shown, mask)
    outline = np.asarray(mask.filter(ImageFilter.MaxFilter(5))) != np.asarray(
        mask.filter(ImageFilter.MinFilter(3))
    )
    shown.paste(LINE, mask=Image.fromarray(outline.astype(np.uint8) * 255))
    return _jpeg(shown)


def _shown(picture: Image.Image) -> Image.Image:
    """The picture as it is looked at: a small one larger, a large one smaller."""
    shown = enlarged(picture.convert("RGB"))
    shown = shown.copy() if shown is picture else shown
    shown.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    return shown


def _tinted(picture: Image.Image, area: Image.Image) -> Image.Image:
    colour = Image.new("RGB", picture.size, CHOSEN)
    return Image.composite(Image.blend(picture, colour, TINT), picture, area)


def _box(cell: int, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a cell, 1 to 9 in reading order."""
    row, column = divmod(cell - 1, SIDE)
    width, height = size
    return (
        round(width * column / SIDE),
        round(height * row / SIDE),
        round(width * (column + 1) / SIDE),
        round(height * (row + 1) / SIDE),
    )


def _number(draw: ImageDraw.ImageDraw, cell: int, size: tuple[int, int], *, is_chosen: bool) -> None:
    """The number of a cell, on a disc in its upper left corner."""
    left, top, right, bottom = _box(cell, size)
    radius = max(10, round(min(right - left, bottom - top) * BADGE / 2))
    x, y = left + round(1.5 * radius), top + round(1.5 * radius)
    corners = (x - radius, y - radius, x + radius, y + radius)
    draw.ellipse(corners, fill=CHOSEN if is_chosen else EDGE, outline=LINE, width=2)
    font = ImageFont.load_default(round(1.3 * radius))
    draw.text((x, y), str(cell), fill=LINE, font=font, anchor="mm")


def _jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()
