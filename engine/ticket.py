"""A request's place in the loop, from submission to its last event."""

from dataclasses import dataclass, field

from PIL import Image

from engine.api import Generate
from engine.capacity import Capacity
from engine.generation import Generation, expected_passes, expected_rows
from engine.policy import Candidate, Group


@dataclass(eq=False, slots=True, kw_only=True)
class Ticket:
    """What the loop remembers of one request. The holder only passes it back, to cancel."""

    number: int
    """In order of arrival."""
    request: Generate
    queued_at: float
    capacity: Capacity
    """Of the request's model, to know what is still to do in seconds."""
    generation: Generation | None = None
    """None while it waits to be started."""
    started_at: float = 0.0
    previewed_at: float = float("-inf")
    position: int = 0
    """Its place among those who wait, as last told."""
    images: list[Image.Image] = field(default_factory=list)
    """Pictures decoded so far."""
    device_seconds: float = 0.0

    @property
    def group(self) -> Group:
        """What it must have in common with others to share a forward pass."""
        request = self.request
        return Group(model=request.model, width=request.width, height=request.height, loras=request.loras)

    @property
    def area(self) -> int:
        """Pixels of one picture."""
        return self.request.width * self.request.height

    def candidate(self) -> Candidate:
        """How the policy sees it now."""
        request, generation = self.request, self.generation
        passes = generation.passes_left if generation else expected_passes(request)
        rows = generation.num_rows if generation else expected_rows(request)
        return Candidate(
            ticket=self.number,
            group=self.group,
            fairness_key=request.fairness_key,
            speed=request.speed,
            rows=rows,
            queued_at=self.queued_at,
            seconds_left=passes * self.capacity.seconds(rows, self.area),
            has_begun=generation is not None and generation.step > 0,
        )
