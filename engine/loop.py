"""The denoising loop: everybody's pictures advance together, one timestep per tick."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from time import perf_counter
from typing import TypeAlias

import torch

from engine.api import (
    Between,
    Capability,
    Event,
    Finished,
    Generate,
    Preview,
    Progress,
    Request,
    Speed,
    Started,
)
from engine.device import (
    Arrival,
    Pace,
    as_engine_error,
    free_cached_memory,
    is_device_lost,
    is_out_of_memory,
)
from engine.errors import DeviceLost, EngineError
from engine.families.unet import Checkpoint
from engine.library import Library
from engine.memory import predict_within_memory, whole_within_memory
from engine.places import Places
from engine.policy import Candidate, Group, Policy, choose
from engine.preview import as_pictures
from engine.rows import pack, split
from engine.ticket import Running, Ticket
from engine.waiting import Waiting
from engine.work.between import cost_of, models_of, slices_of
from engine.work.denoising import (
    Generation,
    NotANumber,
    expected_passes,
    expected_rows,
    num_bytes_in,
    texts_of,
)
from engine.work.naming import Naming, naming_of
from engine.work.slices import Counted, Decoding, Opening, Slices, opening_of

log = logging.getLogger(__name__)

_PREVIEWS_PER_TICK = 2
_FILMED_PER_TICK = 4
_QUANTUM_GRIDS = 18
"""How far a key may be ahead before it waits. With less, the chance of who asked lately makes grids late."""
_MOST_BEGUN = 64
"""Requests that have begun. With more it takes long until anybody's picture is finished."""
_MOST_HEADS = 64
"""Of those who wait, so many are weighed against those who have begun, while there is room for more."""
_ROOM = {Speed.TURBO: 1.0, Speed.FAST: 0.9, Speed.RELAX: 0.5}
"""How much of the room a speed may fill: somebody more urgent need not wait until a picture is finished."""

Notice: TypeAlias = tuple[Ticket, Event | EngineError]
"""What is to be told to a ticket's holder. `Finished` or an error is the last of a ticket."""


