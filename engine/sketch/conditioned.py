"""How well pictures follow what they are given beside words: a map of edges or areas, a picture, or two.

`python -m engine.sketch.conditioned [WEIGHTS]` draws through the engine, as members do, from drawings that no
stage learns from (FxEmojis, those whose thing the model should know). It writes `conditioned.json`.
"""

import argparse
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean

import numpy as np
import torch
from PIL import Image, ImageFilter
from tqdm import tqdm
from transformers import CLIPTokenizer

from engine.api import Control, Reference
from engine.api.edges import edges
from engine.sketch import WEIGHTS, areas, judge, scenes, text, tower
from engine.sketch.captions import article
from engine.sketch.config import WORK, Config, cpu
from engine.sketch.data import HELD_OUT, Concept, fetch, rasterise, read_members, wrap_icon
from engine.sketch.evaluate import Draw, drawing, main_colour_name, share
from engine.sketch.examples import small_view
from engine.sketch.judge import Gallery
from engine.sketch.shots import Shot
from engine.sketch.unet import open_studio
from engine.sketch.vae import to_tensor

COUNT = 40
SEED = 271_828
"""Of composed pictures that no stage learns from."""
OWN_SEED = 5
"""Of the drawings that it is to look at itself."""
REACH = 5
"""Pixels in which two edges count as one: they are compared as lines of that width."""
PLACED = 0.7
"""Size of a thing on its paper."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A drawing that no stage learns from, on white paper, and what it shows."""

    image: Image.Image
    concept: Concept

    @property
    def words(self) -> str:
        """A prompt for it."""
        return article(f"a {self.concept.name}")


def named_art(gallery: Gallery, work: Path, count: int, side: int) -> list[Named]:
    """Some held-out drawings of things that the model should know."""
    archive = fetch(HELD_OUT, work / "packages")
    icons = next(json.loads(data) for _, data in read_members(archive, r"/icons\.json$"))
    known = {"".join(concept.name.split()): concept for concept in gallery.concepts}
    names = [name for name in sorted(icons["icons"]) if name in known]
    found = []
    for name in np.random.default_rng(SEED).choice(names, min(count, len(names)), replace=False):
        pixels = rasterise(wrap_icon(icons["icons"][name], icons["width"]).encode(), side)
        if pixels is not None:
            art = scenes.place(Image.fromarray(pixels), scenes.Placement(size=PLACED), side)
            found.append(Named(image=scenes.on_paper(art), concept=known[name]))
    return found


def overlap(first: Image.Image, second: Image.Image) -> float:
    """Of two maps of edges, as lines of `REACH` pixels, what both have, as a share of what either has."""
    one, other = (
        np.asarray(map_.convert("L").filter(ImageFilter.MaxFilter(REACH))) > 0 for map_ in (first, second)
    )
    return float((one & other).sum() / max(1, (one | other).sum()))


def by_edges(draw: Draw, art: Sequence[Named]) -> dict[str, float]:
    """How far the edges of what is drawn are those of the map; of another map; and without any map."""
    maps = [edges(one.image) for one in art]
    figures: dict[str, list[float]] = {}
    for place, one in enumerate(tqdm(art, "edges")):
        control = (Control(name="edges", map=maps[place]),)
        drawn = {
            "with words": draw(one.words, controls=control)[0],
            "without words": draw("", controls=control)[0],
            "words alone": draw(one.words)[0],
        }
        for name, picture in drawn.items():
            found = edges(picture)
            figures.setdefault(f"edges, {name}", []).append(overlap(found, maps[place]))
            other = overlap(found, maps[(place + 1) % len(maps)])
            figures.setdefault(f"edges, {name}: of another map", []).append(other)
    return {name: mean(values) for name, values in figures.items()}


