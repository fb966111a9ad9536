"""What the embedded model has beside its parts: it looks at pictures and follows maps, without a setting."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from transformers import CLIPImageProcessor, CLIPVisionModelWithProjection

from engine.api import (
    Capability,
    Control,
    Explain,
    Explained,
    Generate,
    Progress,
    Reference,
    Started,
    WeightedPrompt,
)
from engine.api.edges import edges
from engine.bench.arms import finished
from engine.bench.looking import described, drawing
from engine.bench.stock import StockPipelines
from engine.config import EngineConfig
from engine.library import Library
from engine.loop import DenoisingLoop
from engine.sketch import CONTROLS, IMAGE_TOWER, IP_ADAPTER, MAPS_STRENGTH, WEIGHTS
from engine.sketch.conditioned import overlap
from engine.sources import resolve
from engine.work.naming import naming_of
from tests.engine.requests import result

MOST_BYTES = 4e6
"""Of each adapter: they lie in the repository."""


def picture() -> Image.Image:
    """A red disc on white."""
    image = Image.new("RGB", (256, 256), "white")
    ImageDraw.Draw(image).ellipse((40, 60, 200, 220), fill=(220, 30, 40))
    return image


def asked(**changes: object) -> Generate:
    request = {
        "model": "sketch",
        "prompts": (WeightedPrompt(text=""),),
        "width": 256,
        "height": 256,
        "seeds": (3,),
        "num_inference_steps": 6,
        "guidance_scale": 3.0,
        "sampler": "dpmpp-2m",
    }
    return Generate(**(request | changes))  # type: ignore[arg-type]  # the request's own words


def said(*parts: str | tuple[str, float]) -> tuple[WeightedPrompt, ...]:
    """A prompt of some parts, of which each may have a weight."""
    weighed = ((part, 1.0) if isinstance(part, str) else part for part in parts)
    return tuple(WeightedPrompt(text=text, weight=weight) for text, weight in weighed)


def drawn(library: Library, *requests: Generate) -> list[np.ndarray]:
    """The first picture of each, drawn alone."""
    return [np.asarray(result(DenoisingLoop(library), request).images[0]) for request in requests]


def test_the_embedded_model_looks_at_pictures_and_follows_maps_and_no_setting_says_so(
    sketch: Library,
) -> None:
    (info,) = sketch.models()
    assert Capability.REFERENCES in info.capabilities
    assert info.controls == ("edges", "seg")


def test_each_of_its_adapters_is_small_and_no_image_encoder_lies_there_twice() -> None:
    files = [*(WEIGHTS / IP_ADAPTER).rglob("*.safetensors"), *(WEIGHTS / CONTROLS).rglob("*.safetensors")]
    assert len(files) == 3
    assert all(file.stat().st_size < MOST_BYTES for file in files)


def test_it_draws_what_the_stock_pipeline_draws_with_the_same_files(sketch: Library) -> None:
    stock = StockPipelines("sketch", device=torch.device("cpu"), dtype=torch.float32)
    stock.text.register_modules(
        image_encoder=CLIPVisionModelWithProjection.from_pretrained(
            WEIGHTS / IMAGE_TOWER, dtype=torch.float32
        ),
        feature_extractor=CLIPImageProcessor.from_pretrained(WEIGHTS / IMAGE_TOWER),
    )
    stock.text.load_ip_adapter(
        str(WEIGHTS), subfolder=IP_ADAPTER, weight_name="ip_adapter.safetensors", image_encoder_folder=None
    )
    request = asked(prompts=said("a red apple"), references=(Reference(picture=picture()),))
    (mine,) = result(DenoisingLoop(sketch), request).images
    (theirs,) = stock.draw(request, ip_adapter_image=picture())
    np.testing.assert_array_equal(np.asarray(mine), np.asarray(theirs))


def test_a_picture_that_it_looks_at_gives_what_it_draws_its_colour(sketch: Library) -> None:
    (red,) = result(DenoisingLoop(sketch), asked(references=(Reference(picture=picture()),))).images
    drawn = np.asarray(red, float)
    is_drawn = drawn.min(axis=2) < 200
    assert is_drawn.mean() > 0.05
    assert drawn[is_drawn][:, 0].mean() > drawn[is_drawn][:, 1:].mean() + 40


def test_a_picture_without_words_is_drawn_by_the_name_of_what_it_shows_too(sketch: Library) -> None:
    shown = (Reference(picture=drawing(sketch, "a cat", seed=10)),)
    name = described(sketch, shown[0].picture)[0]
    assert name.endswith("cat")
    silent, named = drawn(sketch, asked(references=shown), asked(prompts=said(name), references=shown))
    np.testing.assert_array_equal(silent, named)


def test_of_several_pictures_each_is_named_and_counts_as_much_as_it_is_looked_at(sketch: Library) -> None:
    pictures = [drawing(sketch, words, seed=10) for words in ("a cat", "a rocket")]
    shown = tuple(
        Reference(picture=one, weight=weight) for one, weight in zip(pictures, (0.3, 0.7), strict=True)
    )
    names = said(*((described(sketch, one.picture)[0], one.weight) for one in shown))
    silent, named = drawn(sketch, asked(references=shown), asked(prompts=names, references=shown))
    np.testing.assert_array_equal(silent, named)


def test_what_was_drawn_without_words_is_explained_by_the_names(sketch: Library) -> None:
    cat = drawing(sketch, "a cat", seed=10)
    request = asked(references=(Reference(picture=cat),))
    explained = finished(DenoisingLoop(sketch), Explain(drawing=request)).result
    assert isinstance(explained, Explained)
    assert [word.word for word in explained.words] == described(sketch, cat)[0].split()
    (picture_,) = drawn(sketch, request)
    np.testing.assert_array_equal(np.asarray(explained.image), picture_)


@pytest.mark.parametrize(
    "changes",
    [
        {"prompts": (WeightedPrompt(text="a house"),), "references": (Reference(picture=picture()),)},
        {"references": (Reference(picture=picture(), style_only=True),)},
        {"references": (Reference(picture=picture(), weight=0.0),)},
        {},
    ],
    ids=["it says something", "a picture gives its style", "a picture counts nothing", "no picture"],
)
def test_nothing_is_named_where(sketch: Library, changes: dict[str, object]) -> None:
    assert naming_of(asked(**changes), sketch) is None


def test_a_model_without_a_tower_of_its_own_names_nothing(library: Library) -> None:
    request = asked(model=library.models()[0].name, references=(Reference(picture=picture()),))
    assert naming_of(request, library) is None


def test_others_are_drawn_while_pictures_are_named(sketch: Library) -> None:
    sketch.eyes.close()  # it has to read all its names again
    loop = DenoisingLoop(sketch)
    loop.submit(asked(prompts=said("a house"), num_inference_steps=30))
    silent = loop.submit(asked(references=(Reference(picture=picture()),), fairness_key="b"))
    told = []
    while loop.generation(silent) is None:
        told += loop.step()
    begun = next(
        place for place, (ticket, event) in enumerate(told) if (ticket, type(event)) == (silent, Started)
    )
    steps = sum(isinstance(event, Progress) for _, event in told[begun:])
    assert steps > 5
    assert silent.drawing.prompts != asked().prompts


def test_its_edges_are_those_of_the_map(sketch: Library) -> None:
    map_ = edges(picture())
    followed, free = (
        result(DenoisingLoop(sketch), asked(controls=controls)).images[0]
        for controls in ((Control(name="edges", map=map_),), ())
    )
    assert overlap(edges(followed), map_) > 2 * overlap(edges(free), map_)


def test_an_owners_own_settings_take_their_place_and_count_as_they_say(
    sketch: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    adapter = tmp_path / "mine.safetensors"
    shutil.copy(WEIGHTS / IP_ADAPTER / "ip_adapter.safetensors", adapter)
    encoder = CLIPVisionModelWithProjection.from_pretrained(WEIGHTS / IMAGE_TOWER, dtype=torch.float32)
    encoder.save_pretrained(tmp_path / "image_encoder")
    own = shutil.copytree(WEIGHTS / CONTROLS / "edges", tmp_path / "edges")
    monkeypatch.setattr("engine.library.measure_curve", lambda _: {1: 0.01})  # takes seconds
    library = Library(
        EngineConfig(
            model="sketch",
            ip_adapter=str(adapter),
            controlnets={"edges": str(own)},
            device="cpu",
            dtype="float32",
            num_threads=1,
        )
    )
    entry = library.entry("sketch")
    assert entry.source.adapter is not None
    assert entry.source.adapter.weights == adapter
    assert entry.controls["edges"].path == own
    assert entry.controls["seg"].path == WEIGHTS / CONTROLS / "seg"
    once = asked(controls=(Control(name="edges", map=edges(picture())),))
    twice = asked(controls=(Control(name="edges", map=edges(picture()), scale=MAPS_STRENGTH),))
    np.testing.assert_array_equal(drawn(sketch, once)[0], drawn(library, twice)[0])
    assert (drawn(sketch, once)[0] != drawn(library, once)[0]).any()


def test_other_models_have_none_of_it(library: Library, tiny_path: Path) -> None:
    assert resolve(str(tiny_path)).adapter is None
    for info in library.models():
        assert Capability.REFERENCES not in info.capabilities
        assert info.controls == ()
