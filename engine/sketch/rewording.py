"""What the text tower makes of other words: a knight is read as a prince, what cannot be drawn not at all."""

import argparse
import json
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from transformers import CLIPTextModel, CLIPTokenizer

from engine.sketch import captions, text, words
from engine.sketch.captions import pick
from engine.sketch.concepts import choose
from engine.sketch.config import WORK, Config, cpu
from engine.sketch.data import STYLES, Concept, concepts_of, load
from engine.sketch.light import LIGHTS
from engine.sketch.loop import Batch, Training
from engine.sketch.places import PLACES, wordings

Piece: TypeAlias = tuple[str, str]
"""A part of a prompt as people type it, and the same as the known tower should be asked."""
P_KNOWN = 0.35
"""Share of prompts that are read as they were."""
P_DERIVED = 0.12
"""Share of the other words that the teacher, not a person, found the sense of."""
P_TYPO = 0.06
WIDTHS, SHARES = (10, 18, 30, 77), (0.45, 0.35, 0.15, 0.05)
"""How far the prompts of a batch are read, and how often: what comes later changes nothing before it, and
most words come early. Longer prompts are fewer at a time."""
VOTERS, LEAST, LEAST_OF_THINGS = 7, 0.35, 0.55
"""How many of the nearest known words say what an unknown one means, and how near the nearest has to be: less
near where WordNet knows that it is an animal, a person, food or a plant."""
MAY_BECOME = {"05": {"animals"}, "13": {"food"}, "18": {"people"}, "20": {"plants", "food"}}
"""Families of things that a word of WordNet's files of animals, food, people and plants may become."""
PLANTS = ("flowers", "other plants")
PEOPLE = ("people", "fantasy", "roles & careers", "activities")

log = logging.getLogger(__name__)


