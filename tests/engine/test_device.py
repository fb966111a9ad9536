"""Which device, and how much of its memory."""

import pytest
import torch

from engine.device import choose_device, memory_budget
from engine.errors import InvalidRequest


def test_a_gpu_that_is_not_there_is_told_from_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert choose_device("cuda:1") == torch.device("cuda", 1)
    with pytest.raises(InvalidRequest, match="There is no cuda:2 here: the last of 2 is cuda:1"):
        choose_device("cuda:2")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(InvalidRequest, match="There is no CUDA device here"):
        choose_device("cuda:1")


def test_the_budget_is_a_share_of_what_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    free = {torch.device("cuda", 0): (5000, 9000), torch.device("cuda", 1): (1000, 9000)}
    monkeypatch.setattr(torch.cuda, "mem_get_info", free.__getitem__)
    assert memory_budget(torch.device("cuda", 1), None) == 700
    assert memory_budget(torch.device("cuda", 1), 0.5) == 2**29
    monkeypatch.setattr("engine.device._system_text", lambda _: "MemTotal: 9 kB\nMemAvailable:   2000 kB\n")
    assert memory_budget(torch.device("cpu"), None) == int(0.7 * 2000 * 1024)
