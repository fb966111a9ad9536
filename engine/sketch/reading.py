"""How the embedded model reads what people type: by the names of what it knows, and not at all what it cannot
draw. A knight is read as a prince, a cool car as a cool automobile, `trending on artstation` as nothing.

The text tower learnt some of these words (`engine.sketch.rewording`); here all of them are looked up.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

from engine.looking.captions import with_right_articles
from engine.looking.vocabulary import LIGHTS, STYLES, THINGS
from engine.sketch import captions, text, words
from engine.sketch.places import PLACES, wordings

_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_ARTICLE = re.compile(r"\b(an?) $", re.IGNORECASE)
_OPENING = "a"
"""How all prompts may begin."""
_MANNERS = (*STYLES, *LIGHTS, "background", "paper")
"""Said of the whole, or of what is behind it."""
_READ_WELL = frozenset(
    {"art", "design", "drawing", "hat", "illustration", "image", "painting", "photo", "picture", "portrait"}
)
"""What has a name among the things, but is said of the whole; and hats, which it learnt in all shapes."""
_IN_ING = """
bling boeing building clothing duckling dumpling earring engraving etching gelding gosling halfling
hatchling herring king lemming lightning nestling pudding sapling seedling spiderling spring starling
stocking string thanksgiving viking wedding wing x-wing
"""
_THINGS_IN_ING = frozenset(_IN_ING.split())
"""Others that end so are what somebody does, and no thing unless they are all that is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Phrase:
    """Some words of a text that belong together."""

    span: range
    spelt: str
    count: int
    meant: str | None
    """What is read in their place; None: they themselves."""


class Reading:
    """The words and phrases of a text that are read otherwise; the longest first, whatever their case."""

    def __init__(self) -> None:
        self._things = frozenset(THINGS)
        self._known = frozenset(_parts(_said())).union(self._things, map(_spelt, _MANNERS))
        """What it learnt to draw, and to read, as it is."""
        self._names = _names(self._known)
        self._meanings = _said_otherwise() | self._names
        self._most = max(phrase.count(" ") + 1 for phrase in (*self._known, *self._meanings))

    def found(self, typed: str) -> list[tuple[range, str]]:
        """Where they stand in the text, in their order, and what is read in their place."""
        found: list[tuple[range, str]] = []
        phrases = list(self._phrases(typed))
        for phrase, following in zip_longest(phrases, phrases[1:]):
            if phrase.meant is not None and not self._is_of_the_next(typed, phrase, following):
                found += _fitted(typed, phrase.span, phrase.meant)
        return found

    def reworded(self, typed: str) -> str:
        """The text as it is read."""
        read, end = "", 0
        for span, meant in self.found(typed):
            read += typed[end : span.start] + meant
            end = span.stop
        return read + typed[end:]

    def _phrases(self, typed: str) -> Iterator[_Phrase]:
        """The text in phrases, each as long as it can be."""
        spans = [range(*match.span()) for match in _WORD.finditer(typed)]
        place = 0
        while place < len(spans):
            phrase = self._longest(typed, spans[place : place + self._most])
            yield phrase
            place += phrase.count

    def _longest(self, typed: str, spans: list[range]) -> _Phrase:
        """The longest phrase that means something, of words that begin here."""
        most = next(
            (n for n in range(1, len(spans)) if not _touch(typed, spans[n - 1], spans[n])), len(spans)
        )
        for count in range(most, 0, -1):
            span = range(spans[0].start, spans[count - 1].stop)
            spelt = " ".join(typed[one.start : one.stop].casefold() for one in spans[:count])
            meant = None if spelt in self._known else self._meant(spelt)
            if meant and _is_activity(spelt) and not _stands_alone(typed, span):
                meant = None
            if spelt in self._known or meant is not None or count == 1:
                return _Phrase(span=span, spelt=spelt, count=count, meant=meant)
        raise ValueError("a phrase has a word")

    def _meant(self, spelt: str) -> str | None:
        """What a phrase stands for, also where it ends in the plural of one."""
        singulars = (spelt, spelt.removesuffix("s"), spelt.removesuffix("es"))
        return next((self._meanings[one] for one in singulars if one in self._meanings), None)

    def _is_of_the_next(self, typed: str, phrase: _Phrase, following: _Phrase | None) -> bool:
        """Whether a name only says more of the thing that comes next: of a cool car, the car is the thing."""
        if following is None or phrase.spelt not in self._names:
            return False
        is_thing = following.spelt in self._things or following.spelt in self._names
        return is_thing and _touch(typed, phrase.span, following.span)


