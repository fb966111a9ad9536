"""Maps steer pictures as in the stock pipelines, and whoever follows none shares the pass all the same."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import (
    ControlNetModel,
    DiffusionPipeline,
    StableDiffusionAdapterPipeline,
    StableDiffusionControlNetImg2ImgPipeline,
    StableDiffusionControlNetInpaintPipeline,
    StableDiffusionControlNetPipeline,
    StableDiffusionXLAdapterPipeline,
    StableDiffusionXLControlNetPipeline,
    T2IAdapter,
)
from PIL import Image
from safetensors.torch import load_file, save_file

from engine.api import Control, Explain, Finished, Generate, Generated, Mask, Start
from engine.bench.arms import denoised, explained
from engine.bench.operations import operations
from engine.bench.tiny import save_tiny_adapter, save_tiny_checkpoint, save_tiny_controlnet, tiny_pipeline
from engine.checks import check
from engine.config import EngineConfig
from engine.control_sources import resolve_controls
from engine.errors import InvalidRequest, ModelNotFound
from engine.library import Library
from engine.loop import DenoisingLoop
from engine.rows import pack, split
from engine.samplers import SAMPLERS
from engine.ticket import Ticket
from tests.engine.requests import generate, result, results
from tests.engine.single_file import save_controlnet_file
from tests.engine.test_loop import FP32_DECIBELS, decibels, latents_of, record_sizes

SEEDS = (11, 12)
EDGES, LINES, SKETCH = "edges", "lines", "sketch"
KINDS: Mapping[str, Any] = {
    "edges": StableDiffusionControlNetPipeline,
    "edges-xl": StableDiffusionXLControlNetPipeline,
    "sketch": StableDiffusionAdapterPipeline,
    "sketch-xl": StableDiffusionXLAdapterPipeline,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tiny checkpoints of SD and of SDXL, and a ControlNet and a T2I-Adapter for each."""
    folder = tmp_path_factory.mktemp("controls")
    save_tiny_checkpoint(folder / "tiny", attends_first=True)
    save_tiny_checkpoint(folder / "tiny-xl", xl=True)
    save_tiny_controlnet(folder / "edges", tiny_pipeline(attends_first=True).unet)
    save_tiny_controlnet(folder / "lines", tiny_pipeline(attends_first=True).unet, seed=1)
    save_tiny_controlnet(folder / "edges-xl", tiny_pipeline(xl=True).unet)
    save_tiny_adapter(folder / "sketch", in_channels=1)
    save_tiny_adapter(folder / "sketch-xl", xl=True)
    return folder


def library_of(folder: Path, *controls: str, **changes: Any) -> Library:
    values: dict[str, Any] = {
        "model": str(folder / "tiny"),
        "more_models": (str(folder / "tiny-xl"),),
        "controlnets": {name: str(folder / name) for name in controls},
        "device": "cpu",
        "dtype": "float32",
        "num_threads": 1,
        "max_rows": 32,
        "cache_dir": folder / "cache",
    }
    return Library(EngineConfig(**values | changes))


@pytest.fixture(scope="module")
def library(folder: Path) -> Library:
    return library_of(folder, "edges", "lines", "edges-xl", "sketch", "sketch-xl")


@pytest.fixture
def loop(library: Library) -> DenoisingLoop:
    return DenoisingLoop(library)


@pytest.fixture(scope="module")
def map_image() -> Image.Image:
    pixels = np.random.default_rng(0).integers(0, 255, (8, 8, 3), dtype=np.uint8)
    return Image.fromarray(pixels).resize((64, 64))


def following(image: Image.Image, *names: str, **changes: Any) -> tuple[Control, ...]:
    return tuple(Control(name=name, map=image, **changes) for name in names)


