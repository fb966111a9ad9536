"""A request's place in the loop: a ticket while it waits, and what runs for it once it is on the device."""

from dataclasses import dataclass

from engine.api import Generate
from engine.capacity import Capacity
from engine.policy import Candidate, Group
from engine.work.denoising import Generation, expected_passes, expected_rows


@dataclass(eq=False, slots=True, kw_only=True)
class Ticket:
    """What the loop remembers of one request. The holder only passes it back, to cancel."""

    number: int
    """In order of arrival."""
    request: Generate
    queued_at: float
    capacity: Capacity
    """Of the request's model, to know what is still to do in seconds."""
    num_bytes: int
    """What it takes on the device once it has begun."""
    share_seconds: float = 0.0
    """What it takes from start to end in full passes that others share."""
    in_float32: bool = False
    """Whether the model's usual sixteen bits were not enough for it."""
    position: int = 0
    """Its place among those who are not drawn just now, as last told; 0 while it is drawn."""
    told_at: float = float("-inf")
    device_seconds: float = 0.0

    @property
    def group(self) -> Group:
        """What it must have in common with others to share a forward pass."""
        request = self.request
        return Group(
            model=request.model,
            width=request.width,
            height=request.height,
            loras=request.loras,
            tiles=request.tiles,
            in_float32=self.in_float32,
        )

    @property
    def area(self) -> int:
        """Pixels of one picture."""
        return self.request.width * self.request.height

    def candidate(self) -> Candidate:
        """How the policy sees it before it has begun."""
        passes, rows = expected_passes(self.request), expected_rows(self.request)
        return self.candidate_of(rows=rows, passes=passes, has_begun=False)

    def candidate_of(self, *, rows: int, passes: int, has_begun: bool) -> Candidate:
        """How the policy sees it with so much still to do."""
        request = self.request
        return Candidate(
            ticket=self.number,
            group=self.group,
            fairness_key=request.fairness_key,
            speed=request.speed,
            rows=rows,
            queued_at=self.queued_at,
            seconds_left=passes * self.capacity.seconds(rows, self.area),
            has_begun=has_begun,
        )


@dataclass(eq=False, slots=True, kw_only=True)
class Running:
    """A request on the device."""

    ticket: Ticket
    generation: Generation
    drawn_at: float
    """When it last took a step, or was put on the device."""
    previewed_at: float = float("-inf")

    def candidate(self) -> Candidate:
        """How the policy sees it now."""
        generation = self.generation
        return self.ticket.candidate_of(
            rows=generation.num_rows, passes=generation.passes_left, has_begun=generation.step > 0
        )

    def share_seconds(self) -> float:
        """What is left of it, in full passes that others share."""
        return self.ticket.share_seconds * self.generation.passes_left / self.generation.num_steps
