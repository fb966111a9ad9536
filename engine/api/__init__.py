"""The seam between bot and engine: one protocol, requests, conditions, events. No torch here.

Alone, the same request on the same device, dtype and version gives the same picture, bit for bit; among
others, to the last bits of float32. The engine knows an opaque fairness key and a speed, never a user.
"""

from collections.abc import AsyncGenerator
from typing import Protocol

from engine.api.conditions import (
    Control,
    Lora,
    Mask,
    Mixture,
    Reference,
    Spread,
    Start,
    Style,
    Variation,
    Weirdness,
)
from engine.api.events import (
    Classified,
    Described,
    Ending,
    Event,
    Explained,
    Finished,
    Generated,
    Preview,
    Progress,
    Queued,
    Result,
    Shortened,
    Started,
    Word,
    WordMap,
)
from engine.api.models import Capability, Family, ModelInfo, Refusal
from engine.api.requests import (
    MOST_WORDS,
    Between,
    Classify,
    Describe,
    Enlarge,
    Explain,
    Generate,
    Request,
    Shorten,
    Speed,
    WeightedPrompt,
)

__all__ = [
    "MOST_WORDS",
    "Between",
    "Capability",
    "Classified",
    "Classify",
    "Control",
    "Describe",
    "Described",
    "Ending",
    "Engine",
    "Enlarge",
    "Event",
    "Explain",
    "Explained",
    "Family",
    "Finished",
    "Generate",
    "Generated",
    "Lora",
    "Mask",
    "Mixture",
    "ModelInfo",
    "Preview",
    "Progress",
    "Queued",
    "Reference",
    "Refusal",
    "Request",
    "Result",
    "Shorten",
    "Shortened",
    "Speed",
    "Spread",
    "Start",
    "Started",
    "Style",
    "Variation",
    "WeightedPrompt",
    "Weirdness",
    "Word",
    "WordMap",
]


class Engine(Protocol):
    """Draws. One per process."""

    def models(self) -> tuple[ModelInfo, ...]:
        """The models that can be asked for; the first is the default. They may change while it runs."""
        ...

    def run(self, request: Request) -> AsyncGenerator[Event, None]:
        """Run a request, yielding events up to `Finished`. Closing the generator cancels the device work.

        Raises: EngineError.
        """
        ...

    def is_away(self) -> bool:
        """Whether nothing that could draw answers just now. Requests are taken all the same, and wait."""
        ...

    async def ended(self) -> Ending:
        """Return when the engine is lost, and say how."""
        ...
