"""What a model cannot draw, said in a sentence before the device is touched."""

from math import isfinite

from engine.api import Generate, ModelInfo, Start
from engine.errors import InvalidRequest

_MOST_STEPS = 500


def check(request: Generate, model: ModelInfo) -> None:
    """Refuse what cannot be drawn.

    Raises: InvalidRequest, for the first thing found.
    """
    for refusal in (
        _refuse_size(request, model),
        _refuse_prompts(request),
        _refuse_sampling(request, model),
        None if request.start is None else _refuse_start(request.start, request.num_inference_steps),
    ):
        if refusal is not None:
            raise InvalidRequest(refusal)


def _refuse_size(request: Generate, model: ModelInfo) -> str | None:
    multiple = model.size_multiple
    for name, pixels in (("width", request.width), ("height", request.height)):
        if pixels < multiple or pixels % multiple:
            return f"The {name} must be a multiple of {multiple} for {model.name}, not {pixels}."
    return None


def _refuse_prompts(request: Generate) -> str | None:
    weights = [prompt.weight for prompt in request.prompts]
    if not weights:
        return "There must be at least one prompt; it may be empty."
    if not all(isfinite(weight) for weight in weights) or sum(weights) <= 0:
        return "The weights of the prompts must sum to more than zero."
    if not request.seeds:
        return "There must be at least one seed."
    return None


def _refuse_sampling(request: Generate, model: ModelInfo) -> str | None:
    begin, end = request.guidance_interval
    if request.sampler not in model.samplers:
        return f"{model.name} has no sampler {request.sampler}. It has: {', '.join(model.samplers)}."
    if not 1 <= request.num_inference_steps <= _MOST_STEPS:
        return f"The steps must be between 1 and {_MOST_STEPS}, not {request.num_inference_steps}."
    unknown = next((lora.name for lora in request.loras if lora.name not in model.loras), None)
    if unknown is not None:
        return f"There is no LoRA named {unknown}. There is: {', '.join(model.loras) or 'none'}."
    if not isfinite(request.guidance_scale):
        return "The guidance scale must be a number."
    if not 0 <= begin <= end <= 1:
        return "The guidance interval must lie within 0 and 1."
    return None


def _refuse_start(start: Start, steps: int) -> str | None:
    if not 0 < start.strength <= 1:
        return f"The strength must be above 0 and at most 1, not {start.strength}."
    if int(steps * start.strength) < 1:
        return f"A strength of {start.strength} leaves none of {steps} steps. Raise either."
    return None
