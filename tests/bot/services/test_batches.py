"""Several prompts in one text: a job each, and all of them together or none."""

from dataclasses import replace

import pytest

from bot.domain.asker import Asker
from bot.domain.errors import (
    NotAllowed,
    NotFound,
    PromptError,
    PromptRefused,
    QuotaExceeded,
    TooLate,
    TooManyJobs,
    Unconfirmed,
)
from bot.domain.job import JobStatus
from bot.domain.kinds import JobKind
from bot.domain.next_steps import Draw
from bot.services import Services
from bot.services.orders import Press
from tests.bot.hand_engine import HandEngine
from tests.bot.services.community import change, finished, now, spent

TWICE = "a {red, blue} bird --repeat 2 --seed 7"


async def test_of_several_orders_all_are_taken_or_none(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    with pytest.raises(PromptRefused):
        await services.orders.imagine(now(ada), "{an apple, a nude child, a pear}")
    assert await spent(services, ada) == (0, 0)
    assert engine.requests == []


async def test_each_prompt_of_a_text_is_a_job_and_all_are_paid_for(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    asker = now(ada)
    first = await services.orders.imagine(asker, TWICE)
    jobs = [first, *await services.jobs.list_siblings(first)]
    for job in jobs:
        await finished(services, job)
    assert [(job.prompt, job.ordinal, job.batch_size) for job in jobs] == [
        ("a red bird --seed 7", 0, 4),
        ("a red bird --seed 11", 1, 4),
        ("a blue bird --seed 7", 2, 4),
        ("a blue bird --seed 11", 3, 4),
    ]
    assert sorted(request.seeds[0] for request in engine.requests) == [7, 7, 11, 11]
    assert await spent(services, ada) == (16, 0)
    assert (await services.orders.imagine(asker, TWICE)).id == first.id


async def test_more_than_the_allowance_covers_is_refused_whole(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    engine.hold()
    await services.orders.imagine(now(ada), "a nest --repeat 4")
    await services.orders.imagine(now(ada), "a nest --repeat 4")
    with pytest.raises(QuotaExceeded, match=r"8 of 40 pictures left today.* This needs 12 pictures"):
        await services.orders.imagine(now(ada), "{a wren, a robin, an owl}")
    assert (await spent(services, ada))[1] == 32


async def test_many_are_asked_about_once(services: Services, engine: HandEngine, ada: Asker) -> None:
    with pytest.raises(Unconfirmed) as asked:
        await services.orders.imagine(now(ada), "a bird --repeat 6")
    assert str(asked.value).startswith("This makes 6 prompts: 24 pictures, about ")
    assert asked.value.prompt == "a bird --repeat 6"
    (step,) = asked.value.steps
    assert isinstance(step.action, Draw)
    assert engine.requests == []
    first = await services.orders.release(now(ada), step.action.kept_id)
    jobs = [first, *await services.jobs.list_siblings(first)]
    for job in jobs:
        await finished(services, job)
    assert len(jobs) == len(engine.requests) == 6


@pytest.mark.parametrize("bomb", ["{a, b} --repeat 40", "{a, b} {c, d} bird --repeat 20"])
async def test_more_than_are_drawn_at_once_is_refused_with_count_and_price(
    services: Services, engine: HandEngine, ada: Asker, bomb: str
) -> None:
    with pytest.raises(PromptError) as refused:
        await services.orders.imagine(now(ada), bomb)
    assert "This makes 80 prompts; at once there may be 40." in str(refused.value)
    assert "All of them would be 320 pictures, about " in str(refused.value)
    assert (await spent(services, ada), refused.value.steps, engine.requests) == ((0, 0), (), [])


async def test_the_same_noise_is_nearly_that_of_all_four_and_a_reroll_has_another(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    job = await services.orders.imagine(now(ada), "a bird --sameseed 7")
    assert job.prompt == "a bird --seed 7 --sameseed"
    await finished(services, job)
    (request,) = engine.requests
    assert request.seeds == (7, 8, 9, 10)
    assert request.variation is not None
    assert (request.variation.seed, request.variation.strength) == (7, 0.15)
    again = await services.orders.press(now(ada), Press(kind=JobKind.REROLL, job_id=job.id, index=0))
    assert again.recipe.variation is not None
    assert again.recipe.variation.seed == again.recipe.seed != 7


async def test_what_the_rule_on_minors_refuses_is_not_asked_about(services: Services, ada: Asker) -> None:
    with pytest.raises(PromptRefused):
        await services.orders.imagine(now(ada), "a nude {child, pear, apple, fig, plum}")
    with pytest.raises(NotFound):
        await services.orders.release(now(ada), 1)


async def test_a_batch_is_cancelled_together(services: Services, engine: HandEngine, ada: Asker) -> None:
    engine.hold()
    first = await services.orders.imagine(now(ada), "a {red, blue, green} bird")
    second, third = await services.jobs.list_siblings(first)
    await services.jobs.cancel(now(ada), second.id)
    await services.jobs.cancel_batch(now(ada), third.id)
    jobs = [await finished(services, job) for job in (first, second, third)]
    assert {job.status for job in jobs} == {JobStatus.CANCELLED}
    assert await spent(services, ada) == (0, 0)
    with pytest.raises(TooLate):
        await services.jobs.cancel_batch(now(ada), first.id)


async def test_nobody_cancels_somebody_elses_batch(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    engine.hold()
    first = await services.orders.imagine(now(ada), "a {red, blue} bird")
    with pytest.raises(NotAllowed):
        await services.jobs.cancel_batch(now(replace(ada, user_id=101)), first.id)
    with pytest.raises(NotFound):
        await services.jobs.cancel_batch(now(replace(ada, guild_id=2)), first.id)


async def test_a_batch_that_may_not_wait_is_refused_whole(services: Services, ada: Asker) -> None:
    await change(services, lambda settings: replace(settings, max_running_jobs=1, max_waiting_jobs=1))
    with pytest.raises(TooManyJobs, match="This makes 3 prompts, and only 1 may wait at once"):
        await services.orders.imagine(now(ada), "a {red, blue, green} bird")
    assert await spent(services, ada) == (0, 0)
