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
    """Factor of (this prediction - the other's). The first guide is the base; its own weight is not used."""
    against: int = 0
    """Which guide's prediction this one's is counted against; 0 is the base."""
    sees_start: bool = True
    """Whether it is shown the picture of the start, where the U-Net is."""
    is_wanted: bool = True
    """Whether its text is the prompt's, and not what to move away from."""


def guided(
    parts: Sequence[TextEncoding], weights: Sequence[float], negative: TextEncoding, guidance_scale: float
) -> tuple[Guide, ...]:
    """Classifier-free guidance (Ho & Salimans 2022) away from `negative`, towards each part by its weight."""
    base = Guide(encoding=negative, weight=1.0, is_wanted=False)
    shares = normalised(weights)
    return base, *(
        Guide(encoding=part, weight=guidance_scale * share) for part, share in zip(parts, shares, strict=True)
    )


def instructed(
    parts: Sequence[TextEncoding],
    weights: Sequence[float],
    negative: TextEncoding,
    guidance_scale: float,
    image_guidance_scale: float,
) -> tuple[Guide, ...]:
    """Guidance by instructions for a picture (Brooks et al. 2023).

    From neither text nor picture towards the picture, and from the picture without a text towards each part.
    """
    base = Guide(encoding=negative, weight=1.0, sees_start=False, is_wanted=False)
    shown = Guide(encoding=negative, weight=image_guidance_scale, is_wanted=False)
    shares = normalised(weights)
    return (
        base,
        *(
            Guide(encoding=part, weight=guidance_scale * share, against=len(parts) + 1)
            for part, share in zip(parts, shares, strict=True)
        ),
        shown,
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
    """base + Σ weight·(prediction - what it is against), (n, c, h, w), in float32 and the pipelines' order.

    `factors` (n, 1, 1, 1) are by what each picture's weights are multiplied.
    """
    noise_pred = noise_preds[0]
    for prediction, guide in zip(noise_preds[1:], guides[1:], strict=True):
        weight = guide.weight if factors is None else guide.weight * factors
        noise_pred = noise_pred + weight * (prediction - noise_preds[guide.against])
    return noise_pred


def rescaled(
    noise_pred: torch.Tensor, noise_preds: Sequence[torch.Tensor], guides: Sequence[Guide], share: float
) -> torch.Tensor:
    """A guided prediction (n, c, h, w), by this share brought back to how strong the texts' own are.

    Guidance makes predictions stronger than those in training, and pictures over-exposed (Lin et al. 2024).
    """
    wanted = [index for index, guide in enumerate(guides) if guide.is_wanted]
    shares = normalised([guides[index].weight for index in wanted])
    texts = [noise_preds[index] for index in wanted]
    text = texts[0] if len(texts) == 1 else _weighted(texts, shares)
    rescaled: torch.Tensor = rescale_noise_cfg(noise_pred, text, guidance_rescale=share)
    return rescaled


def _weighted(noise_preds: Sequence[torch.Tensor], shares: Sequence[float]) -> torch.Tensor:
    return torch.stack([share * one for one, share in zip(noise_preds, shares, strict=True)]).sum(dim=0)
