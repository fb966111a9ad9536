"""Training pictures: one or two things from the art, painted, placed, set in a place; and their captions."""

import zlib
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Self, TypeAlias

import numpy as np
from PIL import Image

from engine.sketch import captions, places, scenes, watercolour
from engine.sketch.data import Concept, Picture, Pixels
from engine.sketch.lands import Footing
from engine.sketch.light import Colour
from engine.sketch.scenes import Placement

Frame: TypeAlias = tuple[int, int]
"""Width and height."""
SQUARE_FRAME, WIDE_FRAME, TALL_FRAME = (16, 16), (21, 14), (14, 21)
"""The shapes that are learnt, in sixteenths of a square's side: those that 1:1, 3:2 and 2:3 are drawn in."""
STYLE_SHARES = {"3d": 0.29, "flat": 0.29, "outline": 0.1, "sticker": 0.16, "cartoon": 0.16}
"""The first three share their drawing, so what is learnt from one serves the others."""
P_STYLE_SAID = {"3d": 0.5, "flat": 0.5, "outline": 0.92, "sticker": 0.85, "cartoon": 0.85, "watercolor": 1.0}
"""How often a caption names its style. What it names the rarest is what a prompt without a style gets: one
drawing of each thing, not the mean of several; and a line drawing is what few expect unasked."""
P_WATERCOLOUR = 0.08
"""How often a picture of any kind is one in watercolour, and says so."""
LEAN = 1.6
"""How much more of the common things is shown: of n things, the one at the share x**LEAN of the way."""
P_PARIS, P_PARIS_IN_SPACE = 0.04, 0.35
"""How often one thing is the tower of Paris, which no emoji is, and how often a scene of it is a galaxy."""
P_SOMEWHERE = 0.3
"""How often two things together are set somewhere, not on white."""
P_AT_HOME = 0.6
"""How often one thing is set where it belongs; else anywhere, for people ask for that."""
P_FAR = 0.1
"""How often a thing stands farther away, and so smaller."""
P_WHOLE = 0.6
"""How often it is the whole animal that stands somewhere, where the art has its face as well."""
P_PAINTED_THERE = 0.15
"""How often what stands somewhere has a colour of our choice."""
FACES = (
    "bear",
    "fox",
    "frog",
    "hamster",
    "koala",
    "lion",
    "moose",
    "panda",
    "polar bear",
    "raccoon",
    "unicorn",
    "wolf",
)
"""Animals of whom the art has the face alone, by another name than one that ends in it."""
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
ABOVE_GROUND = ("air transportation", "birds", "bugs")
"""What may be seen flying."""
AFLOAT = ("water transportation", "marine life")
HOMES = {
    "water transportation": ("sea", "mountain lake", "island"),
    "marine life": ("under water", "under water", "sea"),
    "air transportation": ("sky", "mountains", "city", "desert"),
    "ground transportation": ("road", "street", "city", "desert", "village"),
    "birds": ("sky", "forest", "lake", "mountains", "snow"),
    "mammals": ("meadow", "forest", "snow", "winter forest", "mountains", "autumn forest", "desert"),
    "reptiles": ("desert", "beach", "forest"),
    "bugs": ("meadow", "flower field", "forest"),
    "roles & careers": ("city", "street", "room", "meadow", "park"),
    "people": ("park", "room", "beach", "street", "meadow"),
    "fantasy": ("forest", "fir forest", "mountains", "village"),
    "buildings": ("meadow", "mountains", "snow", "beach", "autumn forest", "farm"),
    "plants": ("meadow", "park", "desert", "snow"),
    "food": ("table",),
    "things": ("table", "room", "beach"),
}
"""Where the things of a subgroup, of plants, of food and of all else belong: names of places."""
WATERS = ("mountain lake", "sea", "island", "waterfall")
"""Places with nothing firm to stand on, left to what is afloat."""
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
    "mount fuji",
    "fog",
}
"""Pictures that are whole scenes and so stay unpainted and stand on nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One training picture and several ways to ask for it."""

    image: Image.Image
    captions: tuple[str, ...]
    name: str
    """What it shows, how and where: the same words for all that look the same."""
    things: Image.Image
    """Where things stand, white on black, L."""
    scene: Image.Image | None = None
    """What is behind them, where that is no paper."""


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
        self.is_of_watercolours = False
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

    def of_watercolours(self) -> Self:
        """This studio, whose pictures are painted over; none was a line drawing."""
        other = copy(self)
        other.is_of_watercolours = True
        kept = [style != "outline" for style in self.styles]
        other.styles = [style for style, is_kept in zip(self.styles, kept, strict=True) if is_kept]
        other.shares = self.shares[kept] / self.shares[kept].sum()
        return other

    def shoot(self, rng: np.random.Generator) -> Shot:
        """Any kind of picture."""
        if not self.is_of_watercolours and rng.random() < P_WATERCOLOUR:
            return self.of_watercolours().shoot(rng)
        kinds = {
            self.plain: 0.27,
            self.on_coloured_paper: 0.03,
            self.painted: 0.11,
            self.somewhere: 0.31,
            self.pair: 0.13,
            self.dressed: 0.03,
            self.riding: 0.03,
            self.view: 0.09,
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
        art = scenes.place(art, alone(rng, self.frame), *self.frame)
        return self._on_paper(art, names, style, rng)

    def on_coloured_paper(self, rng: np.random.Generator) -> Shot:
        """One thing on paper of a named colour."""
        picture = self._any(rng)
        colour = captions.pick(rng, list(scenes.PAPERS))
        art = scenes.place(self._art(picture), alone(rng, self.frame), *self.frame)
        names = self._names(picture, rng)
        settings = (f" on a {colour} background", f", {colour} background", f" on {colour} paper")
        return self._on_paper(art, names, picture.style, rng, scenes.PAPERS[colour], settings)

    def painted(self, rng: np.random.Generator) -> Shot:
        """One thing in a colour of our choice."""
        picture = self._solid(rng)
        art, names, colour = self._paint(picture, rng)
        art = scenes.place(art, alone(rng, self.frame), *self.frame)
        paper = scenes.WHITE if colour != "white" else scenes.PAPERS["blue"]
        settings = ("",) if colour != "white" else (" on a blue background",)
        return self._on_paper(art, names, picture.style, rng, paper, settings)

    def somewhere(self, rng: np.random.Generator) -> Shot:
        """One thing in a place, mostly one where it belongs."""
        picture = self._standing(self._solid(rng), rng)
        art, names, style = self._art(picture), self._names(picture, rng), picture.style
        if rng.random() < P_PAINTED_THERE:
            art, names, _ = self._paint(picture, rng)
        where = place_for(picture.concept, rng)
        is_face = is_face_alone(picture.concept)
        if rng.random() < P_PARIS:
            art, names, style, is_face = *self._paris(rng), "flat", False
            where = "milky way" if rng.random() < P_PARIS_IN_SPACE else "city"
        scene = places.paint(places.PLACES[where], self.frame, rng)
        if picture.concept.subgroup in ABOVE_GROUND and rng.random() < 0.6:
            aloft = replace(scene.stand, footing=Footing.AIR, foot=rng.uniform(0.3, 0.45))
            scene = replace(scene, stand=aloft)
        self._set_into(scene, art, rng, is_face=is_face)
        return self._in(scene, names, style, rng, scene.settings)

    def pair(self, rng: np.random.Generator) -> Shot:
        """Two things side by side, drawn alike."""
        style = self._style(rng)
        left, right = (self._any(rng, style) for _ in range(2))
        while is_unseen(left.concept.label, right.concept.label):
            right = self._any(rng, style)
        first, second = rng.uniform(0.46, 0.56, 2) * min(1.4, self.frame[0] / min(self.frame))
        spots = (
            Placement(x=0.27, y=rng.uniform(0.45, 0.6), size=first, is_flipped=rng.random() < 0.5),
            Placement(x=0.73, y=rng.uniform(0.45, 0.6), size=second, is_flipped=rng.random() < 0.5),
        )
        names = []
        for _ in range(self.wordings):
            said = [self._name(left, rng), self._name(right, rng)]
            names.append(captions.pick(rng, (" and a ", " and a ", " with a ", " next to a ")).join(said))
        if style != "outline" and rng.random() < P_SOMEWHERE:
            return self._pair_somewhere((left, right), names, style, rng)
        art = self._together((left, right), spots, self.frame)
        return self._on_paper(art, names, style, rng)

    def _pair_somewhere(
        self, pictures: Sequence[Picture], names: Sequence[str], style: str, rng: np.random.Generator
    ) -> Shot:
        scene = self._anywhere(rng)
        size = rng.uniform(0.4, 0.5) * min(1.3, self.frame[0] / min(self.frame))
        for picture, x in zip(pictures, (0.27, 0.73), strict=True):
            art = self._turned(self._art(picture), rng)
            places.set_into(scene, art, x=x, size=size * rng.uniform(0.9, 1.1))
        return self._in(scene, names, style, rng, scene.settings)

    def dressed(self, rng: np.random.Generator) -> Shot:
        """A head with a hat on."""
        style = self._style(rng)
        wearer = self._any(rng, style, [each for each in self.by_style[style] if is_head(each)])
        hat = self._any(rng, style, self._called(HATS, style))
        spots = (
            Placement(x=0.5, y=0.62, size=rng.uniform(0.68, 0.76)),
            Placement(x=rng.uniform(0.47, 0.53), y=rng.uniform(0.2, 0.24), size=rng.uniform(0.36, 0.44)),
        )
        worn = hat.concept.label if rng.random() < 0.5 else hat.concept.label.split(" ")[-1]
        names = [
            f"{self._name(wearer, rng)} {captions.pick(rng, ('wearing a', 'with a', 'in a'))} {worn}"
            for _ in range(self.wordings)
        ]
        return self._set((wearer, hat), spots, names, style, rng)

    def riding(self, rng: np.random.Generator) -> Shot:
        """Somebody on top of something that carries."""
        style = self._style(rng)
        mounts = self._called(("horse",) if rng.random() < P_HORSE else MOUNTS, style)
        creatures = [picture for picture in self.by_style[style] if picture.concept.subgroup in RIDERS]
        riders = self._called(("astronaut",), style) if rng.random() < P_ASTRONAUT else creatures
        mount, rider = self._any(rng, style, mounts), self._any(rng, style, riders)
        spots = (
            Placement(x=0.5, y=0.66, size=rng.uniform(0.62, 0.7), is_flipped=rng.random() < 0.5),
            Placement(x=rng.uniform(0.47, 0.55), y=0.28, size=rng.uniform(0.42, 0.5)),
        )
        carried = f"{captions.pick(rng, ('riding a', 'riding a', 'on a'))} {mount.concept.label}"
        names = [f"{self._name(rider, rng)} {carried}" for _ in range(self.wordings)]
        return self._set((mount, rider), spots, names, style, rng)

    def view(self, rng: np.random.Generator) -> Shot:
        """A place with nothing in it."""
        scene = places.paint(captions.pick(rng, list(places.PLACES.values())), self.frame, rng)
        said = [captions.pick(rng, scene.names) for _ in range(self.wordings)]
        shot = self._in(scene, said, "flat", rng)
        return replace(shot, name=captions.article(f"a {scene.names[0]}"))

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

    def _paint(self, picture: Picture, rng: np.random.Generator) -> tuple[Image.Image, list[str], str]:
        """The art in a colour that this thing may be seen in, what it is called then, and the colour."""
        colours = [paint for paint in scenes.PAINTS if not is_unseen(paint, picture.concept.label)]
        colour = captions.pick(rng, colours)
        names = [f"{colour} {captions.without_colour(name)}" for name in self._names(picture, rng)]
        return scenes.recolour(self._art(picture), colour), names, colour

    def _standing(self, picture: Picture, rng: np.random.Generator) -> Picture:
        """Mostly the whole animal where the art has it: a face has nothing to stand on."""
        if rng.random() >= P_WHOLE:
            return picture
        whole = self._called((picture.concept.label.removesuffix(" face"),), picture.style)
        return whole[0] if whole else picture

    def _anywhere(self, rng: np.random.Generator) -> places.Scene:
        """A place with firm ground."""
        firm = [place for name, place in places.PLACES.items() if name not in WATERS]
        return places.paint(captions.pick(rng, firm), self.frame, rng)

    def _set_into(
        self, scene: places.Scene, art: Image.Image, rng: np.random.Generator, *, is_face: bool
    ) -> None:
        """Near enough for its own face to be seen; a face alone looks in over the lower edge."""
        size, foot = rng.uniform(0.6, 0.86), None
        if is_face and scene.stand.footing is Footing.GROUND:
            size, foot = rng.uniform(0.66, 0.9), rng.uniform(1.0, 1.06)
        elif rng.random() < P_FAR:
            size, foot = rng.uniform(0.36, 0.46), scene.stand.foot - 0.06
        places.set_into(scene, self._turned(art, rng), x=rng.uniform(0.36, 0.64), size=size, foot=foot)

    def _turned(self, art: Image.Image, rng: np.random.Generator) -> Image.Image:
        return art.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if rng.random() < 0.5 else art

    def _together(self, pictures: Sequence[Picture], spots: Sequence[Placement], frame: Frame) -> Image.Image:
        canvas = Image.new("RGBA", frame, (*scenes.WHITE, 0))
        for picture, placement in zip(pictures, spots, strict=True):
            canvas.alpha_composite(scenes.place(self._art(picture), placement, *frame))
        return canvas

    def _set(
        self,
        pictures: Sequence[Picture],
        spots: Sequence[Placement],
        names: Sequence[str],
        style: str,
        rng: np.random.Generator,
    ) -> Shot:
        """One upon the other, on white paper or somewhere; where they touch must not depend on the frame."""
        side = min(self.frame)
        art = self._together(pictures, spots, (side, side))
        if style != "outline" and rng.random() < P_SOMEWHERE:
            scene = self._anywhere(rng)
            places.set_into(scene, art, x=rng.uniform(0.4, 0.6), size=rng.uniform(0.62, 0.78))
            return self._in(scene, names, style, rng, scene.settings)
        width, height = self.frame
        canvas = Image.new("RGBA", self.frame, (*scenes.WHITE, 0))
        canvas.paste(art, ((width - side) // 2, (height - side) // 2))
        return self._on_paper(canvas, names, style, rng)

    def _on_paper(
        self,
        art: Image.Image,
        names: Sequence[str],
        style: str,
        rng: np.random.Generator,
        paper: Colour = scenes.WHITE,
        settings: Sequence[str] = ("",),
    ) -> Shot:
        image = scenes.on_paper(art, paper)
        return self._shot(image, art.getchannel("A"), names, style, rng, settings)

    def _in(
        self,
        scene: places.Scene,
        names: Sequence[str],
        style: str,
        rng: np.random.Generator,
        settings: Sequence[str] = ("",),
    ) -> Shot:
        shot = self._shot(scene.image.convert("RGB"), scene.things, names, style, rng, settings)
        return replace(shot, scene=scene.empty)

    def _shot(
        self,
        image: Image.Image,
        things: Image.Image,
        names: Sequence[str],
        style: str,
        rng: np.random.Generator,
        settings: Sequence[str],
    ) -> Shot:
        style = watercolour.STYLE if self.is_of_watercolours else style
        said = self._said(names, style, rng, settings)
        if self.is_of_watercolours:
            image = watercolour.watercolour(image, rng)
        return Shot(image=image, captions=said, name=named(names[0] + settings[0], style), things=things)

    def _said(
        self, names: Sequence[str], style: str, rng: np.random.Generator, settings: Sequence[str]
    ) -> tuple[str, ...]:
        wordings = []
        for name in names:
            said = style if rng.random() < P_STYLE_SAID[style] else None
            wordings.append(captions.phrase(name, style=said, setting=captions.pick(rng, settings), rng=rng))
        return tuple(wordings)


def named(name: str, style: str) -> str:
    """A thing where it is, drawn in a style, in words that do not vary."""
    return captions.article(f"a {name}, {captions.STYLE_WORDS[style][0]}")


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


def place_for(concept: Concept, rng: np.random.Generator) -> str:
    """The name of a place for one thing: one where it belongs, or any that can hold it."""
    if rng.random() < P_AT_HOME:
        return captions.pick(rng, HOMES[kin_of(concept)])
    held = [name for name in places.PLACES if concept.subgroup in AFLOAT or name not in WATERS]
    return captions.pick(rng, held)


def kin_of(concept: Concept) -> str:
    """Which of `HOMES` speaks of it."""
    if concept.subgroup in HOMES:
        return concept.subgroup
    if concept.group.startswith("food"):
        return "food"
    if "plant" in concept.subgroup or "flower" in concept.subgroup:
        return "plants"
    return "people" if concept.group.startswith("people") else "things"


def is_face_alone(concept: Concept) -> bool:
    """Whether the art of an animal is its face."""
    return concept.subgroup in HEADS and (concept.label in FACES or concept.label.endswith(" face"))


def is_head(picture: Picture) -> bool:
    """Whether a hat would sit well on it."""
    return picture.concept.subgroup in HEADS and picture.concept.label.endswith(
        ("face", " cat", "panda", "koala", "bear")
    )
