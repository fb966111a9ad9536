"""What the parameters mean for a model: its house style, how much of it there is, the styles by number."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import log1p, sqrt

from bot.domain.style import Style

MAX_STYLIZE, MAX_WEIRD = 1000, 3000
_BEND = 100
"""From here on `--stylize` counts by its order of magnitude: 100 is a little, 250 half, 1000 all."""
_RAW_SHARE = 0.25
"""Of the house style that is asked for, what `--style raw` leaves."""
_CODED = 1.0
"""How far a style by its number goes, where `--sw` says nothing."""
_USUAL_WEIGHT = 100
LEAST_CODED, MAX_CODED = 2, 3
"""Manners that a style by its number is mixed of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What the parameters mean for one model."""

    words: str
    """Its house style, as words that stand behind a text."""
    most: float = 1.0
    """How far `--stylize 1000` goes towards them; 1 is as if they stood there."""
    usual: int = 0
    """The `--stylize` that holds where nobody says anything."""
    manners: tuple[str, ...] = ()
    """Styles that it knows, of which those by number are mixed."""


SKETCH = Profile(
    words="3d style",
    most=1.4,
    manners=(
        *("3d style", "flat style", "cartoon style", "sticker style", "clay style", "vector image"),
        *(
            f"on a {colour} background"
            for colour in ("blue", "pink", "yellow", "green", "purple", "orange", "black")
        ),
    ),
)
"""The model that ships. Nothing is added unasked: it draws as it did before there were profiles."""
GENERAL = Profile(
    words="striking composition, dramatic light, rich colours, fine detail",
    manners=(
        *("watercolor", "oil painting", "ink drawing", "pencil sketch", "woodcut", "linocut", "etching"),
        *("risograph print", "screen print", "art nouveau poster", "art deco poster", "ukiyo-e print"),
        *("impressionist painting", "cubist painting", "surrealist painting", "baroque painting", "fresco"),
        *("stained glass", "mosaic", "paper cutout", "origami", "claymation", "embroidery", "pixel art"),
        *("low poly", "isometric illustration", "flat vector illustration", "children's book illustration"),
        *("comic book art", "anime", "concept art", "studio photograph", "polaroid photograph", "film noir"),
        *("long exposure photograph", "infrared photograph", "double exposure", "macro photograph"),
        *("pastel colours", "muted earth tones", "neon colours", "monochrome", "golden hour", "moonlight"),
        *("soft fog", "harsh shadows", "vaporwave", "steampunk", "minimalism", "psychedelic art"),
    ),
)
"""Stable Diffusion and its kin, which know the words of captions."""

_OF_FAMILY: Mapping[str, Profile] = {"sketch": SKETCH}


def profile_of(family: str) -> Profile:
    """The profile of a model of that family (`engine.api.Family`), where its guild has said nothing."""
    return _OF_FAMILY.get(family, GENERAL)


def house_style(profile: Profile, *, stylize: int | None, is_raw: bool) -> tuple[Style, ...]:
    """The house style, as far as it is asked for; nothing, where that is none of it."""
    if stylize is None:
        stylize = 0 if is_raw else profile.usual
    elif is_raw:
        stylize = round(_RAW_SHARE * stylize)
    amount = round(profile.most * log1p(stylize / _BEND) / log1p(MAX_STYLIZE / _BEND), 4)
    return (Style(words=profile.words, amount=amount),) if amount else ()


def coded_style(profile: Profile, code: int, *, weight: int | None = None) -> tuple[Style, ...]:
    """The style of a number, for ever the same: a few manners that the model knows, each to a degree.

    `weight` is `--sw`, 0 to 1000.
    """
    share = sqrt((_USUAL_WEIGHT if weight is None else weight) / _USUAL_WEIGHT)
    draws = _numbers(code)
    count = LEAST_CODED + int(next(draws) * (1 + MAX_CODED - LEAST_CODED))
    left = list(profile.manners)
    chosen = [left.pop(int(next(draws) * len(left))) for _ in range(min(count, len(left)))]
    weights = [0.4 + 0.6 * next(draws) for _ in chosen]
    return tuple(
        Style(words=words, amount=round(_CODED * share * one / sum(weights), 4))
        for words, one in zip(chosen, weights, strict=True)
        if share
    )


def weirdness(weird: int) -> float:
    """How far from the usual way the texts are read, 0 to 1. Little is to be seen of the first steps."""
    return round(sqrt(weird / MAX_WEIRD), 4)


def _numbers(code: int) -> Iterator[float]:
    """Numbers from 0 to below 1 that are the same for a code in every version of everything."""
    turn = 0
    while True:
        digest = hashlib.sha256(f"{code} {turn}".encode()).digest()
        yield int.from_bytes(digest[:4]) / 2**32
        turn += 1
