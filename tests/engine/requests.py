"""Requests with defaults, and running them on a bare loop."""

from typing import Any

from engine.api import Finished, Generate, Generated, WeightedPrompt
from engine.bench.arms import finish as result
from engine.errors import EngineError
from engine.loop import DenoisingLoop

__all__ = ["generate", "result", "results"]


def generate(prompt: str = "a red apple", **changes: Any) -> Generate:
    """Four pictures of a prompt on the tiny checkpoint, in few steps."""
    values: dict[str, Any] = {
        "model": "tiny",
        "prompts": (WeightedPrompt(text=prompt),),
        "width": 64,
        "height": 64,
        "seeds": (1, 2, 3, 4),
        "num_inference_steps": 5,
        "guidance_scale": 5.0,
        "sampler": "dpmpp-2m",
    }
    return Generate(**values | changes)


def results(loop: DenoisingLoop, *requests: Generate) -> list[Generated]:
    """Submit all at once and run the loop dry; the results in the order of the requests."""
    tickets = [loop.submit(request) for request in requests]
    finished = {}
    while not loop.is_idle:
        for ticket, event in loop.step():
            if isinstance(event, EngineError):
                raise event
            if isinstance(event, Finished):
                finished[ticket] = event.generated
    return [finished[ticket] for ticket in tickets]
