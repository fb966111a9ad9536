"""Work between ticks that is written as one function, and stops wherever it says `yield`."""

from abc import ABC, abstractmethod
from collections.abc import Generator
from typing import Generic, TypeAlias, TypeVar

from engine.library import Library
from engine.work.pacing import in_slice

T = TypeVar("T")
Pieces: TypeAlias = Generator[None, None, T]
"""One `yield` after each piece; what is returned is the result."""


class Piecewise(ABC, Generic[T]):
    """`engine.work.slices.Counted`, piece by piece. What it leads to is a `Result`, or what a request begins
    with."""

    num_pieces = 1

    def __init__(self) -> None:
        self.num_done = 0
        self._pieces: Pieces[T] | None = None

    @abstractmethod
    def work(self, library: Library) -> Pieces[T]:
        """All of it. Every piece is to be short, and `num_pieces` to be right once the first is done."""

    def advance(self, library: Library, seconds: float | None) -> T | None:
        """Do as many pieces as take no longer than this, at least one."""
        self._pieces = self._pieces or self.work(library)
        for _ in in_slice(seconds):
            try:
                next(self._pieces)
            except StopIteration as end:
                result: T = end.value
                return result
            self.num_done = min(self.num_done + 1, self.num_pieces - 1)
        return None
