"""Step-level batching: neighbours do not show, nobody starves, and no failure is anybody else's."""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import UNet2DConditionModel
from PIL import Image

from engine.api import Finished, Generate, Preview, Progress, Queued, Speed, Start, Started, WeightedPrompt
from engine.bench.arms import denoised
from engine.bench.tiny import tiny_pipeline
from engine.config import EngineConfig
from engine.errors import EngineError, GenerationFailed, OutOfMemory
from engine.families.unet import Checkpoint
from engine.library import Library
from engine.loop import DenoisingLoop
from engine.rows import Condition, Rows, pack, split
from engine.samplers import SAMPLERS
from engine.sources import Source
from engine.text import TextEncoding
from engine.ticket import Ticket
from tests.engine.requests import generate, result, results

FP32_DECIBELS = 100.0
NEIGHBOURS = (
    generate("a dog", sampler="euler", num_inference_steps=3, seeds=(5,)),
    generate("a cat", sampler="ddim", num_inference_steps=9, guidance_scale=1.0),
    generate("x" * 40, sampler="lcm", num_inference_steps=3, guidance_scale=1.0, seeds=(6, 7)),
    generate("", sampler="euler-a", num_inference_steps=7, negative_prompt="y" * 60, seeds=(8,)),
)

DAMAGED = Start(source=b"?", strength=0.5)


@pytest.fixture
def loop(library: Library) -> DenoisingLoop:
    return DenoisingLoop(library, preview_seconds=0.0)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_neighbours_do_not_show(loop: DenoisingLoop, sampler: str) -> None:
    request = generate(sampler=sampler, num_inference_steps=6)
    alone = latents_of(loop, request)
    with_others = latents_of(loop, request, *NEIGHBOURS)
    joining_later = latents_of(loop, request, *NEIGHBOURS, ticks_apart=2)
    assert decibels(loop, alone, with_others) >= FP32_DECIBELS
    assert decibels(loop, alone, joining_later) >= FP32_DECIBELS


def test_sdxl_neighbours_do_not_show(loop: DenoisingLoop) -> None:
    request = generate(model="tiny-xl")
    others = [generate("a dog", model="tiny-xl", sampler="euler", guidance_scale=1.0, seeds=(9,))]
    alone = latents_of(loop, request)
    assert decibels(loop, alone, latents_of(loop, request, *others), model="tiny-xl") >= FP32_DECIBELS


def test_in_sixteen_bits_a_picture_among_others_is_no_further_from_the_exact_one_than_alone(
    loop: DenoisingLoop, tiny_path: Path
) -> None:
    config = EngineConfig(model=str(tiny_path), device="cpu", dtype="bfloat16", num_threads=1, max_rows=32)
    rounded = DenoisingLoop(Library(config))
    for seed in range(3):
        request = generate(num_inference_steps=6, seeds=(seed, seed + 10))
        exact = latents_of(loop, request)
        alone, among = latents_of(rounded, request), latents_of(rounded, request, *NEIGHBOURS)
        assert not torch.equal(alone, among), "the neighbours change the last bits, or this proves nothing"
        assert decibels(loop, exact, among) >= decibels(loop, exact, alone) - 1.0


