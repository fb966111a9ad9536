"""Which device, and how much of its memory."""

import pytest
import torch

from engine.device import Arrival, Pace, choose_device, memory_budget, use_device
from engine.errors import InvalidRequest


def test_a_gpu_that_is_not_there_is_told_from_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert choose_device("cuda:1") == torch.device("cuda", 1)
    with pytest.raises(InvalidRequest, match="There is no cuda:2 here: the last of 2 is cuda:1"):
        choose_device("cuda:2")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(InvalidRequest, match="finds no CUDA device here"):
        choose_device("cuda:1")


def test_the_budget_is_a_share_of_what_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    free = {torch.device("cuda", 0): (5000, 9000), torch.device("cuda", 1): (1000, 9000)}
    monkeypatch.setattr(torch.cuda, "mem_get_info", free.__getitem__)
    assert memory_budget(torch.device("cuda", 1), None) == 700
    assert memory_budget(torch.device("cuda", 1), 0.5) == 2**29
    monkeypatch.setattr("engine.device._system_text", lambda _: "MemTotal: 9 kB\nMemAvailable:   2000 kB\n")
    assert memory_budget(torch.device("cpu"), None) == int(0.7 * 2000 * 1024)


SECOND = torch.device("cuda", 1)


class Event:
    """What torch.cuda.Event is on a machine that has CUDA: done when the device comes to it."""

    is_done = False
    waited: list[object]

    def record(self, stream: object) -> None:
        self.stream = stream

    def query(self) -> bool:
        return self.is_done

    def synchronize(self) -> None:
        self.waited.append(self.stream)


@pytest.fixture
def cuda(monkeypatch: pytest.MonkeyPatch) -> type[Event]:
    monkeypatch.setattr(Event, "waited", [], raising=False)
    monkeypatch.setattr(torch.cuda, "Event", Event)
    monkeypatch.setattr(torch.cuda, "current_stream", lambda device: f"the stream of {device}")
    return Event


def test_a_second_gpu_is_the_threads_own_and_is_kept_pace_with(
    cuda: type[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    own: list[torch.device] = []
    monkeypatch.setattr(torch.cuda, "set_device", own.append)
    use_device(SECOND)
    assert own == [SECOND]
    pace = Pace(SECOND)
    pace.wait()
    assert cuda.waited == [], "one tick it may be ahead"
    pace.wait()
    assert cuda.waited == ["the stream of cuda:1"]


def test_what_comes_from_the_device_is_not_read_before_it_is_there(
    cuda: type[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    tensor = torch.ones(2)
    assert Arrival(tensor).is_here, "on the CPU it is at once"
    arrival = Arrival(_OnCuda(tensor))
    assert not arrival.is_here
    assert torch.equal(arrival.get(), tensor)
    assert cuda.waited == ["the stream of cuda:1"]
    monkeypatch.setattr(Event, "is_done", True)
    assert arrival.is_here


class _OnCuda(torch.Tensor):
    """A tensor that says it is on the second GPU."""

    device = SECOND
