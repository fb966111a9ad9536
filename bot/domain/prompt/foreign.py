"""Parameters that members know from other bots and that are not here: each is recognised, and told kindly."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
    """Why it is not here, and what is nearest to it."""

    CLIPS = "clips"
    DRAWING = "drawing"
    ELSEWHERE = "elsewhere"
    LARGER = "larger"
    MODEL = "model"
    OBJECT = "object"
    PICTURES = "pictures"
    PRIVATE = "private"
    PUBLIC = "public"
    SHAPE = "shape"
    STRANGE = "strange"
    STYLE = "style"
    TASTE = "taste"


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """A row of the table."""

    takes: Takes
    why: Why
    words: frozenset[str] = frozenset()
    """Of a WORD, those that prove behind a lone dash that it is a parameter."""


def _rows(why: Why, takes: Takes, *names: str, words: Iterable[str] = ()) -> dict[str, Foreign]:
    return dict.fromkeys(names, Foreign(takes=takes, why=why, words=frozenset(words)))


FOREIGN: Mapping[str, Foreign] = {
    **_rows(Why.CLIPS, Takes.WORD, "motion", words=("low", "high")),
    **_rows(Why.CLIPS, Takes.NOTHING, "loop"),
    **_rows(Why.CLIPS, Takes.LINKS, "end"),
    **_rows(Why.CLIPS, Takes.NUMBER, "bs"),
    **_rows(Why.OBJECT, Takes.LINKS, "oref"),
    **_rows(Why.OBJECT, Takes.NUMBER, "ow"),
    **_rows(Why.STYLE, Takes.NUMBER, "sv"),
    **_rows(Why.TASTE, Takes.WORD, "p", "profile", "personalize"),
    **_rows(Why.STRANGE, Takes.NUMBER, "exp"),
    **_rows(Why.PRIVATE, Takes.NOTHING, "stealth", "private"),
    **_rows(Why.PUBLIC, Takes.NOTHING, "public"),
    **_rows(Why.LARGER, Takes.NOTHING, "uplight", "upbeta", "upanime", "upscale", "upalpha"),
    **_rows(Why.MODEL, Takes.NOTHING, "test", "testp", "beta", "creative", "vibe", "vibefast", "fun"),
    **_rows(Why.MODEL, Takes.WORD, "preset"),
    **_rows(Why.DRAWING, Takes.NOTHING, "hq", "newclip", "wallpaper"),
    **_rows(Why.SHAPE, Takes.NUMBER, "h", "width", "height", "sl", "ml", "ll", "sp", "mp", "lp", "dpi"),
    **_rows(Why.PICTURES, Takes.LINKS, "image", "img"),
    **_rows(Why.PICTURES, Takes.NUMBER, "strength"),
    **_rows(Why.ELSEWHERE, Takes.NUMBER, "pan_left", "pan_right", "pan_up", "pan_down"),
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
            is_code = any(char.isdigit() for char in first)
            return first in row.words or not first or is_code or not first[0].isalnum()
        case Takes.NOTHING:
            return not first or bool(_NUMBER.match(first)) or not first[0].isalnum()
        case Takes.LINKS:
            return bool(_NUMBER.match(first)) or "://" in first or first == "random"


def text_after(name: str, value: str) -> str:
    """What follows a foreign parameter's own value: text, which is not to be lost with it."""
    words = value.split()
    takes = FOREIGN[name].takes
    own = int(bool(words) and (_is_word_of(name, words[0]) or bool(_NUMBER.match(words[0]))))
    if takes is Takes.LINKS:
        own = _count_links(words)
    return " ".join(words[own:]).strip(" ,.;")


def _is_word_of(name: str, word: str) -> bool:
    """Whether a word is the value of a name: of those that are known, or where nobody knows them."""
    row = FOREIGN[name]
    return row.takes is Takes.WORD and (not row.words or word.lower().strip(".,;") in row.words)


def _count_links(words: Sequence[str]) -> int:
    """How many of the words, from the first on, are links or numbers."""
    count = 0
    while count < len(words) and ("://" in words[count] or _NUMBER.match(words[count])):
        count += 1
    return count


def sentences(names: Iterable[str]) -> Iterator[Sentence]:
    """One kind sentence for those that are alike, with what to do."""
    by_reason: dict[Why, list[str]] = {}
    for name in dict.fromkeys(names):
        by_reason.setdefault(FOREIGN[name].why, []).append(f"`--{echo_code(name, limit=40)}`")
    for why, given in by_reason.items():
        yield _SENTENCES[why](", ".join(given))


_SENTENCES: Mapping[Why, Callable[[str], Sentence]] = {
    Why.CLIPS: lambda names: say(
        "Not here: {names}. I draw no clips; `--video` shows as an animation how the four came about.",
        names=names,
    ),
    Why.OBJECT: lambda names: say(
        "Not here: {names}. Nearest is `--cref` with the same link, and `--cw` for how much it counts.",
        names=names,
    ),
    Why.STYLE: lambda names: say(
        "Not here: {names}. A style is read in one way; `--sw` says how much it counts.", names=names
    ),
    Why.TASTE: lambda names: say(
        "Not here: {names}. I do not learn a taste; `--sref` with a picture that you like comes nearest.",
        names=names,
    ),
    Why.STRANGE: lambda names: say("Not here: {names}. Nearest are `--stylize` and `--chaos`.", names=names),
    Why.PRIVATE: lambda names: say(
        "Not here: {names}. What you draw in a direct message to me only you see.", names=names
    ),
    Why.PUBLIC: lambda names: say(
        "Not needed: {names}. Whoever sees the channel sees what you draw in it.", names=names
    ),
    Why.LARGER: lambda names: say(
        "Not here: {names}. Press **U1** to **U4** under the four pictures, then **Upscale**.", names=names
    ),
    Why.MODEL: lambda names: say(
        "Not here: {names}. Models are chosen with `--model`, or `--v`, as far as this server has them.",
        names=names,
    ),
    Why.DRAWING: lambda names: say("Not here: {names}. For more work there is `--quality 2`.", names=names),
    Why.SHAPE: lambda names: say(
        "Not here: {names}. The shape is told by its ratio, as in `--ar 3:2`.", names=names
    ),
    Why.PICTURES: lambda names: say(
        "Not here: {names}. Links of pictures go before the text, and `--iw` says how much they count.",
        names=names,
    ),
    Why.ELSEWHERE: lambda names: say(
        "Not here: {names}. The arrows under a single picture do that: press **U1** to **U4** first.",
        names=names,
    ),
}
