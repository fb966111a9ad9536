"""Blends: several pictures as one, looked at by a model that can, and mixed for one that cannot."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from bot.domain.asker import Asker
from bot.domain.errors import Impossible, NotFound
from bot.domain.job import Job, JobStatus
from bot.domain.kinds import JobKind
from bot.domain.prompt import parse
from bot.domain.recipe import Blend, ImageRef, Recipe
from bot.messages.jobs import blend_notes
from bot.services import Services
from bot.services.imports import UNTITLED
from bot.services.orders import Press
from engine.api import Capability, Mixture, Start
from tests.bot.hand_engine import HandEngine
from tests.bot.presses import reroll, vary
from tests.bot.services.community import drawn, finished, now

COLOURS = ("red", "gold", "navy")


@pytest.fixture
def sees(engine: HandEngine) -> None:
    """The model can look at pictures."""
    engine.model = replace(engine.model, capabilities=frozenset({Capability.REFERENCES}))


async def taken_in(services: Services, asker: Asker, colours: Sequence[str] = COLOURS) -> list[ImageRef]:
    """Plain pictures from files, twice as wide as high."""
    jobs = [
        await services.imports.add(now(asker), [Image.new("RGB", (96, 48), colour)], "") for colour in colours
    ]
    return [ImageRef(job_id=job.id, index=0) for job in jobs]


async def blended(services: Services, asker: Asker, prompt: str = "") -> Job:
    images = await taken_in(services, asker)
    words = parse(prompt) if prompt else UNTITLED
    return await finished(services, await services.orders.blend(now(asker), images, words))


@pytest.mark.usefixtures("sees")
async def test_a_model_that_can_looks_at_the_pictures_with_equal_weights(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    job = await blended(services, ada, "in oil --ar 3:2")
    (request,) = engine.requests
    assert [one.picture.getpixel((5, 5)) for one in request.references] == [
        Image.new("RGB", (1, 1), colour).getpixel((0, 0)) for colour in COLOURS
    ]
    assert [one.weight for one in request.references] == [1 / 3] * 3
    assert request.start is None
    assert request.width > request.height
    assert (job.kind, job.status, job.recipe.num_images) == (JobKind.BLEND, JobStatus.RENDERED, 4)
    assert job.prompt == "in oil --ar 3:2"
    assert not list(blend_notes(job))


async def test_for_a_model_that_cannot_they_are_mixed_in_the_shape_to_be_drawn_and_it_says_so(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    job = await blended(services, ada)
    (request,) = engine.requests
    assert not request.references
    assert isinstance(request.start, Start)
    assert isinstance(request.start.source, Mixture)
    assert [picture.size for picture in request.start.source.pictures] == [(64, 64)] * 3
    assert request.start.source.weights == (1 / 3,) * 3
    assert 0 < request.start.strength < 1
    (note,) = blend_notes(job)
    assert "no IP-Adapter" in str(note)


@pytest.mark.usefixtures("sees")
async def test_it_is_drawn_again_from_the_same_pictures(
    services: Services, engine: HandEngine, ada: Asker, tmp_path: Path
) -> None:
    job = await blended(services, ada)
    for file in (tmp_path / "images").rglob(f"{job.id}-*.*"):
        file.unlink()
    await services.pictures.make_print(job)
    first, *redrawn = engine.requests
    assert [request.seeds for request in redrawn] == [(seed,) for seed in first.seeds]
    for request in redrawn:
        assert [one.weight for one in request.references] == [1 / 3] * 3
    again = await finished(services, await reroll(services, now(ada), job.id))
    assert again.recipe.blend == job.recipe.blend
    assert again.recipe.seed != job.recipe.seed


async def test_what_is_made_of_a_blend_goes_on_looking_but_begins_only_once(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    mixed = await blended(services, ada)
    varied = await finished(services, await vary(services, now(ada), mixed.id, 1))
    assert varied.recipe.blend is None
    engine.model = replace(engine.model, capabilities=frozenset({Capability.REFERENCES}))
    looked = await blended(services, ada)
    await finished(services, await vary(services, now(ada), looked.id, 1))
    request = engine.requests[-1]
    assert len(request.references) == 3
    assert request.start is not None
    press = Press(kind=JobKind.ZOOM, job_id=looked.id, index=0, how="2")
    await finished(services, await services.orders.press(now(ada), press))
    assert len(engine.requests[-1].references) == 3


@pytest.mark.parametrize("count", [0, 1, 6])
async def test_too_few_or_too_many_are_refused(services: Services, ada: Asker, count: int) -> None:
    images = await taken_in(services, ada, ["red"] * count)
    with pytest.raises(Impossible, match=f"2 to 5 pictures, not {count}"):
        await services.orders.blend(now(ada), images, UNTITLED)


async def test_nobody_blends_pictures_of_another_guild(services: Services, ada: Asker) -> None:
    own = await drawn(services, ada)
    images = [ImageRef(job_id=own.id, index=0), ImageRef(job_id=own.id, index=1)]
    with pytest.raises(NotFound):
        await services.orders.blend(replace(now(ada), guild_id=77), images, UNTITLED)
    with pytest.raises(NotFound):
        await services.orders.blend(now(ada), [*images, ImageRef(job_id=999, index=0)], UNTITLED)


def test_a_blend_is_read_back_and_old_ones_without_weights_count_the_same() -> None:
    images = (ImageRef(job_id=1, index=0), ImageRef(job_id=2, index=3))
    blend = Blend(images=images, weights=(0.25, 0.75), strength=0.6)
    recipe = Recipe(prompt=UNTITLED, blend=blend)
    assert Recipe.from_json(recipe.to_json()) == recipe
    assert not recipe.is_plain
    bare = {"blend": {"images": [{"job_id": 1, "index": 0}, {"job_id": 2, "index": 3}]}, "version": 2}
    assert Recipe.from_json(bare).blend == Blend(images=images, weights=(0.5, 0.5))
