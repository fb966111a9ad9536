"""How a generation begins: with noise, or a picture with noise on it, of which a part may stay."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from diffusers.utils.torch_utils import randn_tensor
from PIL import Image

from engine.api import Generate, Mixture, Start
from engine.conditioning.mask import Kept, in_cells, stencil
from engine.conditioning.mixture import mixed
from engine.conditioning.noise import Steering
from engine.device import send
from engine.families.unet import Checkpoint
from engine.samplers import add_noise


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What there is before the first step."""

    latents: torch.Tensor
    """(n, c, h, w) float32, in the scheduler's own space."""
    kept: Kept | None = None
    """What of a picture is put back after each step."""
    shown: torch.Tensor | None = None
    """(n, c', h, w): what the U-Net is shown beside the latents, where it looks at more."""


def begin(
    request: Generate,
    checkpoint: Checkpoint,
    scheduler: Any,
    timesteps: torch.Tensor,
    generators: Sequence[torch.Generator],
    steering: Steering,
    *,
    moments: torch.Tensor | None = None,
) -> Beginning:
    """One image per generator. They are drawn from in the pipelines' order: picture, noise, masked picture.

    `moments` are what the start was encoded to, where that is done already.
    Raises: InvalidRequest.
    """
    shape = (len(generators), *checkpoint.latent_shape(request.width, request.height))
    original = _original(request, checkpoint, generators, moments)
    own = _noise(shape, checkpoint, generators)
    noise = steering.steered(own)
    if original is None or _is_all_noise(request, checkpoint):
        latents = noise * float(scheduler.init_noise_sigma)
    else:
        latents = add_noise(scheduler, original, noise, timesteps[:1])
    if checkpoint.sees_mask:
        return Beginning(latents=latents, shown=_shown(request, checkpoint, generators))
    shown = None
    start = request.start
    if checkpoint.sees_start and start is not None and not isinstance(start.source, Mixture):
        shown = checkpoint.shown(start.source, request.width, request.height)
        shown = shown.repeat(len(generators), 1, 1, 1)
    if request.mask is None or original is None:
        return Beginning(latents=latents, shown=shown)
    _noise(shape, checkpoint, generators)  # of the masked picture, which the pipelines draw and do not use
    cells = in_cells(stencil(request.mask, request.width, request.height), checkpoint.scale_factor)
    kept = Kept(original=original, noise=noise, mask=cells.to(checkpoint.device))
    return Beginning(latents=latents, kept=kept, shown=shown)


def _is_all_noise(request: Generate, checkpoint: Checkpoint) -> bool:
    """Whether nothing of the start is left in the first latents: at full strength the pipelines for
    inpainting and for instructions begin with pure noise, others with noise on the picture."""
    if request.start is None:
        return True
    return request.start.strength == 1.0 and (request.mask is not None or checkpoint.sees_start)


def _original(
    request: Generate,
    checkpoint: Checkpoint,
    generators: Sequence[torch.Generator],
    moments: torch.Tensor | None,
) -> torch.Tensor | None:
    """The start as latents (n, c, h, w), where it is of use."""
    is_kept = request.mask is not None and not checkpoint.sees_mask
    is_of_use = is_kept or not checkpoint.shown_channels or not _is_all_noise(request, checkpoint)
    if request.start is None or not is_of_use:
        return None
    if moments is not None:
        return checkpoint.sampled(moments, generators)
    return _encoded(request.start, request, checkpoint, generators)


def _encoded(
    start: Start, request: Generate, checkpoint: Checkpoint, generators: Sequence[torch.Generator]
) -> torch.Tensor:
    if isinstance(start.source, bytes):
        latents = checkpoint.unpack_latents(start.source, request.width, request.height)
        return latents.repeat(len(generators), 1, 1, 1)
    if isinstance(start.source, Mixture):
        pictures = (checkpoint.pixels(one, request.width, request.height) for one in start.source.pictures)
        mixture = mixed([checkpoint.encode_mean(one) for one in pictures], start.source.weights)
        return mixture.repeat(len(generators), 1, 1, 1)
    latents = checkpoint.encode(checkpoint.pixels(start.source, request.width, request.height), generators)
    # How they lie in memory decides the last bits; the pipelines for inpainting lay them out anew.
    return latents if request.mask is None else latents.contiguous()


def _shown(request: Generate, checkpoint: Checkpoint, generators: Sequence[torch.Generator]) -> torch.Tensor:
    """The mask and the picture around it, (n, 1 + c, h, w). Without a mask all is masked, and grey around."""
    width, height = request.seen_size  # there are windows only where there is no mask: each is shown the same
    mask = stencil(request.mask, width, height)
    around = torch.zeros(1, 3, height, width).to(memory_format=torch.channels_last)  # as pictures lie
    start = request.start
    if request.mask is not None and start is not None and isinstance(start.source, Image.Image):
        around = checkpoint.pixels(start.source, width, height) * (mask < 0.5)
    latents = checkpoint.encode(around, generators)
    cells = in_cells(mask, checkpoint.scale_factor).to(latents)
    return torch.cat([cells.expand(len(latents), -1, -1, -1), latents], dim=1)


def _noise(
    shape: tuple[int, ...], checkpoint: Checkpoint, generators: Sequence[torch.Generator]
) -> torch.Tensor:
    noise: torch.Tensor = randn_tensor(shape, list(generators), torch.device("cpu"), torch.float32)
    return send(noise, checkpoint.device)
