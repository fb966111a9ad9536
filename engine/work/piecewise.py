"""Work of a request of its own that is written as one function, and stops wherever it says `yield`."""

from abc import ABC, abstractmethod
from collections.abc import Generator
from time import perf_counter
from typing import TypeAlias

from engine.api import Result
from engine.library import Library

Pieces: TypeAlias = Generator[None, None, Result]
"""One `yield` after each piece; what is returned is the result."""

_SLICE_SECONDS = 0.1
"""How long it goes on where nobody is drawn: somebody may come."""


class Piecewise(ABC):
    """`engine.work.slices.Counted`, piece by piece."""

    num_pieces = 1

    def __init__(self) -> None:
        self.num_done = 0
        self._pieces: Pieces | None = None

    @abstractmethod
    def work(self, library: Library) -> Pieces:
        """All of it. Every piece is to be short, and `num_pieces` to be right once the first is done."""

    def advance(self, library: Library, seconds: float | None) -> Result | None:
        """Do as many pieces as take no longer than this, at least one."""
        self._pieces = self._pieces or self.work(library)
        budget = _SLICE_SECONDS if seconds is None else min(seconds, _SLICE_SECONDS)
        started = piece_started = perf_counter()
        while True:
            try:
                next(self._pieces)
            except StopIteration as end:
                result: Result = end.value
                return result
            self.num_done = min(self.num_done + 1, self.num_pieces - 1)
            now = perf_counter()
            if now - started + (now - piece_started) > budget:  # another would be over it
                return None
            piece_started = now
