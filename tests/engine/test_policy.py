"""The policy, with its own clock and no tensors: shares, classes, order, cap."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from engine.api import Speed
from engine.policy import Candidate, Group, Policy, tenant_of
from engine.policy import choose as pack

GROUP = Group(model="tiny", width=64, height=64)
OTHER = Group(model="tiny", width=128, height=64)
TICK = 0.1

candidates = st.lists(
    st.builds(
        Candidate,
        ticket=st.integers(0, 1000),
        group=st.sampled_from([GROUP, OTHER]),
        fairness_key=st.sampled_from(["a/1", "a/2", "b/1", "c", ""]),
        speed=st.sampled_from(list(Speed)),
        rows=st.integers(1, 12),
        queued_at=st.floats(0, 100),
        seconds_left=st.floats(0, 100),
    ),
    max_size=20,
    unique_by=lambda candidate: candidate.ticket,
)


@given(candidates)
def test_somebody_runs_whenever_somebody_waits(everybody: list[Candidate]) -> None:
    assert bool(choose(Policy(quantum_seconds=1.0), everybody)) == bool(everybody)


@given(candidates, st.integers(1, 32))
def test_a_batch_is_one_group_and_under_the_cap(everybody: list[Candidate], cap: int) -> None:
    chosen = choose(Policy(quantum_seconds=1.0), everybody, cap=cap)
    assert len({candidate.group for candidate in chosen}) <= 1
    assert len(chosen) <= 1 or sum(candidate.rows for candidate in chosen) <= cap


@given(candidates)
def test_relaxed_work_runs_only_when_nobody_else_waits(everybody: list[Candidate]) -> None:
    chosen = choose(Policy(quantum_seconds=1.0), everybody, cap=10**6)
    if any(candidate.speed != Speed.RELAX for candidate in everybody):
        assert all(candidate.speed != Speed.RELAX for candidate in chosen)


@given(candidates)
def test_turbo_goes_first(everybody: list[Candidate]) -> None:
    chosen = choose(Policy(quantum_seconds=1.0), everybody)
    if any(candidate.speed == Speed.TURBO for candidate in everybody):
        assert chosen[0].speed == Speed.TURBO


@given(candidates.flatmap(lambda everybody: st.tuples(st.just(everybody), st.permutations(everybody))))
def test_the_order_of_the_list_does_not_matter(lists: tuple[list[Candidate], list[Candidate]]) -> None:
    everybody, shuffled = lists
    assert choose(Policy(quantum_seconds=1.0), everybody) == choose(Policy(quantum_seconds=1.0), shuffled)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0.5, 3.0)), min_size=1, max_size=12))
def test_nobody_starves(jobs: list[tuple[str, float]]) -> None:
    waiting = [candidate(key, seconds_left=work) for key, work in jobs]
    assert len(simulate(waiting, ticks=60 * len(jobs))) == len(jobs)


def test_busy_keys_of_equal_weight_get_equal_time() -> None:
    policy = Policy(quantum_seconds=1.0)
    busy = [candidate("many") for _ in range(9)] + [candidate("one")]
    served: Counter[str] = Counter()
    for tick in range(400):
        (chosen,) = choose(policy, busy, now=tick * TICK, cap=1)
        policy.charge(chosen.fairness_key, TICK)
        served[chosen.fairness_key] += 1
        assert abs(served["many"] - served["one"]) * TICK <= 1.0 + 2 * TICK


def test_a_tenant_of_fifty_does_not_starve_a_tenant_of_one() -> None:
    large = [candidate(f"large/{member}") for member in range(50)]
    served = busy([*large, candidate("small/one")], ticks=2000)
    total = sum(served[one.fairness_key] for one in large)
    assert abs(total - served["small/one"]) * TICK <= 1.0 + 2 * TICK
    within = [served[one.fairness_key] for one in large]
    assert (max(within) - min(within)) * TICK <= 1.0 + 2 * TICK, "and among the fifty it is even, too"


@given(
    st.lists(st.sampled_from(["a/1", "a/2", "b/1", "b/2", "b/3", "c/1", "lone"]), min_size=2, unique=True),
    st.lists(st.integers(1, 4), min_size=7, max_size=7),
)
def test_busy_tenants_get_equal_time_and_so_do_the_members_of_each(
    keys: list[str], counts: list[int]
) -> None:
    everybody = [candidate(key) for key, many in zip(keys, counts, strict=False) for _ in range(many)]
    served = busy(everybody, ticks=600)
    by_tenant: dict[str, list[int]] = {}
    for key in keys:
        by_tenant.setdefault(tenant_of(key), []).append(served[key])
    for ticks in ([sum(own) for own in by_tenant.values()], *by_tenant.values()):
        assert (max(ticks) - min(ticks)) * TICK <= 1.0 + 2 * TICK


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0.5, 3.0)), min_size=1, max_size=8))
def test_of_one_tenant_the_order_is_that_of_its_keys_alone(jobs: list[tuple[str, float]]) -> None:
    orders = [
        simulate([candidate(f"{tenant}{key}", seconds_left=work) for key, work in jobs], ticks=400)
        for tenant in ("", "only/")
    ]
    first, second = [[ticket - min(order) for ticket in order] for order in orders]
    assert first == second


def test_what_a_tenant_is_remembered_by_does_not_grow() -> None:
    policy = Policy(quantum_seconds=1.0)
    for tenant in range(200):
        passing, staying = candidate(f"{tenant}/passing"), candidate("stays/here")
        choose(policy, [passing, staying])
        policy.charge(passing.fairness_key, TICK)
        policy.charge(staying.fairness_key, 3.0)
    assert len(policy._keys) < 30


def test_one_grid_is_among_the_first_three_against_twenty() -> None:
    waiting = [candidate("many", seconds_left=2.0) for _ in range(20)]
    waiting.append(candidate("one", seconds_left=2.0))
    assert waiting[-1].ticket in simulate(waiting, ticks=1000)[:3]


def test_age_counts_from_when_a_request_came_to_the_front_of_its_line() -> None:
    policy = Policy(quantum_seconds=100.0)
    first, second, third = (candidate("many", queued_at=0.0) for _ in range(3))
    one = candidate("one", queued_at=49.0)
    assert choose(policy, [first, second, third, one], now=50.0, cap=2) == [first, second]
    assert choose(policy, [second, third, one], now=50.1, cap=2) == [second, one], "the third waited in line"


def test_a_key_far_ahead_waits_though_its_request_is_older() -> None:
    policy = Policy(quantum_seconds=1.0)
    greedy, modest = candidate("greedy", queued_at=0.0), candidate("modest", queued_at=49.0)
    assert choose(policy, [greedy, modest], now=50.0, cap=1) == [greedy]
    policy.charge("greedy", 1.5)
    assert choose(policy, [greedy, modest], now=50.0, cap=1) == [modest]


def test_the_first_step_comes_at_once_and_then_the_front_of_the_line_counts() -> None:
    old = [candidate("old", queued_at=queued_at) for queued_at in (0.0, 1.0, 2.0)]
    new = candidate("new", queued_at=49.0, has_begun=False)
    policy = Policy(quantum_seconds=100.0)
    assert policy.rank([*old, new], 50.0, switches(0.0)) == [new, *old]
    begun = replace(new, has_begun=True)
    assert policy.rank([*old, begun], 50.1, switches(0.0)) == [*old[:2], begun, old[2]]


def test_a_key_far_ahead_gets_no_first_steps() -> None:
    modest, greedy = candidate("modest"), candidate("greedy", has_begun=False)
    policy = Policy(quantum_seconds=1.0)
    assert policy.rank([modest, greedy], 50.0, switches(0.0)) == [greedy, modest]
    policy.charge("greedy", 1.5)
    assert policy.rank([modest, greedy], 50.0, switches(0.0)) == [modest, greedy]


def test_a_first_step_is_not_worth_loading_a_model() -> None:
    here = candidate("a", queued_at=49.0)
    there = replace(candidate("b", queued_at=49.0, has_begun=False), group=replace(GROUP, model="other"))
    assert Policy(quantum_seconds=100.0).rank([here, there], 50.0, switches(0.1))[0] == here


def test_who_was_idle_goes_first_for_a_quantum_and_no_longer() -> None:
    policy = Policy(quantum_seconds=1.0)
    old, new = candidate("old"), candidate("new")
    for tick in range(100):
        choose(policy, [old], now=tick * TICK)
        policy.charge("old", TICK)
    served = []
    for tick in range(100, 160):
        (chosen,) = choose(policy, [old, new], now=tick * TICK, cap=1)
        policy.charge(chosen.fairness_key, TICK)
        served.append(chosen.fairness_key)
    assert set(served[:8]) == {"new"}
    assert served.count("old") >= 20


def test_a_draft_overtakes_a_long_render_of_the_same_key() -> None:
    render = candidate("a", seconds_left=30.0, queued_at=0.0)
    draft = candidate("a", seconds_left=0.2, queued_at=9.0)
    assert choose(Policy(quantum_seconds=1.0), [render, draft], now=10.0, cap=1) == [draft]


def test_a_long_render_is_not_overtaken_for_ever() -> None:
    render = candidate("a", seconds_left=3.0, queued_at=0.0)
    draft = candidate("a", seconds_left=0.2, queued_at=59.9)
    assert choose(Policy(quantum_seconds=1.0), [render, draft], now=60.0, cap=1) == [render]


def test_a_model_switch_must_be_worth_it() -> None:
    here = candidate("a", queued_at=5.0)
    there = replace(candidate("b", queued_at=4.0), group=Group(model="other", width=64, height=64))
    policy = Policy(quantum_seconds=1.0)
    assert policy.rank([here, there], 6.0, switches(0.0))[0] == there
    assert policy.rank([here, there], 6.0, switches(5.0))[0] == here


def test_what_does_not_fit_lets_the_next_one_in() -> None:
    first, big, small = candidate("a", rows=8), candidate("b", rows=12), candidate("c", rows=4)
    assert choose(Policy(quantum_seconds=1.0), [first, big, small], cap=12) == [first, small]


def test_a_flood_of_one_key_does_not_fill_the_pass() -> None:
    flood = [candidate("many", rows=4) for _ in range(10)]
    late = candidate("one", rows=4, queued_at=99.0)
    assert late in choose(Policy(quantum_seconds=1.0), [*flood, late], cap=12)


numbers = count(1)


def candidate(
    key: str,
    *,
    rows: int = 1,
    seconds_left: float = 1.0,
    queued_at: float = 0.0,
    speed: Speed = Speed.FAST,
    has_begun: bool = True,
) -> Candidate:
    return Candidate(
        ticket=next(numbers),
        group=GROUP,
        fairness_key=key,
        speed=speed,
        rows=rows,
        queued_at=queued_at,
        seconds_left=seconds_left,
        has_begun=has_begun,
    )


def switches(seconds: float) -> "Switch":
    return Switch(seconds)


class Switch:
    """Only the model named tiny is resident."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __call__(self, group: Group) -> float:
        return 0.0 if group.model == "tiny" else self.seconds