class DenoisingLoop:
    """Runs requests on one device, as many at a time as pay. One thread calls it.

    A request waits outside the device, then runs on it, is denoised tick by tick, and finishes between ticks.
    `clock` gives seconds; whatever it measures is what the policy weighs and what requests are charged.
    """

    def __init__(
        self,
        library: Library,
        *,
        preview_seconds: float = 1.0,
        place_seconds: float = 1.0,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self._library = library
        self._preview_seconds = preview_seconds
        self._clock = clock
        self._policy = Policy(quantum_seconds=_QUANTUM_GRIDS * library.seconds_per_grid())
        self._pace = Pace(library.device)
        self._numbers = count(1)
        self._waiting: Waiting[Ticket] = Waiting()
        self._running: dict[int, Running] = {}
        self._finishing: dict[int, tuple[Ticket, Slices | Naming | Opening]] = {}
        """What is done between the passes for those who have begun: before their steps, or after them."""
        self._candidates: dict[int, Candidate] = {}
        """How the policy sees everybody who is not merely waiting."""
        self._places = Places(self._waiting, self._running, seconds=place_seconds)
        self._previews: list[tuple[Ticket, Arrival]] = []
        """Small pictures on their way from the device; where ticks are slow, several of one ticket."""
        self._notices: list[Notice] = []
        self._tick_seconds = 0.0

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to do."""
        return not (self._waiting or self._running or self._finishing)

    @property
    def begun_bytes(self) -> int:
        """What those who have begun take on the device, beside the weights."""
        tickets = [running.ticket for running in self._running.values()]
        return sum(one.num_bytes for one in [*tickets, *(ticket for ticket, _ in self._finishing.values())])

    def generation(self, ticket: Ticket) -> Generation | None:
        """What is being denoised for a ticket; None before that and after it."""
        running = self._running.get(ticket.number)
        return None if running is None else running.generation

    def submit(self, request: Request) -> Ticket:
        """Take a request in; it starts when its turn comes.

        Raises: ModelNotFound; whatever else is wrong with a request that nobody checked.
        """
        ticket = self._to_draw(request) if isinstance(request, Generate) else self._to_do_between(request)
        self._waiting.add(ticket)
        self._notices.append((ticket, self._places.first(ticket, ticket.queued_at)))
        return ticket

    def _to_draw(self, request: Generate) -> Ticket:
        ticket = Ticket(
            number=next(self._numbers),
            request=request,
            queued_at=self._clock(),
            capacity=self._library.entry(request.model).capacity,
            num_bytes=0,
            is_instructed=Capability.INSTRUCTIONS in self._library.entry(request.model).info.capabilities,
        )
        self._weigh(ticket)
        return ticket

    def _weigh(self, ticket: Ticket) -> None:
        """Reckon what a drawing takes."""
        request, capacity = ticket.drawing, ticket.capacity
        ticket.num_bytes = num_bytes_in(self._library, request)
        cap = capacity.cap(ticket.area)
        work = expected_passes(request) * expected_rows(request, is_instructed=ticket.is_instructed)
        ticket.share_seconds = work * capacity.seconds(cap, ticket.area) / cap

    def _to_do_between(self, request: Between) -> Ticket:
        cost = cost_of(request, self._library)
        return Ticket(
            number=next(self._numbers),
            request=request,
            queued_at=self._clock(),
            capacity=self._library.entry(self._library.models()[0].name).capacity,
            num_bytes=cost.num_bytes,
            share_seconds=cost.seconds,
        )

    def cancel(self, ticket: Ticket) -> None:
        """Forget a request, wherever it is; it gets no further notice."""
        self._leave(ticket)
        self._notices = [notice for notice in self._notices if notice[0] is not ticket]

    @torch.inference_mode()
    def step(self) -> list[Notice]:
        """One tick: choose, admit, one forward pass, advance, retire; and a slice of what else is to do.

        Raises: DeviceLost.
        """
        ranking = self._rank()
        batch = self._admit(self._choose(ranking))
        if batch:
            self._tick(batch)
        self._tell_previews()
        self._retire()
        self._work_between(ranking)
        drawn = {running.ticket.number for running in batch}
        self._notices += self._places.told(ranking, drawn, self._clock())
        notices, self._notices = self._notices, []
        return notices

    def _rank(self) -> list[Candidate]:
        begun, taken = len(self._running), self.begun_bytes
        speeds = [speed for speed in Speed if self._has_room(speed, begun, taken)]
        heads = [ticket.candidate() for ticket in self._waiting.heads(_MOST_HEADS, speeds)]
        return self._policy.rank([*self._candidates.values(), *heads], self._clock(), self._switch_seconds)

    def _choose(self, ranking: Sequence[Candidate]) -> list[Candidate]:
        chosen = choose(list(self._admissible(ranking)), self._cap)
        is_decoding = any(ticket.is_drawn for ticket, _ in self._finishing.values())
        if is_decoding and chosen and not self._library.is_resident(chosen[0].group.model):
            return []  # the model that leaves still has pictures to decode
        return chosen

    def _admissible(self, ranking: Sequence[Candidate]) -> Iterator[Candidate]:
        """Who runs, and of those who wait the first that find room. Nobody overtakes for being small."""
        begun, taken, is_full = len(self._running), self.begun_bytes, False
        for one in ranking:
            if one.ticket in self._running:
                yield one
            elif one.ticket in self._waiting and self._waiting[one.ticket].is_drawn and not is_full:
                wanted = self._waiting[one.ticket].num_bytes
                is_full = not self._has_room(one.speed, begun, taken + wanted)
                if not is_full:
                    begun, taken = begun + 1, taken + wanted
                    yield one

    def _has_room(self, speed: Speed, begun: int, taken: int) -> bool:
        """Whether another may begin where so many have, so that they take so many bytes; the first always."""
        share = _ROOM[speed]
        has_memory = taken <= share * self._library.begun_budget
        return begun == 0 or (begun < share * _MOST_BEGUN and has_memory)

    def _admit(self, chosen: Sequence[Candidate]) -> list[Running]:
        """Put those on the device that are not yet; who fails at it is out."""
        newcomers = [self._waiting[one.ticket] for one in chosen if one.ticket in self._waiting]
        if newcomers:
            self._read_together(newcomers)
        for ticket in newcomers:
            self._start(ticket)
        admitted = [(self._running[one.ticket], one) for one in chosen if one.ticket in self._running]
        for running, one in admitted:
            running.generation.allow(one.rows)
        return [running for running, _ in admitted]

    def _read_together(self, newcomers: Sequence[Ticket]) -> None:
        """Have the model ready, and read the texts of all who start in this tick in one pass.

        One newcomer reads alone, as the pipelines do; so does everybody where reading together fails.
        """
        started = self._clock()
        several = newcomers if len(newcomers) > 1 else ()
        try:
            checkpoint = self._in_force(newcomers[0])
            checkpoint.encode_together([texts_of(ticket.drawing, checkpoint) for ticket in several])
        except Exception:
            log.info("%d requests could not be prepared together.", len(newcomers), exc_info=True)
        seconds = self._clock() - started
        for ticket in newcomers:
            self._charge(ticket, seconds / len(newcomers))

    def _start(self, ticket: Ticket) -> None:
        started = self._clock()
        with self._blaming(ticket):
            self._prepare(ticket)
            text = self._library.checkpoint(ticket.drawing.model).text
            unread = " ".join(filter(None, (text.unread(part.text) for part in ticket.drawing.prompts)))
            self._waiting.begin(ticket)
            self._notices.append((ticket, Started(unread=unread)))
            self._charge(ticket, self._clock() - started)

    def _prepare(self, ticket: Ticket) -> None:
        """Run it, unless something is to be done before its first step."""
        before = naming_of(ticket.drawing, self._library) or opening_of(ticket.drawing)
        if before is None:
            self._run(ticket)
            return
        self._finishing[ticket.number] = (ticket, before)
        self._candidates[ticket.number] = ticket.candidate()

    def _run(self, ticket: Ticket) -> None:
        self._finishing.pop(ticket.number, None)
        started = self._clock()
        running = Running(ticket=ticket, generation=self._begun(ticket), drawn_at=started)
        self._running[ticket.number] = running
        self._candidates[ticket.number] = running.candidate()

    def _in_force(self, ticket: Ticket, *others: Ticket) -> Checkpoint:
        """The ticket's model, on the device, changed by its LoRAs, with its borders and in its precision,
        and what reads the maps of all of a group."""
        checkpoint = self._library.checkpoint(ticket.drawing.model)
        followed = [control.name for one in (ticket, *others) for control in one.drawing.controls]
        self._library.load_controls(ticket.drawing.model, followed)
        checkpoint.put_in_force(
            loras=ticket.drawing.loras, tiles=ticket.drawing.tiles, in_float32=ticket.in_float32
        )
        return checkpoint

    def _tick(self, batch: Sequence[Running]) -> None:
        """One forward pass for the batch, one step of each scheduler, and the bill."""
        started = self._clock()
        shares = [running.generation.num_rows for running in batch]
        shown = self._due_for_preview(batch, started)
        for running, prediction in self._predict(batch):
            with self._blaming(running.ticket):
                self._advance(running, prediction, is_shown=running in shown)
        self._pace.wait()
        self._tick_seconds = self._clock() - started
        for running, share in zip(batch, shares, strict=True):
            self._charge(running.ticket, self._tick_seconds * share / sum(shares))
        going_on = [one for one in batch if one.ticket.number in self._running]
        seen = [one for one in going_on if one.generation.pieces_left < one.generation.num_pieces]
        self._tell_progress(seen, [one for one in shown if one in seen and one.generation.step > 0])

    def _due_for_preview(self, batch: Sequence[Running], now: float) -> list[Running]:
        filmed = [running for running in batch if running.ticket.drawing.shows_each_step]
        due = [running for running in batch if now - running.previewed_at >= self._preview_seconds]
        return [*filmed[:_FILMED_PER_TICK], *[one for one in due if one not in filmed][:_PREVIEWS_PER_TICK]]

    def _advance(self, running: Running, prediction: torch.Tensor, *, is_shown: bool) -> None:
        generation, model = running.generation, running.ticket.drawing.model

        def step() -> None:
            generation.advance(prediction, keeps_prediction=is_shown)

        with self._exactly(running):
            whole_within_memory(self._library, model, step)
            self._candidates[running.ticket.number] = running.candidate()

    @contextmanager
    def _exactly(self, running: Running) -> Iterator[None]:
        """Where sixteen bits turn out not to be enough, all of it is drawn once more in float32."""
        ticket = running.ticket
        try:
            yield
        except NotANumber:
            if ticket.in_float32 or not self._library.checkpoint(ticket.drawing.model).has_sixteen_bits:
                raise
            log.warning("Request %d overflowed in sixteen bits; once more in float32.", ticket.number)
            ticket.in_float32 = True
            running.generation = self._begun(ticket)
            self._candidates[ticket.number] = running.candidate()

    def _begun(self, ticket: Ticket) -> Generation:
        model = ticket.drawing.model
        return whole_within_memory(
            self._library,
            model,
            lambda: Generation(ticket.drawing, self._in_force(ticket), moments=ticket.moments),
        )

    def _predict(self, batch: Sequence[Running]) -> list[tuple[Running, torch.Tensor]]:
        """The prediction for each. If the pass fails, each tries alone, and only the culprits fail."""
        if len(batch) == 1:
            with self._blaming(batch[0].ticket):
                return list(zip(batch, self._forward(batch), strict=True))
            return []
        try:
            return list(zip(batch, self._forward(batch), strict=True))
        except Exception as error:
            if is_device_lost(error):
                raise as_engine_error(error) from error
            log.warning("A pass of %d requests failed; trying one by one.", len(batch), exc_info=True)
            return [pair for running in batch for pair in self._predict([running])]

    def _forward(self, batch: Sequence[Running]) -> tuple[torch.Tensor, ...]:
        """One pass for all, who are of one group; each one's share of the prediction."""
        first, *others = [running.ticket for running in batch]
        model = first.drawing.model
        checkpoint = whole_within_memory(self._library, model, lambda: self._in_force(first, *others))
        parts = [running.generation.rows() for running in batch]
        rows = whole_within_memory(self._library, model, lambda: pack(parts))
        prediction = predict_within_memory(self._library, checkpoint, first.capacity, rows, area=first.area)
        return split(prediction, parts)

    def _retire(self) -> None:
        """Move those that are denoised on to what is done between ticks.

        Here the device is waited for, at the end of the tick: decoding does so anyhow.
        """
        for running in [one for one in self._running.values() if one.generation.is_done]:
            ticket = running.ticket
            with self._blaming(ticket), self._exactly(running):
                running.generation.confirm()
            if ticket.number in self._running and running.generation.is_done:
                del self._running[ticket.number]
                decoding = Decoding(ticket.drawing, running.generation.latents, ticket.capacity)
                self._finishing[ticket.number] = (ticket, decoding)

    def _work_between(self, ranking: Sequence[Candidate]) -> None:
        """A slice for the most entitled that has something to finish: no longer than a tick."""
        number = next((one.ticket for one in ranking if self._may_go_on_between(one)), None)
        if number is None:
            return
        started = self._clock()
        ticket = self._waiting[number] if number in self._waiting else self._finishing[number][0]
        with self._blaming(ticket):
            work = self._begin_between(ticket) if number in self._waiting else self._finishing[number][1]
            if isinstance(work, Naming | Opening):
                self._go_on_before(ticket, work)
                return
            result = work.advance(self._library, self._tick_seconds if self._running else None)
            self._charge(ticket, self._clock() - started)
            if result is not None:
                self._end(ticket, Finished(result=result, gpu_seconds=ticket.device_seconds))
            elif isinstance(work, Counted):
                self._tell_done(ticket, work)

    def _go_on_before(self, ticket: Ticket, work: Naming | Opening) -> None:
        """A slice of what comes before the first step."""
        started, seconds = self._clock(), self._tick_seconds if self._running else None
        if isinstance(work, Naming):
            named = work.advance(self._library, seconds)
            if named is not None:
                ticket.request = named
                self._weigh(ticket)
                self._prepare(ticket)
        else:
            ticket.moments = work.advance(self._library, seconds)
            if ticket.moments is not None:
                self._run(ticket)
        self._charge(ticket, self._clock() - started)

    def _may_go_on_between(self, one: Candidate) -> bool:
        """Whether a slice may be done for it. What is not drawn begins in its turn, where there is room."""
        if one.ticket in self._finishing:
            ticket = self._finishing[one.ticket][0]
            return ticket.is_drawn or not self._is_in_the_way(one, ticket.between)
        if one.ticket not in self._waiting or self._waiting[one.ticket].is_drawn:
            return False
        ticket, begun = self._waiting[one.ticket], len(self._running) + len(self._finishing)
        has_room = self._has_room(one.speed, begun, self.begun_bytes + ticket.num_bytes)
        return has_room and not self._is_in_the_way(one, ticket.between)

    def _is_in_the_way(self, one: Candidate, request: Between) -> bool:
        """Relaxed work slows nobody down: it goes on when nobody else is drawn.

        Nor does a model come and go for what is done beside a drawing of another.
        """
        others = [running.ticket.request.speed for running in self._running.values()]
        if others and not all(map(self._library.is_resident, models_of(request))):
            return True
        return one.speed is Speed.RELAX and any(speed is not Speed.RELAX for speed in others)

    def _begin_between(self, ticket: Ticket) -> Slices:
        """Begin what takes part in no forward pass."""
        work = slices_of(ticket.between)
        self._waiting.begin(ticket)
        self._finishing[ticket.number] = (ticket, work)
        self._candidates[ticket.number] = ticket.candidate_between(1.0)
        self._notices.append((ticket, Started()))
        return work

    def _tell_done(self, ticket: Ticket, work: Counted) -> None:
        done, total = work.num_done, work.num_pieces
        self._candidates[ticket.number] = ticket.candidate_between(1 - done / total)
        eta_seconds = ticket.share_seconds * (1 - done / total)
        self._notices.append((ticket, Progress(step=done, total=total, eta_seconds=eta_seconds)))

    def _tell_progress(self, batch: Sequence[Running], shown: Sequence[Running]) -> None:
        now = self._clock()
        for running in batch:
            running.drawn_at, running.ticket.position = now, 0
            generation = running.generation
            eta_seconds = generation.passes_left * self._tick_seconds
            total = generation.num_pieces
            step = total - generation.pieces_left
            self._notices.append((running.ticket, Progress(step=step, total=total, eta_seconds=eta_seconds)))
        for running in shown:
            running.previewed_at = now
            self._preview(running)

    def _preview(self, running: Running) -> None:
        """Show how far it is. Where memory is short, it is not shown."""
        with self._blaming(running.ticket):
            checkpoint = self._library.checkpoint(running.ticket.drawing.model)
            try:
                pixels = checkpoint.preview(running.generation.predicted_original())
                self._previews.append((running.ticket, Arrival(pixels)))
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                free_cached_memory(self._library.device)

    def _tell_previews(self) -> None:
        """Show what has come from the device. What has not is shown in a later tick: nobody waits for it."""
        coming, self._previews = self._previews, []
        for ticket, arrival in coming:
            if arrival.is_here:
                self._notices.append((ticket, Preview(images=as_pictures(arrival.get()))))
            else:
                self._previews.append((ticket, arrival))

    def _cap(self, group: Group) -> int:
        return self._library.entry(group.model).capacity.cap(group.width * group.height)

    def _switch_seconds(self, group: Group) -> float:
        return self._library.switch_seconds(group.model) if group.model else 0.0

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
        self._waiting.remove(ticket)
        for tickets in (self._running, self._finishing, self._candidates):
            tickets.pop(ticket.number, None)
        self._previews = [one for one in self._previews if one[0].number != ticket.number]
