"""A part of a picture is repainted as the inpainting pipelines do it, and the rest stays, pixel for pixel."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from engine.api import Capability, Generate, Generated, Mask, Spread, Start, Variation
from engine.bench.arms import denoised, usual
from engine.bench.looking import drawing
from engine.bench.stock import StockPipelines
from engine.bench.tiny import tiny_pipeline
from engine.checks import check
from engine.config import EngineConfig
from engine.errors import InvalidRequest
from engine.families.unet import Checkpoint
from engine.library import Library
from engine.loop import DenoisingLoop
from engine.rows import Rows
from engine.samplers import SAMPLERS
from tests.engine.requests import generate, result, results
from tests.engine.single_file import save_single_file

CPU = torch.device("cpu")
SEEDS = (11, 12)
FP32_DECIBELS = 100.0


def noisy_picture(size: tuple[int, int] = (64, 64)) -> Image.Image:
    pixels = np.random.default_rng(0).integers(0, 255, (8, 8, 3), dtype=np.uint8)
    return Image.fromarray(pixels).resize(size)


def white_in(box: tuple[int, int, int, int], size: tuple[int, int] = (64, 64)) -> Image.Image:
    image = Image.new("L", size)
    ImageDraw.Draw(image).rectangle(box, fill=255)
    return image


PICTURE = noisy_picture()
MASK = Mask(area=white_in((16, 24, 47, 55)))


def repaint(*, strength: float = 1.0, mask: Mask = MASK, model: str = "tiny", **changes: Any) -> Generate:
    start = Start(source=PICTURE, strength=strength)
    return generate(start=start, mask=mask, model=model, **{"seeds": SEEDS} | changes)


@pytest.fixture(scope="module")
def stock(tiny_path: Path, tiny_xl_path: Path, inpainting: Library) -> dict[str, StockPipelines]:
    paths = {"tiny": tiny_path, "tiny-xl": tiny_xl_path}
    paths |= {name: inpainting.entry(name).source.path for name in ("painter", "painter-xl")}
    return {name: StockPipelines(str(path), device=CPU, dtype=torch.float32) for name, path in paths.items()}


@pytest.fixture
def loops(library: Library, inpainting: Library) -> dict[str, DenoisingLoop]:
    mine, painters = DenoisingLoop(library), DenoisingLoop(inpainting)
    return {"tiny": mine, "tiny-xl": mine, "painter": painters, "painter-xl": painters}


@pytest.mark.parametrize("strength", [1.0, 0.6])
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_repainting_equals_the_pipeline_inside_and_the_picture_outside(
    loops: dict[str, DenoisingLoop], stock: dict[str, StockPipelines], sampler: str, strength: float
) -> None:
    assert_repainted(loops, stock, repaint(sampler=sampler, strength=strength))


@pytest.mark.parametrize("strength", [1.0, 0.6])
@pytest.mark.parametrize("sampler", ["dpmpp-2m", "euler-a", "heun", "lcm", "ddim"])
@pytest.mark.parametrize("model", ["tiny-xl", "painter", "painter-xl"])
def test_other_models_repaint_as_their_pipelines_do(
    loops: dict[str, DenoisingLoop],
    stock: dict[str, StockPipelines],
    model: str,
    sampler: str,
    strength: float,
) -> None:
    assert_repainted(loops, stock, repaint(model=model, sampler=sampler, strength=strength))


def test_a_mask_and_a_picture_of_other_sizes_are_brought_to_the_one_that_is_drawn(
    loops: dict[str, DenoisingLoop], stock: dict[str, StockPipelines]
) -> None:
    picture = noisy_picture((90, 70))
    mask = Mask(area=white_in((30, 30, 69, 69), (100, 100)).convert("RGB"))
    request = repaint(mask=mask, width=88, height=56)
    request = replace(request, start=Start(source=picture, strength=1.0))
    assert_repainted(loops, stock, request, picture=picture)


@pytest.mark.parametrize("model", ["painter", "painter-xl"])
def test_without_a_mask_a_model_for_inpainting_draws_as_if_all_were_masked(
    loops: dict[str, DenoisingLoop], stock: dict[str, StockPipelines], model: str
) -> None:
    everywhere = Mask(area=Image.new("L", (64, 64), "white"))
    request = repaint(model=model, mask=everywhere, sampler="euler-a")
    drawn = result(loops[model], replace(request, start=None, mask=None)).images
    for mine, theirs in zip(drawn, stock[model].draw(request), strict=True):
        np.testing.assert_array_equal(np.asarray(mine), np.asarray(theirs))


@pytest.mark.parametrize("model", ["tiny", "tiny-xl", "painter", "painter-xl"])
def test_rows_with_and_without_a_mask_share_a_pass_in_either_order(
    loops: dict[str, DenoisingLoop], model: str
) -> None:
    plain = generate("a dog", model=model, sampler="euler", seeds=(5,), guidance_scale=1.0)
    masked = repaint(model=model)
    loop = loops[model]
    for request, other in ((plain, masked), (masked, plain)):
        alone = denoised(loop, request).latents
        for packed in (denoised(loop, request, [other]), denoised(loop, request, [other], ticks_apart=2)):
            assert decibels(loop, alone, packed.latents, model) >= FP32_DECIBELS


def test_every_picture_is_that_of_its_seed_whoever_is_beside_it(loops: dict[str, DenoisingLoop]) -> None:
    loop = loops["tiny"]
    both = denoised(loop, repaint(sampler="euler-a")).latents
    second = denoised(loop, repaint(sampler="euler-a", seeds=SEEDS[1:])).latents
    assert decibels(loop, both[1:], second, "tiny") >= FP32_DECIBELS


@pytest.mark.parametrize("model", ["tiny", "painter"])
@pytest.mark.parametrize("feather", [0, 1, 6, 200])
def test_a_feather_lies_inside_the_mask_and_every_pixel_outside_is_equal(
    loops: dict[str, DenoisingLoop], model: str, feather: int
) -> None:
    area = white_in((16, 24, 47, 55)).filter(ImageFilter.GaussianBlur(1))
    hard, soft = (
        result(loops[model], repaint(model=model, mask=Mask(area=area, feather=pixels))).images[0]
        for pixels in (0, feather)
    )
    outside = np.asarray(area) < 128
    assert (np.asarray(soft)[outside] == np.asarray(PICTURE)[outside]).all()
    assert soft.getpixel((31, 39)) == hard.getpixel((31, 39)), "deep inside all is new"
    changed = (np.asarray(soft) != np.asarray(PICTURE)).any(axis=-1)
    assert changed[~outside].mean() > 0.8
    if feather:
        rim = np.abs(np.asarray(soft, dtype=float) - np.asarray(PICTURE))[40, 16:48].mean(axis=-1)
        full = np.abs(np.asarray(hard, dtype=float) - np.asarray(PICTURE))[40, 16:48].mean(axis=-1)
        assert rim[0] < 0.75 * full[0]


def test_a_mask_that_reaches_the_border_is_not_feathered_there(loops: dict[str, DenoisingLoop]) -> None:
    area = white_in((0, 0, 31, 63))
    hard, soft = (
        np.asarray(result(loops["tiny"], repaint(mask=Mask(area=area, feather=feather))).images[0])
        for feather in (0, 8)
    )
    assert (hard[:, :20] == soft[:, :20]).all()
    assert (hard[:, 28:32] != soft[:, 28:32]).any()


@pytest.mark.parametrize("model", ["tiny", "painter"])
def test_ten_pans_in_a_row_keep_all_that_was_there_and_never_work_on_more_than_one_window(
    loops: dict[str, DenoisingLoop], monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    shapes = record_shapes(monkeypatch)
    canvas, right = PICTURE, Mask(area=white_in((32, 0, 63, 63)), feather=8)
    for seed in range(10):
        window = Image.new("RGB", (64, 64))
        window.paste(canvas.crop((canvas.width - 32, 0, canvas.width, 64)))
        request = generate(
            model=model,
            start=Start(source=window, strength=1.0),
            mask=right,
            seeds=(seed,),
            num_inference_steps=2,
        )
        drawn = result(loops[model], request).images[0]
        assert drawn.crop((0, 0, 32, 64)).tobytes() == window.crop((0, 0, 32, 64)).tobytes()
        grown = Image.new("RGB", (canvas.width + 32, 64))
        grown.paste(canvas)
        grown.paste(drawn.crop((32, 0, 64, 64)), (canvas.width, 0))
        canvas = grown
    assert canvas.size == (64 + 10 * 32, 64)
    assert canvas.crop((0, 0, 64, 64)).tobytes() == PICTURE.tobytes()
    assert set(shapes) == {(2, 4, 8, 8)}


@pytest.mark.parametrize("model", ["tiny", "painter", "painter-xl"])
def test_in_sixteen_bits_a_part_is_repainted_too(tiny_path: Path, inpainting: Library, model: str) -> None:
    path = tiny_path if model == "tiny" else inpainting.entry(model).source.path
    config = EngineConfig(model=str(path), device="cpu", dtype="bfloat16", num_threads=1)
    image = np.asarray(result(DenoisingLoop(Library(config)), repaint(model=model, strength=0.8)).images[0])
    changed = (image != np.asarray(PICTURE)).any(axis=-1)
    inside = np.asarray(MASK.area) > 0
    assert changed[inside].mean() > 0.9
    assert not changed[~inside].any()


@pytest.mark.parametrize("model", ["tiny", "tiny-xl", "painter", "painter-xl"])
def test_in_a_pass_of_all_kinds_everybody_is_what_they_are_alone(
    loops: dict[str, DenoisingLoop], monkeypatch: pytest.MonkeyPatch, model: str
) -> None:
    loop = loops[model]
    kinds = (
        repaint(model=model, seeds=(1,)),
        generate("a dog", model=model, seeds=(2,), sampler="euler-a", num_inference_steps=7),
        generate(model=model, seeds=(3, 4), spread=Spread(amount=1.0, seed=3), guidance_rescale=0.7),
        generate(model=model, seeds=(5,), variation=Variation(seed=1, strength=0.2), stop=0.6),
        generate("", model=model, seeds=(6,), guidance_scale=1.0, start=Start(source=PICTURE, strength=0.7)),
    )
    alone = [denoised(loop, request).latents for request in kinds]
    shapes = record_shapes(monkeypatch)
    for number, request in enumerate(kinds):
        others = [*kinds[number + 1 :], *kinds[:number]]
        together = denoised(loop, request, others).latents
        assert decibels(loop, alone[number], together, model) >= FP32_DECIBELS
    assert max(shapes)[0] == 2 + 2 + 4 + 2 + 1


@pytest.mark.parametrize("model", ["tiny", "painter"])
def test_what_is_kept_of_a_masked_picture_was_reckoned_with(
    loops: dict[str, DenoisingLoop], model: str
) -> None:
    loop = loops[model]
    for sampler in SAMPLERS:
        ticket = loop.submit(repaint(model=model, sampler=sampler, num_inference_steps=7, seeds=(1,)))
        while not loop.is_idle:
            loop.step()
            if (generation := loop.generation(ticket)) is not None:
                assert generation.num_bytes <= ticket.num_bytes, sampler


def test_a_model_for_inpainting_says_so_and_is_read_from_a_single_file(
    inpainting: Library, library: Library, tmp_path: Path
) -> None:
    assert Capability.INPAINTING in inpainting.entry("painter").info.capabilities
    assert not library.entry("tiny").info.capabilities
    path = save_single_file(tiny_pipeline(inpaints=True), tmp_path / "single.safetensors")
    single = Library(EngineConfig(model=str(path), device="cpu", dtype="float32", num_threads=1))
    assert Capability.INPAINTING in single.models()[0].capabilities
    folder, file = (
        result(DenoisingLoop(one), repaint(model=name)).images[0]
        for one, name in ((inpainting, "painter"), (single, "single"))
    )
    assert folder.tobytes() == file.tobytes()


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (generate(mask=MASK), "give the picture as the start"),
        (generate(mask=MASK, start=Start(source=b"latents", strength=0.5)), "not its latents"),
        (repaint(mask=Mask(area=MASK.area, feather=-1)), "feather of the mask must be from 0 to"),
    ],
)
def test_a_mask_that_says_nothing_is_refused(library: Library, request_: Generate, said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        check(request_, library.models()[0])


@pytest.mark.parametrize(
    ("area", "said"),
    [
        (Image.new("L", (64, 64), 127), "The mask marks nothing: paint white"),
        (white_in((17, 17, 19, 19)), "too small: mark at least 8 pixels"),
    ],
)
def test_a_mask_without_anything_to_repaint_is_refused_and_kills_no_neighbour(
    loops: dict[str, DenoisingLoop], area: Image.Image, said: str
) -> None:
    loop = loops["tiny"]
    neighbour = loop.submit(generate())
    with pytest.raises(InvalidRequest, match=said):
        results(loop, repaint(mask=Mask(area=area)))
    while not loop.is_idle:
        assert all(ticket is neighbour for ticket, _ in loop.step())


def assert_repainted(
    loops: dict[str, DenoisingLoop],
    stock: dict[str, StockPipelines],
    request: Generate,
    *,
    picture: Image.Image = PICTURE,
) -> None:
    """Inside the mask what the pipeline draws, and outside, where it draws anew, the picture itself."""
    assert request.mask is not None
    size = (request.width, request.height)
    inside = np.asarray(request.mask.area.resize(size, Image.Resampling.LANCZOS).convert("L")) >= 128
    kept = np.asarray(picture.resize(size, Image.Resampling.LANCZOS))
    drawn: Generated = result(loops[request.model], request)
    for mine, theirs in zip(drawn.images, stock[request.model].draw(request), strict=True):
        np.testing.assert_array_equal(np.asarray(mine)[inside], np.asarray(theirs)[inside])
        np.testing.assert_array_equal(np.asarray(mine)[~inside], kept[~inside])


def record_shapes(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    """Of the noisy latents in every pass from now on."""
    shapes: list[tuple[int, ...]] = []
    predict = Checkpoint.predict_noise

    def recording(self: Checkpoint, rows: Rows) -> torch.Tensor:
        shapes.append(tuple(rows.sample.shape))
        return predict(self, rows)

    monkeypatch.setattr(Checkpoint, "predict_noise", recording)
    return shapes


def decibels(loop: DenoisingLoop, expected: torch.Tensor, actual: torch.Tensor, model: str) -> float:
    """Peak signal-to-noise ratio of the decoded pictures, before they are rounded to 8 bits."""
    vae = loop._library.checkpoint(model).vae
    one, other = (vae.decode(latents).sample.float() for latents in (expected, actual))
    error = float((one - other).square().mean())
    return math.inf if error == 0 else 10 * math.log10(4.0 / error)


def test_drawn_on_from_its_edges_the_paper_of_the_embedded_model_goes_on_around_a_thing(
    sketch: Library,
) -> None:
    (info,) = sketch.models()
    drawn = {1.0: 0.0, info.around_strength: 0.0}
    around = np.asarray(ImageOps.invert(white_in((64, 64, 191, 191), (256, 256)))) > 0
    for text in ("a cat", "a red apple", "a blue bird"):
        small = drawing(sketch, text, seed=7).resize((128, 128))
        laid = Image.new("RGB", (256, 256), "white")
        laid.paste(small, (64, 64))
        for strength in drawn:
            request = replace(
                usual(info, text, 11),
                start=Start(source=laid, strength=strength),
                mask=Mask(area=Image.fromarray(around)),
            )
            picture = result(DenoisingLoop(sketch), request).images[0]
            drawn[strength] += float((np.asarray(picture)[around].min(axis=1) < 200).mean())
    alike, anew = drawn[info.around_strength], drawn[1.0]
    assert anew > 0.1, "from noise alone more of it is drawn around"
    assert alike < anew / 3
