"""Units of work that come at once share a commit, and no failure."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.storage import members
from bot.storage.database import Database
from bot.storage.grouped import MOST, Batch, GroupCommit
from bot.storage.models import MemberRow
from bot.storage.outage import DatabaseAway

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


async def use(session: AsyncSession, *, user_id: int) -> int:
    """A unit of work: a member used the bot."""
    await members.update_last_used(session, guild_id=1, user_id=user_id, name="", now=NOW)
    return user_id


async def count_members(database: Database) -> int:
    async with database.reading() as session:
        return (await session.execute(select(func.count()).select_from(MemberRow))).scalar_one()


class Counting(Database):
    """Counts its transactions, and can be away when one is to be committed."""

    def __init__(self, base: Database) -> None:
        self.__dict__.update(base.__dict__)
        self.begun = 0
        self.is_away = False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        self.begun += 1
        async with super().transaction() as session:
            yield session
            if self.is_away:
                raise DatabaseAway


async def together(
    group: GroupCommit, works: list[Callable[[AsyncSession], Awaitable[int]]]
) -> list[int | BaseException]:
    """What becomes of units of one member that come in one instant."""
    return await asyncio.gather(*(group.run(work, key=1) for work in works), return_exceptions=True)


async def test_what_comes_at_once_is_committed_together_and_answered_apart(database: Database) -> None:
    counting = Counting(database)
    works = [partial(use, user_id=number) for number in range(4 * MOST)]
    assert await together(GroupCommit(counting), [*works]) == [*range(4 * MOST)]
    assert counting.begun == 4
    assert await count_members(database) == 4 * MOST


async def test_a_unit_that_fails_takes_no_other_along(database: Database) -> None:
    async def fail(session: AsyncSession) -> int:
        await use(session, user_id=7)
        raise ValueError("it went wrong")

    found = await together(GroupCommit(database), [partial(use, user_id=1), fail, partial(use, user_id=2)])
    assert [found[0], str(found[1]), found[2]] == [1, "it went wrong", 2]
    assert await count_members(database) == 2


async def test_an_outage_is_told_to_all_and_nothing_is_tried_again(database: Database) -> None:
    """Its confirmation may be all that was lost."""
    counting = Counting(database)
    counting.is_away = True
    found = await together(GroupCommit(counting), [partial(use, user_id=number) for number in range(3)])
    assert [type(one) for one in found] == [DatabaseAway] * 3
    assert counting.begun == 1
    counting.is_away = False
    assert await together(GroupCommit(counting), [partial(use, user_id=9)]) == [9]


async def test_who_is_cancelled_before_it_began_takes_it_along(database: Database) -> None:
    group, may_go_on, has_begun = GroupCommit(database), asyncio.Event(), asyncio.Event()

    async def wait(session: AsyncSession) -> int:
        has_begun.set()
        await may_go_on.wait()
        return await use(session, user_id=1)

    begun = asyncio.create_task(group.run(wait, key=1))
    await has_begun.wait()
    waiting = asyncio.create_task(group.run(partial(use, user_id=2), key=1))
    await asyncio.sleep(0)
    for task in (waiting, begun):
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    may_go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await begun  # but it was under way, and is done
    assert await together(group, [partial(use, user_id=3)]) == [3]
    assert await count_members(database) == 2


async def test_values_that_come_while_others_are_written_are_written_together(database: Database) -> None:
    counting, written = Counting(database), list[list[int]]()

    async def write(session: AsyncSession, values: list[int]) -> None:
        written.append(values)
        for value in values:
            await use(session, user_id=value)

    batch = Batch(counting, write)
    first = asyncio.create_task(batch.add(0))
    while not written:
        await asyncio.sleep(0)
    await asyncio.gather(first, *(batch.add(number) for number in range(1, 50)))
    assert written == [[0], [*range(1, 50)]]
    assert await count_members(database) == 50
    counting.is_away = True
    found = await asyncio.gather(batch.add(51), batch.add(52), return_exceptions=True)
    assert [type(one) for one in found] == [DatabaseAway] * 2
    counting.is_away = False
    await batch.add(53)
    assert await count_members(database) == 51