def stock_latents(folder: Path, request: Generate, kind: Any = None, **options: Any) -> torch.Tensor:
    """The latents (n, c, h, w) of the stock pipeline that follows the request's maps."""
    names = [control.name for control in request.controls]
    is_adapter = "sketch" in names[0]
    of_kind = T2IAdapter if is_adapter else ControlNetModel
    loaded = [of_kind.from_pretrained(folder / name) for name in names]
    part = {"adapter" if is_adapter else "controlnet": loaded[0] if len(loaded) == 1 else loaded}
    stock = DiffusionPipeline.from_pretrained(folder / request.model)
    parts = {name: one for name, one in stock.components.items() if name != "image_encoder"}
    extra = {} if request.model.endswith("xl") else {"requires_safety_checker": False}
    pipeline = (kind or KINDS[names[0]])(**parts, **part, **extra)
    pipeline.scheduler = SAMPLERS[request.sampler].build(pipeline.scheduler.config)
    pipeline.set_progress_bar_config(disable=True)
    maps = [control.map.convert("L") if names == ["sketch"] else control.map for control in request.controls]
    asked: dict[str, Any] = {
        "prompt": request.prompts[0].text,
        "image": maps[0] if len(maps) == 1 else maps,
        "negative_prompt": request.negative_prompt or None,
        "width": request.width,
        "height": request.height,
        "num_inference_steps": request.num_inference_steps,
        "guidance_scale": request.guidance_scale,
        "num_images_per_prompt": len(request.seeds),
        "generator": [torch.Generator().manual_seed(seed) for seed in request.seeds],
        "output_type": "latent",
    }
    latents: torch.Tensor = pipeline(**asked | options).images
    return latents


@pytest.mark.parametrize(
    ("model", "sampler"), [("tiny", "euler-a"), ("tiny", "heun"), ("tiny-xl", "dpmpp-2m")]
)
def test_a_map_is_followed_as_in_the_pipeline_for_controlnets(
    folder: Path, loop: DenoisingLoop, map_image: Image.Image, model: str, sampler: str
) -> None:
    name = "edges-xl" if model == "tiny-xl" else "edges"
    controls = following(map_image, name, scale=0.7, interval=(0.2, 0.8))
    request = generate(model=model, seeds=SEEDS, sampler=sampler, controls=controls, negative_prompt="fog")
    stock = stock_latents(
        folder,
        request,
        controlnet_conditioning_scale=0.7,
        control_guidance_start=0.2,
        control_guidance_end=0.8,
    )
    drawn = denoised(loop, request).latents
    assert torch.equal(drawn, stock)
    assert not torch.equal(drawn, denoised(loop, replace(request, controls=())).latents)


def test_from_a_picture_and_where_a_part_is_repainted_it_equals_the_pipelines(
    folder: Path, loop: DenoisingLoop, map_image: Image.Image
) -> None:
    picture, area = map_image.rotate(180), Image.new("L", (64, 64))
    area.paste(255, (16, 16, 48, 48))
    controls = following(map_image, EDGES, scale=0.7)
    started = generate(seeds=SEEDS, controls=controls, start=Start(source=picture, strength=0.6))
    options = {"strength": 0.6, "controlnet_conditioning_scale": 0.7}
    whole = stock_latents(
        folder,
        started,
        StableDiffusionControlNetImg2ImgPipeline,
        image=picture,
        control_image=map_image,
        **options,
    )
    assert torch.equal(denoised(loop, started).latents, whole)
    # Given once for each seed, a picture is drawn from its own random numbers (see StockPipelines).
    part = stock_latents(
        folder,
        started,
        StableDiffusionControlNetInpaintPipeline,
        prompt=["a red apple"] * 2,
        num_images_per_prompt=1,
        image=[picture] * 2,
        mask_image=[area] * 2,
        control_image=[map_image] * 2,
        **options,
    )
    assert torch.equal(denoised(loop, replace(started, mask=Mask(area=area))).latents, part)


