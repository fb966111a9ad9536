"""What a prompt asks of the models at hand: a model, a sampler, LoRAs; what does not fit, with its cure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from bot.domain.echo import echo_code
from bot.domain.errors import PromptError
from bot.domain.loras import ChosenLora
from bot.domain.parameters import Parameters
from bot.domain.prompt import Prompt, joined
from bot.domain.sentences import Sentence, say
from bot.domain.studio import ANY_VERSION, Studio
from bot.services.models import Models
from engine.api import ModelInfo

_SURE = 0.75
"""How like a name another must be to be certainly that one, as difflib measures it."""
_MOST_NAMED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """A parameter that asks for what is not here."""

    field: str
    says: Sentence
    without: Any = None
    """The value less what does not fit."""
    cure: Any = None
    """The value as it was certainly meant; None where nobody knows."""


def refusal(prompts: Sequence[Prompt], misfits: Sequence[Sequence[Misfit]]) -> PromptError:
    """All that does not fit in the prompts of a text, and how they read without it, or as they were meant."""
    told = dict.fromkeys(misfit.says for each in misfits for misfit in each)
    error = PromptError(*told)
    pairs = list(zip(prompts, misfits, strict=True))
    error.without = joined(
        [_with(prompt, {one.field: one.without for one in each}) for prompt, each in pairs]
    )
    if all(one.cure is not None for each in misfits for one in each):
        error.fixed = joined([_with(prompt, {one.field: one.cure for one in each}) for prompt, each in pairs])
    return error


def _with(prompt: Prompt, values: Mapping[str, Any]) -> str:
    return str(replace(prompt, parameters=replace(prompt.parameters, **values)))


def chosen_model(parameters: Parameters, models: Models, studio: Studio) -> ModelInfo | None:
    """The model that a prompt asks for by name, version or `--niji`; None where that may not be used.

    Raises: Unavailable, where it asks for none and there is none.
    """
    if parameters.model is not None:
        return models.find(parameters.model, studio)
    if parameters.version is not None:
        return models.find(parameters.version, studio) or models.find(ANY_VERSION, studio)
    if parameters.niji is not None:
        return models.find(f"niji{parameters.niji}", studio) or models.find("niji", studio)
    return models.usual(studio)


def misfits(parameters: Parameters, models: Models, studio: Studio) -> tuple[Misfit, ...]:
    """All that a prompt asks for and cannot have here.

    Raises: Unavailable.
    """
    model = chosen_model(parameters, models, studio)
    missing = () if model is not None else (_no_model(parameters, models, studio),)
    draws = model or models.usual(studio)  # without what is missing
    return (*missing, *_sampler(parameters, draws), *_loras(parameters, draws, studio), *_hd(parameters))


def fitted_loras(parameters: Parameters, model: ModelInfo) -> tuple[ChosenLora, ...]:
    """The LoRAs of a prompt that fits, by the engine's names."""
    known = {_plain(name): name for name in model.loras}
    return tuple(replace(lora, name=known[_plain(lora.name)]) for lora in parameters.loras)


def _no_model(parameters: Parameters, models: Models, studio: Studio) -> Misfit:
    usual = models.usual(studio)
    if parameters.model is None:
        field = "version" if parameters.version is not None else "niji"
        typed = f"--v {parameters.version}" if field == "version" else f"--niji {parameters.niji}".strip()
        return Misfit(
            field=field,
            says=say(
                "This server has no model for `{typed}`. Without it {model} draws; /models tells what else "
                "there is. Moderators can have {model} draw it always: `{names}` among the model-names of "
                "/guild set.",
                typed=echo_code(typed),
                model=usual.name,
                names=f"{ANY_VERSION if field == 'version' else 'niji'}={usual.name}",
            ),
        )
    offered = models.offered(studio)
    says = say(
        "There is no model named `{name}` here. There is {names}.",
        name=echo_code(parameters.model, limit=40),
        names=_listed(model.name for model in offered),
    )
    return Misfit(field="model", says=says, cure=_near(parameters.model, [model.name for model in offered]))