def _names(known: frozenset[str]) -> dict[str, str]:
    """Other names of things and places, and what it draws for them.

    What says a colour keeps it, and what has one in the name of the thing may be wanted in another.
    """
    found = {}
    for word in words.senses():
        meant = words.nearest(word, known)
        has_colour = not captions.COLOUR_WORDS.isdisjoint(word.split()[:-1])
        if meant is None or has_colour or word in _READ_WELL:
            continue
        if meant.split()[0] not in captions.COLOUR_WORDS or not meant.endswith(f" {word}"):
            found[_spelt(word)] = meant
    return found


def _said_otherwise() -> dict[str, str]:
    """How else settings and styles are said, and what is read of what says nothing that can be drawn."""
    found: dict[str, str] = {}
    others: Mapping[str, str] = words.SETTINGS | words.STYLE_NAMES
    for known, said in others.items():
        found |= dict.fromkeys(map(_spelt, words.terms(said)), known.strip())
    for opening in map(_spelt, words.terms(words.OPENINGS)):
        if " " in opening:
            found[opening] = _OPENING if opening.endswith(f" {_OPENING}") else ""
    for unseen in (words.ADJECTIVES, words.DECORATIONS, words.UNSEEN_SETTINGS):
        found |= dict.fromkeys(map(_spelt, words.terms(unseen)), "")
    return found


def _is_activity(spelt: str) -> bool:
    return spelt.endswith("ing") and " " not in spelt and spelt not in _THINGS_IN_ING


def _stands_alone(typed: str, span: range) -> bool:
    """Whether there is nothing else between the commas that a word stands between."""
    before, after = typed[: span.start].rpartition(",")[2], typed[span.stop :].partition(",")[0]
    return not before.strip() and not after.strip()


def _touch(typed: str, one: range, other: range) -> bool:
    return not typed[one.stop : other.start].strip()


def _fitted(typed: str, span: range, meant: str) -> Iterator[tuple[range, str]]:
    """With the article before it, where that is to be another; without what is left around nothing."""
    before, after = typed[: span.start], typed[span.stop :]
    if not meant:
        ends = not after.strip() or after.lstrip().startswith(",")
        start = len(before.rstrip(" ,")) if ends else span.start
        yield range(start, span.stop if ends else len(typed) - len(after.lstrip())), ""
        return
    article = _ARTICLE.search(before)
    if article is not None and meant == _OPENING:
        yield range(article.start(), span.stop), meant
        return
    if article is not None:
        right = with_right_articles(f"a {meant}").removesuffix(f" {meant}")
        if right != article[1].casefold():
            yield range(*article.span(1)), right
    yield span, meant


def _said() -> Iterator[str]:
    """What else stands in the captions that it learnt from."""
    yield from (*captions.OPENINGS, *captions.DECORATIONS, *captions.COLOUR_WORDS)
    yield from text.MOODS
    for styles in captions.STYLE_WORDS.values():
        yield from styles
    for place in PLACES.values():
        for light in place.lights:
            names, settings = wordings(place, light)
            yield from (*names, *settings)


def _parts(phrases: Iterable[str]) -> Iterator[str]:
    """All that stands together in some phrases."""
    for phrase in set(phrases):
        spelt = _WORD.findall(phrase.casefold())
        yield from (" ".join(spelt[first:end]) for end in range(len(spelt) + 1) for first in range(end))


def _spelt(phrase: str) -> str:
    return " ".join(_WORD.findall(phrase.casefold()))
