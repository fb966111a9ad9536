"""What a job costs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What a job costs: pictures, and device milliseconds."""

    images: int
    gpu_ms: int


FREE = Charge(images=0, gpu_ms=0)
