"""Upscaled pictures: pictures of their own, made from one that is there."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bot.domain.asker import Asker
from bot.domain.errors import Impossible, NotFound
from bot.domain.job import Job, JobStatus
from bot.domain.kinds import JobKind
from bot.domain.prompt import parse
from bot.domain.recipe import Canvas, Enlargement, Recipe, Start
from bot.messages.kinds import tile_rows
from bot.services import Services
from bot.services.orders import Change, Press
from tests.bot.hand_engine import HandEngine
from tests.bot.presses import pick, reroll, vary
from tests.bot.services.community import drawn, finished, now

KIND = JobKind.UPSCALE_SUBTLE


CREATIVE = JobKind.UPSCALE_CREATIVE


async def upscaled(
    services: Services, asker: Asker, parent: Job, index: int = 0, *, kind: JobKind = KIND
) -> Job:
    """A finished upscale of one picture of a job."""
    press = Press(kind=kind, job_id=parent.id, index=index)
    return await finished(services, await services.orders.press(now(asker), press))


async def picture(services: Services, job: Job) -> Image.Image:
    """The one picture of a job."""
    (tile,) = (await services.pictures.make_print(job)).tiles
    return tile


async def test_a_picked_tile_is_made_twice_as_large(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    grid = await drawn(services, ada)
    tile = await pick(services, now(ada), grid.id, 2)
    job = await upscaled(services, ada, tile)
    assert job.status is JobStatus.RENDERED
    assert job.parent == tile.parent
    assert tile.parent is not None
    assert job.recipe.enlargement == Enlargement(image=tile.parent, factor=2)
    assert job.recipe.seeds == (tile.recipe.seed,)
    assert (await picture(services, job)).size == (128, 128)
    (request,) = engine.enlarged
    assert request.picture.tobytes() == (await services.pictures.make_print(tile)).tiles[0].tobytes()
    assert (request.factor, request.fairness_key) == (2, f"{ada.guild_id}/{ada.user_id}")


async def test_four_times_is_asked_for_in_so_many_words(services: Services, ada: Asker) -> None:
    grid = await drawn(services, ada)
    press = Press(kind=KIND, job_id=grid.id, index=1)
    job = await finished(services, await services.orders.change(now(ada), press, Change(factor=4)))
    assert (await picture(services, job)).size == (256, 256)


async def test_it_is_charged_as_one_picture_and_the_time_that_it_roughly_takes(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    engine.model = replace(engine.model, seconds_per_enlarged_pixel=1e-4)
    job = await upscaled(services, ada, await drawn(services, ada))
    assert job.charge.images == 1
    assert job.charge.gpu_ms == round(128 * 128 * 1e-4 * 1000)


async def test_it_is_posted_as_a_single_file_with_the_recipe_of_its_picture(
    services: Services, ada: Asker
) -> None:
    job = await upscaled(services, ada, await drawn(services, ada, "a red apple --seed 7"), 1)
    made = await services.pictures.make_print(job)
    file = made.encode(8 * 1024 * 1024)
    assert file.extension == "png"
    assert "Seed: 8," in made.recipe
    assert "Size: 128x128," in made.recipe


@pytest.mark.parametrize("limit", [2**23, 60_000])
async def test_its_file_stays_under_the_upload_limit(services: Services, ada: Asker, limit: int) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (512, 512, 3), dtype=np.uint8)
    taken = await services.imports.add(now(ada), [Image.fromarray(noise)], "")
    file = (await services.pictures.make_print(await upscaled(services, ada, taken))).encode(limit)
    assert len(file.data) <= limit


async def test_it_is_made_again_where_its_file_is_gone(
    services: Services, ada: Asker, tmp_path: Path
) -> None:
    job = await upscaled(services, ada, await drawn(services, ada), 3)
    before = (await picture(services, job)).tobytes()
    for file in (tmp_path / "images").rglob("*.*"):
        file.unlink()  # its parent's too
    assert (await picture(services, job)).tobytes() == before


async def test_it_keeps_no_latents_and_its_own_file(services: Services, ada: Asker, tmp_path: Path) -> None:
    job = await upscaled(services, ada, await drawn(services, ada))
    files = [file.name for file in (tmp_path / "images").rglob(f"{job.id}-*.*")]
    assert files == [f"{job.id}-0.png"]


async def test_its_model_need_not_be_loaded(services: Services, engine: HandEngine, ada: Asker) -> None:
    grid = await drawn(services, ada)
    weights = grid.recipe.weights
    engine.model = replace(engine.model, name="other", hash="fedcba9876")
    job = await upscaled(services, ada, grid)
    assert job.status is JobStatus.RENDERED
    assert job.recipe.weights == weights
    assert not (await services.pictures.make_print(job)).is_model_changed


async def test_what_is_too_large_is_refused_and_has_no_button(services: Services, ada: Asker) -> None:
    taken = await services.imports.add(now(ada), [Image.new("RGB", (2049, 64))], "")
    with pytest.raises(Impossible, match="4098×128 pixels; the longest side is 4096"):
        await upscaled(services, ada, taken)
    assert "Upscale (Subtle)" not in [button.label for row in tile_rows(taken) for button in row]
    small = await services.imports.add(now(ada), [Image.new("RGB", (2048, 64))], "")
    assert "Upscale (Subtle)" in [button.label for row in tile_rows(small) for button in row]


async def test_what_is_made_of_it_is_drawn_from_it_at_a_size_that_the_model_draws(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    job = await upscaled(services, ada, await drawn(services, ada))
    varied = await finished(services, await vary(services, now(ada), job.id, 0))
    again = await finished(services, await reroll(services, now(ada), job.id))
    for made in (varied, again):
        assert made.recipe.enlargement is None
        assert made.recipe.num_images == 4
        assert (made.recipe.canvas.width, made.recipe.canvas.height) == (64, 64)
    start = engine.requests[-2].start
    assert start is not None
    assert isinstance(start.source, Image.Image)
    assert start.source.size == (128, 128)


async def test_upscaled_again_it_is_larger_still(services: Services, ada: Asker) -> None:
    job = await upscaled(services, ada, await drawn(services, ada))
    assert (await picture(services, await upscaled(services, ada, job))).size == (256, 256)


async def test_taken_back_it_goes_with_its_file_and_its_grid_stays(
    services: Services, ada: Asker, tmp_path: Path
) -> None:
    grid = await drawn(services, ada)
    job = await upscaled(services, ada, grid)
    await services.outbox.delivered(job, 5001)
    await services.taking_back.delete(now(ada), job.id)
    assert not list((tmp_path / "images").rglob(f"{job.id}-*.*"))
    assert len((await services.pictures.make_print(grid)).tiles) == 4
    with pytest.raises(NotFound):
        await services.pictures.make_print(job)


async def test_its_recipe_is_read_as_it_was_written(services: Services, ada: Asker) -> None:
    job = await upscaled(services, ada, await drawn(services, ada))
    assert (await services.runs.reload(job)).recipe == job.recipe
    values = job.recipe.to_json()
    assert Recipe.from_json(values) == job.recipe
    del values["enlargement"]["factor"]
    assert Recipe.from_json(values) == job.recipe
    del values["enlargement"]
    assert Recipe.from_json(values).enlargement is None


# Creative


async def test_a_creative_upscale_draws_a_tile_once_more_in_windows_of_the_native_size(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    grid = await drawn(services, ada, "a red apple --ar 2:1")
    tile = await pick(services, now(ada), grid.id, 2)
    job = await upscaled(services, ada, tile, kind=CREATIVE)
    assert job.status is JobStatus.RENDERED
    assert tile.parent is not None
    assert job.recipe.start == Start(image=tile.parent, strength=0.3)
    before = tile.recipe.shown
    assert job.recipe.shown == Canvas(width=2 * before.width, height=2 * before.height)
    assert (await picture(services, job)).size == (2 * before.width, 2 * before.height)
    request = engine.requests[-1]
    assert (request.window, len(request.seeds)) == (64, 1)
    assert request.num_windows > 1
    assert [part.text for part in request.prompts] == ["a red apple"]
    assert request.start is not None
    assert isinstance(request.start.source, Image.Image), "never its latents: they are of another size"
    assert request.start.source.tobytes() == (await picture(services, tile)).tobytes()


async def test_it_is_charged_as_one_picture_and_the_time_of_all_its_windows(
    services: Services, ada: Asker
) -> None:
    job = await upscaled(services, ada, await drawn(services, ada), kind=CREATIVE)
    windows, steps = 9, int(4 * 0.3)
    assert job.charge.images == 1
    assert job.charge.gpu_ms == round(1000 * windows * (steps * 0.01 + 2 * 0.02))


async def test_it_can_be_told_other_words_a_seed_and_to_be_four_times_as_large(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    taken = await services.imports.add(now(ada), [Image.new("RGB", (101, 77))], "")
    press = Press(kind=CREATIVE, job_id=taken.id)
    change = Change(factor=4, prompt=parse("a green pear"), seed=5)
    job = await finished(services, await services.orders.change(now(ada), press, change))
    assert (job.recipe.seed, job.prompt) == (5, "a green pear")
    assert (await picture(services, job)).size == (400, 304), "as near to it as the model can draw"
    untold = await upscaled(services, ada, taken, kind=CREATIVE)
    assert untold.status is JobStatus.RENDERED
    assert [part.text for part in engine.requests[-1].prompts] == [""]


async def test_what_is_made_of_a_creative_upscale_is_drawn_at_a_size_that_the_model_draws(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    job = await upscaled(services, ada, await drawn(services, ada), kind=CREATIVE)
    varied = await finished(services, await vary(services, now(ada), job.id, 0))
    again = await finished(services, await reroll(services, now(ada), job.id))
    for made in (varied, again):
        assert (made.recipe.window, made.recipe.canvas) == (0, Canvas(width=64, height=64))
    assert again.recipe.start is None
    start = engine.requests[-2].start
    assert start is not None
    assert isinstance(start.source, Image.Image)
    larger = await upscaled(services, ada, job)
    assert larger.recipe.window == 0
    assert (await picture(services, larger)).size == (256, 256)


async def test_a_creative_upscale_is_drawn_again_where_its_file_is_gone(
    services: Services, ada: Asker, tmp_path: Path
) -> None:
    job = await upscaled(services, ada, await drawn(services, ada), kind=CREATIVE)
    before = (await picture(services, job)).tobytes()
    for file in (tmp_path / "images").rglob("*.*"):
        file.unlink()
    assert (await picture(services, job)).tobytes() == before
    assert (await services.runs.reload(job)).recipe == job.recipe


async def test_both_ways_are_offered_under_a_single_picture(services: Services, ada: Asker) -> None:
    tile = await pick(services, now(ada), (await drawn(services, ada)).id, 0)
    labels = [button.label for button in tile_rows(tile)[0]]
    assert labels == ["Upscale (Subtle)", "Upscale (Creative)"]
