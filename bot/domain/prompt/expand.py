"""Permutations: `a {red, blue} bird` is a prompt for each colour, and several groups are all combinations.

    text   = *(piece | group)
    group  = "{" text *("," text) "}"       with a comma, or it is text
    piece  = anything else; `\\{`, `\\}` and `\\,` are themselves

Japanese keyboards write all three marks otherwise, and mean the same.

What is never closed, or has nothing to choose from, stays as it was typed. Linear in the text, until the
combinations are written out, and those are counted before.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import TypeAlias

Piece: TypeAlias = "str | Group"

_OPENING, _CLOSING, _COMMAS = "{｛", "}｝", ",，、"
_MARKS = _OPENING + _CLOSING + _COMMAS
_ESCAPED = {f"\\{mark}": mark for mark in _MARKS}
_DEEPEST = 10
"""Groups within groups; a deeper brace is text."""


@dataclass(slots=True)
class Group:
    """What stands between braces: a text for each choice."""

    opening: str = ""
    choices: list[list[Piece]] = field(default_factory=lambda: [[]])
    commas: list[str] = field(default_factory=list)
    closing: str = ""

    @property
    def is_choice(self) -> bool:
        """Whether there is anything to choose from."""
        return len(self.choices) > 1

    def count(self) -> int:
        """How many texts it stands for."""
        return sum(map(_count, self.choices)) if self.is_choice else _count(self.choices[0])

    def texts(self) -> Iterator[str]:
        """Each of them, in order."""
        begin, end = ("", "") if self.is_choice else (self.opening, self.closing)
        for choice in self.choices:
            for text in _texts(choice):
                yield f"{begin}{text.strip() if self.is_choice else text}{end}"


@dataclass(frozen=True, slots=True)
class Expansion:
    """A text with its groups."""

    pieces: Sequence[Piece]

    @property
    def count(self) -> int:
        """How many texts it stands for; 1 without any group."""
        return _count(self.pieces)

    def texts(self) -> Iterator[str]:
        """Each of them, the last group changing first."""
        for text in _texts(self.pieces):
            yield " ".join(text.split())


def expand(text: str) -> Expansion:
    """Find the groups of a text."""
    open_groups: list[Group] = [Group()]
    for mark in _marks(text):
        here = open_groups[-1].choices
        if mark in _OPENING and len(open_groups) <= _DEEPEST:
            open_groups.append(Group(opening=mark))
        elif mark in _CLOSING and len(open_groups) > 1:
            closed = open_groups.pop()
            closed.closing = mark
            open_groups[-1].choices[-1].append(closed)
        elif mark in _COMMAS and len(open_groups) > 1:
            here.append([])
            open_groups[-1].commas.append(mark)
        else:
            here[-1].append(_ESCAPED.get(mark, mark))
    while len(open_groups) > 1:  # never closed: it is text
        unclosed = open_groups.pop()
        open_groups[-1].choices[-1] += [unclosed.opening, *_rejoined(unclosed)]
    return Expansion(pieces=open_groups[0].choices[0])


def escaped(text: str) -> str:
    """A text as it must be typed to be read as it is."""
    if [*expand(text).texts()] == [text]:
        return text
    return escaped_all(text)


def escaped_all(text: str) -> str:
    """The same, of a text that is to stand between braces."""
    return re.sub(f"[{_MARKS}]", r"\\\g<0>", text)


def unescaped(text: str) -> str:
    """Its inverse."""
    return re.sub(rf"\\([{_MARKS}])", r"\1", text)


def _marks(text: str) -> Iterator[str]:
    """Braces, commas, escaped ones, and what lies between them."""
    begin = 0
    index = 0
    while index < len(text):
        length = 2 if text[index : index + 2] in _ESCAPED else 1
        if length == 2 or text[index] in _MARKS:
            if begin < index:
                yield text[begin:index]
            yield text[index : index + length]
            begin = index + length
        index += length
    if begin < len(text):
        yield text[begin:]


def _rejoined(group: Group) -> Iterator[Piece]:
    for number, choice in enumerate(group.choices):
        yield from [group.commas[number - 1]] if number else []
        yield from choice


def _count(pieces: Sequence[Piece]) -> int:
    return prod(piece.count() for piece in pieces if isinstance(piece, Group))


def _texts(pieces: Sequence[Piece]) -> Iterator[str]:
    choices = [[piece] if isinstance(piece, str) else list(piece.texts()) for piece in pieces]
    for chosen in product(*choices):
        yield "".join(chosen)
