"""What is asked for and takes part in no forward pass: the work that it is, and what it costs."""

from dataclasses import dataclass

from engine.api import Between, Enlarge, Explain
from engine.library import Library
from engine.work import enlarging, explaining
from engine.work.explaining import Explaining
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
    match request:
        case Enlarge():
            return Enlarging(request)
        case Explain():
            return Explaining(request)


def models_of(request: Between) -> tuple[str, ...]:
    """The models without which it cannot go on."""
    match request:
        case Enlarge():
            return ()
        case Explain():
            return (request.drawing.model,)


def cost_of(request: Between, library: Library) -> Cost:
    """What the work takes.

    Raises: ModelNotFound.
    """
    match request:
        case Enlarge():
            width, height = (side * request.factor for side in request.picture.size)
            seconds = library.models()[0].estimate_enlarging(width=width, height=height)
            return Cost(num_bytes=enlarging.num_bytes(request), seconds=seconds)
        case Explain(drawing=drawing):
            seconds = library.entry(drawing.model).info.estimate_seconds(
                width=drawing.width, height=drawing.height, steps=drawing.num_inference_steps, num_images=1
            )
            return Cost(num_bytes=explaining.num_bytes(request, library), seconds=seconds)