def test_without_guidance_at_another_size_and_by_two_maps_it_equals_the_pipeline(
    folder: Path, loop: DenoisingLoop, map_image: Image.Image
) -> None:
    edges, lines = following(map_image, EDGES, LINES)
    controls = (edges, replace(lines, map=map_image.rotate(90), scale=0.4))
    request = generate(seeds=SEEDS, width=88, height=56, guidance_scale=1.0, controls=controls)
    stock = stock_latents(folder, request, controlnet_conditioning_scale=[1.0, 0.4])
    assert torch.equal(denoised(loop, request).latents, stock)


@pytest.mark.parametrize("model", ["tiny", "tiny-xl"])
def test_a_map_is_followed_as_in_the_pipeline_for_t2i_adapters(
    folder: Path, loop: DenoisingLoop, map_image: Image.Image, model: str
) -> None:
    """Their latents are compared: to decode, the pipeline for SD multiplies where all others divide."""
    name = "sketch-xl" if model == "tiny-xl" else "sketch"
    request = generate(model=model, seeds=SEEDS, controls=following(map_image, name, scale=0.6))
    stock = stock_latents(folder, request, adapter_conditioning_scale=0.6)
    drawn = denoised(loop, request).latents
    assert torch.equal(drawn, stock)
    assert not torch.equal(drawn, denoised(loop, replace(request, controls=())).latents)


def test_an_adapter_for_sdxl_follows_a_map_whose_sides_it_cannot_halve_so_often(
    loop: DenoisingLoop, map_image: Image.Image
) -> None:
    controls = following(map_image, "sketch-xl")
    request = generate(model="tiny-xl", seeds=(1,), width=88, height=56, controls=controls)
    assert result(loop, request).images[0].size == (88, 56)


def test_a_row_without_a_condition_stands_beside_one_with_it_in_either_order(
    library: Library, map_image: Image.Image
) -> None:
    library.load_controls("tiny", [EDGES, SKETCH])
    checkpoint = library.checkpoint("tiny")
    plain = checkpoint.blank_rows(1)
    for name in (EDGES, SKETCH):
        (followed,) = checkpoint.controls.followed(following(map_image, name, scale=2.0), 64, 64)
        steered = replace(checkpoint.blank_rows(2), steered=followed.at(0, 1, 2))
        alone = [checkpoint.predict_noise(rows) for rows in (plain, steered)]
        assert not torch.allclose(alone[1][:1], alone[0], atol=1e-3), "the map changes something"
        for parts, expected in (((plain, steered), alone), ((steered, plain), alone[::-1])):
            together = split(checkpoint.predict_noise(pack(parts)), parts)
            assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(together, expected, strict=True))
        pieces = [checkpoint.predict_noise(piece) for piece in pack((plain, steered, plain)).in_parts_of(2)]
        expected_whole = torch.cat([alone[0], alone[1], alone[0]])
        assert torch.allclose(torch.cat(pieces), expected_whole, atol=1e-5)


