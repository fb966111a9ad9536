"""What was measured at one start is known at the next, and nothing wrong with the file does harm."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

import engine.library
from engine.api import ModelInfo
from engine.config import EngineConfig
from engine.library import Library
from engine.loop import DenoisingLoop
from engine.remembered import Measures, Remembered
from tests.engine.requests import generate, result

MEASURES = Measures(
    hash="0123456789",
    num_threads=1,
    curve={1: 0.5, 2: 0.75},
    seconds_per_decode=0.25,
    seconds_per_enlarged_pixel=1e-7,
)


def start(tiny_path: Path, cache: Path, told: list[str], **changes: object) -> Library:
    config = EngineConfig(
        model=str(tiny_path), device="cpu", dtype="float32", num_threads=1, cache_dir=cache, tell=told.append
    )
    return Library(replace(config, **changes))  # type: ignore[arg-type]  # the tests' own fields


def measured(model: ModelInfo) -> ModelInfo:
    """What is known of a model but for how long it took to load this time."""
    return replace(model, seconds_to_load=0.0)


def test_the_second_start_measures_nothing_and_draws_the_same(tiny_path: Path, tmp_path: Path) -> None:
    told: list[str] = []
    first = start(tiny_path, tmp_path / "cache", told)
    assert told[1:] == ["loading tiny", "measuring tiny"]
    told.clear()
    second = start(tiny_path, tmp_path / "cache", told)
    assert told[1:] == ["loading tiny"]
    assert [*map(measured, second.models())] == [*map(measured, first.models())]
    assert second.entry("tiny").capacity.curve == first.entry("tiny").capacity.curve
    images = [result(DenoisingLoop(each), generate()).images[0].tobytes() for each in (first, second)]
    assert images[0] == images[1]


def test_the_hash_is_not_computed_again(
    tiny_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = start(tiny_path, tmp_path, [])
    monkeypatch.setattr("engine.sources._digest", lambda files: pytest.fail(f"{files} were read"))
    assert start(tiny_path, tmp_path, []).models()[0].hash == first.models()[0].hash


@pytest.mark.parametrize("change", ["files", "dtype", "threads", "versions", "device"])
def test_under_other_circumstances_it_is_measured_anew(
    tiny_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    start(tiny_path, tmp_path, [])
    told: list[str] = []
    changes: dict[str, object] = {}
    if change == "files":
        weights = tiny_path / "unet" / "diffusion_pytorch_model.safetensors"
        stat = weights.stat()
        os.utime(weights, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    elif change == "dtype":
        changes = {"dtype": "bfloat16"}
    elif change == "threads":
        changes = {"num_threads": None}
    else:
        name = {"versions": "library_versions", "device": "device_name"}[change]
        monkeypatch.setattr(engine.library, name, lambda *_: "another")
    start(tiny_path, tmp_path, told, **changes)
    assert "measuring tiny" in told


WRONG: tuple[dict[str, object], ...] = (
    {"num_threads": 0},
    {"curve": {}},
    {"curve": {"1": float("nan")}},
    {"curve": [1, 2]},
    {"seconds_per_decode": "long"},
)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{", b"\0\0", b'{"format": 1}', b'{"format": 1, "models": []}']
)
def test_a_damaged_or_foreign_file_counts_as_none(tmp_path: Path, content: bytes) -> None:
    remembered = Remembered(tmp_path)
    (tmp_path / "measured.json").write_bytes(content)
    assert remembered.get({"a": 1}) is None
    remembered.put({"a": 1}, MEASURES)
    assert remembered.get({"a": 1}) == MEASURES


@pytest.mark.parametrize("change", [*WRONG, None])
def test_measures_that_cannot_be_are_not_believed(tmp_path: Path, change: dict[str, object] | None) -> None:
    remembered = Remembered(tmp_path)
    remembered.put({"a": 1}, MEASURES)
    content = json.loads((tmp_path / "measured.json").read_text())
    for key, measures in content["models"].items():
        content["models"][key] = "text" if change is None else measures | change
    (tmp_path / "measured.json").write_text(json.dumps(content))
    assert remembered.get({"a": 1}) is None


def test_a_file_of_another_format_counts_as_none(tmp_path: Path) -> None:
    remembered = Remembered(tmp_path)
    remembered.put({"a": 1}, MEASURES)
    content = json.loads((tmp_path / "measured.json").read_text())
    (tmp_path / "measured.json").write_text(json.dumps(content | {"format": 0}))
    assert remembered.get({"a": 1}) is None


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    for folder in (tmp_path / "file", tmp_path / "no" / "parent", None):
        remembered = Remembered(folder)
        remembered.put({"a": 1}, MEASURES)
        assert remembered.get({"a": 1}) is None


def test_the_file_does_not_grow_for_ever(tmp_path: Path) -> None:
    remembered = Remembered(tmp_path)
    for number in range(100):
        remembered.put({"a": number}, MEASURES)
    assert remembered.get({"a": 0}) is None
    assert remembered.get({"a": 99}) == MEASURES
    assert [path.name for path in tmp_path.iterdir()] == ["measured.json"]
