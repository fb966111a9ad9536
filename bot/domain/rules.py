"""A guild's own rules: words with weights, and what a room asks for. Rules are data, a recipe comes in."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Self

from bot.domain.asker import Asker
from bot.domain.echo import echo_code, visible
from bot.domain.errors import NotAllowed, Unreadable
from bot.domain.lexicon import Lexicon, WordList, Words
from bot.domain.recipe import Recipe
from bot.domain.sentences import say, say_n
from bot.domain.skeleton import read
from bot.domain.studio import is_among

MAX_PHRASE = 80
MAX_RULES = 1000
MAX_REQUIRED = 20

_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")
"""Alphabets that are written without spaces, so that a word may stand anywhere."""


class Weight(StrEnum):
    """What a word costs, from the lightest."""

    SOFT = "soft"
    """The member is asked, and draws by pressing a button."""
    LIGHT = "light"
    """Refused. Nothing else follows."""
    MEDIUM = "medium"
    """Refused; three times are a strike."""
    HEAVY = "heavy"
    """Refused, and a strike at once."""


class Place(StrEnum):
    """Where a word counts."""

    PROMPT = "prompt"
    NEGATIVE = "negative"
    """After `--no`, and in parts with a negative weight."""
    ANYWHERE = "anywhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildRule:
    """A word or phrase that a guild does not want, in all its disguises."""

    id: int
    guild_id: int
    phrase: str
    weight: Weight
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomPolicy:
    """Who may draw in a room, and what. Empty means that everything is welcome."""

    role_ids: tuple[int, ...] = ()
    models: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    """The words of the room's theme."""
    num_required: int = 1
    """How many of them a prompt must have."""
    takes_pictures: bool = True
    """Whether what is drawn there may be made from pictures that members bring along."""

    def to_json(self) -> dict[str, Any]:
        """Plain values, for a JSON column."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The policy that `to_json` wrote."""
        plain: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
        return cls(**plain)


ANYTHING_GOES = RoomPolicy()


def to_phrase(typed: str) -> str:
    """A phrase as it is stored: small letters, single spaces.

    Raises: Unreadable.
    """
    phrase = " ".join(visible(typed).casefold().split())
    if not any(char.isalnum() or not char.isascii() for char in phrase) or len(phrase) > MAX_PHRASE:
        raise Unreadable(
            say("Name a word or a phrase with letters, at most {most} characters.", most=MAX_PHRASE)
        )
    return phrase


def texts_of(recipe: Recipe) -> tuple[str, str]:
    """What a recipe wants to see, and what it does not."""
    parts = recipe.prompt.parts
    wanted = " ".join(part.text for part in parts if part.weight >= 0)
    unwanted = [part.text for part in parts if part.weight < 0]
    return wanted, " ".join([recipe.negative_prompt, *unwanted]).strip()


def broken(rules: Sequence[GuildRule], wanted: str, unwanted: str) -> list[GuildRule]:
    """The rules that a prompt breaks, the heaviest first."""
    if not rules:
        return []
    in_prompt = found_in(tuple(rule.phrase for rule in rules), wanted)
    in_negative = found_in(tuple(rule.phrase for rule in rules), unwanted) if unwanted else frozenset()
    places = {
        Place.PROMPT: in_prompt,
        Place.NEGATIVE: in_negative,
        Place.ANYWHERE: in_prompt | in_negative,
    }
    hit = [rule for rule in rules if rule.phrase in places[rule.place]]
    weights = list(Weight)
    return sorted(hit, key=lambda rule: (-weights.index(rule.weight), rule.phrase))


def found_in(phrases: tuple[str, ...], text: str) -> frozenset[str]:
    """Which phrases a text has, whatever letters it is written in."""
    return _lexicon(phrases).labels(read(text))


def check_room(policy: RoomPolicy, asker: Asker, recipe: Recipe) -> None:
    """Let only those pass whom the room is for, with what it is for.

    Raises: NotAllowed.
    """
    if policy.role_ids and set(asker.role_ids).isdisjoint(policy.role_ids):
        roles = ", ".join(f"<@&{role_id}>" for role_id in policy.role_ids)
        raise NotAllowed(say("Drawing in this room is for {roles}. Try another room.", roles=roles))
    if policy.models and not is_among(recipe.weights.name, policy.models):
        models = ", ".join(f"`{echo_code(model)}`" for model in policy.models)
        raise NotAllowed(say("In this room only these models draw: {models}.", models=models))
    if policy.required:
        _check_theme(policy, recipe)


def _check_theme(policy: RoomPolicy, recipe: Recipe) -> None:
    wanted, _ = texts_of(recipe)
    needed = min(policy.num_required, len(policy.required))
    if len(found_in(policy.required, wanted)) < needed:
        words = ", ".join(f"`{echo_code(word)}`" for word in policy.required)
        raise NotAllowed(
            say_n(
                "This room has a theme: use at least {count} of these words in your prompt: {words}.",
                "This room has a theme: use at least {count} of these words in your prompt: {words}.",
                needed,
                words=words,
            )
        )


@lru_cache(maxsize=512)
def _lexicon(phrases: tuple[str, ...]) -> Lexicon:
    """By the phrases alone: hashing hundreds of word lists at every prompt takes longer than the search."""
    return Lexicon(Words(lists=tuple(map(_word_list, phrases))))


def _word_list(phrase: str) -> WordList:
    skeleton = read(phrase)
    scripts = {unicodedata.name(char, "").split(" ")[0] for char in phrase if char.isalpha()}
    parts = [word for chunk in skeleton.readings[0] for word in chunk.words]
    if parts and scripts <= {"LATIN", "FULLWIDTH"}:
        return WordList(label=phrase, latin="_".join(parts))
    written = re.escape(skeleton.written)
    if scripts and scripts.isdisjoint(_UNSPACED):
        written = rf"(?<!\w){written}(?!\w)"
    return WordList(label=phrase, patterns=(written,))
