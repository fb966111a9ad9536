"""Passes that are recorded and replayed: what is padded, what is recorded, what makes a recording invalid.

Here a recording is a pass made anew in the memory of its inputs and its output, as a CUDA graph is.
"""

import gc
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch
from PIL import Image

from engine.api import Lora
from engine.bench.tiny import save_tiny_lora
from engine.config import EngineConfig
from engine.families.unet import Checkpoint
from engine.graphs import Recording, ReplayedUNet, bucket
from engine.library import Library
from engine.loop import DenoisingLoop
from engine.rows import Rows, pack
from tests.engine.requests import generate, results


@dataclass
class Recorder:
    """Counts what is recorded and replayed."""

    recorded: list[torch.Size] = field(default_factory=list)
    replayed: int = 0
    error: Exception | None = None

    def __call__(self, run: Callable[[], torch.Tensor]) -> Recording:
        if self.error is not None:
            raise self.error
        output = run().clone()
        self.recorded.append(output.shape)

        def replay() -> None:
            self.replayed += 1
            if self.error is not None:
                raise self.error
            output.copy_(run())

        return Recording(replay=replay, output=output)


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    monkeypatch.setattr("engine.graphs.OFTEN", 2)
    return Recorder()


@pytest.fixture(scope="module")
def own_library(tiny_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Library:
    lora = save_tiny_lora(tmp_path_factory.mktemp("loras") / "lora.safetensors")
    return Library(
        EngineConfig(
            model=str(tiny_path),
            loras={"lora": lora},
            device="cpu",
            dtype="float32",
            num_threads=1,
            max_rows=32,
        )
    )


@pytest.fixture
def checkpoint(own_library: Library, recorder: Recorder) -> Iterator[Checkpoint]:
    checkpoint = own_library.checkpoint("tiny")
    checkpoint.replay_passes(recorder)
    yield checkpoint
    checkpoint._forward = checkpoint.unet


def rows_of(checkpoint: Checkpoint, count: int, *, seed: int = 0, text: str = "a fox") -> Rows:
    """That many rows that differ."""
    generator = torch.Generator().manual_seed(seed)
    encoding = checkpoint.encode_texts([text], "")[0]
    row = [
        Rows(
            sample=torch.randn(1, 4, 8, 8, generator=generator),
            timesteps=torch.full((1,), 100.0 * (number + 1)),
            prompt_embeds=encoding.prompt_embeds,
        )
        for number in range(count)
    ]
    return pack(row)


def plain(checkpoint: Checkpoint, rows: Rows) -> torch.Tensor:
    """What the U-Net itself predicts."""
    prediction: torch.Tensor = checkpoint.unet(
        rows.sample, rows.timesteps, encoder_hidden_states=rows.prompt_embeds, return_dict=False
    )[0]
    return prediction


def test_a_bucket_holds_its_rows_and_there_are_few() -> None:
    assert [bucket(rows) for rows in (1, 3, 4, 5, 9, 33, 64, 65, 200)] == [1, 3, 4, 6, 10, 40, 64, 128, 256]
    assert len({bucket(rows) for rows in range(1, 65)}) == 18
    assert all(rows <= bucket(rows) <= 1.25 * rows for rows in range(1, 65)), "a fifth is wasted at most"


def test_row_counts_of_one_bucket_share_a_recording(checkpoint: Checkpoint, recorder: Recorder) -> None:
    for seed, count in enumerate((5, 6, 5, 6, 5)):
        rows = rows_of(checkpoint, count, seed=seed)
        predicted = checkpoint.predict_noise(rows)
        assert predicted.shape == (count, 4, 8, 8)
        torch.testing.assert_close(predicted, plain(checkpoint, rows), rtol=1e-4, atol=1e-3)
    assert [shape[0] for shape in recorder.recorded] == [6]
    assert recorder.replayed == 4, "the first time it was made as ever"


def test_in_its_bucket_a_row_does_not_notice_how_many_there_are(checkpoint: Checkpoint) -> None:
    rows = rows_of(checkpoint, 12)
    whole = checkpoint.predict_noise(rows)
    (nine, _) = rows.in_parts_of(9)
    for _ in range(2):
        assert torch.equal(checkpoint.predict_noise(nine), whole[:9])


def test_what_was_predicted_stays_when_the_next_is_replayed(checkpoint: Checkpoint) -> None:
    first = [checkpoint.predict_noise(rows_of(checkpoint, 2)) for _ in range(3)]
    copies = [one.clone() for one in first]
    checkpoint.predict_noise(rows_of(checkpoint, 2, seed=7))
    assert all(torch.equal(one, copy) for one, copy in zip(first, copies, strict=True))


def test_what_is_seen_a_few_times_is_not_recorded(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.graphs.OFTEN", 4)
    monkeypatch.setattr("engine.graphs._MOST_KEPT", 1)
    layer = torch.nn.Linear(2, 2)
    replayed = ReplayedUNet(lambda sample: (layer(sample),), layer, state=lambda: (), record=recorder)
    recorded = []
    for count in (1, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1, 1):
        replayed(torch.rand(count, 2))
        recorded.append(len(recorder.recorded))
    assert recorded == [0, 0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 3], "and what was given up begins anew"


def test_what_is_seen_once_is_not_recorded(checkpoint: Checkpoint, recorder: Recorder) -> None:
    for count in (1, 2, 4, 6):
        checkpoint.predict_noise(rows_of(checkpoint, count))
    checkpoint.predict_noise(rows_of(checkpoint, 2, text="long " * 20))
    assert recorder.recorded == []


def test_other_inputs_are_other_recordings(checkpoint: Checkpoint, recorder: Recorder) -> None:
    for text in ("short", "long " * 20) * 3:
        rows = rows_of(checkpoint, 2, text=text)
        torch.testing.assert_close(checkpoint.predict_noise(rows), plain(checkpoint, rows))
    assert (len(recorder.recorded), recorder.replayed) == (2, 4)


def test_what_is_told_in_lists_and_by_name_is_padded_and_recorded_too(recorder: Recorder) -> None:
    layer = torch.nn.Linear(2, 2)

    def forward(sample: torch.Tensor, *, inside: list[torch.Tensor], scale: float) -> tuple[torch.Tensor]:
        return (layer(sample) + scale * inside.pop(0) - inside.pop(0),)  # as diffusers' U-Net takes them

    replayed = ReplayedUNet(forward, layer, state=lambda: (), record=recorder)
    for number in range(3):
        sample, *inside = torch.rand(3, 5, 2).unbind()
        for scale in (1.0, 2.0):
            expected = forward(sample, inside=list(inside), scale=scale)[0]
            torch.testing.assert_close(replayed(sample, inside=list(inside), scale=scale)[0], expected)
        assert len(recorder.recorded) == (2 if number else 0)
    assert {shape[0] for shape in recorder.recorded} == {6}


def test_loras_and_borders_have_recordings_of_their_own(checkpoint: Checkpoint, recorder: Recorder) -> None:
    whole, half = Lora(name="lora", weight=1.0), Lora(name="lora", weight=0.5)
    states: list[tuple[tuple[Lora, ...], bool]] = [
        ((), False),
        ((whole,), False),
        ((), True),
        ((half,), False),
    ]
    rows = rows_of(checkpoint, 2)
    for _ in range(3):
        for loras, tiles in states:
            checkpoint.loras.put_in_force(loras)
            checkpoint.put_tiling_in_force(tiles=tiles)
            torch.testing.assert_close(checkpoint.predict_noise(rows), plain(checkpoint, rows))
    assert len(recorder.recorded) == len(states)
    assert recorder.replayed == 2 * len(states)


def test_weights_that_move_make_recordings_invalid(checkpoint: Checkpoint, recorder: Recorder) -> None:
    rows = rows_of(checkpoint, 2)
    for expected in (1, 2):
        for _ in range(3):
            checkpoint.predict_noise(rows)
        assert len(recorder.recorded) == expected
        with torch.inference_mode(mode=False):  # as where it draws in another precision once
            checkpoint.unet.to(torch.float64).to(torch.float32)


def test_what_cannot_be_recorded_is_drawn_as_ever(
    checkpoint: Checkpoint, recorder: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    recorder.error = RuntimeError("operation not permitted when stream is capturing")
    for count in (2, 2, 2, 4, 4):
        rows = rows_of(checkpoint, count)
        torch.testing.assert_close(checkpoint.predict_noise(rows), plain(checkpoint, rows))
    assert caplog.text.count("could not be recorded") == 1
    assert recorder.recorded == []


def test_where_memory_is_short_recordings_are_given_up_before_anything_else(
    own_library: Library, checkpoint: Checkpoint, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = rows_of(checkpoint, 8)
    for _ in range(2):
        checkpoint.predict_noise(rows)
    decode, sizes = checkpoint.decode, list[int]()

    def decode_where_there_is_room(latents: torch.Tensor) -> tuple[Image.Image, ...]:
        sizes.append(len(latents))
        if any(checkpoint._forward._kept.values()):  # type: ignore[attr-defined]
            raise torch.OutOfMemoryError("full")
        return decode(latents)

    monkeypatch.setattr(checkpoint, "decode", decode_where_there_is_room)
    drawn = results(DenoisingLoop(own_library), generate(num_inference_steps=3))
    assert (len(drawn[0].images), sizes) == (4, [4, 4]), "all at once, as there was room then"
    assert recorder.recorded, "and the next are recorded again"
    assert checkpoint.forget_recordings() is False


def test_what_would_leave_too_little_memory_is_not_recorded_and_all_else_is(
    checkpoint: Checkpoint, recorder: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    large, small = rows_of(checkpoint, 4), rows_of(checkpoint, 2)
    recorder.error = torch.OutOfMemoryError("It would keep 9 MiB, and leave too little.")
    for _ in range(3):
        torch.testing.assert_close(checkpoint.predict_noise(large), plain(checkpoint, large))
    recorder.error = None
    for _ in range(3):
        for rows in (small, large):
            checkpoint.predict_noise(rows)
    assert [shape[0] for shape in recorder.recorded] == [2]
    assert caplog.text.count("It would keep 9 MiB, and leave too little.") == 1
    assert "Traceback" not in caplog.text


def test_pictures_are_the_same_when_passes_are_replayed(
    own_library: Library, library: Library, recorder: Recorder
) -> None:
    own_library.checkpoint("tiny").replay_passes(recorder)
    requests = [
        generate(sampler="euler", seeds=(1, 2, 3)),
        generate(sampler="dpmpp-2m", seeds=(4,), guidance_scale=1.0, num_inference_steps=7),
        generate("long " * 20, sampler="lcm", seeds=(5, 6), num_inference_steps=6),
    ]
    replayed = results(DenoisingLoop(own_library), *requests)
    assert recorder.replayed > 3
    for mine, theirs in zip(replayed, results(DenoisingLoop(library), *requests), strict=True):
        for one, other in zip(mine.images, theirs.images, strict=True):
            difference = torch.tensor(list(one.tobytes())).sub(torch.tensor(list(other.tobytes()))).abs()
            assert difference.max() <= 1
    own_library._drop("tiny")


def test_a_dropped_model_takes_its_recordings_with_it_at_once(
    own_library: Library, recorder: Recorder
) -> None:
    own_library.checkpoint("tiny").replay_passes(recorder)
    passes = weakref.ref(own_library.checkpoint("tiny")._forward)
    gc.disable()
    try:
        own_library._drop("tiny")
        assert passes() is None
    finally:
        gc.enable()
