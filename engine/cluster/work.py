"""What a request needs of the replica that is to draw it, and how much work it is there. Pure."""

from dataclasses import dataclass

from engine.api import (
    Capability,
    Classify,
    Describe,
    Enlarge,
    Explain,
    Generate,
    ModelInfo,
    Request,
    Shorten,
)

_GUIDES = 2
"""Rows of a picture: with its text, and without."""
_LOOKING_STEPS = 4
"""What looking at a picture or at a prompt takes, in steps of one image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A request on its way to a replica."""

    number: int
    """In order of arrival."""
    request: Request
    queued_at: float
    deaths: int = 0
    """How many replicas were lost while they drew it."""


def model_of(request: Request) -> str | None:
    """The model that a request names; None where any replica will do."""
    match request:
        case Generate() | Describe() | Shorten() | Classify():
            return request.model
        case Explain():
            return request.drawing.model
        case Enlarge():
            return None


def is_able(request: Request, models: dict[str, ModelInfo], known: dict[str, ModelInfo]) -> bool:
    """Whether a replica with these models draws the request as anybody's would.

    `known` is what all replicas together have: the same name means the same weights.
    """
    name = model_of(request)
    if name is None:
        return True
    here = models.get(name)
    if here is None or here.hash != known[name].hash:
        return False
    return _can_do(request, here, known[name])


def _can_do(request: Request, here: ModelInfo, known: ModelInfo) -> bool:
    match request:
        case Generate():
            return _can_draw(request, here, known)
        case Explain():
            return _can_draw(request.drawing, here, known)
        case Describe():
            return _has(Capability.DESCRIBING, here, known)
        case Classify():
            return _has(Capability.CLASSIFYING, here, known)
        case Enlarge() | Shorten():
            return True


def _has(capability: Capability, here: ModelInfo, known: ModelInfo) -> bool:
    """What none can is refused by whichever is asked, in its own sentence."""
    return capability in here.capabilities or capability not in known.capabilities


def _can_draw(request: Generate, here: ModelInfo, known: ModelInfo) -> bool:
    elsewhere = [*(set(known.loras) - set(here.loras)), *(set(known.controls) - set(here.controls))]
    named = {lora.name for lora in request.loras} | {control.name for control in request.controls}
    learnt = set(known.embeddings) - set(here.embeddings)
    texts = [request.negative_prompt, *(part.text for part in request.prompts)]
    return (
        not named.intersection(elsewhere)
        and not any(word in text for word in learnt for text in texts)
        and (not request.references or _has(Capability.REFERENCES, here, known))
    )


def rows_of(request: Request) -> int:
    """Rows that it brings to a forward pass, at most, at the model's own size."""
    if not isinstance(request, Generate):
        return 1
    guides = _GUIDES if request.guidance_scale > 1 else 1
    return len(request.seeds) * request.num_windows * guides


def seconds_of(request: Request, models: dict[str, ModelInfo]) -> float:
    """Device seconds that it will roughly take where these models are; they have the one that it names."""
    match request:
        case Generate():
            return _drawing_seconds(request, models[request.model])
        case Explain():
            return 2 * _drawing_seconds(request.drawing, models[request.drawing.model])
        case Enlarge():
            info = next(iter(models.values()))
            width, height = (request.factor * side for side in request.picture.size)
            return info.estimate_enlarging(width=width, height=height)
        case Describe() | Shorten() | Classify():
            return _LOOKING_STEPS * models[request.model].seconds_per_image_step


def _drawing_seconds(request: Generate, info: ModelInfo) -> float:
    steps = max(1, round(request.num_inference_steps * request.stop))
    if request.start is not None:
        steps = max(1, round(steps * request.start.strength))
    if request.window is not None:
        each = info.estimate_windows(width=request.width, height=request.height, steps=steps)
        return each * len(request.seeds)
    return info.estimate_seconds(
        width=request.width, height=request.height, steps=steps, num_images=len(request.seeds)
    )
