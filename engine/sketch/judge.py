"""The evaluator: a classifier that never meets the generator, and never saw one drawing of each thing."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - as everywhere in torch
from PIL import Image, ImageFilter
from torch import Tensor, nn

from engine.sketch import captions, concepts, places, scenes, shots
from engine.sketch.config import Config
from engine.sketch.data import STYLES, Concept, Picture, Pixels, load
from engine.sketch.loop import Batch, Training
from engine.sketch.vae import to_tensor

SIDE = 64
SEED = 7919
"""Added to the run's seed, so that judge and generator share no randomness."""
P_PLACE = 0.25
"""How often it learns from a thing in a place."""


class Judge(nn.Module):
    """Tells concepts apart in pictures in [-1, 1], (batch, 3, 64, 64)."""

    def __init__(self, count: int, width: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 3
        for wider in (width, 2 * width, 4 * width, 8 * width):
            for inside, stride in ((channels, 2), (wider, 1)):
                layers += [
                    nn.Conv2d(inside, wider, 3, stride, padding=1, bias=False),
                    nn.GroupNorm(8, wider),
                    nn.ReLU(),
                ]
            channels = wider
        self.look = nn.Sequential(
            *layers,
            nn.AdaptiveAvgPool2d(2),
            nn.Flatten(),
            nn.Linear(4 * channels, 256),
            nn.LayerNorm(256),  # without it all 256 may die early, and the judge says one name for everything
        )
        self.name = nn.Linear(256, count)

    def scores(self, pixels: Tensor) -> Tensor:
        """How much each picture looks like each concept, (batch, concepts)."""
        scores: Tensor = self.name(F.relu(self.look(pixels))).float()
        return scores

    def forward(self, pixels: Tensor, labels: Tensor) -> Tensor:
        """The loss on pictures and the places of their concepts."""
        return F.cross_entropy(self.scores(pixels), labels, label_smoothing=0.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery:
    """The art of the chosen concepts, parted into what the judge learns from and what it is examined on."""

    pixels: Pixels
    concepts: tuple[Concept, ...]
    seen: tuple[Picture, ...]
    held_out: tuple[Picture, ...]

    def label(self, picture: Picture) -> int:
        """The place of the picture's concept."""
        return [concept.key for concept in self.concepts].index(picture.concept.key)


def open_gallery(config: Config) -> Gallery:
    """Of each concept one drawing, in a style that depends on its name, is held out."""
    pixels, pictures = load(config.work)
    chosen, wanted = concepts.choose_pictures(pictures, config.concepts)
    return Gallery(
        pixels=pixels,
        concepts=chosen,
        seen=tuple(each for each in wanted if not is_held_out(each)),
        held_out=tuple(each for each in wanted if is_held_out(each)),
    )


def is_held_out(picture: Picture) -> bool:
    """Whether this is the one drawing of its concept that the judge must not see."""
    return zlib.crc32(picture.concept.key.encode()) % len(STYLES) == STYLES.index(picture.style)


def view(art: Image.Image, rng: np.random.Generator) -> Image.Image:
    """The art as a generator might show it: placed, painted, on any paper or in a place, a little soft."""
    if rng.random() < 0.15:
        art = scenes.recolour(art, captions.pick(rng, scenes.PAINTS))
    shown = in_place(art, rng) if rng.random() < P_PLACE else _on_paper(art, rng)
    image = shown.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX)
    if rng.random() < 0.4:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.2)))
    return image


def in_place(art: Image.Image, rng: np.random.Generator) -> Image.Image:
    """The art in some place, as large as things stand there."""
    place = captions.pick(rng, list(places.PLACES.values()))
    scene = places.paint(place, (2 * SIDE, 2 * SIDE), rng)
    places.set_into(scene, art, x=rng.uniform(0.38, 0.62), size=rng.uniform(0.5, 0.75))
    return scene.image


def _on_paper(art: Image.Image, rng: np.random.Generator) -> Image.Image:
    placement = replace(shots.alone(rng), size=rng.uniform(0.6, 1.0), turn=rng.normal(0, 8))
    white = Image.new("RGBA", (2 * SIDE, 2 * SIDE), (*scenes.WHITE, 255))
    paper = scenes.any_paper(2 * SIDE, rng) if rng.random() < 0.4 else white
    paper.alpha_composite(scenes.place(art, placement, 2 * SIDE))
    return paper


def train(config: Config) -> tuple[Gallery, Judge]:
    """The judge, learnt on the drawings it may see."""
    config = replace(config, seed=config.seed + SEED)
    gallery = open_gallery(config)
    judge = Judge(len(gallery.concepts), config.judge_width)
    places = {concept.key: place for place, concept in enumerate(gallery.concepts)}
    labels = torch.tensor([places[picture.concept.key] for picture in gallery.seen])
    small = shrink(gallery.pixels, gallery.seen)

    def compose(rng: np.random.Generator) -> Batch:
        rows = rng.integers(len(gallery.seen), size=config.judge.batch)
        views = [np.asarray(view(Image.fromarray(small[row]), rng)) for row in rows]
        return to_tensor(np.stack(views)), labels[rows]

    return gallery, Training("judge", judge, config.judge, config).run(compose)


def shrink(pixels: Pixels, pictures: Sequence[Picture]) -> Pixels:
    """The pictures at twice the judge's side: all it needs, and quick to turn."""
    size = (2 * SIDE, 2 * SIDE)
    small = [Image.fromarray(pixels[each.row]).resize(size, Image.Resampling.BOX) for each in pictures]
    return np.stack([np.asarray(image) for image in small])


@torch.inference_mode()
def ranks(judge: Judge, images: Sequence[Image.Image], labels: Sequence[int]) -> Tensor:
    """For each picture how many concepts the judge finds likelier than the right one; 0 is right."""
    resized = [
        np.asarray(image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX)) for image in images
    ]
    scores = judge.scores(to_tensor(np.stack(resized)).to(judge.name.weight.device)).cpu()
    right = scores.gather(1, torch.tensor(labels)[:, None])
    above: Tensor = (scores > right).sum(1)
    return above
