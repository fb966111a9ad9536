"""What a member looks for among the pictures of theirs: words of the prompt, parameters, what they like."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.parameters import FIELDS, ROWS

MAX_SEARCH = 60
"""Letters: a search stands in the buttons that turn its pages."""
DASHES = "-–—－"


class Shelf(StrEnum):
    """Which pictures are looked through."""

    ALL = "all"
    LIKED = "liked"
    """Anybody's that the member likes."""
    DELETED = "deleted"
    """What they took off, and may bring back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for."""

    search: str = ""
    """As it was typed."""
    shelf: Shelf = Shelf.ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """What a prompt must have in it."""

    text: str
    is_whole: bool = False
    """Whether no letter may follow it: `--chaos 2` is not in `--chaos 20`."""


def phrases(search: str) -> Iterator[Phrase]:
    """Each word of a search; a parameter together with its value, under the name that prompts have it by."""
    words = search.split()
    while words:
        word = words.pop(0)
        field = FIELDS.get(word.lstrip(DASHES).lower()) if word[0] in DASHES else None
        if field is None:
            yield Phrase(text=word)
            continue
        row = ROWS[field]
        takes_value = row.words == 1 and words and words[0][0] not in DASHES
        value = f" {words.pop(0)}" if takes_value else ""
        yield Phrase(text=f"--{row.name}{value}", is_whole=True)
