"""The text of a prompt by its `::`."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from bot.domain.echo import echo_code
from bot.domain.prompt.values import Part
from bot.domain.prompt.written import written_weight
from bot.domain.sentences import Sentence, say

MAX_PARTS = 10
"""Every part of a multi-prompt costs a forward pass of its own."""
MAX_WEIGHT = 1000

_WEIGHT = re.compile(r"::(?P<weight>[+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?=[\s,]|$))?")
_INVISIBLE = {"Cc", "Cf", "Cn", "Co", "Cs", "Mn", "Me", "Zs", "Zl", "Zp"}


def read_parts(text: str, mistakes: list[Sentence]) -> tuple[Part, ...]:
    """The pieces of a text with their weights; what is wrong with them is added to the mistakes."""
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
    mistakes.extend(_mistakes(pieces, parts))
    return parts


def _weight(weight: str | None) -> float:
    return round(float(weight or 1), 4) + 0.0  # + 0.0: never a negative zero


def _mistakes(pieces: Iterable[tuple[str, str | None]], parts: tuple[Part, ...]) -> Iterator[Sentence]:
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
            total=written_weight(total),
        )


def _is_visible(text: str) -> bool:
    return any(unicodedata.category(char) not in _INVISIBLE for char in text)