def by_areas(draw: Draw, config: Config) -> dict[str, float]:
    """Which share of a picture is what the map says: a thing or paper in some, ground or sky in others."""
    rng = np.random.default_rng(SEED)
    studio = open_studio(config, synonyms={})
    figures: dict[str, list[float]] = {}
    shots = [("thing or paper", studio.plain(rng)) for _ in range(config.examples)]
    shots += [("ground or sky", studio.view(rng)) for _ in range(config.examples)]
    others = [shot for _, shot in shots]
    for place, (kind, shot) in enumerate(tqdm(shots, "areas")):
        wanted = areas.of_shot(shot)
        other = areas.of_shot(
            others[(place + 1) % config.examples + place // config.examples * config.examples]
        )
        picture = draw(shot.captions[0], controls=(Control(name="seg", map=areas.painted(wanted)),))[0]
        alone = draw(shot.captions[0])[0]
        for name, drawn, map_ in (
            ("", picture, wanted),
            (": of another map", picture, other),
            (": words alone", alone, wanted),
        ):
            right = float((areas_found(drawn, shot) == map_).mean())
            figures.setdefault(f"areas, {kind}{name}", []).append(right)
    return {name: mean(values) for name, values in figures.items()}


def areas_found(picture: Image.Image, shot: Shot) -> np.ndarray:
    """The areas of what was drawn as `shot`: what is not white is a thing, or what a scene's ground is."""
    size = (picture.width // areas.SHARE, picture.height // areas.SHARE)
    if shot.scene is not None:
        ground = Image.fromarray(areas.ground_of(picture)).resize(size, Image.Resampling.NEAREST)
        return np.where(np.asarray(ground), areas.GROUND, areas.SKY)
    small = np.asarray(picture.convert("RGB").resize(size, Image.Resampling.BOX), np.int16)
    return np.where((255 - small).max(2) > 24, areas.THING, areas.PAPER)


class Namer:
    """The image tower with the names of all things that the model should know."""

    def __init__(self, weights: Path, gallery: Gallery) -> None:
        self.model = tower.load_model(weights)
        tokenizer = CLIPTokenizer.from_pretrained(weights, subfolder="tokenizer")
        self.places = {concept.key: place for place, concept in enumerate(gallery.concepts)}
        with torch.inference_mode():
            names = text.tokenize(tokenizer, [concept.name for concept in gallery.concepts])
            self.names = tower.read(self.model, names)

    def rank(self, picture: Image.Image, concept: Concept) -> int:
        """How many names are nearer to a picture than that of the concept."""
        pixels = to_tensor(np.asarray(small_view(picture.convert("RGB")))[None].copy())
        with torch.inference_mode():
            likeness = (tower.look(self.model, pixels) @ self.names.T)[0]
        return int((likeness > likeness[self.places[concept.key]]).sum())


def by_pictures(
    draw: Draw, art: Sequence[Named], rank: Callable[[Image.Image, Concept], int]
) -> dict[str, float]:
    """Whether what is drawn from a picture alone is its thing, in its colour."""
    ranks: dict[str, list[int]] = {}
    colours: dict[str, list[bool]] = {}
    for place, one in enumerate(tqdm(art, "pictures")):
        drawn = {
            "the picture itself": one.image,
            "from the picture": draw("", references=(Reference(picture=one.image),))[0],
            "from its name": draw(one.words)[0],
        }
        for name, picture in drawn.items():
            ranks.setdefault(name, []).append(rank(picture, one.concept))
            other = art[(place + 1) % len(art)]
            main = main_colour_name(picture)
            colours.setdefault(name, []).append(main == main_colour_name(one.image))
            colours.setdefault(f"{name}, another's", []).append(main == main_colour_name(other.image))
    figures = {f"{name}: top-1": share(found, 1) for name, found in ranks.items()}
    figures |= {f"{name}: top-5": share(found, 5) for name, found in ranks.items()}
    return figures | {f"{name}: colour right": mean(found) for name, found in colours.items()}


def by_two(draw: Draw, art: Sequence[Named], rank: Callable[[Image.Image, Concept], int]) -> dict[str, float]:
    """What two pictures that count half each become: the one, the other, both, by the first five names."""
    found: dict[str, list[bool]] = {"the first": [], "the second": [], "either": [], "both": []}
    for first, second in tqdm(list(_pairs(art)), "blends"):
        looked = tuple(Reference(picture=one.image, weight=0.5) for one in (first, second))
        picture = draw("", references=looked)[0]
        has_first, has_second = (rank(picture, one.concept) < 5 for one in (first, second))
        for name, has in (
            ("the first", has_first),
            ("the second", has_second),
            ("either", has_first or has_second),
            ("both", has_first and has_second),
        ):
            found[name].append(has)
    return {f"two blended: {name}": mean(values) for name, values in found.items()}


def _pairs(art: Sequence[Named]) -> Iterator[tuple[Named, Named]]:
    half = len(art) // 2
    yield from zip(art[:half], art[half : 2 * half], strict=True)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m engine.sketch.conditioned", description=__doc__)
    parser.add_argument("weights", type=Path, nargs="?", default=WEIGHTS)
    parser.add_argument("--work", type=Path, default=WORK, help="the training's folder, with its art")
    parser.add_argument("--out", type=Path, help="where the figures go; `<work>/evaluation` if not given")
    parser.add_argument("--count", type=int, default=COUNT, help="how many pictures of each kind")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    config = cpu(work=asked.work, examples=asked.count)
    gallery = judge.open_gallery(config)
    art = named_art(gallery, asked.work, asked.count, config.resolution)
    draw, namer = drawing(asked.weights), Namer(asked.weights, gallery)
    with torch.inference_mode():
        figures = by_edges(draw, art) | by_areas(draw, config)
        figures |= by_pictures(draw, art, namer.rank) | by_two(draw, art, namer.rank)
        own = [replace(one, image=draw(one.words, seeds=(OWN_SEED,))[0]) for one in art]
        of_own = by_pictures(draw, own, namer.rank)
        figures |= {f"own drawings, {name}": figure for name, figure in of_own.items()}
    out = asked.out or asked.work / "evaluation"
    out.mkdir(parents=True, exist_ok=True)
    (out / "conditioned.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    for name, figure in figures.items():
        log.info("%-44s %.3f", name, figure)


if __name__ == "__main__":
    main()
