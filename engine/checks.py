"""What a model cannot draw, said in a sentence before the device is touched."""

from collections.abc import Sequence
from math import isfinite

from engine.api import (
    MOST_WORDS,
    Capability,
    Classify,
    Control,
    Describe,
    Enlarge,
    Explain,
    Generate,
    Lora,
    Mask,
    Mixture,
    ModelInfo,
    Reference,
    Shorten,
    Spread,
    Start,
    Style,
    Variation,
    Weirdness,
)
from engine.api.windows import OVERLAP
from engine.errors import InvalidRequest
from engine.work.enlarging import FACTORS

_MOST_STEPS = 500
_MOST_IMAGES = 64
_LONGEST_SIDE = 16384
_MOST_GUIDANCE = 1000.0
_MOST_LORA_WEIGHT = 100.0
_MOST_CONTROLS = 8
_MOST_CONTROL_SCALE = 10.0
_MOST_FEATHER = 256
_MOST_REFERENCES = 8
_MOST_REFERENCE_WEIGHT = 10.0
_MOST_ANCESTORS = 64
_MOST_STYLES = 8
_MOST_STYLE_AMOUNT = 10.0
_WRONG_SEED = "A seed must be at least 0 and below 2 to the power of 64."


def check(request: Generate, model: ModelInfo) -> None:
    """Refuse what cannot be drawn.

    Raises: InvalidRequest, for the first thing found.
    """
    for refusal in (
        _refuse_size(request, model),
        _refuse_prompts(request),
        _refuse_styles(request.styles),
        _refuse_weirdness(request.weirdness),
        _refuse_sampling(request, model),
        _refuse_guidance(request),
        _refuse_loras(request.loras, model),
        _refuse_controls(request, model),
        _refuse_start(request.start, request.num_inference_steps, model),
        None if request.mask is None else _refuse_mask(request.mask, request.start),
        None if request.window is None else _refuse_window(request.window, request, model),
        _refuse_references(request.references, model),
        _refuse_spread(request.spread),
        _refuse_variation(request.variation),
    ):
        if refusal is not None:
            raise InvalidRequest(refusal)


def check_enlarging(request: Enlarge) -> None:
    """Refuse what cannot be enlarged.

    Raises: InvalidRequest.
    """
    if request.factor not in FACTORS:
        raise InvalidRequest(f"A picture can be enlarged 2 or 4 times, not {request.factor}.")
    side = max(request.picture.size) * request.factor
    if side > _LONGEST_SIDE:
        raise InvalidRequest(f"The enlarged picture must be at most {_LONGEST_SIDE} pixels long, not {side}.")


def check_explaining(request: Explain, model: ModelInfo) -> None:
    """Refuse what cannot be drawn once more to explain it.

    Raises: InvalidRequest, for the first thing found.
    """
    if len(request.drawing.seeds) != 1:
        raise InvalidRequest(f"One picture is explained at a time, not {len(request.drawing.seeds)}.")
    if request.drawing.num_windows > 1:
        raise InvalidRequest(
            "A picture that is drawn in windows cannot be explained: explain the one before."
        )
    check(request.drawing, model)


def check_looking(request: Describe | Shorten | Classify, model: ModelInfo) -> None:
    """Refuse what cannot be looked at or read.

    Raises: InvalidRequest.
    """
    match request:
        case Describe():
            if Capability.DESCRIBING not in model.capabilities:
                raise InvalidRequest(
                    f"{model.name} has nothing to look at pictures with. Set CAPTIONER to a captioner such "
                    "as Salesforce/blip-image-captioning-base."
                )
        case Classify():
            if Capability.CLASSIFYING not in model.capabilities:
                raise InvalidRequest(
                    f"{model.name} comes without a safety checker. Choose a copy of the model in diffusers "
                    "layout that has a folder safety_checker."
                )
        case Shorten(prompt=prompt):
            if not 1 <= len(prompt.split()) <= MOST_WORDS:
                raise InvalidRequest(
                    f"A prompt to shorten must have 1 to {MOST_WORDS} words, not {len(prompt.split())}."
                )


def _refuse_size(request: Generate, model: ModelInfo) -> str | None:
    multiple = model.size_multiple
    for name, pixels in (("width", request.width), ("height", request.height)):
        if pixels < multiple or pixels % multiple:
            return f"The {name} must be a multiple of {multiple} for {model.name}, not {pixels}."
        if pixels > _LONGEST_SIDE:
            return f"The {name} must be at most {_LONGEST_SIDE}, not {pixels}."
    return None


