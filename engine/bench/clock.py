"""The time that work takes, undisturbed by what else the machine does, and without waiting while idle."""

from collections.abc import Callable
from time import perf_counter, thread_time

import torch

from engine.device import synchronize


class WorkClock:
    """Seconds of work: CPU time of this thread on a CPU, wall time on a GPU. Idle time is skipped."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._read = thread_time if device.type == "cpu" else perf_counter
        self._offset = -self._read()

    def __call__(self) -> float:
        return self._read() + self._offset

    def restart(self) -> None:
        """Begin at zero again."""
        self._offset = -self._read()

    def skip(self, seconds: float) -> None:
        """Go on by so many seconds at once."""
        self._offset += seconds

    def skip_to(self, moment: float) -> None:
        """Go on to a later moment at once."""
        self.skip(max(0.0, moment - self()))

    def synchronized(self) -> float:
        """Now, when the device has done all it was given."""
        synchronize(self._device)
        return self()

    def measure(self, work: Callable[[], object]) -> float:
        """Seconds that some work takes, to its end on the device."""
        started = self.synchronized()
        work()
        return self.synchronized() - started
