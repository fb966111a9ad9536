"""How good a checkpoint is: a hundred prompts, four seeds each, an independent judge, one contact sheet."""

import argparse
import json
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from pathlib import Path
from statistics import mean
from typing import Any, TypeAlias

import numpy as np
import torch
from PIL import Image, ImageDraw
from tqdm import tqdm

from engine.api import WeightedPrompt
from engine.bench import arms
from engine.config import EngineConfig
from engine.library import Library
from engine.loop import DenoisingLoop
from engine.sketch import GUIDANCE_SCALE, SAMPLER, STEPS, WEIGHTS, judge, scenes
from engine.sketch.captions import article
from engine.sketch.config import WORK, cpu, gpu
from engine.sketch.judge import Gallery, Judge
from engine.sketch.prompts import Box, Kind, Prompt, fifty_scenes, hundred, untaught
from engine.sketch.shots import Studio
from engine.sketch.unet import open_studio

SEEDS = (1, 2, 3, 4)
THUMBNAIL, TILE, LABEL = 32, 96, 14

log = logging.getLogger(__name__)

Draw: TypeAlias = Callable[..., tuple[Image.Image, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A prompt and the four pictures drawn for it."""

    prompt: Prompt
    images: tuple[Image.Image, ...]
    seconds: float


def drawing(weights: Path, *, device: str = "auto") -> Draw:
    """Draws pictures for some words and whatever else a `Generate` may ask for, as members get them."""
    config = EngineConfig(
        model=str(weights), device=device, dtype="float32", num_threads=torch.get_num_threads()
    )
    library = Library(config)
    info = library.models()[0]
    usual = replace(
        arms.usual(info, "", seed=1),
        num_inference_steps=STEPS,
        guidance_scale=GUIDANCE_SCALE,
        sampler=SAMPLER,
    )

    def drawn(words: str, **asked: Any) -> tuple[Image.Image, ...]:
        request = replace(usual, prompts=(WeightedPrompt(text=words),), **asked)
        return arms.finish(DenoisingLoop(library, preview_seconds=1e9), request).images

    return drawn


def draw(
    drawn: Draw,
    prompts: Sequence[Prompt],
    *,
    steps: int,
    guidance_scale: float,
    seeds: Sequence[int] = SEEDS,
) -> Iterator[Row]:
    """Draw pictures of each prompt, one per seed."""
    for prompt in tqdm(prompts, "prompts"):
        started = time.perf_counter()
        images = drawn(
            prompt.text, seeds=tuple(seeds), num_inference_steps=steps, guidance_scale=guidance_scale
        )
        yield Row(prompt=prompt, images=images, seconds=time.perf_counter() - started)


def spread(images: Sequence[Image.Image]) -> float:
    """How unlike pictures are: mean absolute difference of 32-pixel thumbnails over all pairs, in [0, 1]."""
    small = [
        np.asarray(image.convert("RGB").resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX), float) / 255
        for image in images
    ]
    return mean(float(np.abs(first - second).mean()) for first, second in combinations(small, 2))


def training_spread(studio: Studio, prompts: Sequence[Prompt]) -> float:
    """The same among four plain training pictures of one concept, over the concepts of the prompts."""
    rng = np.random.default_rng(0)
    found = []
    for prompt in prompts:
        alike = [
            picture
            for style, pictures in studio.by_style.items()
            for picture in pictures
            if picture.concept.label == prompt.labels[0] and style != "outline"
        ]
        if alike:
            only = Studio(studio.pixels, alike, studio.synonyms, side=studio.side)
            found.append(spread([only.plain(rng).image for _ in SEEDS]))
    return mean(found)


def main_colour_name(image: Image.Image) -> str:
    """The colour that covers most of what stands on the paper, outlines and highlights left out."""
    small = image.convert("RGB").resize((64, 64), Image.Resampling.BOX)
    pixels = np.asarray(small, float)
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    drawn = np.abs(pixels - np.median(border, axis=0)).max(2) > 40
    hue, saturation, value = (np.asarray(band, float) for band in small.convert("HSV").split())
    degrees = hue * 360 / 255
    coloured = drawn & (saturation > 70) & (value > 60)
    if coloured.sum() <= 0.25 * drawn.sum():
        middle = float(np.median(value[drawn])) if drawn.any() else 255.0
        return "black" if middle < 90 else "grey" if middle < 190 else "white"
    bounds = {"red": 14, "orange": 41, "yellow": 70, "green": 165, "blue": 252, "purple": 300, "pink": 345}
    names = np.asarray([*bounds, "red"])[np.searchsorted(list(bounds.values()), degrees[coloured])]
    names = np.where((names == "red") & (saturation[coloured] < 140) & (value[coloured] > 180), "pink", names)
    names = np.where((names == "orange") & (value[coloured] < 165), "brown", names)
    found, counts = np.unique(names, return_counts=True)
    return str(found[counts.argmax()])


def best_rank(row: Row, gallery: Gallery, examiner: Judge) -> list[int]:
    """For each picture the judge's rank of the best of the right concepts, of a pair the worse of the two.

    0 is first; of the ways in which a pair may stand the best counts. Of what the judge does not know there
    is none.
    """
    pair = row.prompt.pair
    if pair is None:
        return _best_rank_of(row.prompt.labels, row.images, gallery, examiner)
    found = []
    for boxes in pair.ways:
        first, second = (
            _best_rank_of(labels, [part(image, box) for image in row.images], gallery, examiner)
            for labels, box in zip((pair.first, pair.second), boxes, strict=True)
        )
        found.append([max(ranks) for ranks in zip(first, second, strict=False)])
    return [min(ranks) for ranks in zip(*found, strict=True)]


def _best_rank_of(
    labels: Sequence[str], images: Sequence[Image.Image], gallery: Gallery, examiner: Judge
) -> list[int]:
    places = {concept.label: place for place, concept in enumerate(gallery.concepts)}
    found = [
        judge.ranks(examiner, images, [places[label]] * len(images)) for label in labels if label in places
    ]
    return torch.stack(found).min(0).values.tolist() if found else []


def part(image: Image.Image, box: Box) -> Image.Image:
    """A part of a picture."""
    left, top, right, bottom = box
    width, height = image.size
    return image.crop(
        (round(left * width), round(top * height), round(right * width), round(bottom * height))
    )


def held_out_ranks(gallery: Gallery, examiner: Judge, *, in_places: bool = False) -> list[int]:
    """The judge's own exam: ranks of the right concept for drawings it never saw, on paper or in places."""
    rng = np.random.default_rng(0)
    art = [Image.fromarray(gallery.pixels[each.row]) for each in gallery.held_out]
    images = [judge.in_place(each, rng) if in_places else scenes.on_paper(each) for each in art]
    return judge.ranks(examiner, images, [gallery.label(each) for each in gallery.held_out]).tolist()


def every_concept(gallery: Gallery) -> list[Prompt]:
    """Prompts for all that a checkpoint should know, by their own names."""
    return [
        Prompt(text=article(f"a {concept.name}"), kind=Kind.NOUN, labels=(concept.label,))
        for concept in gallery.concepts
    ]


def share(ranks: Sequence[int], within: int) -> float:
    """The share of ranks among the first `within`."""
    return sum(rank < within for rank in ranks) / max(1, len(ranks))


def retrieval(name: str, ranks: Sequence[int], judge_top_5: float) -> dict[str, float]:
    """How often the judge finds what was asked for, and that as a share of its score on its own exam."""
    top_5 = share(ranks, 5)
    return {
        f"{name} top-1": share(ranks, 1),
        f"{name} top-5": top_5,
        f"{name} top-5 of judge": top_5 / max(1e-6, judge_top_5),
    }


def report(rows: Sequence[Row], gallery: Gallery, examiner: Judge, studio: Studio) -> dict[str, float]:
    """Every figure, by name."""
    own = held_out_ranks(gallery, examiner)
    in_places = held_out_ranks(gallery, examiner, in_places=True)
    figures = {"judge top-1": share(own, 1), "judge top-5": share(own, 5)}
    figures["judge in places top-5"] = share(in_places, 5)
    for kind in Kind:
        ranks = [
            rank for row in rows if row.prompt.kind is kind for rank in best_rank(row, gallery, examiner)
        ]
        exam = "judge in places top-5" if kind is Kind.SCENE else "judge top-5"
        figures |= retrieval(kind, ranks, figures[exam])
    coloured = [row for row in rows if row.prompt.colour]
    for name, some in (
        ("colour right", coloured),
        ("colour right, held out", [row for row in coloured if row.prompt.is_held_out]),
    ):
        right = [main_colour_name(image) == row.prompt.colour for row in some for image in row.images]
        figures[name] = sum(right) / max(1, len(right))
    nouns = [row for row in rows if row.prompt.kind is Kind.NOUN]
    figures["spread of four"] = mean(spread(row.images) for row in nouns)
    figures["spread of training pictures"] = training_spread(studio, [row.prompt for row in nouns])
    figures["spread, share of training's"] = (
        figures["spread of four"] / figures["spread of training pictures"]
    )
    figures["white paper"] = mean(paper_level(image) for row in nouns for image in row.images)
    figures["seconds per grid"] = sorted(row.seconds for row in rows)[len(rows) // 2]
    return figures


def paper_level(image: Image.Image) -> float:
    """The brightness of the corners, 255 for white."""
    pixels = np.asarray(image.convert("RGB").resize((64, 64), Image.Resampling.BOX), float)
    return float(np.median([pixels[y, x].mean() for y in (1, -2) for x in (1, -2)]))


def contact_sheet(rows: Sequence[Row], columns: int = 4) -> Image.Image:
    """All rows with their prompts, `columns` side by side; * marks a combination never trained on."""
    width, height = len(rows[0].images) * TILE + 8, TILE + LABEL + 4
    lines = -(-len(rows) // columns)
    sheet = Image.new("RGB", (columns * width, lines * height), "white")
    pen = ImageDraw.Draw(sheet)
    for place, row in enumerate(rows):
        left, top = place // lines * width, place % lines * height
        mark = " *" if row.prompt.is_held_out else ""
        pen.text((left + 2, top), row.prompt.text + mark, fill="black", font_size=11)
        for column, image in enumerate(row.images):
            tile = image.resize((TILE, TILE), Image.Resampling.LANCZOS)
            sheet.paste(tile, (left + column * TILE, top + LABEL))
    return sheet


def main() -> None:
    """The command line: draw, judge, write `report.json` and three contact sheets."""
    parser = argparse.ArgumentParser(prog="python -m engine.sketch.evaluate", description=__doc__)
    cuda = "cuda" if torch.cuda.is_available() else "cpu"
    parser.add_argument("weights", type=Path, nargs="?", default=WEIGHTS)
    parser.add_argument("--work", type=Path, default=WORK, help="the training's folder: art and judge")
    parser.add_argument("--out", type=Path, help="where the report goes; `<work>/evaluation` if not given")
    parser.add_argument("--device", choices=("cpu", "cuda"), default=cuda)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--guidance-scale", type=float, default=GUIDANCE_SCALE)
    asked = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(asked.threads)
    config = (gpu if asked.device == "cuda" else cpu)(work=asked.work)
    gallery, examiner = judge.train(config)
    drawn = partial(
        draw,
        drawing(asked.weights, device=asked.device),
        steps=asked.steps,
        guidance_scale=asked.guidance_scale,
    )
    rows = list(drawn(hundred()))
    others = list(drawn(untaught()))
    figures = report([*rows, *others], gallery, examiner, open_studio(config))
    once = drawn(every_concept(gallery), seeds=SEEDS[:1])
    ranks = [rank for row in once for rank in best_rank(row, gallery, examiner)]
    figures |= retrieval("every concept", ranks, figures["judge top-5"])
    views = list(drawn(fifty_scenes(), seeds=SEEDS[:2]))
    ranks = [rank for row in views for rank in best_rank(row, gallery, examiner)]
    figures |= retrieval("twenty things in places", ranks, figures["judge in places top-5"])
    out = asked.out or config.work / "evaluation"
    out.mkdir(parents=True, exist_ok=True)
    (out / "report.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    contact_sheet(rows).quantize(256).save(out / "contact-sheet.png", optimize=True)
    contact_sheet(views, columns=5).save(out / "scenes.jpg", quality=88)
    contact_sheet(others).quantize(256).save(out / "untaught.png", optimize=True)
    for name, figure in figures.items():
        log.info("%-32s %.3f", name, figure)


if __name__ == "__main__":
    main()