def _refuse_prompts(request: Generate) -> str | None:
    weights = [prompt.weight for prompt in request.prompts]
    if not weights:
        return "There must be at least one prompt; it may be empty."
    if not all(isfinite(weight) for weight in weights) or sum(weights) <= 0:
        return "The weights of the prompts must sum to more than zero."
    if not request.seeds:
        return "There must be at least one seed."
    if len(request.seeds) > _MOST_IMAGES:
        return f"There must be at most {_MOST_IMAGES} seeds, not {len(request.seeds)}."
    if not all(map(_is_seed, request.seeds)):
        return _WRONG_SEED
    return None


def _refuse_styles(styles: Sequence[Style]) -> str | None:
    if len(styles) > _MOST_STYLES:
        return f"A picture can be drawn in at most {_MOST_STYLES} styles, not {len(styles)}."
    for style in styles:
        if not style.words.strip():
            return "A style must have words."
        if not isfinite(style.amount) or abs(style.amount) > _MOST_STYLE_AMOUNT:
            return f"The amount of a style must be a number up to {_MOST_STYLE_AMOUNT:g}."
    return None


def _refuse_weirdness(weirdness: Weirdness | None) -> str | None:
    if weirdness is None:
        return None
    if not 0 <= weirdness.amount <= 1:
        return f"The weirdness must be from 0 to 1, not {weirdness.amount}."
    return None if _is_seed(weirdness.seed) else _WRONG_SEED


def _refuse_sampling(request: Generate, model: ModelInfo) -> str | None:
    if request.sampler not in model.samplers:
        return f"{model.name} has no sampler {request.sampler}. It has: {', '.join(model.samplers)}."
    if not 1 <= request.num_inference_steps <= _MOST_STEPS:
        return f"The steps must be between 1 and {_MOST_STEPS}, not {request.num_inference_steps}."
    if not 0 < request.stop <= 1:
        return f"The share of the steps to stop at must be above 0 and at most 1, not {request.stop}."
    return None


def _refuse_guidance(request: Generate) -> str | None:
    begin, end = request.guidance_interval
    if not isfinite(request.guidance_scale) or abs(request.guidance_scale) > _MOST_GUIDANCE:
        return f"The guidance scale must be a number up to {_MOST_GUIDANCE:g}."
    if not 0 <= request.guidance_rescale <= 1:
        return f"The rescaling of the guidance must be from 0 to 1, not {request.guidance_rescale}."
    if not 0 <= begin <= end <= 1:
        return "The guidance interval must lie within 0 and 1."
    return None


def _refuse_loras(loras: Sequence[Lora], model: ModelInfo) -> str | None:
    refused = {refusal.name: refusal.reason for refusal in model.refused_loras}
    if (reason := next((refused[lora.name] for lora in loras if lora.name in refused), None)) is not None:
        return reason
    unknown = next((lora.name for lora in loras if lora.name not in model.loras), None)
    if unknown is not None:
        return f"There is no LoRA named {unknown}. There is: {', '.join(model.loras) or 'none'}."
    if not all(isfinite(lora.weight) and abs(lora.weight) <= _MOST_LORA_WEIGHT for lora in loras):
        return f"The weight of a LoRA must be a number from -{_MOST_LORA_WEIGHT:g} to {_MOST_LORA_WEIGHT:g}."
    return None


def _refuse_controls(request: Generate, model: ModelInfo) -> str | None:
    controls = request.controls
    unknown = next((control.name for control in controls if control.name not in model.controls), None)
    if unknown is not None:
        return (
            f"{model.name} cannot follow a map by {unknown}: CONTROLNETS names nothing of that name that was "
            f"made for models like it. For this one there is: {', '.join(model.controls) or 'nothing'}."
        )
    if len(controls) > _MOST_CONTROLS:
        return f"A picture can follow at most {_MOST_CONTROLS} maps, not {len(controls)}."
    if controls and request.num_windows > 1:
        return "What is drawn in windows can follow no map. Draw it smaller, or without one."
    return next(filter(None, map(_refuse_control, controls)), None)


def _refuse_control(control: Control) -> str | None:
    begin, end = control.interval
    if not 0 <= control.scale <= _MOST_CONTROL_SCALE:
        return f"The scale of a control must be from 0 to {_MOST_CONTROL_SCALE:g}, not {control.scale}."
    if not 0 <= begin < end <= 1:
        return "The interval of a control must lie within 0 and 1, and end after it begins."
    return None


