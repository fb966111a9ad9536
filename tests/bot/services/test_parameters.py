"""What each parameter changes in what the engine is asked, and what is inherited by a press."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.domain.asker import Asker
from bot.domain.errors import PromptError
from bot.domain.job import Job, Speed
from bot.domain.kinds import JobKind
from bot.domain.next_steps import Draw
from bot.domain.profiles import GENERAL
from bot.domain.prompt import parse
from bot.services import Services
from bot.services.orders import Change, Press
from engine import api
from tests.bot.hand_engine import MODEL, HandEngine
from tests.bot.presses import reroll, vary
from tests.bot.services.community import change, drawn, finished, now

SEED = "--seed 7"


@pytest.fixture(autouse=True)
def two_samplers(engine: HandEngine) -> None:
    engine.model = replace(
        MODEL, default_sampler="ddim", samplers=("ddim", "euler-a"), loras=("ink v2", "gold")
    )


@pytest.mark.parametrize(
    ("parameters", "asked"),
    [
        ("", {"num_inference_steps": 4, "stop": 1.0, "spread": None, "tiles": False}),
        ("--chaos 25", {"spread": api.Spread(amount=0.25, seed=7)}),
        ("--chaos 0", {"spread": api.Spread(amount=0.0, seed=7)}),
        ("--tile", {"tiles": True}),
        ("--stop 50", {"stop": 0.5}),
        ("--quality 2", {"num_inference_steps": 8}),
        ("--quality .25", {"num_inference_steps": 1}),
        ("--draft", {"num_inference_steps": 2}),
        ("--steps 30", {"num_inference_steps": 30}),
        ("--guidance 7.5", {"guidance_scale": 7.5}),
        ("--sampler Euler a", {"sampler": "euler-a"}),
        ("--model PLAIN", {"model": "plain"}),
        ("", {"styles": (), "weirdness": None, "loras": ()}),
        ("--stylize 0", {"styles": ()}),
        ("--stylize 1000", {"styles": (api.Style(words=GENERAL.words, amount=1.0),)}),
        ("--s 100", {"styles": (api.Style(words=GENERAL.words, amount=0.2891),)}),
        ("--style raw", {"styles": ()}),
        ("--s 400 --raw", {"styles": (api.Style(words=GENERAL.words, amount=0.2891),)}),
        ("--weird 3000", {"weirdness": api.Weirdness(amount=1.0, seed=7)}),
        ("--weird 750", {"weirdness": api.Weirdness(amount=0.5, seed=7)}),
        ("--lora INK_v2:0.8", {"loras": (api.Lora(name="ink v2", weight=0.8),)}),
        (
            "--lora ink-v2:-1,gold",
            {"loras": (api.Lora(name="ink v2", weight=-1.0), api.Lora(name="gold", weight=1.0))},
        ),
        ("--relax", {"speed": api.Speed.RELAX}),
        ("--fast", {"speed": api.Speed.FAST}),
    ],
)
async def test_a_parameter_reaches_the_engine(
    services: Services, engine: HandEngine, ada: Asker, parameters: str, asked: dict[str, Any]
) -> None:
    job = await drawn(services, ada, f"a fox {SEED} {parameters}")
    request = engine.requests[-1]
    assert {name: getattr(request, name) for name in asked} == asked
    assert job.prompt == str(parse(f"a fox {SEED} {parameters}"))


@pytest.mark.parametrize(
    ("prompt", "sentence"),
    [
        ("a fox --model sdxl", "There is no model named `sdxl` here. There is `plain`."),
        ("a fox --sampler heun", "`--sampler heun` does not suit plain. There is `ddim`, `euler-a`."),
        (
            "a fox --v 6",
            (
                "This server has no model for `--v 6`. Without it plain draws; /models tells what else there "
                "is. Moderators can have plain draw it always: `*=plain` among the model-names of /guild set."
            ),
        ),
        (
            "a fox --niji",
            (
                "This server has no model for `--niji`. Without it plain draws; /models tells what else "
                "there is. Moderators can have plain draw it always: `niji=plain` among the model-names of "
                "/guild set."
            ),
        ),
        (
            "a fox --lora inkv",
            "There is no LoRA named `inkv` for plain. Did you mean `ink v2`? There is `ink v2`, `gold`.",
        ),
        ("a fox --lora zebra", "There is no LoRA named `zebra` for plain. There is `ink v2`, `gold`."),
        ("a fox --lora ink_v2 --lora ink-v2:2", "`--lora ink_v2` appears twice: keep one of them."),
        (
            "a fox --hd",
            "`--hd` is not here. **Upscale (Creative)**, under a single picture, draws it twice as large.",
        ),
        (
            "a fox --hd --lora zebra --sampler heun",
            (
                "`--sampler heun` does not suit plain. There is `ddim`, `euler-a`.\n"
                "There is no LoRA named `zebra` for plain. There is `ink v2`, `gold`.\n"
                "`--hd` is not here. **Upscale (Creative)**, under a single picture, draws it twice as large."
            ),
        ),
    ],
)
async def test_what_is_not_here_is_told_with_what_is(
    services: Services, ada: Asker, prompt: str, sentence: str
) -> None:
    with pytest.raises(PromptError) as refused:
        await services.orders.imagine(now(ada), prompt)
    assert str(refused.value) == sentence
    assert refused.value.prompt == prompt


async def test_a_lora_whose_name_has_a_blank_is_one_press_away_when_it_is_mistyped(
    services: Services, ada: Asker
) -> None:
    with pytest.raises(PromptError) as refused:
        await services.orders.imagine(now(ada), "a fox --lora inkv")
    fix = refused.value.steps[0].action
    assert isinstance(fix, Draw)
    job = await services.orders.release(now(ada), fix.kept_id)
    assert [lora.name for lora in job.recipe.loras] == ["ink v2"]


async def test_half_of_the_steps_cost_half(services: Services, ada: Asker) -> None:
    whole, half = [await drawn(services, ada, f"a fox --steps 40 {more}") for more in ("", "--stop 50")]
    assert half.charge.gpu_ms < 0.6 * whole.charge.gpu_ms


async def test_relaxed_jobs_are_free_where_the_moderators_say_so(services: Services, ada: Asker) -> None:
    before = await services.quotas.balance(ada)
    await change(services, lambda settings: replace(settings, is_relax_free=True))
    job = await drawn(services, ada, "a fox --relax")
    assert job.speed is Speed.RELAX
    assert (await services.quotas.balance(ada)).used == before.used
    await drawn(services, ada, "a fox")
    assert (await services.quotas.balance(ada)).used != before.used


async def test_a_press_inherits_the_parameters_with_a_new_spread(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    grid = await drawn(services, ada, f"a fox {SEED} --chaos 30 --tile --guidance 9")
    for press in (reroll(services, now(ada), grid.id), vary(services, now(ada), grid.id, 1)):
        await finished(services, await press)
        request = engine.requests[-1]
        assert (request.tiles, request.guidance_scale) == (True, 9.0)
        assert request.spread == api.Spread(amount=0.3, seed=request.seeds[0])
        assert request.seeds[0] != 7


async def test_a_subtle_variation_begins_with_the_very_noise_of_its_picture(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    grid = await drawn(services, ada, f"a fox {SEED} --chaos 30")
    press = Press(kind=JobKind.VARY_SUBTLE, job_id=grid.id, index=2)
    await finished(services, await services.orders.press(now(ada), press))
    parent = engine.requests[-1].variation
    assert parent is not None
    assert (parent.seed, parent.spread) == (9, api.Spread(amount=0.3, seed=7))


async def test_one_tile_drawn_again_keeps_the_spread_of_its_grid(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    grid = await drawn(services, ada, f"a fox {SEED} --chaos 30")
    await services.pictures.purge(days=-1)
    await services.pictures.make_print(grid)
    assert {request.spread for request in engine.requests} == {api.Spread(amount=0.3, seed=7)}
    assert [request.seeds for request in engine.requests[1:]] == [(7,), (8,), (9,), (10,)]


@pytest.mark.parametrize("parameters", ["--tile", "--stop 50"])
async def test_what_is_drawn_around_a_picture_neither_tiles_nor_stops(
    services: Services, engine: HandEngine, ada: Asker, parameters: str
) -> None:
    grid = await drawn(services, ada, f"a fox {parameters}")
    await zoomed(services, ada, grid, Change())
    assert (engine.requests[-1].tiles, engine.requests[-1].stop) == (False, 1.0)


async def test_a_creative_upscale_neither_tiles_nor_stops_nor_spreads(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    grid = await drawn(services, ada, "a fox --tile --stop 50 --chaos 20")
    press = Press(kind=JobKind.UPSCALE_CREATIVE, job_id=grid.id, index=0)
    await finished(services, await services.orders.press(now(ada), press))
    request = engine.requests[-1]
    assert (request.tiles, request.stop, request.spread) == (False, 1.0, None)


async def test_other_words_of_an_edit_bring_their_parameters(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    grid = await drawn(services, ada)
    words = parse("a wolf --guidance 9 --sampler euler-a --steps 12 --seed 3")
    await zoomed(services, ada, grid, Change(prompt=words))
    request = engine.requests[-1]
    assert (request.guidance_scale, request.sampler, request.num_inference_steps) == (9.0, "euler-a", 12)
    assert request.seeds[0] == 3


async def zoomed(services: Services, asker: Asker, grid: Job, asked: Change) -> Job:
    press = Press(kind=JobKind.ZOOM, job_id=grid.id, index=0)
    return await finished(services, await services.orders.change(now(asker), press, asked))


async def test_a_video_is_kept_beside_the_grid_and_goes_with_it(
    services: Services, engine: HandEngine, ada: Asker, tmp_path: Path
) -> None:
    grid = await drawn(services, ada, "a red fox --video")
    assert engine.requests[-1].shows_each_step
    made = await services.pictures.make_print(grid)
    assert made.film is not None
    with Image.open(BytesIO(made.film)) as film:
        assert film.format == "WEBP"
    assert all(one.film is None for one in made.each())
    plain = await drawn(services, replace(ada, source="plain"), "a red fox")
    assert not engine.requests[-1].shows_each_step
    assert (await services.pictures.make_print(plain)).film is None
    await services.outbox.delivered(grid, 5000)
    await services.taking_back.delete(replace(ada, source="gone"), grid.id)
    assert not list((tmp_path / "images").glob(f"*/{grid.id}-*"))
