"""How the embedded model reads what people type: by the names of what it knows, and not at all what it cannot
draw. A knight is read as a prince, a cool car as a cool automobile, `trending on artstation` as nothing.

The text tower learnt some of these words (`engine.sketch.rewording`); here all of them are looked up.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from string import ascii_lowercase

from engine.looking.captions import with_right_articles
from engine.looking.vocabulary import LIGHTS, STYLES, THINGS
from engine.sketch import captions, grammar, text, words
from engine.sketch.places import PLACES, wordings

_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_ARTICLE = re.compile(r"\b(an?) $", re.IGNORECASE)
_AHEAD = 40
"""How many characters an article is fitted to."""
_WITH = "with"
_LONG = 6
"""Letters of a word that is known when it is mistyped: shorter ones are too often a letter from another."""
_MANNERS = (*STYLES, *LIGHTS)
"""Said of the whole."""
_READ_WELL = frozenset(
    {"art", "design", "drawing", "hat", "illustration", "image", "painting", "photo", "picture", "portrait"}
)
"""What has a name among the things, but is said of the whole; and hats, which it learnt in all shapes."""


class _Role(Enum):
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
class _Word:
    """A word of a text."""

    span: range
    spelt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Phrase:
    """Some words of a text that belong together."""

    words: Sequence[_Word]
    role: _Role
    meant: str | None = None
    """What is read in their place; None: they themselves."""
    is_plural: bool = False

    @property
    def span(self) -> range:
        return range(self.words[0].span.start, self.words[-1].span.stop)

    @property
    def spelt(self) -> str:
        return _joined(self.words)


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a phrase is, and what is read in its place; None: the phrase itself."""

    role: _Role
    meant: str | None = None
    is_plural: bool = False


