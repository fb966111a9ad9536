"""Work of a request of its own that is written as one function, and stops wherever it says `yield`."""

from abc import ABC, abstractmethod
from collections.abc import Generator
from typing import TypeAlias

from engine.api import Result
from engine.library import Library
from engine.work.pacing import in_slice

Pieces: TypeAlias = Generator[None, None, Result]
"""One `yield` after each piece; what is returned is the result."""


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
        for _ in in_slice(seconds):
            try:
                next(self._pieces)
            except StopIteration as end:
                result: Result = end.value
                return result
            self.num_done = min(self.num_done + 1, self.num_pieces - 1)
        return None
