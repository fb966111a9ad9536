"""The engine in this process: its contract, and what it does when a request or the device fails."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.api import Engine
from engine.errors import DeviceLost, GenerationFailed
from engine.families.unet import Checkpoint
from engine.worker import InProcessEngine
from tests.engine.contract import EngineContract, Opened, config, last
from tests.engine.requests import generate


@pytest.fixture
async def engine(tiny_path: Path) -> AsyncIterator[InProcessEngine]:
    async with InProcessEngine(config(tiny_path)) as engine:
        yield engine


@pytest.fixture
def opened() -> Opened:
    return InProcessEngine


class TestTheEngineInThisProcess(EngineContract):
    """As everywhere."""


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


def test_it_is_an_engine(tiny_path: Path) -> None:
    engine: Engine = InProcessEngine(config(tiny_path))
    assert engine.models() == ()


def fail_once(error: Exception, method: Any) -> Any:
    """The method, but the first call fails."""
    calls = iter([error])

    def flaky(*arguments: Any, **options: Any) -> Any:
        for failure in calls:
            raise failure
        return method(*arguments, **options)

    return flaky