class Reading:
    """The words and phrases of a text that are read otherwise; the longest first, whatever their case."""

    def __init__(self) -> None:
        learnt = frozenset(map(_spelt, _said()))
        things = frozenset(THINGS)
        known = frozenset(_parts(_said())) | learnt | things | frozenset(map(_spelt, _MANNERS))
        self._names = _names(known)
        self._entries = (
            {name: _Entry(_Role.THING, meant) for name, meant in self._names.items()}
            | dict.fromkeys(known, _Entry(_Role.OTHER))
            | {said: _Entry(_Role.SETTING, meant) for said, meant in _settings().items()}
            | {said: _Entry(_Role.OTHER, meant) for said, meant in _said_otherwise().items()}
            | dict.fromkeys(map(_spelt, words.terms(words.ADJECTIVES)), _Entry(_Role.MANNER, ""))
            | dict.fromkeys(grammar.PORTIONS, _Entry(_Role.MANNER, ""))
            | dict.fromkeys(learnt, _Entry(_Role.OTHER))
            | dict.fromkeys(captions.COLOUR_WORDS.union(text.MOODS), _Entry(_Role.MANNER))
            | {thing: _Entry(_Role.THING, words.BEGUN.get(thing)) for thing in things}
            | {word: _Entry(_Role.CLOSED) for word in grammar.CLOSED if " " not in word}
        )
        """What it learnt from, and all parts of that, and what is read by other words. The later counts."""
        self._lands = _lands()
        self._links = grammar.links()
        self._most = max(phrase.count(" ") + 1 for phrase in self._entries)

    def found(self, typed: str) -> list[tuple[range, str]]:
        """Where they stand in the text, in their order, and what is read in their place."""
        phrases: list[_Phrase] = []
        for clause in (clauses := list(_clauses(typed))):
            goes_on = phrases and grammar.is_verb(clause[0].spelt)
            phrases += self._phrases(clause, phrases[-1] if goes_on else None, is_only=len(clauses) == 1)
        return _fitted(typed, [(each.span, each.meant) for each in phrases if each.meant is not None])

    def reworded(self, typed: str) -> str:
        """The text as it is read."""
        read, end = "", 0
        for span, meant in self.found(typed):
            read += typed[end : span.start] + meant
            end = span.stop
        return read + typed[end:]

    def _phrases(
        self, clause: Sequence[_Word], before: _Phrase | None, *, is_only: bool
    ) -> Iterator[_Phrase]:
        """The words of a clause in phrases, each as long as it can be."""
        at, is_first = 0, before is None
        while rest := clause[at : at + 2 * self._most]:
            for phrase in self._next(rest, before, is_all=is_only and not at, is_first=is_first):
                yield phrase
                before = phrase
                is_first = is_first and phrase.role is not _Role.THING
                at += len(phrase.words)

    def _next(
        self,
        rest: Sequence[_Word],
        before: _Phrase | None,
        *,
        is_all: bool = False,
        is_first: bool = False,
    ) -> Sequence[_Phrase]:
        """What a clause goes on with: what joins things or counts them, or else what is looked up."""
        looked_up = self._looked_up(rest, is_all=is_all)
        if is_first and (thing := self._thing_in(looked_up, rest[len(looked_up.words) :])):
            return thing
        ways = (self._linked(rest, before), self._verb(rest, before), self._several(rest, before))
        for phrases in ways:
            if phrases and len(phrases[0].words) >= len(looked_up.words):
                return phrases
        return [self._among(looked_up, before, rest[len(looked_up.words) :])]

    def _among(self, phrase: _Phrase, before: _Phrase | None, rest: Sequence[_Word]) -> _Phrase:
        """What is looked up, between what is before and what comes."""
        following = self._looked_up(rest).role if rest else None
        if phrase.spelt in grammar.DETERMINERS - grammar.ARTICLES:
            is_counted = phrase.spelt != "the" or (before is not None and before.role is _Role.LINK)
            if is_counted and self._is_thing(rest):
                return replace(phrase, meant=grammar.ARTICLE)
        elif following is _Role.THING and phrase.role is _Role.VERB:
            return replace(phrase, role=_Role.MANNER, meant="")
        elif following is _Role.THING and phrase.role is _Role.THING:
            if phrase.meant is not None:  # of a samurai cat, the cat is the thing
                return replace(phrase, role=_Role.MANNER, meant=None)
        elif phrase.role is _Role.THING and _is_counted(phrase, before):
            return replace(phrase, meant=f"{grammar.ARTICLE} {phrase.meant or phrase.spelt}")
        return phrase

    def _is_thing(self, rest: Sequence[_Word]) -> bool:
        """Whether a thing comes, with all that is said of how it is."""
        while rest:
            phrase = self._looked_up(rest)
            if phrase.role is not _Role.MANNER:
                return phrase.role is _Role.THING
            rest = rest[len(phrase.words) :]
        return False

    def _looked_up(self, rest: Sequence[_Word], *, is_all: bool = False) -> _Phrase:
        """The longest phrase that means something, of the words that a clause goes on with."""
        for count in range(min(self._most, len(rest)), 0, -1):
            some = rest[:count]
            entry = self._entry(some, is_all=is_all and count == len(rest))
            if entry is not None and not (entry.role is _Role.SETTING and _goes_on(rest[count:])):
                return _Phrase(words=some, role=entry.role, meant=entry.meant, is_plural=entry.is_plural)
        is_verb = grammar.is_verb(rest[0].spelt)
        return _Phrase(words=rest[:1], role=_Role.VERB if is_verb else _Role.OTHER)

    def _entry(self, some: Sequence[_Word], *, is_all: bool) -> _Entry | None:
        """What a phrase stands for, also where it ends in the plural of a thing."""
        spelt = _joined(some)
        entry = self._entries.get(spelt)
        if spelt in self._names:
            if is_all:
                return _Entry(_Role.THING, self._names[spelt])
            is_done = grammar.is_verb(some[0].spelt) and (len(some) == 1 or some[1].spelt in grammar.CLOSED)
            if is_done and entry is not None and entry.role is _Role.THING:
                return None
        return entry or self._setting(spelt) or self._plural(spelt) or self._mistyped(spelt)

    def _setting(self, spelt: str) -> _Entry | None:
        """A place that is said otherwise than it learnt it: crossing the road, in a pond."""
        for place in grammar.paths(spelt):
            if place in self._entries:
                return _Entry(_Role.SETTING, self._entries[place].meant or place)
        for place in grammar.otherwise_counted(spelt):
            entry = self._entries.get(place)
            if entry is not None and entry.role is _Role.SETTING:
                return entry
        land = grammar.within(spelt)
        return _Entry(_Role.SETTING, self._lands[land]) if land in self._lands else None

    def _plural(self, spelt: str) -> _Entry | None:
        for singular in _singulars(spelt):
            one = self._entries.get(singular)
            if one is not None and (one.role is _Role.THING or " " in singular):
                return _Entry(one.role, one.meant or singular, is_plural=True)
        return None

    def _mistyped(self, spelt: str) -> _Entry | None:
        """A thing that a word may be the name of, with a slip of the finger."""
        if len(spelt) < _LONG - 1 or not spelt.isalpha() or grammar.is_verb(spelt):
            return None
        for word in _typed_as(spelt):
            entry = self._entries.get(word) if len(word) >= _LONG else None
            if entry is not None and (entry.role is _Role.THING or word in self._lands):
                return replace(entry, meant=entry.meant or word)
        return None

    def _linked(self, rest: Sequence[_Word], before: _Phrase | None) -> Sequence[_Phrase]:
        """What joins the thing before to the thing that comes, and says so otherwise than it learnt to."""
        if before is None or not _may_be_thing(before):
            return ()
        is_thing = before.role is _Role.THING or before.meant == ""  # or what it does, as it follows one
        if is_thing and (above := self._above(rest)):
            return above
        for count in range(min(self._most, len(rest) - 1), 0, -1):
            link = self._links.get(joined := _joined(rest[:count]))
            following = rest[count].spelt
            is_counted = following in grammar.DETERMINERS | grammar.SEVERAL
            if link is None or (following in grammar.CLOSED and not is_counted):
                continue
            if is_counted or not link.only_before_articles:
                meant = None if link.said == joined else link.said
                return [_Phrase(words=rest[:count], role=_Role.LINK, meant=meant)]
        return ()

    def _above(self, rest: Sequence[_Word]) -> Sequence[_Phrase]:
        """A place that a thing is above, which it learnt as one that it is in: a balloon over the desert."""
        start = 2 if len(rest) > 1 and rest[1].spelt in grammar.DETERMINERS else 1
        if rest[0].spelt not in grammar.ABOVE or len(rest) <= start:
            return ()
        land = self._looked_up(rest[start:])
        if land.spelt not in self._lands:
            return ()
        words = rest[: start + len(land.words)]
        return [_Phrase(words=words, role=_Role.SETTING, meant=self._lands[land.spelt])]

    def _verb(self, rest: Sequence[_Word], before: _Phrase | None) -> Sequence[_Phrase]:
        """What the thing before does: joined to what it does that with, or not read at all."""
        if before is None or not _may_be_thing(before):
            return ()
        if rest[0].spelt in grammar.BEING and len(rest) > 1:
            return [_Phrase(words=rest[:1], role=_Role.OTHER, meant="")]
        verb = self._looked_up(rest)
        if not grammar.is_verb(verb.spelt) or verb.role not in {_Role.VERB, _Role.MANNER}:
            return ()
        count = 2 if len(rest) > 1 and grammar.is_particle(rest[1].spelt) else 1
        after = rest[count:]
        is_counted = bool(after) and after[0].spelt in grammar.DETERMINERS | grammar.SEVERAL
        if not after or (after[0].spelt in grammar.CLOSED and not is_counted):
            return [_Phrase(words=rest[:count], role=_Role.OTHER, meant="")]
        if is_counted or self._looked_up(after).role is _Role.THING:
            return [_Phrase(words=rest[:count], role=_Role.LINK, meant=_WITH)]
        return ()

    def _thing_in(self, land: _Phrase, rest: Sequence[_Word]) -> Sequence[_Phrase]:
        """Of a place with something, the thing in that place: a cactus in the desert."""
        setting = self._lands.get(land.meant or land.spelt)
        if setting is None or not rest or rest[0].spelt != _WITH:
            return ()
        said: list[str] = []
        at = 1
        while at < len(rest):
            phrase = self._looked_up(rest[at:])
            at += len(phrase.words)
            if phrase.role is _Role.THING:
                thing = " ".join((*said, phrase.meant or phrase.spelt))
                where = _Phrase(words=rest[:at], role=_Role.SETTING, meant=setting)
                return [replace(land, role=_Role.THING, meant=thing), where]
            if phrase.role is _Role.MANNER and phrase.meant is None:
                said.append(phrase.spelt)
            elif (
                phrase.role is not _Role.MANNER and phrase.spelt not in grammar.DETERMINERS | grammar.SEVERAL
            ):
                break
        return ()

    def _several(self, rest: Sequence[_Word], before: _Phrase | None) -> Sequence[_Phrase]:
        """A number of things: two of them, where they are all that is said, and one beside others."""
        count = next((n for n in (3, 2, 1) if n <= len(rest) and _joined(rest[:n]) in grammar.SEVERAL), 0)
        if count > 1 and len(self._looked_up(rest[1:]).words) >= count:  # a pile of poo
            return ()
        number = _Phrase(words=rest[:count], role=_Role.CLOSED, meant=grammar.ARTICLE)
        manners: list[_Phrase] = []
        while after := rest[count + sum(len(each.words) for each in manners) :] if count else ():
            phrase = self._looked_up(after)
            if phrase.role is _Role.THING:
                one = phrase.meant or phrase.spelt
                if _is_beginning(before) and self._are_all(phrase, after[len(phrase.words) :]):
                    said = [each.spelt if each.meant is None else each.meant for each in manners]
                    one = " ".join(filter(None, (one, "and", grammar.ARTICLE, *said, one)))
                return [number, *manners, replace(phrase, meant=one)]
            if phrase.role is not _Role.MANNER:
                break
            manners.append(phrase)
        return ()

    def _are_all(self, things: _Phrase, rest: Sequence[_Word]) -> bool:
        """Whether some things are by themselves, or in a place. A bunch of grapes is one thing."""
        is_one = things.meant is None and not things.is_plural and things.spelt.endswith("s")
        if is_one or not rest:
            return not is_one
        return self._next(rest, things)[0].role in {_Role.OTHER, _Role.SETTING}


