"""What members ask for, as a stream: grids, drafts, variations and single pictures, arriving at random."""

from dataclasses import dataclass, replace
from random import Random

import numpy as np
from PIL import Image

from engine.api import Generate, Start, WeightedPrompt

SHORT_STEPS = 8
"""A request of at most so many steps is a short one."""

_PROMPTS = ("a red apple", "a penguin", "a lighthouse", "a boat", "a cat")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A request, and when it comes in units of the mean time between two."""

    at: float
    request: Generate

    @property
    def is_short(self) -> bool:
        """Whether it is a draft, which nobody should wait long for."""
        return self.request.num_inference_steps <= SHORT_STEPS


def poisson_traffic(
    *, seed: int, count: int, model: str, size: int, heavy_share: float = 0.0
) -> list[Arrival]:
    """Requests at exponential intervals, mean one.

    Half are grids of 20 to 50 steps, 15 % drafts of 4 to 8 steps without guidance, 15 % variations of a
    picture, the rest single pictures. A share comes from one heavy key, the others from five light ones.
    """
    random = Random(seed)
    at, arrivals = 0.0, []
    for number in range(count):
        at += random.expovariate(1.0)
        request = _request(random, number=number, model=model, size=size)
        key = "heavy" if random.random() < heavy_share else f"light {random.randrange(5)}"
        arrivals.append(Arrival(at=at, request=replace(request, fairness_key=key)))
    return arrivals


def grid(random: Random, *, number: int, model: str, size: int) -> Generate:
    """Four pictures in 20 to 50 steps."""
    return Generate(
        model=model,
        prompts=(WeightedPrompt(text=f"{random.choice(_PROMPTS)} {number}"),),  # no text is cached yet
        width=size,
        height=size,
        seeds=tuple(range(4 * number, 4 * number + 4)),
        num_inference_steps=random.randrange(20, 51),
        guidance_scale=7.0,
        sampler=random.choice(("dpmpp-2m", "euler", "euler-a", "ddim")),
    )


def _request(random: Random, *, number: int, model: str, size: int) -> Generate:
    request = grid(random, number=number, model=model, size=size)
    kind = random.random()
    if kind < 0.50:
        return request
    if kind < 0.65:
        return replace(request, num_inference_steps=random.randrange(4, 9), guidance_scale=1.0, sampler="lcm")
    if kind < 0.80:
        start = Start(source=_picture(number, size), strength=random.uniform(0.4, 0.8))
        return replace(request, start=start)
    return replace(request, seeds=request.seeds[:1])


def _picture(seed: int, size: int) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(0, 255, (4, 4, 3), dtype=np.uint8)
    return Image.fromarray(pixels).resize((size, size))
