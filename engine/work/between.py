"""What is asked for and takes part in no forward pass: the work that it is, and what it costs."""

from dataclasses import dataclass

from engine.api import Between, ModelInfo
from engine.work import enlarging
from engine.work.slices import Counted, Enlarging


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a request takes, as far as can be known before it begins."""

    num_bytes: int
    """On the device, beside the weights."""
    seconds: float
    """Of the device."""


def slices_of(request: Between) -> Counted:
    """The work, which has not begun."""
    return Enlarging(request)


def cost_of(request: Between, model: ModelInfo) -> Cost:
    """What the work takes, where this is the default model."""
    width, height = (side * request.factor for side in request.picture.size)
    return Cost(
        num_bytes=enlarging.num_bytes(request),
        seconds=model.estimate_enlarging(width=width, height=height),
    )