def _refuse_start(start: Start | None, steps: int, model: ModelInfo) -> str | None:
    if start is None:
        if Capability.INSTRUCTIONS not in model.capabilities:
            return None
        return f"{model.name} changes a picture as the text says: give it a picture to begin with."
    if not 1 <= start.image_guidance_scale <= _MOST_GUIDANCE:
        return f"How much the picture counts must be from 1 to {_MOST_GUIDANCE:g}."
    if not 0 < start.strength <= 1:
        return f"The strength must be above 0 and at most 1, not {start.strength}."
    if int(steps * start.strength) < 1:
        return f"A strength of {start.strength} leaves none of {steps} steps. Raise either."
    return _refuse_mixture(start.source, model) if isinstance(start.source, Mixture) else None


def _refuse_mixture(mixture: Mixture, model: ModelInfo) -> str | None:
    if Capability.INSTRUCTIONS in model.capabilities:
        return f"{model.name} changes one picture as the text says, and no mixture. Choose another model."
    if not mixture.pictures or len(mixture.pictures) != len(mixture.weights):
        return "A mixture needs at least one picture, and a weight for each."
    if not all(isfinite(weight) and weight >= 0 for weight in mixture.weights) or sum(mixture.weights) <= 0:
        return "The weights of a mixture must be 0 or more, and sum to more than zero."
    return None


def _refuse_mask(mask: Mask, start: Start | None) -> str | None:
    if start is None:
        return "The mask says which part of a picture is repainted: give the picture as the start."
    if isinstance(start.source, bytes):
        return "The mask needs the picture itself as the start, not its latents: what is outside must stay."
    if isinstance(start.source, Mixture):
        return "The mask needs one picture as the start, not a mixture: what is outside must stay."
    if not 0 <= mask.feather <= _MOST_FEATHER:
        return f"The feather of the mask must be from 0 to {_MOST_FEATHER} pixels, not {mask.feather}."
    return None


def _refuse_window(window: int, request: Generate, model: ModelInfo) -> str | None:
    multiple = model.size_multiple
    if window < OVERLAP * multiple or window % multiple:
        least = OVERLAP * multiple
        return f"The window must be a multiple of {multiple} and at least {least} pixels, not {window}."
    return None if request.num_windows == 1 else _refuse_in_windows(request, model)


def _refuse_in_windows(request: Generate, model: ModelInfo) -> str | None:
    if request.tiles:
        return "A picture that is drawn in windows cannot join itself. Draw it smaller, or without tiles."
    if request.mask is not None:
        return "What is drawn in windows is drawn whole: it can have no mask."
    if Capability.INSTRUCTIONS in model.capabilities:
        return f"{model.name} follows instructions for a whole picture, not in windows. Choose another model."
    if request.start is not None and isinstance(request.start.source, Mixture):
        return "What is drawn in windows begins from one picture, not from a mixture."
    return None


def _refuse_references(references: Sequence[Reference], model: ModelInfo) -> str | None:
    if references and Capability.REFERENCES not in model.capabilities:
        return f"{model.name} cannot look at pictures: set IP_ADAPTER to an IP-Adapter made for it."
    if len(references) > _MOST_REFERENCES:
        return f"At most {_MOST_REFERENCES} pictures can be looked at, not {len(references)}."
    for one in references:
        if not 0 <= one.weight <= _MOST_REFERENCE_WEIGHT:  # neither is a weight that is no number
            return (
                f"The weight of a reference must be from 0 to {_MOST_REFERENCE_WEIGHT:g}, not {one.weight}."
            )
        if not 0 <= one.interval[0] <= one.interval[1] <= 1:
            return "The interval of a reference must lie within 0 and 1."
    return None


def _refuse_spread(spread: Spread | None) -> str | None:
    if spread is None:
        return None
    if not 0 <= spread.amount <= 1:
        return f"The spread must be from 0 to 1, not {spread.amount}."
    return None if _is_seed(spread.seed) else _WRONG_SEED


def _refuse_variation(variation: Variation | None) -> str | None:
    for _ in range(_MOST_ANCESTORS):
        if variation is None:
            return None
        if not 0 <= variation.strength <= 1:
            return f"The strength of a variation must be from 0 to 1, not {variation.strength}."
        if not _is_seed(variation.seed):
            return _WRONG_SEED
        if (refusal := _refuse_spread(variation.spread)) is not None:
            return refusal
        variation = variation.variation
    return None if variation is None else f"A variation goes back {_MOST_ANCESTORS} pictures at most."


def _is_seed(seed: int) -> bool:
    return 0 <= seed < 2**64