def _sampler(parameters: Parameters, model: ModelInfo) -> Iterator[Misfit]:
    if parameters.sampler is not None and parameters.sampler not in model.samplers:
        says = say(
            "`--sampler {sampler}` does not suit {model}. There is {samplers}.",
            sampler=parameters.sampler,
            model=model.name,
            samplers=", ".join(f"`{name}`" for name in model.samplers),
        )
        yield Misfit(field="sampler", says=says)


def _hd(parameters: Parameters) -> Iterator[Misfit]:
    if parameters.is_hd:
        says = say(
            "`--hd` is not here. **Upscale (Creative)**, under a single picture, draws it twice as large."
        )
        yield Misfit(field="is_hd", says=says, without=False)


def _loras(parameters: Parameters, model: ModelInfo, studio: Studio) -> Iterator[Misfit]:
    """One misfit for all of them: they are one value."""
    known = {_plain(name): name for name in model.loras if studio.allows_lora(name)}
    names = [_plain(lora.name) for lora in parameters.loras]
    wrong = [lora for lora in parameters.loras if _plain(lora.name) not in known]
    if not wrong and len(set(names)) == len(names):
        return
    fitting = {_plain(lora.name): lora for lora in parameters.loras if lora not in wrong}
    cures = [_near(lora.name, list(known.values())) for lora in wrong]
    meant = [
        replace(lora, name=cure.replace(" ", "-"))  # as it can be typed
        for lora, cure in zip(wrong, cures, strict=True)
        if cure is not None
    ]
    cure = None if wrong and (len(meant) < len(wrong)) else (*fitting.values(), *meant)
    says = _no_lora(wrong[0], model, known, cures[0]) if wrong else _twice(names, parameters.loras)
    yield Misfit(field="loras", says=says, without=tuple(fitting.values()), cure=cure)


def _twice(names: Sequence[str], loras: Sequence[ChosenLora]) -> Sentence:
    twice = next(lora.name for name, lora in zip(names, loras, strict=True) if names.count(name) > 1)
    return say("`--lora {name}` appears twice: keep one of them.", name=echo_code(twice, limit=40))


def _no_lora(lora: ChosenLora, model: ModelInfo, known: Mapping[str, str], near: str | None) -> Sentence:
    name = echo_code(lora.name, limit=40)
    reasons = {_plain(refused.name): refused.reason for refused in model.refused_loras}
    if _plain(lora.name) in reasons:
        return say(
            "The LoRA `{name}` cannot be used with {model}: {reason}",
            name=name,
            model=model.name,
            reason=reasons[_plain(lora.name)],
        )
    if not known:
        return say(
            "There is no LoRA for {model} here, so not `{name}` either. Whoever runs this bot can add some "
            "(LORAS).",
            name=name,
            model=model.name,
        )
    names = _listed(known.values())
    if near is not None:
        return say(
            "There is no LoRA named `{name}` for {model}. Did you mean `{near}`? There is {names}.",
            name=name,
            model=model.name,
            near=near,
            names=names,
        )
    return say(
        "There is no LoRA named `{name}` for {model}. There is {names}.",
        name=name,
        model=model.name,
        names=names,
    )


def _listed(names: Iterable[str]) -> str:
    shown = [f"`{echo_code(name, limit=40)}`" for name in names]
    return ", ".join([*shown[:_MOST_NAMED], *(["…"] if len(shown) > _MOST_NAMED else [])])


def _near(typed: str, names: Sequence[str]) -> str | None:
    """The name that was certainly meant."""
    known = {_plain(name): name for name in names}
    found = get_close_matches(_plain(typed)[:80], known, n=2, cutoff=_SURE)
    return known[found[0]] if found else None


def _plain(name: str) -> str:
    """A name as people may write it: capitals, blanks, hyphens and underlines are all the same."""
    return "".join(char for char in name.casefold() if char not in " _-")
