"""Parameters that are wrong: unknown, without a value, repeated, in the way of text. Each with its cure."""

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.echo import echo_code
from bot.domain.errors import PromptError
from bot.domain.parameters import FIELDS, ROWS, Parameter, Parameters
from bot.domain.parameters.together import (
    contradictions,
    loneliness,
    lonely,
    seeds_that_differ,
    without_contradictions,
)
from bot.domain.prompt.cleaning import narrow
from bot.domain.prompt.marks import MAX_PARAMETERS, Given
from bot.domain.prompt.names import meant_name
from bot.domain.sentences import Sentence, say, say_n

MAX_MISTAKES = 10
"""More than anybody reads; the rest is counted."""

_ENDING = " .,;:。、，；!\"'*_”’“»"
"""What ends a sentence, or a quotation, and no value."""
_BEGINNING = _ENDING.replace(".", "") + "“„«#=([<"
_UNIT = re.compile(r"([0-9])[%x)\]>]+$", re.IGNORECASE)
"""`80%`, `4x` and `(3:2)` are the number."""
_SWITCHES: Mapping[str, bool] = {
    **dict.fromkeys(("true", "on", "yes", "1", "mode"), True),
    **dict.fromkeys(("false", "off", "no", "0"), False),
}
"""What is no value of a parameter that has none, and whether it says that it is wanted."""
_APART = re.compile(r"(?<=[0-9])\s*+([:/x×*])\s*+(?=[0-9])")


def at_most(limit: int, mistakes: list[Sentence]) -> list[Sentence]:
    """So many of the mistakes, and how many more there are."""
    if len(mistakes) <= limit:
        return mistakes
    rest = len(mistakes) - limit
    return [*mistakes[:limit], say_n("And one more mistake.", "And {count} more mistakes.", rest)]


class Misplaced(PromptError):
    """A value that is glued to its name, or followed by text."""

    moved: Sequence[str] = ()
    """The words of the text."""


class Unusable(PromptError):
    """A value that is wrong, and nothing but the value: the prompt can be drawn without its parameter."""


@dataclass(slots=True, kw_only=True)
class Read:
    """What came of the parameters of a prompt."""

    parameters: Parameters | None = dataclasses.field(default_factory=Parameters)
    """As they were meant, less those whose value cannot be used; None where that is not known."""
    mistakes: list[Sentence] = dataclasses.field(default_factory=list)
    """Of how they are written."""
    unusable: list[Sentence] = dataclasses.field(default_factory=list)
    """Of what can be left out."""
    is_less: bool = False
    """Whether something that was given is not among these."""
    fixed: Parameters | None = None
    """As they were certainly meant, where that is so of all that is wrong."""
    moved: list[str] = dataclasses.field(default_factory=list)
    """Text that stood behind a parameter, and belongs before them."""

    def of_recipe(self, recipe: Parameters | None) -> "Read":
        """The same, where all but the LoRAs, which stand in its text, is known from a recipe."""
        if recipe is None or self.parameters is None:
            return self
        settled = replace(recipe, loras=self.parameters.loras)
        return replace(self, parameters=settled, fixed=settled if self.fixed is not None else None)

    def add(self, error: PromptError) -> None:
        """Take note of a value that is wrong."""
        (self.unusable if isinstance(error, Unusable) else self.mistakes).extend(error.mistakes)
        self.moved += error.moved if isinstance(error, Misplaced) else []


@dataclass(slots=True)
class _Values:
    """What the parameters were given, by field, in the order of their names in the text."""

    kept: dict[str, list[Any]] = dataclasses.field(default_factory=dict)

    def add(self, field: str, value: Any) -> None:
        """Another value of a field: lists are joined; of others, all are kept, to be compared."""
        values = self.kept.setdefault(field, [])
        if isinstance(value, tuple) and values:
            values[-1] = tuple(dict.fromkeys([*values[-1], *value]))
        else:
            values.append(value)

    def contrary(self, given: Iterable[Given]) -> list[Sentence]:
        """What cannot be together."""
        last = {field: values[-1] for field, values in self.kept.items()}
        return [*_repeated(given, self.kept), *contradictions(self.kept), *seeds_that_differ(last)]

    def last(self) -> Parameters:
        """The parameters, each as it was given last; of those that say the same thing, the last."""
        settled = {field: values[-1] for field, values in self.kept.items()}
        return Parameters(**without_contradictions(settled))


