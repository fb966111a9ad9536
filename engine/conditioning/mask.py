"""Mask: a part of a picture is repainted. What stays is put back after each step, and at last in pixels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from diffusers.image_processor import VaeImageProcessor
from PIL import Image
from torch.nn import functional

from engine.api import Mask
from engine.errors import InvalidRequest
from engine.samplers import add_noise

_PROCESSOR = VaeImageProcessor(
    vae_scale_factor=1, do_normalize=False, do_binarize=True, do_convert_grayscale=True
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The picture that a part is repainted of, for a U-Net that sees nothing but the noisy latents."""

    original: torch.Tensor
    """Latents (n, c, h, w), without noise."""
    noise: torch.Tensor
    """(n, c, h, w), the same all the way."""
    mask: torch.Tensor
    """(1, 1, h, w), 1 where it is repainted."""

    @property
    def tensors(self) -> tuple[torch.Tensor, ...]:
        """What it keeps on the device."""
        return self.original, self.noise, self.mask

    def put_back(self, latents: torch.Tensor, scheduler: Any, timestep: torch.Tensor | None) -> torch.Tensor:
        """Latents whose rest is the picture as noisy as at this timestep (1,), or clean where there is none.

        In the order of operations of `StableDiffusionInpaintPipeline` (diffusers).
        """
        original = self.original
        if timestep is not None:
            original = add_noise(scheduler, original, self.noise, timestep)
        return (1 - self.mask) * original + self.mask * latents


def stencil(mask: Mask | None, width: int, height: int) -> torch.Tensor:
    """(1, 1, height, width) on the CPU: 1 where it is repainted, 0 elsewhere; without a mask 1 everywhere.

    Raises: InvalidRequest, if there is nothing white.
    """
    if mask is None:
        return torch.ones(1, 1, height, width)
    pixels: torch.Tensor = _PROCESSOR.preprocess(mask.area, height=height, width=width)
    if not pixels.any():
        raise InvalidRequest("The mask marks nothing: paint white what is to be repainted.")
    return pixels


def in_cells(pixels: torch.Tensor, scale_factor: int) -> torch.Tensor:
    """A stencil (1, 1, height, width) as the latents' cells have it: by the first pixel of each.

    Raises: InvalidRequest, if it falls between the cells.
    """
    height, width = pixels.shape[-2:]
    cells = functional.interpolate(pixels, size=(height // scale_factor, width // scale_factor))
    if not cells.any():
        raise InvalidRequest(
            f"What the mask marks is too small: mark at least {scale_factor} pixels in each direction."
        )
    return cells


def pasted(images: Sequence[Image.Image], source: Image.Image, mask: Mask) -> tuple[Image.Image, ...]:
    """The drawn pictures where the mask is white, and the source, pixel for pixel, everywhere else."""
    width, height = images[0].size
    kept = source.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
    opacity = Image.fromarray(_opacity(stencil(mask, width, height)[0, 0].numpy() > 0, mask.feather))
    return tuple(Image.composite(image, kept, opacity) for image in images)


def _opacity(inside: np.ndarray[Any, Any], feather: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """0 outside, and inside up to 255 with the distance from the rim, within `feather` pixels (h, w).

    Where nothing lies so deep, within the depth there is. The picture's own border is no rim.
    """
    depth = np.zeros(inside.shape, dtype=np.uint16)
    core = inside
    for _ in range(feather + 1):
        depth += core
        core = _eroded(core)
    opacity: np.ndarray[Any, np.dtype[np.uint8]] = np.rint(depth / depth.max() * 255).astype(np.uint8)
    return opacity


def _eroded(inside: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Without its outermost pixels (h, w)."""
    down = inside.copy()
    down[1:] &= inside[:-1]
    down[:-1] &= inside[1:]
    across = down.copy()
    across[:, 1:] &= down[:, :-1]
    across[:, :-1] &= down[:, 1:]
    return across
