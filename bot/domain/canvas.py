"""Where a picture lies on a new canvas, and which part of that is drawn: zoom, pan, square, region.

The old picture is never drawn anew, only what lies around it, or in the area that was marked. However large
the canvas grows, one window of about the model's native area is drawn, with as much of the old picture in it.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Any, Literal, Self

from bot.domain.errors import Impossible
from bot.domain.sentences import say
from bot.domain.size import AspectRatio, Size

MAX_SIDE = 4096
"""Pixels that a canvas may be long."""
UPSCALE = 2
"""How much larger a pressed Upscale makes a picture."""
CREATIVE_STRENGTHS = {2: 0.3, 4: 0.2}
"""How much of the schedule a creative upscale draws anew, by how much larger it makes a picture. Edges become
crisp and little else appears; the less of the picture a window sees, the less may be made up in it."""
PAN_SHARE = 0.5
"""How much of a native side a picture grows by: a new one by half, as Midjourney has it."""
ROOM = 1.5
"""How much larger than native, by area, a window may be before it is drawn at a smaller scale."""

Side = Literal["left", "right", "up", "down"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle on a canvas, in its pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def corners(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom, as Pillow wants them."""
        return self.left, self.top, self.left + self.width, self.top + self.height

    @classmethod
    def from_json(cls, values: Any) -> Self:
        """From the four numbers that JSON keeps of it."""
        left, top, width, height = values
        return cls(left=left, top=top, width=width, height=height)

    def to_json(self) -> list[int]:
        """Four numbers."""
        return [self.left, self.top, self.width, self.height]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A canvas, the old picture on it, and the window that is drawn."""

    canvas: Size
    place: Box
    """Where the old picture lies; smaller than it was, where it was zoomed out of."""
    window: Box


def zoomed(size: Size, factor: float) -> Layout:
    """Farther away: as large as before, with the old picture in the middle, `factor` times smaller."""
    width, height = (max(1, round(side / factor)) for side in (size.width, size.height))
    left, top = (size.width - width) // 2, (size.height - height) // 2
    return Layout(canvas=size, place=Box(left=left, top=top, width=width, height=height), window=_whole(size))


def reframed(size: Size, factor: float, shape: AspectRatio) -> Layout:
    """In another shape, that just holds it, and from there `factor` times farther away.

    Raises: Impossible, where nothing would be left to draw, or too much.
    """
    width, height = size.width, size.height
    if width * shape.height < height * shape.width:
        width = round(height * shape.width / shape.height)
    else:
        height = round(width * shape.height / shape.width)
    canvas = Size(width=max(width, size.width), height=max(height, size.height))
    if max(canvas.width, canvas.height) > MAX_SIDE:
        raise Impossible(
            say(
                "This picture would be {size} pixels; the longest side is {limit}. Choose a shape nearer to "
                "its own.",
                size=str(canvas),
                limit=MAX_SIDE,
            )
        )
    if factor == 1 and canvas == size:
        raise Impossible(
            say(
                "With `--zoom 1` and the same shape there is nothing around this picture to draw. Write "
                "another number, as `--zoom 1.5`, or another shape, as `--ar 16:9`."
            )
        )
    inner = Size(width=max(1, round(size.width / factor)), height=max(1, round(size.height / factor)))
    left, top = (canvas.width - inner.width) // 2, (canvas.height - inner.height) // 2
    place = Box(left=left, top=top, width=inner.width, height=inner.height)
    return Layout(canvas=canvas, place=place, window=_whole(canvas))


def panned(size: Size, to: Side, *, native_size: int, multiple: int) -> Layout:
    """Longer on one side, by half of what the model draws. The window is that, and as much of what is old.

    Raises: Impossible.
    """
    is_across = to in {"left", "right"}
    length = size.width if is_across else size.height
    grown = max(multiple, round(min(length, native_size) * PAN_SHARE / multiple) * multiple)
    canvas = _checked(
        Size(
            width=size.width + grown * is_across,
            height=size.height + grown * (not is_across),
        )
    )
    before = grown if to in {"left", "up"} else 0
    place = Box(left=before * is_across, top=before * (not is_across), width=size.width, height=size.height)
    reach = min(2 * grown, length + grown)
    start = 0 if before else length + grown - reach
    if is_across:
        return Layout(
            canvas=canvas, place=place, window=Box(left=start, top=0, width=reach, height=size.height)
        )
    return Layout(canvas=canvas, place=place, window=Box(left=0, top=start, width=size.width, height=reach))


def squared(size: Size) -> Layout:
    """As high as wide, with the old picture in the middle.

    Raises: Impossible, where it is square already, too.
    """
    if size.width == size.height:
        raise Impossible(say("This picture is square already."))
    side = max(size.width, size.height)
    canvas = _checked(Size(width=side, height=side))
    left, top = (side - size.width) // 2, (side - size.height) // 2
    place = Box(left=left, top=top, width=size.width, height=size.height)
    return Layout(canvas=canvas, place=place, window=_whole(canvas))


def repainted(size: Size) -> Layout:
    """In its own place: an area of it is drawn anew."""
    return Layout(canvas=size, place=_whole(size), window=_whole(size))


def drawn_size(window: Box, *, native_size: int, multiple: int) -> Size:
    """The size that a window is drawn at: its own, or a smaller one of its shape where that is too much."""
    area, most = window.width * window.height, ROOM * native_size**2
    scale = 1.0 if area <= most else sqrt(native_size**2 / area)
    width, height = (
        max(multiple, round(side * scale / multiple) * multiple) for side in (window.width, window.height)
    )
    return Size(width=width, height=height)


def enlarged(size: Size, factor: int, *, multiple: int) -> Size:
    """The size of a picture so many times larger, as near to it as a model can draw.

    Raises: Impossible, where that is too large.
    """
    width, height = (
        max(multiple, round(side * factor / multiple) * multiple) for side in (size.width, size.height)
    )
    if max(width, height) > MAX_SIDE:
        raise Impossible(
            say(
                "Upscaled, this picture would be {width}×{height} pixels; the longest side is {limit}. "
                "It is as large as I can make it.",
                width=width,
                height=height,
                limit=MAX_SIDE,
            )
        )
    return Size(width=width, height=height)


def _whole(size: Size) -> Box:
    return Box(left=0, top=0, width=size.width, height=size.height)


def _checked(canvas: Size) -> Size:
    """Raises: Impossible."""
    if max(canvas.width, canvas.height) > MAX_SIDE:
        raise Impossible(
            say(
                "This picture would be {size} pixels; the longest side is {limit}. Zoom out of it instead.",
                size=str(canvas),
                limit=MAX_SIDE,
            )
        )
    return canvas
