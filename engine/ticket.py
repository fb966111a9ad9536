"""A request's place in the loop: a ticket while it waits, and what runs for it once it is on the device."""

from dataclasses import dataclass

import torch

from engine.api import Between, Generate, Request
from engine.capacity import Capacity
from engine.conditioning.lora import settled
from engine.policy import Candidate, Group
from engine.work.denoising import Generation, expected_passes, expected_rows, least_rows


@dataclass(eq=False, slots=True, kw_only=True)
class Ticket:
    """What the loop remembers of one request. The holder only passes it back, to cancel."""

    number: int
    """In order of arrival."""
    request: Request
    queued_at: float
    capacity: Capacity
    """Of the request's model, to know what is still to do in seconds; of no meaning where it needs none."""
    num_bytes: int
    """What it takes on the device once it has begun."""
    share_seconds: float = 0.0
    """What it takes from start to end in full passes that others share."""
    is_instructed: bool = False
    """Whether its model follows instructions: one guide more."""
    in_float32: bool = False
    """Whether the model's usual sixteen bits were not enough for it."""
    moments: torch.Tensor | None = None
    """Of a picture in windows: what the one that it begins with was encoded to, window by window."""
    position: int = 0
    """Its place among those who are not drawn just now, as last told; 0 while it is drawn."""
    told_at: float = float("-inf")
    device_seconds: float = 0.0

    @property
    def is_drawn(self) -> bool:
        """Whether it takes part in forward passes. Else it is all done between them."""
        return isinstance(self.request, Generate)

    @property
    def drawing(self) -> Generate:
        """The request of what is drawn."""
        if not isinstance(self.request, Generate):
            raise TypeError("what is done between the passes is not drawn")
        return self.request

    @property
    def between(self) -> Between:
        """The request of what is done between the passes."""
        if isinstance(self.request, Generate):
            raise TypeError("what is drawn is not done between the passes")
        return self.request

    @property
    def group(self) -> Group:
        """What it must have in common with others to share a forward pass."""
        request = self.request
        if not isinstance(request, Generate):
            return Group(model="", width=0, height=0)
        return Group(
            model=request.model,
            width=request.seen_size[0],
            height=request.seen_size[1],
            loras=settled(request.loras),
            tiles=request.tiles,
            in_float32=self.in_float32,
        )

    @property
    def area(self) -> int:
        """Pixels of one row: of a picture, or of a window of it."""
        width, height = self.drawing.seen_size
        return width * height

    def candidate(self) -> Candidate:
        """How the policy sees it before it has begun."""
        if not isinstance(self.request, Generate):
            return self._candidate(rows=0, seconds_left=self.share_seconds, has_begun=False)
        steps = expected_passes(self.request)
        rows = expected_rows(self.request, is_instructed=self.is_instructed)
        least = least_rows(self.request, is_instructed=self.is_instructed)
        return self.candidate_of(rows=rows, least_rows=least, step_rows=rows, steps=steps, has_begun=False)

    def candidate_between(self, share_left: float) -> Candidate:
        """How the policy sees what is done between passes, once it has begun."""
        return self._candidate(rows=0, seconds_left=self.share_seconds * share_left, has_begun=True)

    def candidate_of(
        self, *, rows: int, least_rows: int | None, step_rows: int, steps: float, has_begun: bool
    ) -> Candidate:
        """How the policy sees it with so many steps of so many rows still to do, `rows` of them next."""
        seconds = steps * self.capacity.seconds(step_rows, self.area)
        return self._candidate(rows=rows, seconds_left=seconds, has_begun=has_begun, least_rows=least_rows)

    def _candidate(
        self, *, rows: int, seconds_left: float, has_begun: bool, least_rows: int | None = None
    ) -> Candidate:
        request = self.request
        return Candidate(
            ticket=self.number,
            group=self.group,
            fairness_key=request.fairness_key,
            speed=request.speed,
            rows=rows,
            queued_at=self.queued_at,
            seconds_left=seconds_left,
            has_begun=has_begun,
            least_rows=least_rows,
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
        pieces = generation.num_pieces / generation.num_steps
        return self.ticket.candidate_of(
            rows=generation.rows_left,
            least_rows=generation.least_rows,
            step_rows=generation.step_rows,
            steps=generation.pieces_left / pieces,
            has_begun=generation.pieces_left < generation.num_pieces,
        )

    def share_seconds(self) -> float:
        """What is left of it, in full passes that others share."""
        return self.ticket.share_seconds * self.generation.pieces_left / self.generation.num_pieces
