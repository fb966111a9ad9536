"""Mixture: several pictures as one, on the way from one's latents to the other's."""

from collections.abc import Sequence

import torch

from engine.conditioning.noise import slerp


def mixed(latents: Sequence[torch.Tensor], weights: Sequence[float]) -> torch.Tensor:
    """What lies between the latents (1, c, h, w) of some pictures: as strong as they are, not as their mean.

    A straight mean of two is weaker than either, and its picture paler. A weight of 0 leaves its picture out.
    """
    counted = [pair for pair in zip(latents, weights, strict=True) if pair[1] > 0]
    mixture, total = counted[0]
    for one, weight in counted[1:]:
        total += weight
        mixture = slerp(mixture, one, weight / total)
    return mixture