def test_whoever_follows_maps_and_whoever_follows_none_are_in_a_pass_what_they_are_alone(
    loop: DenoisingLoop, map_image: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Start(source=map_image, strength=1.0)
    requests = [
        generate("a cat", seeds=SEEDS, controls=following(map_image, EDGES, interval=(0.0, 0.5))),
        generate("a dog" * 9, seeds=(3,), controls=following(map_image.rotate(90), EDGES, SKETCH)),
        generate("a fox", seeds=(4,)),
        generate("", seeds=(5,), controls=following(map_image, LINES), sampler="euler", guidance_scale=1.0),
        generate("a hat", seeds=(6,), start=other, mask=Mask(area=Image.new("L", (64, 64), "white"))),
    ]
    alone = [latents_of(loop, request) for request in requests]
    sizes = record_sizes(monkeypatch, "predict_noise")
    for number, request in enumerate(requests):
        others = requests[:number] + requests[number + 1 :]
        assert decibels(loop, alone[number], latents_of(loop, request, *others)) >= FP32_DECIBELS
    assert max(sizes) == 11, "all shared a pass"


def test_a_controlnet_runs_once_for_all_who_share_it_and_not_outside_the_interval(
    loop: DenoisingLoop, library: Library, map_image: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.load_controls("tiny", [EDGES])
    controls = library.checkpoint("tiny").controls
    control = controls.modules[controls.names.index(EDGES)]
    rows: list[int] = []
    forward = control.forward

    def counted(sample: torch.Tensor, *arguments: Any, **options: Any) -> Any:
        rows.append(len(sample))
        return forward(sample, *arguments, **options)

    monkeypatch.setattr(control, "forward", counted)
    early = following(map_image, EDGES, interval=(0.0, 0.4))
    whole = following(map_image.rotate(90), EDGES)
    requests = [generate(seeds=(1,), controls=controls) for controls in (early, whole, ())]
    results(loop, *requests)
    assert rows == [4, 4, 2, 2, 2]


def test_what_a_map_takes_of_the_device_was_reckoned_with(
    loop: DenoisingLoop, map_image: Image.Image
) -> None:
    cases = [
        ("tiny", (EDGES,), 64, 64),
        ("tiny", (EDGES, LINES, SKETCH), 64, 64),
        ("tiny", (SKETCH,), 72, 56),
        ("tiny-xl", ("edges-xl", "sketch-xl"), 88, 56),
    ]
    for model, names, width, height in cases:
        controls = following(map_image, *names)
        long = "a fox " * 60
        request = generate(long, model=model, seeds=(1,), width=width, height=height, controls=controls)
        ticket = loop.submit(request)
        without = loop.submit(replace(request, controls=()))
        loop.step()
        generation, plain = loop.generation(ticket), loop.generation(without)
        assert generation is not None
        assert plain is not None
        assert generation.num_bytes - plain.num_bytes == ticket.num_bytes - without.num_bytes > 0
        results(loop)


def test_weights_of_controls_count_and_come_back_with_their_model(
    folder: Path, map_image: Image.Image
) -> None:
    library = library_of(folder, EDGES)
    checkpoint, before = library.checkpoint("tiny"), library.checkpoint("tiny").num_bytes
    loop, request = DenoisingLoop(library), generate(seeds=(1,), controls=following(map_image, EDGES))
    expected = result(loop, request).images[0].tobytes()
    control = ControlNetModel.from_pretrained(folder / "edges")
    assert checkpoint.num_bytes - before == 4 * control.num_parameters()
    ticket = loop.submit(request)
    loop.step()
    library.drop_all_but("tiny-xl")
    ends: dict[Ticket, object] = {}
    while not loop.is_idle:
        ends |= dict(loop.step())
    assert isinstance(end := ends[ticket], Finished), "in the middle of a drawing"
    assert end.generated.images[0].tobytes() == expected


def test_a_model_makes_room_for_a_control_but_does_not_leave_for_it(
    folder: Path, map_image: Image.Image
) -> None:
    gib = 1.1 * sum(file.stat().st_size for file in folder.rglob("tiny*/**/*.safetensors")) / 2**30
    library = library_of(folder, EDGES, LINES, memory_gib=gib)
    assert library.is_resident("tiny-xl")
    request = generate(seeds=(1,), controls=following(map_image, EDGES, LINES))
    result(DenoisingLoop(library), request)
    assert library.is_resident("tiny")
    assert not library.is_resident("tiny-xl")


def test_tiled_pictures_that_follow_a_map_join_themselves(
    library: Library, loop: DenoisingLoop, map_image: Image.Image
) -> None:
    controls = following(map_image, EDGES)
    request = generate(seeds=(1,), tiles=True, controls=controls)
    result(loop, request)
    checkpoint = library.checkpoint("tiny")
    checkpoint.put_tiling_in_force(tiles=True)
    layers = [part for part in checkpoint.controls.modules.modules() if isinstance(part, torch.nn.Conv2d)]
    assert {layer.padding_mode for layer in layers} == {"circular"}
    checkpoint.put_tiling_in_force(tiles=False)


def test_in_sixteen_bits_a_map_is_followed(folder: Path, map_image: Image.Image) -> None:
    library = library_of(folder, EDGES, SKETCH, more_models=(), dtype="bfloat16")
    controls = following(map_image, EDGES, SKETCH)
    request = generate(seeds=(1,), num_inference_steps=2, controls=controls)
    drawn, plain = (
        result(DenoisingLoop(library), one).images[0] for one in (request, replace(request, controls=()))
    )
    assert drawn.tobytes() != plain.tobytes()
    assert {one.dtype for one in library.checkpoint("tiny").controls.modules.parameters()} == {torch.bfloat16}


@pytest.mark.parametrize("layout", ["diffusers", "original"])
def test_a_controlnet_in_one_file_is_that_of_a_folder(
    folder: Path, tmp_path: Path, map_image: Image.Image, layout: str
) -> None:
    file = tmp_path / "edges.safetensors"
    if layout == "original":
        save_controlnet_file(ControlNetModel.from_pretrained(folder / "edges"), file)
    else:
        shutil.copy(folder / "edges" / "diffusion_pytorch_model.safetensors", file)
    controls = {"edges": str(file), "lines": str(folder / "edges")}
    loop = DenoisingLoop(library_of(folder, more_models=(), controlnets=controls))
    drawn = [
        denoised(loop, generate(seeds=(1,), controls=following(map_image, name))).latents
        for name in (EDGES, LINES)
    ]
    assert torch.equal(*drawn)


def test_how_a_picture_came_about_that_follows_a_map_is_told(
    folder: Path, loop: DenoisingLoop, map_image: Image.Image
) -> None:
    drawing = generate(seeds=(1,), controls=following(map_image, EDGES))
    drawn = result(loop, drawing).images[0]
    fresh = DenoisingLoop(library_of(folder, EDGES, more_models=()))
    told = explained(fresh, Explain(drawing=drawing)).image
    assert np.abs(np.asarray(told, dtype=int) - np.asarray(drawn, dtype=int)).max() <= 1


def test_operations_measures_what_follows_a_map(library: Library, map_image: Image.Image) -> None:
    parent = Generated(images=(map_image,), latents=(b"",), engine_version="")
    measured = operations(generate(), parent, library.models()[0].controls)
    for name in (EDGES, LINES, SKETCH):
        assert [control.name for control in measured[f"following a map: {name}"].controls] == [name]


def with_config(folder: Path, out: Path, **changes: Any) -> Path:
    shutil.copytree(folder, out)
    config = json.loads((out / "config.json").read_text()) | changes
    (out / "config.json").write_text(json.dumps(config))
    return out


def test_what_cannot_steer_the_models_at_hand_is_refused_at_start(folder: Path, tmp_path: Path) -> None:
    pickled = tmp_path / "pickled"
    pickled.mkdir()
    shutil.copy(folder / "edges" / "config.json", pickled)
    (pickled / "diffusion_pytorch_model.bin").write_bytes(b"\x80\x04")
    (tmp_path / "net.pth").write_bytes(b"\x80\x04")
    adapter = load_file(folder / "sketch" / "diffusion_pytorch_model.safetensors")
    save_file(adapter, tmp_path / "adapter.safetensors")
    save_file({"lora_unet.lora_up.weight": torch.zeros(1)}, tmp_path / "lora.safetensors")
    save_file({"layer.weight": torch.zeros(1)}, tmp_path / "other.safetensors")
    union = with_config(folder / "edges", tmp_path / "union", _class_name="ControlNetUnionModel")
    shuffle = with_config(folder / "edges", tmp_path / "shuffle", global_pool_conditions=True)
    for source, said in {
        pickled: "only as a pickle",
        tmp_path / "net.pth": "is a pickle",
        tmp_path / "adapter.safetensors": r"without its config\.json",
        tmp_path / "lora.safetensors": "is a LoRA",
        tmp_path / "other.safetensors": "holds no ControlNet",
        tmp_path: r"has no config\.json",
        tmp_path / "nothing": "there is nothing at",
        union: r"another kind of thing \(ControlNetUnionModel\)",
        shuffle: "follows a picture's style",
    }.items():
        with pytest.raises(ModelNotFound, match=rf"^CONTROLNETS: edges cannot be used: .*{said}"):
            resolve_controls({"edges": str(source)})


def test_a_control_that_was_made_for_none_of_the_models_is_refused_at_start(
    folder: Path, tmp_path: Path
) -> None:
    sd2 = with_config(folder / "edges", tmp_path / "sd2", cross_attention_dim=1024)
    sdxl = with_config(folder / "sketch-xl", tmp_path / "sdxl", channels=[320, 640, 1280, 1280])
    for source, said in {
        sd2: r"made for other models \(Stable Diffusion 2\) than tiny",
        folder / "edges-xl": "made for other models than tiny",
        folder / "sketch-xl": "made for other models than tiny",
        sdxl: r"made for other models \(SDXL\) than tiny",
    }.items():
        with pytest.raises(ModelNotFound, match=rf"^CONTROLNETS: edges cannot be used: .*{said}"):
            library_of(folder, more_models=(), controlnets={"edges": str(source)})


def test_each_model_has_the_controls_that_were_made_for_its_family(library: Library) -> None:
    controls = {model.name: model.controls for model in library.models()}
    assert controls == {"tiny": ("edges", "lines", "sketch"), "tiny-xl": ("edges-xl", "sketch-xl")}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "depth"}, r"tiny cannot follow a map by depth: CONTROLNETS .* edges, lines, sketch\."),
        ({"name": "edges-xl"}, "CONTROLNETS names nothing of that name that was made for models like it"),
        ({"scale": -1.0}, "The scale of a control must be from 0 to 10"),
        ({"scale": float("nan")}, "The scale of a control must be from 0 to 10"),
        ({"interval": (0.5, 0.5)}, "The interval of a control must lie within 0 and 1"),
        ({"interval": (0.0, 1.5)}, "The interval of a control must lie within 0 and 1"),
    ],
)
def test_a_control_that_cannot_be_is_refused_in_a_sentence(
    library: Library, map_image: Image.Image, changes: dict[str, Any], said: str
) -> None:
    control = replace(Control(name=EDGES, map=map_image), **changes)
    with pytest.raises(InvalidRequest, match=said):
        check(generate(controls=(control,)), library.models()[0])


