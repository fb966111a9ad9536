"""What a member has left, used and waits for; turbo counts twice; and how the bot is."""

from dataclasses import replace

import pytest

from bot.domain.asker import Asker
from bot.domain.errors import NotFound, PromptError, TooLate
from bot.domain.job import Job, JobStatus, Speed
from bot.domain.kinds import JobKind
from bot.services import Services
from bot.services.orders import Press
from tests.bot.hand_engine import HandEngine
from tests.bot.services.community import MODERATOR, change, drawn, finished, spent
from tests.bot.services.community import now as again
from tests.bot.services.test_kept import kept_id_of


async def waiting_jobs(services: Services, engine: HandEngine, asker: Asker) -> list[Job]:
    """One that is drawn, and two that wait for it."""
    await services.quotas.set_guild(MODERATOR, None)
    await change(services, lambda settings: replace(settings, max_running_jobs=1))
    engine.hold()
    first = await services.orders.imagine(again(asker), "a fox")
    await engine.is_held.wait()
    return [first, *[await services.orders.imagine(again(asker), f"pear {number}") for number in range(2)]]


async def test_own_jobs_are_listed_with_their_true_places_and_cancelled(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    jobs = await waiting_jobs(services, engine, ada)
    found = await services.info.show(ada)
    assert [update.job.id for update in found.jobs] == [job.id for job in jobs]
    assert [update.own_jobs_before for update in found.jobs] == [0, 1, 2]
    for stranger in (replace(ada, user_id=101), replace(ada, guild_id=2)):
        assert (await services.info.show(stranger)).jobs == ()
        with pytest.raises(TooLate):
            await services.info.cancel_all(stranger)
    left = await services.info.cancel(ada, jobs[1].id)
    assert [update.job.id for update in left.jobs] == [jobs[0].id, jobs[2].id]
    with pytest.raises(NotFound):
        await services.info.cancel(replace(ada, guild_id=2), jobs[2].id)
    assert (await services.info.cancel_all(ada)).jobs == ()
    engine.release()
    assert [(await finished(services, job)).status for job in jobs] == [JobStatus.CANCELLED] * 3
    assert await spent(services, ada) == (0, 0)


async def test_what_was_drawn_is_summed_by_speed_and_turbo_counts_twice(
    services: Services, ada: Asker
) -> None:
    await services.guilds.set(again(MODERATOR), {"turbo": "on", "relax-free": "on"})
    for speed in (Speed.FAST, Speed.RELAX, Speed.TURBO):
        await services.preferences.set_speed(again(ada), speed)
        await drawn(services, ada)
    assert await spent(services, ada) == (4 + 0 + 8, 0)
    found = await services.info.show(ada)
    assert {speed: used.images for speed, used in found.used.items()} == dict.fromkeys(Speed, 4)
    assert found.preferences.speed is Speed.TURBO


async def test_the_status_tells_everybody_how_much_there_is_to_do_and_nothing_of_whom(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    idle = await services.info.status(ada)
    assert (idle.num_running, idle.num_waiting, idle.wait_seconds) == (0, 0, None)
    await waiting_jobs(services, engine, ada)
    busy = await services.info.status(ada)
    assert busy.num_running + busy.num_waiting == 3
    assert (busy.models, busy.started_at) == (services.models.names(), idle.started_at)
    await services.info.cancel_all(ada)


async def test_turbo_is_refused_where_the_moderators_do_not_allow_it_and_drawn_without_by_one_press(
    services: Services, ada: Asker
) -> None:
    with pytest.raises(PromptError) as refused:
        await services.orders.imagine(again(ada), "a fox --turbo --seed 5")
    assert "no `--turbo`" in str(refused.value)
    job = await services.orders.release(again(ada), kept_id_of(refused.value))
    assert (job.prompt, job.speed) == ("a fox --seed 5", Speed.FAST)
    await finished(services, job)


async def test_who_presses_under_a_turbo_picture_does_not_pay_twice_for_it(
    services: Services, ada: Asker
) -> None:
    await services.guilds.set(again(MODERATOR), {"turbo": "on"})
    grid = await drawn(services, ada, "a fox --turbo")
    assert (grid.speed, grid.charge.images, grid.prompt) == (Speed.TURBO, 8, "a fox --turbo")
    bob = replace(ada, user_id=101)
    child = await services.orders.press(again(bob), Press(kind=JobKind.REROLL, job_id=grid.id))
    assert (child.speed, child.charge.images, child.prompt) == (Speed.FAST, 4, "a fox")
    await finished(services, child)
