"""How a word is found in a text, in small or capital letters, by either database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_


def holds(places: Sequence[Any], word: str) -> ColumnElement[bool]:
    """Whether one of the columns holds a word, in small or capital letters: SQLite lowers only ASCII."""
    spellings = {word.lower(), *(_lower_ascii(form) for form in (word.upper(), word.capitalize()))}
    return or_(
        *(
            func.lower(place).contains(spelling, autoescape=True)
            for place in places
            for spelling in sorted(spellings)
        )
    )


def _lower_ascii(text: str) -> str:
    return "".join(char.lower() if char.isascii() else char for char in text)
