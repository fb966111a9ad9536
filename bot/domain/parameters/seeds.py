"""`--sameseed`: one noise for all four, with its seed or without."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.parameters.readers import whole_number

MAX_SEED = 2**32 - 1
_NUMBER = re.compile(r"[+-]?[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SameSeed:
    """That all four begin with the same noise."""

    seed: int | None = None
    """Of that noise; None: as `--seed` says, or a new one."""

    def __str__(self) -> str:
        return "" if self.seed is None else str(self.seed)


def read_same_seed(value: str) -> SameSeed:
    """From nothing, or a number."""
    return SameSeed(seed=_read_seed(value) if value else None)


def own_number(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Of the words behind a parameter that may have a number, the number, and what follows it."""
    count = int(bool(words) and _NUMBER.fullmatch(words[0].strip(".,;")) is not None)
    return list(words[:count]), list(words[count:])


_read_seed = whole_number("sameseed", 0, MAX_SEED, example=7, random="-1")
