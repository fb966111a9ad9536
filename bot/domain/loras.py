"""LoRAs as members choose them: by name, each with how much it counts."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.echo import echo_code
from bot.domain.errors import PromptError
from bot.domain.sentences import say

WIDEST = 2
"""Weights reach from -2 to 2."""
_WEIGHT = r"[+-]?(?:[0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})"
_NAME = r"[^\s:,<>]{1,80}"
_APART = re.compile(r"\s*+([:,])\s*+")
_LIST = re.compile(rf"{_NAME}(?:\s?[:,]\s?{_NAME})*+[,.;]?(?!\S)")
_SPACED = re.compile(rf"({_NAME}) ({_WEIGHT})")
_ONE = re.compile(rf"(?P<name>{_NAME})(?::(?P<weight>{_WEIGHT}))?")
TAG = re.compile(rf"<(?:lora|lyco):(?P<name>[^<>:,]{{1,80}}+)(?::(?P<weight>{_WEIGHT}))?>", re.IGNORECASE)
"""As the web UI writes one, within the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenLora:
    """A LoRA by the name that the owner gave it, and how much it counts; below zero it is turned round."""

    name: str
    weight: float = 1.0


def read_loras(value: str) -> tuple[ChosenLora, ...]:
    """`ink:0.8,pixel`: names with their weights, with commas between them.

    Raises: PromptError.
    """
    tidy = _APART.sub(r"\1", unicodedata.normalize("NFKC", value)).strip(" ,.;\"'")
    return tuple(_read(one) for one in tidy.split(",") if one)


def own_loras(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Of the words behind `--lora`, those of the list, and the text that follows it."""
    found = _LIST.match(unicodedata.normalize("NFKC", " ".join(words)))
    if found is not None and len(words) > 1 and ":" not in found[0] and re.fullmatch(_WEIGHT, words[1]):
        return list(words[:2]), list(words[2:])  # `ink 0.8`: told by the reader
    count = 1 if found is None else len(found[0].split())
    return list(words[:count]), list(words[count:])


def written_loras(loras: Iterable[ChosenLora]) -> str:
    """Back to what `read_loras` understands."""
    return ",".join(_written(lora.name, lora.weight) for lora in loras)


def from_tag(tag: re.Match[str]) -> str:
    """The value of `--lora` that says the same as a tag in the text."""
    name = "_".join(tag["name"].split())
    return name if tag["weight"] is None else f"{name}:{tag['weight']}"


def _read(text: str) -> ChosenLora:
    match = _ONE.fullmatch(text)
    spaced = _SPACED.fullmatch(text)
    if match is None and spaced is not None:
        cure = f"{spaced[1]}:{spaced[2]}"
        error = PromptError(
            say(
                "A LoRA and its weight have a colon between them: write `--lora {cure}`.",
                cure=echo_code(cure),
            )
        )
        error.fixed = cure
        raise error
    if match is None:
        raise PromptError(
            say(
                "`--lora` takes a name and a weight, as in `--lora ink:0.8`, not `{value}`.",
                value=echo_code(text),
            )
        )
    weight = round(float(match["weight"] or 1), 4) + 0.0  # + 0.0: never a negative zero
    if abs(weight) > WIDEST:
        nearest = _written(match["name"], WIDEST if weight > 0 else -WIDEST)
        error = PromptError(
            say(
                "A LoRA counts from -{limit} to {limit}: try `--lora {cure}`, not `{value}`.",
                limit=WIDEST,
                cure=echo_code(nearest),
                value=echo_code(text),
            )
        )
        error.fixed = nearest
        raise error
    return ChosenLora(name=match["name"], weight=weight)


def _written(name: str, weight: float) -> str:
    shown = f"{weight:.4f}".rstrip("0").rstrip(".")
    return name if weight == 1 else f"{name}:{shown}"
