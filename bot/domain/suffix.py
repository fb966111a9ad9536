"""What a member's own settings add to a prompt: what was typed counts first, then the suffix, then the rest.

suffix = text parameters        the text goes behind the prompt's, the parameters where it gives none
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bot.domain.errors import PromptError
from bot.domain.parameters import ROWS, Parameters, given
from bot.domain.parameters.together import contradictions
from bot.domain.preferences import Preferences
from bot.domain.prompt import Part, Prompt, parse
from bot.domain.prompt.expand import expand
from bot.domain.sentences import say
from bot.domain.speeds import typed_speed

MAX_SUFFIX = 500
"""Characters."""
_STAND_IN = "x"
"""In place of the prompt, while a suffix is read alone."""


class SuffixMisfit(PromptError):
    """A prompt and its member's suffix cannot be read together; `without` is the prompt as it was typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suffix:
    """A suffix that was read."""

    parts: tuple[Part, ...] = ()
    parameters: Parameters = field(default_factory=Parameters)


def read_suffix(text: str) -> Suffix:
    """What a suffix says.

    Raises: PromptError, with every mistake.
    """
    count = expand(text).count
    if count > 1:
        raise PromptError(
            say("A suffix is one, without choices: leave the braces out, and type them where you want them.")
        )
    prompt = parse(f"{_STAND_IN} {text}")
    if prompt.parameters.repeat is not None:
        raise PromptError(say("A suffix does not repeat each prompt: type `--repeat` where you want it."))
    if typed_speed(prompt) is not None:
        raise PromptError(say("A suffix says nothing of speed: /fast, /relax and /turbo do."))
    first, *others = prompt.parts
    own = replace(first, text=first.text.removeprefix(_STAND_IN).strip())
    return Suffix(parts=(*([own] if own.text else []), *others), parameters=prompt.parameters)


def applied(prompt: Prompt, preferences: Preferences) -> Prompt:
    """A prompt with what its member's settings add.

    Raises: SuffixMisfit.
    """
    suffix = read_suffix(preferences.suffix) if preferences.suffix else Suffix()
    parameters = prompt.parameters
    for more in (suffix.parameters, _parameters(preferences)):
        parameters = _filled(parameters, more)
    whole = replace(prompt, parts=_joined(prompt.parts, suffix.parts), parameters=parameters)
    return whole if whole == prompt else _checked(whole, prompt)


def added(typed: Prompt, whole: Prompt) -> str:
    """What the settings added, as it would be typed."""
    before, after = [part.text for part in typed.parts], [part.text for part in whole.parts]
    text = after[len(before) :]
    if before and len(after) >= len(before):
        text = [after[len(before) - 1].removeprefix(before[-1]), *text]
    known = given(typed.parameters)
    more = {name: value for name, value in given(whole.parameters).items() if known.get(name) != value}
    flags = [f"--{name} {value}".rstrip() for name, value in more.items()]
    return " ".join(filter(None, [" ".join(text).strip(), *flags]))


def _parameters(preferences: Preferences) -> Parameters:
    return Parameters(model=preferences.model, stylize=preferences.stylize, is_raw=preferences.is_raw)


def _filled(parameters: Parameters, more: Parameters) -> Parameters:
    """The parameters, and of more what neither is given nor contradicts it. What is not wanted is a list."""
    added = [name for name in ROWS if _is_given(more, name)]
    names = [name for name in ROWS if _is_given(parameters, name)] if added else []
    for name in added:
        if name not in names and len([*contradictions([*names, name])]) <= len([*contradictions(names)]):
            parameters, names = replace(parameters, **{name: getattr(more, name)}), [*names, name]
    return replace(parameters, negative=tuple(dict.fromkeys([*parameters.negative, *more.negative])))


_NOTHING = Parameters()


def _is_given(parameters: Parameters, name: str) -> bool:
    return bool(getattr(parameters, name) != getattr(_NOTHING, name))


def _joined(parts: tuple[Part, ...], more: Iterable[Part]) -> tuple[Part, ...]:
    """A suffix without weights goes on where the text ends; one with weights stands beside it."""
    more = tuple(more)
    if len(more) != 1 or not parts or (more[0].weight, parts[-1].weight) != (1, 1):
        return (*parts, *more)
    glue = "" if more[0].text[:1] in ",.;:" else " "
    return (*parts[:-1], replace(parts[-1], text=f"{parts[-1].text}{glue}{more[0].text}"))


def _checked(whole: Prompt, typed: Prompt) -> Prompt:
    """Raises: SuffixMisfit."""
    try:
        parse(str(whole))
    except PromptError as error:
        told = say("So it reads with your suffix. Draw it without, or change the suffix in /settings.")
        refusal = SuffixMisfit(*error.sentences, told)
        refusal.without = str(typed)
        raise refusal from None
    return whole
