"""The recipe: everything that decides the pixels of a job."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRef:
    """One stored picture: a job and the index of its tile, 0 to 3 (1 to 4 to people)."""

    job_id: int
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that decides the pixels of a job. Stored whole, so that it can be drawn again."""

    prompts: tuple[tuple[str, float], ...]
    """The parts of a multi-prompt with their weights; one part for a plain prompt."""
    negative_prompt: str
    width: int
    height: int
    steps: int
    guidance_scale: float
    sampler: str
    seed: int
    """Of the first picture; the others follow by one."""
    num_images: int
    model: str
    model_hash: str
    start: ImageRef | None = None
    """The picture that image-to-image begins from."""
    strength: float | None = None

    @property
    def seeds(self) -> tuple[int, ...]:
        """One seed per picture."""
        return tuple((self.seed + index) % 2**32 for index in range(self.num_images))

    def to_json(self) -> dict[str, Any]:
        """Plain values, for a JSON column."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The recipe that `to_json` wrote."""
        start = values.get("start")
        return cls(
            **{
                **values,
                "prompts": tuple((text, weight) for text, weight in values["prompts"]),
                "start": ImageRef(**start) if start else None,
            }
        )
