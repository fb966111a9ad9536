"""From the words of a parameter to its value; what cannot be read is told with its cure."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction

from bot.domain.echo import echo_code
from bot.domain.errors import PromptError
from bot.domain.sentences import Sentence, say
from bot.domain.size import AspectRatio

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})")

_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")

_SURE = 0.75
"""How like a known word another must be to be certainly that one, as difflib measures it."""

WIDEST = 4
"""Aspect ratios reach from 1:4 to 4:1."""


def cured(sentence: Sentence, cure: str) -> PromptError:
    """The refusal of a value that was certainly meant otherwise."""
    error = PromptError(sentence)
    error.fixed = cure
    return error


_SIDE = r"([0-9]{1,6}(?:\.[0-9]{1,6})?)"
_RATIO = re.compile(rf"{_SIDE}(?:\s?[:/x×*;_-]\s?|\s(?:(?:by|to)\s)?){_SIDE}", re.IGNORECASE)
SHAPES = {
    **dict.fromkeys(("portrait", "vertical", "tall"), "2/3"),
    **dict.fromkeys(("landscape", "horizontal"), "3/2"),
    **dict.fromkeys(("wide", "widescreen"), "16/9"),
    "square": "1/1",
}
"""Shapes by their names, and which ratio is probably meant."""


def own_ratio(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Of the words behind `--ar`, those of the ratio, and what follows it: `16 9` and `16 by 9`, too."""
    for count in (3, 2):
        if len(words) >= count and _RATIO.fullmatch(" ".join(words[:count]).rstrip(".,;")):
            return list(words[:count]), list(words[count:])
    return list(words[:1]), list(words[1:])


def read_aspect_ratio(value: str) -> AspectRatio:
    """`16:9`: whole numbers only, as Midjourney has it; any other ratio is told how to be written."""
    match = _RATIO.fullmatch(SHAPES.get(value.lower(), value))
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
        raise cured(
            say(
                "`--ar` takes whole numbers with a colon: write `--ar {cure}`, not `{value}`.",
                cure=cure,
                value=value,
            ),
            str(cure),
        )
    return AspectRatio(width=int(width), height=int(height))


