"""A style moves texts by degrees, and at no amount is not there; weirdness is as its seed says."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
import torch

from engine.api import Generate, Spread, Style, WeightedPrompt, Weirdness
from engine.bench.arms import denoised
from engine.bench.stylize import WORDS, measured
from engine.checks import check
from engine.errors import InvalidRequest
from engine.library import Library
from engine.loop import DenoisingLoop
from tests.engine.requests import generate
from tests.engine.test_loop import decibels

FP32_DECIBELS = 100.0


@pytest.fixture
def loop(library: Library) -> DenoisingLoop:
    return DenoisingLoop(library)


def in_style(amount: float, *, prompt: str = "a fox", words: str = "ink", **changes: Any) -> Generate:
    return generate(prompt, seeds=(1, 2), styles=(Style(words=words, amount=amount),), **changes)


def test_a_style_of_no_amount_changes_no_bit(loop: DenoisingLoop) -> None:
    plain = denoised(loop, generate("a fox", seeds=(1, 2))).latents
    assert torch.equal(denoised(loop, in_style(0.0)).latents, plain)
    assert torch.equal(
        denoised(loop, generate("a fox", seeds=(1, 2), weirdness=Weirdness(amount=0, seed=1))).latents, plain
    )


def test_a_whole_style_reads_as_its_words_behind_the_text(loop: DenoisingLoop) -> None:
    said = denoised(loop, generate("a fox, ink", seeds=(1, 2))).latents
    assert decibels(loop, denoised(loop, in_style(1.0)).latents, said) >= FP32_DECIBELS
    alone = denoised(loop, generate("ink", seeds=(1, 2))).latents
    assert decibels(loop, denoised(loop, in_style(1.0, prompt="")).latents, alone) >= FP32_DECIBELS


def test_the_more_of_a_style_the_farther_from_the_plain_text(loop: DenoisingLoop) -> None:
    plain = denoised(loop, generate("a fox", seeds=(1, 2))).latents
    apart = [
        float((denoised(loop, in_style(amount)).latents - plain).norm()) for amount in (0, 0.3, 0.6, 1.0, 1.4)
    ]
    assert all(near < far for near, far in pairwise(apart))


def test_several_styles_add_up_in_any_order_and_in_every_part(loop: DenoisingLoop) -> None:
    styles = (Style(words="ink", amount=0.5), Style(words="gold", amount=0.7))
    parts = (WeightedPrompt(text="a fox"), WeightedPrompt(text="snow", weight=2))
    request = replace(generate(seeds=(1,), styles=styles), prompts=parts)
    there = denoised(loop, request).latents
    assert (
        decibels(loop, denoised(loop, replace(request, styles=styles[::-1])).latents, there) >= FP32_DECIBELS
    )
    assert not torch.allclose(denoised(loop, replace(request, styles=styles[:1])).latents, there)


def test_a_style_costs_no_rows(loop: DenoisingLoop) -> None:
    assert denoised(loop, in_style(0.7)).num_rows == denoised(loop, generate("a fox", seeds=(1, 2))).num_rows


@pytest.mark.parametrize(
    "request_",
    [
        in_style(0.7),
        in_style(0.7, spread=Spread(amount=0.6, seed=1)),
        generate(weirdness=Weirdness(amount=0.6, seed=7)),
    ],
    ids=["style", "style and chaos", "weird"],
)
def test_beside_plain_rows_it_is_what_it_is_alone(loop: DenoisingLoop, request_: Generate) -> None:
    plain = generate("a dog", sampler="euler", num_inference_steps=7, seeds=(5,))
    for request, other in ((request_, plain), (plain, request_)):
        alone = denoised(loop, request).latents
        assert decibels(loop, alone, denoised(loop, request, [other]).latents) >= FP32_DECIBELS


def test_weirdness_is_the_same_for_its_seed_and_grows_with_its_amount(loop: DenoisingLoop) -> None:
    def drawn(amount: float, seed: int = 7) -> torch.Tensor:
        return denoised(loop, generate(seeds=(1, 2), weirdness=Weirdness(amount=amount, seed=seed))).latents

    assert torch.equal(drawn(0.5), drawn(0.5))
    assert not torch.allclose(drawn(0.5), drawn(0.5, seed=8))
    apart = [float((drawn(amount) - drawn(0)).norm()) for amount in (0.1, 0.4, 1.0)]
    assert all(near < far for near, far in pairwise(apart))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"styles": (Style(words=" ", amount=1),)}, "A style must have words"),
        ({"styles": (Style(words="ink", amount=float("nan")),)}, "must be a number up to 10"),
        ({"styles": (Style(words="ink", amount=1),) * 9}, "at most 8 styles, not 9"),
        ({"weirdness": Weirdness(amount=1.1, seed=1)}, "The weirdness must be from 0 to 1"),
        ({"weirdness": Weirdness(amount=1, seed=-1)}, "A seed must be at least 0"),
    ],
)
def test_what_is_no_style_is_refused(library: Library, changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidRequest, match=sentence):
        check(generate(**changes), library.models()[0])


def test_the_embedded_model_takes_on_its_house_style(sketch: Library) -> None:
    told = measured(sketch, words=WORDS, amounts=(0.0, 1.4), num_things=1, num_others=2)
    assert told.rising == 1
    assert told.found.all()
