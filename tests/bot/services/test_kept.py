"""Nothing typed is lost: a refused order that a press can mend is kept, judged anew, and drawn once."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import func, insert, select

from bot.domain.asker import Asker
from bot.domain.errors import (
    NotFound,
    PromptError,
    PromptRefused,
    QuotaExceeded,
    TooManyJobs,
    Unavailable,
    UserError,
)
from bot.domain.kinds import JobKind
from bot.domain.next_steps import Draw
from bot.domain.quota import Allowance, Period
from bot.domain.rules import Place, Weight
from bot.services import Services
from bot.storage.database import Database
from bot.storage.models import KeptOrderRow
from tests.bot.conftest import MovableClock
from tests.bot.hand_engine import HandEngine
from tests.bot.presses import vary
from tests.bot.services.community import MODERATOR, drawn, finished
from tests.bot.services.community import now as again
from tests.bot.services.test_onboarding import configured


def kept_id_of(refusal: UserError) -> int:
    """The number in the button of a refusal."""
    (step,) = refusal.steps
    assert isinstance(step.action, Draw)
    return step.action.kept_id


async def count_kept(database: Database) -> int:
    """How many orders are kept."""
    async with database.reading() as session:
        return (await session.execute(select(func.count()).select_from(KeptOrderRow))).scalar_one()


async def test_a_full_queue_keeps_the_prompt_and_a_press_draws_it(
    services: Services, engine: HandEngine, ada: Asker, database: Database
) -> None:
    await configured(services, ada, max_running_jobs=1, max_waiting_jobs=1)
    engine.hold()
    running = await services.orders.imagine(again(ada), "an apple")
    await engine.is_held.wait()
    waiting = await services.orders.imagine(again(ada), "a pear")
    with pytest.raises(TooManyJobs) as full:
        await services.orders.imagine(again(ada), "a plum --seed 5")
    assert full.value.prompt == "a plum --seed 5"
    kept_id = kept_id_of(full.value)
    with pytest.raises(TooManyJobs) as still:
        await services.orders.release(again(ada), kept_id)
    assert kept_id_of(still.value) == kept_id  # the same one, not another
    engine.release()
    for job in (running, waiting):
        await finished(services, job)
    job = await finished(services, await services.orders.release(again(ada), kept_id))
    assert (job.prompt, job.recipe.seed) == ("a plum --seed 5", 5)
    assert await count_kept(database) == 0


async def test_for_an_allowance_that_is_full_again_in_some_days_the_prompt_waits_so_long(
    services: Services, ada: Asker, clock: MovableClock
) -> None:
    weekly = Allowance(amount=4, period=Period.WEEK)
    await services.quotas.set_member(MODERATOR, ada.user_id, (), weekly, "")
    await drawn(services, ada)
    with pytest.raises(QuotaExceeded) as spent:
        await services.orders.imagine(again(ada), "a pear")
    balance = await services.quotas.balance(ada)
    assert balance.resets_at is not None
    clock.advance(seconds=(balance.resets_at - clock.now).total_seconds() + 60)
    job = await services.orders.release(again(ada), kept_id_of(spent.value))
    assert job.prompt == "a pear"


@pytest.mark.parametrize("daily_images", [4])
async def test_a_spent_allowance_keeps_the_prompt_until_it_is_full_again(
    services: Services, ada: Asker, clock: MovableClock
) -> None:
    await drawn(services, ada)
    with pytest.raises(QuotaExceeded) as spent:
        await services.orders.imagine(again(ada), "a pear")
    clock.advance(hours=12)
    job = await services.orders.release(again(ada), kept_id_of(spent.value))
    assert job.prompt == "a pear"


async def test_a_press_that_is_refused_is_kept_as_that_press(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    grid = await drawn(services, ada)
    await services.queue.pause(MODERATOR, is_paused=True)
    with pytest.raises(Unavailable) as paused:
        await vary(services, again(ada), grid.id, 2, reply_to=55)
    assert paused.value.prompt == ""  # the words are the picture's, not the presser's
    await services.queue.pause(MODERATOR, is_paused=False)
    job = await finished(services, await services.orders.release(again(ada), kept_id_of(paused.value)))
    assert (job.kind, job.reply_to, job.parent and job.parent.index) == (JobKind.VARY, 55, 2)
    assert engine.requests[-1].start is not None


async def test_a_kept_order_is_judged_by_all_gates_anew(services: Services, ada: Asker) -> None:
    await services.queue.pause(MODERATOR, is_paused=True)
    with pytest.raises(Unavailable) as paused:
        await services.orders.imagine(again(ada), "a clown")
    await services.queue.pause(MODERATOR, is_paused=False)
    await services.rules.add(MODERATOR, "clown", Weight.LIGHT, Place.ANYWHERE)
    with pytest.raises(PromptRefused, match="do not allow `clown`"):
        await services.orders.release(again(ada), kept_id_of(paused.value))


async def test_what_the_rule_on_minors_refuses_is_never_kept(
    services: Services, ada: Asker, database: Database
) -> None:
    await configured(services, ada, terms="Be kind.", terms_version=1)
    await services.queue.pause(MODERATOR, is_paused=True)
    with pytest.raises(PromptRefused) as refused:
        await services.orders.imagine(again(ada), "a nude child")
    assert refused.value.steps == ()
    assert await count_kept(database) == 0


async def test_a_kept_order_is_for_a_day_and_swept_on_a_clock(
    services: Services, ada: Asker, clock: MovableClock, database: Database
) -> None:
    await services.queue.pause(MODERATOR, is_paused=True)
    with pytest.raises(Unavailable) as paused:
        await services.orders.imagine(again(ada), "a pear")
    clock.advance(hours=25)
    with pytest.raises(NotFound, match="too long"):
        await services.orders.release(again(ada), kept_id_of(paused.value))
    assert await services.kept.sweep() == 1
    assert await count_kept(database) == 0


async def test_a_kept_order_is_forgotten_with_its_member(
    services: Services, ada: Asker, database: Database
) -> None:
    await services.queue.pause(MODERATOR, is_paused=True)
    with pytest.raises(Unavailable):
        await services.orders.imagine(again(ada), "a pear")
    await services.forgetting.forget(again(ada))
    assert await count_kept(database) == 0


async def test_pressed_twenty_times_at_once_it_is_one_job(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    await services.queue.pause(MODERATOR, is_paused=True)
    with pytest.raises(Unavailable) as paused:
        await services.orders.imagine(again(ada), "a pear")
    await services.queue.pause(MODERATOR, is_paused=False)
    pressed = await asyncio.gather(
        *(services.orders.release(again(ada), kept_id_of(paused.value)) for _ in range(20)),
        return_exceptions=True,
    )
    jobs = [one for one in pressed if not isinstance(one, BaseException)]
    assert len({job.id for job in jobs}) == 1
    await finished(services, jobs[0])
    assert len(engine.requests) == 1


async def test_what_an_older_version_kept_is_found_by_its_button_and_drawn(
    services: Services, ada: Asker, database: Database, clock: MovableClock
) -> None:
    grid = await drawn(services, ada)
    parent = {"job_id": grid.id, "index": 2}
    rows = [
        ("pending-5", "terms", {"kind": "imagine", "text": "a pear", "parent": None, "reply_to": None}),
        ("pending-6", "terms", {"kind": "vary", "text": grid.prompt, "parent": parent, "reply_to": 55}),
        ("confirm-5", "words", {"kind": "imagine", "text": "a sad clown"}),
    ]
    now = clock.now
    async with database.transaction() as session:
        for source, why, order in rows:
            values = {"guild_id": 1, "user_id": ada.user_id, "source": source, "why": why, "order": order}
            await session.execute(
                insert(KeptOrderRow).values(
                    **values, created_at=now, expires_at=now.replace(year=now.year + 1)
                )
            )
    await services.rules.add(MODERATOR, "clown", Weight.SOFT, Place.ANYWHERE)
    jobs = [await services.orders.release(again(ada), source) for source, _, _ in rows]
    assert [job.prompt for job in jobs] == ["a pear", grid.prompt, "a sad clown"]
    assert [job.kind for job in jobs] == [JobKind.IMAGINE, JobKind.VARY, JobKind.IMAGINE]
    assert [job.source for job in jobs] == ["pending-5", "pending-6", "confirm-5"]


async def test_while_draining_nothing_new_begins_and_the_prompt_is_kept(
    services: Services, ada: Asker
) -> None:
    services.jobs.drain()
    with pytest.raises(Unavailable, match="restarting") as restarting:
        await services.orders.imagine(replace(ada), "a pear")
    assert kept_id_of(restarting.value)


async def test_what_is_not_here_is_left_out_at_a_press(services: Services, ada: Asker) -> None:
    with pytest.raises(PromptError) as refused:
        await services.orders.imagine(again(ada), "a fox --ar 3:2 —v 6 —style raw")
    assert refused.value.prompt == "a fox --ar 3:2 —v 6 —style raw"
    assert [str(step.label) for step in refused.value.steps] == ["Draw without them"]
    job = await services.orders.release(again(ada), kept_id_of(refused.value))
    assert job.prompt == "a fox --ar 3:2 --style raw"


async def test_a_value_that_is_wrong_is_left_out_at_a_press(services: Services, ada: Asker) -> None:
    with pytest.raises(PromptError) as refused:
        await services.orders.imagine(again(ada), "a fox --seed 7 --ar banana")
    assert [str(step.label) for step in refused.value.steps] == ["Draw without them"]
    job = await services.orders.release(again(ada), kept_id_of(refused.value))
    assert job.prompt == "a fox --seed 7"


@pytest.mark.parametrize(
    ("typed", "labels", "prompts"),
    [
        ("a fox --ar16:9", ["Fix and run"], ["a fox --ar 16:9"]),
        (
            "a fox --stop 5 --seed 7",
            ["Fix and run", "Draw without them"],
            ["a fox --seed 7 --stop 10", "a fox --seed 7"],
        ),
        ("a fox --seed 7 --sampler eular", ["Draw without them"], ["a fox --seed 7"]),
        ("a fox --seed 1 --seed 2", ["Draw without them"], ["a fox --seed 2"]),
    ],
)
async def test_a_prompt_that_was_certainly_meant_otherwise_is_mended_at_a_press(
    services: Services, ada: Asker, typed: str, labels: list[str], prompts: list[str]
) -> None:
    with pytest.raises(PromptError) as refused:
        await services.orders.imagine(again(ada), typed)
    steps = refused.value.steps
    assert [str(step.label) for step in steps] == labels
    actions = [step.action for step in steps if isinstance(step.action, Draw)]
    jobs = [await services.orders.release(again(ada), action.kept_id) for action in actions]
    assert [job.prompt for job in jobs] == prompts


async def test_what_the_rule_on_minors_refuses_is_not_kept_beside_a_mistake_either(
    services: Services, ada: Asker, database: Database
) -> None:
    with pytest.raises(PromptRefused):
        await services.orders.imagine(again(ada), "a nude child --v 6")
    assert await count_kept(database) == 0
