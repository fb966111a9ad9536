"""How many members so many GPUs serve: the router itself, on replicas simulated from a measured curve."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from random import Random
from time import thread_time

import numpy as np

from engine.api import Generate, ModelInfo, WeightedPrompt
from engine.bench.table import print_table
from engine.capacity import Capacity
from engine.cluster.router import Replica, Router
from engine.cluster.work import Job, rows_of

CURVES: dict[str, Mapping[int, float]] = {
    "64 px, not filled by a grid": {1: 17.3, 2: 28.2, 4: 33.2, 8: 50.7, 16: 92.5, 32: 136.6, 64: 279.9},
    "128 px, filled by a grid": {1: 37.9, 2: 52.8, 4: 77.3, 8: 133.1, 16: 264.7, 32: 478.4},
}
"""Rows of a pass → milliseconds, as `RESULTS.md` has them."""
GPUS = (1, 2, 4, 8, 16, 32, 64)
GRIDS_AN_HOUR = 6
"""Of a member who draws."""
STEPS = 25
DECODE_SECONDS = 0.05
"""Of one picture."""
WAITING = 1000
"""So many wait while it is measured what routing costs a full cluster."""
MOST_SECONDS = 60.0
"""In which nineteen of twenty grids must be finished."""
SHARES = (0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5)
"""Of what the GPUs could draw if nobody had to come at random; tried in this order."""
MEMBERS_OF_A_GPU = 40
"""Keys that draw, for each: enough that they meet at random."""
HOUR_SECONDS, LEAST_SECONDS = 3600.0, 300.0
"""So long is simulated: an hour for one GPU, less for more."""
SETTLED = 0.25
"""The share of the simulated time in which the queue grows to its length, and nothing is counted."""


@dataclass(slots=True)
class _Device:
    """A replica whose passes take what they were measured to take."""

    capacity: Capacity
    jobs: dict[int, float] = field(default_factory=dict)
    """What is left of each, in passes that it takes part in."""
    rows: dict[int, int] = field(default_factory=dict)
    at: float = 0.0
    """Up to when it is worked out."""
    busy_seconds: float = 0.0

    def pass_seconds(self) -> float:
        """From one step of a job to its next: all that is here shares the passes."""
        cap = self.capacity.cap(1)
        total = sum(self.rows.values())
        passes = max(1.0, total / cap)
        return passes * self.capacity.seconds(min(total, cap), 1)

    def advance(self, now: float) -> None:
        """Draw up to a moment."""
        if self.jobs:
            done = (now - self.at) / self.pass_seconds()
            self.jobs = {number: left - done for number, left in self.jobs.items()}
            self.busy_seconds += now - self.at
        self.at = now

    def next_end(self) -> tuple[float, int]:
        """When the next of its jobs is finished, if nobody else comes, and which; never without one."""
        if not self.jobs:
            return float("inf"), 0
        number = min(self.jobs, key=self.jobs.__getitem__)
        return self.at + max(0.0, self.jobs[number]) * self.pass_seconds(), number


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What a simulated hour was like."""

    p95_seconds: float
    share_busy: float
    milliseconds_of_routing: float
    """Of the driver, for one job."""


def measure(gpus: tuple[int, ...] = GPUS) -> None:
    """Print, for each curve, how many members so many GPUs serve, and what routing costs."""
    for name, curve in CURVES.items():
        rows = [[str(one), *_row(curve, one, max(LEAST_SECONDS, HOUR_SECONDS / one))] for one in gpus]
        header = [name, "members", "grids a second", "p95 s", "busy", "ms of routing a job"]
        print_table(header, rows)
    costs = [[str(one), *(f"{cost:.2f}" for cost in routing(gpus=one, waiting=WAITING))] for one in gpus]
    print_table([f"{WAITING} waiting", "ms of routing a job", "ms of telling all their places"], costs)


def routing(*, gpus: int, waiting: int, jobs: int = 200) -> tuple[float, float]:
    """Milliseconds of a full cluster's router: for one job that ends and one that comes, and all places."""
    capacity = capacity_of(next(iter(CURVES.values())))
    router, random, numbers = Router(), Random(0), count(1)
    for at in range(gpus):
        router.set_replica(Replica(name=f"gpu {at}", models={"model": _model(capacity)}))
    begun: list[int] = []

    def come() -> None:
        key = str(random.randrange(MEMBERS_OF_A_GPU * gpus))
        router.add(Job(number=next(numbers), request=_grid(key), queued_at=0.0))

    while router.num_waiting < waiting:
        come()
        begun += [one.job.number for one in router.assign(0.0)]
    begin = thread_time()
    for at in range(jobs):
        router.remove(begun.pop(random.randrange(len(begun))), device_seconds=1.0)
        come()
        begun += [one.job.number for one in router.assign(float(at))]
    routed = thread_time()
    router.places()
    return 1000 * (routed - begin) / jobs, 1000 * (thread_time() - routed)


