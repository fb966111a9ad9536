"""What members ask for: reserved, drawn, settled or refunded, whatever happens in between."""

import asyncio
import io
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.asker import Asker
from bot.domain.custody import MOST_SUSPECTS, Custody
from bot.domain.errors import (
    NotAllowed,
    NotFound,
    PromptError,
    PromptRefused,
    QuotaExceeded,
    TooLate,
    Unavailable,
    UserError,
)
from bot.domain.guild import GuildSettings
from bot.domain.job import Failure, Job, JobStatus
from bot.domain.kinds import JobKind
from bot.domain.order import Order
from bot.domain.prompt import parse
from bot.domain.recipe import ImageRef
from bot.domain.sentences import say
from bot.domain.usage import By, Usage
from bot.messages import jobs as messages
from bot.messages.payload import Button
from bot.services import Services, build_services
from bot.services.allowances import Allowances
from bot.services.gates import RefusedWithTrace
from bot.services.jobs import Jobs
from bot.services.models import Models
from bot.services.orders import Orders, Press
from bot.services.recipes import Recipes
from bot.storage import jobs as jobs_table
from bot.storage import members
from bot.storage.database import Database
from bot.storage.models import JobRow
from engine.errors import EngineStopped, GenerationFailed, OutOfMemory
from tests.bot.conftest import MovableClock
from tests.bot.hand_engine import HandEngine
from tests.bot.presses import pick, reroll, vary
from tests.bot.services.community import drawn, finished, spent
from tests.bot.services.community import now as again

Reborn = Callable[[HandEngine], Services]


@pytest.fixture
def reborn_on(database: Database, tmp_path: Path, clock: MovableClock) -> Reborn:
    """The services of the next process, on the same database."""
    return lambda device: build_services(database, device, data_dir=tmp_path, daily_images=40, now=clock)


async def running(services: Services, engine: HandEngine, asker: Asker, count: int) -> list[Job]:
    """Jobs that are on the device, and stay there."""
    engine.hold()
    jobs = [await services.orders.imagine(again(asker), f"apple number {n}") for n in range(count)]
    while (await services.runs.reload(jobs[-1])).status is not JobStatus.RUNNING:
        await asyncio.sleep(0)
    return jobs


async def until(is_true: Callable[[], bool]) -> None:
    """Let everybody else go on until something holds."""
    async with asyncio.timeout(30):
        while not is_true():
            await asyncio.sleep(0)


