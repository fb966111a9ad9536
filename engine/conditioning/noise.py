"""Variation and spread: noise near another picture's, and how far those of one grid lie from each other."""

from collections.abc import Sequence
from math import sqrt

import torch
from diffusers.utils.torch_utils import randn_tensor

from engine.api import Spread, Variation, Weirdness
from engine.text import TextEncoding

_SHARED = 0.3
"""Of the variance of the noise, what those of a grid have in common where the spread is 0."""
_OTHER_READING = 0.75
"""How far from its encoding a text is read where the spread is 1, against the encoding's own size."""
_OTHER_GUIDANCE = 0.4
"""By which share the guidance of a picture is stronger or weaker at most, where the spread is 1."""
_WEIRD_READING = 4.0
"""How far from its encoding a text is read at the most weird, against the encoding's own size."""
_STREAMS = {
    "shared": 0x5BD1E995,
    "reading": 0x1B873593,
    "guidance": 0x2C1B3C6D,
    "weird": 0x85EBCA6B,
}
"""What tells the random numbers of a purpose from those of the same seed for another."""


class Steering:
    """Brings the noise of pictures nearer to that of their grid and of their ancestor, draw after draw: what
    they begin with, and what a sampler adds in its steps. Those drew theirs in the same order.
    """

    def __init__(self, *, spread: Spread | None, variation: Variation | None) -> None:
        self._shared = 0.0 if spread is None else _SHARED * (1 - spread.amount)
        self._grid = None if spread is None else _stream(spread.seed, "shared")
        self._strength = 1.0 if variation is None else variation.strength
        self._ancestor = None if variation is None else torch.Generator().manual_seed(variation.seed)
        self._of_ancestor = (
            None if variation is None else Steering(spread=variation.spread, variation=variation.variation)
        )

    def steered(self, noise: torch.Tensor) -> torch.Tensor:
        """The next noise (n, c, h, w), of which each picture has drawn its own."""
        if self._grid is not None:
            common = _drawn(self._grid, noise)
            noise = sqrt(1 - self._shared) * noise + sqrt(self._shared) * common
        if self._ancestor is not None and self._of_ancestor is not None:
            ancestor = self._of_ancestor.steered(_drawn(self._ancestor, noise))
            noise = slerp(ancestor, noise, self._strength)
        return noise


def slerp(begin: torch.Tensor, end: torch.Tensor, share: float) -> torch.Tensor:
    """Along the great circle from one noise (1 or n, c, h, w) to another: it stays as strong as noise is."""
    directions = [one.flatten(1) / one.flatten(1).norm(dim=1, keepdim=True) for one in (begin, end)]
    cosine = (directions[0] * directions[1]).sum(dim=1).clamp(-1, 1).view(-1, 1, 1, 1)
    angle = torch.acos(cosine)
    sine = torch.sin(angle)
    between = (torch.sin((1 - share) * angle) * begin + torch.sin(share * angle) * end) / sine
    return torch.where(sine.abs() < 1e-4, (1 - share) * begin + share * end, between)


def read_apart(
    encoding: TextEncoding, seeds: Sequence[int], spread: Spread | None, *, part: int
) -> TextEncoding:
    """One part of a prompt as each picture reads it, (n, tokens, width); unchanged without a spread."""
    embeds = encoding.prompt_embeds
    if spread is None or spread.amount == 0:
        return encoding
    size = embeds.abs().median()  # a few numbers of an encoding are many times as large as all others
    others = torch.cat([_drawn(_stream(seed + part, "reading"), embeds) for seed in seeds])
    read = embeds + _OTHER_READING * spread.amount * size * others
    return TextEncoding(prompt_embeds=read, pooled_prompt_embeds=encoding.pooled_prompt_embeds)


def read_otherwise(encoding: TextEncoding, weirdness: Weirdness | None, *, part: int) -> TextEncoding:
    """One part of a prompt as all pictures of a request read it, (1, tokens, width), off the usual way."""
    if weirdness is None or weirdness.amount == 0:
        return encoding
    embeds = encoding.prompt_embeds
    other = _drawn(_stream(weirdness.seed + part, "weird"), embeds)
    read = embeds + _WEIRD_READING * weirdness.amount * embeds.abs().median() * other
    return TextEncoding(prompt_embeds=read, pooled_prompt_embeds=encoding.pooled_prompt_embeds)


def guidance_factors(
    seeds: Sequence[int], spread: Spread | None, device: torch.device
) -> torch.Tensor | None:
    """By what the guidance of each picture is multiplied, (n, 1, 1, 1); None for all by one."""
    if spread is None or spread.amount == 0:
        return None
    drawn = [torch.rand(1, generator=_stream(seed, "guidance")) * 2 - 1 for seed in seeds]
    factors = 1 + _OTHER_GUIDANCE * spread.amount * torch.cat(drawn)
    return factors.view(-1, 1, 1, 1).to(device)


def _stream(seed: int, purpose: str) -> torch.Generator:
    return torch.Generator().manual_seed((seed ^ _STREAMS[purpose]) % 2**64)


def _drawn(generator: torch.Generator, like: torch.Tensor) -> torch.Tensor:
    """Noise for one picture, (1, …), of a shape like this."""
    noise: torch.Tensor = randn_tensor((1, *like.shape[1:]), generator, like.device, like.dtype)
    return noise
