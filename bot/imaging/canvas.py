"""Pictures of which a part is drawn: laid on their canvas, cut out for the engine, and put together again."""

import base64
import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps

from bot.domain.recipe import Canvas, Edit, Recipe

MAX_AREA_SIDE = 512
"""An area is kept no finer than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What the engine is given of an edit, at the size that it draws."""

    picture: Image.Image
    area: Image.Image
    """White is drawn, black stays."""


def cut(recipe: Recipe, edit: Edit, picture: Image.Image) -> Cut:
    """The window of an edit with the old picture in it. Blocking."""
    size = (recipe.canvas.width, recipe.canvas.height)
    corners = edit.window.corners
    return Cut(
        picture=_resized(_laid(edit, picture).crop(corners), *size),
        area=_area(edit).crop(corners).resize(size, Image.Resampling.NEAREST),
    )


def put_back(edit: Edit, picture: Image.Image, drawn: Image.Image) -> Image.Image:
    """The whole canvas: what was drawn, and beside it the old picture, pixel for pixel. Blocking."""
    canvas = _laid(edit, picture)
    new = canvas.copy()
    new.paste(_resized(drawn.convert("RGB"), edit.window.width, edit.window.height), edit.window.corners[:2])
    return Image.composite(new, canvas, _area(edit))


def filling(canvas: Canvas, picture: Image.Image) -> Image.Image:
    """The picture at the size of a canvas; of another shape, its middle. Blocking."""
    return ImageOps.fit(picture.convert("RGB"), (canvas.width, canvas.height), Image.Resampling.LANCZOS)


def written_area(mask: Image.Image) -> str:
    """A mask of any size and kind as an edit keeps it: light is repainted. Empty where nothing is light."""
    gray = mask.convert("L")
    gray.thumbnail((MAX_AREA_SIDE, MAX_AREA_SIDE), Image.Resampling.BOX)
    light = gray.point(lambda value: 255 if value >= 128 else 0)
    if light.getbbox() is None:
        return ""
    file = io.BytesIO()
    light.convert("1").save(file, "PNG", optimize=True)
    return base64.b64encode(file.getvalue()).decode()


def _laid(edit: Edit, picture: Image.Image) -> Image.Image:
    """The picture in its place; its edges go on around it, until that is drawn."""
    place = edit.place
    pixels = np.asarray(_resized(picture.convert("RGB"), place.width, place.height))
    left, top, right, bottom = place.corners
    around = ((top, edit.canvas.height - bottom), (left, edit.canvas.width - right), (0, 0))
    return Image.fromarray(np.pad(pixels, around, mode="edge"))


def _area(edit: Edit) -> Image.Image:
    """White where it is drawn: around the picture, and what is marked of it."""
    canvas = Image.new("L", (edit.canvas.width, edit.canvas.height), 255)
    place = edit.place
    inside = Image.new("L", (place.width, place.height))
    if edit.area:
        with Image.open(io.BytesIO(base64.b64decode(edit.area))) as marked:
            inside = marked.convert("L").resize(inside.size, Image.Resampling.NEAREST)
    canvas.paste(inside, place.corners[:2])
    return canvas


def _resized(picture: Image.Image, width: int, height: int) -> Image.Image:
    if picture.size == (width, height):
        return picture
    return picture.resize((width, height), Image.Resampling.LANCZOS)
