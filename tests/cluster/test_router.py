"""The router, with its own clock and no replicas: places, shares, classes, affinity, loss, and its cost."""

from collections import Counter
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.api import Generate, Lora, ModelInfo, Speed, WeightedPrompt
from engine.cluster.router import FILL, FIRST_FILL, MOST_HEADS, SUSPECT_DEATHS, Replica, Router
from engine.cluster.work import Job, model_of

TINY = ModelInfo(
    name="tiny",
    hash="0123456789",
    native_size=64,
    size_multiple=8,
    default_steps=20,
    default_guidance_scale=5.0,
    default_sampler="euler",
    samplers=("euler",),
    seconds_per_image_step=0.01,
    seconds_per_decode=0.01,
    rows_per_pass=16,
)
OTHER = replace(TINY, name="other", hash="9876543210", seconds_to_load=5.0, is_resident=False)

jobs = st.lists(
    st.builds(
        lambda model, key, speed, seeds, steps: drawing(
            model=model,
            fairness_key=key,
            speed=speed,
            seeds=tuple(range(seeds)),
            num_inference_steps=steps,
        ),
        st.sampled_from(["tiny", "other"]),
        st.sampled_from("abc"),
        st.sampled_from(list(Speed)),
        st.integers(1, 8),
        st.integers(1, 60),
    ),
    max_size=30,
)


@given(jobs, st.integers(1, 4), st.randoms())
def test_every_job_is_drawn_once_whatever_comes_and_goes(
    requests: list[Generate], replicas: int, random: Any
) -> None:
    router, names, finished = Router(), count(), Counter[int]()
    here = {f"r{next(names)}" for _ in range(replicas)}
    for name in here:
        router.set_replica(replica(name, TINY, OTHER))
    drawn: dict[int, str] = {}
    for number, request in enumerate(requests):
        router.add(job(number, request))
    for now in range(1000):
        drawn |= {one.job.number: one.replica for one in router.assign(float(now))}
        if not drawn:
            break
        if random.random() < 0.1:
            lost = random.choice(sorted(here))
            here.remove(lost)
            router.remove_replica(lost)
            drawn = {number: name for number, name in drawn.items() if name != lost}
            fresh = f"r{next(names)}"
            here.add(fresh)
            router.set_replica(replica(fresh, TINY, OTHER))
        else:
            number = random.choice(sorted(drawn))
            del drawn[number]
            router.remove(number, device_seconds=1.0)
            finished[number] += 1
    assert finished == Counter(range(len(requests)))
    assert router.num_waiting == 0


@given(jobs)
def test_no_replica_is_given_more_than_it_may_hold(requests: list[Generate]) -> None:
    router = Router()
    router.set_replica(replica("a", TINY, OTHER))
    for number, request in enumerate(requests):
        router.add(job(number, request))
    rows = [min(16, 2 * len(one.job.request.seeds)) for one in router.assign(0.0)]  # type: ignore[union-attr]
    assert len(rows) <= 3 or sum(rows[:-1]) < FIRST_FILL * 16


@given(jobs)
def test_turbo_goes_first_and_relaxed_work_last(requests: list[Generate]) -> None:
    router = Router()
    router.set_replica(replica("a", TINY, OTHER))
    for number, request in enumerate(requests):
        router.add(job(number, request))
    ranks = {Speed.TURBO: 0, Speed.FAST: 1, Speed.RELAX: 2}
    order = [ranks[one.job.request.speed] for one in router.assign(0.0)]
    assert order == sorted(order)


def test_a_job_goes_where_its_model_is_on_the_device() -> None:
    router = Router()
    router.set_replica(replica("a", TINY, OTHER))
    router.set_replica(replica("b", TINY, replace(OTHER, is_resident=True)))
    router.add(job(1, drawing(model="other")))
    assert where(router) == {1: "b"}


