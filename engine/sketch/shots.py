"""Training pictures: one or two things from the art, painted, placed, set somewhere; and their captions."""

import zlib
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Self, TypeAlias

import numpy as np
from PIL import Image

from engine.sketch import captions, scenes
from engine.sketch.data import Picture, Pixels
from engine.sketch.scenes import Placement

Frame: TypeAlias = tuple[int, int]
"""Width and height."""
SQUARE_FRAME, WIDE_FRAME, TALL_FRAME = (16, 16), (21, 14), (14, 21)
"""The shapes that are learnt, in sixteenths of a square's side: those that 1:1, 3:2 and 2:3 are drawn in."""
STYLE_SHARES = {"3d": 0.29, "flat": 0.29, "outline": 0.1, "sticker": 0.16, "cartoon": 0.16}
"""The first three share their drawing, so what is learnt from one serves the others."""
P_STYLE_SAID = {"3d": 0.5, "flat": 0.5, "outline": 0.92, "sticker": 0.85, "cartoon": 0.85}
"""How often a caption names its style. What it names the rarest is what a prompt without a style gets: one
drawing of each thing, not the mean of several; and a line drawing is what few expect unasked."""
LEAN = 1.4
"""How much more of the common things is shown: of n things, the one at the share x**LEAN of the way."""
P_PARIS, P_PARIS_IN_SPACE = 0.04, 0.35
"""How often one thing is the tower of Paris, which no emoji is, and how often a scene of it is a galaxy."""
P_SOMEWHERE = 0.2
"""How often two things together are set somewhere, not on white."""
HATS = ("top hat", "crown", "woman's hat", "graduation cap", "billed cap")
P_ASTRONAUT, P_HORSE = 0.3, 0.4
"""How often the rider is an astronaut, and how often the mount a horse: what people ask for first."""
MOUNTS = (
    "horse",
    "unicorn",
    "elephant",
    "camel",
    "zebra",
    "cow",
    "turtle",
    "dragon",
    "bicycle",
    "motorcycle",
)
RIDERS = ("mammals", "birds", "amphibians", "reptiles", "people", "roles & careers", "fantasy")
HEADS = ("mammals", "cat faces", "smiling", "birds", "amphibians")
SQUARE = {
    "mountain",
    "snow-capped mountain",
    "volcano",
    "camping",
    "beach with umbrella",
    "desert",
    "desert island",
    "night with stars",
    "cityscape",
    "sunrise over mountains",
    "sunrise",
    "cityscape at dusk",
    "sunset",
    "bridge at night",
    "milky way",
    "rainbow",
}
"""Pictures that are whole scenes and so stay unpainted and stand on nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One training picture and several ways to ask for it."""

    image: Image.Image
    captions: tuple[str, ...]


