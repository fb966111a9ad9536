"""The two ways to serve the same traffic: stock pipeline calls in order of arrival, and the engine."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.api import (
    Explain,
    Explained,
    Finished,
    Generate,
    Generated,
    ModelInfo,
    Preview,
    Request,
    WeightedPrompt,
)
from engine.bench.clock import WorkClock
from engine.bench.stock import StockPipelines
from engine.bench.traffic import Arrival
from engine.errors import EngineError
from engine.library import Library
from engine.loop import DenoisingLoop
from engine.ticket import Ticket
from engine.work.denoising import Generation


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """How one request fared, in seconds from its arrival."""

    arrival: Arrival
    latency: float
    first_preview: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one arm served the traffic."""

    served: list[Served]
    busy_seconds: float


def service_seconds(pipelines: StockPipelines, traffic: Sequence[Arrival], clock: WorkClock) -> list[float]:
    """What each request takes as a pipeline call on an idle device."""
    return [clock.measure(lambda: pipelines.draw(arrival.request)) for arrival in traffic]  # noqa: B023


def in_order(traffic: Sequence[Arrival], services: Sequence[float], interval: float) -> Outcome:
    """One call after another in order of arrival, every `interval` seconds on average."""
    free, served = 0.0, []
    for arrival, service in zip(traffic, services, strict=True):
        begun = max(free, arrival.at * interval)
        free = begun + service
        first_step = begun + service / arrival.request.num_inference_steps
        served.append(
            Served(
                arrival=arrival,
                latency=free - arrival.at * interval,
                first_preview=first_step - arrival.at * interval,
            )
        )
    return Outcome(served=served, busy_seconds=sum(services))


def usual(info: ModelInfo, text: str, seed: int) -> Generate:
    """One picture of the model's native size, as it likes to draw."""
    return Generate(
        model=info.name,
        prompts=(WeightedPrompt(text=text),),
        width=info.native_size,
        height=info.native_size,
        seeds=(seed,),
        num_inference_steps=info.default_steps,
        guidance_scale=info.default_guidance_scale,
        sampler=info.default_sampler,
    )


def finish(loop: DenoisingLoop, request: Generate) -> Generated:
    """Draw one request on an idle loop.

    Raises: the EngineError that ended it.
    """
    return finished(loop, request).generated


def explained(loop: DenoisingLoop, request: Explain) -> Explained:
    """How a picture came about, told by an idle loop.

    Raises: the EngineError that ended it.
    """
    result = finished(loop, request).result
    if not isinstance(result, Explained):
        raise TypeError("another request was answered")
    return result


def finished(loop: DenoisingLoop, request: Request) -> Finished:
    """What comes of one request on an idle loop.

    Raises: the EngineError that ended it.
    """
    loop.submit(request)
    while not loop.is_idle:
        for _, event in loop.step():
            if isinstance(event, EngineError):
                raise event
            if isinstance(event, Finished):
                return event
    raise LookupError("the loop is idle, and the request has not ended")


def denoised(
    loop: DenoisingLoop, request: Generate, others: Sequence[Generate] = (), *, ticks_apart: int = 0
) -> Generation:
    """What was denoised for a request, as it ended, among others that join one after the other.

    Raises: LookupError, if it never began.
    """
    ticket, seen = loop.submit(request), None
    for other in others:
        for _ in range(ticks_apart):
            loop.step()
            seen = loop.generation(ticket) or seen
        loop.submit(other)
    while not loop.is_idle:
        loop.step()
        seen = loop.generation(ticket) or seen
    if seen is None:
        raise LookupError("the request was not drawn")
    return seen


def through_engine(
    library: Library, traffic: Sequence[Arrival], interval: float, clock: WorkClock
) -> Outcome:
    """The same arrivals through the denoising loop."""
    clock.restart()
    loop = DenoisingLoop(library, clock=clock)
    coming = list(reversed(traffic))
    open_tickets: dict[Ticket, Arrival] = {}
    previews: dict[Ticket, float] = {}
    served, busy_seconds = [], 0.0
    while coming or not loop.is_idle:
        if loop.is_idle:
            clock.skip_to(coming[-1].at * interval)
        while coming and coming[-1].at * interval <= clock():
            arrival = coming.pop()
            open_tickets[loop.submit(arrival.request)] = arrival
        started = clock()
        notices = loop.step()
        now = clock()
        busy_seconds += now - started
        for ticket, event in notices:
            since = now - open_tickets[ticket].at * interval
            if isinstance(event, EngineError):
                raise event
            if isinstance(event, Preview):
                previews.setdefault(ticket, since)
            if isinstance(event, Finished):
                served.append(
                    Served(arrival=open_tickets[ticket], latency=since, first_preview=previews[ticket])
                )
    return Outcome(served=served, busy_seconds=busy_seconds)
