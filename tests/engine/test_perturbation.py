"""Perturbed-attention guidance is that of diffusers' pipelines, and nobody else's pass is changed by it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPAGPipeline, StableDiffusionXLPAGPipeline
from transformers import CLIPImageProcessor

from engine.api import Generate, WeightedPrompt
from engine.bench.stock import StockPipelines
from engine.library import Library
from engine.loop import DenoisingLoop
from engine.samplers import SAMPLERS
from tests.engine.requests import generate, result, results

SEEDS = (11, 12)
CPU = torch.device("cpu")


def stock_images(kind: Any, path: str, request: Generate, layers: list[str]) -> list[np.ndarray]:
    """What diffusers draws for a request of one prompt, perturbed in these layers."""
    stock = StockPipelines(path, device=CPU, dtype=torch.float32)
    is_sdxl = kind is StableDiffusionXLPAGPipeline
    options: dict[str, Any] = {} if is_sdxl else {"requires_safety_checker": False}
    parts = {name: part for name, part in stock.pipeline.components.items() if name != "image_encoder"}
    if not is_sdxl:
        parts |= {"feature_extractor": CLIPImageProcessor(), "safety_checker": None}
    pipeline = kind(**parts, pag_applied_layers=layers, **options)
    pipeline.scheduler = SAMPLERS[request.sampler].build(pipeline.scheduler.config)
    pipeline.set_progress_bar_config(disable=True)
    images = pipeline(
        request.prompts[0].text,
        negative_prompt=request.negative_prompt or None,
        width=request.width,
        height=request.height,
        num_inference_steps=request.num_inference_steps,
        guidance_scale=request.guidance_scale,
        pag_scale=request.pag_scale,
        num_images_per_prompt=len(request.seeds),
        generator=[torch.Generator().manual_seed(seed) for seed in request.seeds],
    ).images
    return [np.asarray(image) for image in images]


@pytest.mark.parametrize("guidance_scale", [5.0, 1.0])
def test_it_is_that_of_the_pipeline(library: Library, tiny_path: Path, guidance_scale: float) -> None:
    request = generate(seeds=SEEDS, pag_scale=3.0, guidance_scale=guidance_scale)
    stock = stock_images(StableDiffusionPAGPipeline, str(tiny_path), request, ["mid"])
    assert_alike(library, request, stock)


def test_of_sdxl_it_is_that_of_the_pipeline(library: Library, tiny_xl_path: Path) -> None:
    request = generate(model="tiny-xl", seeds=SEEDS, pag_scale=3.0, negative_prompt="blurry")
    stock = stock_images(StableDiffusionXLPAGPipeline, str(tiny_xl_path), request, ["mid"])
    assert_alike(library, request, stock)


def test_the_embedded_model_is_perturbed_in_all_layers(sketch: Library) -> None:
    request = generate(
        model="sketch", seeds=SEEDS, pag_scale=1.5, width=256, height=256, num_inference_steps=3
    )
    stock = stock_images(StableDiffusionPAGPipeline, "sketch", request, ["down", "mid", "up"])
    assert_alike(sketch, request, stock)


def test_it_draws_another_picture(library: Library) -> None:
    loop = DenoisingLoop(library)
    usual, away = (np.asarray(result(loop, generate(pag_scale=scale)).images[0]) for scale in (0.0, 3.0))
    assert np.abs(usual.astype(float) - away).mean() > 1


def test_who_shares_its_passes_draws_what_they_would_alone(library: Library) -> None:
    usual = generate("a blue boat", seeds=SEEDS, negative_prompt="rain")
    away = generate(seeds=SEEDS, pag_scale=3.0)
    together = results(DenoisingLoop(library), usual, away)
    for request, both in zip((usual, away), together, strict=True):
        alone = result(DenoisingLoop(library), request)
        for one, other in zip(alone.images, both.images, strict=True):
            difference = np.abs(np.asarray(one, float) - np.asarray(other, float))
            assert difference.max() <= 1


def test_each_part_of_a_prompt_is_moved_away_from_what_it_would_be(library: Library) -> None:
    parts = (WeightedPrompt(text="a dog", weight=2), WeightedPrompt(text="a dog", weight=1))
    of_parts = generate(prompts=(*parts, WeightedPrompt(text="rain", weight=-0.5)), pag_scale=3.0)
    at_once = (WeightedPrompt(text="a dog", weight=3), WeightedPrompt(text="rain", weight=-0.5))
    one, other = (
        np.asarray(result(DenoisingLoop(library), request).images[0], float)
        for request in (of_parts, generate(prompts=at_once, pag_scale=3.0))
    )
    assert np.abs(one - other).max() <= 2


def assert_alike(library: Library, request: Generate, stock: list[np.ndarray]) -> None:
    drawn = result(DenoisingLoop(library), request).images
    for mine, theirs in zip(drawn, stock, strict=True):
        assert np.abs(np.asarray(mine, float) - theirs).max() <= 1
