"""What can be asked of the engine. A request is complete in itself."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from PIL import Image

from engine.api.conditions import (
    Control,
    Lora,
    Mask,
    Reference,
    Spread,
    Start,
    Style,
    Variation,
    Weirdness,
)
from engine.api.windows import count_over

MOST_WORDS = 200
"""Of a prompt that is weighed word by word."""


class Speed(StrEnum):
    """How urgent a request is: turbo before fast; relax only when nobody else waits."""

    FAST = "fast"
    RELAX = "relax"
    TURBO = "turbo"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedPrompt:
    """One part of a prompt and how much it counts. Negative weights push away."""

    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Generate:
    """Draw `len(seeds)` pictures of one prompt; they advance together."""

    model: str
    prompts: tuple[WeightedPrompt, ...]
    """At least one; weights are normalised and must sum to more than zero. Empty text is unconditional, but
    where pictures are named in its stead (`Reference`)."""
    negative_prompt: str = ""
    styles: tuple[Style, ...] = ()
    """Manners that all parts of the prompt are read in; several add up."""
    weirdness: Weirdness | None = None
    width: int
    height: int
    seeds: tuple[int, ...]
    """One per picture, each its own CPU generator."""
    num_inference_steps: int
    guidance_scale: float
    """Classifier-free guidance as in diffusers; 1.0 or less turns it off."""
    sampler: str
    stop: float = 1.0
    """Share of the steps that are taken, in (0, 1]; the picture is the one foreseen then."""
    start: Start | None = None
    mask: Mask | None = None
    """Of the picture in `start`, which must be a picture then, and no latents."""
    references: tuple[Reference, ...] = ()
    """Pictures that are looked at beside the text."""
    spread: Spread | None = None
    """None: the pictures have nothing in common but the text, as in the pipelines."""
    variation: Variation | None = None
    window: int | None = None
    """Side in pixels of the square windows that the picture is drawn in, where it is larger: best the model's
    native size. They share passes with pictures of that size. A start that is smaller is enlarged first."""
    tiles: bool = False
    """Whether each picture joins itself without a seam, side by side and one below the other."""
    guidance_rescale: float = 0.0
    """How far, from 0 to 1, guidance may not make predictions stronger than they are (Lin et al. 2024)."""
    guidance_interval: tuple[float, float] = (0.0, 1.0)
    """Share of the steps, from and to, that are guided (Kynkäänniemi et al. 2024). Less is faster."""
    shows_each_step: bool = False
    """Whether there is to be a preview of each step, for an animation; else about one a second."""
    controls: tuple[Control, ...] = ()
    loras: tuple[Lora, ...] = ()
    fairness_key: str = ""
    """Whoever shares a key shares a fair share of the device. Of `tenant/member` the share is fair among
    tenants first, then among the members of each."""
    speed: Speed = Speed.FAST

    @property
    def num_windows(self) -> int:
        """How many windows each picture is drawn in."""
        return 1 if self.window is None else count_over(self.width, self.height, self.window)

    @property
    def seen_size(self) -> tuple[int, int]:
        """Width and height in pixels of what the model sees at once: the picture, or a window of it."""
        if self.window is None:
            return self.width, self.height
        return min(self.width, self.window), min(self.height, self.window)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enlarge:
    """Make a picture larger. Nothing is invented: edges become sharp, and that is all, unless there is an
    upscaler, which does it as it was trained."""

    picture: Image.Image
    factor: int = 2
    """2 or 4; both sides grow by it."""
    fairness_key: str = ""
    speed: Speed = Speed.FAST


@dataclass(frozen=True, slots=True, kw_only=True)
class Explain:
    """Draw a picture once more, and tell how it came about. Its result is `Explained`."""

    drawing: Generate
    """Of exactly one picture. Whose it is and how urgent stands here, and not in it."""
    fairness_key: str = ""
    speed: Speed = Speed.RELAX


@dataclass(frozen=True, slots=True, kw_only=True)
class Describe:
    """Say what a picture shows, as four prompts. Needs `Capability.DESCRIBING`."""

    model: str
    """Whose pictures are to be drawn by those prompts: its own image tower looks, where no captioner does."""
    picture: Image.Image
    seed: int = 0
    """Chooses among what may be said of it: with 0 the likeliest, with others other prompts."""
    fairness_key: str = ""
    speed: Speed = Speed.FAST


@dataclass(frozen=True, slots=True, kw_only=True)
class Shorten:
    """Weigh the words of a prompt as the model's text encoder reads them."""

    model: str
    prompt: str
    """Plain text, without weights or parameters."""
    fairness_key: str = ""
    speed: Speed = Speed.FAST


@dataclass(frozen=True, slots=True, kw_only=True)
class Classify:
    """Ask the checkpoint's own safety checker about a picture. Needs `Capability.CLASSIFYING`."""

    model: str
    picture: Image.Image
    fairness_key: str = ""
    speed: Speed = Speed.FAST


Between: TypeAlias = Enlarge | Explain | Describe | Shorten | Classify
"""What takes part in no forward pass: it is done between them."""

Request: TypeAlias = Generate | Between
