"""Poisson traffic through the engine, against the same requests as pipeline calls in order of arrival."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from engine.bench.arms import Outcome, Served, in_order, service_seconds, through_engine
from engine.bench.clock import WorkClock
from engine.bench.stock import StockPipelines
from engine.bench.table import print_table
from engine.bench.traffic import poisson_traffic
from engine.library import Library


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPlan:
    """What to run: every load with every seed, at one size."""

    model: str
    size: int
    loads: tuple[float, ...]
    seeds: int
    jobs: int


def measure(library: Library, plan: LoadPlan) -> None:
    """Print how much better than in order of arrival the engine serves: ratios, median over the seeds."""
    name = library.models()[0].name
    pipelines = StockPipelines(plan.model, device=library.device, dtype=library.dtype)
    clock = WorkClock(library.device)
    found: dict[float, list[list[float]]] = {load: [] for load in plan.loads}
    for seed in range(plan.seeds):
        traffic = poisson_traffic(seed=seed, count=plan.jobs, model=name, size=plan.size)
        before = service_seconds(pipelines, traffic, clock)
        intervals = {load: sum(before) / len(before) / load for load in plan.loads}
        engine = {load: through_engine(library, traffic, intervals[load]) for load in plan.loads}
        after = service_seconds(pipelines, traffic, clock)
        services = [(one + other) / 2 for one, other in zip(before, after, strict=True)]
        for load in plan.loads:
            found[load].append(_compare(in_order(traffic, services, intervals[load]), engine[load]))
    capacity = library.entry(name).capacity
    title = f"{plan.size} px, cap {capacity.cap(plan.size**2)} rows, {plan.seeds} × {plan.jobs} jobs"
    print_table([title, *_METRICS], ([f"load {load}", *_medians(found[load])] for load in plan.loads))


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


def _medians(runs: Sequence[Sequence[float]]) -> list[str]:
    values = [median(column) for column in zip(*runs, strict=True)]
    return [f"×{value:.2f}" for value in values[:5]] + [f"{value:.2f}" for value in values[5:]]
