"""What the engine is told at start."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

DType: TypeAlias = Literal["auto", "float32", "bfloat16", "float16"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineConfig:
    """Settings of `InProcessEngine`. The defaults suit the embedded model on any machine."""

    model: str = "sketch"
    """The default model: "sketch", a diffusers folder, a single .safetensors file, or a hub id."""
    more_models: tuple[str, ...] = ()
    """Further models that requests may name, by the same kinds of source or as `name=source`."""
    vae: str | None = None
    """A folder, .safetensors file or hub id with the VAE of checkpoints that have none of their own."""
    upscaler: Path | None = None
    """A .safetensors file of a model that spandrel reads, to enlarge pictures with; None does it without."""
    captioner: str | None = None
    """A folder or hub id of a BLIP, or of a CLIP, that describes pictures of every model."""
    ip_adapter: str | None = None
    """An IP-Adapter by which models look at pictures: a file, a folder, or a hub id."""
    loras: Mapping[str, Path] = field(default_factory=dict)
    """LoRA files that requests may name."""
    embeddings: Mapping[str, Path] = field(default_factory=dict)
    """Textual inversions, by what stands for them in a prompt."""
    controlnets: Mapping[str, str] = field(default_factory=dict)
    """ControlNets and T2I-Adapters that requests may name: a diffusers folder, a hub id, or the
    .safetensors file of a ControlNet."""
    device: str = "auto"
    """"auto", "cuda", "cuda:1", "mps" or "cpu"."""
    dtype: DType = "auto"
    """"auto" is 16 bits on CUDA and on CPUs that compute faster in them, which is measured; else float32."""
    compile: bool = False
    """Compile the U-Net with `torch.compile`: minutes at start, faster ever after, eager where it fails."""
    num_threads: int | None = None
    """CPU threads for torch; None measures, and leaves one core to the event loop."""
    max_rows: int | None = None
    """Rows in one forward pass at the native size; None trusts the measured knee."""
    memory_gib: float | None = None
    """Memory for the weights of all models, and for encoded texts what they leave of it; None is 70 % of what
    is free at start."""
    begun_mib: float | None = None
    """Memory that the pictures that have begun may take; None is 2 % of the device's."""
    decode_mib: float | None = None
    """Memory that decoding may take: more pictures wait, a large one goes in tiles; None is 25 % of all."""
    cache_dir: Path | None = None
    """A folder that keeps what was measured at start for the next one; None measures each time."""
    tell: Callable[[str], object] = field(default=lambda _: None)
    """Called at start, on the engine's thread, with what is being done now: "loading sketch"."""
    preview_seconds: float = 1.0
    """Least time between two previews of one request."""
