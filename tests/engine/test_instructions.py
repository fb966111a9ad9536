"""A model that follows instructions for a picture draws as its pipeline does, and shares passes."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from engine.api import Capability, Explain, Explained, Generate, Mask, Start, WeightedPrompt
from engine.bench.arms import denoised
from engine.bench.stock import StockPipelines
from engine.bench.tiny import save_tiny_checkpoint, tiny_pipeline
from engine.checks import check
from engine.config import EngineConfig
from engine.errors import InvalidRequest
from engine.families.attention import AttentionMaps
from engine.guides import combine, instructed
from engine.library import Library
from engine.loading import load_checkpoint
from engine.loop import DenoisingLoop
from engine.sources import resolve
from engine.text import TextEncoding
from engine.work.denoising import expected_rows
from engine.work.explaining import Explaining
from tests.engine.requests import generate, result
from tests.engine.single_file import save_single_file

FP32_DECIBELS = 100.0


def picture(seed: int = 0) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(0, 255, (8, 8, 3), dtype=np.uint8)
    return Image.fromarray(pixels).resize((64, 64))


def edit(model: str = "editor", *, source: Any = None, scale: float = 1.7, **changes: Any) -> Generate:
    strength = changes.pop("strength", 1.0)
    start = Start(source=source or picture(), strength=strength, image_guidance_scale=scale)
    return generate("make it blue", model=model, start=start, **{"seeds": (11, 12)} | changes)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("editors")
    for name in ("editor", "editor-xl"):
        save_tiny_checkpoint(folder / name, xl=name == "editor-xl", edits=True)
    return folder


@pytest.fixture(scope="module")
def editors(folder: Path) -> Library:
    models = (str(folder / "editor"), str(folder / "editor-xl"))
    return Library(
        EngineConfig(
            model=models[0],
            more_models=models[1:],
            device="cpu",
            dtype="float32",
            num_threads=1,
            max_rows=32,
        )
    )


@pytest.fixture(scope="module")
def stock(folder: Path) -> dict[str, StockPipelines]:
    names = ("editor", "editor-xl")
    cpu = torch.device("cpu")
    return {name: StockPipelines(str(folder / name), device=cpu, dtype=torch.float32) for name in names}


def assert_equal(
    editors: Library, stock: dict[str, StockPipelines], request: Generate, **options: Any
) -> None:
    drawn = result(DenoisingLoop(editors), request).images
    for mine, theirs in zip(drawn, stock[request.model].draw(request, **options), strict=True):
        np.testing.assert_array_equal(np.asarray(mine), np.asarray(theirs))


@pytest.mark.parametrize("sampler", ["dpmpp-2m", "euler-a", "heun"])
@pytest.mark.parametrize("model", ["editor", "editor-xl"])
def test_it_draws_as_its_pipeline_does(
    editors: Library, stock: dict[str, StockPipelines], model: str, sampler: str
) -> None:
    assert_equal(editors, stock, edit(model, sampler=sampler, negative_prompt="blurry"))


@pytest.mark.parametrize("model", ["editor", "editor-xl"])
def test_without_guidance_and_without_a_negative_text_too(
    editors: Library, stock: dict[str, StockPipelines], model: str
) -> None:
    assert_equal(editors, stock, edit(model, guidance_scale=1.0))
    assert_equal(editors, stock, edit(model, scale=1.0))


def test_rescaled_guidance_is_measured_by_the_text(
    editors: Library, stock: dict[str, StockPipelines]
) -> None:
    assert_equal(editors, stock, edit("editor-xl", guidance_rescale=0.7), guidance_rescale=0.7)


def test_the_picture_and_how_much_it_counts_decide(editors: Library) -> None:
    loop = DenoisingLoop(editors)
    requests = (edit(), edit(source=picture(1)), edit(scale=3.0), edit(strength=0.5))
    assert len({result(loop, request).images[0].tobytes() for request in requests}) == 4


def test_latents_that_were_kept_are_shown_as_their_picture_is(editors: Library) -> None:
    checkpoint = editors.checkpoint("editor")
    shown = checkpoint.shown(picture(), 64, 64)
    mean = checkpoint.encode_mean(checkpoint.pixels(picture(), 64, 64))
    (kept,) = checkpoint.pack_latents(mean)
    assert torch.allclose(checkpoint.shown(kept, 64, 64), shown, atol=2e-3, rtol=2e-3)
    result(DenoisingLoop(editors), edit(source=kept))


def test_a_part_of_the_picture_can_be_meant(editors: Library) -> None:
    area = Image.new("L", (64, 64))
    area.paste(255, (16, 16, 48, 48))
    drawn = np.asarray(result(DenoisingLoop(editors), edit(mask=Mask(area=area))).images[0])
    changed = (drawn != np.asarray(picture())).any(axis=-1)
    inside = np.asarray(area) > 0
    assert changed[inside].mean() > 0.9
    assert not changed[~inside].any()


@pytest.mark.parametrize("model", ["editor", "editor-xl"])
def test_with_and_without_guidance_and_masks_all_share_a_pass(editors: Library, model: str) -> None:
    loop = DenoisingLoop(editors)
    requests = (
        edit(model),
        edit(model, source=picture(1), guidance_scale=1.0, sampler="euler-a", num_inference_steps=7),
        edit(model, mask=Mask(area=Image.new("L", (64, 64), "white")), strength=0.7),
    )
    alone = [denoised(loop, request).latents for request in requests]
    for number, request in enumerate(requests):
        together = denoised(loop, request, [*requests[number + 1 :], *requests[:number]]).latents
        error = float((together - alone[number]).square().mean())
        peak = float(alone[number].abs().max())
        assert error == 0 or 10 * math.log10(peak**2 / error) >= FP32_DECIBELS


@pytest.mark.parametrize(("scale", "first"), [(5.0, 1), (1.0, 0)])
def test_what_explains_looks_at_the_rows_of_the_texts(
    editors: Library, monkeypatch: pytest.MonkeyPatch, scale: float, first: int
) -> None:
    """Behind them is that of the picture without a text."""
    seen: set[int] = set()
    real = AttentionMaps.begin_step

    def begin_step(self: AttentionMaps, first_row: int) -> None:
        seen.add(first_row)
        real(self, first_row)

    monkeypatch.setattr(AttentionMaps, "begin_step", begin_step)
    drawing = edit(seeds=(1,), guidance_scale=scale)
    expected = denoised(DenoisingLoop(editors), drawing).latents
    work = Explaining(Explain(drawing=drawing))
    while (told := work.advance(editors, None)) is None:
        pass
    assert isinstance(told, Explained)
    assert seen == {first}
    assert [word.word for word in told.words] == ["make", "it", "blue"]
    assert told.image.tobytes() == editors.checkpoint("editor").decode(expected)[0].tobytes()


def test_several_parts_of_a_prompt_go_from_the_picture_by_their_weights() -> None:
    encoding = TextEncoding(prompt_embeds=torch.zeros(1, 1, 1))
    guides = instructed([encoding, encoding], [1.0, 3.0], encoding, 8.0, 1.5)
    base, one, other, shown = (torch.full((1, 1, 1, 1), value) for value in (1.0, 2.0, 5.0, 3.0))
    expected = 1.0 + 8 * (0.25 * (2 - 3) + 0.75 * (5 - 3)) + 1.5 * (3 - 1)
    assert combine([base, one, other, shown], guides).item() == pytest.approx(expected)


def test_what_it_takes_was_reckoned_with(editors: Library) -> None:
    loop = DenoisingLoop(editors)
    request = edit(prompts=(WeightedPrompt(text="a"), WeightedPrompt(text="b")))
    ticket = loop.submit(request)
    while not loop.is_idle:
        loop.step()
        if (generation := loop.generation(ticket)) is not None:
            assert generation.num_bytes <= ticket.num_bytes
            assert generation.num_rows == expected_rows(request, is_instructed=True) == 8


def test_it_says_what_it_is_and_is_read_from_a_single_file(editors: Library, tmp_path: Path) -> None:
    assert editors.models()[0].capabilities == {Capability.INSTRUCTIONS}
    path = save_single_file(tiny_pipeline(edits=True), tmp_path / "single.safetensors")
    single = load_checkpoint(resolve(str(path)), device=torch.device("cpu"), dtype=torch.float32, loras={})
    assert single.sees_start
    folder = editors.checkpoint("editor")
    expected, actual = (one.predict_noise(one.blank_rows(1)) for one in (folder, single))
    torch.testing.assert_close(actual, expected)  # where weights lie in a mapped file decides the last bits


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (generate(model="editor"), "editor changes a picture as the text says: give it a picture"),
        (edit(scale=0.5), "must be from 1 to 1000"),
        (edit(scale=math.nan), "must be from 1 to 1000"),
        (edit(width=128, height=64, window=64), "for a whole picture, not in windows"),
    ],
)
def test_what_it_cannot_draw_is_refused(editors: Library, request_: Generate, said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        check(request_, editors.entry("editor").info)
