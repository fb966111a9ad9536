"""Rows → seconds of a forward pass, measured at warm-up; where more rows stop paying; what memory forbids."""

from collections.abc import Callable, Mapping
from time import perf_counter

import numpy as np

from engine.errors import OutOfMemory

REMEMBERED_SECONDS = 300.0
"""How long it is believed that more does not fit into the memory."""
_WORTHWHILE = 0.9
"""The knee is the fewest rows that reach this share of the best rows per second."""
_GROWTH = 1.05
_MOST_ROWS = 64
_MOST_SECONDS = 0.3
_ROUNDS = 2


def measure_curve(seconds_of: Callable[[int], float], *, least: int = 8) -> dict[int, float]:
    """Time forward passes of doubling rows, until more rows bring no more rows per second.

    `seconds_of` runs a pass of so many rows. Every size is timed in several rounds, so that a disturbance
    spoils one round and not the curve. Up to `least` rows (a grid of four with guidance) are tried even
    where they do not pay, unless a pass takes too long to wait for.
    Raises: OutOfMemory, if not even one row fits.
    """
    curve = _explore(seconds_of, least)
    for _ in range(_ROUNDS - 1):
        curve = {rows: min(seconds, seconds_of(rows)) for rows, seconds in curve.items()}
    return curve


def _explore(seconds_of: Callable[[int], float], least: int) -> dict[int, float]:
    """One round, up to where twice in a row doubling did not pay, or it takes too long or too much memory."""
    curve: dict[int, float] = {}
    rows, best, in_vain = 1, 0.0, 0
    while rows <= _MOST_ROWS and in_vain < 2:
        try:
            curve[rows] = seconds_of(rows)
        except OutOfMemory:
            if not curve:
                raise
            break
        if curve[rows] > _MOST_SECONDS:
            break
        pays = rows / curve[rows] >= best * _GROWTH or rows <= least
        in_vain = 0 if pays else in_vain + 1
        best = max(best, rows / curve[rows])
        rows *= 2
    return curve


class Limits:
    """How many pieces at once were seen not to run out of memory, by their area. Forgotten after a while:
    what took the memory may be gone."""

    def __init__(self, clock: Callable[[], float] = perf_counter) -> None:
        self._clock = clock
        self._learnt: dict[int, tuple[int, float]] = {}

    def get(self, area: int) -> int:
        """Most pieces of this size, as learnt from it or from a smaller one."""
        now = self._clock()
        self._learnt = {one: (most, until) for one, (most, until) in self._learnt.items() if now < until}
        return min((most for one, (most, _) in self._learnt.items() if one <= area), default=2**31)

    def learn(self, area: int, most: int) -> None:
        """Remember that more than this do not fit."""
        self._learnt[area] = (min(most, self.get(area)), self._clock() + REMEMBERED_SECONDS)

    def forget(self) -> None:
        """Memory was freed: what did not fit may fit now."""
        self._learnt.clear()


class Capacity:
    """What one checkpoint can carry on this device. Sizes are areas in pixels; cost grows with the area."""

    def __init__(
        self,
        curve: Mapping[int, float],
        native_area: int,
        max_rows: int | None = None,
        *,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self.curve = dict(sorted(curve.items()))
        self._native_area = native_area
        self._max_rows = max_rows
        self.rows = Limits(clock)
        """Of a forward pass."""
        self.pictures = Limits(clock)
        """To decode."""
        self._rows, self._seconds = list(self.curve), list(self.curve.values())
        self.knee = self._knee()
        """Rows at the native size beyond which a tick only becomes longer."""

    def cap(self, area: int) -> int:
        """Most rows worth packing at this size: the knee, moved by the area, under what memory allows."""
        moved = max(1, round(self.knee * self._native_area / area))
        return min(moved, self.rows.get(area))

    def seconds(self, rows: float, area: int) -> float:
        """A forward pass of so many rows: the measured curve, and beyond it in proportion."""
        beyond = max(1.0, rows / self._rows[-1])
        return float(np.interp(rows, self._rows, self._seconds)) * beyond * area / self._native_area

    def _knee(self) -> int:
        if self._max_rows is not None:
            return self._max_rows
        best = max(rows / seconds for rows, seconds in self.curve.items())
        return next(rows for rows, seconds in self.curve.items() if rows / seconds >= _WORTHWHILE * best)