def _row(curve: Mapping[int, float], gpus: int, seconds: float) -> list[str]:
    tries = ((share * gpus / grid_seconds(curve)) for share in SHARES)
    outcomes = ((rate, serve(curve, gpus=gpus, rate=rate, seconds=seconds)) for rate in tries)
    rate, served = next(one for one in outcomes if one[1].p95_seconds <= MOST_SECONDS)
    return [
        str(round(rate * 3600 / GRIDS_AN_HOUR)),
        f"{rate:.1f}",
        f"{served.p95_seconds:.1f}",
        f"{served.share_busy:.0%}",
        f"{served.milliseconds_of_routing:.2f}",
    ]


def grid_seconds(curve: Mapping[int, float]) -> float:
    """Seconds of a device for one grid, where full passes are shared."""
    capacity = capacity_of(curve)
    cap = capacity.cap(1)
    return passes_of() * capacity.seconds(cap, 1) * 8 / cap


def capacity_of(curve: Mapping[int, float]) -> Capacity:
    """As the engine makes one of what it measured; a picture has an area of 1."""
    return Capacity({rows: milliseconds / 1000 for rows, milliseconds in curve.items()}, 1)


def passes_of() -> float:
    """Of a grid; what decoding takes is added as steps."""
    return STEPS + 1.0


def serve(curve: Mapping[int, float], *, gpus: int, rate: float, seconds: float, seed: int = 0) -> Served:
    """Grids arrive at random, so many a second, for so long; the router gives them to the devices."""
    capacity = capacity_of(curve)
    router, devices = Router(), {f"gpu {at}": _Device(capacity) for at in range(gpus)}
    for name in devices:
        router.set_replica(Replica(name=name, models={"model": _model(capacity)}))
    arrivals = _arrivals(rate, seconds, gpus * MEMBERS_OF_A_GPU, Random(seed))
    asked: dict[int, float] = {}
    waits, routing, where = [], 0.0, dict[int, str]()
    coming = next(arrivals, None)
    while coming is not None or asked:
        ends = ((*one.next_end(), name) for name, one in devices.items())
        end, number, name = min(ends)
        if coming is not None and coming.queued_at <= end:
            now = coming.queued_at
            asked[coming.number] = now
            begin = thread_time()
            router.add(coming)
            coming = next(arrivals, None)
        else:
            now, device = end, devices[name]
            device.advance(now)
            del device.jobs[number], device.rows[number], where[number]
            waits.append((asked.pop(number), now))
            begin = thread_time()
            router.remove(number, device_seconds=grid_seconds(curve))
        assigned = router.assign(now)
        routing += thread_time() - begin
        for one in assigned:
            device = devices[one.replica]
            device.advance(now)
            device.jobs[one.job.number] = passes_of()
            device.rows[one.job.number] = rows_of(one.job.request)
            where[one.job.number] = one.replica
    counted = [end - begin for begin, end in waits if begin >= SETTLED * seconds]
    last = max(device.at for device in devices.values())
    return Served(
        p95_seconds=float(np.quantile(counted, 0.95)),
        share_busy=sum(device.busy_seconds for device in devices.values()) / (gpus * last),
        milliseconds_of_routing=1000 * routing / len(waits),
    )


def _arrivals(rate: float, seconds: float, members: int, random: Random) -> Iterator[Job]:
    at, numbers = 0.0, count(1)
    while (at := at + random.expovariate(rate)) < seconds:
        yield Job(number=next(numbers), request=_grid(str(random.randrange(members))), queued_at=at)


def _grid(key: str) -> Generate:
    return Generate(
        model="model",
        prompts=(WeightedPrompt(text="a red apple"),),
        width=64,
        height=64,
        seeds=(1, 2, 3, 4),
        num_inference_steps=STEPS,
        guidance_scale=7.0,
        sampler="euler",
        fairness_key=key,
    )


def _model(capacity: Capacity) -> ModelInfo:
    return ModelInfo(
        name="model",
        hash="0123456789",
        native_size=64,
        size_multiple=8,
        default_steps=STEPS,
        default_guidance_scale=7.0,
        default_sampler="euler",
        samplers=("euler",),
        seconds_per_image_step=capacity.seconds(8, 1) / 4,
        seconds_per_decode=DECODE_SECONDS,
        rows_per_pass=capacity.cap(1),
    )
