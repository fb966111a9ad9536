"""References: as in the pipelines with an IP-Adapter, alone and beside who looks at nothing or at others."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from engine.api import Capability, Generate, Lora, Mask, Mixture, Reference, Start
from engine.bench.arms import denoised
from engine.bench.stock import StockPipelines
from engine.bench.tiny import save_tiny_ip_adapter, save_tiny_lora
from engine.checks import check
from engine.config import EngineConfig
from engine.errors import InvalidRequest
from engine.library import Library
from engine.loop import DenoisingLoop
from engine.rows import pack, split
from tests.engine.requests import generate, result, results

MODELS = ("tiny", "tiny-xl")
ENOUGH = 100.0
"""Decibels between pictures that are to be the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapted:
    """Checkpoints of both families with their adapters, in the engine and in stock pipelines."""

    library: Library
    stock: dict[str, StockPipelines]


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "plus"])
def adapted(
    request: pytest.FixtureRequest,
    tiny_path: Path,
    tiny_xl_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Adapted]:
    folder = tmp_path_factory.mktemp("adapters")
    paths = {"tiny": tiny_path, "tiny-xl": tiny_xl_path}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("engine.library.measure_curve", lambda _: {1: 0.01, 32: 0.2})  # takes seconds
        stock = {}
        for name, path in paths.items():
            file = folder / f"{name}.safetensors"
            save_tiny_ip_adapter(file, xl=name == "tiny-xl", plus=request.param)
            stock[name] = StockPipelines(str(path), device=torch.device("cpu"), dtype=torch.float32)
            stock[name].text.load_ip_adapter(str(folder), subfolder="", weight_name=file.name)
        yield Adapted(library=library_of(paths, folder), stock=stock)


def library_of(paths: dict[str, Path], adapter: Path | None, loras: dict[str, Path] | None = None) -> Library:
    first, *others = map(str, paths.values())
    return Library(
        EngineConfig(
            model=first,
            more_models=tuple(others),
            ip_adapter=None if adapter is None else str(adapter),
            loras=loras or {},
            device="cpu",
            dtype="float32",
            num_threads=1,
            max_rows=32,
        )
    )


def picture(seed: int = 0) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(0, 255, (5, 6, 3), dtype=np.uint8)
    return Image.fromarray(pixels).resize((90, 70))


def looking(*references: Reference, **changes: Any) -> Generate:
    return generate(**{"seeds": (7,), "references": references} | changes)


# Parity


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("weight", [1.0, 0.6])
def test_one_picture_equals_the_pipeline(adapted: Adapted, model: str, weight: float) -> None:
    request = looking(Reference(picture=picture(), weight=weight), model=model, negative_prompt="blurry")
    stock = adapted.stock[model]
    stock.text.set_ip_adapter_scale(weight)
    drawn = result(DenoisingLoop(adapted.library), request).images
    for mine, theirs in zip(drawn, stock.draw(request, ip_adapter_image=picture()), strict=True):
        np.testing.assert_array_equal(np.asarray(mine), np.asarray(theirs))


@pytest.mark.parametrize("model", MODELS)
def test_four_pictures_equal_the_pipeline(adapted: Adapted, model: str) -> None:
    """To the last bits: the pipeline projects what is seen for each of the four anew, and over eight rows a
    linear layer rounds otherwise than over two."""
    request = looking(Reference(picture=picture()), model=model, seeds=(1, 2, 3, 4))
    adapted.stock[model].text.set_ip_adapter_scale(1.0)
    assert likeness(adapted, request, ip_adapter_image=picture()) > ENOUGH


@pytest.mark.parametrize("model", MODELS)
def test_several_with_weights_equal_the_pipeline(adapted: Adapted, model: str) -> None:
    """To the last bits: the pipeline adds one after the other to the text's, and multiplies by masks."""
    seen = [picture(1), picture(2)]
    request = looking(
        Reference(picture=seen[0], weight=0.7), Reference(picture=seen[1], weight=0.4), model=model
    )
    adapted.stock[model].text.set_ip_adapter_scale([[0.7, 0.4]])
    everywhere = {"ip_adapter_masks": [torch.ones(1, 2, 64, 64)]}
    found = likeness(adapted, request, ip_adapter_image=[seen], cross_attention_kwargs=everywhere)
    assert found > ENOUGH