def _clauses(typed: str) -> Iterator[list[_Word]]:
    """The words of a text, those together that nothing but spaces part."""
    clause: list[_Word] = []
    for match in _WORD.finditer(typed):
        if clause and typed[clause[-1].span.stop : match.start()].strip():
            yield clause
            clause = []
        clause.append(_Word(range(*match.span()), _lower(match[0])))
    if clause:
        yield clause


def _joined(some: Iterable[_Word]) -> str:
    return " ".join(word.spelt for word in some)


def _may_be_thing(phrase: _Phrase) -> bool:
    """Whether something may be joined to it."""
    is_open = phrase.words[-1].spelt not in grammar.CLOSED or phrase.meant == ""
    return is_open and phrase.role in {_Role.THING, _Role.OTHER, _Role.SETTING}


def _is_counted(thing: _Phrase, before: _Phrase | None) -> bool:
    """Whether an article belongs before a thing that has none: cats, and what follows a verb."""
    if before is None or _is_beginning(before):
        return thing.is_plural
    return before.role is _Role.LINK and (thing.is_plural or before.meant is not None)


def _is_beginning(before: _Phrase | None) -> bool:
    """Whether nothing was said before but how a prompt may begin: a photo of a."""
    return before is None or (before.role is _Role.OTHER and before.meant in {grammar.ARTICLE, ""})


