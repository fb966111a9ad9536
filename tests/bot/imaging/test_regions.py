"""Areas to be chosen from: what is white, and what is shown of it."""

import io

import numpy as np
from PIL import Image

from bot.domain.canvas import Box
from bot.domain.cells import ALL, cells_of, toggled
from bot.domain.recipe import Canvas, Edit, ImageRef
from bot.imaging.regions import CHOSEN, area_of, on_canvas, share_of, with_area, with_cells


def test_cells_are_chosen_and_let_go_one_by_one() -> None:
    cells = 0
    for cell in (1, 5, 9, 5):
        cells = toggled(cells, cell)
    assert cells_of(cells) == (1, 9)
    assert cells_of(ALL) == tuple(range(1, 10))


def test_all_cells_together_are_the_picture_and_none_twice() -> None:
    size = (100, 64)
    each = [np.asarray(area_of(1 << place, size)) > 0 for place in range(9)]
    assert (np.sum(each, axis=0) == 1).all()
    assert np.asarray(area_of(1 << 3, size))[32, 5] == 255
    assert share_of(area_of(ALL, size)) == 1


def test_what_is_chosen_is_seen_in_colour_and_the_rest_as_it_is() -> None:
    picture = Image.new("RGB", (96, 64), "white")
    shown = Image.open(io.BytesIO(with_cells(picture, 1 << 8)))
    assert min(shown.size) >= 500
    width, height = shown.size
    blue = shown.getpixel((width - width // 8, height - height // 8))
    white = shown.getpixel((width // 6, height // 4))
    assert isinstance(blue, tuple)
    assert isinstance(white, tuple)
    assert all(abs(one - (255 + other) / 2) < 12 for one, other in zip(blue, CHOSEN, strict=True))
    assert min(white) > 245
    area = Image.new("L", (30, 20))
    area.paste(255, (0, 0, 15, 20))
    halved = Image.open(io.BytesIO(with_area(picture, area)))
    left, right = halved.getpixel((40, 40)), halved.getpixel((halved.width - 40, 40))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert left[0] < 190
    assert min(right) > 245


def test_what_was_found_in_a_window_lies_there_on_the_canvas() -> None:
    edit = Edit(
        image=ImageRef(job_id=1, index=0),
        canvas=Canvas(width=128, height=64),
        place=Box(left=0, top=0, width=64, height=64),
        window=Box(left=64, top=0, width=64, height=64),
    )
    whole = np.asarray(on_canvas(Image.new("L", (32, 32), 255), edit))
    assert whole[:, 64:].min() == 255
    assert whole[:, :64].max() == 0
