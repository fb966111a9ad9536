"""A picture of which a part is drawn: the rest of it stays as it was, pixel for pixel."""

import numpy as np
import pytest
from PIL import Image

from bot.domain.canvas import Layout, Side, panned, repainted, squared, zoomed
from bot.domain.recipe import Canvas, Edit, ImageRef, Recipe
from bot.domain.size import Size
from bot.imaging.canvas import MAX_AREA_SIDE, cut, put_back, written_area
from tests.bot.builders import RECIPE
from tests.bot.imaging.test_grid import noise

SIZE = Size(width=96, height=64)
SIDES: tuple[Side, ...] = ("right", "up")


def edited(layout: Layout, *, area: str = "", canvas: Canvas | None = None) -> tuple[Recipe, Edit]:
    """A recipe that draws a layout."""
    edit = Edit(
        image=ImageRef(job_id=1, index=0),
        canvas=Canvas(width=layout.canvas.width, height=layout.canvas.height),
        place=layout.place,
        window=layout.window,
        area=area,
    )
    drawn = canvas or Canvas(width=layout.window.width, height=layout.window.height)
    return Recipe(prompt=RECIPE.prompt, canvas=drawn, edit=edit), edit


@pytest.mark.parametrize(
    "layout",
    [
        panned(SIZE, "right", native_size=64, multiple=16),
        panned(SIZE, "up", native_size=64, multiple=16),
        squared(SIZE),
    ],
    ids=["right", "up", "square"],
)
@pytest.mark.parametrize("scale", [1, 2], ids=["whole", "half"])
def test_the_old_picture_stays_and_what_is_around_it_is_drawn(layout: Layout, scale: int) -> None:
    canvas = Canvas(width=layout.window.width // scale, height=layout.window.height // scale)
    recipe, edit = edited(layout, canvas=canvas)
    old, drawn = noise(1, SIZE.width, SIZE.height), Image.new("RGB", (canvas.width, canvas.height), "red")
    whole = put_back(edit, old, drawn)
    assert whole.size == (layout.canvas.width, layout.canvas.height)
    assert whole.crop(layout.place.corners).tobytes() == old.tobytes()
    reds = (np.asarray(whole) == (255, 0, 0)).all(axis=-1).sum()
    assert reds == whole.width * whole.height - old.width * old.height
    assert cut(recipe, edit, old).picture.size == (canvas.width, canvas.height)


def test_a_zoom_shows_the_old_picture_smaller() -> None:
    recipe, edit = edited(zoomed(SIZE, 2))
    old = noise(1, SIZE.width, SIZE.height)
    small = old.resize((48, 32), Image.Resampling.LANCZOS)
    assert put_back(edit, old, old).crop(edit.place.corners).tobytes() == small.tobytes()
    area = np.asarray(cut(recipe, edit, old).area)
    assert (area == 0).sum() == 48 * 32
    assert (area == 255).sum() == 96 * 64 - 48 * 32


def test_of_a_region_only_what_is_marked_is_drawn() -> None:
    mask = Image.new("L", (SIZE.width, SIZE.height))
    mask.paste(255, (10, 20, 50, 40))
    recipe, edit = edited(repainted(SIZE), area=written_area(mask))
    old = noise(1, SIZE.width, SIZE.height)
    whole = np.asarray(put_back(edit, old, Image.new("RGB", old.size, "red")))
    marked = np.asarray(mask) > 0
    assert (whole[marked] == (255, 0, 0)).all()
    assert (whole[~marked] == np.asarray(old)[~marked]).all()
    assert (np.asarray(cut(recipe, edit, old).area) == np.asarray(mask)).all()


@pytest.mark.parametrize("value", [0, 100])
def test_a_mask_in_which_nothing_is_light_marks_nothing(value: int) -> None:
    assert written_area(Image.new("L", (96, 64), value)) == ""


def test_a_large_mask_is_kept_small() -> None:
    mask = Image.new("RGBA", (3000, 2000), (255, 255, 255, 255))
    kept = written_area(mask)
    assert len(kept) < 2000
    recipe, edit = edited(repainted(SIZE), area=kept)
    assert np.asarray(cut(recipe, edit, noise(1, 96, 64)).area).min() == 255
    assert MAX_AREA_SIDE == 512
