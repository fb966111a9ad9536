"""What guilds have decided, remembered for seconds: it is read by every order, and hardly ever changes.

One process owns a database, so that all that changes a decision passes here. A transaction that does so reads
the tables themselves from then on, and when it has ended, well or badly, everything that was remembered goes.
What somebody read meanwhile is not remembered. An answer of the database that was lost may yet take effect,
and an owner may use `python -m bot host`, or type SQL: for those, nothing is remembered for longer than a few
seconds.
"""

import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

T = TypeVar("T")

SECONDS = 5.0
MOST_FACTS = 5_000
MOST_MEMBERS = 2_000
"""A set of more members than these is not kept: each of them is asked for."""

MEMORY = "memory"
GENERATION = "generation"
CHANGES = "changes"


class Memory:
    """Facts by name and guild, with the time until which they are good."""

    def __init__(self) -> None:
        self.generation = 0
        self._facts: dict[tuple[str, int], tuple[float, Any]] = {}

    def get(self, key: tuple[str, int]) -> tuple[bool, Any]:
        """Whether a fact is remembered, and the fact."""
        until, fact = self._facts.get(key, (0.0, None))
        return until > time.monotonic(), fact

    def keep(self, key: tuple[str, int], fact: object, *, generation: int) -> None:
        """Remember a fact, unless something changed since its reading began."""
        if generation != self.generation:
            return
        if len(self._facts) >= MOST_FACTS:
            self._facts.clear()
        self._facts[key] = time.monotonic() + SECONDS, fact

    def clear(self) -> None:
        """Forget everything, and what is being read."""
        self.generation += 1
        self._facts.clear()


async def remembered(session: AsyncSession, name: str, guild_id: int, read: Callable[[], Awaitable[T]]) -> T:
    """A fact about a guild, never changed in place: from memory, or as `read` finds it in this session."""
    memory: Memory | None = session.info.get(MEMORY)
    if memory is None or CHANGES in session.info:
        return await read()
    is_known, fact = memory.get((name, guild_id))
    if is_known:
        return fact  # type: ignore[no-any-return]
    # A snapshot is as old as its first statement; the generation was noted before that.
    generation = session.info[GENERATION]
    found = await read()
    memory.keep((name, guild_id), found, generation=generation)
    return found


def changing(session: AsyncSession) -> None:
    """Say, before it is done, that this session changes what is remembered."""
    session.info[CHANGES] = True


async def members_named(
    session: AsyncSession, name: str, guild_id: int, read: Callable[[int], Awaitable[list[T]]]
) -> frozenset[T] | None:
    """A set of members of a guild about whom something is known; None where they are too many to remember.

    `read` gives at most as many as it is asked for.
    """

    async def read_set() -> frozenset[T] | None:
        found = await read(MOST_MEMBERS + 1)
        return None if len(found) > MOST_MEMBERS else frozenset(found)

    return await remembered(session, name, guild_id, read_set)
