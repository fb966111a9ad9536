"""Pictures of which a part is drawn, and subtle variations: what the engine is asked, and what is kept."""

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image

from bot.domain.asker import Asker
from bot.domain.errors import Impossible, NotFound, PromptRefused
from bot.domain.job import Job, JobStatus
from bot.domain.kinds import JobKind
from bot.domain.prompt import parse
from bot.imaging.canvas import written_area
from bot.services import Services
from bot.services.orders import Change, Press
from tests.bot.hand_engine import HandEngine
from tests.bot.presses import pick, reroll, vary
from tests.bot.services.community import drawn, finished

EDITS = [JobKind.ZOOM, JobKind.PAN, JobKind.REGION]
MARKED = (16, 16, 32, 48)


def now(asker: Asker) -> Asker:
    """The same person with a new interaction."""
    return replace(asker, source=uuid4().hex)


async def changed(
    services: Services, asker: Asker, parent: Job, kind: JobKind, change: Change | None = None, index: int = 0
) -> Job:
    """A finished change of one picture of a job."""
    mask = Image.new("L", (64, 64))
    mask.paste(255, MARKED)
    change = change or Change(area=written_area(mask) if kind is JobKind.REGION else "")
    press = Press(kind=kind, job_id=parent.id, index=index)
    return await finished(services, await services.orders.change(now(asker), press, change))


async def tiles(services: Services, job: Job) -> list[np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]:
    """The pixels of a job's pictures."""
    return [np.asarray(tile) for tile in (await services.pictures.make_print(job)).tiles]


