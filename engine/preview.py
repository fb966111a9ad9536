"""Small pictures of half-done latents, without the VAE: one convolution, fitted to it at load."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from PIL import Image
from torch.nn import functional

_SAMPLES = 8
_SIDE = 16  # latent cells along one side of a sample
_PIXELS = 4  # preview pixels along one side of a latent cell
_RIDGE = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewMap:
    """Linear map from 3×3 latent cells to 4×4 pixels of the cell in the middle."""

    weight: torch.Tensor
    """(3·4·4, c, 3, 3)"""
    bias: torch.Tensor
    """(3·4·4,)"""

    def render(self, latents: torch.Tensor) -> torch.Tensor:
        """Latents (n, c, h, w) → the levels of n RGB pictures (n, 4h, 4w, 3), where the latents are."""
        flat = functional.conv2d(latents, self.weight, self.bias, padding=1)
        pixels = functional.pixel_shuffle(flat, _PIXELS).mul(255).round().clamp(0, 255)
        return pixels.to(torch.uint8).permute(0, 2, 3, 1)


def as_pictures(levels: torch.Tensor) -> tuple[Image.Image, ...]:
    """Levels (n, h, w, 3) on the CPU, of 0 to 255 → n RGB pictures."""
    return tuple(Image.fromarray(array) for array in levels.numpy())


@torch.inference_mode()
def fit_preview_map(encode: Callable[[torch.Tensor], torch.Tensor], scale_factor: int) -> PreviewMap:
    """Least squares from the latents of synthetic pictures to the pictures, made smaller.

    `encode` takes pictures (n, 3, h, w) in [-1, 1] to latents; `scale_factor` is pixels per latent cell.
    Works for any VAE, so no table of known ones is needed.
    """
    latents, targets = _encoded_samples(encode, scale_factor)
    device = latents.device
    latents = latents.cpu()
    patches = functional.unfold(functional.pad(latents, (1, 1, 1, 1)), 3)  # (n, c·9, cells)
    inputs = patches.transpose(1, 2).flatten(0, 1)
    inputs = torch.cat([inputs, torch.ones_like(inputs[:, :1])], dim=1).double()
    outputs = functional.pixel_unshuffle(targets, _PIXELS).flatten(2).transpose(1, 2).flatten(0, 1).double()
    gram = inputs.T @ inputs
    ridge = _RIDGE * gram.diagonal().mean() * torch.eye(len(gram), dtype=gram.dtype)
    solution = torch.linalg.solve(gram + ridge, inputs.T @ outputs).float()
    channels = latents.shape[1]
    weight = solution[:-1].T.reshape(-1, channels, 3, 3).contiguous()
    return PreviewMap(weight=weight.to(device), bias=solution[-1].to(device))


def _encoded_samples(
    encode: Callable[[torch.Tensor], torch.Tensor], scale_factor: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Latents (n, c, 16, 16) on the device and pictures (n, 3, 64, 64) in [0, 1] on the CPU, float32."""
    pictures = _synthetic_pictures(_SIDE * scale_factor)
    latents = torch.cat([encode(picture[None] * 2 - 1) for picture in pictures])
    return latents, functional.interpolate(pictures, size=(_SIDE * _PIXELS,) * 2, mode="area")


def _synthetic_pictures(side: int) -> torch.Tensor:
    """Clouds at every scale, strong in colour and cut by hard edges, as pictures are. (n, 3, side, side)"""
    generator = torch.Generator().manual_seed(0)
    total = torch.zeros(_SAMPLES, 3, side, side)
    for cells in (1, 2, 4, 8, 16, 32):
        noise = torch.randn(_SAMPLES, 3, cells, cells, generator=generator)
        total += functional.interpolate(noise, size=(side, side), mode="bilinear")
    clouds = torch.sigmoid(total)
    shapes = clouds.roll(1, dims=0).flip(2)
    mask = functional.interpolate(total[:, :1], scale_factor=1.0) > 0
    return torch.where(mask, clouds, shapes)
