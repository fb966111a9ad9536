"""How a picture larger than the model's own lies in windows: where they begin, and how many there are.

Lengths are in any one unit, pixels or cells: the number of windows is the same in both.
"""

from math import ceil

OVERLAP = 4
"""Neighbouring windows have at least one part in so many in common, so that they agree."""


def placed(length: int, side: int) -> list[int]:
    """Where the fewest windows of this side begin, spread evenly over the length."""
    gaps = count(length, side) - 1
    return [number * (length - side) // gaps for number in range(gaps + 1)] if gaps else [0]


def count(length: int, side: int) -> int:
    """How many windows of this side there are over the length."""
    if length <= side:
        return 1
    return 1 + ceil(OVERLAP * (length - side) / ((OVERLAP - 1) * side))


def count_over(width: int, height: int, side: int) -> int:
    """How many square windows of this side there are over a picture."""
    return count(width, side) * count(height, side)
