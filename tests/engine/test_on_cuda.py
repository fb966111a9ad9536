"""What only a GPU can show: the engine on CUDA, beside stock pipelines there. Skipped where there is none."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from engine.api import Generate, Lora, Preview, Reference
from engine.bench.stock import StockPipelines
from engine.bench.tiny import (
    save_tiny_checkpoint,
    save_tiny_controlnet,
    save_tiny_ip_adapter,
    save_tiny_lora,
    tiny_pipeline,
)
from engine.config import EngineConfig
from engine.graphs import OFTEN, ReplayedUNet
from engine.library import Library
from engine.loop import DenoisingLoop
from engine.samplers import SAMPLERS
from engine.worker import InProcessEngine
from tests.engine.contract import EngineContract, Opened, config, last
from tests.engine.requests import generate, result, results
from tests.engine.test_waits import KINDS, PICTURE

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
CUDA = torch.device("cuda")
SEEDS = (11, 12, 13, 14)


@pytest.fixture(scope="module", autouse=True)
def whole_numbers() -> Iterator[None]:
    """float32 is float32 here: in TF32 no two ways to the same number agree."""
    usual, torch.backends.cudnn.allow_tf32 = torch.backends.cudnn.allow_tf32, False
    yield
    torch.backends.cudnn.allow_tf32 = usual


@pytest.fixture(scope="module")
def near(tiny_path: Path, tiny_xl_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The tiny checkpoints on the GPU, with all that can be put beside them."""
    folder = tmp_path_factory.mktemp("beside")
    painter = save_tiny_checkpoint(folder / "painter", inpaints=True)
    edges = save_tiny_controlnet(folder / "edges", tiny_pipeline().unet)
    return Library(
        EngineConfig(
            model=str(tiny_path),
            more_models=(str(tiny_xl_path), str(painter)),
            controlnets={"edges": str(edges)},
            loras={"lora": save_tiny_lora(folder / "lora.safetensors")},
            ip_adapter=str(save_tiny_ip_adapter(folder / "adapter.safetensors")),
            device="cuda",
            dtype="float32",
            max_rows=32,
        )
    )


REQUESTS: dict[str, dict[str, Any]] = KINDS | {
    "lora": {"loras": (Lora(name="lora", weight=0.8),)},
    "reference": {"references": (Reference(picture=PICTURE),)},
    "nine channels": KINDS["mask"] | {"model": "painter"},
}


def off(one: Image.Image, other: Image.Image) -> int:
    """By how much two pictures differ where they differ most."""
    return int(np.abs(np.asarray(one).astype(int) - np.asarray(other).astype(int)).max())


class TestTheEngineOnCuda(EngineContract):
    """As everywhere."""

    @pytest.fixture
    async def engine(self, tiny_path: Path) -> AsyncIterator[InProcessEngine]:
        async with InProcessEngine(replace(config(tiny_path), device="cuda")) as engine:
            yield engine

    @pytest.fixture
    def opened(self) -> Opened:
        return lambda asked: InProcessEngine(replace(asked, device="cuda"))


@pytest.mark.parametrize("model", ["tiny", "tiny-xl"])
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_it_draws_what_the_pipeline_draws_there(
    near: Library, tiny_path: Path, tiny_xl_path: Path, model: str, sampler: str
) -> None:
    path = tiny_path if model == "tiny" else tiny_xl_path
    stock = StockPipelines(str(path), device=CUDA, dtype=torch.float32)
    request = generate(model=model, seeds=SEEDS, sampler=sampler, negative_prompt="blurry")
    drawn = result(DenoisingLoop(near), request).images
    for mine, theirs in zip(drawn, stock.draw(request), strict=True):
        assert off(mine, theirs) <= 2


@pytest.mark.parametrize("kind", REQUESTS)
def test_every_kind_is_drawn_and_a_replayed_pass_changes_no_bit(near: Library, kind: str) -> None:
    usual: dict[str, Any] = {"seeds": (3, 4), "num_inference_steps": 3 * OFTEN}
    request = generate(**usual | REQUESTS[kind])
    near.forget_recordings()
    first = result(DenoisingLoop(near), request).images  # as ever, and replayed when seen often
    forward = near.checkpoint(request.model)._forward
    assert isinstance(forward, ReplayedUNet)
    if "window" not in REQUESTS[kind]:
        assert any(forward._kept.values()), "its passes were recorded"
    again = result(DenoisingLoop(near), request).images
    assert [one.tobytes() for one in first] == [one.tobytes() for one in again]


