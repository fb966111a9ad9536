"""How a picture came about: the same picture, maps that lie on things, and that nobody else pays for them."""

from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from bot.imaging.explained import marked
from engine.api import (
    Event,
    Explain,
    Explained,
    Finished,
    Generate,
    Lora,
    Mask,
    Progress,
    Queued,
    Speed,
    Start,
    Started,
    WeightedPrompt,
)
from engine.bench.arms import denoised, explained
from engine.bench.attention import auc, compared, drawings, heat_of, on_paper, request
from engine.bench.tiny import TOKENS, save_tiny_lora
from engine.checks import check_explaining
from engine.config import EngineConfig
from engine.errors import EngineError, InvalidRequest
from engine.families.attention import AttentionMaps
from engine.families.unet import Checkpoint
from engine.library import Library
from engine.loop import DenoisingLoop
from engine.ticket import Ticket
from engine.work.explaining import Explaining
from tests.engine.requests import generate, result

GREY = Image.linear_gradient("L").resize((64, 64)).convert("RGB")


def one(prompt: str = "a red fox", **changes: Any) -> Generate:
    return generate(prompt, **{"seeds": (3,)} | changes)


def heats(told: Explained) -> "np.ndarray[Any, Any]":
    return np.stack([np.asarray(word.heat) for word in told.words])


