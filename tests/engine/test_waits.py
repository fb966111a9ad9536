"""In a tick nothing is read from the device, nor sent to it, that the host would have to wait for."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from engine.api import Control, Finished, Generate, Mask, Preview, Spread, Start, Variation, WeightedPrompt
from engine.bench.tiny import save_tiny_controlnet, tiny_pipeline
from engine.config import EngineConfig
from engine.device import Arrival
from engine.guides import combine
from engine.library import Library
from engine.loop import DenoisingLoop
from engine.preview import PreviewMap
from engine.samplers import SAMPLERS, schedule
from engine.text import TextEncoder
from engine.work import denoising
from tests.engine.requests import generate
from tests.engine.watch import DEVICE, Watch, watched

PICTURE = Image.linear_gradient("L").resize((64, 64)).convert("RGB")
HALF = Image.new("L", (64, 64))
HALF.paste(255, (0, 0, 32, 64))


@pytest.fixture
def watch() -> Iterator[Watch]:
    with watched() as watch:
        yield watch


@pytest.fixture(scope="module")
def far_library(tiny_path: Path, tiny_xl_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The tiny checkpoints on a device that no number can be read from unseen."""
    edges = tmp_path_factory.mktemp("controls") / "edges"
    config = EngineConfig(
        model=str(tiny_path),
        more_models=(str(tiny_xl_path),),
        controlnets={"edges": str(save_tiny_controlnet(edges, tiny_pipeline().unet))},
        device="cpu",
        dtype="float32",
        num_threads=1,
        max_rows=1000,
    )
    library = Library(config)
    library.load_controls("tiny", ["edges"])
    for name in ("tiny", "tiny-xl"):
        checkpoint = library.checkpoint(name)
        for part in checkpoint.pipeline.components.values():
            if isinstance(part, torch.nn.Module):
                part.to(DEVICE)
        shown = checkpoint._preview_map
        checkpoint._preview_map = PreviewMap(weight=shown.weight.to(DEVICE), bias=shown.bias.to(DEVICE))
        checkpoint.text = TextEncoder(checkpoint.text._tokenizers, checkpoint.text._encoders)
        checkpoint.controls.modules.to(DEVICE)
        checkpoint.device = checkpoint.controls._device = library.device = DEVICE
    for sampler in SAMPLERS:  # some take a thousand times as long to build as to copy
        own = library.checkpoint("tiny").scheduler_config
        schedule(sampler, own, num_inference_steps=9, strength=1.0)
    return library


START = Start(source=PICTURE, strength=1.0)
SEVERAL = (WeightedPrompt(text="a fox", weight=2.0), WeightedPrompt(text="fog", weight=-0.5))
PLAIN: dict[str, Any] = {"seeds": (1,), "num_inference_steps": 9}
KINDS: dict[str, dict[str, Any]] = {
    "plain": {"negative_prompt": "blurry"},
    "no guidance": {"guidance_scale": 1.0},
    "image to image": {"start": Start(source=PICTURE, strength=0.9)},
    "mask": {"start": START, "mask": Mask(area=HALF)},
    "rescaled": {"prompts": SEVERAL, "guidance_rescale": 0.7, "guidance_interval": (0.0, 0.4)},
    "spread": {"seeds": (4, 5), "spread": Spread(amount=0.5, seed=4)},
    "variation": {"variation": Variation(seed=9, strength=0.2)},
    "stop": {"stop": 0.9},
    "tiles": {"tiles": True},
    "size": {"width": 88, "height": 56},
    "windows": {"width": 128, "window": 64},
    "control": {"controls": (Control(name="edges", map=PICTURE, scale=0.5),)},
    "sdxl": {"model": "tiny-xl"},
}


def waits_of_ticks(loop: DenoisingLoop, watch: Watch, requests: list[Generate], *, ticks: int) -> list[str]:
    """What was waited for in so many ticks of them all together, after the first and before the last."""
    tickets = [loop.submit(request) for request in requests]
    loop.step()
    loop.step()
    assert all(loop.generation(ticket) for ticket in tickets), "all have begun"
    watch.waits.clear()
    watch.arrivals.clear()
    for _ in range(ticks):
        loop.step()
    generations = [loop.generation(ticket) for ticket in tickets]
    assert all(one and 0 < one.step < one.num_steps for one in generations), (
        "all of them took part to the end"
    )
    return list(watch.waits)


