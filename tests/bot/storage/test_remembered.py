"""What guilds decided is remembered, and never for longer than it holds."""

from typing import Any

import pytest
from sqlalchemy import text

from bot.domain.guild import GuildSettings
from bot.domain.people import SanctionKind
from bot.domain.quota import Allowance
from bot.domain.rules import Place, RoomPolicy, Weight
from bot.services.clock import utc_now
from bot.storage import guilds, people, quotas, remembered, rooms, rules
from bot.storage.database import Database, owned_database

GUILD, CHANNEL, THREAD, MEMBER = 1, 10, 11, 100
PAUSED = GuildSettings(is_paused=True)


async def is_paused(database: Database) -> bool:
    async with database.reading() as session:
        return (await guilds.recall_settings(session, GUILD)).is_paused


async def set_settings(database: Database, settings: GuildSettings) -> None:
    async with database.transaction() as session:
        await guilds.update_settings(session, GUILD, settings, now=utc_now())


async def test_what_was_changed_holds_for_whoever_asks_next(database: Database) -> None:
    assert not await is_paused(database)
    await set_settings(database, PAUSED)
    assert await is_paused(database)
    await set_settings(database, GuildSettings())
    assert not await is_paused(database)


async def test_a_transaction_sees_its_own_change_and_nobody_sees_one_that_was_undone(
    database: Database,
) -> None:
    assert not await is_paused(database)
    async with database.transaction() as session:
        await guilds.update_settings(session, GUILD, PAUSED, now=utc_now())
        assert (await guilds.recall_settings(session, GUILD)).is_paused
        assert not await is_paused(database)
        await session.rollback()
    assert not await is_paused(database)


async def test_what_was_read_before_a_change_is_not_remembered_after_it(sqlite_url: str) -> None:
    async with owned_database(sqlite_url) as database:
        async with database.reading() as early:
            await early.execute(text("SELECT count(*) FROM guilds"))  # its snapshot is older than the change
            await set_settings(database, PAUSED)
            assert not (await guilds.recall_settings(early, GUILD)).is_paused
        assert await is_paused(database)


async def test_what_an_owner_types_holds_after_seconds(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await set_settings(database, PAUSED)
    monkeypatch.setattr(remembered, "SECONDS", -1.0)
    assert await is_paused(database)
    async with database.transaction() as session:
        await session.execute(text("DELETE FROM guilds"))
    assert not await is_paused(database)


async def test_rules_rooms_and_their_policies_hold_at_once(database: Database) -> None:
    async def known() -> tuple[int, bool, dict[int, bool]]:
        async with database.reading() as session:
            policy = await rules.recall_policy(session, guild_id=GUILD, channel_id=THREAD, parent_id=CHANNEL)
            phrases = await rules.recall_rules(session, guild_id=GUILD)
            doors = await rooms.recall_doors(session, GUILD)
        return len(phrases), policy == asked, doors

    asked = RoomPolicy(models=("tiny",))
    assert await known() == (0, False, {})
    async with database.transaction() as session:
        key = {"guild_id": GUILD, "channel_id": CHANNEL}
        await rules.update_policy(session, **key, policy=asked, now=utc_now())
        await rules.update_rule(
            session, guild_id=GUILD, phrase="x", weight=Weight.SOFT, place=Place.ANYWHERE, now=utc_now()
        )
        await rooms.add(session, GUILD, channel_id=CHANNEL, number=1)
    assert await known() == (1, True, {CHANNEL: True})
    async with database.transaction() as session:
        await rooms.update_room(session, CHANNEL, is_open=False)
        await rules.delete_rule(session, guild_id=GUILD, phrase="x")
    assert await known() == (0, True, {CHANNEL: False})
    async with database.transaction() as session:
        await rooms.delete_rooms(session, [CHANNEL])
    assert await known() == (0, True, {})


@pytest.mark.parametrize("most", [0, 100])
async def test_who_was_told_something_or_given_something_is_known_at_once(
    database: Database, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(remembered, "MOST_MEMBERS", most)
    key: dict[str, Any] = {"guild_id": GUILD, "user_id": MEMBER}

    async def known() -> tuple[bool, Allowance | None]:
        async with database.reading() as session:
            is_concerned = await people.has_open(session, **key, now=utc_now())
            return is_concerned, (await quotas.get_member(session, **key)).allowance

    own = Allowance(amount=3)
    assert await known() == (False, None)
    async with database.transaction() as session:
        await people.add(session, **key, kind=SanctionKind.BLOCK, reason="", actor_id=1, now=utc_now())
        await quotas.update_member_allowance(session, **key, allowance=own)
    assert await known() == (True, own)
