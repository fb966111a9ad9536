"""Whose device it is: what owners decide holds for every order, is counted right, and is theirs alone."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.audit import RULE
from bot.domain.errors import NotAllowed, QuotaExceeded, Unavailable, UserError
from bot.domain.hosting import Hosting
from bot.domain.job import JobStatus
from bot.domain.kept import Waits
from bot.messages import refusals
from bot.services import Services, build_services
from bot.services.host import Host
from bot.storage.database import Database
from tests.bot.conftest import MovableClock
from tests.bot.hand_engine import HandEngine
from tests.bot.presses import pick, vary
from tests.bot.services.community import ADA, MODERATOR, actions, drawn, finished, now, spent

OWNER = replace(ADA, user_id=500, guild_id=9)
BOB = replace(ADA, user_id=101)
ELSEWHERE = replace(ADA, guild_id=2, channel_id=20)
BY_LETTER = replace(ADA, guild_id=None, channel_id=11)


@pytest.fixture
async def services(
    database: Database, engine: HandEngine, tmp_path: Path, clock: MovableClock, daily_images: int
) -> AsyncIterator[Services]:
    """Services of a bot that has an owner and serves any guild."""
    built = build_services(
        database, engine, data_dir=tmp_path, daily_images=daily_images, owners=[OWNER.user_id], now=clock
    )
    yield built
    engine.release()
    await built.runs.drain()
    assert await built.quotas.mismatches() == []


async def done(services: Services) -> list[tuple[int, str]]:
    """What the owners' log has, oldest first: by whom, and what."""
    return [(entry.actor_id, entry.action) for entry in reversed(await services.host.list_log(OWNER))]


async def test_nobody_but_an_owner_may_do_anything_of_it(services: Services) -> None:
    host = services.host
    for asker in (ADA, MODERATOR, replace(MODERATOR, user_id=RULE)):
        for deed in (
            host.report(asker, days=7),
            host.set_cap(asker, 1, 4),
            host.pause(asker, 1, ""),
            host.resume(asker, 1),
            host.set_notice(asker, "hello"),
            host.note_left(asker, 1),
            host.list_log(asker),
        ):
            with pytest.raises(NotAllowed, match="OWNERS"):
                await deed
    assert await done(services) == []
    assert (await host.state(ADA)).hosting == Hosting(guild_id=1)


async def test_a_cap_is_for_all_members_of_a_guild_together_and_for_no_other(
    services: Services, clock: MovableClock
) -> None:
    await services.host.set_cap(OWNER, 1, 12)
    for asker in (ADA, BOB, BY_LETTER):
        await drawn(services, asker)
    for asker in (ADA, BOB, BY_LETTER, replace(MODERATOR, user_id=903)):
        if asker.guild_id is None:
            continue
        with pytest.raises(Unavailable) as refused:
            await services.orders.imagine(now(asker), "a fox")
        assert "Whoever runs me lets this server draw 12 pictures a day" in str(refused.value)
        assert f"<t:{int(clock.now.timestamp()) + 12 * 3600}:R>" in str(refused.value), "until when"
        assert refused.value.keep is not None
        assert refused.value.keep.why is Waits.ALLOWANCE
    assert await spent(services, BOB) == (4, 0), "a refusal takes nothing"
    await drawn(services, ELSEWHERE)
    clock.advance(hours=12)
    await drawn(services, BOB)
    assert (await services.host.state(BOB)).num_used == 4


async def test_what_is_given_back_makes_room_under_a_cap_and_what_waits_takes_it(
    services: Services, engine: HandEngine
) -> None:
    await services.host.set_cap(OWNER, 1, 8)
    engine.hold()
    first = await services.orders.imagine(now(ADA), "a fox")
    await services.orders.imagine(now(BOB), "a fox")
    assert (await services.host.state(ADA)).num_used == 8
    with pytest.raises(Unavailable):
        await services.orders.imagine(now(ADA), "a pear")
    await services.jobs.cancel(now(ADA), first.id)
    assert (await services.host.state(ADA)).num_used == 4
    await services.orders.imagine(now(ADA), "a pear")