async def test_what_a_member_draws_is_a_part_of_their_guilds_share_in_direct_messages_too(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    shares = []
    for guild_id in (1, None, 2, None):
        await drawn(services, replace(ada, guild_id=guild_id))
        shares.append(engine.requests[-1].fairness_key)
    assert shares == ["1/100", "1/100", "2/100", "2/100"], "a direct message counts where they last drew"


async def test_a_job_is_reserved_while_it_runs_and_settled_when_it_is_rendered(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    engine.hold()
    job = await services.orders.imagine(ada, "a red apple --ar 3:2 --seed 7")
    await engine.is_held.wait()
    assert await spent(services, ada) == (0, 4)
    assert (await services.runs.reload(job)).status is JobStatus.RUNNING
    engine.release()
    job = await finished(services, job)
    assert (job.status, job.gpu_ms, job.recipe.seeds) == (JobStatus.RENDERED, 250, (7, 8, 9, 10))
    assert await spent(services, ada) == (4, 0)
    assert (job.recipe.canvas.width, job.recipe.canvas.height) == (72, 48)


async def test_a_job_whose_engine_goes_away_says_so_and_then_goes_on(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    engine.goes_away = True
    engine.hold()
    job = await services.orders.imagine(ada, "a red apple")
    run = services.runs.get(job.id)
    assert run is not None
    seen = []
    async for latest in run.updates():
        seen.append(latest)
        if latest.is_engine_away:
            assert latest.eta_seconds == 15.0
            engine.release()
    assert any(one.is_engine_away for one in seen)
    assert not seen[-1].is_engine_away
    assert (await services.runs.reload(job)).status is JobStatus.RENDERED
    assert await spent(services, ada) == (4, 0)


async def test_a_hundred_members_presses_at_once_grant_exactly_what_the_allowance_holds(
    services: Services, ada: Asker
) -> None:
    results = await asyncio.gather(
        *(services.orders.imagine(again(ada), "an apple") for _ in range(100)), return_exceptions=True
    )
    granted = [result for result in results if isinstance(result, Job)]
    refused = [result for result in results if isinstance(result, QuotaExceeded)]
    assert (len(granted), len(refused)) == (10, 90)
    assert len({job.id for job in granted}) == 10
    assert "0 of 40 pictures left today" in str(refused[0])


async def test_one_interaction_replayed_a_hundred_times_makes_one_job(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    jobs = await asyncio.gather(*(services.orders.imagine(ada, "an apple") for _ in range(100)))
    assert len({job.id for job in jobs}) == 1
    await finished(services, jobs[0])
    assert len(engine.requests) == 1
    assert await spent(services, ada) == (4, 0)


async def test_the_owners_log_has_a_line_for_each_job_that_ends(
    services: Services, engine: HandEngine, ada: Asker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot.services.ends")
    drawn = await finished(services, await services.orders.imagine(again(ada), "a red apple"))
    await services.outbox.delivered(drawn, 77)
    engine.hold()
    cancelled = await services.orders.imagine(again(ada), "a secret pear")
    await engine.is_held.wait()
    await services.jobs.cancel(ada, cancelled.id)
    engine.release()
    engine.fails_with = OutOfMemory("too large")
    failed = await finished(services, await services.orders.imagine(again(ada), "a plum"))
    lines = [record.getMessage() for record in caplog.records if record.name == "bot.services.ends"]
    whose = f"(imagine) of member {ada.user_id} in guild {ada.guild_id}"
    assert [line.partition(",")[0] for line in lines] == [
        f"job {drawn.id} {whose} is delivered",
        f"job {cancelled.id} {whose} is cancelled",
        f"job {failed.id} {whose} is failed (out_of_memory)",
    ]
    assert lines[0].endswith("s on the device")


async def test_cancelling_frees_the_engine_and_gives_the_reservation_back(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    engine.hold()
    job = await services.orders.imagine(ada, "an apple")
    await engine.is_held.wait()
    await services.jobs.cancel(again(ada), job.id)
    assert (await finished(services, job)).status is JobStatus.CANCELLED
    assert engine.closed == 1
    assert await spent(services, ada) == (0, 0)
    with pytest.raises(TooLate):
        await services.jobs.cancel(again(ada), job.id)


async def test_only_the_owner_or_a_moderator_of_the_same_guild_cancels(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    engine.hold()
    job = await services.orders.imagine(ada, "an apple")
    with pytest.raises(NotAllowed):
        await services.jobs.cancel(again(ada, user_id=5), job.id)
    with pytest.raises(NotFound):
        await services.jobs.cancel(again(ada, guild_id=2, user_id=5, is_manager=True), job.id)
    await services.jobs.cancel(again(ada, user_id=5, is_manager=True), job.id)


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (OutOfMemory("too large"), Failure.OUT_OF_MEMORY),
        (GenerationFailed("bad kernel"), Failure.ENGINE),
    ],
)
async def test_a_failed_job_is_refunded(
    services: Services, engine: HandEngine, ada: Asker, error: Exception, failure: Failure
) -> None:
    engine.fails_with = error  # type: ignore[assignment]
    job = await finished(services, await services.orders.imagine(ada, "an apple"))
    assert (job.status, job.failure) == (JobStatus.FAILED, failure)
    assert await spent(services, ada) == (0, 0)


async def test_a_stopping_engine_puts_the_job_back_into_the_queue(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    engine.fails_with = EngineStopped("shutting down")
    job = await finished(services, await services.orders.imagine(ada, "an apple"))
    assert (job.status, job.custody) == (JobStatus.QUEUED, Custody.DRAINED)
    assert await spent(services, ada) == (0, 4)


async def test_draining_returns_what_runs_to_the_queue_and_accepts_nothing_new(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    engine.hold()
    job = await services.orders.imagine(ada, "an apple")
    await engine.is_held.wait()
    services.jobs.drain()
    with pytest.raises(Unavailable):
        await services.orders.imagine(again(ada), "a pear")
    await services.runs.drain()
    assert (await services.runs.reload(job)).status is JobStatus.QUEUED


async def test_a_job_that_had_just_begun_when_the_process_ends_goes_back_to_the_queue(
    services: Services, ada: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin, is_begun = services.runs._begin, asyncio.Event()

    async def committed(job: Job, unread: str) -> int | None:
        await begin(job, unread)
        is_begun.set()
        await asyncio.Event().wait()
        return None

    monkeypatch.setattr(services.runs, "_begin", committed)
    job = await services.orders.imagine(ada, "an apple")
    await is_begun.wait()
    await services.runs.drain()
    assert (await services.runs.reload(job)).status is JobStatus.QUEUED


async def test_a_job_that_was_just_being_accepted_waits_for_the_next_process(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    await services.runs.drain()
    job = await finished(services, await services.orders.imagine(ada, "an apple"))
    assert job.status is JobStatus.QUEUED
    assert engine.requests == []
    assert await spent(services, ada) == (0, 4)


async def test_after_a_crash_jobs_go_on_in_order_and_what_was_drawn_is_drawn_alone(
    services: Services, engine: HandEngine, ada: Asker, reborn_on: Reborn
) -> None:
    jobs = await running(services, engine, ada, 3)
    device = HandEngine()  # the old one stands still, as its process does
    reborn = reborn_on(device)
    recovered = await reborn.runs.recover()
    assert [job.id for job in recovered] == [job.id for job in jobs]
    assert {(job.status, job.custody) for job in recovered} == {(JobStatus.QUEUED, Custody.SUSPECT)}
    device.hold()
    runs = [reborn.runs.start(job) for job in recovered]
    await until(lambda: bool(device.requests))
    newcomer = await reborn.orders.imagine(again(ada), "a pear")
    assert len(device.requests) == 1  # one suspect, and nobody beside it
    assert [(await reborn.runs.reload(job)).custody for job in jobs].count(Custody.ALONE) == 1
    device.release()
    for run in runs:
        async for _ in run.updates():
            pass
    assert (await finished(reborn, newcomer)).status is JobStatus.RENDERED
    assert [(await reborn.runs.reload(job)).lone_deaths for job in jobs] == [0, 0, 0]
    assert await spent(reborn, ada) == (16, 0)


async def test_the_third_death_alone_is_the_last_and_nobody_else_is_blamed(
    services: Services, database: Database, engine: HandEngine, ada: Asker, reborn_on: Reborn
) -> None:
    poison, neighbour = await running(services, engine, ada, 2)
    async with database.transaction() as session:
        await jobs_table.update_custody(session, poison.id, Custody.ALONE, lone_deaths=2)
    device = HandEngine()  # the old one stands still, as its process does
    reborn = reborn_on(device)
    (left,) = await reborn.runs.recover()
    failed = await reborn.runs.reload(poison)
    assert (left.id, left.lone_deaths) == (neighbour.id, 0)
    assert (failed.status, failed.failure) == (JobStatus.FAILED, Failure.CRASHED)
    assert await spent(reborn, ada) == (0, 4)
    ((button,),) = messages.ended(failed).rows
    assert (button.custom_id, isinstance(button, Button)) == (f"job:{poison.id}:reroll:0:same", True)
    press = Press(kind=JobKind.REROLL, job_id=poison.id, how="same")
    anew = await finished(reborn, await reborn.orders.press(again(ada), press))
    assert anew.recipe.seeds == poison.recipe.seeds


async def test_who_ends_as_they_should_leaves_no_suspects(
    services: Services, engine: HandEngine, ada: Asker, reborn_on: Reborn
) -> None:
    await running(services, engine, ada, 2)
    await services.runs.drain()
    reborn = reborn_on(engine)
    assert [job.custody for job in await reborn.runs.recover()] == [Custody.NONE, Custody.NONE]


async def test_where_nothing_was_drawn_yet_what_was_just_handed_over_is_suspect(
    services: Services, database: Database, engine: HandEngine, ada: Asker, reborn_on: Reborn
) -> None:
    job = await services.orders.imagine(ada, "an apple")
    async with database.transaction() as session:
        await jobs_table.update_custody(session, job.id, Custody.NONE)  # as if it had never begun
    reborn = reborn_on(engine)
    (left,) = await reborn.runs.recover()
    assert left.custody is Custody.SUSPECT


async def test_what_began_in_the_instant_of_a_death_is_suspect_beside_what_was_known_to_be_drawn(
    services: Services, database: Database, engine: HandEngine, ada: Asker, reborn_on: Reborn
) -> None:
    jobs = await running(services, engine, ada, 3)
    async with database.transaction() as session:
        await jobs_table.update_custody(
            session, jobs[1].id, Custody.NONE
        )  # it had begun, and nobody noted it
    reborn = reborn_on(engine)
    assert [job.custody for job in await reborn.runs.recover()] == [Custody.SUSPECT] * 3


async def test_nobody_is_suspect_beside_one_that_was_alone_on_the_device(
    services: Services, database: Database, engine: HandEngine, ada: Asker, reborn_on: Reborn
) -> None:
    alone, waiting = await running(services, engine, ada, 2)
    async with database.transaction() as session:
        await jobs_table.update_custody(session, waiting.id, Custody.NONE)
        await jobs_table.update_alone(session, alone.id)
    reborn = reborn_on(engine)
    left = [(job.custody, job.lone_deaths) for job in await reborn.runs.recover()]
    assert left == [(Custody.SUSPECT, 1), (Custody.NONE, 0)]


async def test_of_many_that_waited_the_first_of_each_member_are_suspect(
    services: Services, database: Database, engine: HandEngine, ada: Asker, reborn_on: Reborn
) -> None:
    await running(services, engine, ada, 9)
    others = [await services.orders.imagine(again(ada, user_id=200 + n), "a plum") for n in range(9)]
    await services.runs.drain()
    async with database.transaction() as session:
        await session.execute(
            update(JobRow).values(custody=Custody.NONE)
        )  # as one leaves them that is killed
    reborn = reborn_on(engine)
    recovered = await reborn.runs.recover()
    suspects = [job.id for job in recovered if job.custody is Custody.SUSPECT]
    assert len(suspects) == MOST_SUSPECTS
    assert {other.id for other in others} < set(suspects)


async def test_a_stale_attempt_cannot_complete(
    services: Services, database: Database, engine: HandEngine, ada: Asker
) -> None:
    engine.hold()
    job = await services.orders.imagine(ada, "an apple")
    await engine.is_held.wait()
    async with database.transaction() as session:
        await jobs_table.update_returned(session, job.id, attempt=1)
        assert await jobs_table.update_started(session, job.id) == 2
    engine.release()
    job = await finished(services, job)
    assert (job.status, job.attempt) == (JobStatus.RUNNING, 2)
    assert await spent(services, ada) == (0, 4)


async def test_a_variation_starts_from_the_tiles_latents_and_is_paid_by_who_presses(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    grid = await drawn(services, ada)
    presser = again(ada, user_id=200)
    child = await finished(services, await vary(services, presser, grid.id, 2, reply_to=55))
    start = engine.requests[-1].start
    assert start is not None
    assert start.source == grid.recipe.seeds[2].to_bytes(4)
    assert (child.user_id, child.parent, child.reply_to) == (200, ImageRef(job_id=grid.id, index=2), 55)
    assert not set(child.recipe.seeds) & set(grid.recipe.seeds)
    assert await spent(services, presser) == (4, 0)
    assert await spent(services, ada) == (4, 0)


async def test_a_reroll_is_the_same_recipe_with_a_new_seed(services: Services, ada: Asker) -> None:
    grid = await drawn(services, ada, "an apple --no leaf --steps 9")
    child = await finished(services, await reroll(services, again(ada), grid.id, reply_to=None))
    assert child.recipe.seed != grid.recipe.seed
    assert replace(child.recipe, seed=grid.recipe.seed) == grid.recipe
    assert child.prompt == grid.prompt


async def test_a_picked_tile_is_the_pixels_of_that_cell_free_and_without_the_engine(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    grid = await drawn(services, ada)
    before = len(engine.requests)
    picked = await pick(services, again(ada), grid.id, 2, reply_to=None)
    made = await services.pictures.make_print(picked)
    cell = (await services.pictures.make_print(grid)).tiles[2]
    assert made.tiles[0].tobytes() == cell.tobytes()
    assert made.tiles[0].tobytes() != (await services.pictures.make_print(grid)).tiles[1].tobytes()
    assert picked.status is JobStatus.RENDERED
    assert len(engine.requests) == before
    assert await spent(services, ada) == (4, 0)


async def test_a_file_says_how_its_picture_was_made_unless_the_guild_does_not_want_that(
    services: Services, ada: Asker
) -> None:
    grid = await drawn(services, ada, "a red apple --seed 7")
    tile = await pick(services, again(ada), grid.id, 2, reply_to=None)
    manager = again(ada, is_manager=True)
    for switch in ("on", "off"):
        await services.guilds.set(manager, {"recipes": switch})
        for job, seed in ((grid, 7), (tile, 9)):
            made = await services.pictures.make_print(job)
            assert (f"Seed: {seed}," in made.recipe) == (switch == "on")
            with Image.open(io.BytesIO(made.encode(2**20).data)) as file:
                has_recipe = bool(file.getexif() or file.info.get("parameters"))
            assert has_recipe == (switch == "on")


async def test_the_copy_for_the_web_is_clean(services: Services, ada: Asker) -> None:
    copy = await services.pictures.stored_copy(await drawn(services, ada))
    assert copy is not None
    with Image.open(io.BytesIO(copy.data)) as file:
        assert not file.getexif()
        assert not {"parameters", "exif", "comment"} & file.info.keys()


async def test_a_tile_whose_file_is_gone_is_drawn_again_from_its_recipe(
    services: Services, engine: HandEngine, ada: Asker, tmp_path: Path
) -> None:
    grid = await drawn(services, ada, "an apple --seed 70000")
    whole = await services.pictures.make_print(grid)
    for file in (tmp_path / "images").rglob(f"{grid.id}-*.*"):
        file.unlink()
    again_drawn = await services.pictures.make_print(grid)
    assert [tile.tobytes() for tile in again_drawn.tiles] == [tile.tobytes() for tile in whole.tiles]
    assert engine.requests[-1].seeds == (70003,)
    assert await spent(services, ada) == (4, 0)


async def test_files_are_kept_as_long_as_the_owner_wants_and_drawn_again_after_that(
    services: Services, ada: Asker, tmp_path: Path
) -> None:
    old, new = await drawn(services, ada), await drawn(services, ada)
    for file in (tmp_path / "images").rglob(f"{old.id}-*.*"):
        os.utime(file, (0, 0))
    assert await services.pictures.purge(30) == 8  # a tile and its latents, four times
    assert len((await services.pictures.make_print(old)).tiles) == 4
    assert list((tmp_path / "images").rglob(f"{new.id}-*.png"))


async def test_a_changed_model_is_told(services: Services, engine: HandEngine, ada: Asker) -> None:
    grid = await drawn(services, ada)
    engine.model = replace(engine.model, hash="ffffffffff")
    child = await finished(services, await reroll(services, again(ada), grid.id, reply_to=None))
    assert (await services.pictures.make_print(child)).is_model_changed
    assert not (await services.pictures.make_print(grid)).is_model_changed


@pytest.mark.parametrize("guild_id", [2, None])
async def test_pictures_of_another_guild_are_unknown_here(
    services: Services, ada: Asker, guild_id: int | None
) -> None:
    grid = await drawn(services, ada)
    stranger = again(ada, user_id=7, guild_id=guild_id)
    for press in (pick, vary):
        with pytest.raises(NotFound):
            await press(services, stranger, grid.id, 0)
    with pytest.raises(NotFound):
        await reroll(services, stranger, grid.id, reply_to=None)
    with pytest.raises(NotFound):
        await reroll(services, stranger, 10**18 - 1, reply_to=None)


async def test_a_direct_message_is_counted_in_the_guild_last_used(services: Services, ada: Asker) -> None:
    alone = again(ada, guild_id=None, channel_id=99)
    with pytest.raises(NotAllowed):
        await services.orders.imagine(again(alone), "an apple")
    await drawn(services, ada)
    await drawn(services, again(ada, guild_id=2))
    job = await drawn(services, alone)
    assert (job.guild_id, job.is_direct_message) == (2, True)


async def test_refused_prompts_cost_nothing(services: Services, ada: Asker) -> None:
    with pytest.raises(PromptError) as wrong:
        await services.orders.imagine(ada, "an apple --ar16:9 --sed 3")
    assert len(wrong.value.mistakes) == 2
    assert "--ar 16:9" in str(wrong.value)
    with pytest.raises(PromptRefused):
        await services.orders.imagine(again(ada), "nude child")
    assert await spent(services, ada) == (0, 0)


async def test_a_new_day_fills_the_allowance(services: Services, ada: Asker, clock: MovableClock) -> None:
    for _ in range(10):
        await drawn(services, ada)
    with pytest.raises(QuotaExceeded):
        await drawn(services, ada)
    clock.advance(hours=12)
    await drawn(services, ada)
    assert (await services.quotas.balance(ada)).left == 36


async def test_usage_is_for_moderators_of_the_guild_alone(services: Services, ada: Asker) -> None:
    await drawn(services, ada)
    await drawn(services, again(ada, user_id=101))
    await drawn(services, again(ada, user_id=101))
    await drawn(services, again(ada, guild_id=2))
    report = await services.usage.report(again(ada, is_manager=True), by=By.MEMBER, days=7)
    assert [(row.key, row.usage) for row in report.rows] == [
        (101, Usage(jobs=2, images=8, gpu_ms=2 * 250)),
        (100, Usage(jobs=1, images=4, gpu_ms=250)),
    ]
    with pytest.raises(NotAllowed):
        await services.usage.report(ada, by=By.MEMBER, days=7)


async def test_a_member_is_greeted_once_per_guild(services: Services, ada: Asker) -> None:
    first, second = await drawn(services, ada), await drawn(services, ada)
    assert await services.onboarding.greet_first_use(first)
    assert not await services.onboarding.greet_first_use(second)


async def test_show_finds_ones_own_finished_pictures(services: Services, ada: Asker) -> None:
    mine = await drawn(services, ada)
    assert (await services.gallery.show(ada, mine.id)).id == mine.id
    assert [job.id for job in await services.gallery.list_recent(ada)] == [mine.id]
    with pytest.raises(NotFound):
        await services.gallery.show(again(ada, user_id=7), mine.id)


class Doorkeeper:
    """Refuses everything, and remembers whom it refused."""

    async def check(
        self, session: AsyncSession, asker: Asker, order: Order, *, guild_id: int, settings: GuildSettings
    ) -> None:
        del session, order, settings

        async def write(session: AsyncSession) -> UserError:
            await members.update_last_used(
                session,
                guild_id=guild_id,
                user_id=asker.user_id,
                name="",
                now=datetime(2026, 3, 1, tzinfo=UTC),
            )
            return NotAllowed(say("Not tonight."))

        raise RefusedWithTrace(write)


async def test_what_a_refusal_leaves_behind_is_kept_and_the_order_is_not(
    services: Services, database: Database, engine: HandEngine, ada: Asker
) -> None:
    models = Models(engine)
    allowances = Allowances(models, daily_images=40)
    jobs = Jobs(database, models, services.runs, services.kept, allowances=allowances, gates=[Doorkeeper()])
    orders = Orders(
        database,
        jobs,
        services.kept,
        Recipes(models),
        services.imports,
        services.preferences,
        services.uploads,
        services.studios,
    )
    with pytest.raises(NotAllowed, match="Not tonight"):
        await orders.imagine(ada, "an apple")
    async with database.reading() as session:
        assert await members.get_last_guild(session, ada.user_id) == ada.guild_id
        assert await jobs_table.get_by_source(session, ada.source) is None


@pytest.mark.parametrize(
    "prompt", ["a red apple", "a cat::2 dog::1 --ar 3:2 --no fog --steps 9", "a --seed 7"]
)
async def test_what_is_shown_typed_again_with_its_seed_asks_the_engine_for_the_same(
    services: Services, engine: HandEngine, ada: Asker, prompt: str
) -> None:
    grid = await drawn(services, ada, prompt)
    child = await finished(services, await reroll(services, again(ada), grid.id))
    for job, request in ((grid, engine.requests[-2]), (child, engine.requests[-1])):
        shown = job.prompt if "--seed" in job.prompt else f"{job.prompt} --seed {job.recipe.seed}"
        await drawn(services, again(ada, user_id=300 + job.id), shown)
        assert replace(engine.requests[-1], fairness_key=request.fairness_key) == request


async def test_a_reroll_says_the_seed_that_it_was_drawn_with(services: Services, ada: Asker) -> None:
    grid = await drawn(services, ada, "a red apple --seed 7")
    child = await finished(services, await reroll(services, again(ada), grid.id))
    assert child.prompt == f"a red apple --seed {child.recipe.seed}"
    assert child.recipe.seed != 7


async def test_what_the_rule_on_minors_refuses_is_refused_for_presses_too(
    services: Services, database: Database, ada: Asker
) -> None:
    grid = await drawn(services, ada)  # as if its words had been put on the list since
    refused = replace(grid.recipe, prompt=parse("a nude child"))
    async with database.transaction() as session:
        await session.execute(update(JobRow).filter_by(id=grid.id).values(recipe=refused.to_json()))
    for press in (reroll(services, again(ada), grid.id), vary(services, again(ada), grid.id, 0)):
        with pytest.raises(PromptRefused, match="never draw minors"):
            await press
