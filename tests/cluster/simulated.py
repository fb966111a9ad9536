"""The router over real loops whose passes predict nothing, in simulated time: the same on any machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pytest
import torch

from engine.api import Finished, Generate, Progress, Started
from engine.capacity import Capacity
from engine.cluster.router import Replica, Router
from engine.cluster.work import Job
from engine.config import EngineConfig
from engine.families.unet import Checkpoint
from engine.library import Library
from engine.loop import DenoisingLoop, Notice
from engine.rows import Rows
from engine.ticket import Ticket

CURVE = {1: 0.04, 2: 0.05, 4: 0.07, 8: 0.1, 16: 0.2}
"""Rows of a pass → seconds: a grid with guidance fills it."""
AREA = 64 * 64


def measured_library(path: Path) -> Library:
    """The tiny checkpoint as if it had been measured on a device like that."""
    library = Library(EngineConfig(model=str(path), device="cpu", dtype="float32", num_threads=1, max_rows=8))
    entry = library.entry("tiny")
    info = replace(entry.info, seconds_per_image_step=CURVE[8] / 4, seconds_per_decode=0.01, rows_per_pass=8)
    library._entries["tiny"] = replace(entry, info=info, capacity=Capacity(CURVE, AREA, 8))
    return library


@dataclass(slots=True)
class Waited:
    """How long a request waited."""

    asked_at: float
    started_at: float | None = None
    finished_at: float | None = None

    @property
    def until_begun(self) -> float:
        """Seconds until it was on a device."""
        assert self.started_at is not None
        return self.started_at - self.asked_at

    @property
    def until_finished(self) -> float:
        """Seconds until it was finished."""
        assert self.finished_at is not None
        return self.finished_at - self.asked_at


class Device:
    """A loop with a clock of its own, and what its last tick told that is not passed on yet."""

    def __init__(self, library: Library) -> None:
        self.loop = DenoisingLoop(library, preview_seconds=1e9, clock=lambda: self.now)
        self.now = 0.0
        self.told: list[Notice] = []
        self.numbers: dict[Ticket, int] = {}


class Devices:
    """So many of them behind a router; or one loop without one, as in the bot's process."""

    def __init__(self, library: Library, num_replicas: int | None) -> None:
        self.devices = {f"gpu-{number}": Device(library) for number in range(num_replicas or 1)}
        self.router = None if num_replicas is None else Router()
        if self.router is not None:
            models = {one.name: one for one in library.models()}
            for name in self.devices:
                self.router.set_replica(Replica(name=name, models=models))
        self.now = 0.0
        self.waited: dict[int, Waited] = {}
        self.requests: dict[int, Generate] = {}
        self._numbers = count(1)
        self._ticking: Device | None = None

    def ask(self, request: Generate) -> int:
        """A request comes now."""
        number = next(self._numbers)
        self.waited[number], self.requests[number] = Waited(self.now), request
        if self.router is None:
            self._submit("gpu-0", number)
        else:
            self.router.add(Job(number=number, request=request, queued_at=self.now))
            self._assign()
        return number

    def tick(self) -> list[int]:
        """The next thing that happens, wherever it does: who is finished then."""
        device = min(
            (one for one in self.devices.values() if one.told or not one.loop.is_idle),
            key=lambda one: one.now,
        )
        self.now = device.now
        finished = self._pass_on(device)
        if not device.loop.is_idle:
            self._ticking = device
            device.told = device.loop.step()
        return finished

    def takes(self, seconds: float) -> None:
        """The device that is ticking does something for so long."""
        assert self._ticking is not None
        self._ticking.now += seconds

    def _pass_on(self, device: Device) -> list[int]:
        finished = []
        told, device.told = device.told, []
        for ticket, event in told:
            number = device.numbers[ticket]
            match event:
                case Started():
                    self.waited[number].started_at = self.now
                case Progress() if self.router is not None:
                    self.router.progress(number, event.step / event.total)
                case Finished():
                    self.waited[number].finished_at = self.now
                    finished.append(number)
                    if self.router is not None:
                        self.router.remove(number, device_seconds=event.gpu_seconds)
                        self._assign()
                case _:
                    pass
        return finished

    def _assign(self) -> None:
        assert self.router is not None
        for assignment in self.router.assign(self.now):
            self._submit(assignment.replica, assignment.job.number)

    def _submit(self, name: str, number: int) -> None:
        device = self.devices[name]
        device.now = max(device.now, self.now)
        device.numbers[device.loop.submit(self.requests[number])] = number


@contextmanager
def simulated_passes(devices: Devices, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Within this a pass takes what its rows cost, and nothing else takes any time."""
    capacity = Capacity(CURVE, AREA, 8)

    def predict(_: Checkpoint, rows: Rows) -> torch.Tensor:
        devices.takes(capacity.seconds(len(rows.sample), AREA))
        return torch.zeros_like(rows.sample)

    with monkeypatch.context() as patched:
        patched.setattr(Checkpoint, "predict_noise", predict)
        yield