async def test_a_pan_keeps_the_picture_and_grows_by_what_was_drawn(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    grid = await drawn(services, ada)
    pan = await changed(services, ada, grid, JobKind.PAN, Change(to="right"), index=2)
    assert pan.status is JobStatus.RENDERED
    old = (await tiles(services, grid))[2]
    for tile in await tiles(services, pan):
        assert tile.shape == (64, 96, 3)
        assert (tile[:, :64] == old).all()
        assert not (tile[:, 64:] == old[:, :32]).all()
    request = engine.requests[-1]
    assert (request.width, request.height) == (64, 64)
    assert request.start is not None
    assert request.start.strength == 1
    assert isinstance(request.start.source, Image.Image)
    assert request.mask is not None
    assert np.asarray(request.mask.area)[:, :32].max() == 0
    assert np.asarray(request.mask.area)[:, 32:].min() == 255


def strength_of(engine: HandEngine) -> float:
    """Of what was last asked for."""
    start = engine.requests[-1].start
    assert start is not None
    return start.strength


async def test_around_a_picture_its_edges_go_on_and_as_much_is_drawn_anew_as_the_model_says(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    engine.model = replace(engine.model, around_strength=0.5)
    grid = await drawn(services, ada)
    strengths = {}
    for kind in (JobKind.ZOOM, JobKind.PAN, JobKind.REGION):
        await changed(services, ada, grid, kind)
        strengths[kind] = strength_of(engine)
    assert strengths == {JobKind.ZOOM: 0.5, JobKind.PAN: 0.5, JobKind.REGION: 1.0}


@pytest.mark.parametrize(
    ("prompt", "strength"),
    [("a red apple --steps 40", 0.5), ("a red apple --steps 1", 1.0), ("a beach", 1.0)],
    ids=["the same words", "a single step", "other words"],
)
async def test_other_words_around_it_are_drawn_from_nothing(
    services: Services, engine: HandEngine, ada: Asker, prompt: str, strength: float
) -> None:
    engine.model = replace(engine.model, around_strength=0.5)
    grid = await drawn(services, ada, "a red apple")
    await changed(services, ada, grid, JobKind.ZOOM, Change(prompt=parse(prompt)))
    assert strength_of(engine) == strength


async def test_of_a_region_nothing_but_the_area_changes_in_other_words_too(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    grid = await drawn(services, ada)
    mask = Image.new("L", (64, 64))
    mask.paste(255, MARKED)
    change = Change(area=written_area(mask), prompt=parse("a pear --steps 3"), seed=12)
    region = await changed(services, ada, grid, JobKind.REGION, change)
    request = engine.requests[-1]
    assert (request.prompts[0].text, request.num_inference_steps, request.seeds[0]) == ("a pear", 3, 12)
    marked = np.asarray(mask) > 0
    old = (await tiles(services, grid))[0]
    for tile in await tiles(services, region):
        assert (tile[~marked] == old[~marked]).all()
        assert (tile[marked] != old[marked]).any()


@pytest.mark.parametrize("kind", EDITS)
async def test_what_was_put_together_is_put_together_again_where_its_file_is_gone(
    services: Services, ada: Asker, kind: JobKind, tmp_path: Path
) -> None:
    edited = await changed(services, ada, await drawn(services, ada), kind)
    before = await tiles(services, edited)
    for file in (tmp_path / "images").rglob("*.*"):
        file.unlink()  # its parent's too
    after = await tiles(services, edited)
    assert all((one == other).all() for one, other in zip(before, after, strict=True))


async def test_an_edit_goes_on_from_an_edit_and_a_variation_from_the_whole_of_it(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    grid = await drawn(services, ada)
    once = await changed(services, ada, grid, JobKind.PAN)
    twice = await changed(services, ada, await pick(services, now(ada), once.id, 1), JobKind.PAN)
    assert (await tiles(services, twice))[0].shape == (64, 128, 3)
    await finished(services, await vary(services, now(ada), twice.id, 0))
    request = engine.requests[-1]
    assert request.width > request.height
    assert request.mask is None
    assert request.start is not None
    assert isinstance(request.start.source, Image.Image)
    assert request.start.source.size == (128, 64)


async def test_a_reroll_of_an_edit_is_the_same_edit_with_a_new_seed(services: Services, ada: Asker) -> None:
    pan = await changed(services, ada, await drawn(services, ada), JobKind.PAN)
    again = await finished(services, await reroll(services, now(ada), pan.id))
    assert again.recipe.edit == pan.recipe.edit
    assert again.recipe.seed != pan.recipe.seed


async def test_a_subtle_variation_is_a_little_of_other_noise(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    grid = await drawn(services, ada, "an apple --seed 70000")
    await changed(services, ada, grid, JobKind.VARY_SUBTLE, index=1)
    variation = engine.requests[-1].variation
    assert variation is not None
    assert variation.seed == 70001
    assert 0 < variation.strength < 0.5
    assert engine.requests[-1].start is None


async def test_a_subtle_variation_of_what_was_not_drawn_from_text_alone_begins_from_its_picture(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    pan = await changed(services, ada, await drawn(services, ada), JobKind.PAN)
    await changed(services, ada, pan, JobKind.VARY_SUBTLE)
    request = engine.requests[-1]
    assert request.variation is None
    assert request.start is not None
    assert request.start.strength < 0.5


@pytest.mark.parametrize("steps", [1, 2, 3, 49, 100])
async def test_a_variation_in_few_steps_runs_at_least_one(
    services: Services, engine: HandEngine, ada: Asker, steps: int
) -> None:
    grid = await drawn(services, ada, f"an apple --steps {steps}")
    pan = await changed(services, ada, grid, JobKind.PAN)
    for kind in (JobKind.VARY, JobKind.VARY_SUBTLE):
        await changed(services, ada, pan, kind)
        start = engine.requests[-1].start
        assert start is not None
        assert int(steps * start.strength) >= 1
        assert start.strength <= 1


async def test_what_is_square_cannot_be_made_square(services: Services, ada: Asker) -> None:
    grid = await drawn(services, ada)
    with pytest.raises(Impossible, match="square already"):
        await changed(services, ada, grid, JobKind.SQUARE)


@pytest.mark.parametrize(
    ("kind", "how", "size"),
    [
        (JobKind.ZOOM, "2", (64, 64)),
        (JobKind.ZOOM, "1.5", (64, 64)),
        (JobKind.PAN, "up", (64, 96)),
        (JobKind.PAN, "left", (96, 64)),
        (JobKind.VARY_SUBTLE, "", (64, 64)),
    ],
)
async def test_the_buttons_under_a_single_picture(
    services: Services, ada: Asker, kind: JobKind, how: str, size: tuple[int, int]
) -> None:
    tile = await pick(services, now(ada), (await drawn(services, ada)).id, 2)
    press = Press(kind=kind, job_id=tile.id, how=how)
    job = await finished(services, await services.orders.press(now(ada), press))
    made = await services.pictures.make_print(job)
    assert [picture.size for picture in made.tiles] == [size] * 4
    assert job.parent == tile.parent


@pytest.mark.parametrize(("kind", "how"), [(JobKind.ZOOM, "9"), (JobKind.PAN, ""), (JobKind.REGION, "")])
async def test_a_button_that_no_version_knows_is_said_to_be_unknown(
    services: Services, ada: Asker, kind: JobKind, how: str
) -> None:
    grid = await drawn(services, ada)
    with pytest.raises(NotFound, match="do not know this button"):
        await services.orders.press(now(ada), Press(kind=kind, job_id=grid.id, how=how))


async def test_the_rule_on_minors_reads_the_words_of_an_edit(services: Services, ada: Asker) -> None:
    grid = await drawn(services, ada)
    with pytest.raises(PromptRefused):
        await changed(services, ada, grid, JobKind.ZOOM, Change(prompt=parse("a naked child")))


async def test_a_picture_from_a_file_is_gone_on_from_and_never_drawn_as_another(
    services: Services, engine: HandEngine, ada: Asker, tmp_path: Path
) -> None:
    photo = Image.new("RGB", (96, 64), (10, 20, 30))
    taken = await services.imports.add(now(ada), [photo], "")
    await changed(services, ada, taken, JobKind.VARY_SUBTLE)
    start = engine.requests[-1].start
    assert start is not None
    assert isinstance(start.source, Image.Image)
    assert start.source.tobytes() == photo.tobytes()
    for file in (tmp_path / "images").rglob(f"{taken.id}-*.*"):
        file.unlink()
    with pytest.raises(NotFound):
        await services.pictures.make_print(taken)
