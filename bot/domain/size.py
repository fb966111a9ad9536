"""From an aspect ratio to the pixels that a model draws well."""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import gcd, log

UNITS = 16
"""The native side is cut into about this many steps: coarse, so that many ratios share a size and a batch."""
AREA_TOLERANCE = 0.2
"""How far the area may stray from the native one: a model draws worse, or slower, beyond."""
COMMON = ((1, 1), (5, 4), (4, 3), (3, 2), (16, 9), (2, 1), (3, 1), (4, 1))
"""The ratios of pictures as people name them, the wide ones."""
SMALL = 20
"""The lower number of a ratio that nobody asked for is at most this."""
APART = 0.04
"""How far, as a share, two ratios must differ to have sizes of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AspectRatio:
    """Width to height, both at least 1, as the member wrote them."""

    width: int
    height: int

    def reduced(self) -> "AspectRatio":
        """The same ratio in the smallest whole numbers."""
        divisor = gcd(self.width, self.height)
        return AspectRatio(width=self.width // divisor, height=self.height // divisor)

    def __str__(self) -> str:
        return f"{self.width}:{self.height}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int

    @property
    def ratio(self) -> AspectRatio:
        """The effective ratio, which may differ a little from the one asked for."""
        return AspectRatio(width=self.width, height=self.height).reduced()

    def __str__(self) -> str:
        return f"{self.width}×{self.height}"


def fit(ratio: AspectRatio, *, native_size: int, size_multiple: int) -> Size:
    """The size nearest to the ratio among those that this model is asked for.

    Both sides are multiples of `size_multiple`; the area is within 20 % of `native_size` squared.
    """
    sizes = _sizes(native_size, size_multiple)
    return min(sizes, key=lambda size: (round(_distance(size.ratio, ratio), 9), size.width * size.height))


@lru_cache
def _sizes(native_size: int, size_multiple: int) -> tuple[Size, ...]:
    """Every size that this model is asked for: simple ratios first, others where none of those is near."""
    step = size_multiple * max(1, round(native_size / UNITS / size_multiple))
    native_area = native_size**2

    def strays(size: Size) -> float:
        return abs(size.width * size.height / native_area - 1)

    def by_simplicity(size: Size) -> tuple[int, float, int]:
        return size.ratio.width + size.ratio.height, strays(size), size.width * size.height

    sides = range(step, 3 * native_size + 1, step)
    candidates = (Size(width=width, height=height) for width in sides for height in sides)
    kept: list[Size] = []
    for size in sorted((size for size in candidates if strays(size) <= AREA_TOLERANCE), key=by_simplicity):
        if all(_distance(size.ratio, other.ratio) >= APART for other in kept):
            kept.append(size)
    return tuple(kept)


def named_ratio(width: int, height: int, *, widest: int) -> AspectRatio:
    """The ratio of so many pixels in small numbers, within `1:widest` and `widest:1`."""
    ratio = Fraction(max(width, height), min(width, height))
    long = min(ratio, Fraction(widest)).limit_denominator(SMALL)
    if width >= height:
        return AspectRatio(width=long.numerator, height=long.denominator)
    return AspectRatio(width=long.denominator, height=long.numerator)


def are_alike(one: AspectRatio, other: AspectRatio) -> bool:
    """Whether two ratios are so near that a model draws both at one size."""
    return _distance(one, other) < APART


def common_ratio(width: int, height: int) -> AspectRatio:
    """The nearest of the ratios that people ask for to a picture of so many pixels."""
    size = AspectRatio(width=width, height=height)
    ratios = [AspectRatio(width=one, height=other) for one, other in COMMON]
    turned = [AspectRatio(width=ratio.height, height=ratio.width) for ratio in ratios]
    return min([*ratios, *turned], key=lambda ratio: _distance(ratio, size))


def _distance(one: AspectRatio, other: AspectRatio) -> float:
    return abs(log(one.width * other.height / (one.height * other.width)))
