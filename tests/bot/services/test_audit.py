"""The audit log: added, read by the guild's moderators alone, exported, never changed."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.domain.asker import Asker
from bot.domain.audit import AuditFilter, Deed
from bot.domain.errors import NotAllowed
from bot.services import Services
from bot.services.audit import PAGE_ROWS
from bot.storage import audit
from bot.storage.database import Database
from tests.bot.conftest import MovableClock

EVERYTHING = AuditFilter()


@pytest.fixture
def moderator(ada: Asker) -> Asker:
    return replace(ada, user_id=900, is_manager=True)


async def note(database: Database, clock: MovableClock, **changes: object) -> None:
    """Add a row with some fields changed."""
    row = {
        "guild_id": 1,
        "actor_id": 900,
        "action": Deed.BLOCK,
        "target_id": 100,
        "reason": "spam",
        **changes,
    }
    async with database.transaction() as session:
        await audit.note(session, **row, now=clock.now)  # type: ignore[arg-type]


async def _note_and_fail(database: Database, clock: MovableClock) -> None:
    async with database.transaction() as session:
        await audit.note(session, 1, 900, Deed.CANCEL, now=clock.now)
        await session.execute(text("SELECT nothing FROM nowhere"))


async def test_the_owners_log_tells_what_was_done_once_it_holds(
    database: Database, clock: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot")
    with pytest.raises(DBAPIError):
        await _note_and_fail(database, clock)
    await note(database, clock)
    await note(database, clock, actor_id=0, action=Deed.STRIKE)
    assert caplog.messages == [
        "guild 1: moderator 900: block (member 100)",
        "guild 1: a rule: strike (member 100)",
    ]


async def test_pages_and_filters(
    services: Services, database: Database, clock: MovableClock, moderator: Asker
) -> None:
    for number in range(PAGE_ROWS + 2):
        await note(database, clock, reason=f"spam {number}")
    await note(database, clock, action=Deed.WARNING, target_id=101)
    first = await services.audit.page(moderator, EVERYTHING, 0)
    assert (len(first.entries), first.has_more) == (PAGE_ROWS, True)
    assert first.entries[0].action == "warning"
    second = await services.audit.page(moderator, EVERYTHING, 1)
    assert (len(second.entries), second.has_more) == (3, False)
    assert [e.reason for e in second.entries] == ["spam 2", "spam 1", "spam 0"]
    (warned,) = (await services.audit.page(moderator, AuditFilter(user_id=101), 0)).entries
    assert warned.action == "warning"
    assert len((await services.audit.page(moderator, AuditFilter(action="warning"), 0)).entries) == 1
    assert await services.audit.list_actions(moderator) == ["block", "warning"]


async def test_another_guilds_moderator_sees_nothing_of_it(
    services: Services, database: Database, clock: MovableClock, ada: Asker, moderator: Asker
) -> None:
    await note(database, clock)
    other = replace(moderator, guild_id=2)
    assert (await services.audit.page(other, EVERYTHING, 0)).entries == ()
    assert await services.audit.list_all(other, EVERYTHING) == []
    assert await services.audit.list_actions(other) == []
    for read in (services.audit.page(ada, EVERYTHING, 0), services.audit.list_all(ada, EVERYTHING)):
        with pytest.raises(NotAllowed):
            await read
    assert await services.audit.list_actions(ada) == []


async def test_a_reason_holds_no_members_id(
    services: Services, database: Database, clock: MovableClock, moderator: Asker
) -> None:
    await note(database, clock, reason="like <@123456789012345678> and 123456789012345678, 3 times")
    (entry,) = (await services.audit.page(moderator, EVERYTHING, 0)).entries
    assert entry.reason == "like @… and @…, 3 times"


async def test_the_log_is_append_only_but_for_pseudonyms(database: Database, clock: MovableClock) -> None:
    await note(database, clock)
    for statement in (
        "UPDATE audit SET reason = ''",
        "UPDATE audit SET details = '{}', action = 'warn'",
        "UPDATE audit SET actor_id = 5",
        "UPDATE audit SET target_id = NULL",
        "UPDATE audit SET guild_id = -1",
        "DELETE FROM audit",
    ):
        with pytest.raises(DBAPIError, match="append-only"):
            async with database.transaction() as session:
                await session.execute(text(statement))
    async with database.transaction() as session:
        await session.execute(text("UPDATE audit SET target_id = -7"))
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.transaction() as session:
            await session.execute(text("UPDATE audit SET target_id = -8"))