def _refuse_extreme(value: str, ratio: Fraction) -> None:
    if ratio > WIDEST:
        raise cured(
            say("`--ar {value}` is too wide: the widest is `--ar {limit}`.", value=value, limit="4:1"), "4:1"
        )
    if ratio < Fraction(1, WIDEST):
        raise cured(
            say("`--ar {value}` is too tall: the tallest is `--ar {limit}`.", value=value, limit="1:4"), "1:4"
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
        number = _meant_number(value)
        cure = example if number is None else max(low, min(high, round(number)))
        sentence = say(
            "`--{name}` takes a whole number from {low} to {high}: try `--{name} {cure}`, not `{value}`.",
            name=name,
            low=low,
            high=high,
            cure=cure,
            value=echo_code(value),
        )
        raise PromptError(sentence) if number is None else cured(sentence, str(cure))

    return read


def _number(value: str) -> Decimal | None:
    """The number, where it is one of a sensible length."""
    return Decimal(value) if _NUMBER.fullmatch(value) else None


def _meant_number(value: str) -> Decimal | None:
    """The number that is certainly meant: `1,000` and `0,5` have commas in the way of some languages."""
    if _GROUPED.fullmatch(value):
        return _number(value.replace(",", ""))
    return _number(value.replace(",", ".", 1))


def read_list(value: str) -> tuple[str, ...]:
    """`text, blurry hands`: what stands between commas, each once."""
    items = (" ".join(item.split()).strip('"“”„«»') for item in re.split("[,、，]", value))
    return tuple(dict.fromkeys(item for item in items if item))


def number(name: str, low: float, high: float, *, example: float) -> Callable[[str], float]:
    """A reader of numbers from `low` to `high`; others are told the nearest that will do."""

    def read(value: str) -> float:
        known = _number(value)
        if known is not None and low <= known <= high:
            return round(float(known), 4)
        known = _meant_number(value)
        cure = example if known is None else max(low, min(high, float(known)))
        sentence = say(
            "`--{name}` takes a number from {low} to {high}: try `--{name} {cure}`, not `{value}`.",
            name=name,
            low=written_number(low),
            high=written_number(high),
            cure=written_number(cure),
            value=echo_code(value),
        )
        raise PromptError(sentence) if known is None else cured(sentence, written_number(cure))

    return read


def one_of_numbers(name: str, *choices: float) -> Callable[[str], float]:
    """A reader of a few numbers; others are told the nearest of them."""

    def read(value: str) -> float:
        known = _number(value)
        if known is not None and float(known) in choices:
            return float(known)
        known = _meant_number(value)
        middle = choices[len(choices) // 2]
        cure = min(choices, key=lambda one: abs(one - float(middle if known is None else known)))
        sentence = say(
            "`--{name}` takes {choices}: try `--{name} {cure}`, not `{value}`.",
            name=name,
            choices=", ".join(map(written_number, choices)),
            cure=written_number(cure),
            value=echo_code(value),
        )
        raise PromptError(sentence) if known is None else cured(sentence, written_number(cure))

    return read


def one_of_words(name: str, choices: Mapping[str, str]) -> Callable[[str], str]:
    """A reader of a few words, each of which stands for one that is its usual form.

    Capitals, blanks, hyphens and underlines in them are all the same.
    """
    known = {_plain(word): usual for word, usual in choices.items()}

    def read(value: str) -> str:
        if (usual := known.get(_plain(value))) is not None:
            return usual
        typed = _plain(value)[:40]
        near = get_close_matches(typed, known, n=1, cutoff=0.0)[0]
        sentence = say(
            "`--{name}` does not know `{value}`. Try `--{name} {cure}`; there is {choices}.",
            name=name,
            value=echo_code(value),
            cure=known[near],
            choices=", ".join(f"`{usual}`" for usual in dict.fromkeys(known.values())),
        )
        is_sure = bool(get_close_matches(typed, [near], n=1, cutoff=_SURE))
        raise cured(sentence, known[near]) if is_sure else PromptError(sentence)

    return read


def read_version(value: str) -> str:
    """`6.1`, or the name of a model: what it stands for is known where it is drawn."""
    return _version(
        re.sub(r"^v(?=[0-9])", "", value, flags=re.IGNORECASE),
        re.compile(r"(?=.{1,40}$)[a-z0-9][\w.-]*+"),
        say("`--v` takes a version such as `--v 6`, not `{value}`.", value=echo_code(value, limit=40)),
    )


def read_niji(value: str) -> str:
    """`6`, or nothing: whichever version there is."""
    version = value.strip(" .,;")
    if not version:
        return ""
    return _version(
        version,
        re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,2})?"),
        say(
            "`--niji` takes a version such as `--niji 6`, or none; not `{value}`.",
            value=echo_code(value, limit=40),
        ),
    )


def own_version(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Of the words behind `--niji`, its version, where there is one, and the text that follows."""
    count = int(bool(words) and words[0][:1].isdecimal())
    return list(words[:count]), list(words[count:])


def _version(value: str, known: re.Pattern[str], sentence: Sentence) -> str:
    if known.fullmatch(value.lower()) is None:
        raise PromptError(sentence)
    return value.lower()


RAW = "raw"
OTHER_STYLES = frozenset({"cute", "expressive", "original", "scenic", "4a", "4b", "4c", "random"})
"""What `--style` takes elsewhere."""


def read_raw(value: str) -> bool:
    """`raw`, which is the one style that is a parameter: any other is told where it belongs."""
    style = value.lower()
    if style == RAW:
        return True
    shown = echo_code(value, limit=40)
    if style == "random" or style[:1].isdecimal():
        raise PromptError(
            say(
                "`--style {value}` is a code of another bot. Here it is `--style raw`, or a style by number: "
                "`--sref 42`.",
                value=shown,
            )
        )
    raise PromptError(
        say(
            "`--style {value}` is not here, only `--style raw`. Say the style in the text instead: "
            "`a fox, {value} style`.",
            value=shown,
        )
    )


def written_number(value: float) -> str:
    """A number without needless digits."""
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _plain(word: str) -> str:
    return re.sub(r"[\s_-]", "", word).lower()
