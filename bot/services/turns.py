"""How many jobs of one member are drawn at a time: the further ones wait here, in the order they came."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

Line = list["Turn"]


class Turn:
    """One job's place in the line of its member."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._moved = asyncio.Event()

    async def come(self, limit: int | None) -> AsyncIterator[int]:
        """Wait until fewer than `limit` jobs are before this one; meanwhile, how many must be over first."""
        while limit is not None and (before := self._line.index(self) + 1 - limit) > 0:
            yield before
            await self._moved.wait()
            self._moved.clear()
        yield 0

    def move(self) -> None:
        """A job before this one is over."""
        self._moved.set()


class Turns:
    """The lines of all members."""

    def __init__(self) -> None:
        self._lines: dict[tuple[int, int], Line] = {}

    @contextmanager
    def queue(self, guild_id: int, user_id: int) -> Iterator[Turn]:
        """Stand in a member's line, until the job is over."""
        line = self._lines.setdefault((guild_id, user_id), [])
        turn = Turn(line)
        line.append(turn)
        try:
            yield turn
        finally:
            line.remove(turn)
            for later in line:
                later.move()
            if not line:
                del self._lines[guild_id, user_id]
