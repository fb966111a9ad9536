"""A database that is away for a while: no job hangs, nothing is drawn or charged twice."""

import asyncio
from collections.abc import Callable

import pytest

from bot.domain.asker import Asker
from bot.domain.errors import PromptError
from bot.domain.job import Job, JobStatus
from bot.domain.next_steps import Draw
from bot.services import Services
from bot.services.runs import Run
from bot.storage import outage
from bot.storage.database import Database
from bot.storage.outage import DatabaseAway, is_outage, persistently
from engine.errors import OutOfMemory
from tests.bot.hand_engine import HandEngine
from tests.bot.outages import OUTAGES, away, full_disk, losing_confirmations
from tests.bot.services.community import finished, now

WAIT_SECONDS = 10


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries again at once: how long the pauses are is no part of the promise."""
    monkeypatch.setattr(outage, "RETRY_SECONDS", (0.01,))


async def ended(services: Services, job: Job) -> Job:
    """The job, once it is not in flight any more."""
    return await asyncio.wait_for(finished(services, job), WAIT_SECONDS)


async def waits_for_the_database(run: Run) -> None:
    """The run says so."""
    async with asyncio.timeout(WAIT_SECONDS):
        async for update in run.updates():
            if update.is_database_away:
                return
    pytest.fail("the run ended without a word")


@pytest.mark.parametrize("error", OUTAGES.values(), ids=OUTAGES)
def test_what_passes_by_itself_is_an_outage(error: Callable[[], Exception]) -> None:
    assert is_outage(error())


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), FileNotFoundError(2, "x"), RuntimeError()])
def test_our_own_mistakes_are_no_outage(error: Exception) -> None:
    assert not is_outage(error)


async def test_our_own_mistakes_are_not_tried_again() -> None:
    tries = 0

    async def work() -> None:
        nonlocal tries
        tries += 1
        raise ValueError("ours")

    with pytest.raises(ValueError, match="ours"):
        await persistently(work)
    assert tries == 1


async def test_waiting_for_the_database_ends_with_the_process() -> None:
    async def work() -> None:
        raise DatabaseAway

    waiting = asyncio.create_task(persistently(work))
    await asyncio.sleep(0.05)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


@pytest.mark.parametrize("error", OUTAGES.values(), ids=OUTAGES)
async def test_a_picture_that_is_drawn_while_the_database_is_away_is_settled_when_it_is_back(
    services: Services,
    database: Database,
    engine: HandEngine,
    ada: Asker,
    monkeypatch: pytest.MonkeyPatch,
    error: Callable[[], Exception],
) -> None:
    engine.hold()
    job = await services.orders.imagine(ada, "a red apple")
    await asyncio.wait_for(engine.is_held.wait(), WAIT_SECONDS)
    run = services.runs.get(job.id)
    assert run is not None
    with away(database, monkeypatch, error):
        engine.release()
        await waits_for_the_database(run)
    assert (await ended(services, job)).status is JobStatus.RENDERED
    assert len(engine.requests) == 1
    assert (await services.quotas.balance(ada)).reserved.images == 0


async def test_a_picture_that_is_drawn_while_the_disk_is_full_is_kept_when_there_is_room(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    engine.hold()
    job = await services.orders.imagine(ada, "a red apple")
    await asyncio.wait_for(engine.is_held.wait(), WAIT_SECONDS)
    run = services.runs.get(job.id)
    assert run is not None
    with full_disk():
        engine.release()
        await waits_for_the_database(run)
    assert (await ended(services, job)).status is JobStatus.RENDERED
    assert len((await services.pictures.make_print(job)).tiles) == 4
    assert len(engine.requests) == 1  # none of them is drawn again


async def test_a_job_that_fails_while_the_database_is_away_is_refunded_when_it_is_back(
    services: Services, database: Database, engine: HandEngine, ada: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await services.quotas.balance(ada)
    job = await services.orders.imagine(ada, "a red apple")
    engine.fails_with = OutOfMemory("too large")
    with away(database, monkeypatch) as tried:
        await asyncio.wait_for(tried.wait(), WAIT_SECONDS)
    assert (await ended(services, job)).status is JobStatus.FAILED
    after = await services.quotas.balance(ada)
    assert (after.reserved, after.spent) == (before.reserved, before.spent)


async def test_a_job_that_would_start_while_the_database_is_away_starts_when_it_is_back(
    services: Services, database: Database, ada: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await services.orders.imagine(ada, "a red apple")
    run = services.runs.get(job.id)
    assert run is not None
    with away(database, monkeypatch):
        await waits_for_the_database(run)
    assert (await ended(services, job)).status is JobStatus.RENDERED


async def test_a_start_whose_confirmation_was_lost_is_known_again(
    services: Services, database: Database, engine: HandEngine, ada: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.hold()
    job = await services.orders.imagine(ada, "a red apple")
    with losing_confirmations(database, monkeypatch) as lost:
        await asyncio.wait_for(engine.is_held.wait(), WAIT_SECONDS)
        assert lost
    engine.release()
    assert (await ended(services, job)).status is JobStatus.RENDERED


async def test_an_end_whose_confirmation_was_lost_is_settled_once(
    services: Services, database: Database, engine: HandEngine, ada: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.hold()
    job = await services.orders.imagine(ada, "a red apple")
    await asyncio.wait_for(engine.is_held.wait(), WAIT_SECONDS)
    with losing_confirmations(database, monkeypatch) as lost:
        engine.release()
        assert (await ended(services, job)).status is JobStatus.RENDERED
        assert lost
    balance = await services.quotas.balance(ada)
    assert (balance.reserved.images, balance.spent.images) == (0, 4)


async def test_an_order_whose_confirmation_was_lost_leaves_neither_a_job_nor_a_charge(
    services: Services, database: Database, engine: HandEngine, ada: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with losing_confirmations(database, monkeypatch) as lost:
        with pytest.raises(ConnectionResetError):
            await services.orders.imagine(ada, "a red apple")
        assert lost
    (doubt,) = (task for task in asyncio.all_tasks() if task.get_name() == "unconfirmed")
    await asyncio.wait_for(doubt, WAIT_SECONDS)
    assert engine.requests == []
    balance = await services.quotas.balance(ada)
    assert (balance.reserved.images, balance.spent.images) == (0, 0)


async def test_a_press_whose_confirmation_was_lost_can_be_pressed_again(
    services: Services, database: Database, ada: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(PromptError) as refused:
        await services.orders.imagine(now(ada), "a red apple --fizz 3")
    (step,) = refused.value.steps
    assert isinstance(step.action, Draw)
    with losing_confirmations(database, monkeypatch), pytest.raises(ConnectionResetError):
        await services.orders.release(now(ada), step.action.kept_id)
    (doubt,) = (task for task in asyncio.all_tasks() if task.get_name() == "unconfirmed")
    await asyncio.wait_for(doubt, WAIT_SECONDS)
    job = await services.orders.release(now(ada), step.action.kept_id)
    assert (await ended(services, job)).status is JobStatus.RENDERED
    assert (await services.quotas.balance(ada)).spent.images == 4


async def test_a_replay_that_meets_an_outage_takes_nothing_back(
    services: Services, database: Database, engine: HandEngine, ada: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.hold()
    job = await services.orders.imagine(ada, "a red apple")
    await asyncio.wait_for(engine.is_held.wait(), WAIT_SECONDS)
    with losing_confirmations(database, monkeypatch), pytest.raises(ConnectionResetError):
        await services.orders.imagine(ada, "a red apple")
    (doubt,) = (task for task in asyncio.all_tasks() if task.get_name() == "unconfirmed")
    await asyncio.wait_for(doubt, WAIT_SECONDS)
    engine.release()
    assert (await ended(services, job)).status is JobStatus.RENDERED


async def test_what_is_owed_is_counted_when_the_database_is_back(
    services: Services, database: Database, ada: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await ended(services, await services.orders.imagine(ada, "a red apple"))
    with away(database, monkeypatch) as tried:
        taking = asyncio.create_task(services.outbox.take_ticket(job))
        await asyncio.wait_for(tried.wait(), WAIT_SECONDS)
        assert not taking.done()
    ticket = await asyncio.wait_for(taking, WAIT_SECONDS)
    assert ticket is not None
    assert ticket.is_first
