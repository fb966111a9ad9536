"""The engine behind its seam: events, cancelling, refusals, stopping, losing the device."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

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
from engine.errors import DeviceLost, EngineStopped, GenerationFailed, InvalidRequest, ModelNotFound
from engine.families.unet import Checkpoint
from engine.worker import InProcessEngine
from tests.engine.requests import generate


@pytest.fixture
async def engine(tiny_path: Path) -> AsyncIterator[InProcessEngine]:
    async with InProcessEngine(config(tiny_path)) as engine:
        yield engine


async def test_a_request_is_told_of_its_way_and_ends_once(engine: InProcessEngine) -> None:
    events = [event async for event in engine.run(generate())]
    kinds = [type(event) for event in events]
    assert kinds[:2] == [Queued, Started]
    assert kinds.count(Finished) == 1
    assert kinds[-1] is Finished
    assert {Progress, Preview} <= set(kinds)


async def test_the_result_has_a_picture_and_latents_for_each_seed(engine: InProcessEngine) -> None:
    finished = await last(engine, generate(width=88, height=56))
    assert [image.size for image in finished.generated.images] == [(88, 56)] * 4
    assert len({image.tobytes() for image in finished.generated.images}) == 4
    assert len(set(finished.generated.latents)) == 4
    assert finished.gpu_seconds > 0


async def test_the_same_request_draws_the_same_pictures(engine: InProcessEngine) -> None:
    first = await last(engine, generate(sampler="euler-a"))
    second = await last(engine, generate(sampler="euler-a"))
    assert [image.tobytes() for image in first.generated.images] == [
        image.tobytes() for image in second.generated.images
    ]


async def test_a_variation_starts_from_kept_latents(engine: InProcessEngine) -> None:
    original = await last(engine, generate())
    start = Start(source=original.generated.latents[0], strength=0.2)
    varied = await last(engine, generate(seeds=(99,), num_inference_steps=10, start=start))
    other = await last(engine, generate("something else", seeds=(99,)))
    assert distance(varied, original) < distance(varied, other)


async def test_a_reader_who_comes_late_misses_steps_but_not_the_end(engine: InProcessEngine) -> None:
    async with aclosing(engine.run(generate(num_inference_steps=20))) as slow:
        assert isinstance(await anext(slow), Queued)
        await last(engine, generate(num_inference_steps=25))
        late = [event async for event in slow]
    assert sum(isinstance(event, Progress) for event in late) == 1
    assert isinstance(late[-1], Finished)


async def test_closing_the_generator_frees_the_device(engine: InProcessEngine) -> None:
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
    engine: InProcessEngine, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InvalidRequest, match=sentence):
        await last(engine, generate(**changes))


async def test_an_unknown_model_is_refused(engine: InProcessEngine) -> None:
    with pytest.raises(ModelNotFound, match="There is: tiny"):
        await last(engine, generate(model="other"))


async def test_latents_of_another_size_are_refused(engine: InProcessEngine) -> None:
    original = await last(engine, generate())
    start = Start(source=original.generated.latents[0], strength=0.5)
    with pytest.raises(InvalidRequest, match="another size"):
        await last(engine, generate(width=128, start=start))


async def test_stopping_ends_open_requests_and_refuses_new_ones(tiny_path: Path) -> None:
    async with InProcessEngine(config(tiny_path)) as engine:
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


async def test_a_failure_of_one_request_is_its_own(
    engine: InProcessEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Checkpoint, "decode", fail_once(RuntimeError("a bug"), Checkpoint.decode))
    with pytest.raises(GenerationFailed, match="a bug"):
        await last(engine, generate())
    await last(engine, generate())


async def test_a_lost_device_is_told_to_everybody(
    engine: InProcessEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = torch.AcceleratorError("CUDA error: an illegal memory access was encountered", 700)
    tasks = [asyncio.create_task(last(engine, generate(num_inference_steps=500))) for _ in range(3)]
    bystander = engine.run(generate(num_inference_steps=500))
    await anext(bystander)
    monkeypatch.setattr(Checkpoint, "predict_noise", fail_once(lost, Checkpoint.predict_noise))
    assert (await engine.ended()).exit_code == DeviceLost.exit_code
    for task in tasks:
        with pytest.raises(DeviceLost):
            await task
    with pytest.raises(DeviceLost):
        await last(engine, generate())
    assert DeviceLost.exit_code == 75


async def test_a_missing_model_says_what_to_do() -> None:
    with pytest.raises(ModelNotFound, match="Set MODEL to"):
        async with InProcessEngine(EngineConfig(model="/nowhere/at/all")):
            pass


def test_it_is_an_engine(tiny_path: Path) -> None:
    engine: Engine = InProcessEngine(config(tiny_path))
    assert engine.models() == ()


def config(path: Path) -> EngineConfig:
    return EngineConfig(model=str(path), device="cpu", num_threads=1, preview_seconds=0.0)


async def last(engine: InProcessEngine, request: Generate) -> Finished:
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


def fail_once(error: Exception, method: Any) -> Any:
    """The method, but the first call fails."""
    calls = iter([error])

    def flaky(*arguments: Any, **options: Any) -> Any:
        for failure in calls:
            raise failure
        return method(*arguments, **options)

    return flaky