@pytest.mark.parametrize(("model", "blocks"), [("tiny", [0.8, 0.8]), ("tiny-xl", [0.0, 0.8])])
def test_style_alone_equals_the_pipeline_with_the_style_blocks_alone(
    adapted: Adapted, model: str, blocks: list[float]
) -> None:
    whole = looking(Reference(picture=picture(), weight=0.8), model=model)
    request = looking(Reference(picture=picture(), weight=0.8, style_only=True), model=model)
    adapted.stock[model].text.set_ip_adapter_scale({"up": {"block_0": blocks}})
    assert likeness(adapted, request, ip_adapter_image=picture()) > ENOUGH
    assert decibels(decoded(adapted.library, whole), decoded(adapted.library, request)) < 40


def test_in_an_interval_it_equals_the_pipeline_that_looks_then(adapted: Adapted) -> None:
    reference = Reference(picture=picture(), interval=(0.4, 0.8))
    request, pipeline = looking(reference, num_inference_steps=5, sampler="euler"), adapted.stock["tiny"].text
    scales = [0.0, 0.0, 1.0, 1.0, 0.0, 0.0]

    def look(_pipeline: Any, step: int, _timestep: Any, kept: dict[str, Any]) -> dict[str, Any]:
        pipeline.set_ip_adapter_scale(scales[step + 1])
        return kept

    pipeline.set_ip_adapter_scale(scales[0])
    found = likeness(adapted, request, ip_adapter_image=picture(), callback_on_step_end=look)
    assert found > ENOUGH


# Beside others


@pytest.mark.parametrize("model", MODELS)
def test_who_looks_at_nothing_is_drawn_as_without_an_adapter(
    adapted: Adapted, library: Library, model: str
) -> None:
    request = generate(model=model)
    with_adapter, without = (result(DenoisingLoop(one), request) for one in (adapted.library, library))
    assert with_adapter.latents == without.latents


@pytest.mark.parametrize("model", MODELS)
def test_a_row_without_a_reference_stands_beside_one_with_it_in_either_order(
    adapted: Adapted, model: str
) -> None:
    checkpoint = adapted.library.checkpoint(model)
    parts = [
        checkpoint.blank_rows(count, num_references=pictures) for count, pictures in ((1, 0), (2, 1), (1, 3))
    ]
    alone = [checkpoint.predict_noise(rows) for rows in parts]
    assert not torch.allclose(alone[1][:1], alone[0], atol=1e-3), "the reference changes something"
    for order in ([0, 1, 2], [2, 1, 0]):
        piled = [parts[number] for number in order]
        together = split(checkpoint.predict_noise(pack(piled)), piled)
        for number, prediction in zip(order, together, strict=True):
            assert decibels(prediction, alone[number]) > ENOUGH


def test_among_all_kinds_of_others_a_picture_is_drawn_as_alone(adapted: Adapted) -> None:
    first, second = Reference(picture=picture(1), weight=0.5), Reference(picture=picture(2), style_only=True)
    late = replace(first, interval=(0.5, 1.0))
    start = Start(source=picture(3), strength=0.6)
    requests = [
        looking(first, second),
        looking(),
        looking(second, sampler="euler", num_inference_steps=7),
        looking(late, guidance_scale=1.0, sampler="lcm"),
        looking(first, start=start, prompt="a word " * 20),
    ]
    among = decoded(adapted.library, requests[0], requests[1:])
    assert decibels(decoded(adapted.library, requests[0]), among) > ENOUGH
    together = results(DenoisingLoop(adapted.library), *requests)
    for request, drawn in zip(requests, together, strict=True):
        (alone_image,) = result(DenoisingLoop(adapted.library), request).images
        assert levels_apart(drawn.images[0], alone_image) <= 1


def test_a_reference_that_counts_nothing_changes_nothing(adapted: Adapted) -> None:
    plain, ignored = looking(), looking(Reference(picture=picture(), weight=0.0))
    never = looking(Reference(picture=picture(), interval=(0.5, 0.5)))
    drawn = [result(DenoisingLoop(adapted.library), request).images[0] for request in (plain, ignored, never)]
    assert levels_apart(drawn[0], drawn[1]) == 0
    assert drawn[0].tobytes() == drawn[2].tobytes()