def test_no_sampler_waits_for_the_device(far_library: Library, watch: Watch) -> None:
    kinds = [KINDS["plain"], KINDS["mask"]]
    requests = [generate(**PLAIN | kind, sampler=sampler) for sampler in SAMPLERS for kind in kinds]
    loop = DenoisingLoop(far_library, preview_seconds=1e9)
    assert waits_of_ticks(loop, watch, requests, ticks=4) == []
    assert 0 < len(watch.arrivals) <= 2 * len(requests), "only now and then, whether they are numbers"


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_of_request_waits_for_the_device(far_library: Library, watch: Watch, kind: str) -> None:
    requests = [generate(**PLAIN | KINDS[kind], sampler=sampler) for sampler in ("dpmpp-2m", "lcm")]
    loop = DenoisingLoop(far_library, preview_seconds=1e9)
    assert waits_of_ticks(loop, watch, requests, ticks=2) == []


def test_previews_come_without_being_waited_for(far_library: Library, watch: Watch) -> None:
    loop = DenoisingLoop(far_library, preview_seconds=0.0)
    requests = [generate(num_inference_steps=9, seeds=(1, 2))]
    assert waits_of_ticks(loop, watch, requests, ticks=3) == []
    assert watch.arrivals
    assert any(isinstance(event, Preview) for _, event in loop.step())


def arriving(*, asked_for: int) -> type[Arrival]:
    """What comes when it is asked about for so many times."""

    class Late(Arrival):
        asked = 0

        @property
        def is_here(self) -> bool:
            self.asked += 1
            return self.asked >= asked_for

    return Late


def test_a_preview_is_shown_when_it_has_come_and_not_after_the_picture(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.loop.Arrival", arriving(asked_for=4))
    loop = DenoisingLoop(library, preview_seconds=1e9)
    loop.submit(generate(num_inference_steps=9))
    told = [[type(event) for _, event in loop.step()] for _ in range(3)]
    assert Preview not in {kind for kinds in told for kind in kinds}
    assert Preview in {type(event) for _, event in loop.step()}
    while not loop.is_idle:
        loop.step()
    loop.submit(generate(num_inference_steps=2))
    told = []
    while not loop.is_idle:
        told.append([type(event) for _, event in loop.step()])
    assert told[-1][-1] is Finished
    assert all(Preview not in kinds for kinds in [*told, [type(event) for _, event in loop.step()]])


def test_where_every_tick_shows_a_preview_none_is_lost_to_the_next(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.loop.Arrival", arriving(asked_for=2))
    loop = DenoisingLoop(library, preview_seconds=0.0)
    loop.submit(generate(num_inference_steps=9))
    told = [[type(event) for _, event in loop.step()].count(Preview) for _ in range(9)]
    assert told == [0, *[1] * 8]


@pytest.mark.parametrize(
    "wait",
    [
        lambda tensor: tensor.sum().item(),
        lambda tensor: float(tensor.sum()),
        lambda tensor: bool((tensor > 0).all()),
        lambda tensor: tensor.cpu(),
        lambda tensor: tensor.to("cpu"),
        lambda tensor: tensor.tolist(),
        lambda tensor: torch.ones(3).to(tensor.device),
        lambda tensor: torch.tensor([1.0, 2.0], device=tensor.device),
        lambda tensor: tensor.copy_(torch.ones(tensor.shape)),
        lambda tensor: torch.linalg.solve(tensor[:2, :2], tensor[:2, 0]),
    ],
)
def test_whatever_waits_is_seen(watch: Watch, wait: Callable[[torch.Tensor], object]) -> None:
    wait(torch.zeros(3, 3, device=DEVICE))
    assert len(watch.waits) == 1


def test_who_reads_a_number_in_a_tick_is_found_out(
    far_library: Library, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:

    def curious(*arguments: Any) -> torch.Tensor:
        combined = combine(*arguments)
        return combined if combined.mean().item() else -combined

    monkeypatch.setattr(denoising, "combine", curious)
    loop = DenoisingLoop(far_library, preview_seconds=1e9)
    waits = waits_of_ticks(loop, watch, [generate(num_inference_steps=9)], ticks=2)
    assert [wait.partition(".py")[0] for wait in waits] == 2 * ["aten::_local_scalar_dense in test_waits"]
