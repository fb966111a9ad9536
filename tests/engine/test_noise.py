"""Variations lie near the picture they vary, and the four of a grid as far apart as they are told to."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch

from engine.api import Generate, Spread, Variation, WeightedPrompt
from engine.bench.arms import denoised
from engine.bench.stock import StockPipelines
from engine.checks import check
from engine.conditioning.noise import Steering, slerp
from engine.errors import InvalidRequest
from engine.library import Library
from engine.loop import DenoisingLoop
from engine.samplers import SAMPLERS
from tests.engine.requests import generate, result
from tests.engine.test_loop import decibels

FP32_DECIBELS = 100.0
PARENT = 77
STOCHASTIC = [name for name, sampler in SAMPLERS.items() if sampler.is_stochastic]
WIDE, NARROW = Spread(amount=1.0, seed=5), Spread(amount=0.0, seed=5)
PROMPTS = (
    "a red apple", "a blue bird", "a green frog", "a house by the sea", "a yellow star at night", "a cat",
    "a purple butterfly", "an orange fish", "a tree on a hill", "a boat", "a pink flower", "a brown bear",
    "a white rabbit", "a mushroom in the grass", "a black dog", "a snowman", "a key", "a moon over a lake",
    "a strawberry", "an owl",
)  # fmt: skip


@pytest.fixture
def loop(library: Library) -> DenoisingLoop:
    return DenoisingLoop(library)


def varied(strength: float, **changes: Any) -> Generate:
    return generate(seeds=(1, 2), variation=Variation(seed=PARENT, strength=strength, **changes))


@pytest.mark.parametrize("sampler", ["dpmpp-2m", "euler"])
def test_noise_that_is_steered_equals_the_pipeline_that_is_given_it(
    library: Library, loop: DenoisingLoop, sampler: str
) -> None:
    request = replace(varied(0.3), sampler=sampler, spread=NARROW)
    stock = StockPipelines(
        str(library.entry("tiny").source.path), device=torch.device("cpu"), dtype=torch.float32
    )
    generators = [torch.Generator().manual_seed(seed) for seed in request.seeds]
    own = torch.cat([torch.randn(1, 4, 8, 8, generator=generator) for generator in generators])
    noise = Steering(spread=request.spread, variation=request.variation).steered(own)
    theirs = stock.draw(request, latents=noise, generator=generators)
    for mine, one in zip(result(loop, request).images, theirs, strict=True):
        np.testing.assert_array_equal(np.asarray(mine), np.asarray(one))


@pytest.mark.parametrize(
    "request_",
    [varied(0.3), generate(spread=NARROW), generate(spread=WIDE), replace(varied(0.2), spread=WIDE)],
    ids=["varied", "narrow", "wide", "both"],
)
def test_beside_plain_rows_it_is_what_it_is_alone(loop: DenoisingLoop, request_: Generate) -> None:
    plain = generate("a dog", sampler="euler", num_inference_steps=7, seeds=(5,))
    for request, other in ((request_, plain), (plain, request_)):
        alone = denoised(loop, request).latents
        assert decibels(loop, alone, denoised(loop, request, [other]).latents) >= FP32_DECIBELS


@pytest.mark.parametrize("sampler", ["dpmpp-2m", *STOCHASTIC])
def test_a_variation_lies_the_nearer_to_its_parent_the_less_other_noise_it_has(
    loop: DenoisingLoop, sampler: str
) -> None:
    parent = denoised(loop, generate(seeds=(PARENT,), sampler=sampler)).latents
    distances = [
        float((denoised(loop, replace(varied(strength), sampler=sampler)).latents - parent).abs().mean())
        for strength in (0.0, 0.1, 0.2, 0.5, 1.0)
    ]
    assert distances[0] < 1e-3, "nothing else is in it"
    assert all(near < far for near, far in pairwise(distances))
    own = denoised(loop, generate(seeds=(1, 2), sampler=sampler)).latents
    assert torch.allclose(denoised(loop, replace(varied(1.0), sampler=sampler)).latents, own, atol=1e-3)


@pytest.mark.parametrize("sampler", ["dpmpp-2m", "dpmpp-2m-sde"])
@pytest.mark.parametrize(
    "parent",
    [
        generate(seeds=(PARENT,), spread=NARROW),
        generate(seeds=(PARENT,), variation=Variation(seed=3, strength=0.2, spread=NARROW)),
    ],
    ids=["of a grid", "a variation itself"],
)
def test_a_variation_of_a_picture_that_was_steered_itself_begins_with_its_noise(
    loop: DenoisingLoop, parent: Generate, sampler: str
) -> None:
    child = replace(varied(0.0, spread=parent.spread, variation=parent.variation), sampler=sampler)
    expected = denoised(loop, replace(parent, sampler=sampler)).latents.expand(2, -1, -1, -1)
    assert decibels(loop, expected, denoised(loop, child).latents) >= FP32_DECIBELS


@pytest.mark.parametrize("share", [0.0, 0.15, 0.5, 1.0])
def test_noise_between_two_is_as_strong_as_either(share: float) -> None:
    one, other = (torch.randn(3, 4, 32, 32, generator=torch.Generator().manual_seed(seed)) for seed in (1, 2))
    assert slerp(one, other, share).std() == pytest.approx(1.0, abs=0.03)
    assert torch.allclose(slerp(one, one, share), one, atol=1e-5)


@pytest.mark.parametrize("amount", [0.0, 0.5, 1.0])
def test_noise_that_is_shared_in_part_is_as_strong_as_noise(amount: float) -> None:
    own = torch.randn(4, 4, 64, 64, generator=torch.Generator().manual_seed(1))
    noise = Steering(spread=Spread(amount=amount, seed=1), variation=None).steered(own)
    correlation = torch.corrcoef(noise.flatten(1))
    assert noise.std() == pytest.approx(1.0, abs=0.03)
    assert torch.allclose(correlation[0, 1:], torch.full((3,), 0.3 * (1 - amount)), atol=0.04)


@pytest.mark.parametrize("spread", [NARROW, WIDE])
def test_one_of_a_grid_can_be_drawn_again_alone(loop: DenoisingLoop, spread: Spread) -> None:
    request = generate("a dog", spread=spread, seeds=(5, 6, 7, 8), sampler="euler-a")
    grid = denoised(loop, request).latents
    third = denoised(loop, replace(request, seeds=(7,))).latents
    assert decibels(loop, grid[2:3], third) >= FP32_DECIBELS


def test_what_each_picture_reads_in_its_own_way_was_reckoned_with(loop: DenoisingLoop) -> None:
    ticket = loop.submit(generate("a fox " * 60, spread=WIDE, num_inference_steps=7))
    while not loop.is_idle:
        loop.step()
        if (generation := loop.generation(ticket)) is not None:
            assert generation.num_bytes <= ticket.num_bytes


def test_the_four_lie_the_further_apart_the_wider_the_spread(sketch: Library) -> None:
    loop = DenoisingLoop(sketch)
    distances = [
        np.mean([distance(loop, amount, prompt, 10 * number) for number, prompt in enumerate(PROMPTS)])
        for amount in (0.0, 0.5, 1.0)
    ]
    assert all(near < far for near, far in pairwise(distances)), distances
    assert distances[-1] > 1.25 * distances[0]
    assert distances[0] > 0.5 * distances[-1], "the narrowest are no copies"


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (generate(spread=Spread(amount=1.1, seed=1)), "The spread must be from 0 to 1, not 1.1"),
        (generate(spread=Spread(amount=1.0, seed=-1)), "A seed must be"),
        (varied(-0.1), "The strength of a variation must be from 0 to 1, not -0.1"),
        (varied(0.1, variation=Variation(seed=2**64, strength=0.1)), "A seed must be"),
        (varied(0.1, spread=Spread(amount=-1.0, seed=1)), "The spread must be"),
    ],
)
def test_what_cannot_be_is_refused(library: Library, request_: Generate, said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        check(request_, library.models()[0])


def test_a_variation_has_so_many_ancestors_and_no_more(library: Library) -> None:
    variation = Variation(seed=1, strength=0.1)
    for _ in range(63):
        variation = Variation(seed=1, strength=0.1, variation=variation)
    check(generate(variation=variation), library.models()[0])
    with pytest.raises(InvalidRequest, match="goes back 64 pictures"):
        check(generate(variation=Variation(seed=1, strength=0.1, variation=variation)), library.models()[0])


def distance(loop: DenoisingLoop, amount: float, prompt: str, seed: int) -> float:
    """Mean over the pairs of a small grid, in levels of a channel."""
    images = result(
        loop,
        generate(
            model="sketch",
            prompts=(WeightedPrompt(text=prompt),),
            width=96,
            height=96,
            num_inference_steps=4,
            seeds=tuple(range(seed, seed + 4)),
            spread=Spread(amount=amount, seed=seed),
        ),
    ).images
    pixels = [np.asarray(image, dtype=float) for image in images]
    pairs = [(one, other) for at, one in enumerate(pixels) for other in pixels[:at]]
    return float(np.mean([np.abs(one - other).mean() for one, other in pairs]))