def read_parameters(
    given: list[Given], *, elsewhere: Mapping[str, Sentence], has_images: bool | None
) -> Read:
    """The typed values of the parameters that are ours, less those that mean something elsewhere alone.

    `has_images` is whether there are pictures before the text; None, where that is not asked.
    """
    if len(given) > MAX_PARAMETERS:
        sentence = say(
            "The prompt has more than {limit} parameters: keep those that matter.", limit=MAX_PARAMETERS
        )
        return Read(parameters=None, mistakes=[sentence])
    read, mended, meant = Read(), _Values(), _Values()
    is_certain = True
    strange: list[Given] = []
    for one in given:
        named = _as_meant(one)
        if named is None:
            strange.append(one)
        elif named.parameter is not None:
            is_certain &= _take(named, named.parameter, read, mended=mended, meant=meant)
    for field, sentence in elsewhere.items():
        if mended.kept.pop(field, None) or meant.kept.pop(field, None):
            read.unusable.append(sentence)
            is_certain = False
    for field in [] if has_images is None else lonely([*meant.kept], has_images=has_images):
        read.unusable.append(loneliness(field))
        mended.kept.pop(field, None)
        is_certain = False
    read.mistakes += _unknown([one.name for one in given if one.parameter is None and not one.is_foreign])
    read.moved += [word for one in strange for word in _words_of(one)]
    contrary = mended.contrary(given)
    read.mistakes += contrary
    read.parameters = mended.last()
    read.is_less = bool(strange or contrary or read.unusable or not is_certain)
    if is_certain and not strange and not contrary and not meant.contrary(given):
        read.fixed = meant.last()
    return read


def _take(given: Given, row: Parameter[Any], read: Read, *, mended: _Values, meant: _Values) -> bool:
    """Note a value, or what is wrong with it; whether it is certain what is meant."""
    field = FIELDS[given.name]
    try:
        value = read_value(given, row)
    except PromptError as error:
        read.add(error)
        try:
            value = None if error.fixed is None else row.read(error.fixed)
        except PromptError:  # one cure was not enough
            value = None
        if value is None:
            return False
        if isinstance(error, Unusable):
            meant.add(field, value)
            return True
    mended.add(field, value)
    meant.add(field, value)
    return True


def _words_of(given: Given) -> list[str]:
    """What follows a name that nobody knows, less what was certainly its value: a word with a number."""
    words = given.value.strip(_ENDING).split()
    return words[int(bool(words) and any(char.isdigit() for char in words[0])) :]


def _as_meant(given: Given) -> Given | None:
    """The same under the name that it certainly has; None where it has none."""
    if given.parameter is not None or given.is_foreign:
        return given
    near = meant_name(given.name)
    return None if near is None else replace(given, name=near)


def _unknown(names: Iterable[str]) -> Iterator[Sentence]:
    """Names that look like one of ours, each with it; all others together."""
    strange = []
    for name in dict.fromkeys(names):
        shown = echo_code(name, limit=40)
        if near := meant_name(name):
            yield say("I do not know `--{name}`. Did you mean `--{near}`?", name=shown, near=near)
        else:
            strange.append(f"`--{shown}`")
    if strange:
        known = ", ".join(f"`--{parameter.name}`" for parameter in ROWS.values())
        yield say("I do not know {names}. I know {known}.", names=", ".join(strange), known=known)


