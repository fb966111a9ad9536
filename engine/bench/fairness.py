"""How others fare when one key, or one tenant, floods the device: against twenty, and at overload."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import count
from random import Random
from statistics import median

from engine.api import Finished
from engine.bench.arms import Outcome, Served
from engine.bench.clock import WorkClock
from engine.bench.load import Arms, LoadPlan, described, mean
from engine.bench.table import print_table
from engine.bench.traffic import grid
from engine.library import Library
from engine.loop import DenoisingLoop
from engine.ticket import Ticket

_HEAVY_SHARE = 0.42
_FLOODS = 3
_MEMBERS = 20
_OPEN = 2
"""Grids that each member of a tenant always has under way."""


def measure(library: Library, plan: LoadPlan) -> None:
    """Print the mean latency of light and heavy keys, first come first served and through the engine."""
    name = library.models()[0].name
    arms = Arms(library, plan)
    found: dict[float, list[list[float]]] = {load: [] for load in plan.loads}
    for seed in range(plan.seeds):
        served = arms.serve(plan.traffic(seed, name=name, heavy_share=_HEAVY_SHARE), plan.loads)
        for load, (stock, engine) in zip(plan.loads, served, strict=True):
            found[load].append(_compare(stock, engine))
    rows = ([f"load {load}", *_medians(found[load])] for load in plan.loads)
    print_table([f"one key sends 42 %: {described(library, plan)}", "light keys", *_METRICS], rows)
    places = [_place_against_twenty(library, plan.size, seed) for seed in range(_FLOODS)]
    print_table(["one grid against twenty", "its place"], [["median", str(median(places))]])
    with arms.cost():
        shares = [
            [tenants, str(_share_of_one(library, plan, arms.clock, large))] for tenants, large in _TENANTS
        ]
    print_table([f"one member beside {_MEMBERS}, all always drawing", f"of {plan.jobs} grids"], shares)


_TENANTS = (("each for themselves", ""), ("the twenty are one tenant", "large/"))

_METRICS = ("light in order: s", "light engine: s", "heavy in order: s", "heavy engine: s")


def _compare(stock: Outcome, engine: Outcome) -> list[float]:
    """The light keys' gain, and the mean latencies that it comes from."""
    light = [mean(_of(outcome, heavy=False)) for outcome in (stock, engine)]
    heavy = [mean(_of(outcome, heavy=True)) for outcome in (stock, engine)]
    return [light[0] / light[1], *light, *heavy]


def _medians(runs: Sequence[Sequence[float]]) -> list[str]:
    values = [median(column) for column in zip(*runs, strict=True)]
    return [f"×{values[0]:.1f}", *(f"{value:.2f}" for value in values[1:])]


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


def _share_of_one(library: Library, plan: LoadPlan, clock: WorkClock, tenant: str) -> int:
    """How many of the first grids are a lone member's, beside others of this tenant who never stop either."""
    clock.restart()
    loop, random, number = DenoisingLoop(library, clock=clock), Random(0), count()
    name = library.models()[0].name
    keys = [f"{tenant}{member}" for member in range(_MEMBERS)] + ["one"]

    def submit(key: str) -> None:
        request = grid(random, number=next(number), model=name, size=plan.size)
        open_tickets[loop.submit(replace(request, fairness_key=key))] = key

    open_tickets: dict[Ticket, str] = {}
    finished: list[str] = []
    for key in keys * _OPEN:
        submit(key)
    while len(finished) < plan.jobs:
        for ticket, event in loop.step():
            if isinstance(event, Finished):
                finished.append(open_tickets.pop(ticket))
                submit(finished[-1])
    return finished.count("one")
