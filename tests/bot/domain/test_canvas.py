"""Where the old picture lies, and what is drawn: never more than a window, never over the old."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.canvas import (
    MAX_SIDE,
    ROOM,
    Box,
    Layout,
    Side,
    drawn_size,
    panned,
    repainted,
    squared,
    zoomed,
)
from bot.domain.errors import Impossible
from bot.domain.size import Size

NATIVE, MULTIPLE = 256, 16
sizes = st.builds(Size, width=st.integers(64, 1024), height=st.integers(64, 1024))


def pan(size: Size, to: Side) -> Layout:
    """A pan, by the model of these tests."""
    return panned(size, to, native_size=NATIVE, multiple=MULTIPLE)


def contains(outer: Box, inner: Box) -> bool:
    """Whether a rectangle lies in another."""
    (left, top, right, bottom), (l_, t_, r_, b_) = outer.corners, inner.corners
    return left <= l_ and top <= t_ and right >= r_ and bottom >= b_


def test_a_zoom_keeps_the_size_and_puts_the_picture_into_the_middle() -> None:
    layout = zoomed(Size(width=336, height=224), 2)
    assert layout.canvas == Size(width=336, height=224)
    assert layout.place == Box(left=84, top=56, width=168, height=112)


@pytest.mark.parametrize(
    ("to", "canvas", "place", "window"),
    [
        ("right", (384, 256), (0, 0), Box(left=128, top=0, width=256, height=256)),
        ("left", (384, 256), (128, 0), Box(left=0, top=0, width=256, height=256)),
        ("down", (256, 384), (0, 0), Box(left=0, top=128, width=256, height=256)),
        ("up", (256, 384), (0, 128), Box(left=0, top=0, width=256, height=256)),
    ],
)
def test_a_pan_adds_half_on_its_side_and_draws_one_native_window(
    to: Side, canvas: tuple[int, int], place: tuple[int, int], window: Box
) -> None:
    layout = pan(Size(width=256, height=256), to)
    assert (layout.canvas.width, layout.canvas.height) == canvas
    assert (layout.place.left, layout.place.top) == place
    assert layout.window == window


def test_ten_pans_in_a_row_draw_no_more_each_time() -> None:
    size = Size(width=NATIVE, height=NATIVE)
    for _ in range(10):
        layout = pan(size, "right")
        assert drawn_size(layout.window, native_size=NATIVE, multiple=MULTIPLE) == Size(
            width=NATIVE, height=NATIVE
        )
        size = layout.canvas
    assert size.width == NATIVE + 10 * NATIVE // 2


def test_a_pan_across_a_long_picture_is_drawn_smaller_and_no_canvas_outgrows_the_limit() -> None:
    layout = pan(Size(width=2048, height=NATIVE), "up")
    drawn = drawn_size(layout.window, native_size=NATIVE, multiple=MULTIPLE)
    assert drawn.width * drawn.height <= ROOM * NATIVE**2
    with pytest.raises(Impossible, match=f"longest side is {MAX_SIDE}"):
        pan(Size(width=MAX_SIDE, height=NATIVE), "left")


def test_a_square_is_as_high_as_wide_and_what_is_square_is_refused() -> None:
    assert squared(Size(width=336, height=224)).place == Box(left=0, top=56, width=336, height=224)
    with pytest.raises(Impossible, match="square already"):
        squared(Size(width=256, height=256))


@given(size=sizes, to=st.sampled_from(["left", "right", "up", "down"]), factor=st.floats(1.1, 4))
def test_the_old_picture_lies_on_its_canvas_and_the_window_has_all_that_is_new(
    size: Size, to: Side, factor: float
) -> None:
    layouts = [zoomed(size, factor), repainted(size), pan(size, to)]
    for layout in layouts:
        whole = Box(left=0, top=0, width=layout.canvas.width, height=layout.canvas.height)
        assert contains(whole, layout.place)
        assert contains(whole, layout.window)
        drawn = drawn_size(layout.window, native_size=NATIVE, multiple=MULTIPLE)
        assert drawn.width % MULTIPLE == drawn.height % MULTIPLE == 0
    last = layouts[-1]
    covered = {last.place.corners, last.window.corners}
    assert last.canvas != size
    assert min(left for left, *_ in covered) == 0
    assert max(right for *_, right, _ in covered) == last.canvas.width
    assert max(bottom for *_, bottom in covered) == last.canvas.height
