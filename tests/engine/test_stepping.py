"""The noise of a step is drawn ahead of the pass, and is the noise that the scheduler would have drawn."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import pytest
import torch

from engine.conditioning.noise import Steering
from engine.library import Library
from engine.samplers import SAMPLERS
from engine.work.denoising import Generation
from engine.work.stepping import Stepping
from tests.engine.requests import generate

STOCHASTIC = [name for name, sampler in SAMPLERS.items() if sampler.is_stochastic]


def drawn(library: Library, sampler: str, *, before_step: Callable[[Generation], object]) -> torch.Tensor:
    """The latents of a request, whose predictions are its own inputs."""
    checkpoint = library.checkpoint("tiny")
    generation = Generation(generate(sampler=sampler, seeds=(1, 2), num_inference_steps=6), checkpoint)
    while not generation.is_done:
        prediction = generation.rows().sample
        before_step(generation)
        generation.advance(prediction)
    return generation.latents


@pytest.mark.parametrize("sampler", STOCHASTIC)
def test_noise_is_there_before_the_step_and_is_what_would_have_been_drawn(
    library: Library, sampler: str
) -> None:
    ready: list[bool] = []

    def look(generation: Generation) -> None:
        assert generation._stepping is not None
        ready.append(all(noise is not None for noise in generation._stepping.noises))

    ahead = drawn(library, sampler, before_step=look)
    assert all(ready)

    def leave_alone(generation: Generation) -> None:
        if generation.step == 0:  # nothing may have been drawn ahead
            for generator, seed in zip(generation._generators, (1, 2), strict=True):
                generator.manual_seed(seed)
                torch.randn(1, 4, 8, 8, generator=generator)  # the first latents
        generation._stepping = None

    assert torch.equal(ahead, drawn(library, sampler, before_step=leave_alone))


def test_the_samplers_that_draw_noise_are_known(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> torch.Tensor:
        raise AssertionError("drawn in a step, though it is not known to draw")

    def forbid(_: Generation) -> None:
        monkeypatch.setattr(torch, "randn", refuse)

    for sampler in SAMPLERS.keys() - set(STOCHASTIC):
        drawn(library, sampler, before_step=forbid)
        monkeypatch.undo()


@pytest.mark.parametrize("sampler", ["euler-a", "sa-solver", "tcd"])
def test_a_step_that_is_taken_again_has_the_same_noise(
    library: Library, monkeypatch: pytest.MonkeyPatch, sampler: str
) -> None:
    scheduler = SAMPLERS[sampler].scheduler
    step, failures = scheduler.step, iter([False, True, False, True])

    @wraps(step)
    def short_of_memory(*arguments: Any, **options: Any) -> Any:
        taken = step(*arguments, **options)
        if next(failures, False):
            raise torch.OutOfMemoryError("full")
        return taken

    def fail_first(generation: Generation) -> None:
        if generation.step in {1, 2}:
            with pytest.raises(torch.OutOfMemoryError):
                generation.advance(generation.rows().sample)

    expected = drawn(library, sampler, before_step=lambda _: None)
    monkeypatch.setattr(scheduler, "step", short_of_memory)
    assert torch.equal(drawn(library, sampler, before_step=fail_first), expected)


def test_what_is_asked_for_twice_in_a_step_is_drawn_then() -> None:
    generators = [torch.Generator().manual_seed(seed) for seed in (1, 2)]
    expected = [torch.randn(3, 1, 4, 8, 8, generator=torch.Generator().manual_seed(seed)) for seed in (1, 2)]
    stepping = Stepping(generators, Steering(spread=None, variation=None), (2, 4, 8, 8), torch.device("cpu"))
    stepping.draw_ahead()
    for number in range(3):
        with stepping:
            for generator, noises in zip(generators, expected, strict=True):
                noise = torch.randn((1, 4, 8, 8), generator=generator)
                assert torch.equal(noise, noises[number])
        if number == 1:
            stepping.draw_ahead()
