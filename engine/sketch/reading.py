"""How the embedded model reads what people type: by the names of what it knows, joined as it learnt to join
them, and not at all what it cannot draw. A knight fighting a dragon is read as a prince next to a dragon.

The text tower learnt some of these words (`engine.sketch.rewording`); here all of them are looked up.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from engine.looking.captions import with_right_articles
from engine.sketch import grammar
from engine.sketch.phrasebook import WORD, Phrasebook, Role, lowered

_ARTICLE = re.compile(r"\b(an?) $", re.IGNORECASE)
_AHEAD = 40
"""How many characters an article is fitted to."""
_ENTRIES_AT_HAND = 4096
"""What so many phrases are is remembered: those of a text are asked for again and again."""
_WITH = "with"
_HOLDING = frozenset({_WITH, "full of"})


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a text."""

    span: range
    spelt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Phrase:
    """Some words of a text that belong together."""

    words: Sequence[_Word]
    role: Role
    meant: str | None = None
    """What is read in their place; None: they themselves."""
    is_plural: bool = False

    @property
    def span(self) -> range:
        return range(self.words[0].span.start, self.words[-1].span.stop)

    @property
    def spelt(self) -> str:
        return _joined(self.words)


class Reading:
    """The words and phrases of a text that are read otherwise; the longest first, whatever their case."""

    def __init__(self) -> None:
        self._book = Phrasebook()
        self._entry = lru_cache(_ENTRIES_AT_HAND)(self._book.entry)
        self._links = grammar.links()

    def found(self, typed: str) -> list[tuple[range, str]]:
        """Where they stand in the text, in their order, and what is read in their place."""
        phrases: list[_Phrase] = []
        for clause in (clauses := list(_clauses(typed))):
            goes_on = phrases and grammar.is_verb(clause[0].spelt)
            phrases += self._phrases(clause, phrases[-1] if goes_on else None, is_only=len(clauses) == 1)
        return _fitted(typed, [(each.span, each.meant) for each in phrases if each.meant is not None])

    def _phrases(
        self, clause: Sequence[_Word], before: _Phrase | None, *, is_only: bool
    ) -> Iterator[_Phrase]:
        """The words of a clause in phrases, each as long as it can be."""
        at, is_first = 0, before is None
        while rest := clause[at : at + 2 * self._book.longest]:
            for phrase in self._next(rest, before, is_all=is_only and not at, is_first=is_first):
                yield phrase
                before = phrase
                is_first = is_first and phrase.role is not Role.THING
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
        coming = rest[len(looked_up.words) :]
        if is_first and (thing := self._thing_in(looked_up, coming)):
            return thing
        joined: Sequence[_Phrase] = ()
        if before is not None and _may_be_thing(before):
            joined = self._linked(rest, before) or self._verb(rest, looked_up)
        for phrases in (joined, self._several(rest, before)):
            if phrases and len(phrases[0].words) >= len(looked_up.words):
                return phrases
        return [self._among(looked_up, before, coming)]

    def _among(self, phrase: _Phrase, before: _Phrase | None, rest: Sequence[_Word]) -> _Phrase:
        """What is looked up, between what is before and what comes."""
        following = self._looked_up(rest) if rest else None
        if phrase.spelt in grammar.DETERMINERS - grammar.ARTICLES:
            is_counted = phrase.spelt != "the" or (before is not None and before.role is Role.LINK)
            if is_counted and self._thing_ahead(rest) is not None:
                return replace(phrase, meant=grammar.ARTICLE)
        elif following is not None and following.role is Role.THING:
            return _said_of(phrase, following)
        elif phrase.role is Role.MANNER and not rest and before is not None and before.role is Role.CLOSED:
            return replace(phrase, meant=None)  # made of glass
        elif phrase.role is Role.THING and _is_counted(phrase, before):
            return replace(phrase, meant=f"{grammar.ARTICLE} {_read(phrase)}")
        return phrase

    def _thing_ahead(self, rest: Sequence[_Word]) -> tuple[list[_Phrase], _Phrase] | None:
        """What is said of how a thing is, and the thing; None where no thing comes."""
        manners: list[_Phrase] = []
        while rest:
            phrase = self._looked_up(rest)
            if phrase.role is not Role.MANNER:
                return (manners, phrase) if phrase.role is Role.THING else None
            manners.append(phrase)
            rest = rest[len(phrase.words) :]
        return None

    def _looked_up(self, rest: Sequence[_Word], *, is_all: bool = False) -> _Phrase:
        """The longest phrase that means something, of the words that a clause goes on with."""
        for count in range(min(self._book.longest, len(rest)), 0, -1):
            some = rest[:count]
            entry = self._entry(_joined(some), is_all=is_all and count == len(rest))
            if entry is not None and not (entry.role is Role.SETTING and _goes_on(rest[count:])):
                return _Phrase(words=some, role=entry.role, meant=entry.meant, is_plural=entry.is_plural)
        is_verb = grammar.is_verb(rest[0].spelt)
        return _Phrase(words=rest[:1], role=Role.VERB if is_verb else Role.OTHER)

    def _linked(self, rest: Sequence[_Word], before: _Phrase) -> Sequence[_Phrase]:
        """What joins the thing before to the thing that comes, and says so otherwise than it learnt to."""
        is_thing = before.role is Role.THING or before.meant == ""  # or what it does, as it follows one
        if is_thing and (above := self._above(rest)):
            return above
        for count in range(min(self._book.longest, len(rest) - 1), 0, -1):
            link = self._links.get(joined := _joined(rest[:count]))
            following = rest[count].spelt
            is_counted = following in grammar.COUNTING
            if link is None or (following in grammar.CLOSED and not is_counted):
                continue
            if is_counted or not link.only_before_articles:
                meant = None if link.said == joined else link.said
                return [_Phrase(words=rest[:count], role=Role.LINK, meant=meant)]
        return ()

    def _above(self, rest: Sequence[_Word]) -> Sequence[_Phrase]:
        """A place that a thing is above, which it learnt as one that it is in: a balloon over the desert."""
        start = 2 if len(rest) > 1 and rest[1].spelt in grammar.DETERMINERS else 1
        if rest[0].spelt not in grammar.ABOVE or len(rest) <= start:
            return ()
        land = self._looked_up(rest[start:])
        if land.spelt not in self._book.lands:
            return ()
        words = rest[: start + len(land.words)]
        return [_Phrase(words=words, role=Role.SETTING, meant=self._book.lands[land.spelt])]

    def _verb(self, rest: Sequence[_Word], verb: _Phrase) -> Sequence[_Phrase]:
        """What the thing before does: joined to what it does that with, or not read at all."""
        if rest[0].spelt in grammar.BEING and len(rest) > 1:
            return [_Phrase(words=rest[:1], role=Role.OTHER, meant="")]
        if not grammar.is_verb(verb.spelt) or verb.role not in {Role.VERB, Role.MANNER}:
            return ()
        count = 2 if len(rest) > 1 and rest[1].spelt in grammar.PARTICLES else 1
        after = rest[count:]
        is_counted = bool(after) and after[0].spelt in grammar.COUNTING
        if not after or (after[0].spelt in grammar.CLOSED and not is_counted):
            return [_Phrase(words=rest[:count], role=Role.OTHER, meant="")]
        if is_counted or self._looked_up(after).role is Role.THING:
            return [_Phrase(words=rest[:count], role=Role.LINK, meant=_WITH)]
        return ()

    def _thing_in(self, land: _Phrase, rest: Sequence[_Word]) -> Sequence[_Phrase]:
        """Of a place with something, the thing in that place: a cactus in the desert."""
        setting = self._book.lands.get(land.meant or land.spelt)
        at = next((n for n in (1, 2) if _joined(rest[:n]) in _HOLDING), 0)
        if setting is None or not at:
            return ()
        while (ahead := self._thing_ahead(rest[at:])) is None:
            if at == len(rest) or rest[at].spelt not in grammar.COUNTING:
                return ()
            at += 1
        manners, thing = ahead
        end = at + sum(len(each.words) for each in (*manners, thing))
        where = _Phrase(words=rest[:end], role=Role.SETTING, meant=setting)
        return [replace(land, role=Role.THING, meant=_read(*manners, thing)), where]

    def _several(self, rest: Sequence[_Word], before: _Phrase | None) -> Sequence[_Phrase]:
        """A number of things: two of them, where they are all that is said, and one beside others."""
        count = next((n for n in (3, 2, 1) if n <= len(rest) and _joined(rest[:n]) in grammar.SEVERAL), 0)
        if count > 1 and len(self._looked_up(rest[1:]).words) >= count:  # a pile of poo
            return ()
        ahead = self._thing_ahead(rest[count:]) if count else None
        if ahead is None:
            return ()
        manners, thing = ahead
        one = _read(thing)
        after = rest[count + sum(len(each.words) for each in (*manners, thing)) :]
        if _is_beginning(before) and self._are_all(thing, after):
            one = f"{one} and {grammar.ARTICLE} {_read(*manners, thing)}"
        number = _Phrase(words=rest[:count], role=Role.CLOSED, meant=grammar.ARTICLE)
        return [number, *manners, replace(thing, meant=one)]

    def _are_all(self, things: _Phrase, rest: Sequence[_Word]) -> bool:
        """Whether some things are by themselves, or in a place. A bunch of grapes is one thing."""
        is_one = things.meant is None and not things.is_plural and things.spelt.endswith("s")
        if is_one or not rest:
            return not is_one
        return self._next(rest, things)[0].role in {Role.OTHER, Role.SETTING}