def _goes_on(rest: Sequence[_Word]) -> bool:
    """Whether a phrase is only the beginning of what is said: in the dark forest."""
    return bool(rest) and rest[0].spelt not in grammar.CLOSED and not grammar.is_verb(rest[0].spelt)


def _singulars(spelt: str) -> Iterator[str]:
    """What a phrase may be the plural of."""
    yield spelt.removesuffix("s")
    yield spelt.removesuffix("es")
    if spelt.endswith("ies"):
        yield f"{spelt[:-3]}y"


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
            found[_spelt(word)] = words.BEGUN.get(meant, meant)
    return found


def _typed_as(word: str) -> Iterator[str]:
    """What may have been meant by a word with two letters swapped, one too many, or one too few."""
    for at in range(1, len(word)):
        head, tail = word[:at], word[at:]
        yield head + tail[1:2] + tail[:1] + tail[2:]
        yield head + tail[1:]
        yield from (head + letter + tail for letter in ascii_lowercase)


def _lands() -> dict[str, str]:
    """What is said behind a thing that stands in a place, by the names of that, in every light."""
    found: dict[str, str] = {}
    for place in PLACES.values():
        for light in place.lights:
            names, settings = wordings(place, light)
            found |= dict.fromkeys(map(_spelt, names), settings[0].strip())
    return found


