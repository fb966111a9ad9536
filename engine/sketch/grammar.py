"""The few words of English that say how things belong together, and how else people say what the embedded
model learnt to say in eight ways: with a, riding a, wearing a, next to a, and a, on a, in a, under a.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.sketch import words

ARTICLE = "a"
"""What it learnt to say before all that is counted."""
ARTICLES = frozenset({"a", "an"})
_OTHER_DETERMINERS = """
my, your, our, his, her, its, their, the, this, that, these, those, some, any, every, each, another, one
"""
_SEVERAL = """
two, three, four, five, six, seven, eight, nine, ten, a dozen, a hundred, a thousand, 2, 3, 4, 5, 6, 7, 8, 9,
10, both, several, many, a few, few, lots of, a lot of, dozens of, hundreds of, thousands of, a couple of,
a pair of, a trio of, a group of, a bunch of, a family of, a crowd of, a herd of, a flock of, a pack of,
a swarm of, a team of, a pile of, a stack of, a row of, a set of, a collection of, plenty of
"""
_PREPOSITIONS = """
about, above, across, against, along, amid, among, around, at, before, behind, below, beneath, beside,
between, by, down, during, for, from, in, inside, into, like, near, next, of, off, on, onto, out, outside,
over, past, through, throughout, to, toward, towards, under, underneath, until, up, upon, via, with, within,
without
"""
_PORTIONS = """
bar of, basket of, bottle of, bowl of, bucket of, cup of, glass of, jar of, loaf of, mug of, piece of,
plate of, pot of, slice of
"""
_REQUESTS = """
can u draw a, can u make a, can you make a, could you draw a, could you make a, draw me, draw us a, i need a,
i wanna see a, i want to see a, i want, let me see a, lets see a, make me a, make me, please draw, pls draw a,
please make a, show a, show me
"""
_CHATTER = "btw, haha, hahaha, idk, lmao, lol, omg, ok, please, pls, plz, thanks, thx, xd"
_JOINING = "and, or, but, while, as, plus, vs, versus, than"
_BEING = "is, are, was, were, who, which, that's, who's, that"
_THROUGH = "across, along, amid, around, inside, into, through, throughout, within"
_BESIDE = "above, against, at, around, over, past, to, toward, towards, underneath"
_PARTICLES = "away, back, down, out, up"
_NO_VERBS = """
anything, bling, boeing, building, ceiling, clothing, drawing, duckling, dumpling, during, earring,
engraving, etching, evening, everything, gelding, gosling, halfling, hatchling, herring, king, landing,
lemming, lettering, lighting, lightning, morning, nestling, nothing, painting, pudding, rendering, ring,
sapling, seedling, setting, something, spiderling, spring, starling, stocking, string, styling,
thanksgiving, thing, viking, wedding, wing, x-wing
"""


def _set(listed: str) -> frozenset[str]:
    return frozenset(words.terms(listed))


DETERMINERS = ARTICLES | _set(_OTHER_DETERMINERS)
SEVERAL = frozenset(one for said in words.terms(_SEVERAL) for one in (said, said.removeprefix(f"{ARTICLE} ")))
COUNTING = DETERMINERS | SEVERAL
"""What may stand before a thing, however many of it there are."""
ABOVE = frozenset({"above", "over"})
BEING = _set(_BEING)
"""Between a thing and what is said of it."""
PORTIONS = _set(_PORTIONS)
"""Said before a thing, which is drawn the same without."""
REQUESTS = _set(_REQUESTS)
"""How else people begin."""
CHATTER = _set(_CHATTER)
PREPOSITIONS = _set(_PREPOSITIONS)
PARTICLES = _set(_PARTICLES)
"""What belongs to the verb before it: looking up."""
CLOSED = COUNTING | BEING | PREPOSITIONS | _set(_JOINING)
"""The words that are no things and say nothing of one."""
_NOT_AS_VERBS = _set(_NO_VERBS)
_WITHIN = ("in", "on", "at", "by")
_WHERE = dict.fromkeys(_set(_THROUGH), _WITHIN) | {"over": ("on",)}
_THERE = _set(_THROUGH) | {*_WITHIN, "near", "beside"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What joins two things, as it learnt to say it."""

    said: str
    only_before_articles: bool
    """Whether it joins nothing where no article follows: `by a tree`, but not `by night`."""


def is_verb(word: str) -> bool:
    """Whether a word says what somebody does: by its form, and not one of the things that have it, too."""
    return word.endswith("ing") and word not in _NOT_AS_VERBS


def paths(phrase: str) -> list[str]:
    """How a phrase that leads through a place would say that one is there: across a field, in a field."""
    way, _, place = phrase.partition(" ")
    ways = _WHERE.get(way, _WITHIN if is_verb(way) else ())
    return [f"{where} {place}" for where in ways if place]


def otherwise_counted(phrase: str) -> list[str]:
    """How a phrase that says where something is could say it with another article: on the ice, on ice."""
    where, name = _parted(phrase)
    if where not in PREPOSITIONS:
        return []
    return [f"{where} {name}", f"{where} the {name}", f"{where} {ARTICLE} {name}"]


def within(phrase: str) -> str:
    """The place that a phrase says something is in or near, without its article; empty where it says none."""
    where, name = _parted(phrase)
    return name if where in _THERE else ""


def _parted(phrase: str) -> tuple[str, str]:
    """The first word, and what follows it, without its article."""
    where, _, place = phrase.partition(" ")
    article, _, name = place.partition(" ")
    return where, name if article in DETERMINERS else place


def links() -> Mapping[str, Link]:
    """All that joins two things, without the article after it."""
    found = {way: Link(said="next to", only_before_articles=True) for way in _set(_BESIDE)}
    found["on top of"] = Link(said="on", only_before_articles=False)
    for known, others in words.LINKS.items():
        base = known.strip().removesuffix(f" {ARTICLE}")
        found[base] = Link(said=base, only_before_articles=False)
        for other in words.terms(others):
            first, *more = other.split()
            if is_verb(first) and first != base and more and more[0] in PREPOSITIONS:
                continue  # the verb says nothing that can be drawn, and the rest is looked up for itself
            while more and more[-1] in COUNTING:
                more.pop()
            joined = " ".join((first, *more))
            is_bare = other == joined or is_verb(first)
            if ARTICLES.isdisjoint(more):
                found.setdefault(joined, Link(said=base, only_before_articles=not is_bare))
    return found
