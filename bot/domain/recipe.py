"""The recipe: everything that decides the pixels of a job. Stored whole, so that it can be drawn again.

It is made of parts, and its JSON can always be read: keys that this version does not know are passed over,
and what is missing has its default. The prompt that people see is written from it: the two never differ.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Self, TypeAlias, TypeVar

from bot.domain import prompt as prompts
from bot.domain.canvas import Box, Side
from bot.domain.errors import PromptError
from bot.domain.loras import ChosenLora
from bot.domain.parameters import ROWS, Parameters, given
from bot.domain.prompt.cleaning import clean
from bot.domain.prompt.marks import split
from bot.domain.style import Style

T = TypeVar("T")
_SAFE = 1e-6
"""So that a share of the steps is not rounded down to one less."""

VERSION = 2
"""Of the JSON. 1 had no version, no parts, and its parameters in the job's prompt alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRef:
    """One stored picture: a job and the index of its tile, 0 to 3 (1 to 4 to people)."""

    job_id: int
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadRef:
    """A picture that a member brought in: the number of its row."""

    upload_id: int


Picture: TypeAlias = ImageRef | UploadRef
"""What a recipe can be made from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    """The size of each picture, in pixels."""

    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How the noise is taken away, in diffusers' words."""

    steps: int = 0
    guidance_scale: float = 0.0
    sampler: str = ""
    """The engine's name of it."""
    stop: float = 1.0
    """Share of the steps that are taken, in (0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The checkpoint."""

    name: str = ""
    hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """The picture that image-to-image begins from, instead of pure noise."""

    image: Picture
    strength: float
    """Share of the schedule that is run, in (0, 1]; diffusers' `strength`."""
    is_cut: bool = False
    """Whether it has another shape than what is drawn, so that only its middle counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How far the pictures of a grid lie from each other."""

    amount: float
    """0 to 1."""
    seed: int
    """Of what they share: the grid's own, whichever of them is drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weirdness:
    """How far the texts are read otherwise than usual, by all pictures in the same way."""

    amount: float
    """0 to 1."""
    seed: int
    """Of the way: the grid's own, whichever of its pictures is drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A picture that is looked at beside the text, as it is read."""

    image: Picture
    weight: float = 1.0
    """How much it counts: at 0 not at all, at 1 about as much as the text."""
    is_style: bool = False
    """Whether only its manner counts, and not what it shows."""

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """From the plain values of a JSON column."""
        return replace(_known(cls, values), image=_picture(values["image"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Blend:
    """Several pictures that are drawn as one."""

    images: tuple[Picture, ...]
    weights: tuple[float, ...]
    """How much each counts; together 1."""
    strength: float | None = None
    """Of a model that cannot look at pictures, and begins between their latents: share of the schedule that
    is run from there, in (0, 1]. None: they are looked at."""

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """From the plain values of a JSON column."""
        images = tuple(map(_picture, values["images"]))
        equal = [1 / len(images)] * len(images)
        return cls(
            images=images,
            weights=tuple(values.get("weights") or equal),
            strength=values.get("strength"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """A little of other noise in that of another picture."""

    seed: int
    """Of the other picture."""
    strength: float
    """How much is other, 0 to 1."""
    spread: Spread | None = None
    """Of the other picture."""

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """From the plain values of a JSON column."""
        known = _known(cls, values)
        return replace(known, spread=_spread(values.get("spread")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A map that the pictures follow."""

    image: Picture | None = None
    """The map; None only until it is kept."""
    kind: str = ""
    """What it shows (`bot.domain.maps.MapKind`)."""
    name: str = ""
    """The engine's, of what reads it."""
    scale: float = 1.0
    interval: tuple[float, float] = (0.0, 1.0)
    """Share of the steps, from and to, that follow it."""

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """From the plain values of a JSON column."""
        begin, end = values.get("interval") or (0.0, 1.0)
        image = values.get("image")
        return replace(_known(cls, values), image=_picture(image) if image else None, interval=(begin, end))


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A picture of which a part is drawn: what lies around it, or an area in it. The rest stays as it is.

    The recipe's canvas is the size that the window is drawn at; what is shown has the size of `canvas`.
    """

    image: Picture
    canvas: Canvas
    place: Box
    """Where the picture lies on the canvas."""
    window: Box
    """Which part of the canvas is drawn."""
    area: str = ""
    """What is repainted of the picture, in white: a PNG of one bit a pixel, of any size, in base64."""
    strength: float = 1.0
    """Share of the schedule that is run, in (0, 1]; diffusers' `strength`."""

    @property
    def side(self) -> Side:
        """Of a pan: to which side the picture goes on."""
        if self.place.left or self.place.top:
            return "left" if self.place.left else "up"
        return "right" if self.canvas.width > self.place.width else "down"

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """From what `to_json` wrote."""
        return cls(
            image=_picture(values["image"]),
            canvas=_known(Canvas, values["canvas"]),
            place=Box.from_json(values["place"]),
            window=Box.from_json(values["window"]),
            area=values.get("area", ""),
            strength=values.get("strength", 1.0),
        )

    def to_json(self) -> dict[str, Any]:
        """Plain values, for a JSON column."""
        return {
            "image": asdict(self.image),
            "canvas": asdict(self.canvas),
            "place": self.place.to_json(),
            "window": self.window.to_json(),
            "area": self.area,
            "strength": self.strength,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Enlargement:
    """A picture that was made larger. Nothing is drawn: the rest of the recipe is that picture's."""

    image: Picture
    factor: int = 2
    """2 or 4. The recipe's canvas is the size before."""

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """From the plain values of a JSON column."""
        return cls(image=_picture(values["image"]), factor=values.get("factor", 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What to draw, how, with what, and how often."""

    prompt: prompts.Prompt
    """The text with its weights, and the parameters as they were typed."""
    canvas: Canvas = field(default_factory=Canvas)
    sampling: Sampling = field(default_factory=Sampling)
    weights: Weights = field(default_factory=Weights)
    seed: int = 0
    """Of the first picture; the others follow by one."""
    num_images: int = 0
    start: Start | None = None
    references: tuple[Reference, ...] = ()
    blend: Blend | None = None
    variation: Variation | None = None
    spread: Spread | None = None
    styles: tuple[Style, ...] = ()
    """The house style, and what else the texts are read in."""
    weirdness: Weirdness | None = None
    loras: tuple[ChosenLora, ...] = ()
    """By the engine's names."""
    is_tile: bool = False
    """Whether each picture joins itself without a seam."""
    control: Control | None = None
    edit: Edit | None = None
    enlargement: Enlargement | None = None
    window: int = 0
    """Side in pixels of the windows that a large picture is drawn in, from a smaller `start`; 0: whole."""
    is_imported: bool = False
    """Whether its pictures came from a file: drawn again, it would give others."""
    typed: str = ""
    """The prompt as its member typed it, where their own settings added to it."""
    brought: UploadRef | None = None
    """Its picture, where a member brought that along: it is there as long as that is kept."""
    is_remixed: bool = False
    """Whether its asker wrote other words, or parameters, than those of the picture that it is made from."""

    @property
    def is_plain(self) -> bool:
        """Whether its pictures are drawn from text alone."""
        made_from = (self.start, self.blend, self.variation, self.control, self.edit, self.enlargement)
        return all(part is None for part in made_from) and not self.references and not self.is_imported

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Every picture that it is made from."""
        parts = (self.start, self.control, self.edit, self.enlargement)
        alone = [part.image for part in parts if part is not None]
        blended = () if self.blend is None else self.blend.images
        named = [self.brought, *alone, *blended, *(reference.image for reference in self.references)]
        return tuple(dict.fromkeys(image for image in named if image is not None))

    @property
    def uploads(self) -> tuple[UploadRef, ...]:
        """Those of them that members brought along."""
        return tuple(image for image in self.pictures if isinstance(image, UploadRef))

    @property
    def looked_at(self) -> tuple[Picture, ...]:
        """The pictures that the model looks at beside the text."""
        blended = () if self.blend_that_goes_on is None else self.blend_that_goes_on.images
        return (*(reference.image for reference in self.references), *blended)

    @property
    def is_told(self) -> bool:
        """Whether it is drawn from text and pictures, and its prompt names all of them."""
        is_plain = replace(self, references=(), blend=None).is_plain
        return is_plain and not self.is_plain and self.worded != self.written

    @property
    def strength(self) -> float:
        """Share of the schedule that is run, in (0, 1]: all of it, unless it begins from another picture."""
        began = self.start or self.edit
        return 1.0 if began is None else began.strength

    @property
    def is_upscaled(self) -> bool:
        """Whether it is a larger one of another picture."""
        return self.enlargement is not None or self.window > 0

    @property
    def blend_that_goes_on(self) -> Blend | None:
        """What of the blend holds for a picture made from this one: what is looked at, and no beginning."""
        return self.blend if self.blend is not None and self.blend.strength is None else None

    @property
    def shown(self) -> Canvas:
        """The size of each picture as it is shown."""
        if self.enlargement is not None:
            factor = self.enlargement.factor
            return Canvas(width=self.canvas.width * factor, height=self.canvas.height * factor)
        return self.canvas if self.edit is None else self.edit.canvas

    @property
    def seeds(self) -> tuple[int, ...]:
        """One seed per picture."""
        return tuple((self.seed + index) % 2**32 for index in range(self.num_images))

    @property
    def grid_seed(self) -> int:
        """The seed of the grid, where its pictures have something in common; else of the first picture."""
        if self.spread is not None:
            return self.spread.seed
        if self.prompt.parameters.same_seed is not None and self.variation is not None:
            return self.variation.seed
        return self.seed

    @property
    def negative_prompt(self) -> str:
        """What should not be there, as the text encoder reads it."""
        return ", ".join(self.prompt.parameters.negative)

    @property
    def written(self) -> str:
        """The prompt as a member would type it to get this; a seed, if one was asked for, is the one used."""
        parameters = self.prompt.parameters
        if parameters.seed is not None:
            parameters = replace(parameters, seed=self.seed)
        return str(replace(self.prompt, parameters=parameters))

    @property
    def worded(self) -> str:
        """The same without its pictures, whose links and numbers are of no use elsewhere."""
        parameters = self.prompt.parameters
        styles = tuple(one for one in parameters.style_references if one.code is not None)
        parameters = replace(parameters, style_references=styles, character_references=())
        return replace(self, prompt=replace(self.prompt, images=(), parameters=parameters)).written

    @property
    def pasted(self) -> str:
        """The prompt as a member would type it to draw the same again: seed and steps are always in it.

        Of one picture of a grid whose pictures hang together it draws the whole grid: it is not to be had
        without it.
        """
        if self.brought is not None:
            return self.written
        settled = replace(
            self.prompt.parameters,
            seed=self.grid_seed,
            steps=self.sampling.steps,
            quality=None,
            is_draft=False,
        )
        return str(replace(self.prompt, parameters=settled))

    def only(self, index: int) -> Self:
        """The recipe of one of the pictures."""
        return replace(self, seed=self.seeds[index], num_images=1)

    def to_json(self) -> dict[str, Any]:
        """Plain values, for a JSON column."""
        return {
            "version": VERSION,
            "prompts": [[part.text, part.weight] for part in self.prompt.parts],
            "images": [[image.link, image.weight] for image in self.prompt.images],
            "parameters": given(self.prompt.parameters),
            "canvas": asdict(self.canvas),
            "sampling": asdict(self.sampling),
            "weights": asdict(self.weights),
            "seed": self.seed,
            "num_images": self.num_images,
            "start": None if self.start is None else asdict(self.start),
            "references": [asdict(reference) for reference in self.references],
            "blend": None if self.blend is None else asdict(self.blend),
            "variation": None if self.variation is None else asdict(self.variation),
            "spread": None if self.spread is None else asdict(self.spread),
            "styles": [asdict(style) for style in self.styles],
            "weirdness": None if self.weirdness is None else asdict(self.weirdness),
            "loras": [asdict(lora) for lora in self.loras],
            "is_tile": self.is_tile,
            "control": None if self.control is None else asdict(self.control),
            "edit": None if self.edit is None else self.edit.to_json(),
            "enlargement": None if self.enlargement is None else asdict(self.enlargement),
            "window": self.window,
            "is_imported": self.is_imported,
            "typed": self.typed,
            "brought": None if self.brought is None else asdict(self.brought),
            "is_remixed": self.is_remixed,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any], *, prompt: str = "") -> Self:
        """The recipe that `to_json` wrote, now or in any version. `prompt` is its job's."""
        if "version" not in values:
            values = _parted(values, prompt)
        return cls(
            prompt=prompts.Prompt(
                parts=tuple(
                    prompts.Part(text=text, weight=weight) for text, weight in values.get("prompts") or ()
                ),
                images=tuple(
                    prompts.ImagePrompt(link=link, weight=weight)
                    for link, weight in values.get("images") or ()
                ),
                parameters=_parameters(values.get("parameters") or {}),
            ),
            canvas=_known(Canvas, values.get("canvas")),
            sampling=_known(Sampling, values.get("sampling")),
            weights=_known(Weights, values.get("weights")),
            seed=values.get("seed", 0),
            num_images=values.get("num_images", 0),
            start=_start(values.get("start")),
            references=tuple(map(Reference.from_json, values.get("references") or ())),
            blend=Blend.from_json(values["blend"]) if values.get("blend") else None,
            variation=Variation.from_json(values["variation"]) if values.get("variation") else None,
            spread=_spread(values.get("spread")),
            styles=tuple(_known(Style, one) for one in values.get("styles") or ()),
            weirdness=_known(Weirdness, values["weirdness"]) if values.get("weirdness") else None,
            loras=tuple(_known(ChosenLora, one) for one in values.get("loras") or ()),
            is_tile=bool(values.get("is_tile")),
            control=Control.from_json(values["control"]) if values.get("control") else None,
            edit=Edit.from_json(values["edit"]) if values.get("edit") else None,
            enlargement=(Enlargement.from_json(values["enlargement"]) if values.get("enlargement") else None),
            window=values.get("window", 0),
            is_imported=bool(values.get("is_imported")),
            typed=values.get("typed", ""),
            brought=_known(UploadRef, values["brought"]) if values.get("brought") else None,
            is_remixed=bool(values.get("is_remixed")),
        )


NOTHING = Recipe(prompt=prompts.Prompt(parts=()))
"""What is left of the recipe of a forgotten member, and of a picture that was taken back."""


def at_least_a_step(strength: float, steps: int) -> float:
    """The strength, or the one that runs one of so many steps."""
    return max(strength, min(1.0, 1 / max(1, steps) + _SAFE))


def _known(part: type[T], values: Mapping[str, Any] | None) -> T:
    """A part of what this version knows of it."""
    names = {one.name for one in fields(part)}  # type: ignore[arg-type]
    return part(**{name: value for name, value in (values or {}).items() if name in names})


def _picture(values: Mapping[str, Any]) -> Picture:
    if "upload_id" in values:
        return _known(UploadRef, values)
    return _known(ImageRef, values)


def _start(values: Mapping[str, Any] | None) -> Start | None:
    if not values or not values.get("image"):
        return None
    return Start(
        image=_picture(values["image"]),
        strength=values.get("strength") or 1.0,
        is_cut=bool(values.get("is_cut")),
    )


def _spread(values: Mapping[str, Any] | None) -> Spread | None:
    return _known(Spread, values) if values else None


def _parameters(written: Mapping[str, str]) -> Parameters:
    """The parameters, less those that nobody understands any more."""
    values: dict[str, Any] = {}
    for name, row in ROWS.items():
        if row.name in written:
            try:
                values[name] = row.read(written[row.name])
            except PromptError:
                continue
    return Parameters(**values)


def _parted(flat: Mapping[str, Any], prompt: str) -> Mapping[str, Any]:
    """What version 1 wrote, in parts. What was asked for stands in the job's prompt, which it normalised."""
    start = flat.get("start")
    return {
        "prompts": flat.get("prompts"),
        "parameters": _asked(prompt) | {"no": flat.get("negative_prompt") or ""},
        "canvas": flat,
        "sampling": flat,
        "weights": {"name": flat.get("model", ""), "hash": flat.get("model_hash", "")},
        "seed": flat.get("seed", 0),
        "num_images": flat.get("num_images", 0),
        "start": {"image": start, "strength": flat.get("strength")} if start else None,
    }


def _asked(prompt: str) -> dict[str, str]:
    """The parameters alone: of the text, version 1 took what is refused today, and its parts are stored."""
    _, given_ones = split(clean(prompt))
    return {one.parameter.name: one.value for one in given_ones if one.parameter is not None}
