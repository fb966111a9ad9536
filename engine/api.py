"""The seam between bot and engine: one protocol, requests, events. No torch here.

A request is complete in itself: the same request on the same device, dtype and version gives the same
picture. The engine knows an opaque fairness key and a speed, never a user.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias

from PIL import Image


class Speed(StrEnum):
    """How urgent a request is: turbo before fast; relax only when nobody else waits."""

    FAST = "fast"
    RELAX = "relax"
    TURBO = "turbo"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """What a caller must know of a model before it asks for a picture."""

    name: str
    hash: str
    """First 10 hex digits of the SHA-256 over the weights (as A1111 shortens it)."""
    native_size: int
    """Side in pixels of the square the model was trained on."""
    size_multiple: int
    """Width and height must be multiples of this."""
    default_steps: int
    default_guidance_scale: float
    default_sampler: str
    samplers: tuple[str, ...]
    loras: tuple[str, ...] = ()
    """Names that `Generate.loras` may use."""
    seconds_per_image_step: float
    """Estimate: device seconds for one image, one step, classifier-free guidance, at the native size."""
    seconds_per_decode: float
    """Estimate: device seconds to decode one image at the native size."""

    def estimate_seconds(self, *, width: int, height: int, steps: int, num_images: int) -> float:
        """Device seconds that a request will roughly take."""
        area = (width * height) / self.native_size**2
        return num_images * area * (steps * self.seconds_per_image_step + self.seconds_per_decode)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedPrompt:
    """One part of a prompt and how much it counts. Negative weights push away."""

    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Where image-to-image begins, instead of pure noise."""

    source: Image.Image | bytes
    """A picture, or the latents of one tile as they came with `Generated`."""
    strength: float
    """Share of the schedule that is run, in (0, 1]; diffusers' `strength`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lora:
    """A low-rank change of the model's weights, by the name it has in the engine's configuration."""

    name: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Generate:
    """Draw `len(seeds)` pictures of one prompt; they advance together."""

    model: str
    prompts: tuple[WeightedPrompt, ...]
    """At least one; weights are normalised and must sum to more than zero. Empty text is unconditional."""
    negative_prompt: str = ""
    width: int
    height: int
    seeds: tuple[int, ...]
    """One per picture, each its own CPU generator."""
    num_inference_steps: int
    guidance_scale: float
    """Classifier-free guidance as in diffusers; 1.0 or less turns it off."""
    sampler: str
    start: Start | None = None
    guidance_interval: tuple[float, float] = (0.0, 1.0)
    """Share of the steps, from and to, that are guided (Kynkäänniemi et al. 2024). Less is faster."""
    loras: tuple[Lora, ...] = ()
    fairness_key: str = ""
    """Whoever shares a key shares a fair share of the device."""
    speed: Speed = Speed.FAST


Request: TypeAlias = Generate


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """The request waits; `position` is 1 for the next one to start."""

    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The request is on the device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """`step` of `total` denoising steps are done. Latest wins."""

    step: int
    total: int
    eta_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Small RGB pictures of the half-done latents, one per seed. Latest wins."""

    images: tuple[Image.Image, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """The result of `Generate`: RGB pictures and the latents they were decoded from, one per seed."""

    images: tuple[Image.Image, ...]
    latents: tuple[bytes, ...]
    """Opaque; give one back as `Start.source` to vary the picture."""
    engine_version: str
    """Versions of what drew it, for the recipe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The last event of a request. Never dropped."""

    result: Generated
    gpu_seconds: float
    """Device seconds that this request used, its share of shared forward passes."""


Event: TypeAlias = Queued | Started | Progress | Preview | Finished


class Engine(Protocol):
    """Draws. One per process."""

    def models(self) -> tuple[ModelInfo, ...]:
        """The models that can be asked for; the first is the default."""
        ...

    def run(self, request: Request) -> AsyncGenerator[Event, None]:
        """Run a request, yielding events up to `Finished`. Closing the generator cancels the device work.

        Raises: EngineError.
        """
        ...
