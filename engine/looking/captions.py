"""Four prompts that a person might have typed, put together from what was seen."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.sketch.scenes import GREYS, HUES

CAPTIONS = 4
_UNCOUNTED = """
bacon beer bread broccoli butter candy cheese coffee confetti coral corn fire fireworks garlic gold
handwriting honey jewellery lightning money popcorn rain ramen santa saturn snow soup space spaghetti sushi
water wool yarn
"""
_ENDS_IN_S = "bus cactus canvas circus compass dress glass hourglass octopus tennis walrus"
_ALONE = frozenset(_UNCOUNTED.split())
"""Names without an article, by the word that they are about."""
_SINGULAR = frozenset(_ENDS_IN_S.split())
_COLOURS = frozenset({*HUES, *GREYS, "golden"})
_THE = frozenset(
    {"earth", "milky way", "night sky", "sea", "sky", "statue of liberty", "surface of the moon"}
)
_ABOUT = re.compile(r" (?:with|of|at|in|on|over|through|to) .*")
_ARTICLE = re.compile(r"\b(an?) (?=(\w+))", re.IGNORECASE)
_SOUNDS = {"unicorn": "a", "ufo": "a", "hourglass": "an"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a picture seems to show, each the likeliest first."""

    subjects: Sequence[str]
    """At least three things without an article; more of them for later turns."""
    is_sure: bool
    """Whether the first subject is far ahead of the others."""
    setting: str = ""
    """Such as ` in the snow`."""
    view: str = ""
    """What all of it shows, if there is nothing in the foreground."""
    paint: str = ""
    """The colour of most of the subject."""
    styles: Sequence[str] = ()
    lights: Sequence[str] = ()
    colours: Sequence[str] = ()


def caption(seen: Seen) -> str:
    """The likeliest in a few words."""
    return _said(seen.subjects[0], seen.setting, seen.styles[:1])


def four_captions(seen: Seen, turn: int = 0) -> tuple[str, ...]:
    """Four that differ: the likeliest in a few words, then with more of them; and what else it may be.

    Each turn says it with the next of the words that are near to it.
    """
    if turn:
        return _other_captions(seen, turn)
    first, second, third, *_ = seen.subjects
    other = _said(second if seen.is_sure else third, seen.setting, seen.styles[:1])
    colours = () if seen.paint else seen.colours[:1]
    said = [
        caption(seen),
        _said(painted(first, seen.paint), seen.setting, seen.styles[1:2], seen.lights[:1], colours),
        _said(first if seen.is_sure else second, seen.setting, seen.lights[1:2], seen.colours[:1]),
        with_article(seen.view) if seen.view else other,
    ]
    return different(said, [*seen.colours, *seen.styles, "close-up", "simple", "detailed"])


def _other_captions(seen: Seen, turn: int) -> tuple[str, ...]:
    first, *others = seen.subjects
    second, third = (others[(2 * turn + place) % len(others)] for place in range(2))
    style, light, colour, other = (
        _turned(words, turn) for words in (seen.styles, seen.lights, seen.colours, seen.colours[::-1])
    )
    said = [
        _said(painted(first, seen.paint), seen.setting, colour, light),
        _said(first, "", style, other),
        _said(second, seen.setting, style),
        _said(third, seen.setting, light, colour),
    ]
    return different(said, [*seen.colours, *seen.styles, "close-up", "simple", "detailed"])


def _turned(words: Sequence[str], turn: int) -> Sequence[str]:
    """One of the words, at each turn the next; none of none."""
    return words[turn % len(words) :][:1] if words else ()


def different(captions: Iterable[str], additions: Sequence[str]) -> tuple[str, ...]:
    """The captions, of which one that came before gets the next of the additions that tells them apart."""
    told: list[str] = []
    for caption in captions:
        further = (f"{caption}, {addition}" for addition in additions if addition not in caption)
        told.append(next(one for one in (caption, *further, f"{caption} ({len(told)})") if one not in told))
    return tuple(told)


def painted(subject: str, paint: str) -> str:
    """A subject with its colour, unless it names one."""
    has_colour = paint in subject or bool(_COLOURS & set(subject.split()))
    return subject if has_colour or not paint else f"{paint} {subject}"


def with_article(name: str) -> str:
    """A name as it stands in a prompt: `an owl`, `grapes`, `bread`."""
    bare = _ABOUT.sub("", name)
    about = bare.split()[-1]
    is_plural = about.endswith("s") and not about.endswith(("ss", "us")) and about not in _SINGULAR
    if name in _THE or bare in _THE:
        return f"the {name}"
    return name if about in _ALONE or is_plural or name == "tokyo tower" else with_right_articles(f"a {name}")


def with_right_articles(text: str) -> str:
    """A text in which `a` stands before consonants and `an` before vowels."""

    def right(found: re.Match[str]) -> str:
        article, word = found[1], found[2].lower()
        fitting = _SOUNDS.get(word, "an" if word[0] in "aeiou" else "a")
        return f"{article[0]}{fitting[1:]} "

    return _ARTICLE.sub(right, text)


def _said(subject: str, setting: str, *additions: Sequence[str]) -> str:
    return ", ".join([with_article(subject) + setting, *(one for part in additions for one in part)])
