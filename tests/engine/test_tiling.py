"""A picture that tiles joins itself without a seam, as the pipelines' do with circular convolutions."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import save_file

from engine.api import Generated, Lora, Start, WeightedPrompt
from engine.bench.arms import denoised
from engine.bench.stock import StockPipelines
from engine.bench.tiny import save_tiny_checkpoint
from engine.config import EngineConfig
from engine.families.unet import Checkpoint
from engine.library import Library
from engine.loop import DenoisingLoop
from tests.engine.requests import generate, result, results
from tests.engine.test_loop import decibels, record_sizes

CPU = torch.device("cpu")
SEEDS = (11, 12)
PLAIN = generate("a dog", seeds=SEEDS)
TILED = replace(PLAIN, tiles=True)
SAMPLE = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def loop(library: Library) -> DenoisingLoop:
    return DenoisingLoop(library)


@pytest.mark.parametrize("model", ["tiny", "tiny-xl"])
@pytest.mark.parametrize("start", [None, Start(source=Image.new("RGB", (64, 64), "teal"), strength=0.6)])
def test_a_tile_equals_the_pipeline_with_circular_convolutions(
    library: Library, loop: DenoisingLoop, model: str, start: Start | None
) -> None:
    path = library.entry(model).source.path
    stock = StockPipelines(str(path), device=CPU, dtype=torch.float32)
    for part in (*stock.unet.modules(), *stock.vae.modules()):
        if isinstance(part, torch.nn.Conv2d):
            part.padding_mode = "circular"
    request = replace(TILED, model=model, start=start)
    for mine, theirs in zip(result(loop, request).images, stock.draw(request), strict=True):
        np.testing.assert_array_equal(np.asarray(mine), np.asarray(theirs))


def levels(drawn: Generated) -> NDArray[np.int16]:
    """The first picture's levels of brightness, 0 to 255."""
    return np.asarray(drawn.images[0]).astype(np.int16)


def test_beside_others_that_do_not_tile_both_are_what_they_are_alone(
    loop: DenoisingLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = [levels(result(loop, request)) for request in (PLAIN, TILED)]
    assert np.abs(alone[0] - alone[1]).max() > 1
    sizes = record_sizes(monkeypatch, "predict_noise")
    for requests in ((PLAIN, TILED), (TILED, PLAIN)):
        together = [levels(one) for one in results(loop, *requests)]
        for seen, one in zip(together, requests, strict=True):  # texts that are read together round otherwise
            assert np.abs(seen - alone[one.tiles]).max() <= 1
    assert set(sizes) == {4}, "a pass is of one kind"


def test_two_that_tile_share_a_pass(loop: DenoisingLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    other = replace(TILED, sampler="euler", seeds=(7,))
    alone = denoised(loop, TILED).latents
    sizes = record_sizes(monkeypatch, "predict_noise")
    assert decibels(loop, alone, denoised(loop, TILED, [other]).latents) >= 100.0
    assert 4 + 2 in sizes


def test_the_unet_does_not_know_where_a_tile_begins(loop: DenoisingLoop) -> None:
    checkpoint = loop._library.checkpoint("tiny")
    predicted = predicting(checkpoint)
    checkpoint.put_tiling_in_force(tiles=False)
    moved = difference(predicted, SAMPLE)
    checkpoint.put_tiling_in_force(tiles=True)
    assert difference(predicted, SAMPLE) < 1e-4 < moved
    checkpoint.put_tiling_in_force(tiles=False)
    assert difference(predicted, SAMPLE) == moved


def test_a_lora_that_comes_while_pictures_tile_looks_around_the_borders_too(tmp_path: Path) -> None:
    layer = "unet.mid_block.resnets.0.conv1"
    weights = {"lora_A": torch.randn(4, 64, 3, 3), "lora_B": torch.randn(64, 4, 1, 1)}
    path = tmp_path / "convolutions.safetensors"
    save_file({f"{layer}.{part}.weight": weight for part, weight in weights.items()}, path)
    library = Library(
        EngineConfig(
            model=str(save_tiny_checkpoint(tmp_path / "tiny")),
            device="cpu",
            dtype="float32",
            num_threads=1,
            loras={"convolutions": path},
        )
    )
    checkpoint = library.checkpoint("tiny")
    checkpoint.put_tiling_in_force(tiles=True)
    checkpoint.loras.put_in_force((Lora(name="convolutions"),))
    checkpoint.put_tiling_in_force(tiles=True)
    assert difference(predicting(checkpoint), SAMPLE) < 1e-4


def test_the_seam_of_a_tile_is_no_edge() -> None:
    library = Library(EngineConfig(model="sketch", device="cpu", dtype="float32", num_threads=1))
    request = generate(
        model="sketch",
        prompts=(WeightedPrompt(text="a mountain lake at sunrise"),),
        width=128,
        height=128,
        num_inference_steps=8,
    )
    plain, tiled = (
        result(DenoisingLoop(library), replace(request, tiles=tiles)).images for tiles in (False, True)
    )
    for axis in (0, 1):
        (seam, inside), (cut, around) = (
            np.mean([steps(image, axis) for image in images], axis=0) for images in (tiled, plain)
        )
        assert cut > 1.5 * around, "without it there is a seam"
        assert seam < 1.5 * inside
        assert seam < cut / 5


def predicting(checkpoint: Checkpoint) -> Callable[[torch.Tensor], torch.Tensor]:
    """What the U-Net predicts of noisy latents, with an empty text."""
    blank = checkpoint.blank_rows(1)
    return lambda sample: checkpoint.predict_noise(replace(blank, sample=sample))


def difference(predicted: Callable[[torch.Tensor], torch.Tensor], sample: torch.Tensor) -> float:
    """Largest, between what is predicted of a picture that was moved and what was predicted, moved."""
    moves = {"shifts": (2, 4), "dims": (2, 3)}
    return float((predicted(sample.roll(**moves)) - predicted(sample).roll(**moves)).abs().max())


def steps(image: Image.Image, axis: int) -> tuple[float, float]:
    """From one pixel to the next: over the seam, and inside where latent cells meet, on average."""
    pixels = np.asarray(image, dtype=float)
    between = np.abs(pixels - np.roll(pixels, 1, axis=axis)).mean(axis=(1 - axis, 2))
    return float(between[0]), float(between[8::8].mean())