def _clauses(typed: str) -> Iterator[list[_Word]]:
    """The words of a text, those together that nothing but spaces part."""
    clause: list[_Word] = []
    for match in WORD.finditer(typed):
        if clause and typed[clause[-1].span.stop : match.start()].strip():
            yield clause
            clause = []
        clause.append(_Word(range(*match.span()), lowered(match[0])))
    if clause:
        yield clause


def _joined(some: Iterable[_Word]) -> str:
    return " ".join(word.spelt for word in some)


def _read(*phrases: _Phrase) -> str:
    """Some phrases as they are read."""
    return " ".join(filter(None, (each.spelt if each.meant is None else each.meant for each in phrases)))


def _may_be_thing(phrase: _Phrase) -> bool:
    """Whether something may be joined to it."""
    is_open = phrase.words[-1].spelt not in grammar.CLOSED or phrase.meant == ""
    return is_open and phrase.role in {Role.THING, Role.OTHER, Role.SETTING}


def _is_counted(thing: _Phrase, before: _Phrase | None) -> bool:
    """Whether an article belongs before a thing that has none: cats, and what follows a verb."""
    if before is None or _is_beginning(before):
        return thing.is_plural
    return before.role is Role.LINK and (thing.is_plural or before.meant is not None)


def _said_of(phrase: _Phrase, thing: _Phrase) -> _Phrase:
    """What stands before a thing: of a samurai cat, the cat is the thing, and a tree branch is a tree."""
    is_same = thing.meant is not None and phrase.spelt in thing.meant.split()
    if phrase.role is Role.VERB or (is_same and phrase.role in {Role.THING, Role.OTHER}):
        return replace(phrase, role=Role.MANNER, meant="")
    if phrase.role is Role.THING and phrase.meant is not None:
        return replace(phrase, role=Role.MANNER, meant=None)
    return phrase


def _is_beginning(before: _Phrase | None) -> bool:
    """Whether nothing was said before but how a prompt may begin: a photo of a."""
    return before is None or (before.role is Role.OTHER and before.meant in {grammar.ARTICLE, ""})


def _goes_on(rest: Sequence[_Word]) -> bool:
    """Whether a phrase is only the beginning of what is said: in the dark forest."""
    return bool(rest) and rest[0].spelt not in grammar.CLOSED and not grammar.is_verb(rest[0].spelt)


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
    unread = stop = 0
    for span, meant in found:
        if meant or typed[stop : span.start].strip(" ,"):
            break
        unread, stop = unread + 1, span.stop
    if not unread:
        return list(found)
    kept = found[unread:]
    after = typed[stop : kept[0][0].start if kept else len(typed)]
    return [(range(stop + len(after) - len(after.lstrip(" ,"))), ""), *kept]


def _article_before(text: str) -> str:
    """The article that fits a text."""
    return with_right_articles(f"{grammar.ARTICLE} {text.lstrip()}").split(" ", 1)[0]