def test_whoever_draws_beside_others_gets_the_same_picture(near: Library) -> None:
    samplers = list(SAMPLERS)
    requests = []
    for number, kind in enumerate(REQUESTS.values()):
        usual: dict[str, Any] = {"seeds": (number,), "num_inference_steps": 9}
        requests.append(generate(**usual | kind | {"sampler": samplers[number % 5]}))
    together = results(DenoisingLoop(near), *requests, *requests)
    alone = [result(DenoisingLoop(near), request) for request in requests]
    for mine, other in zip(together, alone * 2, strict=True):
        assert max(off(a, b) for a, b in zip(mine.images, other.images, strict=True)) <= 3


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_fewer_bits_draw_nearly_the_same(near: Library, tiny_path: Path, dtype: Any) -> None:
    library = Library(EngineConfig(model=str(tiny_path), device="cuda", dtype=dtype, max_rows=32))
    exact, fewer = (result(DenoisingLoop(one), generate()).images[0] for one in (near, library))
    difference = np.abs(np.asarray(exact).astype(int) - np.asarray(fewer).astype(int))
    assert 0 < difference.mean() < 12


def test_what_sixteen_bits_cannot_hold_is_drawn_in_float32_and_recorded_passes_are_right_after_it(
    tiny_path: Path,
) -> None:
    library = Library(EngineConfig(model=str(tiny_path), device="cuda", dtype="float16", max_rows=32))
    before = result(DenoisingLoop(library), generate(num_inference_steps=9)).images[0]
    checkpoint = library.checkpoint("tiny")
    with torch.inference_mode(mode=False):
        checkpoint.put_precision_in_force(in_float32=True)
        exact = checkpoint.predict_noise(checkpoint.blank_rows(2))
        checkpoint.put_precision_in_force(in_float32=False)
    assert torch.isfinite(exact).all()
    after = result(DenoisingLoop(library), generate(num_inference_steps=9)).images[0]
    assert before.tobytes() == after.tobytes()


async def test_previews_develop_and_are_numbers(tiny_path: Path) -> None:
    async with InProcessEngine(replace(config(tiny_path), device="cuda")) as engine:
        events = [event async for event in engine.run(generate(num_inference_steps=40))]
    previews = [event.images[0] for event in events if isinstance(event, Preview)]
    assert len(previews) > 1
    assert previews[0].tobytes() != previews[-1].tobytes()


def test_where_memory_is_short_it_draws_in_pieces_and_then_what_it_drew_before(tiny_path: Path) -> None:
    library = Library(EngineConfig(model=str(tiny_path), device="cuda", dtype="float32", max_rows=32))
    small = result(DenoisingLoop(library), generate()).images
    torch.cuda.empty_cache()
    total = torch.cuda.get_device_properties(CUDA).total_memory
    torch.cuda.set_per_process_memory_fraction((torch.cuda.memory_reserved() + 2**29) / total)
    try:
        many = result(DenoisingLoop(library), generate(width=512, height=512, seeds=tuple(range(32))))
        assert len(many.images) == 32
        one = result(DenoisingLoop(library), generate(width=1536, height=1536, seeds=(1,)))
        assert one.images[0].size == (1536, 1536)
        again = result(DenoisingLoop(library), generate()).images
        assert [image.tobytes() for image in again] == [image.tobytes() for image in small]
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)


def test_where_little_memory_would_be_left_passes_are_made_as_ever(
    tiny_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("engine.graphs._LEFT_FREE", 1.0)
    library = Library(EngineConfig(model=str(tiny_path), device="cuda", max_rows=32))
    result(DenoisingLoop(library), generate(num_inference_steps=9))
    assert "leave too little" in caplog.text
    assert library.forget_recordings() is False


def test_a_device_that_is_lost_is_told_from_a_mistake() -> None:
    """In a process of its own: CUDA does not recover from it."""
    script = (
        "import torch\nfrom engine.device import as_engine_error, synchronize\n"
        "try:\n    torch.zeros(4, device='cuda')[torch.tensor([9], device='cuda')].cpu()\n"
        "except Exception as error:\n    print(type(as_engine_error(error)).__name__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.stdout.strip() == "DeviceLost", done.stderr[-500:]


async def test_the_embedded_model_draws_for_several_at_once() -> None:
    async with InProcessEngine(EngineConfig(model="sketch", device="cuda")) as engine:
        info = engine.models()[0]
        asked = [
            Generate(
                model=info.name,
                prompts=generate(f"a red fox, number {number}").prompts,
                width=info.native_size,
                height=info.native_size,
                seeds=(number, number + 1),
                num_inference_steps=info.default_steps,
                guidance_scale=info.default_guidance_scale,
                sampler=info.default_sampler,
            )
            for number in range(4)
        ]
        drawn = await asyncio.gather(*(last(engine, request) for request in asked))
    for finished in drawn:
        for image in finished.generated.images:
            assert np.asarray(image).std() > 20, "not one grey"
