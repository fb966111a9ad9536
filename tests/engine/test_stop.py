"""Stopped early, a picture is the one foreseen then; guidance is rescaled; no text is a text, too."""

from collections.abc import Sequence
from dataclasses import replace
from functools import wraps
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from engine.api import Generate, Mask, Progress, Start, WeightedPrompt
from engine.bench.arms import denoised
from engine.bench.stock import StockPipelines
from engine.bench.tiny import tiny_pipeline
from engine.checks import check
from engine.config import EngineConfig
from engine.errors import InvalidRequest
from engine.guides import combine, guided, rescaled
from engine.library import Library
from engine.loop import DenoisingLoop
from engine.samplers import SAMPLERS
from engine.text import TextEncoding
from tests.engine.requests import generate, result
from tests.engine.test_loop import decibels, record_sizes

CPU = torch.device("cpu")
SEEDS = (11, 12)
PLAIN = generate("a dog", sampler="euler", num_inference_steps=7, seeds=(5,))


@pytest.fixture
def loop(library: Library) -> DenoisingLoop:
    return DenoisingLoop(library)


@pytest.fixture(scope="module")
def stock(library: Library) -> dict[str, StockPipelines]:
    return {
        name: StockPipelines(str(library.entry(name).source.path), device=CPU, dtype=torch.float32)
        for name in ("tiny", "tiny-xl")
    }


@pytest.mark.parametrize("prediction_type", ["epsilon", "v_prediction"])
@pytest.mark.parametrize("sampler", ["ddim", "euler", "dpmpp-2m"])
def test_a_stopped_picture_is_the_one_that_the_scheduler_foresees(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sampler: str, prediction_type: str
) -> None:
    tiny_pipeline(prediction_type=prediction_type).save_pretrained(tmp_path / "tiny")
    path = str(tmp_path / "tiny")
    loop = DenoisingLoop(Library(EngineConfig(model=path, device="cpu", dtype="float32", num_threads=1)))
    request = generate(sampler=sampler, num_inference_steps=6, seeds=SEEDS)
    with monkeypatch.context() as recording:
        foreseen = record_originals(recording, sampler)
        StockPipelines(path, device=CPU, dtype=torch.float32).draw(request)
    for steps in (2, 3, 5):
        stopped = denoised(loop, replace(request, stop=steps / 6))
        assert stopped.num_steps == steps
        assert decibels(loop, foreseen[steps - 1], stopped.latents) >= 100.0


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_the_later_it_is_stopped_the_more_it_is_like_the_picture(loop: DenoisingLoop, sampler: str) -> None:
    request = generate(sampler=sampler, num_inference_steps=20, seeds=(3,))
    whole = denoised(loop, request).latents
    stops = [denoised(loop, replace(request, stop=stop)).latents for stop in (0.1, 0.6, 0.95, 1.0)]
    distances = [float((latents - whole).abs().mean()) for latents in stops]
    assert distances[-1] == 0.0
    assert all(far > near for far, near in pairwise(distances)), distances


