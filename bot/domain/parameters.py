"""The `--parameters` of a prompt: one table, one row each.

A row is a field of `Parameters`. The grammar, the mistakes with their cures, the help and the order in which
parameters are written all come from it, so a new parameter is a new row and nothing else.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from bot.domain.echo import echo_code
from bot.domain.errors import PromptError
from bot.domain.sentences import Sentence, say
from bot.domain.size import AspectRatio

T = TypeVar("T")

PARAMETER = "parameter"
"""The key of a row in the metadata of its field."""

MAX_SEED = 2**32 - 1
MAX_STEPS = 100
WIDEST = 4
"""Aspect ratios reach from 1:4 to 4:1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter(Generic[T]):
    """How one parameter is written, read and explained."""

    name: str
    aliases: tuple[str, ...] = ()
    words: int | None = 1
    """How many words the value has: 0 for a flag, None for all words up to the next parameter."""
    read: Callable[[str], T]
    """From the words of the value. Raises PromptError with the cure."""
    write: Callable[[T], str]
    """Back to words that `read` understands."""
    range: Sentence
    """The values that it takes, as help shows them."""
    default: Sentence
    """What holds where it is not given."""
    help: Sentence
    example: str
    """One whole parameter, as a member would write it."""


def read_aspect_ratio(value: str) -> AspectRatio:
    """`16:9`: whole numbers only, as Midjourney has it; any other ratio is told how to be written."""
    match = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)[:/x×*]([0-9]{1,6}(?:\.[0-9]{1,6})?)", value.lower())
    if match is None:
        raise PromptError(
            say("`--ar` takes width:height, for example `--ar 3:2`, not `{value}`.", value=echo_code(value))
        )
    width, height = Decimal(match[1]), Decimal(match[2])
    if not width or not height:
        raise PromptError(say("Both numbers of `--ar` must be at least 1, for example `--ar 3:2`."))
    ratio = Fraction(width) / Fraction(height)
    _refuse_extreme(value, ratio)
    if not re.fullmatch(r"[0-9]+:[0-9]+", value):
        simple = ratio.limit_denominator(100)
        cure = AspectRatio(width=simple.numerator, height=simple.denominator)
        raise PromptError(
            say(
                "`--ar` takes whole numbers with a colon: write `--ar {cure}`, not `{value}`.",
                cure=cure,
                value=value,
            )
        )
    return AspectRatio(width=int(width), height=int(height))


def _refuse_extreme(value: str, ratio: Fraction) -> None:
    if ratio > WIDEST:
        raise PromptError(
            say("`--ar {value}` is too wide: the widest is `--ar {limit}`.", value=value, limit="4:1")
        )
    if ratio < Fraction(1, WIDEST):
        raise PromptError(
            say("`--ar {value}` is too tall: the tallest is `--ar {limit}`.", value=value, limit="1:4")
        )


def whole_number(
    name: str, low: int, high: int, *, example: int, random: str | None = None
) -> Callable[[str], int | None]:
    """A reader of whole numbers from `low` to `high`; others are told the nearest that will do.

    `random` is what stands for "any" elsewhere, and reads as if nothing had been said.
    """

    def read(value: str) -> int | None:
        if random is not None and value == random:
            return None
        number = _number(value)
        if number is not None and number == int(number) and low <= number <= high:
            return int(number)
        cure = example if number is None else max(low, min(high, round(number)))
        sentence = say(
            "`--{name}` takes a whole number from {low} to {high}: try `--{name} {cure}`, not `{value}`.",
            name=name,
            low=low,
            high=high,
            cure=cure,
            value=echo_code(value),
        )
        raise PromptError(sentence)

    return read


def _number(value: str) -> Decimal | None:
    """The number, where it is one of a sensible length."""
    return Decimal(value) if re.fullmatch(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?", value) else None


def read_list(value: str) -> tuple[str, ...]:
    """`text, blurry hands`: what stands between commas, each once."""
    items = (" ".join(item.split()) for item in re.split("[,、，]", value))
    return tuple(dict.fromkeys(item for item in items if item))


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The table, and the values of one prompt. A parameter that was not given is None, or empty."""

    aspect_ratio: AspectRatio | None = field(
        default=None,
        metadata={
            PARAMETER: Parameter(
                name="ar",
                aliases=("aspect",),
                read=read_aspect_ratio,
                write=str,
                range=say("from 1:{widest} to {widest}:1", widest=WIDEST),
                default=say("square"),
                help=say("The shape of the picture, width to height."),
                example="--ar 3:2",
            )
        },
    )
    negative: tuple[str, ...] = field(
        default=(),
        metadata={
            PARAMETER: Parameter(
                name="no",
                words=None,
                read=read_list,
                write=", ".join,
                range=say("words separated by commas"),
                default=say("nothing"),
                help=say("What should not be in the picture."),
                example="--no text, blur",
            )
        },
    )
    seed: int | None = field(
        default=None,
        metadata={
            PARAMETER: Parameter(
                name="seed",
                read=whole_number("seed", 0, MAX_SEED, example=7, random="-1"),
                write=str,
                range=say("a whole number from {low} to {high}", low=0, high=MAX_SEED),
                default=say("a new one each time"),
                help=say("The noise to begin with: the same seed and prompt give the same picture."),
                example="--seed 7",
            )
        },
    )
    steps: int | None = field(
        default=None,
        metadata={
            PARAMETER: Parameter(
                name="steps",
                read=whole_number("steps", 1, MAX_STEPS, example=30),
                write=str,
                range=say("a whole number from {low} to {high}", low=1, high=MAX_STEPS),
                default=say("as many as suit the model"),
                help=say("How many steps to draw in: more take longer and may be finer."),
                example="--steps 30",
            )
        },
    )


ROWS: Mapping[str, Parameter[Any]] = MappingProxyType(
    {field.name: field.metadata[PARAMETER] for field in fields(Parameters)}
)
"""The rows by the name of their field."""


def given(parameters: Parameters) -> dict[str, str]:
    """Those that were given, by their names, as they are written after `--`."""
    return {
        row.name: row.write(value)
        for field, row in ROWS.items()
        if (value := getattr(parameters, field)) != getattr(Parameters(), field)
    }


FIELDS: Mapping[str, str] = MappingProxyType(
    {name: field for field, parameter in ROWS.items() for name in (parameter.name, *parameter.aliases)}
)
"""The name of the field by what a member may write after `--`."""
