"""The prompt language: text, `a::2 b::1` weights and `--parameters`, as Midjourney has them.

`parse` reports all mistakes of a prompt together, each with its cure; `format` is its inverse. Every pattern
here is linear: no prompt, however odd, costs more than its length.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from bot.domain.echo import echo_code
from bot.domain.errors import PromptError
from bot.domain.parameters import FIELDS, ROWS, Parameter, Parameters
from bot.domain.sentences import Sentence, say, say_n

MAX_LENGTH = 4000
"""Characters; what a form of Discord's can hold."""
MAX_PARTS = 10
"""Every part of a multi-prompt costs a forward pass of its own."""
MAX_WEIGHT = 1000
MAX_PARAMETERS = 20
MAX_MISTAKES = 10
"""More than anybody reads; the rest is counted."""

# Phones turn `--` into a long dash, Japanese keyboards write wide ones, and one is easily forgotten.
_DASHES = "‐‑‒–—―−－-"  # the hyphen last, where a class of characters takes it for itself
# A run of dashes is tried once, from its beginning; a word ends before the next.
_MARK = re.compile(
    rf"(?<![{_DASHES}])(?P<dashes>[{_DASHES}]++)(?P<word>[^\W\d_](?:[^\s,{_DASHES}]|-(?![{_DASHES}]))*+)"
)
_WEIGHT = re.compile(r"::(?P<weight>[+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?=[\s,]|$))?")
_TEXT_ONLY = {"Cc", "Cs"}
_INVISIBLE = {"Cc", "Cf", "Cn", "Co", "Cs", "Mn", "Me", "Zs", "Zl", "Zp"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of text and how much it counts beside the others; below zero it pushes away."""

    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What a member asked for. One part, unless they weighed several with `::`."""

    parts: tuple[Part, ...]
    parameters: Parameters = field(default_factory=Parameters)

    def __str__(self) -> str:
        return format(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """A parameter as it was written, before it is understood."""

    name: str
    """In small letters; the whole word where it is unknown."""
    glued: str
    """What followed the name without a space."""
    value: str

    @property
    def parameter(self) -> Parameter[Any] | None:
        return ROWS[FIELDS[self.name]] if self.name in FIELDS else None


def parse(text: str) -> Prompt:
    """Read a prompt.

    Raises: PromptError with every mistake: of the text, of the parameters, and parameters that there are not.
    """
    if len(text) > MAX_LENGTH:
        raise PromptError(
            say(
                "The prompt has {length} characters; the limit is {limit}. Keep what matters most.",
                length=len(text),
                limit=MAX_LENGTH,
            )
        )
    words, given = _split(_clean(text))
    mistakes: list[Sentence] = []
    parts = _read_parts(words, mistakes)
    parameters = _read_parameters(given, mistakes)
    if mistakes:
        raise PromptError(*_at_most(MAX_MISTAKES, mistakes))
    return Prompt(parts=parts, parameters=parameters)


def format(prompt: Prompt) -> str:  # noqa: A001 - beside `parse`, no other word is as clear
    """Write a prompt down, so that `parse` reads the same again."""
    given = [
        f"--{parameter.name} {parameter.write(value)}".rstrip()
        for name, parameter in ROWS.items()
        if (value := getattr(prompt.parameters, name)) != getattr(Parameters(), name)
    ]
    return " ".join([*_format_parts(prompt.parts), *given])


def _at_most(limit: int, mistakes: list[Sentence]) -> list[Sentence]:
    if len(mistakes) <= limit:
        return mistakes
    rest = len(mistakes) - limit
    return [*mistakes[:limit], say_n("And one more mistake.", "And {count} more mistakes.", rest)]


def _clean(text: str) -> str:
    """Without control characters and half surrogates, and with single spaces."""
    text = " ".join(text.split())
    return " ".join("".join(char for char in text if unicodedata.category(char) not in _TEXT_ONLY).split())


def _split(text: str) -> tuple[str, list[_Given]]:
    """The text before the parameters, and the parameters; of too many, only so many as prove it."""
    marks: list[re.Match[str]] = []
    for mark in _MARK.finditer(text):
        if len(marks) > MAX_PARAMETERS:
            break
        follows = bool(marks) and marks[-1].end() == mark.start()
        if follows or _is_parameter(text, mark):
            marks.append(mark)
    begins = [mark.start() for mark in marks] + [len(text)]
    given = []
    for mark, end in zip(marks, begins[1:], strict=True):
        name, glued = _name(mark["word"])
        given.append(_Given(name=name, glued=glued, value=text[mark.end() : end].strip()))
    return text[: begins[0]].strip(), given


def _is_parameter(text: str, mark: re.Match[str]) -> bool:
    """Whether dashes begin a parameter, or are a dash in a sentence."""
    is_apart = mark.start() == 0 or not (text[mark.start() - 1].isalnum() or text[mark.start() - 1] == "_")
    is_hyphens = mark["dashes"].startswith("--")
    if not is_apart:
        word, _, _ = mark["word"].partition("::")
        return is_hyphens and word.lower() in FIELDS
    return is_hyphens or _name(mark["word"])[0] in FIELDS


def _name(word: str) -> tuple[str, str]:
    """A known name and what is glued to it (`ar16:9`); else the whole word."""
    lower = word.lower()
    letters = re.match(r"[a-z]*+(?!-[^\W\d_])", lower)  # `aspect-ratio` is a word of its own
    name = letters[0] if letters else ""
    return (name, word[len(name) :].lstrip("=:,-")) if name in FIELDS else (lower, "")


def _read_parts(text: str, mistakes: list[Sentence]) -> tuple[Part, ...]:
    """The text by its `::`."""
    marks = list(_WEIGHT.finditer(text))
    begins = [0, *(mark.end() for mark in marks)]
    ends = [*(mark.start() for mark in marks), len(text)]
    weights = [*(mark["weight"] for mark in marks), None]
    pieces = [
        (text[begin:end].strip(), weight) for begin, end, weight in zip(begins, ends, weights, strict=True)
    ]
    count = sum(bool(piece) for piece, _ in pieces)
    if count > MAX_PARTS:
        mistakes.append(
            say(
                "The prompt has {count} parts with `::`; the limit is {limit}. Join some of them.",
                count=count,
                limit=MAX_PARTS,
            )
        )
        return ()
    parts = tuple(Part(text=piece, weight=_weight(weight)) for piece, weight in pieces if piece)
    mistakes.extend(_part_mistakes(pieces, parts))
    return parts


def _weight(weight: str | None) -> float:
    return round(float(weight or 1), 4) + 0.0  # + 0.0: never a negative zero


def _part_mistakes(pieces: Iterable[tuple[str, str | None]], parts: tuple[Part, ...]) -> Iterator[Sentence]:
    for piece, weight in pieces:
        if weight and not piece:
            yield say(
                "There is no text before `::{weight}`: write it first, as in `a fox::2`.",
                weight=echo_code(weight),
            )
        elif weight and abs(_weight(weight)) > MAX_WEIGHT:
            yield say(
                "The weight `::{weight}` is too large: weights go from -{limit} to {limit}.",
                weight=echo_code(weight),
                limit=MAX_WEIGHT,
            )
    total = sum(part.weight for part in parts)
    if not any(_is_visible(part.text) for part in parts):
        yield say("There is nothing to draw yet: say what you want to see, as in `a red fox in the snow`.")
    elif round(total, 4) <= 0:
        yield say(
            "The weights add up to {total}, not to more than zero: raise one, as in `a fox::2 fog::-0.5`.",
            total=_format_weight(total),
        )


def _is_visible(text: str) -> bool:
    return any(unicodedata.category(char) not in _INVISIBLE for char in text)


def _read_parameters(given: list[_Given], mistakes: list[Sentence]) -> Parameters:
    """The typed values of the parameters that were given."""
    if len(given) > MAX_PARAMETERS:
        mistakes.append(
            say("The prompt has more than {limit} parameters: keep those that matter.", limit=MAX_PARAMETERS)
        )
        return Parameters()
    values: dict[str, Any] = {}
    for one in given:
        if one.parameter is None:
            continue
        try:
            values[FIELDS[one.name]] = _read_value(one, one.parameter)
        except PromptError as error:
            mistakes.extend(error.mistakes)
    mistakes.extend(_unknown([one.name for one in given if one.parameter is None]))
    mistakes.extend(_repeated(given))
    return Parameters() if mistakes else Parameters(**values)


def _unknown(names: Iterable[str]) -> Iterator[Sentence]:
    """Names that look like one of ours, each with it; all others, as other bots have them, together."""
    strange = []
    for name in dict.fromkeys(names):
        shown = echo_code(name, limit=40)
        if near := get_close_matches(name[:20], FIELDS, n=1):
            yield say("I do not know `--{name}`. Did you mean `--{near}`?", name=shown, near=near[0])
        else:
            strange.append(f"`--{shown}`")
    if strange:
        known = ", ".join(f"`--{parameter.name}`" for parameter in ROWS.values())
        yield say("I do not know {names}. I know {known}.", names=", ".join(strange), known=known)


def _read_value(given: _Given, parameter: Parameter[Any]) -> Any:
    """The typed value. Raises PromptError with every mistake of this one parameter."""
    words = f"{given.glued} {given.value}".split()
    if parameter.words != 0 and not any(word.strip(",") for word in words):
        raise PromptError(
            say("`--{name}` needs a value, as in `{example}`.", name=given.name, example=parameter.example)
        )
    own, rest = words[: parameter.words], words[parameter.words :] if parameter.words is not None else []
    mistakes: list[Sentence] = []
    value = None
    try:
        value = parameter.read(" ".join(own))
    except PromptError as error:
        mistakes.extend(error.mistakes)
    if given.glued and not mistakes:
        mistakes.append(_glued(given, parameter, value))
    if rest:
        mistakes.append(_text_after(given, own, rest))
    if mistakes:
        raise PromptError(*mistakes)
    return value


def _glued(given: _Given, parameter: Parameter[Any], value: Any) -> Sentence:
    return say(
        "`--{name}` and its value need a space between them: write `--{name} {value}`.",
        name=given.name,
        value=echo_code(parameter.write(value)),
    )


def _text_after(given: _Given, own: list[str], rest: list[str]) -> Sentence:
    return say(
        "Text goes before the parameters: move `{text}` to the front of `{parameter}`.",
        text=echo_code(" ".join(rest)),
        parameter=echo_code(" ".join([f"--{given.name}", *own])),
    )


def _repeated(given: Iterable[_Given]) -> Iterator[Sentence]:
    counts = Counter(one.parameter.name for one in given if one.parameter is not None)
    for name, count in counts.items():
        if count > 1:
            yield say("`--{name}` is there {count} times: keep one.", name=name, count=count)


def _format_parts(parts: tuple[Part, ...]) -> Iterator[str]:
    for part in parts[:-1]:
        yield _format_part(part, mark="::")
    if parts:
        yield _format_part(parts[-1], mark="")


def _format_part(part: Part, *, mark: str) -> str:
    """One part; `mark` is what ends it where its weight is 1."""
    if part.weight != 1:
        mark = f"::{_format_weight(part.weight)}"
    is_unclear = mark and part.text.endswith(":")  # `a:` and `::` would read as `a` and `:::`
    return part.text + (" " if is_unclear else "") + mark


def _format_weight(weight: float) -> str:
    return f"{weight:.4f}".rstrip("0").rstrip(".")
