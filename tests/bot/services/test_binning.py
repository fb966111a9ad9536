"""❌: taken off for a day, brought back, or gone for good; and what that is not."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.domain.errors import NotAllowed, NotFound
from bot.domain.history import Shelf, Wanted
from bot.domain.job import JobStatus
from bot.domain.usage import By
from bot.services import Services
from bot.storage.database import Database
from bot.storage.models import BinRow
from tests.bot.conftest import MovableClock
from tests.bot.hand_engine import HandEngine
from tests.bot.services.community import ADA, MODERATOR, OUTSIDER, actions, delivered, now, spent
from tests.bot.services.test_taking_back import files, picked

BOB = replace(ADA, user_id=101)
DELETED = Wanted(shelf=Shelf.DELETED)


async def in_bin(database: Database) -> list[int]:
    """The jobs that may be brought back."""
    async with database.reading() as session:
        return list(await session.scalars(select(BinRow.job_id).order_by(BinRow.job_id)))


async def test_a_picture_that_was_taken_off_comes_back_whole_with_a_post_of_its_own(
    services: Services, tmp_path: Path
) -> None:
    grid = await delivered(services, ADA, 5000)
    tile = await picked(services, grid, 5001)
    kept = files(tmp_path)
    await services.gallery.share(now(ADA), is_shown=True)
    first = await services.outbox.take_ticket(grid)
    assert first is None
    thrown = await services.binning.throw(now(ADA), 5000)
    assert (thrown.job.id, thrown.until is not None) == (grid.id, True)
    assert {post.message_id for post in await services.removals.list_posts()} == {5000, 5001}
    assert not (await services.gallery.list_page(now(ADA), 0)).jobs
    assert not (await services.gallery.list_shown(1, {10})).pictures
    with pytest.raises(NotFound):
        await services.gallery.show(now(ADA), grid.id)
    used = await services.usage.report(MODERATOR, by=By.MEMBER, days=1)
    assert (used.total.images, used.prompts) == (4, ())
    off = await services.gallery.list_page(now(ADA), 0, DELETED)
    assert [job.id for job in off.jobs] == [tile.id, grid.id]
    assert files(tmp_path) == kept
    back = await services.binning.bring_back(now(ADA), grid.id)
    assert [(job.id, job.status) for job in back] == [
        (grid.id, JobStatus.RENDERED),
        (tile.id, JobStatus.RENDERED),
    ]
    ticket = await services.outbox.take_ticket(grid)
    assert ticket is not None
    assert ticket.is_first
    await services.outbox.delivered(grid, 6000)
    assert (await services.gallery.show(now(ADA), grid.id)).result_message_id == 6000
    assert await spent(services, ADA) == (4, 0)
    with pytest.raises(NotFound, match="nothing to bring back"):
        await services.binning.bring_back(now(ADA), grid.id)


async def test_after_a_day_it_is_gone_for_good_and_tiles_of_others_stay_theirs(
    services: Services, database: Database, clock: MovableClock, tmp_path: Path
) -> None:
    grid = await delivered(services, ADA, 5000, "a secret apple")
    theirs = await picked(services, grid, 5001, asker=BOB)
    await services.binning.throw(now(ADA), 5000)
    assert await in_bin(database) == [grid.id]
    clock.advance(hours=23)
    assert await services.binning.sweep() == 0
    clock.advance(hours=1)
    with pytest.raises(NotFound):
        await services.binning.bring_back(now(ADA), grid.id)
    assert await services.binning.sweep() == 1
    gone = await services.runs.reload(grid)
    assert (gone.status, gone.prompt) == (JobStatus.DELETED, "")
    assert files(tmp_path) == [f"{theirs.id}-0.latents", f"{theirs.id}-0.png"]
    assert (await services.gallery.show(now(BOB), theirs.id)).id == theirs.id
    assert await in_bin(database) == []


async def test_a_tile_that_was_brought_back_outlives_its_grid(
    services: Services, clock: MovableClock
) -> None:
    grid = await delivered(services, ADA, 5000)
    tile = await picked(services, grid, 5001)
    await services.binning.throw(now(ADA), 5001)
    await services.binning.throw(now(ADA), 5000)
    await services.binning.bring_back(now(ADA), tile.id)
    await services.outbox.delivered(tile, 6001)
    clock.advance(days=1)
    await services.binning.sweep()
    assert (await services.runs.reload(grid)).status is JobStatus.DELETED
    kept = await services.gallery.show(now(ADA), tile.id)
    assert (await services.pictures.make_print(kept)).tiles


async def test_only_its_member_and_moderators_take_it_off_and_each_only_what_was_theirs_back(
    services: Services,
) -> None:
    grid = await delivered(services, ADA, 5000)
    theirs = await picked(services, grid, 5001, asker=BOB)
    for asker, refusal in ((BOB, NotAllowed), (OUTSIDER, NotFound)):
        with pytest.raises(refusal):
            await services.binning.throw(now(asker), 5000)
    await services.binning.throw(now(MODERATOR), 5000)
    for asker in (ADA, BOB, OUTSIDER):
        with pytest.raises(NotFound):
            await services.binning.bring_back(now(asker), grid.id)
    back = await services.binning.bring_back(now(MODERATOR), grid.id)
    assert [job.id for job in back] == [grid.id, theirs.id]
    assert await actions(services) == ["bin", "unbin"]
    await services.outbox.delivered(grid, 6000)
    await services.binning.throw(now(ADA), 6000)
    with pytest.raises(NotFound):
        await services.binning.bring_back(now(MODERATOR), grid.id)


async def test_what_is_not_drawn_yet_is_stopped(services: Services, engine: HandEngine) -> None:
    engine.hold()
    job = await services.orders.imagine(now(ADA), "a red apple")
    await services.outbox.progress_message(job, 5000)
    assert (await services.binning.throw(now(ADA), 5000)).until is None
    assert (await services.runs.reload(job)).status is JobStatus.CANCELLED


async def test_the_bin_is_forgotten_with_its_member(
    services: Services, database: Database, tmp_path: Path
) -> None:
    await delivered(services, ADA, 5000, "a secret apple")
    await services.binning.throw(now(ADA), 5000)
    await services.forgetting.forget(now(ADA))
    assert (await in_bin(database), files(tmp_path)) == ([], [])


async def test_what_was_taken_off_can_be_deleted_for_good_at_once(
    services: Services, database: Database, tmp_path: Path
) -> None:
    grid = await delivered(services, ADA, 5000)
    await services.binning.throw(now(ADA), 5000)
    await services.taking_back.delete(now(ADA), grid.id)
    assert (await in_bin(database), files(tmp_path)) == ([], [])
