"""How people would ask for a picture: subjects, styles, colours and papers put into words."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeVar

import numpy as np

from engine.sketch.data import Concept

STYLE_WORDS = {
    "3d": ("3d style", "3d", "3d render", "glossy 3d render", "clay style"),
    "flat": ("flat style", "flat", "flat vector image", "vector image", "minimal flat design"),
    "outline": ("outline style", "outline", "line art", "black and white line drawing", "ink drawing"),
    "sticker": ("sticker style", "sticker", "simple sticker", "die-cut sticker"),
    "cartoon": ("cartoon style", "cartoon", "cartoon drawing", "colourful cartoon"),
    "watercolor": ("watercolor", "watercolor painting", "watercolour", "watercolor style"),
}
OPENINGS = (
    "",
    "",
    "",
    "a ",
    "a ",
    "a ",
    "the ",
    "a picture of a ",
    "an illustration of a ",
    "a drawing of a ",
)
DECORATIONS = ("highly detailed", "8k", "cute", "beautiful", "trending", "digital art", "award winning")
COLOUR_WORDS = {
    "red",
    "orange",
    "yellow",
    "green",
    "blue",
    "purple",
    "pink",
    "black",
    "white",
    "brown",
    "grey",
}


Choice = TypeVar("Choice")


def pick(rng: np.random.Generator, choices: Sequence[Choice]) -> Choice:
    """One of the choices, as likely as any other."""
    return choices[int(rng.integers(len(choices)))]


def article(phrase: str) -> str:
    """The phrase with `a ` turned into `an ` before a vowel."""
    words = phrase.split(" ")
    for place, (word, following) in enumerate(pairwise(words)):
        if word == "a" and following[:1] in "aeiou":
            words[place] = "an"
    return " ".join(words)


def everyday_name(concept: Concept) -> str:
    """What people call it: a `cat face` is a cat."""
    return concept.name.removesuffix(" face") if concept.group.startswith("animals") else concept.name


def subject(
    concept: Concept, synonyms: Sequence[str], rng: np.random.Generator, p_keyword: float = 0.1
) -> str:
    """A name of the concept: mostly its own or one that means the same, at times with a keyword beside it."""
    own = everyday_name(concept) if rng.random() < 0.6 else concept.name
    kind = rng.random()
    if kind < p_keyword and concept.tags:
        return f"{own}, {pick(rng, concept.tags)}"
    return pick(rng, synonyms) if synonyms and kind > 0.75 else own


def without_colour(name: str) -> str:
    """The name without colour words: what is left of `red apple` when the apple is painted blue."""
    return " ".join(word for word in name.split() if word not in COLOUR_WORDS) or name


def phrase(
    what: str, *, style: str | None, setting: str, rng: np.random.Generator, p_decoration: float = 0.05
) -> str:
    """The whole prompt: opening, subject, setting such as ` in the snow`, style words."""
    said = pick(rng, OPENINGS) + what + setting
    if style is not None:
        words = pick(rng, STYLE_WORDS[style])
        said = f"{said}, {words}" if rng.random() < 0.8 else f"{words} of {said}"
    if rng.random() < p_decoration:
        said = f"{said}, {pick(rng, DECORATIONS)}, {pick(rng, DECORATIONS)}"
    return article(said)