def test_what_is_drawn_in_windows_follows_no_map(library: Library, map_image: Image.Image) -> None:
    request = generate(width=128, height=128, window=64, controls=following(map_image, EDGES))
    with pytest.raises(InvalidRequest, match="drawn in windows can follow no map"):
        check(request, library.models()[0])


def test_more_maps_than_anybody_needs_are_refused(library: Library, map_image: Image.Image) -> None:
    with pytest.raises(InvalidRequest, match="at most 8 maps, not 9"):
        check(generate(controls=following(map_image, *[EDGES] * 9)), library.models()[0])


def test_a_control_with_weights_missing_ends_its_request_and_no_other(
    folder: Path, tmp_path: Path, map_image: Image.Image
) -> None:
    broken = Path(shutil.copytree(folder / "edges", tmp_path / "edges"))
    file = broken / "diffusion_pytorch_model.safetensors"
    weights = load_file(file)
    weights.pop("controlnet_mid_block.weight")
    save_file(weights, file, metadata={"format": "pt"})
    loop = DenoisingLoop(library_of(folder, more_models=(), controlnets={"edges": str(broken)}))
    with pytest.raises(ModelNotFound, match="Name another copy of it in CONTROLNETS"):
        result(loop, generate(seeds=(1,), controls=following(map_image, EDGES)))
    assert result(loop, generate(seeds=(1,))).images
