"""The text of a prompt by its `::`."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bot.domain.echo import echo_code
from bot.domain.prompt.values import Part
from bot.domain.prompt.written import written_weight
from bot.domain.sentences import Sentence, say

MAX_PARTS = 10
"""Every part of a multi-prompt costs a forward pass of its own."""
MAX_WEIGHT = 1000

_WEIGHT = re.compile(
    r"::(?:(?P<comma>[+-]?[0-9]++,[0-9]{1,3})(?=\s|$)"
    r"|(?P<weight>[+-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?=[\s,]|$)))?"
)
_ANY_NUMBER = re.compile(r"[+-]?[0-9]*\.?[0-9]+")
_INVISIBLE = {"Cc", "Cf", "Cn", "Co", "Cs", "Mn", "Me", "Zs", "Zl", "Zp"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What came of a text."""

    parts: tuple[Part, ...] = ()
    mistakes: tuple[Sentence, ...] = ()
    meant: tuple[Part, ...] | None = None
    """As it was certainly meant, where that is so of all that is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    text: str
    weight: str | None = None
    """As it was written, with a point."""
    has_comma: bool = False
    is_glued: bool = False
    """Whether it follows the mark before it without a space."""


def read_parts(text: str) -> Text:
    """The pieces of a text with their weights, and what is wrong with them."""
    pieces = list(_pieces(text))
    count = sum(bool(piece.text) for piece in pieces)
    if count > MAX_PARTS:
        sentence = say(
            "The prompt has {count} parts with `::`; the limit is {limit}. Join some of them.",
            count=count,
            limit=MAX_PARTS,
        )
        return Text(mistakes=(sentence,))
    parts = tuple(Part(text=piece.text, weight=_weight(piece.weight)) for piece in pieces if piece.text)
    curable, incurable = list(_curable(pieces, parts)), list(_incurable(pieces, parts))
    clamped = (replace(part, weight=max(-MAX_WEIGHT, min(MAX_WEIGHT, part.weight))) for part in parts)
    meant = None if incurable else tuple(clamped)
    return Text(parts=parts, mistakes=(*curable, *incurable), meant=meant)


def _pieces(text: str) -> Iterator[_Piece]:
    begin = 0
    for mark in _WEIGHT.finditer(text):
        weight = mark["weight"] if mark["comma"] is None else mark["comma"].replace(",", ".")
        piece = text[begin : mark.start()]
        yield _Piece(
            text=piece.strip(),
            weight=weight,
            has_comma=mark["comma"] is not None,
            is_glued=begin > 0 and piece[:1].strip() != "",
        )
        begin = mark.end()
    yield _Piece(text=text[begin:].strip())


def _weight(weight: str | None) -> float:
    return round(float(weight or 1), 4) + 0.0  # + 0.0: never a negative zero


def _curable(pieces: Iterable[_Piece], parts: tuple[Part, ...]) -> Iterator[Sentence]:
    """What is wrong with the weights, and certainly meant otherwise."""
    for piece in pieces:
        if piece.weight is None:
            continue
        if not piece.text and len(parts) == 1:
            yield _nothing_before(piece.weight)
        elif piece.text and abs(_weight(piece.weight)) > MAX_WEIGHT:
            yield say(
                "The weight `::{weight}` is too large: weights go from -{limit} to {limit}.",
                weight=echo_code(piece.weight),
                limit=MAX_WEIGHT,
            )
        elif piece.has_comma:
            yield say("A weight has a point and no comma: write `::{weight}`.", weight=piece.weight)


def _incurable(pieces: Iterable[_Piece], parts: tuple[Part, ...]) -> Iterator[Sentence]:
    """What only its member can mend."""
    for piece in pieces:
        if piece.weight is not None and not piece.text and len(parts) != 1:
            yield _nothing_before(piece.weight)
        elif piece.weight is not None and piece.is_glued and _ANY_NUMBER.fullmatch(piece.text):
            yield say(
                "`::{first}::{second}` is two weights: keep one of them.",
                first=echo_code(piece.text),
                second=echo_code(piece.weight),
            )
    total = sum(part.weight for part in parts)
    if not any(_is_visible(part.text) for part in parts):
        yield say("There is nothing to draw yet: say what you want to see, as in `a red fox in the snow`.")
    elif round(total, 4) <= 0:
        yield say(
            "The weights add up to {total}; together they must be above zero: raise one, as in "
            "`a fox::2 fog::-0.5`.",
            total=written_weight(total),
        )


def _nothing_before(weight: str) -> Sentence:
    return say(
        "There is no text before `::{weight}`: write it first, as in `a fox::2`.", weight=echo_code(weight)
    )


def _is_visible(text: str) -> bool:
    return any(unicodedata.category(char) not in _INVISIBLE for char in text)
