"""Guidance as a weighted sum of noise predictions: CFG is two guides, a multi-prompt more, CFG off is one."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import rescale_noise_cfg

from engine.text import TextEncoding


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """One direction of the guidance: a text, and how much its prediction counts against the base's."""

    encoding: TextEncoding
    weight: float
    """Factor of (this prediction - the base's). The first guide is the base; its own weight is not used."""


def guided(
    parts: Sequence[TextEncoding], weights: Sequence[float], negative: TextEncoding, guidance_scale: float
) -> tuple[Guide, ...]:
    """Classifier-free guidance (Ho & Salimans 2022) away from `negative`, towards each part by its weight."""
    base = Guide(encoding=negative, weight=1.0)
    shares = normalised(weights)
    return base, *(
        Guide(encoding=part, weight=guidance_scale * share) for part, share in zip(parts, shares, strict=True)
    )


def unguided(parts: Sequence[TextEncoding], weights: Sequence[float]) -> tuple[Guide, ...]:
    """The parts' weighted mean, without anything to move away from. One part is just its prediction."""
    shares = normalised(weights)
    return tuple(Guide(encoding=part, weight=share) for part, share in zip(parts, shares, strict=True))


def normalised(weights: Sequence[float]) -> tuple[float, ...]:
    """Weights that sum to one."""
    total = sum(weights)
    return tuple(weight / total for weight in weights)


def combine(
    noise_preds: Sequence[torch.Tensor], guides: Sequence[Guide], factors: torch.Tensor | None = None
) -> torch.Tensor:
    """base + Σ weight·(prediction - base), each (n, c, h, w), in float32 and in the pipelines' order.

    `factors` (n, 1, 1, 1) are by what each picture's weights are multiplied.
    """
    base = noise_preds[0]
    noise_pred = base
    for prediction, guide in zip(noise_preds[1:], guides[1:], strict=True):
        weight = guide.weight if factors is None else guide.weight * factors
        noise_pred = noise_pred + weight * (prediction - base)
    return noise_pred


def rescaled(
    noise_pred: torch.Tensor, noise_preds: Sequence[torch.Tensor], guides: Sequence[Guide], share: float
) -> torch.Tensor:
    """A guided prediction (n, c, h, w), by this share brought back to how strong the texts' own are.

    Guidance makes predictions stronger than those in training, and pictures over-exposed (Lin et al. 2024).
    """
    shares = normalised([guide.weight for guide in guides[1:]])
    text = noise_preds[1] if len(guides) == 2 else _weighted(noise_preds[1:], shares)
    rescaled: torch.Tensor = rescale_noise_cfg(noise_pred, text, guidance_rescale=share)
    return rescaled


def _weighted(noise_preds: Sequence[torch.Tensor], shares: Sequence[float]) -> torch.Tensor:
    return torch.stack([share * one for one, share in zip(noise_preds, shares, strict=True)]).sum(dim=0)
