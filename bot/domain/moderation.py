"""What may be drawn: rules are data, a text comes in, a verdict comes out.

A rule gives words their labels and names the sets of labels that may not meet in one text. The rule on minors
is the one that nobody can switch off. The whole text counts, `--no` and negative weights too: what is taken
out of a picture shapes it as well.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import inf

from bot.domain import moderation_words as tables
from bot.domain.errors import PromptRefused
from bot.domain.lexicon import Found, WordList, Words, lexicon
from bot.domain.sentences import Sentence, say
from bot.domain.skeleton import read


class Action(StrEnum):
    """What follows from a verdict."""

    ALLOW = "allow"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a text may be drawn, and if not, which rule forbids it."""

    action: Action
    rule: str = ""
    sentence: Sentence | None = None

    def enforce(self) -> None:
        """Let an allowed text pass.

        Raises: PromptRefused.
        """
        if self.sentence is not None:
            raise PromptRefused(self.sentence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two labels that may not belong together."""

    first: str
    second: str
    words: int
    """How far apart they still do."""
    in_sentence: bool = True
    """Whether they also do anywhere in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Which labels may not meet in one text."""

    name: str
    words: Words
    refused: tuple[frozenset[str], ...]
    """Sets of labels; a text that has all labels of one set is refused."""
    near: tuple["Pair", ...] = ()
    """Labels that are refused where they belong together."""
    sentence: Sentence


ALLOWED = Verdict(action=Action.ALLOW)

_EXPLICIT = WordList(
    label="explicit",
    latin=tables.EXPLICIT_LATIN,
    written=tables.EXPLICIT_WRITTEN,
    patterns=tables.EXPLICIT_PATTERNS,
    kana=tables.EXPLICIT_KANA,
    unwanted=tables.UNDRESSING_PATTERNS,
)


def _words(*lists: WordList, things: str) -> Words:
    """Word lists with the exceptions that all rules share; `things` are what makes an adjective innocent."""
    return Words(
        lists=lists,
        innocent=tables.INNOCENT_LATIN,
        fragile=tables.FRAGILE_LATIN,
        attributive=tables.ATTRIBUTIVE_LATIN,
        things=things,
        contexts=tables.CONTEXTS,
    )


MINORS = Rule(
    name="minors",
    words=_words(
        WordList(
            label="minor",
            latin=tables.MINOR_LATIN,
            written=tables.MINOR_WRITTEN,
            patterns=tables.MINOR_PATTERNS,
            kana=tables.MINOR_KANA,
            unwanted=tables.GROWN_PATTERNS,
        ),
        WordList(
            label="young",
            latin=tables.YOUNG_LATIN,
            patterns=tables.YOUNG_PATTERNS,
            kana=tables.YOUNG_KANA,
        ),
        _EXPLICIT,
        WordList(
            label="suggestive",
            latin=tables.SUGGESTIVE_LATIN,
            patterns=tables.SUGGESTIVE_PATTERNS,
            kana=tables.SUGGESTIVE_KANA,
        ),
        WordList(label="bare", latin=tables.BARE_LATIN),
        WordList(label="girl", latin=tables.GIRL_LATIN),
        WordList(label="abuse", latin=tables.ABUSE_LATIN),
        things=f"{tables.THINGS_LATIN} {tables.ART_LATIN}",
    ),
    refused=(
        frozenset({"abuse"}),
        frozenset({"minor", "explicit"}),
        frozenset({"young", "explicit"}),  # `girl` may be a woman, so that only the explicit is refused
    ),
    near=(
        Pair(first="minor", second="suggestive", words=8),
        Pair(first="girl", second="bare", words=2, in_sentence=False),
    ),
    sentence=say(
        "I never draw minors together with sexual content, whatever the settings. If you mean adults, write"
        " `woman` or `man`, and leave out words for young people, after `--no` too."
    ),
)


NSFW = Rule(
    name="nsfw",
    words=_words(_EXPLICIT, things=tables.THINGS_LATIN),
    refused=(frozenset({"explicit"}),),
    sentence=say("This is for age-restricted rooms of servers that allow it."),
)


def is_explicit(wanted: str, unwanted: str = "") -> bool:
    """Whether what is to be seen is for adults only. Leaving nudity out is not; leaving clothes out is."""
    if check_text(wanted, rules=(NSFW,)) != ALLOWED:
        return True
    return bool(unwanted) and any(
        re.search(pattern, unwanted.casefold()) for pattern in tables.UNDRESSING_PATTERNS
    )


def check_explicit(*, is_allowed: bool, is_age_restricted: bool) -> None:
    """Let what is for adults only into rooms that are, where deployment and guild allow it.

    Raises: PromptRefused.
    """
    if not is_allowed:
        raise PromptRefused(say("Nudity and sexual content are not drawn in this server."))
    if not is_age_restricted:
        raise PromptRefused(say("This is for age-restricted rooms. Draw it in one of those."))


def check_text(text: str, *, rules: Iterable[Rule] = (MINORS,)) -> Verdict:
    """The verdict on a whole prompt as it was typed. The first rule that forbids it decides."""
    skeleton = read(text)
    for rule in rules:
        found = lexicon(rule.words).find(skeleton)
        labels = frozenset[str]().union(*(one.labels for one in found))
        if any(refused <= labels for refused in rule.refused) or _are_together(rule, found):
            return Verdict(action=Action.REFUSE, rule=rule.name, sentence=rule.sentence)
    return ALLOWED


def _are_together(rule: Rule, found: Sequence[Found]) -> bool:
    """Whether the two labels of a pair stand close enough to each other."""
    for pair in rule.near:
        firsts = [one for one in found if pair.first in one.labels]
        seconds = [one for one in found if pair.second in one.labels]
        if firsts and seconds and any(one.place is None for one in (*firsts, *seconds)):
            return True  # a pattern's place is not known
        if pair.in_sentence and {one.sentence for one in firsts} & {one.sentence for one in seconds}:
            return True
        if _nearest(firsts, seconds) <= pair.words:
            return True
    return False


def _nearest(firsts: Sequence[Found], seconds: Sequence[Found]) -> float:
    """How many words lie between the two of them that are nearest to each other."""
    places = sorted([(one.place or 0, 1) for one in firsts] + [(one.place or 0, 2) for one in seconds])
    gaps = (there - here for (here, this), (there, that) in pairwise(places) if this != that)
    return min(gaps, default=inf)
