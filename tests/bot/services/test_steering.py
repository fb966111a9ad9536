"""Pictures that follow a map: what the engine is asked, what is kept, what is refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bot.domain.asker import Asker
from bot.domain.errors import Impossible, PromptError
from bot.domain.job import Job, JobStatus
from bot.domain.kinds import JobKind
from bot.domain.maps import MapKind
from bot.imaging.encode import recipe_text
from bot.services import Services
from bot.services.orders import Press, Steer
from engine.api.edges import edges
from tests.bot.hand_engine import HandEngine
from tests.bot.presses import pick, reroll, vary
from tests.bot.services.community import finished
from tests.bot.services.test_edits import changed, now

MAP = Image.effect_mandelbrot((96, 64), (-2.0, -1.5, 1.0, 1.5), 50).convert("RGB")
EDGES = Steer(text="a red fox --seed 7", kind=MapKind.EDGES, scale=0.8, interval=(0.0, 0.6))


@pytest.fixture(autouse=True)
def controls(engine: HandEngine) -> None:
    engine.model = replace(engine.model, controls=("depth", "edges-xl"))


async def steered(services: Services, asker: Asker, asked: Steer = EDGES) -> Job:
    return await finished(services, await services.orders.steer(now(asker), MAP, asked))


def pixels(image: Image.Image) -> bytes:
    return np.asarray(image).tobytes()


async def test_a_map_is_followed_by_the_control_of_its_kind_at_its_shape(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    job = await steered(services, ada)
    assert (job.status, job.kind, job.prompt) == (JobStatus.RENDERED, JobKind.IMAGINE, "a red fox --seed 7")
    request = engine.requests[-1]
    (control,) = request.controls
    assert (control.name, control.scale, control.interval) == ("edges-xl", 0.8, (0.0, 0.6))
    assert pixels(control.map) == pixels(MAP)
    assert 2 * request.width == 3 * request.height
    assert (request.seeds[0], request.start) == (7, None)


async def test_another_shape_and_seed_may_be_asked_for(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    await steered(services, ada, replace(EDGES, text="a red fox --ar 1:2", seed=12))
    request = engine.requests[-1]
    assert 2 * request.width == request.height
    assert request.seeds[0] == 12


async def test_of_a_picture_the_edges_at_the_size_that_is_drawn_are_kept(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    await steered(services, ada, replace(EDGES, is_picture=True))
    request = engine.requests[-1]
    size = (request.width, request.height)
    expected = edges(MAP.resize(size, Image.Resampling.LANCZOS))
    assert pixels(request.controls[0].map) == pixels(expected)
    assert np.asarray(expected).any()


async def test_what_was_lost_is_drawn_again_from_the_map_that_was_kept(
    services: Services, engine: HandEngine, ada: Asker, tmp_path: Path
) -> None:
    job = await steered(services, ada)
    for file in (tmp_path / "images").rglob(f"{job.id}-*.*"):
        file.unlink()
    count = len(engine.requests)
    await services.pictures.make_print(job)
    drawn = engine.requests[count:]
    assert [request.seeds for request in drawn] == [(7,), (8,), (9,), (10,)]
    assert all(pixels(request.controls[0].map) == pixels(MAP) for request in drawn)


async def test_a_reroll_and_a_variation_follow_the_same_map_and_what_lies_around_follows_none(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    job = await steered(services, ada)
    for press in (reroll(services, now(ada), job.id), vary(services, now(ada), job.id, 1)):
        await finished(services, await press)
        assert pixels(engine.requests[-1].controls[0].map) == pixels(MAP)
    await changed(services, ada, job, JobKind.ZOOM)
    assert engine.requests[-1].controls == ()
    picked = await pick(services, now(ada), job.id, 0)
    for kind in (JobKind.UPSCALE_SUBTLE, JobKind.UPSCALE_CREATIVE):
        upscaled = await services.orders.press(now(ada), Press(kind=kind, job_id=picked.id))
        assert upscaled.recipe.control is None


async def test_a_file_of_it_does_not_suffice_to_tell_how_it_came_about(
    services: Services, ada: Asker
) -> None:
    job = await steered(services, ada)
    with pytest.raises(Impossible, match="follows a map, which its file does not hold"):
        services.explaining.of_file(recipe_text(job), MAP)
    await services.explaining.explain(job.recipe.only(0))


async def test_what_nothing_here_reads_is_refused_and_names_the_setting(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    with pytest.raises(Impossible, match=r"plain cannot follow a map of pose: .* CONTROLNETS, as `pose=…`"):
        await services.orders.steer(now(ada), MAP, replace(EDGES, kind=MapKind.POSE))
    with pytest.raises(Impossible, match=r"none of depth\. Make it with another tool"):
        await services.orders.steer(now(ada), MAP, replace(EDGES, kind=MapKind.DEPTH, is_picture=True))
    with pytest.raises(PromptError):
        await services.orders.steer(now(ada), MAP, replace(EDGES, text="a fox --ar nonsense"))
    assert not engine.requests
