"""What a caller must know of the models."""

from dataclasses import dataclass
from enum import StrEnum

from engine.api.windows import count_over


class Capability(StrEnum):
    """What one model can and another cannot. What all can is none."""

    INPAINTING = "inpainting"
    """It is shown what stays where a part is repainted, so that the new joins the old better."""
    INSTRUCTIONS = "instructions"
    """It is shown the picture of the start, and its texts say how that is to be changed. It must have one."""
    DESCRIBING = "describing"
    """There is something that looks at pictures: an image tower of its own, or a captioner beside it."""
    CLASSIFYING = "classifying"
    """It comes with its own safety checker."""
    REFERENCES = "references"
    """It looks at pictures as it reads text: it has an IP-Adapter."""


class Family(StrEnum):
    """What a model is a child of, and so what it makes of words."""

    SKETCH = "sketch"
    """The model that ships."""
    SD = "sd"
    SDXL = "sdxl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A LoRA or an embedding that is here, and that one model cannot be drawn with."""

    name: str
    reason: str
    """A sentence."""


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
    embeddings: tuple[str, ...] = ()
    """Names that stand for learnt words in its prompts."""
    refused_loras: tuple[Refusal, ...] = ()
    refused_embeddings: tuple[Refusal, ...] = ()
    controls: tuple[str, ...] = ()
    """Names that `Generate.controls` may use: of those that were made for its family."""
    seconds_per_image_step: float
    """Estimate: device seconds for one image, one step, classifier-free guidance, at the native size."""
    seconds_per_decode: float
    """Estimate: device seconds to decode one image at the native size."""
    rows_per_pass: int = 8
    """Rows of a forward pass at the native size beyond which more of them do not pay."""
    seconds_per_enlarged_pixel: float = 0.0
    """Estimate: device seconds for each pixel of an enlarged picture."""
    capabilities: frozenset[Capability] = frozenset()
    family: Family = Family.SD
    around_strength: float = 1.0
    """Share of the schedule that is best run for what lies around a picture, on which its edges go on before
    (`Start.strength`). At less than all, what is drawn there is less new, and more alike."""
    seconds_to_load: float = 0.0
    """Estimate: seconds until it can draw, where it is not on the device."""
    is_resident: bool = True
    """Whether it was on the device when this was asked."""

    def estimate_seconds(self, *, width: int, height: int, steps: int, num_images: int) -> float:
        """Device seconds that a request will roughly take."""
        area = (width * height) / self.native_size**2
        return num_images * area * (steps * self.seconds_per_image_step + self.seconds_per_decode)

    def estimate_windows(self, *, width: int, height: int, steps: int) -> float:
        """Device seconds that a picture will roughly take that is enlarged to this size and drawn in windows
        of the native size: in each of so many steps all of them, and each is encoded and decoded."""
        windows = count_over(width, height, self.native_size)
        each = steps * self.seconds_per_image_step + 2 * self.seconds_per_decode
        return windows * each + self.estimate_enlarging(width=width, height=height)

    def estimate_enlarging(self, *, width: int, height: int) -> float:
        """Device seconds that a picture will roughly take that is enlarged to this size."""
        return width * height * self.seconds_per_enlarged_pixel
