"""What every engine promises behind the seam, wherever its devices are: one suite for all of them."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, aclosing
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import torch

from engine.api import (
    Engine,
    Finished,
    Generate,
    Preview,
    Progress,
    Queued,
    Start,
    Started,
    WeightedPrompt,
)
from engine.config import EngineConfig
from engine.errors import EngineStopped, InvalidRequest, ModelNotFound
from tests.engine.requests import generate

Opened: TypeAlias = Callable[[EngineConfig], AbstractAsyncContextManager[Engine]]


class EngineContract:
    """Needs two fixtures: `engine` draws with the tiny checkpoint, and `opened` makes others."""

    async def test_a_request_is_told_of_its_way_and_ends_once(self, engine: Engine) -> None:
        events = [event async for event in engine.run(generate())]
        kinds = [type(event) for event in events]
        assert kinds[:2] == [Queued, Started]
        assert kinds.count(Finished) == 1
        assert kinds[-1] is Finished
        assert {Progress, Preview} <= set(kinds)

    async def test_the_result_has_a_picture_and_latents_for_each_seed(self, engine: Engine) -> None:
        finished = await last(engine, generate(width=88, height=56))
        assert [image.size for image in finished.generated.images] == [(88, 56)] * 4
        assert len({image.tobytes() for image in finished.generated.images}) == 4
        assert len(set(finished.generated.latents)) == 4
        assert finished.gpu_seconds > 0

    async def test_the_same_request_draws_the_same_pictures(self, engine: Engine) -> None:
        first = await last(engine, generate(sampler="euler-a"))
        second = await last(engine, generate(sampler="euler-a"))
        assert [image.tobytes() for image in first.generated.images] == [
            image.tobytes() for image in second.generated.images
        ]

    async def test_a_variation_starts_from_kept_latents(self, engine: Engine) -> None:
        original = await last(engine, generate())
        start = Start(source=original.generated.latents[0], strength=0.2)
        varied = await last(engine, generate(seeds=(99,), num_inference_steps=10, start=start))
        other = await last(engine, generate("something else", seeds=(99,)))
        assert distance(varied, original) < distance(varied, other)

    async def test_a_reader_who_comes_late_misses_steps_but_not_the_end(self, engine: Engine) -> None:
        async with aclosing(engine.run(generate(num_inference_steps=20))) as slow:
            assert isinstance(await anext(slow), Queued)
            await last(engine, generate(num_inference_steps=25))
            late = [event async for event in slow]
        assert sum(isinstance(event, Progress) for event in late) == 1
        assert isinstance(late[-1], Finished)

    async def test_closing_the_generator_frees_the_device(self, engine: Engine) -> None:
        endless = engine.run(generate(num_inference_steps=500))
        async for event in endless:
            if isinstance(event, Progress):
                break
        await endless.aclose()
        finished = await last(engine, generate(num_inference_steps=2))
        assert finished.gpu_seconds < 5

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"width": 60}, "multiple of 8"),
            ({"height": 0}, "multiple of 8"),
            ({"sampler": "magic"}, "no sampler magic"),
            ({"num_inference_steps": 0}, "between 1 and"),
            ({"prompts": ()}, "at least one prompt"),
            ({"prompts": (WeightedPrompt(text="a", weight=-1),)}, "more than zero"),
            ({"seeds": ()}, "at least one seed"),
            ({"guidance_scale": float("nan")}, "must be a number"),
            ({"guidance_interval": (0.5, 0.2)}, "within 0 and 1"),
            ({"start": Start(source=b"?", strength=0.0)}, "above 0"),
            ({"start": Start(source=b"?", strength=0.1)}, "leaves none of 5 steps"),
            ({"start": Start(source=b"?", strength=0.5)}, "damaged"),
            ({"sampler": "lcm", "num_inference_steps": 100}, "lcm cannot do 100 steps"),
        ],
    )
    async def test_what_cannot_be_drawn_is_refused_in_a_sentence(
        self, engine: Engine, changes: dict[str, Any], sentence: str
    ) -> None:
        with pytest.raises(InvalidRequest, match=sentence):
            await last(engine, generate(**changes))

    async def test_an_unknown_model_is_refused(self, engine: Engine) -> None:
        with pytest.raises(ModelNotFound, match="There is: tiny"):
            await last(engine, generate(model="other"))

    async def test_latents_of_another_size_are_refused(self, engine: Engine) -> None:
        original = await last(engine, generate())
        start = Start(source=original.generated.latents[0], strength=0.5)
        with pytest.raises(InvalidRequest, match="another size"):
            await last(engine, generate(width=128, start=start))

    async def test_stopping_ends_open_requests_and_refuses_new_ones(
        self, opened: Opened, tiny_path: Path
    ) -> None:
        async with opened(config(tiny_path)) as engine:
            waiting = [asyncio.create_task(last(engine, generate(num_inference_steps=500))) for _ in range(3)]
            started = engine.run(generate(num_inference_steps=500))
            await anext(started)
        for task in waiting:
            with pytest.raises(EngineStopped):
                await task
        with pytest.raises(EngineStopped):
            await anext(started)
        with pytest.raises(EngineStopped):
            await last(engine, generate())

    async def test_a_missing_model_says_what_to_do(self, opened: Opened) -> None:
        with pytest.raises(ModelNotFound, match="Set MODEL to"):
            async with opened(EngineConfig(model="/nowhere/at/all")):
                pass


def config(path: Path) -> EngineConfig:
    return EngineConfig(model=str(path), device="cpu", num_threads=1, preview_seconds=0.0)


async def last(engine: Engine, request: Generate) -> Finished:
    """Run a request to its end."""
    events = [event async for event in engine.run(request)]
    assert isinstance(events[-1], Finished)
    return events[-1]


def distance(one: Finished, other: Finished) -> float:
    """Mean difference of the first pictures."""
    first, second = (
        torch.frombuffer(bytearray(finished.generated.images[0].tobytes()), dtype=torch.uint8).float()
        for finished in (one, other)
    )
    return float((first - second).abs().mean())
