"""What an owner is told of the device: what it is, or why a card that is there does not draw."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from engine import machine
from engine.errors import InvalidRequest
from engine.machine import Card, check_card, is_built_for, look_at_device, seen_card

RTX = Card(name="NVIDIA GeForce RTX 4090", driver="580.65.06")


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], None]:
    """A torch that was built for a CUDA, or for none, and sees no card."""

    def built(cuda: str | None) -> None:
        monkeypatch.setattr(torch.version, "cuda", cuda)
        monkeypatch.setattr(torch.cuda, "is_available", lambda: False)

    return built


def test_a_processor_is_named_with_its_memory_build_and_speed() -> None:
    machine_here = look_at_device("cpu")
    told = machine_here.words
    assert "cores" in told
    assert "GiB" in told
    assert f"torch {torch.__version__}" in told
    assert "TFLOPS" in told


def test_a_card_that_a_torch_for_processors_cannot_use_fails_also_where_nobody_asked_for_it(
    build: Callable[[str | None], None],
) -> None:
    build(None)
    with pytest.raises(InvalidRequest, match=r"cannot use the NVIDIA GeForce RTX 4090.*pip install"):
        check_card(RTX, is_needed=False)
    check_card(None, is_needed=False)


@pytest.mark.parametrize(
    ("cuda", "card", "cure"),
    [
        (None, None, "pip install --force-reinstall torch=="),
        ("13.0", None, "container toolkit"),
        ("13.0", RTX, "Update the driver"),
    ],
)
def test_each_reason_has_its_own_cure(
    build: Callable[[str | None], None], cuda: str | None, card: Card | None, cure: str
) -> None:
    build(cuda)
    with pytest.raises(InvalidRequest, match=cure):
        check_card(card, is_needed=True)


@pytest.mark.parametrize(
    ("capability", "architectures", "is_built"),
    [
        ((8, 9), ["sm_75", "sm_80", "sm_86", "sm_90"], True),
        ((6, 1), ["sm_75", "sm_80", "sm_86"], False),
        ((8, 6), ["sm_80"], True),
        ((8, 0), ["sm_86"], False),
        ((12, 0), ["sm_90a"], False),
        ((12, 0), ["sm_90", "compute_90"], True),
        ((12, 0), ["sm_120"], True),
        ((9, 0), [], True),
    ],
)
def test_a_card_that_torch_has_no_code_for_is_known(
    capability: tuple[int, int], architectures: list[str], *, is_built: bool
) -> None:
    assert is_built_for(*capability, architectures) is is_built


def test_the_driver_is_asked_for_its_first_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 'NVIDIA GeForce RTX 4090, 580.65.06'\necho 'Another, 580.65.06'\n")
    program.chmod(0o755)
    monkeypatch.setattr(machine, "SMI", (str(program),))
    assert seen_card() == RTX


def test_without_its_program_the_driver_still_says_its_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = tmp_path / "version"
    version.write_text("NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 2024\n")
    monkeypatch.setattr(machine, "SMI", ("/no/nvidia-smi",))
    monkeypatch.setattr(machine, "DRIVER", version)
    assert seen_card() == Card(name="card", driver="550.54.14")
    monkeypatch.setattr(machine, "DRIVER", tmp_path / "none")
    assert seen_card() is None
