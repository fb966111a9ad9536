"""A light member beside a heavy one: as with one loop, however many replicas there are. In simulated time."""

from collections import Counter
from pathlib import Path
from statistics import mean

import pytest

from engine.library import Library
from tests.cluster.simulated import Devices, measured_library, simulated_passes
from tests.engine.requests import generate

GRIDS = 40
"""That the heavy member asks for at once, for each device."""
MOMENTS = (0.3, 1.7, 5.0, 9.9, 13.1)
"""When the light one comes."""
STEPS = 20


@pytest.fixture(scope="module")
def library(tiny_path: Path) -> Library:
    return measured_library(tiny_path)


def test_a_light_member_waits_no_longer_than_with_one_loop(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = light_waits(library, None, monkeypatch)
    for num_replicas in (1, 2, 3):
        beside = light_waits(library, num_replicas, monkeypatch)
        assert max(begun for begun, _ in beside) <= max(begun for begun, _ in alone)
        assert mean(end for _, end in beside) <= mean(end for _, end in alone)


def test_the_share_of_a_heavy_member_does_not_grow_with_the_replicas(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 0.45 <= heavy_share(library, None, monkeypatch) <= 0.55
    for num_replicas in (1, 2, 3):
        assert 0.45 <= heavy_share(library, num_replicas, monkeypatch) <= 0.55


def light_waits(
    library: Library, num_replicas: int | None, monkeypatch: pytest.MonkeyPatch
) -> list[tuple[float, float]]:
    """For each moment, seconds until a light member's grid is on a device, and until it is finished."""
    waits = []
    for at in MOMENTS:
        devices = Devices(library, num_replicas)
        with simulated_passes(devices, monkeypatch):
            for _ in range(GRIDS * len(devices.devices)):
                devices.ask(generate(num_inference_steps=STEPS, fairness_key="heavy"))
            while devices.now < at:
                devices.tick()
            light = devices.ask(generate(num_inference_steps=STEPS, fairness_key="light"))
            while light not in devices.tick():
                pass
        waited = devices.waited[light]
        waits.append((waited.until_begun, waited.until_finished))
    return waits


def heavy_share(library: Library, num_replicas: int | None, monkeypatch: pytest.MonkeyPatch) -> float:
    """Of the grids of two, where one has asked for a crowd, and the other has always two open a device."""
    devices, drawn = Devices(library, num_replicas), Counter[str]()
    count = len(devices.devices)
    with simulated_passes(devices, monkeypatch):
        for _ in range(GRIDS * count):
            devices.ask(generate(num_inference_steps=5, fairness_key="heavy"))
        for _ in range(2 * count):
            devices.ask(generate(num_inference_steps=5, fairness_key="light"))
        while drawn.total() < GRIDS * count:
            for number in devices.tick():
                key = devices.requests[number].fairness_key
                drawn[key] += 1
                if key == "light":
                    devices.ask(generate(num_inference_steps=5, fairness_key="light"))
    return drawn["heavy"] / drawn.total()
