"""Poisson traffic through the engine, against the same requests as pipeline calls in order of arrival."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from statistics import median

import numpy as np

from engine.bench.arms import Outcome, Served, in_order, service_seconds, through_engine
from engine.bench.clock import WorkClock
from engine.bench.modelled import modelled
from engine.bench.stock import StockPipelines
from engine.bench.table import print_table
from engine.bench.traffic import Arrival, poisson_traffic
from engine.library import Library


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPlan:
    """What to run: every load with every seed, at one size."""

    model: str
    size: int
    loads: tuple[float, ...]
    seeds: int
    jobs: int
    is_modelled: bool = False
    """Whether passes of the U-Net cost what they were measured to, instead of being made."""

    def traffic(self, seed: int, *, name: str, heavy_share: float = 0.0) -> list[Arrival]:
        """The arrivals of one seed."""
        return poisson_traffic(
            seed=seed, count=self.jobs, model=name, size=self.size, heavy_share=heavy_share
        )


class Arms:
    """Both ways to serve, over one clock: pipeline calls in order of arrival, and the engine."""

    def __init__(self, library: Library, plan: LoadPlan) -> None:
        self._library = library
        self._plan = plan
        self.clock = WorkClock(library.device)
        self._pipelines = StockPipelines(plan.model, device=library.device, dtype=library.dtype)

    def serve(self, traffic: Sequence[Arrival], loads: Sequence[float]) -> list[tuple[Outcome, Outcome]]:
        """In order and through the engine, for each load.

        Calls that are really made are timed before and after the engine's turns, so that a machine whose
        speed changes meanwhile changes both.
        """
        library, clock = self._library, self.clock
        with self.cost():
            before = service_seconds(self._pipelines, traffic, clock)
            intervals = [sum(before) / len(before) / load for load in loads]
            engine = [through_engine(library, traffic, interval, clock) for interval in intervals]
            after = before
            if not self._plan.is_modelled:
                after = service_seconds(self._pipelines, traffic, clock)
        services = [(one + other) / 2 for one, other in zip(before, after, strict=True)]
        stock = [in_order(traffic, services, interval) for interval in intervals]
        return list(zip(stock, engine, strict=True))

    def cost(self) -> AbstractContextManager[None]:
        """Within this, passes cost on the clock what the plan wants them to."""
        if not self._plan.is_modelled:
            return nullcontext()
        name = self._library.models()[0].name
        capacity = self._library.entry(name).capacity
        unets = (self._library.checkpoint(name).unet, self._pipelines.unet)
        return modelled(unets, capacity, self.clock, self._plan.size**2)


def measure(library: Library, plan: LoadPlan) -> None:
    """Print how much better than in order of arrival the engine serves: over the seeds, median and range."""
    name = library.models()[0].name
    arms = Arms(library, plan)
    found: dict[float, list[list[float]]] = {load: [] for load in plan.loads}
    for seed in range(plan.seeds):
        served = arms.serve(plan.traffic(seed, name=name), plan.loads)
        for load, (stock, engine) in zip(plan.loads, served, strict=True):
            found[load].append(_compare(stock, engine))
    rows = ([f"load {load}", *_ranges(found[load])] for load in plan.loads)
    print_table([described(library, plan), *_METRICS], rows)


def described(library: Library, plan: LoadPlan) -> str:
    """What is measured, in a few words."""
    cap = library.entry(library.models()[0].name).capacity.cap(plan.size**2)
    how = ", modelled passes" if plan.is_modelled else ""
    return f"{plan.size} px, cap {cap} rows, {plan.seeds} × {plan.jobs} jobs{how}"


_METRICS = ("mean", "p95", "short jobs", "first preview", "throughput", "in order: mean s", "engine: mean s")


def _compare(stock: Outcome, engine: Outcome) -> list[float]:
    """The metrics; the first five as ratios, above one where the engine is better."""

    def ratio(measure: Callable[[Outcome], float]) -> float:
        return measure(stock) / measure(engine)

    return [
        ratio(lambda outcome: mean(outcome.served)),
        ratio(lambda outcome: float(np.percentile([one.latency for one in outcome.served], 95))),
        ratio(lambda outcome: mean(one for one in outcome.served if one.arrival.is_short)),
        ratio(lambda outcome: float(np.mean([one.first_preview for one in outcome.served]))),
        ratio(lambda outcome: outcome.busy_seconds),
        mean(stock.served),
        mean(engine.served),
    ]


def mean(served: Iterable[Served]) -> float:
    """Mean latency in seconds."""
    return float(np.mean([one.latency for one in served]))


def _ranges(runs: Sequence[Sequence[float]]) -> list[str]:
    """Of each metric the median, and from the least to the most."""
    columns = list(zip(*runs, strict=True))
    return [f"×{range_of(column)}" for column in columns[:5]] + [range_of(column) for column in columns[5:]]


def range_of(values: Sequence[float]) -> str:
    """The median of some values, and from the least to the most where there are several."""
    middle = f"{median(values):.2f}"
    return middle if len(values) == 1 else f"{middle} ({min(values):.2f}–{max(values):.2f})"