def test_a_model_is_loaded_where_waiting_would_take_longer() -> None:
    router = Router()
    router.set_replica(replica("a", TINY, OTHER))
    router.set_replica(replica("b", TINY, replace(OTHER, is_resident=True)))
    for number in range(40):
        router.add(job(number, drawing(model="other", num_inference_steps=60, fairness_key=str(number))))
    assert "a" in where(router).values()


def test_jobs_with_the_same_loras_go_to_the_same_replica() -> None:
    ink, oil = Lora(name="ink"), Lora(name="oil")
    router = Router()
    for name in ("a", "b"):
        router.set_replica(replica(name, replace(TINY, loras=("ink", "oil"))))
    router.add(job(1, drawing(loras=(ink,))))
    router.add(job(2, drawing(loras=(oil,))))
    first = where(router)
    router.progress(1, 0.9)
    router.progress(2, 0.9)
    router.add(job(3, drawing(loras=(oil,), num_inference_steps=1)))
    assert where(router)[3] == first[2]


def test_a_replica_without_the_lora_is_not_asked_for_it() -> None:
    router = Router()
    router.set_replica(replica("a", TINY))
    router.set_replica(replica("b", replace(TINY, loras=("ink",))))
    for number in range(4):
        router.add(job(number, drawing(loras=(Lora(name="ink"),))))
    assert set(where(router).values()) == {"b"}


def test_other_weights_under_the_same_name_are_not_drawn_with() -> None:
    router = Router()
    router.set_replica(replica("a", TINY))
    router.set_replica(replica("b", replace(TINY, hash="ffffffffff")))
    assert router.others_called("b") == ["tiny"]
    assert [info.hash for info in router.models()] == [TINY.hash]
    for number in range(6):
        router.add(job(number, drawing()))
    assert set(where(router).values()) == {"a"}


def test_a_slow_replica_gets_less() -> None:
    router = Router()
    slow = replace(TINY, seconds_per_image_step=0.04, seconds_per_decode=0.04, rows_per_pass=4)
    router.set_replica(replica("fast", TINY))
    router.set_replica(replica("slow", slow))
    assert 2 <= ratio(router, "fast", "slow", speed_of={"fast": 1.0, "slow": 0.25}) <= 8


def test_a_replica_that_turns_out_slow_gets_less() -> None:
    router = Router()
    router.set_replica(replica("fast", TINY))
    router.set_replica(replica("slow", TINY))
    assert ratio(router, "fast", "slow", speed_of={"fast": 1.0, "slow": 0.25}) >= 2


def test_a_light_member_comes_next_beside_a_heavy_one_on_full_replicas() -> None:
    router = Router()
    for name in ("a", "b"):
        router.set_replica(replica(name, TINY))
    for number in range(50):
        router.add(job(number, drawing(fairness_key="heavy")))
    router.assign(0.0)
    router.add(job(99, drawing(fairness_key="light"), at=1.0))
    assert 99 in where(router, now=1.0)


def test_the_share_of_a_key_is_over_all_replicas() -> None:
    router, served = Router(), Counter[str]()
    for name in ("a", "b", "c"):
        router.set_replica(replica(name, TINY))
    for number in range(600):
        router.add(job(number, drawing(fairness_key="heavy" if number % 3 else "light")))
    running: list[tuple[int, str]] = []
    for step in range(200):
        begun = router.assign(float(step))
        running += [(one.job.number, one.job.request.fairness_key) for one in begun]
        number, key = running.pop(0)
        router.remove(number, device_seconds=0.84)
        served[key] += 1
    assert 0.4 <= served["light"] / served.total() <= 0.6


def test_after_two_losses_a_job_is_drawn_alone() -> None:
    router, names = Router(), count()
    router.add(job(1, drawing()))
    for _ in range(SUSPECT_DEATHS):
        name = f"r{next(names)}"
        router.set_replica(replica(name, TINY))
        assert where(router)[1] == name
        assert not router.was_alone(1)
        router.remove_replica(name)
    router.set_replica(replica("last", TINY))
    router.add(job(2, drawing(fairness_key="other")))
    assert len(where(router)) == 1
    router.remove(2, device_seconds=1.0)
    assert where(router) in ({}, {1: "last"})
    assert router.was_alone(1)