def test_a_stopped_request_takes_no_more_steps_and_says_how_many(
    loop: DenoisingLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = record_sizes(monkeypatch, "predict_noise")
    request = generate(num_inference_steps=20, stop=0.33, guidance_interval=(0.0, 0.25))
    loop.submit(request)
    told = [event for _ in range(9) for _, event in loop.step() if isinstance(event, Progress)]
    assert sizes == [8] * 5 + [4] * 2, "the interval is one of the whole schedule"
    assert [(one.step, one.total) for one in told] == [(step, 7) for step in range(1, 8)]


def test_a_stopped_request_keeps_what_its_mask_keeps(loop: DenoisingLoop) -> None:
    picture, area = Image.new("RGB", (64, 64), "teal"), Image.new("L", (64, 64))
    area.paste(255, (0, 0, 32, 64))
    request = generate(start=Start(source=picture, strength=1.0), mask=Mask(area=area), stop=0.4)
    image = np.asarray(result(loop, request).images[0])
    assert (image[:, 32:] == np.asarray(picture)[:, 32:]).all()
    assert (image[:, :32] != np.asarray(picture)[:, :32]).any()


@pytest.mark.parametrize("model", ["tiny", "tiny-xl"])
@pytest.mark.parametrize("sampler", ["ddim", "dpmpp-2m-sde"])
def test_guidance_is_rescaled_as_in_the_pipelines(
    loop: DenoisingLoop, stock: dict[str, StockPipelines], model: str, sampler: str
) -> None:
    request = generate(model=model, sampler=sampler, seeds=SEEDS, guidance_scale=12.0, guidance_rescale=0.7)
    assert_equal(loop, request, stock[model].draw(request, guidance_rescale=0.7))
    changed = result(loop, replace(request, guidance_rescale=0.0)).images[0]
    assert changed.tobytes() != result(loop, request).images[0].tobytes()


def test_without_guidance_there_is_nothing_to_rescale(loop: DenoisingLoop) -> None:
    request = generate(guidance_scale=1.0, seeds=(1,))
    rescaled_too = replace(request, guidance_rescale=0.7)
    assert result(loop, request).images[0].tobytes() == result(loop, rescaled_too).images[0].tobytes()


def test_several_parts_are_brought_back_to_the_strength_of_their_mean() -> None:
    negative, one, other = (
        torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(seed)) for seed in range(3)
    )
    texts = [TextEncoding(prompt_embeds=torch.zeros(1, 4, 2)) for _ in range(3)]
    guides = guided(texts[1:], [3.0, 1.0], texts[0], 9.0)
    predictions = [negative, one, other]
    strong = combine(predictions, guides)
    brought_back = rescaled(strong, predictions, guides, 1.0)
    expected = (0.75 * one + 0.25 * other).std(dim=(1, 2, 3))
    torch.testing.assert_close(brought_back.std(dim=(1, 2, 3)), expected)


@pytest.mark.parametrize("model", ["tiny", "tiny-xl"])
@pytest.mark.parametrize("guidance_scale", [1.0, 5.0])
def test_an_empty_text_is_drawn_as_the_pipeline_draws_it(
    loop: DenoisingLoop, stock: dict[str, StockPipelines], model: str, guidance_scale: float
) -> None:
    request = generate("", model=model, seeds=SEEDS, guidance_scale=guidance_scale)
    assert_equal(loop, request, stock[model].draw(request))


@pytest.mark.parametrize(
    "request_",
    [generate(stop=0.5), generate(guidance_rescale=0.7), generate("")],
    ids=["stopped", "rescaled", "no text"],
)
def test_beside_plain_rows_it_is_what_it_is_alone(loop: DenoisingLoop, request_: Generate) -> None:
    for request, other in ((request_, PLAIN), (PLAIN, request_)):
        alone = denoised(loop, request).latents
        assert decibels(loop, alone, denoised(loop, request, [other]).latents) >= 100.0


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (generate(stop=0.0), "share of the steps to stop at must be above 0 and at most 1, not 0"),
        (generate(stop=1.5), "share of the steps to stop at"),
        (generate(guidance_rescale=-0.1), "rescaling of the guidance must be from 0 to 1, not -0.1"),
        (generate(prompts=(WeightedPrompt(text="", weight=0.0),)), "weights of the prompts"),
    ],
)
def test_what_cannot_be_is_refused(library: Library, request_: Generate, said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        check(request_, library.models()[0])


def record_originals(monkeypatch: pytest.MonkeyPatch, sampler: str) -> list[torch.Tensor]:
    """The finished latents that a scheduler of diffusers foresees from now on, one for each of its steps."""
    originals: list[torch.Tensor] = []
    scheduler = SAMPLERS[sampler].scheduler
    step = scheduler.step

    @wraps(step)
    def recording(self: Any, *arguments: Any, **options: Any) -> Any:
        options["return_dict"] = True
        taken = step(self, *arguments, **options)
        # The solvers of higher order keep it as what they are to remember of a step.
        original = getattr(taken, "pred_original_sample", None)
        originals.append(self.model_outputs[-1] if original is None else original)
        return (taken.prev_sample,)

    monkeypatch.setattr(scheduler, "step", recording)
    return originals


def assert_equal(loop: DenoisingLoop, request: Generate, theirs: Sequence[Image.Image]) -> None:
    for mine, other in zip(result(loop, request).images, theirs, strict=True):
        np.testing.assert_array_equal(np.asarray(mine), np.asarray(other))
