"""The queue in moderators' hands: seen, cancelled, cleared, paused. All that is taken is refunded."""

from dataclasses import replace

import pytest

from bot.domain.audit import AuditFilter
from bot.domain.errors import NotAllowed, NotFound, TooLate, Unavailable
from bot.domain.job import JobStatus
from bot.messages import queue as messages
from bot.services import Services
from tests.bot.hand_engine import HandEngine
from tests.bot.presses import pick
from tests.bot.services.community import ADA, MODERATOR, OUTSIDER, actions, drawn, finished, now

BOB = replace(ADA, user_id=101)


async def test_a_moderator_sees_and_cancels_any_job_of_the_guild(
    services: Services, engine: HandEngine
) -> None:
    engine.hold()
    first = await services.orders.imagine(now(ADA), "an apple")
    second = await services.orders.imagine(now(BOB), "a pear")
    await services.orders.imagine(now(ADA, guild_id=2), "a plum")
    await engine.is_held.wait()
    assert {job.id for job in (await services.queue.show(MODERATOR)).jobs} == {first.id, second.id}
    for asker, refusal in ((OUTSIDER, NotFound), (BOB, NotAllowed)):
        with pytest.raises(refusal):
            await services.queue.cancel(asker, first.id)
    await services.queue.cancel(MODERATOR, first.id, reason="too many apples")
    assert (await finished(services, first)).status is JobStatus.CANCELLED
    assert (await services.quotas.balance(ADA)).reserved.images == 0
    with pytest.raises(TooLate, match="over already"):
        await services.queue.cancel(MODERATOR, first.id)
    assert [job.id for job in (await services.queue.show(MODERATOR)).jobs] == [second.id]
    assert await actions(services) == ["cancel"]


async def test_the_cancel_button_of_a_moderator_is_audited_and_ones_own_is_not(
    services: Services, engine: HandEngine
) -> None:
    engine.hold()
    mine = await services.orders.imagine(now(ADA), "an apple")
    other = await services.orders.imagine(now(ADA), "an apple")
    await services.jobs.cancel(now(ADA), mine.id)
    assert await actions(services) == []
    await services.jobs.cancel(now(MODERATOR), other.id)
    assert await actions(services) == ["cancel"]


async def test_clearing_a_member_leaves_everybody_elses_jobs(services: Services, engine: HandEngine) -> None:
    engine.hold()
    for _ in range(3):
        await services.orders.imagine(now(ADA), "an apple")
    kept = await services.orders.imagine(now(BOB), "a pear")
    elsewhere = await services.orders.imagine(now(ADA, guild_id=2), "a plum")
    assert await services.queue.clear(OUTSIDER, BOB.user_id) == 0
    with pytest.raises(NotAllowed):
        await services.queue.clear(BOB, ADA.user_id)
    assert await services.queue.clear(MODERATOR, ADA.user_id, reason="flood") == 3
    assert [job.id for job in (await services.queue.show(MODERATOR)).jobs] == [kept.id]
    assert [job.id for job in (await services.queue.show(OUTSIDER)).jobs] == [elsewhere.id]
    assert (await services.quotas.balance(ADA)).reserved.images == 0
    assert await actions(services) == ["cancel"] * 3


async def test_clearing_everybody_refunds_each_and_leaves_other_guilds_alone(
    services: Services, engine: HandEngine
) -> None:
    engine.hold()
    mine = [await services.orders.imagine(now(asker), "an apple") for asker in (ADA, BOB, ADA)]
    elsewhere = await services.orders.imagine(now(ADA, guild_id=2), "a plum")
    with pytest.raises(NotAllowed):
        await services.queue.clear(BOB, None)
    assert await services.queue.clear(MODERATOR, None, reason="flood") == 3
    assert {(await finished(services, job)).status for job in mine} == {JobStatus.CANCELLED}
    for asker in (ADA, BOB):
        assert (await services.quotas.balance(asker)).reserved.images == 0
    assert [job.id for job in (await services.queue.show(OUTSIDER)).jobs] == [elsewhere.id]
    entries = (await services.audit.page(MODERATOR, AuditFilter(), 0)).entries
    assert [(entry.action, entry.reason) for entry in entries] == [("cancel", "flood")] * 3
    assert [entry.target_id for entry in entries] == [ADA.user_id, BOB.user_id, ADA.user_id]


async def test_a_paused_guild_drains_and_takes_nothing_new(services: Services, engine: HandEngine) -> None:
    grid = await drawn(services, ADA)
    engine.hold()
    running = await services.orders.imagine(now(ADA), "an apple")
    with pytest.raises(NotAllowed):
        await services.queue.pause(ADA, is_paused=True)
    state = await services.queue.pause(MODERATOR, is_paused=True)
    assert (state.is_paused, [job.id for job in state.jobs]) == (True, [running.id])
    with pytest.raises(Unavailable, match="paused"):
        await services.orders.imagine(now(ADA), "a pear")
    await pick(services, now(ADA), grid.id, 0, reply_to=None)
    await services.orders.imagine(now(ADA, guild_id=2), "a plum")
    engine.release()
    assert (await finished(services, running)).status is JobStatus.RENDERED
    await services.queue.pause(MODERATOR, is_paused=False)
    await drawn(services, ADA)
    assert await actions(services) == ["pause", "resume"]


async def test_the_list_to_cancel_from_names_members(services: Services, engine: HandEngine) -> None:
    engine.hold()
    first = await services.orders.imagine(now(ADA, name="Ada\u202e"), "an apple")
    second = await services.orders.imagine(now(BOB), "a pear")
    shown = [messages.choice(job, name) for job, name in await services.queue.list_choices(MODERATOR)]
    assert sorted(shown) == sorted([f"{first.id} · Ada · an apple", f"{second.id} · a pear"])
    assert await services.queue.list_choices(BOB) == []