class Rewording(nn.Module):
    """A text tower in training that keeps the features of a known one and learns other words for them."""

    def __init__(self, known: CLIPTextModel) -> None:
        super().__init__()
        self.encoder = deepcopy(known).requires_grad_()
        self.known = known.requires_grad_(requires_grad=False)

    def forward(self, ids: Tensor, known_ids: Tensor, counterparts: Tensor) -> Tensor:
        """How far the features are from the known tower's for what means the same, place by place."""
        with torch.no_grad():
            taught = self.known(known_ids).last_hidden_state
        read = self.encoder(ids).last_hidden_state
        wanted = taught.gather(1, counterparts[..., None].expand_as(read))
        loss: Tensor = (read - wanted).float().square().mean()
        return loss


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """Prompts as people type them, each beside one that the known tower reads well."""

    tokenizer: CLIPTokenizer
    things: tuple[str, ...]
    """The names of what the model draws."""
    senses: Mapping[str, str]
    """Words that people type, and the thing that each becomes."""
    derived: Mapping[str, str]
    """The same, found by the teacher."""

    @cached_property
    def _said(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return tuple(self.senses), tuple(self.derived)

    @cached_property
    def _shares(self) -> npt.NDArray[np.float64]:
        """How often each of the words is taught: the first ones of each thing, the commonest, the most."""
        places: dict[str, int] = defaultdict(int)
        weights = []
        for thing in self.senses.values():
            weights.append(1 / (6 + places[thing]))
            places[thing] += 1
        return np.asarray(weights) / sum(weights)

    @cached_property
    def _settings(self) -> tuple[str, ...]:
        return (*_in_every_light(1), *(behind for light in LIGHTS for behind in light.after if behind))

    @cached_property
    def _tokens(self) -> dict[str, list[int]]:
        return {}

    def prompt(self, rng: np.random.Generator) -> list[Piece]:
        """One prompt, piece by piece."""
        is_known = rng.random() < P_KNOWN
        pieces = [self._opening(rng, is_known=is_known)]
        pieces += self._thing(rng, is_known=is_known)
        if rng.random() < 0.28:
            pieces.append(self._link(rng, is_known=is_known))
            pieces += self._thing(rng, is_known=is_known or rng.random() < 0.4)
        if rng.random() < 0.25:
            pieces.append(self._setting(rng, is_known=is_known))
        elif rng.random() < 0.12:
            pieces.append((paper := f" on a {pick(rng, sorted(captions.COLOUR_WORDS))} background", paper))
        if rng.random() < 0.35:
            pieces.append(self._style(rng, is_known=is_known))
        if not is_known and rng.random() < 0.25:
            pieces += [
                (f", {pick(rng, _listed(words.DECORATIONS))}", "") for _ in range(int(rng.integers(1, 7)))
            ]
        elif rng.random() < 0.06:
            known = f", {pick(rng, captions.DECORATIONS)}, {pick(rng, captions.DECORATIONS)}"
            pieces.append((known, known))
        return _with_articles(pieces)

    def _opening(self, rng: np.random.Generator, *, is_known: bool) -> Piece:
        if not is_known and rng.random() < 0.3:
            return f"{pick(rng, _listed(words.OPENINGS))} ", "a "
        opening = pick(rng, captions.OPENINGS)
        return opening, opening

    def _thing(self, rng: np.random.Generator, *, is_known: bool) -> list[Piece]:
        """Adjectives, a colour, a thing by its own or by another name."""
        said = known_as = pick(rng, self.things if rng.random() < 0.85 else _in_every_light(0))
        pieces: list[Piece] = []
        if not is_known and rng.random() < 0.85:
            taught, derived = self._said
            if derived and rng.random() < P_DERIVED:
                said = pick(rng, derived)
                known_as = self.derived[said]
            else:
                said = taught[int(rng.choice(len(taught), p=self._shares))]
                known_as = self.senses[said]
            if rng.random() < 0.06:
                said = plural(said)
        if not is_known and rng.random() < 0.2:
            adjectives = {pick(rng, _listed(words.ADJECTIVES)) for _ in range(1 + int(rng.random() < 0.2))}
            pieces += [(f"{adjective} ", "") for adjective in sorted(adjectives)]
        elif rng.random() < 0.06:
            pieces.append((mood := f"{pick(rng, text.MOODS)} ", mood))
        if rng.random() < 0.15:
            pieces.append((colour := f"{pick(rng, sorted(captions.COLOUR_WORDS))} ", colour))
            said, known_as = captions.without_colour(said), captions.without_colour(known_as)
        if not is_known and rng.random() < P_TYPO:
            said = mistyped(said, rng)
        return [*pieces, (said, known_as)]

    def _link(self, rng: np.random.Generator, *, is_known: bool) -> Piece:
        link = pick(rng, list(words.LINKS))
        if is_known or rng.random() < 0.5:
            return link, link
        return f" {pick(rng, _listed(words.LINKS[link]))} ", link

    def _setting(self, rng: np.random.Generator, *, is_known: bool) -> Piece:
        kind = rng.random()
        if is_known or kind < 0.4:
            return (setting := pick(rng, self._settings)), setting
        if kind < 0.5:
            return f" {pick(rng, _listed(words.UNSEEN_SETTINGS))}", ""
        setting = pick(rng, list(words.SETTINGS))
        return f" {pick(rng, _listed(words.SETTINGS[setting]))}", setting

    def _style(self, rng: np.random.Generator, *, is_known: bool) -> Piece:
        if is_known or rng.random() < 0.5:
            return (known := f", {pick(rng, captions.STYLE_WORDS[pick(rng, STYLES)])}"), known
        style = pick(rng, list(words.STYLE_NAMES))
        return f", {pick(rng, _listed(words.STYLE_NAMES[style]))}", f", {style}"

    def encode(self, pieces: Sequence[Piece]) -> tuple[list[int], list[int], list[int]]:
        """Tokens as typed, tokens as known, and for each of the first its place among the second.

        Of two names of one thing the last tokens belong together. What is said for nothing belongs to what
        comes before it, and once something was said, to the end.
        """
        begin, end = len(self.tokenizer) - 2, len(self.tokenizer) - 1
        said, known, places = [begin], [begin], [0]
        last = max((at for at, (_, known_as) in enumerate(pieces) if known_as), default=-1)
        for at, (typed, known_as) in enumerate(pieces):
            new, old = self._tokenize(typed), self._tokenize(known_as)
            if old:
                first = len(known) + len(old) - len(new)
                places += [max(len(known), first + step) for step in range(len(new))]
            else:
                places += [-1 if at > last else len(known) - 1] * len(new)
            said += new
            known += old
        places = [len(known) if place < 0 else place for place in places]
        return [*said, end], [*known, end], [*places, len(known)]

    def _tokenize(self, typed: str) -> list[int]:
        if typed not in self._tokens:
            self._tokens[typed] = self.tokenizer(typed, add_special_tokens=False).input_ids
        return self._tokens[typed]

    def batch(self, rng: np.random.Generator, tokens: int) -> Batch:
        """As many prompts as fit: (ids, known ids, the place of each id among the known)."""
        positions, end = self.tokenizer.model_max_length, len(self.tokenizer) - 1
        width = min(positions, int(rng.choice(WIDTHS, p=SHARES)))
        rows = [self.encode(self.prompt(rng)) for _ in range(max(1, tokens // width))]
        ids = torch.full((len(rows), width), end)
        known_ids = torch.full((len(rows), positions), end)
        counterparts = torch.zeros((len(rows), width), dtype=torch.long)
        for row, (said, known, places) in enumerate(rows):
            padding = range(places[-1] + 1, places[-1] + 1 + positions)
            ids[row, : len(said)] = torch.tensor(said[:width])
            known_ids[row, : len(known)] = torch.tensor(known[:positions])
            counterparts[row] = torch.tensor([*places, *padding][:width]).clamp(max=positions - 1)
        return ids, known_ids[:, : int(counterparts.max()) + 1], counterparts


@cache
def _in_every_light(which: int) -> tuple[str, ...]:
    """All names of places (0), or all that is said behind a thing that stands in one (1)."""
    said = (
        each for place in PLACES.values() for light in place.lights for each in wordings(place, light)[which]
    )
    return tuple(dict.fromkeys(said))


@cache
def _listed(text: str) -> tuple[str, ...]:
    return tuple(words.terms(text))


def _with_articles(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with `a` turned into `an` before a vowel, be it in the next piece."""
    sides = []
    for side in zip(*pieces, strict=True):
        parts = list(side)
        for at, part in enumerate(parts):
            following = next((each for each in parts[at + 1 :] if each), "")
            if f" {part}".endswith(" a ") and following and following[0] in "aeiou":
                parts[at] = f"{part[:-1]}n "
        sides.append(parts)
    return list(zip(*sides, strict=True))


def plural(word: str) -> str:
    """The word as of several."""
    if word.endswith(("s", "x", "ch", "sh")):
        return word if word.endswith("s") else f"{word}es"
    return f"{word[:-1]}ies" if word.endswith("y") and word[-2:-1] not in "aeiou" else f"{word}s"


def mistyped(word: str, rng: np.random.Generator) -> str:
    """The word with two letters swapped, or one left out, doubled or replaced."""
    if len(word) < 4:
        return word
    at = int(rng.integers(1, len(word) - 1))
    before, letter, after = word[:at], word[at], word[at + 1 :]
    ways = (
        before + after,
        before + letter + letter + after,
        before + after[0] + letter + after[1:],
        before + chr(97 + int(rng.integers(26))) + after,
    )
    return pick(rng, ways)


def family(concept: Concept) -> str:
    """Which of the families of things it belongs to."""
    if concept.group.startswith("animals"):
        return "plants" if concept.subgroup in PLANTS else "animals"
    if concept.group.startswith("food"):
        return "things" if concept.subgroup == "dishware" else "food"
    return "people" if concept.subgroup in PEOPLE else "things"


def derive(families: Mapping[str, str], senses: Mapping[str, str], config: Config) -> dict[str, str]:
    """What WordNet's other words become: what most of the nearest words become whose sense is known.

    An animal becomes an animal and a person a person.
    """
    packages = config.work / "packages"
    text.read_wordnet(packages)
    kinds = text.read_first_senses(packages)
    voters = [*senses, *families]
    things = [senses.get(voter, voter) for voter in voters]
    listed = sorted(word for word in kinds if word not in words.senses() and word not in families)
    vectors = text.teach([*listed, *voters], config)
    likeness = vectors[: len(listed)] @ vectors[len(listed) :].T
    elected = (
        elect(row, things, [families.get(thing, "things") for thing in things], kinds[word])
        for row, word in zip(likeness, listed, strict=True)
    )
    return {word: thing for word, thing in zip(listed, elected, strict=True) if thing is not None}


def elect(likeness: Tensor, things: Sequence[str], families: Sequence[str], kind: str) -> str | None:
    """What most of the voters that are most like a word of this kind become, if any is like it at all."""
    allowed = MAY_BECOME.get(kind, {"things"})
    fits = torch.tensor([family in allowed for family in families])
    likely = likeness.masked_fill(~fits, -1).topk(min(VOTERS, len(things)))
    if likely.values[0] < (LEAST if kind in MAY_BECOME else LEAST_OF_THINGS):
        return None
    votes: dict[str, float] = defaultdict(float)
    for near, at in zip(likely.values.tolist(), likely.indices.tolist(), strict=True):
        votes[things[at]] += max(near, 0) ** 4
    return max(votes, key=votes.__getitem__)


def read_derived(concepts: Sequence[Concept], senses: Mapping[str, str], config: Config) -> dict[str, str]:
    """The same, found once."""
    path = config.work / "derived.json"
    if not path.exists():
        families = {concept.name: family(concept) for concept in concepts}
        path.write_text(json.dumps(derive(families, senses, config)), encoding="utf-8")
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found


def open_lesson(tokenizer: CLIPTokenizer, config: Config) -> Lesson:
    """What there is to teach to a model of so many concepts."""
    _, pictures = load(config.work)
    concepts = choose(concepts_of(pictures), config.concepts)
    things = tuple(concept.name for concept in concepts)
    known_as = {*things, *_in_every_light(0)}
    senses = words.taught(known_as)
    derived = read_derived(concepts, senses, config)
    known = {word: thing for word, thing in derived.items() if thing in known_as}
    return Lesson(tokenizer=tokenizer, things=things, senses=senses, derived=known)


def read_tower(checkpoint: Path, config: Config) -> tuple[CLIPTokenizer, CLIPTextModel]:
    """The tokenizer and the text tower of a checkpoint."""
    tokenizer = CLIPTokenizer.from_pretrained(
        checkpoint, subfolder="tokenizer", model_max_length=config.positions
    )
    known = CLIPTextModel.from_pretrained(checkpoint, subfolder="text_encoder", dtype=torch.float32)
    return tokenizer, known


def train(tokenizer: CLIPTokenizer, known: CLIPTextModel, config: Config) -> CLIPTextModel:
    """The known tower with other words for what it knows."""
    training = Training("words", Rewording(known), config.words, config)
    if training.is_finished:
        return training.average.encoder
    lesson = open_lesson(tokenizer, config)
    return training.run(lambda rng: lesson.batch(rng, config.words.batch)).encoder


def main() -> None:
    """Teach other words to the text tower of a checkpoint whose U-Net is done."""
    parser = argparse.ArgumentParser(prog="python -m engine.sketch.rewording", description=main.__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("tower", type=Path, help="the folder that the new text tower is written to")
    parser.add_argument("--work", type=Path, default=WORK, help="packages and packed pictures")
    parser.add_argument("--concepts", type=int, default=cpu().concepts, help="how many the U-Net knows")
    parser.add_argument("--steps", type=int, default=cpu().words.steps)
    asked = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.set_num_threads(1)
    plan = replace(cpu().words, steps=asked.steps)
    config = cpu(work=asked.work, concepts=asked.concepts, words=plan)
    learned = train(*read_tower(asked.checkpoint, config), config)
    learned.to(torch.float16).save_pretrained(asked.tower)
    log.info("the new text tower is in %s", asked.tower)


if __name__ == "__main__":
    main()