async def test_free_pictures_and_grants_count_under_a_cap_and_tiles_do_not(services: Services) -> None:
    await services.guilds.set(now(MODERATOR), {"relax-free": "on"})
    await services.host.set_cap(OWNER, 1, 8)
    grid = await drawn(services, ADA)
    await drawn(services, ADA, "a fox --relax")
    assert await spent(services, ADA) == (4, 0)
    assert (await services.host.state(ADA)).num_used == 8
    await pick(services, now(ADA), grid.id, 0, reply_to=None)
    with pytest.raises(Unavailable):
        await vary(services, now(ADA), grid.id, 0, reply_to=None)


async def test_several_prompts_of_one_request_fit_under_a_cap_together_or_not_at_all(
    services: Services,
) -> None:
    await services.host.set_cap(OWNER, 1, 10)
    with pytest.raises(UserError) as refused:
        await services.orders.imagine(now(ADA), "a {red, blue, green} fox")
    assert "0 are drawn or on their way, and this is 12 more" in str(refused.value)
    assert refused.value.keep is None, "no day has room for it"
    assert (await services.host.state(ADA)).num_used == 0
    await services.orders.imagine(now(ADA), "a {red, blue} fox")
    assert (await services.host.state(ADA)).num_used == 8


async def test_members_who_ask_at_once_do_not_get_past_a_cap_together(services: Services) -> None:
    await services.host.set_cap(OWNER, 1, 12)
    crowd = [replace(ADA, user_id=200 + number) for number in range(12)]
    came = await asyncio.gather(
        *(services.orders.imagine(now(asker), "a fox") for asker in crowd), return_exceptions=True
    )
    assert sum(isinstance(one, Unavailable) for one in came) == 9
    assert (await services.host.state(ADA)).num_used == 12


