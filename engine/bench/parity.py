"""How closely the engine equals the stock pipelines: alone, among others, in sixteen bits."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from PIL import Image

from engine.api import Generate, Generated, Start, WeightedPrompt
from engine.bench.arms import denoised, finish
from engine.bench.stock import StockPipelines
from engine.bench.table import print_table
from engine.config import EngineConfig
from engine.library import Library
from engine.loop import DenoisingLoop
from engine.samplers import SAMPLERS

_SEEDS = (11, 12, 13, 14)
_STEPS = 6


def measure(models: Sequence[str], device: str, samplers: Sequence[str] = tuple(SAMPLERS)) -> None:
    """Print, for every sampler that each checkpoint knows, the differences to the pipelines."""
    for model in models:
        library = Library(EngineConfig(model=model, device=device, dtype="float32", num_threads=1))
        info = library.models()[0]
        stock = StockPipelines(model, device=library.device, dtype=library.dtype)
        rows = []
        for sampler in [one for one in samplers if one in info.samplers]:
            request = _request(info.name, info.native_size, sampler)
            varied = replace(request, start=Start(source=_picture(info.native_size), strength=0.6))
            rows.append(
                [
                    sampler,
                    *(_difference(library, stock, one) for one in (request, varied)),
                    _decibels(library, request),
                ]
            )
        print_table([f"{info.name}, float32", "text to image", "image to image", "among others"], rows)
        _measure_sixteen_bits(model, device)


def _measure_sixteen_bits(model: str, device: str) -> None:
    library = Library(EngineConfig(model=model, device=device, dtype="bfloat16", num_threads=1))
    info = library.models()[0]
    request = _request(info.name, info.native_size, info.default_sampler)
    stock = StockPipelines(model, device=library.device, dtype=library.dtype)
    alone = _psnr(_drawn(library, request).images, stock.draw(request))
    print_table(
        [f"{info.name}, bfloat16", "alone against the pipeline", "among others against alone"],
        [[request.sampler, _as_decibels(alone), _decibels(library, request)]],
    )


def _difference(library: Library, stock: StockPipelines, request: Generate) -> str:
    """Largest difference of any pixel value, of 255."""
    mine, theirs = _drawn(library, request).images, stock.draw(request)
    return str(max(int(np.abs(_pixels(a) - _pixels(b)).max()) for a, b in zip(mine, theirs, strict=True)))


def _decibels(library: Library, request: Generate) -> str:
    """The decoded pictures alone against the same among others that join in mid-flight, before rounding."""
    alone, among = (_decoded(library, request, others) for others in ([], _others(request)))
    error = float((alone - among).square().mean())
    return _as_decibels(math.inf if error == 0 else 10 * math.log10(4.0 / error))


def _decoded(library: Library, request: Generate, others: Sequence[Generate]) -> torch.Tensor:
    """Pictures (n, 3, h, w) in about [-1, 1], drawn while the others join, one every second tick."""
    generation = denoised(DenoisingLoop(library), request, others, ticks_apart=2)
    vae = library.checkpoint(request.model).vae
    with torch.inference_mode():
        latents = generation.latents / vae.config.scaling_factor
        decoded: torch.Tensor = vae.decode(latents.to(vae.dtype)).sample.float()
        return decoded


def _others(request: Generate) -> list[Generate]:
    available = ("euler", "ddim", "lcm")
    return [
        replace(
            request,
            sampler=sampler,
            num_inference_steps=steps,
            guidance_scale=1.0 if sampler == "lcm" else 3.0,
            prompts=(WeightedPrompt(text="a penguin"),),
        )
        for sampler, steps in zip(available, (5, 9, 3), strict=True)
    ]


def _drawn(library: Library, request: Generate) -> Generated:
    return finish(DenoisingLoop(library), request)


def _request(model: str, size: int, sampler: str) -> Generate:
    return Generate(
        model=model,
        prompts=(WeightedPrompt(text="a red apple"),),
        width=size,
        height=size,
        seeds=_SEEDS,
        num_inference_steps=_STEPS,
        guidance_scale=5.0,
        sampler=sampler,
    )


def _picture(size: int) -> Image.Image:
    pixels = np.random.default_rng(0).integers(0, 255, (8, 8, 3), dtype=np.uint8)
    return Image.fromarray(pixels).resize((size, size))


def _psnr(mine: Sequence[Image.Image], theirs: Sequence[Image.Image]) -> float:
    error = np.mean([np.square(_pixels(a) - _pixels(b)).mean() for a, b in zip(mine, theirs, strict=True)])
    return math.inf if error == 0 else float(10 * np.log10(255.0**2 / error))


def _as_decibels(value: float) -> str:
    return "equal" if math.isinf(value) else f"{value:.0f} dB"


def _pixels(image: Image.Image) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.asarray(image, dtype=np.float64)
