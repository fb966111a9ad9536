"""How long work between ticks goes on, so that nobody stalls for it."""

from collections.abc import Iterator
from time import perf_counter

_SLICE_SECONDS = 0.1
"""How long it goes on where nobody is drawn: somebody may come."""


def in_slice(seconds: float | None) -> Iterator[None]:
    """Once for each piece of work that fits into so many seconds, at least once.

    It ends where another piece like the last would be over it.
    """
    budget = _SLICE_SECONDS if seconds is None else min(seconds, _SLICE_SECONDS)
    started = piece_started = perf_counter()
    while True:
        yield
        now = perf_counter()
        if now - started + (now - piece_started) > budget:
            return
        piece_started = now
