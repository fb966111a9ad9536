"""What is asked for and takes part in no forward pass: the work that it is, and what it costs."""

from dataclasses import dataclass

from engine.api import Between, Classify, Describe, Enlarge, Explain, Shorten
from engine.library import Library
from engine.work import classifying, describing, enlarging, explaining, shortening
from engine.work.classifying import Classifying
from engine.work.describing import Describing
from engine.work.explaining import Explaining
from engine.work.shortening import Shortening
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
        case Describe():
            return Describing(request)
        case Shorten():
            return Shortening(request)
        case Classify():
            return Classifying(request)


def models_of(request: Between) -> tuple[str, ...]:
    """The models without which it cannot go on."""
    match request:
        case Enlarge() | Describe() | Classify():
            return ()
        case Shorten():
            return (request.model,)
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
        case Describe():
            return Cost(num_bytes=describing.NUM_BYTES, seconds=_seconds(request, library, steps=5))
        case Shorten():
            steps = len(request.prompt.split()) / 2
            return Cost(num_bytes=shortening.NUM_BYTES, seconds=_seconds(request, library, steps=steps))
        case Classify():
            return Cost(num_bytes=classifying.NUM_BYTES, seconds=_seconds(request, library, steps=2))


def _seconds(request: Describe | Shorten | Classify, library: Library, *, steps: float) -> float:
    """A guess by what as many steps of one picture take: nobody measured it before it is asked for."""
    return steps * library.entry(request.model).info.seconds_per_image_step