def _settings() -> dict[str, str]:
    """How else settings are said, and what is read of those that cannot be drawn."""
    found: dict[str, str] = {}
    for setting, said in words.SETTINGS.items():
        found |= dict.fromkeys(map(_spelt, words.terms(said)), setting.strip())
    return found | dict.fromkeys(map(_spelt, words.terms(words.UNSEEN_SETTINGS)), "")


def _said_otherwise() -> dict[str, str]:
    """How else styles are said, and what is read of what says nothing that can be drawn."""
    found: dict[str, str] = {}
    for style, said in words.STYLE_NAMES.items():
        found |= dict.fromkeys(map(_spelt, words.terms(said)), style)
    for opening in map(_spelt, (*words.terms(words.OPENINGS), *grammar.REQUESTS)):
        if " " in opening and opening not in grammar.SEVERAL:
            found[opening] = grammar.ARTICLE if opening.endswith(f" {grammar.ARTICLE}") else ""
            found.setdefault(opening.removesuffix(f" {grammar.ARTICLE}"), "")
    return found | dict.fromkeys((*map(_spelt, words.terms(words.DECORATIONS)), *grammar.CHATTER), "")


def _fitted(typed: str, found: Sequence[tuple[range, str]]) -> list[tuple[range, str]]:
    """With the articles before, where those are to be others; without what is left around nothing."""
    fitted: list[tuple[range, str]] = []
    ahead, end = "", len(typed)
    for at in range(len(found) - 1, -1, -1):
        span, meant = found[at]
        before = typed[found[at - 1][0].stop if at else 0 : span.start]
        after = (typed[span.stop : min(end, span.stop + _AHEAD)] + ahead)[:_AHEAD]
        start, stop = span.start, span.stop
        if not meant:
            spaces = len(after) - len(after.lstrip())
            if not after.strip() or after.lstrip().startswith(","):
                start -= len(before) - len(before.rstrip(" ,"))
            else:
                stop, after = min(end, stop + spaces), after[spaces:]
        if meant.endswith(f" {grammar.ARTICLE}") or meant == grammar.ARTICLE:
            meant = meant.removesuffix(grammar.ARTICLE) + _article_before(after)
        meant = with_right_articles(meant)
        article = _ARTICLE.search(before)
        if article is not None and meant in grammar.ARTICLES:
            start -= len(article[0])
            article = None
        fitted.append((range(start, stop), meant))
        ahead, end = meant + after, start
        if article is not None and (right := _article_before(ahead)) != article[1].casefold():
            start -= len(article[0])
            fitted.append((range(start, start + len(article[1])), right))
            ahead, end = f"{right} {ahead}", start
    return _from_the_first(typed, fitted[::-1])


def _from_the_first(typed: str, found: Sequence[tuple[range, str]]) -> list[tuple[range, str]]:
    """Without a comma before the first word that is read."""
    unread = next((at for at, (_, meant) in enumerate(found) if meant), len(found))
    stops = [0, *(span.stop for span, _ in found)]
    while unread and any(
        typed[stop : span.start].strip(" ,") for stop, (span, _) in zip(stops, found[:unread], strict=False)
    ):
        unread -= 1
    if not unread:
        return list(found)
    stop = stops[unread]
    ends = found[unread][0].start if unread < len(found) else len(typed)
    stop += len(typed[stop:ends]) - len(typed[stop:ends].lstrip(" ,"))
    return [(range(stop), ""), *found[unread:]]


def _article_before(text: str) -> str:
    """The article that fits a text."""
    return with_right_articles(f"{grammar.ARTICLE} {text.lstrip()}").split(" ", 1)[0]


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
    for phrase in set(phrases):
        spelt = _spelt(phrase).split()
        bounds = [at for at, word in enumerate(spelt) if word not in grammar.CLOSED]
        yield from (" ".join(spelt[first : last + 1]) for last in bounds for first in bounds if first <= last)


def _spelt(phrase: str) -> str:
    """A phrase as it is looked up, whatever its case and articles."""
    return " ".join(map(_lower, _WORD.findall(phrase)))


def _lower(word: str) -> str:
    lowered = word.casefold()
    return grammar.ARTICLE if lowered in grammar.ARTICLES else lowered
