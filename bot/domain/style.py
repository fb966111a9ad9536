"""A manner in words, which texts are read in by degrees; and how a file says which."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

MOST = 8
"""That a picture is drawn in together."""
_AMOUNT = re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,9})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """A manner in words, which the texts are read in by degrees."""

    words: str
    amount: float
    """How far; at 1 as if the words stood behind the text."""


def together(styles: Iterable[Style]) -> tuple[Style, ...]:
    """The styles, each once, the strongest first; as many as can be drawn in."""
    amounts: dict[str, float] = {}
    for style in styles:
        amounts[style.words] = round(amounts.get(style.words, 0.0) + style.amount, 4)
    strongest = sorted(amounts.items(), key=lambda one: -one[1])[:MOST]
    return tuple(Style(words=words, amount=amount) for words, amount in strongest if amount)


def written_styles(styles: Iterable[Style]) -> str:
    """`3d style = 0.7; clay style = 0.2`."""
    return "; ".join(f"{style.words} = {style.amount:g}" for style in styles)


def read_styles(text: str) -> tuple[Style, ...]:
    """And back; what cannot be read is passed over."""
    parted = [one.rpartition("=") for one in text.split(";")]
    return tuple(
        Style(words=words.strip(), amount=float(amount))
        for words, _, amount in parted
        if words.strip() and _AMOUNT.fullmatch(amount.strip())
    )[:MOST]