def _repeated(given: Iterable[Given], values: dict[str, list[Any]]) -> Iterator[Sentence]:
    """What was given several times, each time otherwise."""
    for field, kept in values.items():
        if len(set(kept)) > 1:
            row = ROWS[field]
            yield say(
                "`--{name}` appears {count} times: keep only one, such as the last, `{last}`.",
                name=row.name,
                count=sum(FIELDS.get(one.name) == field for one in given),
                last=echo_code(f"--{row.name} {row.write(kept[-1])}".strip()),
            )


def read_value(given: Given, parameter: Parameter[Any]) -> Any:
    """The typed value. Raises: Unusable, PromptError, with every mistake of this one parameter."""
    words = _tidy(f"{given.glued} {given.value}", parameter).split()
    if parameter.words == 0 and words and words[0].lower() in _SWITCHES:
        return _read_switch(given, words)
    if parameter.words != 0 and not parameter.is_optional and not any(word.strip(_ENDING) for word in words):
        raise Unusable(
            say("`--{name}` needs a value, as in `{example}`.", name=given.name, example=parameter.example)
        )
    own, rest = words[: parameter.words], words[parameter.words :] if parameter.words is not None else []
    if parameter.own is not None:
        own, rest = parameter.own(words)
    mistakes: list[Sentence] = []
    value = None
    try:
        value = parameter.read(" ".join(own))
    except PromptError as error:
        if not rest:
            unusable = Unusable(*error.mistakes)
            unusable.fixed = error.fixed
            raise unusable from None
        mistakes.extend(error.mistakes)
        fixed = error.fixed
    else:
        fixed = parameter.write(value)
        mistakes.extend(_misshapen(given, parameter, value))
    if rest:
        mistakes.append(_text_after(given, own, rest))
    if mistakes:
        misplaced = Misplaced(*mistakes)
        misplaced.fixed, misplaced.moved = fixed, rest
        raise misplaced
    return value


def _read_switch(given: Given, words: list[str]) -> bool:
    """`--tile true`, as tools write what has no value. Raises: Misplaced, or Unusable where it says no."""
    sentence = say("`--{name}` has no value: write it alone, or leave it out.", name=given.name)
    if not _SWITCHES[words[0].lower()]:
        raise Unusable(sentence)
    misplaced = Misplaced(sentence)
    misplaced.fixed, misplaced.moved = "", words[1:]
    raise misplaced


def _tidy(typed: str, parameter: Parameter[Any]) -> str:
    """Wide letters, spaces around a colon, commas and full stops after a value: read as what is meant."""
    typed = typed.strip().rstrip(_ENDING)
    if parameter.words is None:
        return typed
    first, *others = _APART.sub(r"\1", narrow(typed)).split() or [""]
    first = first.lstrip(_BEGINNING).rstrip(_ENDING)
    return " ".join([_UNIT.sub(r"\1", first), *others])


def _glued(given: Given, parameter: Parameter[Any], value: Any) -> Sentence:
    return say(
        "`--{name}` and its value need a space between them: write `--{name} {value}`.",
        name=given.name,
        value=echo_code(parameter.write(value)),
    )


def _misshapen(given: Given, parameter: Parameter[Any], value: Any) -> Iterator[Sentence]:
    """What is wrong with how a value that is right was written."""
    if given.is_bare:
        yield _bare(given, parameter, value)
    elif given.glued.strip(_ENDING):
        yield _glued(given, parameter, value)


def _bare(given: Given, parameter: Parameter[Any], value: Any) -> Sentence:
    return say(
        "Without its dashes `{name} {value}` is text: write `--{name} {value}`.",
        name=given.name,
        value=echo_code(parameter.write(value)),
    )


def _text_after(given: Given, own: list[str], rest: list[str]) -> Sentence:
    return say(
        "Text goes before the parameters: move `{text}` to the front of `{parameter}`.",
        text=echo_code(" ".join(rest)),
        parameter=echo_code(" ".join([f"--{given.name}", *own])),
    )
