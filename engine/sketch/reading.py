"""How the embedded model reads what people type: by the names of what it knows, and not at all what it cannot
draw. A knight is read as a prince, a jungle as a forest, `trending on artstation` as nothing.

The text tower learnt some of these words (`engine.sketch.rewording`); here all of them are looked up.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from engine.looking.captions import with_right_articles
from engine.looking.vocabulary import LIGHTS, STYLES
from engine.sketch import captions, text, words
from engine.sketch.concepts import COMMON
from engine.sketch.places import PLACES, wordings

_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_ARTICLE = re.compile(r"\b(an?) $", re.IGNORECASE)
_OPENING = "a"
"""How all prompts may begin."""
_ARTICLES = ("a ", "an ", "the ")
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
_MANNERS = (*STYLES, *LIGHTS, "background")


class Reading:
    """The words and phrases of a text that are read otherwise; the longest first, whatever their case."""

    def found(self, typed: str) -> list[tuple[range, str]]:
        """Where they stand in the text, in their order, and what is read in their place."""
        return list(self._found(typed))

    def reworded(self, typed: str) -> str:
        """The text as it is read."""
        read, end = "", 0
        for span, meant in self.found(typed):
            read += typed[end : span.start] + meant
            end = span.stop
        return read + typed[end:]

    def _found(self, typed: str) -> Iterator[tuple[range, str]]:
        spans = [range(*match.span()) for match in _WORD.finditer(typed)]
        spelt = [typed[span.start : span.stop].casefold() for span in spans]
        place = 0
        while place < len(spans):
            count, meant = self._longest(typed, spans, spelt, place)
            if meant is not None and not self._is_of_the_next(typed, spans, spelt, place, count):
                yield from _fitted(typed, range(spans[place].start, spans[place + count - 1].stop), meant)
            place += count

    def _longest(
        self, typed: str, spans: list[range], spelt: list[str], place: int
    ) -> tuple[int, str | None]:
        """How many words belong together from this one on, and what is read in their place, if anything."""
        most = 1
        while most < self._most and place + most < len(spans):
            if typed[spans[place + most - 1].stop : spans[place + most].start].strip():
                break
            most += 1
        for count in range(most, 0, -1):
            phrase = " ".join(spelt[place : place + count])
            if phrase in self._known:
                return count, None
            meant = self._meant(phrase)
            if meant and _is_activity(phrase) and not _stands_alone(typed, spans[place]):
                continue
            if meant is not None:
                return count, meant
        return 1, None

    def _is_of_the_next(
        self, typed: str, spans: list[range], spelt: list[str], place: int, count: int
    ) -> bool:
        """Whether a name only says more of the thing that comes next: of a cool car, the car is the thing."""
        following = place + count
        is_name = " ".join(spelt[place:following]) in self._senses
        if not is_name or following == len(spans):
            return False
        if typed[spans[following - 1].stop : spans[following].start].strip():
            return False
        more, meant = self._longest(typed, spans, spelt, following)
        phrase = " ".join(spelt[following : following + more])
        return phrase in self._things or (meant is not None and phrase in self._senses)

    def _meant(self, phrase: str) -> str | None:
        """What a phrase stands for, also where it ends in the plural of one."""
        for one in (phrase, phrase.removesuffix("s"), phrase.removesuffix("es")):
            if one in self._meanings:
                return self._meanings[one]
        return None

    @cached_property
    def _most(self) -> int:
        return max(phrase.count(" ") + 1 for phrase in (*self._known, *self._meanings))

    @cached_property
    def _things(self) -> frozenset[str]:
        """What it learnt to draw."""
        return frozenset(" ".join(name.split()) for name in COMMON.split(","))

    @cached_property
    def _known(self) -> frozenset[str]:
        """What it learnt to draw, and to read, as it is."""
        views = map(_bare, map(_spelt, _views()))
        return frozenset(_parts(_said())).union(self._things, views, map(_spelt, _MANNERS))

    @cached_property
    def _meanings(self) -> dict[str, str]:
        """Phrase by phrase, as people type them, what is read for them."""
        found: dict[str, str] = {}
        for known, others in (*words.SETTINGS.items(), *words.STYLE_NAMES.items()):
            found |= dict.fromkeys(map(_spelt, words.terms(others)), known.strip())
        for opening in map(_spelt, words.terms(words.OPENINGS)):
            if " " in opening:
                found[opening] = _OPENING if opening.endswith(f" {_OPENING}") else ""
        for unseen in (words.ADJECTIVES, words.DECORATIONS, words.UNSEEN_SETTINGS):
            found |= dict.fromkeys(map(_spelt, words.terms(unseen)), "")
        return found | self._senses

    @cached_property
    def _senses(self) -> dict[str, str]:
        """The same of names alone. What has its colour in its name may be wanted in another."""
        found = {}
        for word in words.senses():
            meant = words.nearest(word, self._known)
            has_colour = not captions.COLOUR_WORDS.isdisjoint(word.split()[:-1])
            is_coloured = meant is not None and meant.split()[0] in captions.COLOUR_WORDS
            if meant is None or has_colour or word in _READ_WELL:
                continue
            if not (is_coloured and meant.endswith(f" {word}")):
                found[_spelt(word)] = meant
        return found


def _is_activity(phrase: str) -> bool:
    return phrase.endswith("ing") and " " not in phrase and phrase not in _THINGS_IN_ING


def _stands_alone(typed: str, span: range) -> bool:
    """Whether there is nothing else between the commas that a word stands between."""
    before, after = typed[: span.start].rpartition(",")[2], typed[span.stop :].partition(",")[0]
    return not before.strip() and not after.strip()


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


def _views() -> Iterator[str]:
    """The names of all places."""
    for place in PLACES.values():
        for light in place.lights:
            yield from wordings(place, light)[0]


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


def _bare(phrase: str) -> str:
    return next((phrase.removeprefix(one) for one in _ARTICLES if phrase.startswith(one)), phrase)


def _spelt(phrase: str) -> str:
    return " ".join(_WORD.findall(phrase.casefold()))
