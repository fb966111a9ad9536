"""What the embedded model makes of words and phrases: what it learnt, and what is read by other words.

A knight is read as a prince, `in the jungle` as `in a forest`, `trending on artstation` as nothing.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from string import ascii_lowercase

from engine.looking.vocabulary import LIGHTS, STYLES, THINGS
from engine.sketch import captions, grammar, text, words
from engine.sketch.places import PLACES, wordings

WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_LONG = 6
"""Letters of a word that is known when it is mistyped: shorter ones are too often a letter from another."""
_MANNERS = (*STYLES, *LIGHTS)
"""Said of the whole."""
_READ_WELL = frozenset(
    {"art", "design", "drawing", "hat", "illustration", "image", "painting", "photo", "picture", "portrait"}
)
"""What has a name among the things, but is said of the whole; and hats, which it learnt in all shapes."""


class Role(Enum):
    """What a phrase is among the others."""

    THING = auto()
    MANNER = auto()
    """How a thing is: its colour, its mood."""
    VERB = auto()
    """What a thing does, where no thing is called so."""
    LINK = auto()
    SETTING = auto()
    CLOSED = auto()
    """Articles, prepositions and the like, by themselves."""
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Entry:
    """What a phrase is, and what is read in its place; None: the phrase itself."""

    role: Role
    meant: str | None = None
    is_plural: bool = False


class Phrasebook:
    """The words and phrases that it learnt from, all their parts, and those that are read by other words."""

    def __init__(self) -> None:
        learnt = frozenset(map(spelt, _said()))
        things = frozenset(THINGS)
        known = frozenset(_parts(learnt)) | learnt | things | frozenset(map(spelt, _MANNERS))
        self._names = _names(known)
        self._entries = (
            {name: Entry(Role.THING, meant) for name, meant in self._names.items()}
            | dict.fromkeys(known, Entry(Role.OTHER))
            | {said: Entry(Role.SETTING, meant) for said, meant in _settings().items()}
            | {said: Entry(Role.OTHER, meant) for said, meant in _said_otherwise().items()}
            | dict.fromkeys(map(spelt, words.terms(words.ADJECTIVES)), Entry(Role.MANNER, ""))
            | dict.fromkeys(grammar.PORTIONS, Entry(Role.MANNER, ""))
            | dict.fromkeys(learnt, Entry(Role.OTHER))
            | dict.fromkeys(captions.COLOUR_WORDS.union(text.MOODS), Entry(Role.MANNER))
            | {thing: Entry(Role.THING, words.BEGUN.get(thing)) for thing in things}
            | {word: Entry(Role.CLOSED) for word in grammar.CLOSED if " " not in word}
        )
        """What it learnt from, and all parts of that, and what is read by other words. The later counts."""
        self.lands = _lands()
        """What is said behind a thing that stands in a place, by the names of that, in every light."""
        self.longest = max(phrase.count(" ") + 1 for phrase in self._entries)
        """In words."""

    def entry(self, phrase: str, *, is_all: bool = False) -> Entry | None:
        """What stands of a phrase, as `spelt` spells it; `is_all` where nothing else is said.

        Also of the plural of a thing, of a place that is said otherwise, of a thing that is mistyped.
        """
        entry = self._entries.get(phrase)
        if phrase in self._names:
            if is_all:
                return Entry(Role.THING, self._names[phrase])
            first, *more = phrase.split()
            is_done = grammar.is_verb(first) and (not more or more[0] in grammar.CLOSED)
            if is_done and entry is not None and entry.role is Role.THING:
                return None
        return entry or self._setting(phrase) or self._plural(phrase) or self._mistyped(phrase)

    def _setting(self, phrase: str) -> Entry | None:
        """A place that is said otherwise than it learnt it: crossing the road, in a pond."""
        for place in grammar.paths(phrase):
            if place in self._entries:
                return Entry(Role.SETTING, self._entries[place].meant or place)
        for place in grammar.otherwise_counted(phrase):
            entry = self._entries.get(place)
            if entry is not None and entry.role is Role.SETTING:
                return entry
        land = grammar.within(phrase)
        return Entry(Role.SETTING, self.lands[land]) if land in self.lands else None

    def _plural(self, phrase: str) -> Entry | None:
        for singular in _singulars(phrase):
            one = self._entries.get(singular)
            if one is not None and (one.role is Role.THING or " " in singular):
                return Entry(one.role, one.meant or singular, is_plural=True)
        return None

    def _mistyped(self, phrase: str) -> Entry | None:
        """A thing that a word may be the name of, with a slip of the finger."""
        if len(phrase) < _LONG - 1 or not phrase.isalpha() or grammar.is_verb(phrase):
            return None
        for word in _typed_as(phrase):
            entry = self._entries.get(word) if len(word) >= _LONG else None
            if entry is not None and (entry.role is Role.THING or word in self.lands):
                return replace(entry, meant=entry.meant or word)
        return None


def _names(known: frozenset[str]) -> dict[str, str]:
    """Other names of things and places, and what it draws for them.

    What says a colour keeps it, and what has one in the name of the thing may be wanted in another.
    """
    found = {}
    for word in words.senses():
        meant = words.nearest(word, known)
        has_colour = not captions.COLOUR_WORDS.isdisjoint(word.split()[:-1])
        if meant is None or meant == word or has_colour or word in _READ_WELL:
            continue
        if meant.split()[0] not in captions.COLOUR_WORDS or not meant.endswith(f" {word}"):
            found[spelt(word)] = words.BEGUN.get(meant, meant)
    return found


def _typed_as(word: str) -> Iterator[str]:
    """What may have been meant by a word with two letters swapped, one too many, or one too few."""
    for at in range(1, len(word)):
        head, tail = word[:at], word[at:]
        yield head + tail[1:2] + tail[:1] + tail[2:]
        yield head + tail[1:]
        yield from (head + letter + tail for letter in ascii_lowercase)


def _singulars(phrase: str) -> Iterator[str]:
    """What a phrase may be the plural of."""
    yield phrase.removesuffix("s")
    yield phrase.removesuffix("es")
    if phrase.endswith("ies"):
        yield f"{phrase[:-3]}y"


def _lands() -> dict[str, str]:
    """What is said behind a thing that stands in a place, by the names of that, in every light."""
    found: dict[str, str] = {}
    for place in PLACES.values():
        for light in place.lights:
            names, settings = wordings(place, light)
            found |= dict.fromkeys(map(spelt, names), settings[0].strip())
    return found


def _settings() -> dict[str, str]:
    """How else settings are said, and what is read of those that cannot be drawn."""
    found: dict[str, str] = {}
    for setting, said in words.SETTINGS.items():
        found |= dict.fromkeys(map(spelt, words.terms(said)), setting.strip())
    return found | dict.fromkeys(map(spelt, words.terms(words.UNSEEN_SETTINGS)), "")


def _said_otherwise() -> dict[str, str]:
    """How else styles are said, and what is read of what says nothing that can be drawn."""
    found: dict[str, str] = {}
    for style, said in words.STYLE_NAMES.items():
        found |= dict.fromkeys(map(spelt, words.terms(said)), style)
    for opening in map(spelt, (*words.terms(words.OPENINGS), *grammar.REQUESTS)):
        if " " in opening and opening not in grammar.SEVERAL:
            found[opening] = grammar.ARTICLE if opening.endswith(f" {grammar.ARTICLE}") else ""
            if opening.endswith(f" of {grammar.ARTICLE}"):
                found.setdefault(opening.removesuffix(f" {grammar.ARTICLE}"), "")
    return found | dict.fromkeys((*map(spelt, words.terms(words.DECORATIONS)), *grammar.CHATTER), "")


def _said() -> Iterator[str]:
    """What else stands in the captions that it learnt from."""
    yield from (*captions.OPENINGS, *captions.DECORATIONS, *captions.COLOUR_WORDS, "background", "paper")
    yield from (*text.MOODS, *words.SETTINGS)
    for styles in captions.STYLE_WORDS.values():
        yield from styles
    for place in PLACES.values():
        for light in place.lights:
            names, settings = wordings(place, light)
            yield from (*names, *settings)


def _parts(phrases: Iterable[str]) -> Iterator[str]:
    """All that stands together in some phrases, and neither begins nor ends in the midst of something."""
    for phrase in phrases:
        parts = phrase.split()
        bounds = [at for at, word in enumerate(parts) if word not in grammar.CLOSED]
        yield from (" ".join(parts[first : last + 1]) for last in bounds for first in bounds if first <= last)


def spelt(phrase: str) -> str:
    """A phrase as it is looked up, whatever its case and articles."""
    return " ".join(map(lowered, WORD.findall(phrase)))


def lowered(word: str) -> str:
    """A word as it is looked up."""
    lower = word.casefold()
    return grammar.ARTICLE if lower in grammar.ARTICLES else lower
