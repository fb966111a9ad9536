"""Parameters that members know from other bots and that are not here: each is recognised, and told kindly."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from bot.domain.echo import echo_code
from bot.domain.sentences import Sentence, say

_NUMBER = re.compile(r"[+-]?\.?[0-9]")


class Takes(Enum):
    """What follows a name as its value; behind a lone dash it proves that the name is no word."""

    NUMBER = "number"
    WORD = "word"
    NOTHING = "nothing"
    LINKS = "links"


class Why(Enum):
    """Why it is not here."""

    LATER = "later"
    PICTURES = "pictures"
    MODEL = "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """A row of the table."""

    takes: Takes
    why: Why = Why.LATER
    words: frozenset[str] = frozenset()
    """Of a WORD, those that prove behind a lone dash that it is a parameter."""


_LATER_NUMBER = Foreign(takes=Takes.NUMBER)
_LATER_FLAG = Foreign(takes=Takes.NOTHING)
_LATER_WORD = Foreign(takes=Takes.WORD)
_PICTURE_NUMBER = Foreign(takes=Takes.NUMBER, why=Why.PICTURES)
_PICTURE_LINKS = Foreign(takes=Takes.LINKS, why=Why.PICTURES)
_MODEL_FLAG = Foreign(takes=Takes.NOTHING, why=Why.MODEL)

FOREIGN: Mapping[str, Foreign] = {
    **dict.fromkeys(("exp", "strength"), _LATER_NUMBER),
    **dict.fromkeys(("h", "width", "height", "motion", "bs", "end"), _LATER_NUMBER),
    **dict.fromkeys(("stealth", "public", "creative"), _LATER_FLAG),
    **dict.fromkeys(("uplight", "upbeta", "upanime", "hq", "loop", "vibe", "fun", "vibefast"), _LATER_FLAG),
    **dict.fromkeys(("profile", "p", "preset"), _LATER_WORD),
    **dict.fromkeys(("ow", "sv"), _PICTURE_NUMBER),
    **dict.fromkeys(("oref", "image", "img"), _PICTURE_LINKS),
    **dict.fromkeys(("test", "testp", "beta"), _MODEL_FLAG),
}
"""The rows by what a member may write after the dashes."""


def is_meant(name: str, following: str) -> bool:
    """Whether a foreign name behind a lone dash is a parameter and no word, by what follows it."""
    row = FOREIGN[name]
    first = following.split(" ", 1)[0].strip(".,;").lower()
    match row.takes:
        case Takes.NUMBER:
            return bool(_NUMBER.match(first))
        case Takes.WORD:
            return first in row.words
        case Takes.NOTHING:
            return not first or bool(_NUMBER.match(first)) or not first[0].isalnum()
        case Takes.LINKS:
            return bool(_NUMBER.match(first)) or "://" in first or first == "random"


def text_after(name: str, value: str) -> str:
    """What follows a foreign parameter's own value: text, which is not to be lost with it."""
    words = value.split()
    takes = FOREIGN[name].takes
    own = int(bool(words) and (takes is Takes.WORD or bool(_NUMBER.match(words[0]))))
    if takes is Takes.LINKS:
        own = sum("://" in word or bool(_NUMBER.match(word)) or word == "random" for word in words)
    return " ".join(words[own:]).strip(" ,.;")


def sentences(names: Iterable[str]) -> Iterator[Sentence]:
    """One kind sentence for those that are alike, with what to do."""
    by_reason: dict[Why, list[str]] = {}
    for name in dict.fromkeys(names):
        by_reason.setdefault(FOREIGN[name].why, []).append(f"`--{echo_code(name, limit=40)}`")
    for why, given in by_reason.items():
        yield _SENTENCES[why](", ".join(given))


_SENTENCES: Mapping[Why, Callable[[str], Sentence]] = {
    Why.LATER: lambda names: say("Not here yet, leave it out: {names}.", names=names),
    Why.PICTURES: lambda names: say("I cannot look at pictures yet: leave out {names}.", names=names),
    Why.MODEL: lambda names: say(
        "Not here: {names}, which chooses a model of another bot. Leave it out, or choose one of this "
        "server's with `--model`.",
        names=names,
    ),
}
