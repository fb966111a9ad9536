"""What is only promised is kept first: drawn once by the next process, or asked about."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.domain.asker import Asker
from bot.domain.errors import NotFound, PromptRefused, Unavailable
from bot.domain.kept import FRESH, Waits
from bot.domain.kinds import JobKind
from bot.domain.next_steps import Draw
from bot.domain.rules import Place, Weight
from bot.domain.size import AspectRatio
from bot.domain.uploads import Attachment, Link
from bot.services import Services, build_services
from bot.services.arrivals import Undecided
from bot.services.orders import Arrival, Press
from bot.storage import jobs as jobs_table
from bot.storage.database import Database
from bot.storage.models import JobRow, KeptOrderRow
from tests.bot.conftest import MovableClock
from tests.bot.hand_engine import HandEngine
from tests.bot.services.community import MODERATOR, drawn, finished
from tests.bot.services.community import now as again
from tests.bot.services.test_picture_prompts import file

MANY = 250


async def kept_of(database: Database) -> list[tuple[str, str]]:
    """What is kept: the request, and why."""
    async with database.reading() as session:
        rows = await session.scalars(select(KeptOrderRow).order_by(KeptOrderRow.id))
        return [(row.source, row.why) for row in rows]


async def promised(services: Services, arrival: Arrival) -> Undecided:
    """A request whose member was told to wait."""
    undecided = services.arrivals.undecided(arrival)
    await undecided.keep()
    return undecided


async def decided(undecided: Undecided, services: Services) -> None:
    """Let it be noted that something was decided of it."""
    undecided.over()
    await asyncio.gather(*services.arrivals._tasks)


@pytest.fixture
def next_process(
    database: Database, engine: HandEngine, tmp_path: Path, clock: MovableClock, services: Services
) -> Services:
    """The services of a process that comes after the one that died."""
    del services
    return build_services(database, engine, data_dir=tmp_path, daily_images=100, now=clock)


async def test_a_promise_is_kept_until_it_is_a_job(
    services: Services, ada: Asker, database: Database
) -> None:
    arrival = Arrival(asker=again(ada), text="an apple")
    undecided = await promised(services, arrival)
    assert await kept_of(database) == [(arrival.asker.source, Waits.ARRIVED)]
    job = await services.orders.take(arrival)
    await decided(undecided, services)
    assert await kept_of(database) == []
    assert (await finished(services, job)).prompt == "an apple"


async def test_the_next_process_draws_what_was_promised_once(
    services: Services, next_process: Services, ada: Asker, database: Database
) -> None:
    arrival = Arrival(asker=again(ada), text="a {red, blue} bird --ar 3:2")
    await promised(services, arrival)
    (left,) = await next_process.arrivals.list_left()
    assert left.arrival == arrival
    assert left.is_fresh
    first = await next_process.orders.take(left.arrival)
    job = await next_process.orders.take(left.arrival)  # it may die before it notes the first time, too
    assert job.id == first.id
    for one in (job, *await next_process.jobs.list_siblings(job)):
        await finished(next_process, one)
    assert await next_process.arrivals.list_left() == []
    async with database.reading() as session:
        assert len(await jobs_table.list_batch(session, arrival.asker.source)) == 2


async def test_a_press_is_kept_as_that_press(
    services: Services, next_process: Services, engine: HandEngine, ada: Asker
) -> None:
    grid = await drawn(services, ada)
    press = Press(kind=JobKind.VARY, job_id=grid.id, index=2, reply_to=55)
    await promised(services, Arrival(asker=again(ada), press=press))
    await promised(services, Arrival(asker=again(ada), press=press, text="a pear"))
    same, remixed = [
        await finished(next_process, await next_process.arrivals.submit(left))
        for left in await next_process.arrivals.list_left()
    ]
    assert [(job.kind, job.reply_to, job.parent) for job in (same, remixed)] == [
        (JobKind.VARY, 55, press.image)
    ] * 2
    assert remixed.prompt == "a pear"
    assert engine.requests[-1].start is not None


async def test_a_prompt_of_before_and_a_blend_are_drawn_once_by_the_next_process(
    services: Services, next_process: Services, ada: Asker, database: Database
) -> None:
    old = await drawn(services, ada, "a pear --seed 5")
    for colour in ((200, 0, 0), (0, 0, 200)):
        await services.uploads.bring(again(ada), file(colour))
    links = tuple(Link(url=f"upload:{number}") for number in (1, 2))
    asked = [
        Arrival(asker=again(ada), again=old.id),
        Arrival(asker=again(ada), sources=links, is_blend=True, ratio=AspectRatio(width=3, height=2)),
    ]
    for arrival in asked:
        await promised(services, arrival)
    left = await next_process.arrivals.list_left()
    assert [one.arrival for one in left] == asked
    prompt, blend = [await finished(next_process, await next_process.arrivals.submit(one)) for one in left]
    assert prompt.prompt == "a pear"
    assert blend.prompt == "upload:1 upload:2 --ar 3:2"
    assert blend.kind == JobKind.BLEND
    assert (await next_process.orders.take(asked[0])).id == prompt.id
    assert (await next_process.orders.take(asked[1])).id == blend.id
    assert await kept_of(database) == []


async def test_a_request_that_an_older_version_kept_is_read(ada: Asker) -> None:
    values = Arrival(asker=ada, text="an apple").to_json()
    older = {name: value for name, value in values.items() if name in {"asker", "text", "sources", "press"}}
    read = Arrival.from_json(older, source=ada.source, user_id=ada.user_id)
    assert read == Arrival(asker=ada, text="an apple")


async def test_pictures_that_came_along_are_kept_by_their_addresses(ada: Asker) -> None:
    sources = (Attachment(url="https://cdn.example/a.png", name="a.png", size=7), Link(url="upload:3"))
    arrival = Arrival(asker=replace(ada, role_ids=(4, 5)), text="an apple", sources=sources)
    read = Arrival.from_json(arrival.to_json(), source=ada.source, user_id=ada.user_id)
    assert read == arrival


async def test_what_the_rule_on_minors_refuses_is_not_written(
    services: Services, ada: Asker, database: Database
) -> None:
    arrival = Arrival(asker=again(ada), text="a nude child")
    undecided = await promised(services, arrival)
    assert await kept_of(database) == []
    with pytest.raises(PromptRefused):
        await services.orders.take(arrival)
    await decided(undecided, services)


async def test_what_is_refused_and_kept_for_a_press_outlives_the_promise(
    services: Services, ada: Asker, database: Database
) -> None:
    await services.queue.pause(MODERATOR, is_paused=True)
    arrival = Arrival(asker=again(ada), text="a pear")
    undecided = await promised(services, arrival)
    with pytest.raises(Unavailable) as paused:
        await services.orders.take(arrival)
    await decided(undecided, services)
    assert await kept_of(database) == [(arrival.asker.source, Waits.QUEUE)]
    await services.queue.pause(MODERATOR, is_paused=False)
    action = paused.value.steps[0].action
    assert isinstance(action, Draw)
    assert (await services.orders.release(again(ada), action.kept_id)).prompt == "a pear"


async def test_the_next_process_passes_all_gates_and_tells_the_refusal(
    services: Services, next_process: Services, ada: Asker
) -> None:
    await promised(services, Arrival(asker=again(ada), text="a clown"))
    await services.rules.add(MODERATOR, "clown", Weight.LIGHT, Place.ANYWHERE)
    (left,) = await next_process.arrivals.list_left()
    with pytest.raises(PromptRefused, match="do not allow `clown`"):
        await next_process.arrivals.submit(left)


async def test_who_waited_too_long_is_asked(
    services: Services, next_process: Services, ada: Asker, clock: MovableClock, database: Database
) -> None:
    await promised(services, Arrival(asker=again(ada), text="an apple --seed 5"))
    clock.advance(seconds=FRESH.total_seconds() + 1)
    (left,) = await next_process.arrivals.list_left()
    assert not left.is_fresh
    action = (await next_process.arrivals.offer(left)).action
    assert isinstance(action, Draw)
    assert await next_process.arrivals.list_left() == []
    stranger = replace(again(ada), user_id=99)
    with pytest.raises(NotFound):
        await next_process.orders.release(stranger, action.kept_id)
    job = await next_process.orders.release(again(ada), action.kept_id)
    assert (job.prompt, job.recipe.seed) == ("an apple --seed 5", 5)
    assert await kept_of(database) == []


async def test_what_is_forgotten_does_not_come_back(
    services: Services, next_process: Services, ada: Asker
) -> None:
    await promised(services, Arrival(asker=again(ada), text="an apple"))
    await services.forgetting.forget(ada)
    assert await next_process.arrivals.list_left() == []


@pytest.mark.parametrize("daily_images", [4 * MANY])
async def test_of_many_that_were_promised_none_is_lost_or_doubled(
    services: Services, engine: HandEngine, database: Database, tmp_path: Path
) -> None:
    """Some had become jobs when the process died; of most nothing was decided."""
    engine.hold()
    arrivals = [
        Arrival(
            asker=Asker(source=str(number), guild_id=1, channel_id=1, user_id=1 + number % 300),
            text=f"an apple no {number}",
        )
        for number in range(MANY)
    ]
    for first in range(0, MANY, 50):
        await asyncio.gather(*(promised(services, arrival) for arrival in arrivals[first : first + 50]))
    await asyncio.gather(*(services.orders.take(arrival) for arrival in arrivals[::10]))
    await services.runs.drain()
    after = build_services(database, engine, data_dir=tmp_path, daily_images=4 * MANY)
    left = await after.arrivals.list_left()
    assert len(left) == MANY * 9 // 10
    await asyncio.gather(*map(after.arrivals.submit, left))
    await after.runs.drain()
    async with database.reading() as session:
        sources = list(await session.scalars(select(JobRow.source)))
    assert sorted(map(int, sources)) == [*range(MANY)]
    assert await after.arrivals.list_left() == []
    assert await kept_of(database) == []
