"""Alone, a generation equals the stock diffusers pipeline bit for bit (float32, eager, CPU)."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import UNet2DConditionModel
from PIL import Image

from engine.api import Generate, Start
from engine.bench.stock import StockPipelines
from engine.bench.tiny import save_tiny_checkpoint
from engine.config import EngineConfig
from engine.library import Library
from engine.loop import DenoisingLoop
from engine.samplers import SAMPLERS
from tests.engine.requests import generate, result

SEEDS = (11, 12, 13, 14)
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def stock(tiny_path: Path) -> StockPipelines:
    return StockPipelines(str(tiny_path), device=CPU, dtype=torch.float32)


@pytest.fixture(scope="module")
def stock_xl(tiny_xl_path: Path) -> StockPipelines:
    return StockPipelines(str(tiny_xl_path), device=CPU, dtype=torch.float32)


@pytest.fixture
def photo() -> Image.Image:
    pixels = np.random.default_rng(0).integers(0, 255, (8, 8, 3), dtype=np.uint8)
    return Image.fromarray(pixels).resize((64, 64))


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_text_to_image_equals_the_pipeline(library: Library, stock: StockPipelines, sampler: str) -> None:
    assert_equal(library, stock, generate(seeds=SEEDS, sampler=sampler, negative_prompt="blurry"))


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_image_to_image_equals_the_pipeline(
    library: Library, stock: StockPipelines, photo: Image.Image, sampler: str
) -> None:
    start = Start(source=photo, strength=0.6)
    assert_equal(library, stock, generate(seeds=SEEDS, sampler=sampler, start=start))


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_sdxl_equals_the_pipeline(library: Library, stock_xl: StockPipelines, sampler: str) -> None:
    request = generate(model="tiny-xl", seeds=SEEDS, sampler=sampler, negative_prompt="blurry")
    assert_equal(library, stock_xl, request)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_sdxl_image_to_image_equals_the_pipeline(
    library: Library, stock_xl: StockPipelines, photo: Image.Image, sampler: str
) -> None:
    start = Start(source=photo, strength=0.6)
    assert_equal(library, stock_xl, generate(model="tiny-xl", seeds=SEEDS, sampler=sampler, start=start))


def test_without_guidance_it_equals_the_pipeline(library: Library, stock: StockPipelines) -> None:
    assert_equal(library, stock, generate(seeds=SEEDS, sampler="lcm", guidance_scale=1.0))


def test_other_sizes_and_a_single_picture_equal_the_pipeline(library: Library, stock: StockPipelines) -> None:
    assert_equal(library, stock, generate(seeds=(7,), width=88, height=56))


def test_guidance_distilled_into_the_model_equals_the_pipeline(tmp_path: Path) -> None:
    path = save_tiny_checkpoint(tmp_path / "distilled")
    config = json.loads((path / "unet" / "config.json").read_text()) | {"time_cond_proj_dim": 16}
    with torch.random.fork_rng(), torch.inference_mode(mode=False):
        UNet2DConditionModel.from_config(config).save_pretrained(path / "unet")
    library = Library(EngineConfig(model=str(path), device="cpu", dtype="float32", num_threads=1))
    stock = StockPipelines(str(path), device=CPU, dtype=torch.float32)
    assert_equal(library, stock, generate(model="distilled", seeds=SEEDS, sampler="lcm", guidance_scale=8.0))


def test_the_embedded_model_equals_the_pipeline() -> None:
    library = Library(EngineConfig(model="sketch", device="cpu", dtype="float32", num_threads=1))
    stock = StockPipelines("sketch", device=CPU, dtype=torch.float32)
    request = generate(model="sketch", width=256, height=256, seeds=SEEDS, num_inference_steps=4)
    assert_equal(library, stock, request)


def test_the_samplers_do_not_all_draw_the_same(library: Library) -> None:
    loop = DenoisingLoop(library)
    pictures = {
        result(loop, generate(seeds=(1,), sampler=sampler)).images[0].tobytes()
        for sampler in ("euler", "euler-a", "dpmpp-2m", "dpmpp-2m-karras", "heun", "lcm")
    }
    assert len(pictures) == 6


def assert_equal(library: Library, stock: StockPipelines, request: Generate) -> None:
    drawn = result(DenoisingLoop(library), request).images
    for mine, theirs in zip(drawn, stock.draw(request), strict=True):
        np.testing.assert_array_equal(np.asarray(mine), np.asarray(theirs))