@pytest.mark.parametrize(
    "drawing",
    [
        one(),
        one(model="tiny-xl"),
        one(guidance_scale=1.0, sampler="euler-a"),
        one(guidance_interval=(0.2, 0.6), negative_prompt="a cat"),
        one(prompts=(WeightedPrompt(text="a fox", weight=2), WeightedPrompt(text="some snow"))),
        one("a very long text that does not fit into one window", width=128, height=72),
        one(start=Start(source=GREY, strength=0.6), mask=Mask(area=GREY, feather=2)),
        one(stop=0.5, tiles=True),
    ],
)
def test_it_is_the_picture_that_is_drawn_bit_for_bit(library: Library, drawing: Generate) -> None:
    expected = denoised(DenoisingLoop(library), drawing).latents
    work = Explaining(Explain(drawing=drawing))
    while (told := work.advance(library, None)) is None:
        pass
    assert work._redraw is not None
    assert torch.equal(work._redraw.generation.latents, expected)
    assert work.num_done + 1 == work.num_pieces
    assert told.image.tobytes() == result(DenoisingLoop(library), drawing).images[0].tobytes()
    assert told.engine_version == library.version
    assert all(word.heat.size == (drawing.width // 8, drawing.height // 8) for word in told.words)
    assert heats(told).min() >= 0
    assert heats(told).max() <= 1


def test_afterwards_the_unet_is_as_it_was(library: Library) -> None:
    checkpoint = library.checkpoint("tiny")
    checkpoint.put_in_force(loras=(), tiles=False, in_float32=False)
    rows = checkpoint.blank_rows(2)
    before, processors = checkpoint.predict_noise(rows), dict(checkpoint.unet.attn_processors)
    explained(DenoisingLoop(library), Explain(drawing=one()))
    assert torch.equal(checkpoint.predict_noise(rows), before)
    assert checkpoint.unet.attn_processors == processors
    assert not any(module._forward_pre_hooks for module in checkpoint.unet.modules())


def test_where_it_fails_too(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(AttentionMaps, "_see", failing)
    with pytest.raises(EngineError):
        explained(DenoisingLoop(library), Explain(drawing=one()))
    monkeypatch.undo()
    unet = library.checkpoint("tiny").unet
    assert not any(module._forward_pre_hooks for module in unet.modules())


def test_every_place_parts_its_whole_attention_among_the_tokens(library: Library) -> None:
    checkpoint, rows = library.checkpoint("tiny"), library.checkpoint("tiny").blank_rows(3)
    some, others = tuple(range(5)), tuple(range(5, TOKENS))
    maps = AttentionMaps(texts=[[(*some, *others)], [some, others]], height=8, width=8)
    for _ in range(2):
        maps.begin_step(1)
        with checkpoint.watched(maps):
            checkpoint.predict_noise(rows)
        maps.keep_step()
    whole, first, second = maps.finished()
    assert torch.allclose(whole, torch.ones(8, 8), atol=1e-5)
    assert torch.allclose(first + second, whole, atol=1e-5)
    assert 0.02 < first.mean() < 0.98


def test_what_is_moved_away_from_does_not_count(library: Library) -> None:
    loop, drawing = DenoisingLoop(library), one(num_inference_steps=1)
    told = explained(loop, Explain(drawing=drawing))
    elsewhere = explained(loop, Explain(drawing=replace(drawing, negative_prompt="rain, trees")))
    other = explained(loop, Explain(drawing=replace(drawing, prompts=(WeightedPrompt(text="a red owl"),))))
    assert np.allclose(heats(told), heats(elsewhere), atol=1e-6)
    assert not np.allclose(heats(told), heats(other), atol=1e-3)


def test_a_step_that_is_taken_again_in_smaller_pieces_counts_once(
    tiny_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Library(EngineConfig(model=str(tiny_path), device="cpu", dtype="float32", max_rows=8))
    expected = explained(DenoisingLoop(library), Explain(drawing=one()))
    see, calls = AttentionMaps._see, 0

    def crowded(self: AttentionMaps, name: str, layer: Any, places: torch.Tensor, text: torch.Tensor) -> None:
        nonlocal calls
        calls += 1
        see(self, name, layer, places, text)
        if len(places) > 1:
            raise torch.OutOfMemoryError("full")

    monkeypatch.setattr(AttentionMaps, "_see", crowded)
    told = explained(DenoisingLoop(library), Explain(drawing=one()))
    assert calls > 1
    assert np.allclose(heats(told), heats(expected), atol=1e-5)


def test_each_word_has_its_map_however_often_it_is_said_and_marks_have_none(library: Library) -> None:
    told = explained(
        DenoisingLoop(library), Explain(drawing=one("A fox, the fox's hat-box … and 2 --- cats!"))
    )
    assert [word.word for word in told.words] == ["A", "fox", "the", "fox's", "hat-box", "and", "2", "cats"]
    first, second = (np.asarray(told.words[place].heat) for place in (1, 3))
    assert not np.array_equal(first, second)


def test_the_tokens_of_a_word_are_found_in_every_window(library: Library) -> None:
    text = library.checkpoint("tiny").text
    tokenizer, room = text._tokenizers[0], TOKENS - 2
    prompt = "a red fox in the snow, and many more foxes behind it, running to the end of all and beyond it"
    ids = tokenizer(prompt, add_special_tokens=False).input_ids
    windows = [ids[start : start + room] for start in range(0, len(ids), room)]
    encoded = [token for window in windows for token in (-1, *window, *[-1] * (TOKENS - 1 - len(window)))]
    words = text.words(prompt)
    for word in words[:-1]:
        assert tokenizer.decode([encoded[place] for place in word.positions]).replace(" ", "") == word.text
    places = [place for word in words for place in word.positions]
    assert len(places) == len(set(places))
    assert max(places) < 3 * TOKENS
    assert len(words) < len(prompt.split()), "what is beyond the last window is not read"


def test_a_lora_that_changes_the_attention_is_seen(tiny_path: Path, tmp_path: Path) -> None:
    library = Library(
        EngineConfig(
            model=str(tiny_path),
            device="cpu",
            dtype="float32",
            max_rows=8,
            loras={"style": save_tiny_lora(tmp_path / "style.safetensors")},
        )
    )
    loop, drawing = DenoisingLoop(library), one(loras=(Lora(name="style"),))
    told = explained(loop, Explain(drawing=drawing))
    assert told.image.tobytes() == result(loop, drawing).images[0].tobytes()
    assert not np.array_equal(heats(told), heats(explained(loop, Explain(drawing=one()))))


def run_dry(loop: DenoisingLoop) -> list[tuple[Ticket, Event | EngineError]]:
    told = []
    while not loop.is_idle:
        told += loop.step()
    return told


def test_beside_a_drawing_it_takes_a_step_between_the_ticks(library: Library) -> None:
    loop = DenoisingLoop(library)
    drawn = loop.submit(generate(num_inference_steps=12))
    told_of = loop.submit(Explain(drawing=one(), speed=Speed.FAST, fairness_key="b"))
    told = [(ticket, type(event)) for ticket, event in run_dry(loop)]
    steps = [index for index, event in enumerate(told) if event == (drawn, Progress)]
    pieces = [index for index, event in enumerate(told) if event == (told_of, Progress)]
    assert len(steps) == 12, "it is drawn in each tick"
    assert sum(steps[0] < piece < steps[-1] for piece in pieces) >= 3
    kinds = [kind for ticket, kind in told if ticket is told_of and kind is not Progress]
    assert kinds == [Queued, Started, Finished]


def test_relaxed_it_waits_until_nobody_else_is_drawn_and_company_changes_nothing(library: Library) -> None:
    loop = DenoisingLoop(library)
    expected = explained(loop, Explain(drawing=one()))
    drawn = loop.submit(generate(tiles=True))
    relaxed = loop.submit(Explain(drawing=one()))
    events = run_dry(loop)
    told = [(ticket, type(event)) for ticket, event in events]
    last_step = max(index for index, event in enumerate(told) if event == (drawn, Progress))
    assert told.index((relaxed, Started)) > last_step
    end = next(event for ticket, event in events if ticket is relaxed and isinstance(event, Finished))
    assert isinstance(end.result, Explained)
    assert end.result.image.tobytes() == expected.image.tobytes()


def test_no_model_comes_and_goes_for_it_while_another_draws(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "is_resident", lambda name: name == "tiny")
    loop = DenoisingLoop(library)
    drawn = loop.submit(generate())
    other = loop.submit(Explain(drawing=one(model="tiny-xl"), speed=Speed.FAST))
    told = [(ticket, type(event)) for ticket, event in run_dry(loop)]
    last_step = max(index for index, event in enumerate(told) if event == (drawn, Progress))
    assert told.index((other, Started)) > last_step


def test_numbers_that_run_away_in_sixteen_bits_are_drawn_in_float32(
    tiny_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Library(EngineConfig(model=str(tiny_path), device="cpu", dtype="bfloat16", max_rows=8))
    predict = Checkpoint.predict_noise

    def overflowing(self: Checkpoint, rows: Any) -> torch.Tensor:
        prediction = predict(self, rows)
        return prediction if self.unet.dtype == torch.float32 else prediction * float("inf")

    monkeypatch.setattr(Checkpoint, "predict_noise", overflowing)
    told = explained(DenoisingLoop(library), Explain(drawing=one()))
    assert len(told.frames) == 6
    assert np.isfinite(heats(told)).all()


def test_it_takes_what_its_drawing_takes_and_its_maps(library: Library) -> None:
    loop = DenoisingLoop(library)
    drawing = one()
    bare = loop.submit(drawing)
    ticket = loop.submit(Explain(drawing=drawing))
    assert ticket.num_bytes == bare.num_bytes + 3 * 3 * 8 * 8 * 4
    assert ticket.share_seconds > 0
    loop.cancel(bare)
    loop.step()
    assert loop.begun_bytes == ticket.num_bytes
    loop.cancel(ticket)
    assert loop.is_idle


def test_of_many_steps_some_are_shown(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.work.explaining._MOST_FRAMES", 4)
    told = explained(DenoisingLoop(library), Explain(drawing=one(num_inference_steps=10)))
    assert len(told.frames) == 1 + 4  # the noise, then after steps 3, 6, 9 and 10


def test_more_than_one_picture_is_refused_in_a_sentence(library: Library) -> None:
    with pytest.raises(InvalidRequest, match="One picture is explained at a time, not 4"):
        check_explaining(Explain(drawing=generate()), library.models()[0])
    with pytest.raises(InvalidRequest, match="multiple of 8"):
        check_explaining(Explain(drawing=one(width=63)), library.models()[0])


def test_on_the_embedded_model_a_word_is_hot_where_its_thing_is(sketch: Library) -> None:
    loop, info = DenoisingLoop(sketch, preview_seconds=1e9), sketch.models()[0]
    drawn = list(islice(drawings(loop, info, ("balloon", "rocket", "car")), 3))
    assert len(drawn) == 3
    own, other = np.mean(compared(drawn), axis=0)
    assert own >= 0.85
    assert own > other + 0.1


def test_on_the_embedded_model_two_things_are_told_apart_and_the_picture_comes_out_of_noise(
    sketch: Library,
) -> None:
    (info,) = sketch.models()
    told = explained(DenoisingLoop(sketch), request(info, "a cat wearing a hat"))
    inside, hat = on_paper(told.image), np.zeros((256, 256), dtype=bool)
    hat[:88] = inside[:88]
    assert auc(heat_of(told, "hat")[inside], hat[inside]) > 0.95
    assert auc(heat_of(told, "cat")[inside], ~hat[inside]) > 0.95
    area = np.asarray(marked([word.heat for word in told.words if word.word == "hat"], told.image.size)) > 0
    assert area[hat].mean() > 0.9
    assert area[inside & ~hat].mean() < 0.15
    assert (area & hat).sum() / (area | hat).sum() > 0.3
    picture = np.asarray(told.image.resize((64, 64), Image.Resampling.BOX)).astype(float)
    away = [np.abs(np.asarray(frame) - picture).mean() for frame in told.frames]
    assert len(away) == 1 + info.default_steps
    assert away[0] > 2 * away[1] > 2 * away[-1]
