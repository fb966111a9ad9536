"""What a job costs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What a job costs: pictures, and device milliseconds."""

    images: int
    gpu_ms: int

    def times(self, factor: int) -> "Charge":
        """So many times as much."""
        return Charge(images=self.images * factor, gpu_ms=self.gpu_ms * factor)


FREE = Charge(images=0, gpu_ms=0)