def test_requests_that_start_together_read_their_texts_in_one_pass(
    loop: DenoisingLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = loop._library.checkpoint("tiny").text
    passes: list[list[tuple[str, int]]] = []
    encode = text._encode

    def recording(texts: list[tuple[str, int]]) -> list[TextEncoding]:
        passes.append(list(texts))
        return encode(texts)

    monkeypatch.setattr(text, "_encode", recording)
    first = generate("never seen", negative_prompt="not that", seeds=(1,))
    second = generate("nor this, which is a bit longer", negative_prompt="not that", seeds=(2,))
    together = latents_of(loop, first, second, first)
    assert passes == [
        [("never seen", 1), ("not that", 1), ("nor this, which is a bit longer", 2), ("not that", 2)]
    ]
    alone = latents_of(loop, first)
    result(loop, second)
    assert len(passes) == 5, "what was read in company is read again alone, and kept"
    assert decibels(loop, alone, together) >= FP32_DECIBELS
    results(loop, first, second)
    assert len(passes) == 5


def test_texts_that_cannot_be_read_together_are_read_one_by_one(
    loop: DenoisingLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_when(monkeypatch, "encode_together", lambda _: True, torch.OutOfMemoryError("full"))
    results(loop, generate("a hare"), generate("a deer"))


def test_everybody_shares_one_pass(loop: DenoisingLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = record_sizes(monkeypatch, "predict_noise")
    results(loop, *NEIGHBOURS)
    assert sizes[0] == 2 + 4 + 2 + 2


def test_long_texts_are_read_to_their_end(loop: DenoisingLoop) -> None:
    beginning = "a" * 30
    short, long = (result(loop, generate(beginning + end)).images[0] for end in ("b", "b" * 10 + "c"))
    assert short.tobytes() != long.tobytes()


def test_a_multi_prompt_of_one_text_is_that_text(loop: DenoisingLoop) -> None:
    twice = generate(prompts=(WeightedPrompt(text="a dog", weight=2), WeightedPrompt(text="a dog", weight=1)))
    once = latents_of(loop, generate("a dog"))
    assert decibels(loop, once, latents_of(loop, twice)) >= FP32_DECIBELS


def test_a_negative_weight_is_a_prompt_to_move_away_from(loop: DenoisingLoop) -> None:
    pushed = generate(prompts=(WeightedPrompt(text="a dog"), WeightedPrompt(text="a cat", weight=-0.5)))
    assert decibels(loop, latents_of(loop, generate("a dog")), latents_of(loop, pushed)) < 40.0


def test_outside_the_guidance_interval_half_the_rows_suffice(
    loop: DenoisingLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = record_sizes(monkeypatch, "predict_noise")
    results(loop, generate(num_inference_steps=4, guidance_interval=(0.25, 0.75)))
    assert sizes == [4, 8, 8, 4]


def test_a_short_request_does_not_wait_for_a_long_one(loop: DenoisingLoop) -> None:
    long = loop.submit(generate(num_inference_steps=50))
    for _ in range(3):
        loop.step()
    short = loop.submit(generate(num_inference_steps=3))
    ends = [ticket for ticket, event in run_dry(loop) if isinstance(event, Finished)]
    assert ends == [short, long]


def test_every_request_ends_exactly_once(loop: DenoisingLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_when(monkeypatch, "predict_noise", reads_a_long_text, ValueError("poison"))
    requests = [*NEIGHBOURS, generate(model="tiny-xl"), generate(sampler="heun"), generate(start=DAMAGED)]
    tickets = [loop.submit(request) for request in requests]
    cancelled = tickets.pop(1)
    told = loop.step()
    loop.cancel(cancelled)
    told += run_dry(loop)
    ends = [(ticket, event) for ticket, event in told if isinstance(event, Finished | EngineError)]
    assert Counter(ticket for ticket, _ in ends) == Counter(tickets)
    assert sum(isinstance(event, EngineError) for _, event in ends) == 3


def test_events_come_in_order(loop: DenoisingLoop) -> None:
    tickets = [loop.submit(generate()) for _ in range(3)]
    told = run_dry(loop)
    for ticket in tickets:
        kinds = [type(event) for one, event in told if one is ticket]
        assert list(dict.fromkeys(kinds))[:2] == [Queued, Started]
        assert kinds[-1] is Finished
        steps = [event.step for one, event in told if one is ticket and isinstance(event, Progress)]
        assert steps == list(range(1, 6))


def test_waiting_requests_are_told_their_place(tiny_path: Path) -> None:
    loop = DenoisingLoop(narrow_library(tiny_path), place_seconds=0.0)
    tickets = [loop.submit(generate()) for _ in range(3)]
    places = [(ticket, event.position) for ticket, event in loop.step() if isinstance(event, Queued)]
    assert places[:3] == [(tickets[0], 1), (tickets[1], 2), (tickets[2], 3)]
    later = [(ticket, event.position) for ticket, event in run_dry(loop) if isinstance(event, Queued)]
    assert (tickets[1], 1) in later


def test_a_cancelled_request_is_gone_within_two_ticks(
    loop: DenoisingLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = record_sizes(monkeypatch, "predict_noise")
    staying = loop.submit(generate(num_inference_steps=20, seeds=(1,)))
    going = loop.submit(generate(num_inference_steps=20))
    loop.step()
    loop.step()
    loop.cancel(going)
    told = [ticket for _ in range(2) for ticket, _ in loop.step()]
    assert going not in told
    assert staying in told
    assert sizes[-1] == 2


def test_short_of_memory_a_pass_is_split_and_the_limit_remembered(
    tiny_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = DenoisingLoop(tiny_library(tiny_path))
    expected = latents_of(loop, generate())
    sizes = record_sizes(monkeypatch, "predict_noise")
    fail_when(monkeypatch, "predict_noise", lambda rows: len(rows) > 6, torch.OutOfMemoryError("full"))
    first = latents_of(loop, generate(), generate("a dog"))
    assert decibels(loop, expected, first) >= FP32_DECIBELS
    assert max(sizes) <= 6
    assert loop._library.entry("tiny").capacity.cap(64 * 64) == 4


def test_a_picture_too_large_even_alone_fails_by_itself(
    tiny_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = DenoisingLoop(tiny_library(tiny_path))
    fail_when(
        monkeypatch,
        "predict_noise",
        lambda rows: rows.sample.shape[-1] > 8,
        torch.OutOfMemoryError("full"),
    )
    large, small = loop.submit(generate(width=128)), loop.submit(generate())
    ends = dict(run_dry(loop))
    assert isinstance(ends[large], OutOfMemory)
    assert isinstance(ends[small], Finished)


def test_decoding_short_of_memory_goes_in_smaller_pieces_and_remembers_which(
    tiny_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = DenoisingLoop(tiny_library(tiny_path))
    sizes = record_sizes(monkeypatch, "decode")
    fail_when(monkeypatch, "decode", lambda latents: len(latents) > 1, torch.OutOfMemoryError("full"))
    assert len(result(loop, generate()).images) == 4
    assert len(result(loop, generate()).images) == 4
    assert sizes == [1] * 8  # what failed was not counted, and is not tried again


def test_other_models_stay_while_smaller_pieces_will_do(
    tiny_path: Path, tiny_xl_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = EngineConfig(model=str(tiny_path), more_models=(str(tiny_xl_path),), device="cpu", num_threads=1)
    loop = DenoisingLoop(Library(replace(both, dtype="float32")))
    fail_when(monkeypatch, "decode", lambda latents: len(latents) > 2, torch.OutOfMemoryError("full"))
    fail_when(monkeypatch, "predict_noise", lambda rows: len(rows) > 4, torch.OutOfMemoryError("full"))
    assert len(result(loop, generate()).images) == 4
    assert loop._library.is_resident("tiny-xl")


@pytest.mark.parametrize("method", ["encode_texts", "encode", "conditions"])
def test_memory_short_while_a_request_begins_frees_other_models_and_tries_again(
    tiny_path: Path, tiny_xl_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    both = EngineConfig(model=str(tiny_path), more_models=(str(tiny_xl_path),), device="cpu", num_threads=1)
    loop = DenoisingLoop(Library(replace(both, dtype="float32")))
    real = getattr(Checkpoint, method)

    def crowded(self: Checkpoint, *arguments: Any) -> Any:
        if loop._library.is_resident("tiny-xl"):
            raise torch.OutOfMemoryError("full")
        return real(self, *arguments)

    monkeypatch.setattr(Checkpoint, method, crowded)
    picture = Start(source=Image.new("RGB", (64, 64)), strength=0.5)
    assert len(result(loop, generate(start=picture)).images) == 4


def test_a_step_that_ran_out_of_memory_is_taken_again_as_if_nothing_had_happened(
    loop: DenoisingLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = generate(sampler="dpmpp-2m-sde", num_inference_steps=6)
    expected = latents_of(loop, request)
    scheduler = SAMPLERS[request.sampler].scheduler
    step, calls = scheduler.step, 0

    @wraps(step)
    def failing(self: Any, *arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        taken = step(self, *arguments, **options)
        if calls in {2, 5}:
            raise torch.OutOfMemoryError("full")  # after the history was moved and noise was drawn
        return taken

    monkeypatch.setattr(scheduler, "step", failing)
    assert torch.equal(latents_of(loop, request), expected)


def test_a_preview_that_does_not_fit_is_not_shown_and_nothing_fails(
    loop: DenoisingLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_when(monkeypatch, "preview", lambda _: True, torch.OutOfMemoryError("full"))
    assert len(result(loop, generate()).images) == 4


def test_three_hundred_members_at_once_stay_under_the_budget_of_what_has_begun(tiny_path: Path) -> None:
    config = EngineConfig(
        model=str(tiny_path), device="cpu", dtype="float32", num_threads=1, begun_mib=0.125, max_rows=32
    )
    loop = DenoisingLoop(Library(config), preview_seconds=0.0)
    requests = [generate(num_inference_steps=2, fairness_key=str(member)) for member in range(300)]
    tickets = [loop.submit(request) for request in requests]
    ends, previewed = [], set[Ticket]()
    while not loop.is_idle:
        told = loop.step()
        assert loop.begun_bytes <= 0.125 * 2**20
        previewed |= {ticket for ticket, event in told if isinstance(event, Preview)}
        ends += [ticket for ticket, event in told if isinstance(event, Finished)]
    assert ends == tickets
    assert previewed


def test_a_newcomer_of_an_idle_key_is_next_where_a_busy_key_fills_the_budget(tiny_path: Path) -> None:
    config = EngineConfig(
        model=str(tiny_path), device="cpu", dtype="float32", num_threads=1, begun_mib=0.0625, max_rows=8
    )
    loop = DenoisingLoop(Library(config))
    for _ in range(20):
        loop.submit(generate(fairness_key="busy"))
    loop.step()
    one = loop.submit(generate(fairness_key="idle"))
    ends: list[Ticket] = []
    while one not in ends:
        ends += [ticket for ticket, event in loop.step() if isinstance(event, Finished)]
    assert len(ends) <= 6


def test_who_pauses_in_a_crowd_is_told_a_place_and_a_time(tiny_path: Path) -> None:
    loop = DenoisingLoop(narrow_library(tiny_path), place_seconds=0.0)
    tickets = [loop.submit(generate(num_inference_steps=9, fairness_key=str(key))) for key in range(4)]
    run_for(loop, 5)  # all have begun, and one is drawn at a time
    told = loop.step()
    drawn = {ticket for ticket, event in told if isinstance(event, Progress)}
    places = {ticket: event for ticket, event in run_for(loop, 4) if isinstance(event, Queued)}
    assert len(drawn) == 1
    assert set(tickets) - drawn >= set(places)
    etas = [places[ticket].eta_seconds for ticket in sorted(places, key=lambda one: places[one].position)]
    assert etas == sorted(etas)
    assert all(eta > 0 for eta in etas)


def test_places_are_told_at_most_once_a_second_and_few_in_a_tick(tiny_path: Path) -> None:
    now = 0.0
    loop = DenoisingLoop(narrow_library(tiny_path), clock=lambda: now)
    for member in range(200):
        loop.submit(generate(num_inference_steps=9, fairness_key=str(member)))
    loop.step()
    told = [event for _ in range(9) for _, event in loop.step() if isinstance(event, Queued)]
    assert told == []  # nothing has moved for them within this second
    now = 1.0
    for _ in range(10):
        assert sum(isinstance(event, Queued) for _, event in loop.step()) <= 32


def test_text_beyond_the_windows_is_named(loop: DenoisingLoop) -> None:
    loop.submit(generate("a fox " + "in the snow " * 200 + "with a lighthouse"))
    loop.submit(generate("a fox"))
    unread = [event.unread for _, event in run_dry(loop) if isinstance(event, Started)]
    assert "lighthouse" in unread[0].replace(" ", "")
    assert unread[1] == ""


def test_numbers_that_run_away_are_noticed_before_the_last_step(
    loop: DenoisingLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    predict = Checkpoint.predict_noise
    monkeypatch.setattr(Checkpoint, "predict_noise", lambda self, rows: predict(self, rows) * math.nan)
    loop.submit(generate(num_inference_steps=50))
    told = run_dry(loop)
    assert sum(isinstance(event, Progress) for _, event in told) <= 10
    assert isinstance(told[-1][1], GenerationFailed)


def test_a_decoder_that_overflows_in_sixteen_bits_decodes_in_float32(tiny_path: Path) -> None:
    config = EngineConfig(model=str(tiny_path), device="cpu", dtype="bfloat16", num_threads=1)
    loop = DenoisingLoop(Library(config))
    vae = loop._library.checkpoint("tiny").vae
    decode = vae.decode

    def overflowing(latents: torch.Tensor, **options: Any) -> Any:
        (sample,) = decode(latents, **options)
        return (sample if latents.dtype == torch.float32 else sample * math.inf * 0,)

    vae.decode = overflowing
    picture = result(loop, generate(seeds=(1,))).images[0]
    assert len(set(picture.convert("L").tobytes())) > 1


def test_a_decoder_that_gives_no_numbers_fails_the_request_and_never_draws_black(
    loop: DenoisingLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    vae = loop._library.checkpoint("tiny").vae
    decode = vae.decode
    monkeypatch.setattr(vae, "decode", lambda *given, **options: (decode(*given, **options)[0] * math.nan,))
    with pytest.raises(GenerationFailed, match="decoder"):
        result(loop, generate())


def test_a_row_without_a_condition_stands_beside_one_with_it_in_either_order(tmp_path: Path) -> None:
    pipeline, path = tiny_pipeline(), tmp_path / "distilled"
    pipeline.save_pretrained(path)
    with torch.random.fork_rng():
        UNet2DConditionModel.from_config(
            {**pipeline.unet.config, "time_cond_proj_dim": 32, "_use_default_values": []}
        ).save_pretrained(path / "unet")
    checkpoint = tiny_library(tmp_path / "distilled").checkpoint("distilled")
    told = checkpoint.blank_rows(2)
    plain = replace(checkpoint.blank_rows(1), conditions={})
    name, neutral = "timestep_cond", torch.zeros(1, 32)
    steered = replace(told, conditions={name: Condition(values=torch.randn(2, 32), neutral=neutral)})
    with torch.inference_mode():
        alone = [checkpoint.predict_noise(rows) for rows in (plain, steered)]
        assert not torch.allclose(alone[1][:1], alone[0], atol=1e-3), "the condition changes something"
        for parts, expected in (((plain, steered), alone), ((steered, plain), alone[::-1])):
            together = split(checkpoint.predict_noise(pack(parts)), parts)
            assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(together, expected, strict=True))


def test_rows_that_lack_what_has_no_neutral_element_are_not_packed(loop: DenoisingLoop) -> None:
    rows = loop._library.checkpoint("tiny").blank_rows(1)
    told = replace(rows, conditions={"time_ids": Condition(values=torch.zeros(1, 6))})
    for parts in ((rows, told), (told, rows)):
        with pytest.raises(ValueError, match="time_ids"):
            pack(parts)


def run_for(loop: DenoisingLoop, ticks: int) -> list[tuple[Ticket, Any]]:
    """What so many ticks tell."""
    return [notice for _ in range(ticks) for notice in loop.step()]


def test_a_poisoned_request_kills_no_neighbour(loop: DenoisingLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = result(loop, generate()).images[0].tobytes()
    fail_when(monkeypatch, "predict_noise", reads_a_long_text, ValueError("poison"))
    poisoned, healthy = loop.submit(generate("z" * 50)), loop.submit(generate())
    ends = dict(run_dry(loop))
    assert isinstance(ends[poisoned], GenerationFailed)
    assert isinstance(healthy_end := ends[healthy], Finished)
    assert healthy_end.generated.images[0].tobytes() == expected


def test_a_prediction_that_is_not_a_number_fails_its_request(
    loop: DenoisingLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    predict = Checkpoint.predict_noise
    monkeypatch.setattr(Checkpoint, "predict_noise", lambda self, rows: predict(self, rows) * math.nan)
    loop.submit(generate())
    (end,) = [event for _, event in run_dry(loop) if isinstance(event, EngineError)]
    assert "NaN" in str(end)


def test_a_key_with_one_grid_is_served_early_against_twenty(tiny_path: Path) -> None:
    loop = DenoisingLoop(narrow_library(tiny_path))
    for _ in range(20):
        loop.submit(generate(num_inference_steps=25, fairness_key="many"))
    one = loop.submit(generate(num_inference_steps=25, fairness_key="one"))
    ends: list[Ticket] = []
    while len(ends) < 3:
        ends += [ticket for ticket, event in loop.step() if isinstance(event, Finished)]
    assert one in ends


def test_relaxed_requests_wait_for_the_others(tiny_path: Path) -> None:
    loop = DenoisingLoop(narrow_library(tiny_path))
    relaxed = loop.submit(generate(speed=Speed.RELAX, num_inference_steps=2))
    others = [loop.submit(generate(num_inference_steps=8)) for _ in range(2)]
    ends = [ticket for ticket, event in run_dry(loop) if isinstance(event, Finished)]
    assert ends == [*others, relaxed]


def test_while_others_draw_pictures_are_decoded_in_slices(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = DenoisingLoop(library, clock=lambda: 0.0)  # ticks take no time, so no two decodings fit into one
    decoded = record_sizes(monkeypatch, "decode")
    loop.submit(generate(num_inference_steps=40))
    loop.submit(generate(num_inference_steps=2))
    run_dry(loop)
    assert decoded == [1, 1, 1, 1, 4]


def test_previews_begin_with_the_first_step_and_resemble_the_picture(loop: DenoisingLoop) -> None:
    loop.submit(generate(num_inference_steps=6))
    told = run_dry(loop)
    previews = [event.images for _, event in told if isinstance(event, Preview)]
    assert len(previews) == 6
    assert previews[0][0].size == (32, 32)


def test_what_is_filmed_shows_each_step_however_seldom_others_are_seen(library: Library) -> None:
    seldom = DenoisingLoop(library, preview_seconds=1e9)
    filmed = seldom.submit(generate(num_inference_steps=6, shows_each_step=True))
    seldom.submit(generate("another", num_inference_steps=6))
    seen = [ticket for ticket, event in run_dry(seldom) if isinstance(event, Preview)]
    assert len([ticket for ticket in seen if ticket is filmed]) == 6
    assert len(seen) == 7


def test_models_that_do_not_fit_together_take_turns(tiny_path: Path, tiny_xl_path: Path) -> None:
    library = two_models_in_the_memory_of_one(tiny_path, tiny_xl_path)
    assert library.is_resident("tiny")
    assert not library.is_resident("tiny-xl")
    loop = DenoisingLoop(library)
    drawn = results(loop, *[generate(model=model) for model in ("tiny", "tiny-xl", "tiny", "tiny-xl")])
    assert drawn[0].images[0].tobytes() == drawn[2].images[0].tobytes()
    assert drawn[0].images[0].tobytes() != drawn[1].images[0].tobytes()
    assert library.is_resident("tiny") != library.is_resident("tiny-xl")


def test_a_model_that_does_not_fit_beside_the_others_is_loaded_without_them(
    tiny_path: Path, tiny_xl_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Library(
        EngineConfig(
            model=str(tiny_path),
            more_models=(str(tiny_xl_path),),
            device="cpu",
            dtype="float32",
            num_threads=1,
        )
    )
    library._drop("tiny-xl")
    load = library._load

    def crowded(source: Source) -> Checkpoint:
        if library.is_resident("tiny"):
            raise torch.OutOfMemoryError("full")
        return load(source)

    monkeypatch.setattr(library, "_load", crowded)
    assert len(result(DenoisingLoop(library), generate(model="tiny-xl")).images) == 4


def test_a_loaded_model_stays_a_while_and_then_anybody_may_have_another(
    tiny_path: Path, tiny_xl_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = two_models_in_the_memory_of_one(tiny_path, tiny_xl_path)
    now = 0.0
    monkeypatch.setattr("engine.library.perf_counter", lambda: now)
    library._entries["tiny"] = replace(library.entry("tiny"), load_seconds=5.0)
    library.checkpoint("tiny-xl")
    assert library.switch_seconds("tiny-xl") == 0.0
    assert library.switch_seconds("tiny") == 20.0
    now = 15.0
    assert library.switch_seconds("tiny") == 5.0
    now = 21.0
    assert 0.0 < library.switch_seconds("tiny") < 0.01


def test_two_busy_models_spend_little_time_on_loading(
    tiny_path: Path, tiny_xl_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loading takes one second and a pass a tenth, and both models always have work from the same key."""
    now, loading = 0.0, 0.0
    library = two_models_in_the_memory_of_one(tiny_path, tiny_xl_path)
    for name in ("tiny", "tiny-xl"):
        library._entries[name] = replace(library.entry(name), load_seconds=1.0)
    load, predict = library._load, Checkpoint.predict_noise

    def slow_load(source: Source) -> Checkpoint:
        nonlocal now, loading
        now, loading = now + 1.0, loading + 1.0
        return load(source)

    def slow_predict(checkpoint: Checkpoint, rows: Rows) -> torch.Tensor:
        nonlocal now
        now += 0.1
        return predict(checkpoint, rows)

    monkeypatch.setattr(library, "_load", slow_load)
    monkeypatch.setattr(Checkpoint, "predict_noise", slow_predict)
    monkeypatch.setattr("engine.library.perf_counter", lambda: now)
    loop = DenoisingLoop(library, clock=lambda: now)
    tickets = [
        loop.submit(generate(model=model, seeds=(1,), num_inference_steps=40))
        for model in ("tiny", "tiny-xl") * 8
    ]
    ends = [ticket for ticket, event in run_dry(loop) if isinstance(event, Finished)]
    assert set(ends) == set(tickets)
    assert 0.0 < loading <= now / 4


def reads_a_long_text(rows: Rows) -> bool:
    return rows.prompt_embeds.shape[1] > 24


def tiny_library(path: Path) -> Library:
    """A library of its own, for tests that teach it something."""
    return Library(EngineConfig(model=str(path), device="cpu", dtype="float32", num_threads=1))


def two_models_in_the_memory_of_one(path: Path, other: Path) -> Library:
    """`tiny`, which is resident, and `tiny-xl`, for which it must go."""
    return Library(
        EngineConfig(
            model=str(path),
            more_models=(str(other),),
            device="cpu",
            dtype="float32",
            num_threads=1,
            memory_gib=0.006,
        )
    )


def narrow_library(path: Path) -> Library:
    """A device on which one grid at a time is all that pays."""
    return Library(EngineConfig(model=str(path), device="cpu", dtype="float32", num_threads=1, max_rows=8))


def run_dry(loop: DenoisingLoop) -> list[tuple[Ticket, Any]]:
    told = []
    while not loop.is_idle:
        told += loop.step()
    return told


def latents_of(
    loop: DenoisingLoop, request: Generate, *others: Generate, ticks_apart: int = 0
) -> torch.Tensor:
    """The latents (n, c, h, w) of the request, drawn together with the others."""
    generation = denoised(loop, request, others, ticks_apart=ticks_apart)
    assert generation.is_done
    return generation.latents


def decibels(
    loop: DenoisingLoop, expected: torch.Tensor, actual: torch.Tensor, *, model: str = "tiny"
) -> float:
    """Peak signal-to-noise ratio of the decoded pictures, before they are rounded to 8 bits."""
    vae = loop._library.checkpoint(model).vae
    one, other = (vae.decode(latents.to(vae.dtype)).sample.float() for latents in (expected, actual))
    error = float((one - other).square().mean())
    return math.inf if error == 0 else 10 * math.log10(4.0 / error)


def record_sizes(monkeypatch: pytest.MonkeyPatch, name: str) -> list[int]:
    """How many rows or pictures every call of a method of the checkpoint has from now on."""
    sizes: list[int] = []
    method = getattr(Checkpoint, name)

    def recording(self: Checkpoint, argument: Any) -> Any:
        sizes.append(len(argument))
        return method(self, argument)

    monkeypatch.setattr(Checkpoint, name, recording)
    return sizes


def fail_when(
    monkeypatch: pytest.MonkeyPatch, name: str, condition: Callable[[Any], Any], error: Exception
) -> None:
    """Let a method of the checkpoint fail where its argument meets the condition."""
    method = getattr(Checkpoint, name)

    def failing(self: Checkpoint, argument: Any) -> Any:
        if condition(argument):
            raise error
        return method(self, argument)

    monkeypatch.setattr(Checkpoint, name, failing)
