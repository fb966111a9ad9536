"""How pictures came about: what is drawn again, and when that is no use."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from bot.domain.asker import Asker
from bot.domain.errors import Impossible, NotFound, Unavailable, UserError
from bot.domain.job import Job
from bot.domain.kinds import JobKind
from bot.imaging.encode import recipe_text
from bot.services import Services
from bot.services.drawing import to_request
from engine import api
from engine.errors import EngineError, GenerationFailed, InvalidRequest
from tests.bot.hand_engine import HandEngine
from tests.bot.services.community import drawn
from tests.bot.services.test_edits import changed, now


async def tile(services: Services, job: Job, index: int) -> Image.Image:
    return (await services.pictures.make_print(job)).tiles[index]


def asked(job: Job, index: int) -> api.Generate:
    """What the engine was asked for one of a job's pictures."""
    request = to_request(job.recipe.only(index), start=None, fairness_key="", speed=job.speed)
    return replace(request, speed=api.Speed.RELAX)


async def test_a_picture_in_a_file_of_ours_is_drawn_again_exactly(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    grid = await drawn(services, ada, "a fox::2 snow::1 --no rain --steps 3 --seed 7")
    picture = await tile(services, grid, 2)
    recipe = services.explaining.of_file(recipe_text(grid), picture, 2)
    shares: list[float] = []
    told = await services.explaining.explain(recipe, tell=shares.append)
    await services.explaining.check(told, picture)
    assert engine.explained[0].drawing == asked(grid, 2)
    assert engine.explained[0].speed is api.Speed.RELAX
    assert shares == [0.5, 1.0]
    assert [word.word for word in told.words] == ["a", "fox", "snow"]


async def test_a_subtle_variation_is_drawn_again_with_its_noise(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    grid = await drawn(services, ada)
    varied = await changed(services, ada, grid, JobKind.VARY_SUBTLE, index=1)
    recipe = services.explaining.of_file(recipe_text(varied), await tile(services, varied, 3), 3)
    await services.explaining.explain(recipe)
    assert varied.recipe.variation is not None
    assert engine.explained[0].drawing == asked(varied, 3)


async def test_what_is_stored_is_drawn_again_from_what_it_began_from(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    grid = await drawn(services, ada)
    varied = await changed(services, ada, grid, JobKind.VARY, index=1)
    await services.explaining.explain(varied.recipe.only(0))
    start = engine.explained[0].drawing.start
    assert start is not None
    assert start.source == grid.recipe.seeds[1].to_bytes(4)
    with pytest.raises(Impossible, match="began from another one, which its file does not hold"):
        services.explaining.of_file(recipe_text(varied), await tile(services, varied, 0))


async def test_what_was_not_drawn_from_words_is_said(services: Services, ada: Asker) -> None:
    grid = await drawn(services, ada)
    large = await changed(services, ada, grid, JobKind.UPSCALE_SUBTLE)
    imported = await services.imports.add(now(ada), [Image.new("RGB", (64, 64))], "")
    for job in (large, imported):
        with pytest.raises(Impossible, match="not drawn from words here"):
            await services.explaining.explain(job.recipe.only(0))


async def test_a_file_that_says_too_little_is_said(services: Services, ada: Asker) -> None:
    grid = await drawn(services, ada)
    picture, text = await tile(services, grid, 0), recipe_text(grid)
    with pytest.raises(Impossible, match="This file says no recipe"):
        services.explaining.of_file("", picture)
    with pytest.raises(Impossible, match="comes out as another picture"):
        services.explaining.of_file(text, picture.resize((32, 64)))
    with pytest.raises(NotFound, match="`other`"):
        services.explaining.of_file(text.replace("Model: plain", "Model: other"), picture)
    told = await services.explaining.explain(services.explaining.of_file(text, picture))
    with pytest.raises(Impossible, match="comes out as another picture"):
        await services.explaining.check(told, Image.new("RGB", (64, 64), "white"))


@pytest.mark.parametrize(
    ("error", "refusal"),
    [(InvalidRequest("no"), NotFound), (GenerationFailed("no"), Unavailable)],
)
async def test_what_the_engine_cannot_do_is_a_refusal(
    services: Services, engine: HandEngine, error: EngineError, refusal: type[UserError]
) -> None:
    engine.fails_with = error
    with pytest.raises(refusal):
        await services.explaining.explain(services.explaining.of_prompt("a fox"))


async def test_the_first_picture_of_a_prompt_is_meant(services: Services, engine: HandEngine) -> None:
    recipe = services.explaining.of_prompt("a fox --seed 5 --steps 3")
    await services.explaining.explain(recipe)
    drawing = engine.explained[0].drawing
    assert (drawing.seeds, drawing.num_inference_steps) == ((5,), 3)
    assert services.explaining.of_prompt("a fox --seed 5", seed=9).seeds == (9,)


async def test_the_area_of_a_phrase_is_where_its_words_are_hot(services: Services) -> None:
    told = await services.explaining.explain(services.explaining.of_prompt("cat wearing red hat"))
    area = np.asarray(await services.explaining.area(told, "the red hat")) > 0
    assert area[40:].mean() > 0.9
    assert area[:24].mean() == 0
    with pytest.raises(Impossible, match=r"Its words are: `cat`, `wearing`, `red`, `hat`\."):
        await services.explaining.area(told, "the shoes")