async def test_orders_of_several_capped_guilds_at_once_wait_for_each_other_in_no_circle(
    services: Services,
) -> None:
    for guild_id in (1, 2):
        await services.host.set_cap(OWNER, guild_id, 24)
    crowd = [replace(ADA, user_id=300 + number, guild_id=1 + number // 2 % 2) for number in range(24)]
    came = await asyncio.gather(
        *(services.orders.imagine(now(asker), "a fox") for asker in crowd), return_exceptions=True
    )
    assert sum(isinstance(one, Unavailable) for one in came) == 12
    assert all("Whoever runs me lets" in str(one) for one in came if isinstance(one, Exception))
    for guild_id in (1, 2):
        assert (await services.host.state(replace(ADA, guild_id=guild_id))).num_used == 24


async def test_under_a_cap_a_members_own_allowance_counts_as_ever(
    services: Services,
) -> None:
    await services.host.set_cap(OWNER, 1, 1000)
    for _ in range(10):
        await drawn(services, ADA)
    with pytest.raises(QuotaExceeded):
        await services.orders.imagine(now(ADA), "a fox")


async def test_a_paused_guild_reads_the_owners_words_and_draws_what_waits(
    services: Services, engine: HandEngine
) -> None:
    grid = await drawn(services, ADA)
    engine.hold()
    waiting = await services.orders.imagine(now(ADA), "an apple")
    await services.host.pause(OWNER, 1, "The *card* is away until Monday.")
    for asker in (ADA, BY_LETTER):
        with pytest.raises(Unavailable) as refused:
            await services.orders.imagine(now(asker), "a pear")
        assert "Whoever runs me has paused drawing" in str(refused.value)
        assert r"The \*card\* is away until Monday." in str(refused.value)
        assert refused.value.steps, "it is kept for a press"
    await pick(services, now(ADA), grid.id, 0, reply_to=None)
    await drawn_elsewhere(services, engine)
    assert (await finished(services, waiting)).status is JobStatus.RENDERED
    await services.host.resume(OWNER, 1)
    await drawn(services, ADA)
    assert await actions(services) == [], "the guild's own log is its moderators'"
    assert await done(services) == [(500, "host_pause"), (500, "host_resume")]


async def drawn_elsewhere(services: Services, engine: HandEngine) -> None:
    job = await services.orders.imagine(now(ELSEWHERE), "a plum")
    engine.release()
    assert (await finished(services, job)).status is JobStatus.RENDERED


async def test_moderators_cannot_end_the_owners_pause(services: Services) -> None:
    await services.host.pause(OWNER, 1, "")
    await services.queue.pause(now(MODERATOR), is_paused=False)
    with pytest.raises(Unavailable, match="Whoever runs me"):
        await services.orders.imagine(now(MODERATOR), "a pear")


async def test_what_waits_in_a_guild_that_is_left_is_refunded(services: Services, engine: HandEngine) -> None:
    engine.hold()
    mine = [await services.orders.imagine(now(asker), "a fox") for asker in (ADA, BOB)]
    other = await services.orders.imagine(now(ELSEWHERE), "a fox")
    assert await services.queue.drop(1) == 2
    assert {(await finished(services, job)).status for job in mine} == {JobStatus.CANCELLED}
    assert await spent(services, ADA) == (0, 0)
    assert services.runs.get(other.id) is not None


async def test_the_report_has_every_guild_that_drew_or_about_which_something_is_decided(
    services: Services, clock: MovableClock
) -> None:
    await drawn(services, ELSEWHERE)
    clock.advance(days=3)
    for _ in range(2):
        await drawn(services, ADA)
    await services.host.set_cap(OWNER, 7, 5)
    week = await services.host.report(OWNER, days=7)
    assert [(one.hosting.guild_id, one.usage.images) for one in week.guilds] == [(1, 8), (2, 4), (7, 0)]
    assert week.guilds[0].usage.gpu_ms > 0
    today = await services.host.report(OWNER, days=1)
    assert [one.hosting.guild_id for one in today.guilds] == [1, 7]


async def test_a_notice_is_under_refusals_and_once_beside_each_members_answer(services: Services) -> None:
    host = services.host
    assert await host.unread_notice(ADA.user_id) == ""
    await host.set_notice(OWNER, "Back at nine.")
    assert [await host.unread_notice(user_id) for user_id in (100, 100, 101)] == [
        "Back at nine.",
        "",
        "Back at nine.",
    ]
    assert (await host.state(BY_LETTER)).notice == "Back at nine."
    await host.pause(OWNER, 1, "")
    with pytest.raises(Unavailable) as refused:
        await services.orders.imagine(now(ADA), "a fox")
    assert refusals.refusal(refused.value, "en-US").content.splitlines()[1] == "-# 📢 Back at nine."
    await host.set_notice(OWNER, "Back at ten.")
    assert await host.unread_notice(ADA.user_id) == "Back at ten."
    await host.set_notice(OWNER, "")
    assert await host.unread_notice(ADA.user_id) == (await host.state(ADA)).notice == ""


async def test_a_guild_that_is_not_served_draws_nothing_here_or_by_direct_message(
    services: Services, database: Database, engine: HandEngine, tmp_path: Path, clock: MovableClock
) -> None:
    await drawn(services, ELSEWHERE)
    listed = build_services(database, engine, data_dir=tmp_path, daily_images=40, guilds=[1, 9], now=clock)
    assert [listed.host.is_listed(guild_id) for guild_id in (None, 1, 2, 9)] == [True, True, False, True]
    with pytest.raises(NotAllowed, match="none of them"):
        await listed.orders.imagine(now(ELSEWHERE), "a fox")
    with pytest.raises(NotAllowed, match="where you last used me"):
        await listed.orders.imagine(now(BY_LETTER), "a fox")
    await drawn(listed, ADA)
    await drawn(listed, BY_LETTER)
    await listed.runs.drain()


async def test_what_another_process_decides_is_known_here_within_seconds(
    services: Services, database: Database
) -> None:
    assert (await services.host.state(ADA)).hosting.cap is None
    other = Database(database.url)
    terminal = Host(other, owners=[RULE])
    await terminal.set_cap(replace(ADA, user_id=RULE), 1, 4)
    await other.close()
    database._memory.clear()  # what was remembered has grown old
    assert (await services.host.state(ADA)).hosting.cap == 4
    assert await done(services) == [(RULE, "host_cap")]


async def test_an_owner_who_is_forgotten_is_in_no_log_any_more_and_what_they_decided_stays(
    services: Services,
) -> None:
    await services.host.set_cap(OWNER, 1, 8)
    await drawn(services, OWNER)
    await services.forgetting.forget(now(OWNER))
    ((actor_id, action),) = await done(services)
    assert (actor_id < 0, action) == (True, "host_cap")
    assert (await services.host.state(ADA)).hosting.cap == 8
