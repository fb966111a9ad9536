"""The denoising loop: everybody's pictures advance together, one timestep per tick."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from time import perf_counter
from typing import TypeAlias

import torch

from engine.api import Event, Finished, Generate, Generated, Preview, Progress, Queued, Started
from engine.device import Pace, as_engine_error, is_device_lost
from engine.errors import DeviceLost, EngineError, GenerationFailed
from engine.families.unet import Checkpoint
from engine.generation import Generation, texts_of
from engine.library import Library
from engine.memory import decode_within_memory, predict_within_memory
from engine.policy import Candidate, Group, Policy, choose
from engine.rows import pack, split
from engine.ticket import Ticket

log = logging.getLogger(__name__)

_PREVIEWS_PER_TICK = 2
_QUANTUM_GRIDS = 18
"""How far a key may be ahead before it waits. With less, the chance of who asked lately makes grids late."""

Notice: TypeAlias = tuple[Ticket, Event | EngineError]
"""What is to be told to a ticket's holder. `Finished` or an error is the last of a ticket."""


class DenoisingLoop:
    """Runs requests on one device, as many at a time as pay. One thread calls it.

    `clock` gives seconds; whatever it measures is what the policy weighs and what requests are charged.
    """

    def __init__(
        self, library: Library, *, preview_seconds: float = 1.0, clock: Callable[[], float] = perf_counter
    ) -> None:
        self._library = library
        self._preview_seconds = preview_seconds
        self._clock = clock
        self._policy = Policy(quantum_seconds=_QUANTUM_GRIDS * library.seconds_per_grid())
        self._pace = Pace(library.device)
        self._numbers = count(1)
        self._denoising: dict[int, Ticket] = {}
        self._candidates: dict[int, Candidate] = {}
        self._decoding: dict[int, Ticket] = {}
        self._notices: list[Notice] = []
        self._queue_changed = False
        self._tick_seconds = 0.0

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to do."""
        return not self._denoising and not self._decoding

    def submit(self, request: Generate) -> Ticket:
        """Take a request in; it starts when its turn comes.

        Raises: ModelNotFound.
        """
        capacity = self._library.entry(request.model).capacity
        number = next(self._numbers)
        ticket = Ticket(number=number, request=request, queued_at=self._clock(), capacity=capacity)
        self._denoising[number] = ticket
        self._candidates[number] = ticket.candidate()
        self._queue_changed = True
        return ticket

    def cancel(self, ticket: Ticket) -> None:
        """Forget a request, wherever it is; it gets no further notice."""
        self._leave(ticket)
        self._notices = [notice for notice in self._notices if notice[0] is not ticket]

    @torch.inference_mode()
    def step(self) -> list[Notice]:
        """One tick: choose, admit, one forward pass, advance, retire; and a slice of the decoding.

        Raises: DeviceLost.
        """
        ranking = self._policy.rank(list(self._candidates.values()), self._clock(), self._switch_seconds)
        self._tell_positions(ranking)
        batch = self._admit(self._choose(ranking))
        if batch:
            self._tick(batch)
        self._retire()
        self._decode_slice(ranking)
        notices, self._notices = self._notices, []
        return notices

    def _choose(self, ranking: Sequence[Candidate]) -> list[Ticket]:
        chosen = choose([one for one in ranking if one.ticket in self._denoising], self._cap)
        if self._decoding and chosen and not self._library.is_resident(chosen[0].group.model):
            return []  # the model that leaves still has pictures to decode
        return [self._denoising[candidate.ticket] for candidate in chosen]

    def _admit(self, chosen: Sequence[Ticket]) -> list[Ticket]:
        """Put those on the device that are not yet; who fails at it is out."""
        newcomers = [ticket for ticket in chosen if ticket.generation is None]
        if newcomers:
            self._read_together(newcomers)
        for ticket in newcomers:
            self._start(ticket)
        return [ticket for ticket in chosen if ticket.generation is not None]

    def _read_together(self, newcomers: Sequence[Ticket]) -> None:
        """Have the model ready, and read the texts of all who start in this tick in one pass.

        One newcomer reads alone, as the pipelines do; so does everybody where reading together fails.
        """
        started = self._clock()
        several = newcomers if len(newcomers) > 1 else ()
        try:
            checkpoint = self._in_force(newcomers[0])
            checkpoint.encode_together([texts_of(ticket.request, checkpoint) for ticket in several])
        except Exception:
            log.info("%d requests could not be prepared together.", len(newcomers), exc_info=True)
        seconds = self._clock() - started
        for ticket in newcomers:
            self._charge(ticket, seconds / len(newcomers))

    def _start(self, ticket: Ticket) -> None:
        started = self._clock()
        with self._blaming(ticket):
            ticket.generation = Generation(ticket.request, self._in_force(ticket))
            ticket.started_at = started
            self._notices.append((ticket, Started()))
            self._charge(ticket, self._clock() - started)
        self._queue_changed = True

    def _in_force(self, ticket: Ticket) -> Checkpoint:
        """The ticket's model, on the device and changed by its LoRAs."""
        checkpoint = self._library.checkpoint(ticket.request.model)
        checkpoint.loras.put_in_force(ticket.request.loras)
        return checkpoint

    def _tick(self, batch: Sequence[Ticket]) -> None:
        """One forward pass for the batch, one step of each scheduler, and the bill."""
        started = self._clock()
        shares = [_generation(ticket).num_rows for ticket in batch]
        for ticket, prediction in self._predict(batch):
            with self._blaming(ticket):
                _generation(ticket).advance(prediction)
                self._candidates[ticket.number] = ticket.candidate()
        self._pace.wait()
        self._tick_seconds = self._clock() - started
        for ticket, share in zip(batch, shares, strict=True):
            self._charge(ticket, self._tick_seconds * share / sum(shares))
        self._tell_progress([ticket for ticket in batch if ticket.number in self._denoising])

    def _predict(self, batch: Sequence[Ticket]) -> list[tuple[Ticket, torch.Tensor]]:
        """The prediction for each ticket. If the pass fails, each tries alone, and only the culprits fail."""
        if len(batch) == 1:
            with self._blaming(batch[0]):
                return list(zip(batch, self._forward(batch), strict=True))
            return []
        try:
            return list(zip(batch, self._forward(batch), strict=True))
        except Exception as error:
            if is_device_lost(error):
                raise as_engine_error(error) from error
            log.warning("A pass of %d requests failed; trying one by one.", len(batch), exc_info=True)
            return [pair for ticket in batch for pair in self._predict([ticket])]

    def _forward(self, batch: Sequence[Ticket]) -> tuple[torch.Tensor, ...]:
        """One pass for all, who are of one group; each one's share of the prediction."""
        first = batch[0]
        checkpoint = self._in_force(first)
        parts = [_generation(ticket).rows() for ticket in batch]
        prediction = predict_within_memory(
            self._library, checkpoint, first.capacity, pack(parts), area=first.area
        )
        return split(prediction, parts)

    def _retire(self) -> None:
        """Move those that are done to the decoding."""
        for ticket in list(self._denoising.values()):
            if ticket.generation is None or not ticket.generation.is_done:
                continue
            with self._blaming(ticket):
                if not torch.isfinite(ticket.generation.latents).all():
                    raise GenerationFailed("The model predicted no numbers (NaN). Another sampler may help.")
                self._decoding[ticket.number] = self._denoising.pop(ticket.number)

    def _decode_slice(self, ranking: Sequence[Candidate]) -> None:
        """Decode some pictures of the most entitled that is done: as many as take no longer than a tick."""
        ticket = next((self._decoding[one.ticket] for one in ranking if one.ticket in self._decoding), None)
        if ticket is None:
            return
        started = self._clock()
        with self._blaming(ticket):
            checkpoint = self._library.checkpoint(ticket.request.model)
            done = len(ticket.images)
            latents = _generation(ticket).latents[done : done + self._slice_size(ticket)]
            ticket.images += decode_within_memory(self._library, checkpoint, latents)
            self._charge(ticket, self._clock() - started)
            if len(ticket.images) == len(ticket.request.seeds):
                self._finish(ticket, checkpoint)

    def _slice_size(self, ticket: Ticket) -> int:
        if not self._denoising:
            return len(ticket.request.seeds)
        info = self._library.entry(ticket.request.model).info
        seconds_per_image = info.seconds_per_decode * ticket.area / info.native_size**2
        return max(1, int(self._tick_seconds / seconds_per_image))

    def _finish(self, ticket: Ticket, checkpoint: Checkpoint) -> None:
        result = Generated(
            images=tuple(ticket.images),
            latents=checkpoint.pack_latents(_generation(ticket).latents),
            engine_version=self._library.version,
        )
        self._end(ticket, Finished(result=result, gpu_seconds=ticket.device_seconds))

    def _tell_progress(self, batch: Sequence[Ticket]) -> None:
        now = self._clock()
        for ticket in batch:
            done, total = _generation(ticket).step, _generation(ticket).num_steps
            eta_seconds = (now - ticket.started_at) / done * (total - done)
            self._notices.append((ticket, Progress(step=done, total=total, eta_seconds=eta_seconds)))
        due = [ticket for ticket in batch if now - ticket.previewed_at >= self._preview_seconds]
        for ticket in due[:_PREVIEWS_PER_TICK]:
            with self._blaming(ticket):
                ticket.previewed_at = now
                checkpoint = self._library.checkpoint(ticket.request.model)
                images = checkpoint.preview(_generation(ticket).predicted_original())
                self._notices.append((ticket, Preview(images=images)))

    def _tell_positions(self, ranking: Sequence[Candidate]) -> None:
        """Tell each waiting ticket its place, where that has changed."""
        if not self._queue_changed:
            return
        self._queue_changed = False
        denoising = [self._denoising[one.ticket] for one in ranking if one.ticket in self._denoising]
        waiting = [ticket for ticket in denoising if ticket.generation is None]
        for position, ticket in enumerate(waiting, start=1):
            if ticket.position != position:
                ticket.position = position
                self._notices.append((ticket, Queued(position=position)))

    def _cap(self, group: Group) -> int:
        return self._library.entry(group.model).capacity.cap(group.width * group.height)

    def _switch_seconds(self, group: Group) -> float:
        return self._library.switch_seconds(group.model)

    def _charge(self, ticket: Ticket, seconds: float) -> None:
        ticket.device_seconds += seconds
        self._policy.charge(ticket.request.fairness_key, seconds)

    @contextmanager
    def _blaming(self, ticket: Ticket) -> Iterator[None]:
        """Let an error end this ticket and no other, unless the device itself is lost."""
        try:
            yield
        except Exception as error:
            last = as_engine_error(error)
            if isinstance(last, DeviceLost):
                raise last from error
            self._end(ticket, last)

    def _end(self, ticket: Ticket, last: Finished | EngineError) -> None:
        self._leave(ticket)
        self._notices.append((ticket, last))

    def _leave(self, ticket: Ticket) -> None:
        for tickets in (self._denoising, self._decoding, self._candidates):
            tickets.pop(ticket.number, None)
        self._queue_changed = True


def _generation(ticket: Ticket) -> Generation:
    """The generation of a ticket that was started."""
    if ticket.generation is None:
        raise LookupError(f"request {ticket.number} has not been started")
    return ticket.generation
