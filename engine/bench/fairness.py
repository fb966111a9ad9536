"""How others fare when one key floods the device: against twenty grids, and at overload."""

from collections.abc import Iterable
from dataclasses import replace
from random import Random
from statistics import median

from engine.api import Finished
from engine.bench.arms import Outcome, Served, in_order, service_seconds, through_engine
from engine.bench.clock import WorkClock
from engine.bench.load import LoadPlan, mean
from engine.bench.stock import StockPipelines
from engine.bench.table import print_table
from engine.bench.traffic import grid, poisson_traffic
from engine.library import Library
from engine.loop import DenoisingLoop

_HEAVY_SHARE = 0.42


def measure(library: Library, plan: LoadPlan) -> None:
    """Print the mean latency of light and heavy keys, first come first served and through the engine."""
    name = library.models()[0].name
    pipelines = StockPipelines(plan.model, device=library.device, dtype=library.dtype)
    clock = WorkClock(library.device)
    rows = []
    for load in plan.loads:
        runs = []
        for seed in range(plan.seeds):
            traffic = poisson_traffic(
                seed=seed, count=plan.jobs, model=name, size=plan.size, heavy_share=_HEAVY_SHARE
            )
            services = service_seconds(pipelines, traffic, clock)
            interval = sum(services) / len(services) / load
            engine = through_engine(library, traffic, interval)
            runs.append(_compare(in_order(traffic, services, interval), engine))
        columns = [median(column) for column in zip(*runs, strict=True)]
        rows.append([f"load {load}", f"×{columns[0]:.1f}", *(f"{value:.2f}" for value in columns[1:])])
    print_table(["one key sends 42 %", "light keys", *_METRICS], rows)
    places = sorted(_place_against_twenty(library, plan.size, seed) for seed in range(plan.seeds))
    print_table(["one grid against twenty", "its place"], [["median", str(median(places))]])


_METRICS = ("light in order: s", "light engine: s", "heavy in order: s", "heavy engine: s")


def _compare(stock: Outcome, engine: Outcome) -> list[float]:
    """The light keys' gain, and the mean latencies that it comes from."""
    light = [mean(_of(outcome, heavy=False)) for outcome in (stock, engine)]
    heavy = [mean(_of(outcome, heavy=True)) for outcome in (stock, engine)]
    return [light[0] / light[1], *light, *heavy]


def _of(outcome: Outcome, *, heavy: bool) -> Iterable[Served]:
    return [one for one in outcome.served if (one.arrival.request.fairness_key == "heavy") == heavy]


def _place_against_twenty(library: Library, size: int, seed: int) -> int:
    """The order in which a lone grid is finished that was submitted after twenty of another key."""
    loop, random = DenoisingLoop(library), Random(seed)
    name = library.models()[0].name
    flood = replace(grid(random, number=seed, model=name, size=size), fairness_key="many")
    for _ in range(20):
        loop.submit(flood)
    lone = loop.submit(replace(flood, fairness_key="one"))
    finished = []
    while lone not in finished:
        finished += [ticket for ticket, event in loop.step() if isinstance(event, Finished)]
    return finished.index(lone) + 1
