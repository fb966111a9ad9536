"""What steers a generation beside its text."""

from dataclasses import dataclass

from PIL import Image


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """Several pictures as one: what lies between their latents."""

    pictures: tuple[Image.Image, ...]
    """At least one; each is brought to the size to be drawn."""
    weights: tuple[float, ...]
    """How much each counts against the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where image-to-image begins, instead of pure noise."""

    source: Image.Image | bytes | Mixture
    """A picture, the latents of one tile as they came with `Generated`, or a mixture of pictures."""
    strength: float
    """Share of the schedule that is run, in (0, 1]; diffusers' `strength`."""
    image_guidance_scale: float = 1.5
    """How much the picture counts beside the text, from 1, where the model is shown it; diffusers' word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """Which part of `Start`'s picture is repainted; all the rest of it stays as it is, pixel for pixel.

    With a strength of 1 nothing of what is under the mask is left to be seen, as in the inpainting pipelines.
    """

    area: Image.Image
    """White is repainted, black stays, grey is what it is nearer to. Brought to the size to be drawn."""
    feather: int = 0
    """Pixels, all of them inside the white, over which the old picture passes into the new one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A picture that is looked at beside the text, as it is read: what is drawn shows what it shows.

    Several add up. The model needs an IP-Adapter (Ye et al. 2023). One that has an image tower of its own
    names the pictures of a request whose texts are all empty, and draws by these names, too.
    """

    picture: Image.Image
    weight: float = 1.0
    """How much it counts: at 0 not at all, at 1 about as much as the text."""
    interval: tuple[float, float] = (0.0, 1.0)
    """Share of the steps, from and to, in which it counts."""
    style_only: bool = False
    """Whether only its manner counts, and not what it shows (InstantStyle; Wang et al. 2024)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How far the pictures of one grid lie from each other."""

    amount: float
    """From 0, where they share a part of their noise, to 1, where each also reads the text in its own way."""
    seed: int
    """Of the noise that they share; the same for a whole grid, of which each can be drawn again alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """A little of other noise in that of another picture, which so is varied, and not drawn anew."""

    seed: int
    """Of the other picture."""
    strength: float
    """How much is other: 0 is the noise of that picture, 1 the own."""
    spread: Spread | None = None
    """Of the other picture."""
    variation: "Variation | None" = None
    """Of the other picture, if it is one itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A map that the picture follows: its edges, depths, areas, poses. Several add up."""

    name: str
    """Of what reads the map, as in the engine's configuration."""
    map: Image.Image
    """Drawn as the control was trained to read it. Brought to the size to be drawn."""
    scale: float = 1.0
    """How strictly it is followed; 0 is not at all."""
    interval: tuple[float, float] = (0.0, 1.0)
    """Share of the steps, from and to, that follow it; diffusers' `control_guidance_start` and `_end`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lora:
    """A low-rank change of the model's weights, by the name it has in the engine's configuration."""

    name: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """A manner in words, which the texts are read in by degrees. It costs no rows of a forward pass."""

    words: str
    """As they would stand behind a text: "3d style"."""
    amount: float
    """How far each text is taken towards how it reads with these words behind it: at 0 it stays as it is, at
    1 it reads as if they stood there, beyond they count more than any words do, below it is led away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weirdness:
    """How far the texts are read otherwise than usual, by all pictures of a request in the same way."""

    amount: float
    """From 0, as usual, to 1, where little of the text is left."""
    seed: int
    """Of the way."""
