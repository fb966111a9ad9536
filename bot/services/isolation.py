"""Who may be on the device at the same time: a suspect alone, all others with each other."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class Isolation:
    """A lock that many share, or one has; who wants it alone goes before those who come later."""

    def __init__(self) -> None:
        self._num_inside = 0
        self._num_suspects = 0
        self._is_alone = False
        self._changed = asyncio.Event()

    @asynccontextmanager
    async def together(self) -> AsyncIterator[None]:
        """With others, once no suspect is on the device or about to be."""
        await self._until(lambda: not self._is_alone and not self._num_suspects)
        self._num_inside += 1
        try:
            yield
        finally:
            self._num_inside -= 1
            self._tell()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Once everybody else has left."""
        self._num_suspects += 1
        try:
            await self._until(lambda: not self._is_alone and not self._num_inside)
            self._is_alone = True
            try:
                yield
            finally:
                self._is_alone = False
        finally:
            self._num_suspects -= 1
            self._tell()

    async def _until(self, is_free: Callable[[], bool]) -> None:
        while not is_free():
            await self._changed.wait()

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
