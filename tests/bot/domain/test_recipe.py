"""A recipe is read whatever version wrote it, and the prompt that people see is written from it."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.kinds import KINDS, JobKind
from bot.domain.order import Order
from bot.domain.prompt import parse
from bot.domain.recipe import (
    NOTHING,
    Canvas,
    Control,
    ImageRef,
    Recipe,
    Sampling,
    Spread,
    Start,
    Variation,
    Weights,
)
from tests.bot.builders import RECIPE

# As version 1 wrote the jobs of each kind, with the prompt in the column beside it.
OLD_IMAGINE: dict[str, Any] = {
    "prompts": [["a red apple", 1.0]],
    "negative_prompt": "text, blur",
    "width": 336,
    "height": 224,
    "steps": 16,
    "guidance_scale": 3.0,
    "sampler": "dpmpp-2m",
    "seed": 7,
    "num_images": 4,
    "model": "sketch",
    "model_hash": "0123456789",
    "start": None,
    "strength": None,
}
OLD_REROLL = {**OLD_IMAGINE, "seed": 3167480803}
OLD_VARY = {**OLD_REROLL, "start": {"job_id": 5, "index": 2}, "strength": 0.7}
OLD_PICK = {**OLD_IMAGINE, "seed": 9, "num_images": 1}
OLD_BLANK = {
    **OLD_IMAGINE,
    "prompts": [["", 1.0]],
    "negative_prompt": "",
    "width": 0,
    "height": 0,
    "sampler": "",
    "model": "",
    "model_hash": "",
    "num_images": 0,
}
OLD_PROMPT = "a red apple --ar 3:2 --no text, blur --seed 7"


@pytest.mark.parametrize("old", [OLD_IMAGINE, OLD_REROLL, OLD_VARY, OLD_PICK])
def test_what_the_first_version_wrote_is_read_whole(old: dict[str, Any]) -> None:
    recipe = Recipe.from_json(old, prompt=OLD_PROMPT)
    assert [(part.text, part.weight) for part in recipe.prompt.parts] == [("a red apple", 1.0)]
    assert recipe.negative_prompt == "text, blur"
    assert recipe.canvas == Canvas(width=336, height=224)
    assert recipe.sampling == Sampling(steps=16, guidance_scale=3.0, sampler="dpmpp-2m")
    assert recipe.weights == Weights(name="sketch", hash="0123456789")
    assert (recipe.seed, recipe.num_images) == (old["seed"], old["num_images"])
    started = Start(image=ImageRef(job_id=5, index=2), strength=0.7)
    assert recipe.start == (started if old is OLD_VARY else None)


def test_an_old_reroll_says_the_seed_that_it_was_drawn_with() -> None:
    recipe = Recipe.from_json(OLD_REROLL, prompt=OLD_PROMPT)
    assert recipe.written == "a red apple --ar 3:2 --no text, blur --seed 3167480803"


def test_an_old_prompt_that_nobody_understands_any_more_costs_only_its_parameters() -> None:
    recipe = Recipe.from_json(OLD_IMAGINE, prompt="a red apple --gone 3")
    assert recipe.written == "a red apple --no text, blur"


def test_an_old_prompt_that_is_refused_today_keeps_its_parameters() -> None:
    recipe = Recipe.from_json(OLD_IMAGINE, prompt="a {red, blue} fox --ar 3:2 --seed 7")
    assert recipe.written == "a red apple --ar 3:2 --no text, blur --seed 7"


def test_a_forgotten_recipe_is_read_and_says_nothing() -> None:
    assert Recipe.from_json(OLD_BLANK, prompt="").written == ""
    assert Recipe.from_json(NOTHING.to_json()) == NOTHING
    assert NOTHING.written == ""


def test_what_a_newer_version_adds_is_passed_over() -> None:
    values = RECIPE.to_json()
    values["controls"] = [{"kind": "depth"}]
    values["version"] = 9
    values["canvas"]["tiling"] = True
    values["parameters"]["glow"] = "250"
    assert Recipe.from_json(values) == RECIPE


@given(missing=st.sets(st.sampled_from(sorted(RECIPE.to_json()))))
def test_whatever_is_missing_it_can_be_read(missing: set[str]) -> None:
    values = {key: value for key, value in RECIPE.to_json().items() if key not in missing - {"version"}}
    Recipe.from_json(values)


PROMPTS = [
    "a cat",
    "a cat::2 dog::-0.5",
    "a cat --ar 3:2 --no x, y --seed 0 --steps 9",
    "a cat --chaos 5 --tile --stop 50 --guidance 7.5 --sampler euler-a --model sketch --relax",
]


@pytest.mark.parametrize("prompt", PROMPTS)
def test_a_recipe_comes_back_from_its_json(prompt: str) -> None:
    start = Start(image=ImageRef(job_id=5, index=2), strength=0.7)
    spread = Spread(amount=0.2, seed=7)
    control = Control(
        image=ImageRef(job_id=5, index=0), kind="edges", name="edges-xl", scale=0.5, interval=(0.0, 0.6)
    )
    for more in (
        {},
        {"start": start},
        {"spread": spread, "is_tile": True, "sampling": Sampling(steps=9, stop=0.5)},
        {"variation": Variation(seed=3, strength=0.2, spread=spread)},
        {"control": control},
    ):
        recipe = replace(RECIPE, prompt=parse(prompt), **more)
        assert Recipe.from_json(json.loads(json.dumps(recipe.to_json()))) == recipe


def test_a_seed_is_written_only_where_one_was_asked_for() -> None:
    assert replace(RECIPE, prompt=parse("a cat"), seed=12).written == "a cat"
    assert replace(RECIPE, prompt=parse("a cat --seed 7"), seed=12).written == "a cat --seed 12"


def test_a_tile_of_a_grid_with_chaos_is_drawn_again_with_its_grid() -> None:
    grid = replace(RECIPE, prompt=parse("a fox --chaos 20"), spread=Spread(amount=0.2, seed=7), seed=7)
    assert grid.only(2).pasted == grid.pasted
    assert "--seed 7" in grid.pasted


def test_work_is_pasted_in_steps() -> None:
    sampling = Sampling(steps=24, guidance_scale=3.0, sampler="ddim")
    for typed in ("a fox --quality 2", "a fox --draft"):
        recipe = replace(RECIPE, prompt=parse(typed), sampling=sampling, seed=7)
        assert recipe.pasted == "a fox --seed 7 --steps 24"


def test_one_picture_of_a_recipe_has_its_own_seed() -> None:
    assert (RECIPE.only(2).seed, RECIPE.only(2).num_images) == (9, 1)
    assert replace(RECIPE, seed=2**32 - 1).only(1).seed == 0


@pytest.mark.parametrize("kind", JobKind)
def test_an_order_of_every_kind_comes_back_from_its_json(kind: JobKind) -> None:
    order = Order(
        kind=kind,
        recipe=RECIPE,
        text="a red fox",
        parent=ImageRef(job_id=5, index=2),
        reply_to=55,
        ordinal=3,
        is_confirmed=True,
    )
    assert Order.from_json(order.to_json()) == order


def test_the_table_of_kinds_is_whole() -> None:
    assert set(KINDS) == set(JobKind)
