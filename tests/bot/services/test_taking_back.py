"""Pictures taken back: by their members, by moderators, and however the process dies in between."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.domain.errors import NotAllowed, NotFound, TooLate, Unavailable
from bot.domain.job import Job, JobStatus, Post
from bot.domain.usage import By
from bot.services import Services
from bot.storage.database import Database
from bot.storage.models import CopyRow, ImageRow, JobRow
from tests.bot.hand_engine import HandEngine
from tests.bot.presses import pick, reroll, vary
from tests.bot.services.community import ADA, MODERATOR, OUTSIDER, actions, delivered, drawn, finished, now

BOB = replace(ADA, user_id=101)


async def picked(services: Services, grid: Job, message_id: int, *, asker: object = ADA) -> Job:
    """The second picture of a grid, posted by itself."""
    assert isinstance(asker, type(ADA))
    tile = await pick(services, now(asker), grid.id, 1, reply_to=None)
    await services.outbox.delivered(tile, message_id)
    return await services.runs.reload(tile)


def files(folder: Path) -> list[str]:
    """The names of all picture files."""
    return sorted(path.name for path in (folder / "images").glob("*/*.*"))


async def test_a_deleted_picture_is_gone_with_its_prompt_and_what_it_used_stays_counted(
    services: Services, database: Database, tmp_path: Path
) -> None:
    await services.gallery.share(now(ADA), is_shown=True)
    grid = await delivered(services, ADA, 5000, "a secret apple")
    tile = await picked(services, grid, 5001)
    await services.gallery.shown_again(grid, channel_id=11, message_id=8000)
    await services.taking_back.delete(now(ADA), grid.id)
    for job in (grid, tile):
        stored = await services.runs.reload(job)
        assert (stored.status, stored.prompt, stored.recipe.seed) == (JobStatus.DELETED, "", 0)
        with pytest.raises(NotFound):
            await services.gallery.show(now(ADA), job.id)
        with pytest.raises(NotFound):
            await services.pictures.make_print(stored)
    assert files(tmp_path) == []
    assert set(await services.removals.list_posts()) == {
        Post(channel_id=10, message_id=5000),
        Post(channel_id=10, message_id=5001),
        Post(channel_id=11, message_id=8000),
    }
    assert (await services.gallery.list_page(now(ADA), 0)).jobs == ()
    assert (await services.gallery.list_shown(1, {10})).pictures == ()
    async with database.reading() as session:
        assert not (await session.scalars(select(ImageRow.job_id))).all()
        assert not (await session.scalars(select(CopyRow.job_id))).all()
        assert "secret" not in str((await session.execute(select(JobRow.prompt, JobRow.recipe))).all())
    assert (await services.quotas.balance(now(ADA))).spent.images == 4
    used = await services.usage.report(MODERATOR, by=By.MEMBER, days=1)
    assert (used.total.images, used.prompts) == (4, ())
    assert await actions(services) == []


async def test_deleting_twice_says_that_it_is_gone(services: Services) -> None:
    grid = await delivered(services, ADA, 5000)
    await services.taking_back.delete(now(ADA), grid.id)
    posts = await services.removals.list_posts()
    with pytest.raises(NotFound, match="deleted already"):
        await services.taking_back.delete(now(ADA), grid.id)
    with pytest.raises(NotFound, match="deleted already"):
        await services.taking_back.ask(now(ADA), 5000)
    assert await services.removals.list_posts() == posts


async def test_a_tile_that_somebody_else_picked_stays_theirs(
    services: Services, engine: HandEngine, tmp_path: Path
) -> None:
    grid = await delivered(services, ADA, 5000)
    theirs = await picked(services, grid, 5001, asker=BOB)
    pixels = (await services.pictures.make_print(theirs)).tiles[0].tobytes()
    asked = await services.taking_back.ask(now(ADA), 5000)
    assert (asked.own_tiles, asked.other_tiles) == (0, 1)
    await services.taking_back.delete(now(ADA), grid.id)
    assert files(tmp_path) == [f"{theirs.id}-0.latents", f"{theirs.id}-0.png"]
    assert [post.message_id for post in await services.removals.list_posts()] == [5000]
    shown = await services.gallery.show(now(BOB), theirs.id)
    num_drawn = len(engine.requests)
    made = await services.pictures.make_print(shown)
    assert (made.tiles[0].tobytes(), len(engine.requests)) == (pixels, num_drawn)
    assert not made.is_model_changed
    for press in (vary(services, now(BOB), theirs.id, 0), reroll(services, now(BOB), theirs.id)):
        assert (await finished(services, await press)).status is JobStatus.RENDERED
    await services.forgetting.forget(now(BOB))
    assert [name for name in files(tmp_path) if name.startswith(f"{theirs.id}-")] == []


async def test_a_tile_of_others_whose_file_was_not_kept_is_drawn_again(
    services: Services, tmp_path: Path
) -> None:
    grid = await delivered(services, ADA, 5000)
    theirs = await picked(services, grid, 5001, asker=BOB)
    pixels = (await services.pictures.make_print(theirs)).tiles[0].tobytes()
    await services.taking_back.delete(now(ADA), grid.id)
    for path in (tmp_path / "images").glob("*/*.*"):
        path.unlink()
    shown = await services.gallery.show(now(BOB), theirs.id)
    assert (await services.pictures.make_print(shown)).tiles[0].tobytes() == pixels


async def test_a_tile_goes_alone_and_its_grid_stays(services: Services, tmp_path: Path) -> None:
    grid = await delivered(services, ADA, 5000)
    tile = await picked(services, grid, 5001)
    before = files(tmp_path)
    await services.taking_back.delete(now(ADA), tile.id)
    assert [post.message_id for post in await services.removals.list_posts()] == [5001]
    assert (await services.runs.reload(grid)).status is JobStatus.DELIVERED
    assert files(tmp_path) == before


async def test_what_is_not_posted_yet_cannot_be_deleted_yet(services: Services, engine: HandEngine) -> None:
    rendered = await drawn(services, ADA)
    with pytest.raises(Unavailable, match="just being posted"):
        await services.taking_back.delete(now(ADA), rendered.id)
    engine.hold()
    waiting = await services.orders.imagine(now(ADA), "an apple")
    with pytest.raises(TooLate, match="not drawn"):
        await services.taking_back.delete(now(ADA), waiting.id)


async def test_only_the_member_and_moderators_delete_and_only_there(services: Services) -> None:
    grid = await delivered(services, ADA, 5000)
    with pytest.raises(NotAllowed, match="somebody else's"):
        await services.taking_back.delete(now(BOB), grid.id)
    for stranger in (OUTSIDER, replace(ADA, guild_id=2), replace(BOB, guild_id=None)):
        with pytest.raises(NotFound):
            await services.taking_back.delete(now(stranger), grid.id)
        with pytest.raises(NotFound):
            await services.taking_back.ask(now(stranger), 5000)
    with pytest.raises(NotAllowed):
        await services.taking_back.hide(now(MODERATOR), grid.id, is_hidden=True)
    assert (await services.runs.reload(grid)).status is JobStatus.DELIVERED


async def test_a_moderator_deletes_a_picture_with_every_tile_and_is_named(services: Services) -> None:
    grid = await delivered(services, ADA, 5000, "a red apple")
    theirs = await picked(services, grid, 5001, asker=BOB)
    choice = await services.taking_back.ask(now(MODERATOR), 5000)
    assert not choice.is_own
    await services.taking_back.delete(now(MODERATOR), grid.id)
    for job in (grid, theirs):
        assert (await services.runs.reload(job)).status is JobStatus.DELETED
    assert (await services.runs.reload(grid)).prompt == "a red apple"  # what was decided on can be read
    assert len(await services.removals.list_posts()) == 2
    assert await actions(services) == ["delete_result"]


async def test_files_that_a_dead_process_left_are_swept(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grid = await delivered(services, ADA, 5000)
    kept = await delivered(services, ADA, 5002)

    def dies(*_: object) -> None:
        raise ConnectionError("the process died here")

    with monkeypatch.context() as death:
        death.setattr("bot.storage.images.ImageFiles.delete", dies)
        with pytest.raises(ConnectionError):
            await services.taking_back.delete(now(ADA), grid.id)
    assert (await services.runs.reload(grid)).status is JobStatus.DELETED
    assert [post.message_id for post in await services.removals.list_posts()] == [5000]
    assert await services.removals.sweep_files() == 4
    assert await services.removals.sweep_files() == 0
    assert {name.partition("-")[0] for name in files(tmp_path)} == {str(kept.id)}


async def test_a_post_is_owed_to_go_until_it_is_gone(services: Services) -> None:
    await services.taking_back.delete(now(ADA), (await delivered(services, ADA, 5000)).id)
    (post,) = await services.removals.list_posts()
    await services.removals.removed(post)
    assert await services.removals.list_posts() == []


async def test_a_picture_taken_back_while_it_is_shown_again_is_not_noted(services: Services) -> None:
    grid = await delivered(services, ADA, 5000)
    await services.taking_back.delete(now(ADA), grid.id)
    assert not await services.gallery.shown_again(grid, channel_id=11, message_id=8000)


async def test_a_hidden_picture_hangs_nowhere_until_it_is_shown_again(services: Services) -> None:
    await services.gallery.share(now(ADA), is_shown=True)
    grid = await delivered(services, ADA, 5000)
    await picked(services, grid, 5001)
    other = await delivered(services, ADA, 5002)
    await services.taking_back.hide(now(ADA), grid.id, is_hidden=True)
    shown = await services.gallery.list_shown(1, {10})
    assert [picture.job.id for picture in shown.pictures] == [other.id]
    with pytest.raises(NotFound):
        await services.gallery.get_shown(1, {10}, grid.id)
    assert (await services.shown.details(now(ADA), 5000)).job.is_hidden
    await services.taking_back.hide(now(ADA), grid.id, is_hidden=False)
    assert len((await services.gallery.list_shown(1, {10})).pictures) == 3


async def test_a_picture_of_a_direct_message_is_taken_back_there(services: Services) -> None:
    await delivered(services, ADA, 5000)
    alone = replace(ADA, guild_id=None, channel_id=77)
    job = await delivered(services, alone, 6000)
    assert (await services.taking_back.ask(now(alone), 6000)).is_own
    with pytest.raises(NotFound):
        await services.taking_back.ask(now(MODERATOR), 6000)
    await services.taking_back.delete(now(alone), job.id)
    assert await services.removals.list_posts() == [Post(channel_id=77, message_id=6000)]