def choose(
    policy: Policy, everybody: Sequence[Candidate], *, now: float = 100.0, cap: int = 16
) -> list[Candidate]:
    return pack(policy.rank(everybody, now, switches(0.0)), lambda _: cap)


def busy(everybody: list[Candidate], *, ticks: int) -> Counter[str]:
    """How many ticks each key was given, where nobody is ever done and one runs at a time."""
    policy, served = Policy(quantum_seconds=1.0), Counter[str]()
    for tick in range(ticks):
        (chosen,) = choose(policy, everybody, now=tick * TICK, cap=1)
        policy.charge(chosen.fairness_key, TICK)
        served[chosen.fairness_key] += 1
    return served


def simulate(waiting: list[Candidate], *, ticks: int) -> list[int]:
    """Run one candidate a tick; the tickets in the order in which they finish."""
    policy, finished = Policy(quantum_seconds=1.0), []
    left = {one.ticket: one for one in waiting}
    for tick in range(ticks):
        for chosen in choose(policy, list(left.values()), now=tick * TICK, cap=1):
            policy.charge(chosen.fairness_key, TICK)
            remaining = chosen.seconds_left - TICK
            left[chosen.ticket] = replace(chosen, seconds_left=remaining)
            if remaining <= 0:
                finished.append(chosen.ticket)
                del left[chosen.ticket]
    return finished