def test_who_waits_is_told_a_place_and_a_time() -> None:
    router = Router()
    router.set_replica(replica("a", TINY))
    for number in range(20):
        router.add(job(number, drawing()))
    begun = where(router)
    places = router.places()
    assert [told.position for _, told in places] == list(range(len(begun) + 1, 21))
    assert [told.eta_seconds for _, told in places] == sorted(told.eta_seconds for _, told in places)
    assert places[0][1].eta_seconds > 0
    newest = job(20, drawing())
    router.add(newest)
    first = router.first_place(newest)
    assert first.position == router.places()[-1][1].position == 21
    assert first.eta_seconds == pytest.approx(router.places()[-1][1].eta_seconds)


def test_without_a_replica_everybody_waits_and_nothing_breaks() -> None:
    router = Router()
    router.add(job(1, drawing()))
    assert router.assign(0.0) == []
    assert not router.can_draw(drawing())
    assert [told.position for _, told in router.places()] == [1]
    router.remove(1)
    assert router.num_waiting == 0


@pytest.mark.parametrize("num_replicas", [1, 64])
def test_routing_a_job_weighs_few_of_a_crowd(num_replicas: int, monkeypatch: pytest.MonkeyPatch) -> None:
    router, weighed = Router(), count()
    for number in range(num_replicas):
        router.set_replica(replica(f"r{number}", TINY))
    cost = Router._cost

    def counted(*arguments: Any) -> float:
        next(weighed)
        return cost(*arguments)

    monkeypatch.setattr(Router, "_cost", counted)
    for number in range(2000):
        router.add(job(number, drawing(fairness_key=str(number % 500))))
    first = router.assign(0.0)
    spent = next(weighed)
    for one in first[:50]:
        router.remove(one.job.number, device_seconds=0.84)
        router.assign(1.0)
    assert (next(weighed) - spent) / len(first[:50]) <= 2 * MOST_HEADS * num_replicas / 8 + 2 * MOST_HEADS


def replica(name: str, *models: ModelInfo) -> Replica:
    return Replica(name=name, models={info.name: info for info in models})


def drawing(**changes: Any) -> Generate:
    values: dict[str, Any] = {
        "model": "tiny",
        "prompts": (WeightedPrompt(text="a red apple"),),
        "width": 64,
        "height": 64,
        "seeds": (1, 2, 3, 4),
        "num_inference_steps": 20,
        "guidance_scale": 5.0,
        "sampler": "euler",
    }
    return Generate(**values | changes)


def job(number: int, request: Generate, *, at: float = 0.0) -> Job:
    return Job(number=number, request=request, queued_at=at)


def where(router: Router, now: float = 0.0) -> dict[int, str]:
    """Which replica each job goes to now."""
    return {one.job.number: one.replica for one in router.assign(now)}


def ratio(router: Router, one: str, other: str, *, speed_of: dict[str, float]) -> float:
    """How many jobs the one replica gets for each of the other, in 400 with always some waiting.

    Each works off its jobs in the order in which they came, at its own speed.
    """
    numbers, got = count(), Counter[str]()
    lines: dict[str, list[int]] = {one: [], other: []}
    free_at = {one: 0.0, other: 0.0}
    for _ in range(30):
        router.add(job(next(numbers), drawing(fairness_key="a")))
    now = 0.0
    while got.total() < 400:
        for assignment in router.assign(now):
            lines[assignment.replica].append(assignment.job.number)
            assert model_of(assignment.job.request) == "tiny"
        ends_at = {name: free_at[name] + 0.84 / speed_of[name] for name in lines if lines[name]}
        name = min(ends_at, key=ends_at.__getitem__)
        now = free_at[name] = max(now, ends_at[name])
        router.remove(lines[name].pop(0), device_seconds=0.84 / speed_of[name])
        got[name] += 1
        router.add(job(next(numbers), drawing(fairness_key="a"), at=now))
    return got[one] / got[other]


assert FILL[Speed.FAST] < FIRST_FILL
