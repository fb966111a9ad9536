"""The seam between bot and engine: one protocol, requests, conditions, events. No torch here.

Alone, the same request on the same device, dtype and version gives the same picture, bit for bit; among
others, to the last bits of float32. The engine knows an opaque fairness key and a speed, never a user.
"""

from collections.abc import AsyncGenerator
from typing import Protocol

from engine.api.conditions import Lora, Mask, Spread, Start, Variation
from engine.api.events import (
    Ending,
    Event,
    Explained,
    Finished,
    Generated,
    Preview,
    Progress,
    Queued,
    Result,
    Started,
    WordMap,
)
from engine.api.models import Capability, ModelInfo
from engine.api.requests import Between, Enlarge, Explain, Generate, Request, Speed, WeightedPrompt

__all__ = [
    "Between",
    "Capability",
    "Ending",
    "Engine",
    "Enlarge",
    "Event",
    "Explain",
    "Explained",
    "Finished",
    "Generate",
    "Generated",
    "Lora",
    "Mask",
    "ModelInfo",
    "Preview",
    "Progress",
    "Queued",
    "Request",
    "Result",
    "Speed",
    "Spread",
    "Start",
    "Started",
    "Variation",
    "WeightedPrompt",
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

    async def ended(self) -> Ending:
        """Return when the engine is lost, and say how."""
        ...
