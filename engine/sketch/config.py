"""Every number of a training run in one place, for a CPU, for a GPU, and for the tests."""

from dataclasses import dataclass, field
from pathlib import Path

WORK = Path(".cache/sketch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long and how fast one stage learns. Lengths are in steps, so that a resumed run is the same run."""

    steps: int
    batch: int
    lr: float
    warmup: int = 200
    decay: float = 0.3
    """Share of the steps, at the end, over which the learning rate falls to zero."""
    ema: float = 0.999
    sync: int = 16
    """Replicas average what they learned every so many steps."""

    def lr_at(self, step: int) -> float:
        """The learning rate of a step: a ramp, a plateau, a slope."""
        rising = min(1.0, (step + 1) / self.warmup)
        falling = min(1.0, (self.steps - step) / max(1.0, self.steps * self.decay))
        return self.lr * rising * falling


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One training run. Everything that is learned follows from this, the packages and the seed."""

    seed: int = 0
    work: Path = WORK
    """Packages, packed pictures and checkpoints; nothing in it is precious but the hours."""
    init: Path | None = None
    """A checkpoint to go on from: its words, its latent space and what its towers and U-Net know."""
    blend: float = 1.0
    """How far U-Net and decoder go from `init` to what they learnt. A short lesson teaches something new and
    blurs what was known; part of the way it has both (Wortsman et al. 2022, WiSE-FT)."""
    replicas: int = 1
    device: str = "cpu"
    save_seconds: float = 120.0
    workers: int = 0
    """Processes that compose batches beside the one that learns from them."""

    resolution: int = 256
    concepts: int = 557
    """How many concepts the U-Net learns, common ones first; the autoencoder always sees all art."""

    vae_channels: tuple[int, ...] = (16, 16, 32, 64, 128)
    vae_layers: int = 2
    vae_groups: int = 8
    latent_channels: int = 8
    crop: int = 96
    critic_width: int = 24
    redrawn: int = 600
    """Pictures that the U-Net of `init` redraws for the decoder to learn from."""
    vae: Plan = field(default_factory=lambda: Plan(steps=12_000, batch=8, lr=1.2e-3, decay=0.6, ema=0.998))
    decoder: Plan = field(default_factory=lambda: Plan(steps=2200, batch=16, lr=6e-4, decay=0.6, ema=0.995))

    vocabulary: int = 8192
    text_width: int = 256
    text_layers: int = 4
    positions: int = 77
    texts: int = 60_000
    text: Plan = field(default_factory=lambda: Plan(steps=2400, batch=96, lr=1.2e-3, decay=0.8))
    words: Plan = field(
        default_factory=lambda: Plan(steps=1000, batch=1536, lr=1e-3, warmup=50, decay=0.7, ema=0.99)
    )
    """A batch of so many tokens."""

    image_width: int = 192
    image_layers: int = 4
    tower: Plan = field(default_factory=lambda: Plan(steps=1500, batch=64, lr=1e-3, decay=0.7))

    judge_width: int = 32
    judge: Plan = field(default_factory=lambda: Plan(steps=4000, batch=32, lr=1.5e-3, decay=0.7))

    shots: int = 20_000
    """Pictures composed and encoded before the U-Net begins; it draws its batches from them."""
    unet_channels: tuple[int, ...] = (96, 160, 224)
    unet_groups: int = 16
    unet_head: int = 4
    unet_teaches_text: bool = True
    """The text tower learns beside the U-Net which word says what. Without, a step takes two thirds of the
    time."""
    unet: Plan = field(default_factory=lambda: Plan(steps=12_000, batch=24, lr=5e-4, decay=0.5, ema=0.998))

    examples: int = 5000
    """Pictures composed for the adapters, which learn to draw from a view, the edges or the areas of one."""
    views: int = 20_000
    """Small pictures composed for the adapter that looks, which learns first to say what it sees."""
    saying: Plan = field(default_factory=lambda: Plan(steps=3000, batch=64, lr=1e-3, decay=0.6, ema=0.997))
    looking_width: int = 160
    looking_tokens: int = 16
    looking: Plan = field(default_factory=lambda: Plan(steps=3000, batch=16, lr=1e-3, decay=0.5, ema=0.997))
    steering: Plan = field(default_factory=lambda: Plan(steps=4000, batch=8, lr=1e-3, decay=0.5, ema=0.997))


def cpu(**changes: object) -> Config:
    """What two cores can do in some hours."""
    return Config(**changes)  # type: ignore[arg-type]  # the caller's words are Config's own


def gpu(**changes: object) -> Config:
    """Every concept, in about half an hour on one large GPU."""
    settings: dict[str, object] = {
        "device": "cuda",
        "workers": 14,
        "concepts": 1652,
        "vae_channels": (32, 32, 64, 128, 160),
        "crop": 128,
        "vae": Plan(steps=12_000, batch=64, lr=1e-3, ema=0.999),
        "decoder": Plan(steps=3000, batch=64, lr=5e-4, decay=0.6, ema=0.999),
        "text": Plan(steps=12_000, batch=256, lr=1.2e-3, decay=0.8),
        "tower": Plan(steps=6000, batch=256, lr=1e-3, decay=0.7),
        "judge": Plan(steps=6000, batch=128, lr=1.5e-3, decay=0.7),
        "shots": 200_000,
        "unet": Plan(steps=6000, batch=1024, lr=1e-3, warmup=500, ema=0.9995),
        "examples": 60_000,
        "views": 60_000,
        "saying": Plan(steps=4000, batch=512, lr=1e-3, decay=0.6, ema=0.999),
        "looking": Plan(steps=4000, batch=256, lr=1e-3, decay=0.5, ema=0.999),
        "steering": Plan(steps=3000, batch=256, lr=1e-3, decay=0.5, ema=0.999),
    }
    return Config(**(settings | changes))  # type: ignore[arg-type]  # as above