def test_loras_and_tiling_work_on_with_a_reference(
    tiny_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.library.measure_curve", lambda _: {1: 0.01, 32: 0.2})
    lora = save_tiny_lora(tmp_path / "lora.safetensors")
    adapter = save_tiny_ip_adapter(tmp_path / "adapter.safetensors")
    loop = DenoisingLoop(library_of({"tiny": tiny_path}, adapter, {"lora": lora}))
    plain = looking(Reference(picture=picture()))
    before = result(loop, plain).latents
    changed = [
        result(loop, replace(plain, loras=(Lora(name="lora", weight=3.0),))).latents,
        result(loop, replace(plain, tiles=True)).latents,
        result(loop, looking(loras=(Lora(name="lora", weight=3.0),))).latents,
        result(loop, looking()).latents,
    ]
    assert len({before, *changed}) == 5
    assert result(loop, plain).latents == before


def test_a_reference_takes_no_more_of_the_device_than_was_reckoned_with(adapted: Adapted) -> None:
    loop = DenoisingLoop(adapted.library, preview_seconds=0.0)
    taken = []
    for count in (0, 3):
        ticket = loop.submit(looking(*[Reference(picture=picture(seed)) for seed in range(count)]))
        loop.step()
        generation = loop.generation(ticket)
        assert generation is not None
        assert generation.num_bytes <= ticket.num_bytes
        taken.append((generation.num_bytes, ticket.num_bytes))
        loop.cancel(ticket)
    (own, reckoned), (with_three, reckoned_with_three) = taken
    assert with_three - own == reckoned_with_three - reckoned > 0


# Mixtures


def test_a_mixture_begins_at_its_pictures_and_between_them(library: Library) -> None:
    def begun(*weights: float) -> torch.Tensor:
        source = Mixture(pictures=(picture(1), picture(2)), weights=weights)
        return decoded(library, looking(start=Start(source=source, strength=0.6), sampler="euler"))

    ends = [begun(1.0, 0.0), begun(0.0, 1.0)]
    middle, nearer = begun(1.0, 1.0), begun(3.0, 1.0)
    assert distance(middle, ends[0]) < distance(*ends) > distance(middle, ends[1])
    assert distance(nearer, ends[0]) < distance(middle, ends[0])


# Refusals


SEEN = Reference(picture=picture())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"references": (replace(SEEN, weight=math.nan),)}, "weight of a reference"),
        ({"references": (replace(SEEN, weight=-1.0),)}, "weight of a reference"),
        ({"references": (replace(SEEN, interval=(0.7, 0.2)),)}, "interval of a reference"),
        ({"references": (SEEN,) * 9}, "At most 8 pictures"),
        ({"start": Start(source=Mixture(pictures=(), weights=()), strength=0.5)}, "at least one picture"),
        (
            {"start": Start(source=Mixture(pictures=(picture(),), weights=(0.0,)), strength=0.5)},
            "more than zero",
        ),
        (
            {
                "start": Start(source=Mixture(pictures=(picture(),), weights=(1.0,)), strength=0.5),
                "mask": Mask(area=Image.new("L", (64, 64), 255)),
            },
            "not a mixture",
        ),
    ],
)
def test_what_cannot_be_looked_at_is_refused_in_a_sentence(
    library: Library, changes: dict[str, Any], said: str
) -> None:
    info = replace(library.models()[0], capabilities=frozenset({Capability.REFERENCES}))
    with pytest.raises(InvalidRequest, match=said):
        check(generate(**changes), info)


def test_a_model_without_an_adapter_names_the_setting(library: Library) -> None:
    with pytest.raises(InvalidRequest, match="set IP_ADAPTER"):
        check(looking(SEEN), library.models()[0])


def likeness(adapted: Adapted, request: Generate, **options: Any) -> float:
    """Decibels between what the engine and the pipeline draw, before it is rounded."""
    stock = adapted.stock[request.model]
    latents = stock.draw(request, output_type="latent", **options)
    theirs = adapted.library.checkpoint(request.model).decode_pixels(torch.stack(list(latents)))  # type: ignore[arg-type]
    return decibels(decoded(adapted.library, request), theirs)


def decoded(library: Library, request: Generate, others: list[Generate] | None = None) -> torch.Tensor:
    """Pictures (n, 3, h, w) in about [-1, 1], drawn while the others are."""
    generation = denoised(DenoisingLoop(library), request, others or [], ticks_apart=1)
    return library.checkpoint(request.model).decode_pixels(generation.latents)


def decibels(one: torch.Tensor, other: torch.Tensor) -> float:
    error = float((one - other).square().mean())
    return math.inf if error == 0 else 10 * math.log10(4.0 / error)


def distance(one: torch.Tensor, other: torch.Tensor) -> float:
    return float((one - other).abs().mean())


def levels_apart(one: Image.Image, other: Image.Image) -> int:
    return int(np.abs(np.asarray(one, dtype=int) - np.asarray(other, dtype=int)).max())