class Studio:
    """The art of the chosen concepts, the common ones first, ready to be composed."""

    def __init__(
        self,
        pixels: Pixels,
        pictures: Sequence[Picture],
        synonyms: dict[str, list[str]],
        *,
        side: int,
        wordings: int = 2,
    ) -> None:
        self.pixels = pixels
        self.synonyms = synonyms
        self.side = side
        self.frame = (side, side)
        self.wordings = wordings
        self.by_style = {
            style: [picture for picture in pictures if picture.style == style] for style in STYLE_SHARES
        }
        self.styles = [style for style in STYLE_SHARES if self.by_style[style]]
        self.shares = np.asarray([STYLE_SHARES[style] for style in self.styles])
        self.shares /= self.shares.sum()

    def framed(self, shape: Frame) -> Self:
        """This studio with a frame of another shape, of about the same area."""
        other = copy(self)
        width, height = shape
        unit = self.side // 16
        other.frame = (width * unit, height * unit)
        return other

    def shoot(self, rng: np.random.Generator) -> Shot:
        """Any kind of picture; pairs often, for which of two things stands where is learnt last."""
        kinds = {
            self.plain: 0.26,
            self.on_coloured_paper: 0.05,
            self.painted: 0.11,
            self.somewhere: 0.14,
            self.pair: 0.28,
            self.dressed: 0.05,
            self.riding: 0.06,
            self.view: 0.05,
        }
        kind = rng.choice(len(kinds), p=list(kinds.values()))
        return list(kinds)[kind](rng)

    def plain(self, rng: np.random.Generator) -> Shot:
        """One thing on white paper."""
        picture = self._any(rng)
        art, names = self._art(picture), self._names(picture, rng, p_keyword=0.15)
        style = picture.style
        if rng.random() < P_PARIS:
            art, names, style = *self._paris(rng), "flat"
        image = scenes.on_paper(scenes.place(art, alone(rng, self.frame), *self.frame))
        return self._shot(image, names, style, rng)

    def on_coloured_paper(self, rng: np.random.Generator) -> Shot:
        """One thing on paper of a named colour."""
        picture = self._any(rng)
        colour = captions.pick(rng, list(scenes.PAPERS))
        art = scenes.place(self._art(picture), alone(rng, self.frame), *self.frame)
        names = self._names(picture, rng)
        settings = (f" on a {colour} background", f", {colour} background", f" on {colour} paper")
        return self._shot(scenes.on_paper(art, scenes.PAPERS[colour]), names, picture.style, rng, settings)

    def painted(self, rng: np.random.Generator) -> Shot:
        """One thing in a colour of our choice."""
        picture = self._solid(rng)
        colours = [paint for paint in scenes.PAINTS if not is_unseen(paint, picture.concept.label)]
        colour = captions.pick(rng, colours)
        art = scenes.recolour(self._art(picture), colour)
        art = scenes.place(art, alone(rng, self.frame), *self.frame)
        paper = scenes.WHITE if colour != "white" else scenes.PAPERS["blue"]
        names = [f"{colour} {captions.without_colour(name)}" for name in self._names(picture, rng)]
        settings = ("",) if colour != "white" else (" on a blue background",)
        return self._shot(scenes.on_paper(art, paper), names, picture.style, rng, settings)

    def somewhere(self, rng: np.random.Generator) -> Shot:
        """One thing in front of a sky and on a ground."""
        picture, draw = self._solid(rng), None
        art, names, style = self._art(picture), self._names(picture, rng), picture.style
        if rng.random() < P_PARIS:
            art, names, style = *self._paris(rng), "flat"
            draw = scenes.galaxy if rng.random() < P_PARIS_IN_SPACE else None
        placement = Placement(
            x=rng.uniform(0.38, 0.62),
            y=rng.uniform(0.52, 0.64),
            size=rng.uniform(0.55, 0.75),
            is_flipped=rng.random() < 0.5,
        )
        return self._before(scenes.place(art, placement, *self.frame), names, style, rng, draw)

    def pair(self, rng: np.random.Generator) -> Shot:
        """Two things side by side, drawn alike."""
        style = self._style(rng)
        left, right = (self._any(rng, style) for _ in range(2))
        while is_unseen(left.concept.label, right.concept.label):
            right = self._any(rng, style)
        first, second = rng.uniform(0.46, 0.56, 2) * min(1.4, self.frame[0] / min(self.frame))
        places = (
            Placement(x=0.27, y=rng.uniform(0.45, 0.6), size=first, is_flipped=rng.random() < 0.5),
            Placement(x=0.73, y=rng.uniform(0.45, 0.6), size=second, is_flipped=rng.random() < 0.5),
        )
        names = []
        for _ in range(self.wordings):
            said = [self._name(left, rng), self._name(right, rng)]
            names.append(captions.pick(rng, (" and a ", " and a ", " with a ", " next to a ")).join(said))
        return self._set(self._together((left, right), places, self.frame), names, style, rng)

    def dressed(self, rng: np.random.Generator) -> Shot:
        """A head with a hat on."""
        style = self._style(rng)
        wearer = self._any(rng, style, [each for each in self.by_style[style] if is_head(each)])
        hat = self._any(rng, style, self._called(HATS, style))
        places = (
            Placement(x=0.5, y=0.62, size=rng.uniform(0.68, 0.76)),
            Placement(x=rng.uniform(0.47, 0.53), y=rng.uniform(0.2, 0.24), size=rng.uniform(0.36, 0.44)),
        )
        worn = hat.concept.label if rng.random() < 0.5 else hat.concept.label.split(" ")[-1]
        names = [
            f"{self._name(wearer, rng)} {captions.pick(rng, ('wearing a', 'with a', 'in a'))} {worn}"
            for _ in range(self.wordings)
        ]
        return self._set(self._piled((wearer, hat), places), names, style, rng)

    def riding(self, rng: np.random.Generator) -> Shot:
        """Somebody on top of something that carries."""
        style = self._style(rng)
        mounts = self._called(("horse",) if rng.random() < P_HORSE else MOUNTS, style)
        creatures = [picture for picture in self.by_style[style] if picture.concept.subgroup in RIDERS]
        riders = self._called(("astronaut",), style) if rng.random() < P_ASTRONAUT else creatures
        mount, rider = self._any(rng, style, mounts), self._any(rng, style, riders)
        places = (
            Placement(x=0.5, y=0.66, size=rng.uniform(0.62, 0.7), is_flipped=rng.random() < 0.5),
            Placement(x=rng.uniform(0.47, 0.55), y=0.28, size=rng.uniform(0.42, 0.5)),
        )
        carried = f"{captions.pick(rng, ('riding a', 'riding a', 'on a'))} {mount.concept.label}"
        names = [f"{self._name(rider, rng)} {carried}" for _ in range(self.wordings)]
        return self._set(self._piled((mount, rider), places), names, style, rng)

    def view(self, rng: np.random.Generator) -> Shot:
        """A sky and a ground with nothing before them."""
        views = list(scenes.VIEWS.items())
        draw, names = captions.pick(rng, views)
        said = [captions.pick(rng, names) for _ in range(self.wordings)]
        return self._shot(self._scene(draw, rng).convert("RGB"), said, "flat", rng)

    def _any(
        self, rng: np.random.Generator, style: str | None = None, among: Sequence[Picture] | None = None
    ) -> Picture:
        if among:
            return captions.pick(rng, among)
        pictures = self.by_style[style or self._style(rng)]
        return pictures[int(len(pictures) * rng.random() ** LEAN)]

    def _solid(self, rng: np.random.Generator) -> Picture:
        """A thing that may be painted and stand somewhere: no line drawing, no scene of its own."""
        picture = self._any(rng)
        while picture.concept.label in SQUARE or picture.style == "outline":
            picture = self._any(rng)
        return picture

    def _called(self, labels: Sequence[str], style: str) -> list[Picture]:
        return [picture for picture in self.by_style[style] if picture.concept.label in labels]

    def _style(self, rng: np.random.Generator) -> str:
        return self.styles[rng.choice(len(self.styles), p=self.shares)]

    def _art(self, picture: Picture) -> Image.Image:
        art = Image.fromarray(self.pixels[picture.row])
        return art.reduce(max(1, art.width // max(self.frame)))

    def _name(self, picture: Picture, rng: np.random.Generator, p_keyword: float = 0.0) -> str:
        return captions.subject(picture.concept, self.synonyms.get(picture.concept.key, ()), rng, p_keyword)

    def _names(self, picture: Picture, rng: np.random.Generator, p_keyword: float = 0.0) -> list[str]:
        return [self._name(picture, rng, p_keyword) for _ in range(self.wordings)]

    def _paris(self, rng: np.random.Generator) -> tuple[Image.Image, list[str]]:
        names = [captions.pick(rng, ("paris", "paris", "eiffel tower")) for _ in range(self.wordings)]
        return scenes.tower(self.side), names

    def _scene(self, draw: scenes.Draw, rng: np.random.Generator) -> Image.Image:
        return scenes.crop_to(draw(max(self.frame), rng), *self.frame)

    def _together(
        self, pictures: Sequence[Picture], places: Sequence[Placement], frame: Frame
    ) -> Image.Image:
        canvas = Image.new("RGBA", frame, (*scenes.WHITE, 0))
        for picture, placement in zip(pictures, places, strict=True):
            canvas.alpha_composite(scenes.place(self._art(picture), placement, *frame))
        return canvas

    def _piled(self, pictures: Sequence[Picture], places: Sequence[Placement]) -> Image.Image:
        """One upon the other: where they touch must not depend on the frame."""
        width, height = self.frame
        side = min(self.frame)
        canvas = Image.new("RGBA", self.frame, (*scenes.WHITE, 0))
        canvas.paste(
            self._together(pictures, places, (side, side)), ((width - side) // 2, (height - side) // 2)
        )
        return canvas

    def _set(self, art: Image.Image, names: Sequence[str], style: str, rng: np.random.Generator) -> Shot:
        """What was put together, on white paper or somewhere."""
        if style == "outline" or rng.random() >= P_SOMEWHERE:
            return self._shot(scenes.on_paper(art), names, style, rng)
        return self._before(art, names, style, rng)

    def _before(
        self,
        art: Image.Image,
        names: Sequence[str],
        style: str,
        rng: np.random.Generator,
        draw: scenes.Draw | None = None,
    ) -> Shot:
        """What stands in front of a backdrop: the given one, or any."""
        draw = draw or captions.pick(rng, list(scenes.BACKDROPS))
        scene = self._scene(draw, rng)
        scene.alpha_composite(art)
        return self._shot(scene.convert("RGB"), names, style, rng, scenes.BACKDROPS[draw])

    def _shot(
        self,
        image: Image.Image,
        names: Sequence[str],
        style: str,
        rng: np.random.Generator,
        settings: Sequence[str] = ("",),
    ) -> Shot:
        wordings = []
        for name in names:
            said = style if rng.random() < P_STYLE_SAID[style] else None
            wordings.append(captions.phrase(name, style=said, setting=captions.pick(rng, settings), rng=rng))
        return Shot(image=image, captions=tuple(wordings))


def alone(rng: np.random.Generator, frame: Frame = (1, 1)) -> Placement:
    """Where one thing stands by itself: nearly filling the frame, never twice in the same way."""
    size = rng.uniform(0.68, 1.0)
    x, y = ((1 - size * min(frame) / side) / 2 + 0.02 for side in frame)
    return Placement(
        x=0.5 + rng.uniform(-x, x),
        y=0.5 + rng.uniform(-y, y),
        size=size,
        turn=rng.normal(0, 6),
        is_flipped=rng.random() < 0.5,
    )


def is_unseen(first: str, second: str) -> bool:
    """Whether this paint and thing, or these two things, are kept apart in training, for the evaluation."""
    return zlib.crc32(" ".join(sorted((first, second))).encode()) % 10 == 0


def is_head(picture: Picture) -> bool:
    """Whether a hat would sit well on it."""
    return picture.concept.subgroup in HEADS and picture.concept.label.endswith(
        ("face", " cat", "panda", "koala", "bear")
    )
