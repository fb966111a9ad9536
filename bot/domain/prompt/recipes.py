"""A pasted recipe ("generation data") of a file of ours, of the web UI or of Civitai: a prompt again."""

import re
from collections.abc import Mapping
from math import gcd

from bot.domain.parameters import MAX_SEED, MAX_STEPS, WIDEST, Parameters, read_list
from bot.domain.sentences import Sentence, say
from bot.domain.size import AspectRatio

_VALUE = r'"(?:\\.|[^"\\])*+"|\[[^\[\]]*+\]|\{(?:[^{}]|\{[^{}]*+\})*+\}|[^,"\[\]{}]*+'
_FIELD = rf"[A-Za-z][\w \-/]{{0,40}}+:\s*+(?:{_VALUE})"
_BLOCK = re.compile(rf"(?:^|\s)(?P<fields>Steps:\s*+[0-9]++\s*+(?:,\s*+{_FIELD})++)[\s,]*+$")
_ONE = re.compile(rf"([A-Za-z][\w \-/]{{0,40}}+):\s*+({_VALUE})")
_LEAST_FIELDS = 3
_NEGATIVE = "Negative prompt:"
_AND = re.compile(r"\s+AND\s+")
_SHARE = re.compile(r"\s*:\s*([+-]?[0-9.]+)\s*$")
FOLLOWED = "ControlNet 0"
LOOKED_AT = "Pictures looked at"
VARIATION_OF, VARIATION_STRENGTH = "Variation of seed", "Variation strength"
STYLES, WEIRDNESS, WEIRDNESS_SEED = "Styles", "Weirdness", "Weirdness seed"
"""Fields of our own: the web UI varies noise in another way than we do."""
_UNDERSTOOD = {"Steps", "Seed", "Size"}


def read_recipe(text: str) -> tuple[str, Parameters, tuple[Sentence, ...]] | None:
    """The text, the parameters, and what had no place; None where the text is no recipe."""
    block = _BLOCK.search(text)
    fields = read_fields(text)
    if block is None or not fields:
        return None
    wanted, _, unwanted = text[: block.start("fields")].partition(_NEGATIVE)
    parameters = Parameters(
        aspect_ratio=_ratio(fields.get("Size", "")),
        negative=read_list(unwanted),
        seed=_whole(fields.get("Seed", ""), MAX_SEED),
        steps=_whole(fields.get("Steps", ""), MAX_STEPS),
    )
    return _weighed(wanted.strip()), parameters, _remarks(fields)


def read_fields(text: str) -> Mapping[str, str]:
    """What stands behind a recipe's text, by its names; empty where the text is no recipe."""
    block = _BLOCK.search(text)
    if block is None:
        return {}
    fields = {name.strip(): value.strip().strip('"') for name, value in _ONE.findall(block["fields"])}
    return fields if len(fields) >= _LEAST_FIELDS else {}


def _weighed(text: str) -> str:
    """`a :2 AND b :1`, the web UI's way to weigh parts, in ours."""
    parts = _AND.split(text)
    if len(parts) == 1:
        return text
    return " ".join(_SHARE.sub(lambda share: f"::{share[1]}", part) for part in parts)


def _ratio(size: str) -> AspectRatio | None:
    match = re.fullmatch(r"([0-9]{1,5})\s*[x×]\s*([0-9]{1,5})", size)
    if match is None:
        return None
    width, height = int(match[1]), int(match[2])
    if not width or not height or max(width, height) > WIDEST * min(width, height) or width == height:
        return None
    return AspectRatio(width=width // gcd(width, height), height=height // gcd(width, height))


def _whole(value: str, most: int) -> int | None:
    return int(value) if re.fullmatch(r"[0-9]{1,10}", value) and int(value) <= most else None


def _remarks(fields: Mapping[str, str]) -> tuple[Sentence, ...]:
    left_out = [name for name in fields if name not in _UNDERSTOOD]
    if not left_out:
        return ()
    return (
        say(
            "I read your recipe: its text, seed, steps and shape. Model and sampler are this server's own, "
            "so the picture may differ."
        ),
    )
