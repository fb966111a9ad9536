"""What may be drawn: rules are data, a text comes in, a verdict comes out.

A rule gives words their labels and names the sets of labels that may not meet in one text. The rule on minors
is the one that nobody can switch off. The whole text counts, `--no` and negative weights too: what is taken
out of a picture shapes it as well.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.domain import moderation_words as tables
from bot.domain.errors import PromptRefused
from bot.domain.lexicon import WordList, Words, lexicon
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
class Rule:
    """Which labels may not meet in one text."""

    name: str
    words: Words
    refused: tuple[frozenset[str], ...]
    """Sets of labels; a text that has all labels of one set is refused."""
    sentence: Sentence


ALLOWED = Verdict(action=Action.ALLOW)

MINORS = Rule(
    name="minors",
    words=Words(
        lists=(
            WordList(
                label="minor",
                latin=tables.MINOR_LATIN,
                written=tables.MINOR_WRITTEN,
                patterns=tables.MINOR_PATTERNS,
            ),
            WordList(label="young", latin=tables.YOUNG_LATIN, patterns=tables.YOUNG_PATTERNS),
            WordList(
                label="explicit",
                latin=tables.EXPLICIT_LATIN,
                written=tables.EXPLICIT_WRITTEN,
                patterns=tables.EXPLICIT_PATTERNS,
            ),
            WordList(label="suggestive", latin=tables.SUGGESTIVE_LATIN, patterns=tables.SUGGESTIVE_PATTERNS),
            WordList(label="abuse", latin=tables.ABUSE_LATIN),
        ),
        innocent=tables.INNOCENT_LATIN,
        fragile=tables.FRAGILE_LATIN,
    ),
    refused=(
        frozenset({"abuse"}),
        frozenset({"minor", "explicit"}),
        frozenset({"minor", "suggestive"}),
        frozenset({"young", "explicit"}),  # `girl` may be a woman, so that only the explicit is refused
    ),
    sentence=say(
        "I never draw minors together with sexual content, whatever the settings. If you mean adults, write"
        " `woman` or `man`, and leave out words for young people, after `--no` too."
    ),
)


NSFW = Rule(
    name="nsfw",
    words=Words(
        lists=(
            WordList(
                label="explicit",
                latin=tables.EXPLICIT_LATIN,
                written=tables.EXPLICIT_WRITTEN,
                patterns=tables.EXPLICIT_PATTERNS,
            ),
        ),
        innocent=tables.INNOCENT_LATIN,
        fragile=tables.FRAGILE_LATIN,
    ),
    refused=(frozenset({"explicit"}),),
    sentence=say("This is for age-restricted rooms of servers that allow it."),
)


def is_explicit(wanted: str, unwanted: str = "") -> bool:
    """Whether what is to be seen is for adults only. Leaving nudity out is not; leaving clothes out is."""
    if check_text(wanted, rules=(NSFW,)) != ALLOWED:
        return True
    return bool(unwanted) and any(
        re.search(pattern, f"--no {unwanted.casefold()}", re.DOTALL) for pattern in tables.UNDRESSING_PATTERNS
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
        labels = lexicon(rule.words).labels(skeleton)
        if any(refused <= labels for refused in rule.refused):
            return Verdict(action=Action.REFUSE, rule=rule.name, sentence=rule.sentence)
    return ALLOWED
