"""The first latents of a generation: noise, or a picture with noise on it."""

from collections.abc import Sequence
from typing import Any

import torch
from diffusers.utils.torch_utils import randn_tensor

from engine.api import Generate, Start
from engine.families.unet import Checkpoint


def first_latents(
    request: Generate,
    checkpoint: Checkpoint,
    scheduler: Any,
    timesteps: torch.Tensor,
    generators: Sequence[torch.Generator],
) -> torch.Tensor:
    """Float32 latents (n, c, h, w) to begin with, one image per generator, in the scheduler's own space."""
    shape = (len(generators), *checkpoint.latent_shape(request.width, request.height))
    if request.start is None:
        return _noise(shape, checkpoint, generators) * float(scheduler.init_noise_sigma)
    # Encoding draws from the generators, too: as in the pipelines, before the noise does.
    original = _encoded(request.start, request, checkpoint, generators)
    noise = _noise(shape, checkpoint, generators)
    latents: torch.Tensor = scheduler.add_noise(original, noise, timesteps[:1])
    # Some schedulers move their table to the device for good, where every later look at it waits for it.
    scheduler.alphas_cumprod = scheduler.alphas_cumprod.cpu()
    return latents


def _encoded(
    start: Start, request: Generate, checkpoint: Checkpoint, generators: Sequence[torch.Generator]
) -> torch.Tensor:
    if isinstance(start.source, bytes):
        latents = checkpoint.unpack_latents(start.source, request.width, request.height)
        return latents.repeat(len(generators), 1, 1, 1)
    return checkpoint.encode_image(start.source, request.width, request.height, generators)


def _noise(
    shape: tuple[int, ...], checkpoint: Checkpoint, generators: Sequence[torch.Generator]
) -> torch.Tensor:
    noise: torch.Tensor = randn_tensor(shape, list(generators), checkpoint.device, torch.float32)
    return noise
