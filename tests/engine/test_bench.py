"""The measurements measure what they say."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image

from engine.bench import (
    attention,
    crowd,
    fairness,
    kernels,
    lag,
    load,
    looking,
    members,
    operations,
    parity,
    rows,
)
from engine.bench.arms import in_order, through_engine
from engine.bench.clock import WorkClock
from engine.bench.load import LoadPlan
from engine.bench.modelled import modelled
from engine.bench.traffic import Arrival, poisson_traffic
from engine.capacity import Capacity
from engine.config import EngineConfig
from engine.library import Library
from tests.engine.requests import generate

CPU = torch.device("cpu")


def test_in_order_of_arrival_a_request_waits_for_all_before_it() -> None:
    traffic = [Arrival(at=at, request=generate(num_inference_steps=4)) for at in (0.0, 1.0, 9.0)]
    outcome = in_order(traffic, [4.0, 1.0, 2.0], interval=1.0)
    assert [one.latency for one in outcome.served] == [4.0, 4.0, 2.0]
    assert [one.first_preview for one in outcome.served] == [1.0, 3.25, 0.5]
    assert outcome.busy_seconds == 7.0


def test_the_engine_serves_every_arrival_not_before_it_came(library: Library) -> None:
    traffic = poisson_traffic(seed=1, count=6, model="tiny", size=64)
    outcome = through_engine(library, traffic, 0.05, WorkClock(CPU))
    assert {one.arrival.at for one in outcome.served} == {arrival.at for arrival in traffic}
    assert all(0 < one.first_preview <= one.latency for one in outcome.served)


def test_traffic_is_mixed_and_repeatable() -> None:
    traffic = poisson_traffic(seed=0, count=200, model="tiny", size=64, heavy_share=0.42)
    again = poisson_traffic(seed=0, count=200, model="tiny", size=64, heavy_share=0.42)
    assert [arrival.at for arrival in traffic] == [arrival.at for arrival in again]
    assert traffic[-1].at == pytest.approx(200, rel=0.2)
    assert 10 < sum(arrival.is_short for arrival in traffic) < 60
    assert 60 < sum(arrival.request.fairness_key == "heavy" for arrival in traffic) < 110


def test_the_clock_skips_idle_time() -> None:
    clock = WorkClock(CPU)
    clock.skip_to(1000.0)
    assert 1000.0 <= clock() < 1001.0
    clock.skip_to(5.0)
    assert clock() >= 1000.0
    clock.restart()
    assert clock() < 1.0


def test_a_modelled_pass_takes_the_time_that_its_rows_were_measured_to_take(library: Library) -> None:
    clock, checkpoint, capacity = WorkClock(CPU), library.checkpoint("tiny"), Capacity({1: 100.0}, 64 * 64)
    with modelled([checkpoint.unet], capacity, clock, 64 * 64):
        seconds = clock.measure(lambda: checkpoint.predict_noise(checkpoint.blank_rows(3)))
    assert 300.0 <= seconds < 310.0
    assert checkpoint.predict_noise(checkpoint.blank_rows(1)).any(), "afterwards it predicts again"


def test_load_and_fairness_print_their_tables(
    library: Library, tiny_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = LoadPlan(model=str(tiny_path), size=64, loads=(1.0,), seeds=1, jobs=6)
    load.measure(library, plan)
    fairness.measure(library, replace(plan, jobs=12, is_modelled=True))
    printed = capsys.readouterr().out
    assert "| load 1.0 | ×" in printed
    assert "one grid against twenty" in printed


def test_of_several_seeds_the_range_is_told_and_not_the_best() -> None:
    assert load.range_of([1.5, 3.0, 1.25]) == "1.50 (1.25–3.00)"
    assert load.range_of([2.0]) == "2.00"


def test_rows_prints_the_knee_and_the_hosts_share(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    rows.measure(library, [64])
    printed = capsys.readouterr().out
    assert "| 64 px |" in printed
    assert "%" in printed


def test_kernels_prints_a_line_for_each_way(
    tiny_xl_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch, "compile", lambda module, **_: module)  # compiling takes minutes
    monkeypatch.setattr(kernels, "_ROWS", {"1 image": 2, "4 images": 8})
    config = EngineConfig(model=str(tiny_xl_path), device="cpu", dtype="float32", num_threads=1, max_rows=8)
    kernels.measure(Library(config), str(tiny_xl_path))
    printed = capsys.readouterr().out
    assert "| diffusers, eager |" in printed
    assert "| engine, compiled |" in printed


def test_parity_prints_no_difference(tiny_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parity.measure([str(tiny_path)], "cpu", samplers=["dpmpp-2m"])
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| dpmpp-2m |")]
    assert lines[0].startswith("| dpmpp-2m | 0 | 0 | ")


async def test_crowd_prints_what_each_size_costs(tiny_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = EngineConfig(model=str(tiny_path), device="cpu", dtype="float32", num_threads=1, max_rows=8)
    await crowd.measure(config, [2, 5], seconds=0.1)
    printed = capsys.readouterr().out
    assert "| 2 |" in printed
    assert "×1.00" in printed
    assert "members at once" in printed


async def test_lag_prints_idle_and_drawing(tiny_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await lag.measure(str(tiny_path), "cpu", seconds=0.2)
    assert "| drawing |" in capsys.readouterr().out


def test_looking_prints_what_is_found_and_what_outlasts(
    sketch: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    looking.measure(sketch, num_drawings=1, num_prompts=1)
    printed = capsys.readouterr().out
    assert "first caption | 0 of 1" in printed, "the apple is a tomato first"
    assert printed.count("1 of 1") == 3


def test_operations_prints_a_row_for_each_and_draws_them_on_a_sheet(
    library: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    operations.measure(library, tmp_path / "sheet.png")
    printed = capsys.readouterr().out
    for name in (
        "text to image",
        "a part repainted",
        "tiles",
        "stopped at 30 %",
        "no text",
        "two pictures mixed",
    ):
        assert f"| {name} | " in printed
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.size[0] > sheet.size[1] / 2


def test_attention_prints_a_row_for_each_drawing_and_shows_maps_on_a_sheet(
    sketch: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(attention, "_NUM_DRAWINGS", 1)
    monkeypatch.setattr(attention, "_SHOWN", ("a hat",))
    attention.measure(sketch, tmp_path / "maps.png")
    printed = capsys.readouterr().out
    assert "| banana | " in printed
    assert "| mean of 1 | " in printed
    with Image.open(tmp_path / "maps.png") as sheet:
        assert sheet.width == 3 * sheet.height * 144 // 164


def test_what_routing_costs_is_measured_on_a_full_cluster() -> None:
    assert min(members.routing(gpus=2, waiting=20, jobs=5)) > 0


def test_eight_gpus_serve_eight_times_the_members_of_one_no_slower() -> None:
    curve = {1: 10.0, 8: 20.0, 16: 40.0}
    rates = [0.8 * gpus / members.grid_seconds(curve) for gpus in (1, 8)]
    one, eight = (
        members.serve(curve, gpus=gpus, rate=rate, seconds=30.0)
        for gpus, rate in zip((1, 8), rates, strict=True)
    )
    assert eight.p95_seconds <= 1.2 * one.p95_seconds
    assert 0.5 < eight.share_busy <= 1.0
