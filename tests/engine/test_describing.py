"""Described pictures: the thing drawn is named, by a tower or a captioner, and nobody's drawing stalls."""

from collections.abc import Sequence
from pathlib import Path
from shutil import copytree
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from transformers import BlipForConditionalGeneration, CLIPModel

from engine.api import Capability, Describe, Described, Finished, Progress, Started
from engine.bench.arms import finished
from engine.bench.looking import described, drawing, is_in
from engine.checks import check_looking
from engine.config import EngineConfig
from engine.errors import InvalidRequest, ModelNotFound
from engine.library import Library
from engine.looking import eyes
from engine.looking.captioner import tidied
from engine.looking.captions import Seen, four_captions, with_article
from engine.looking.colours import colour_name, colours_of, is_lines, paper_of
from engine.looking.sources import resolve_captioner
from engine.loop import DenoisingLoop
from engine.sketch.eye import SketchTowers, _borders_of
from engine.sketch.places import PLACES, Scene, paint
from engine.sketch.prompts import hundred
from engine.work.describing import Describing
from tests.engine.looking import save_tiny_blip, save_tiny_clip
from tests.engine.requests import generate


@pytest.fixture(scope="module")
def cat(sketch: Library) -> Image.Image:
    """A cat, as the embedded model draws one."""
    return drawing(sketch, "a cat", seed=11)


@pytest.fixture(scope="module")
def captioned(tiny_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A tiny checkpoint, with a captioner beside it."""
    blip = save_tiny_blip(tmp_path_factory.mktemp("captioner") / "blip")
    return tiny(tiny_path, blip)


def tiny(model: Path, captioner: Path | str | None) -> Library:
    """A library of one tiny checkpoint."""
    return Library(
        EngineConfig(
            model=str(model),
            captioner=None if captioner is None else str(captioner),
            device="cpu",
            dtype="float32",
            num_threads=1,
            max_rows=32,
        )
    )


def scene(seed: int = 0) -> Image.Image:
    """A picture of noise."""
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (48, 64, 3), dtype=np.uint8))


def disc(colour: str, paper: str = "white") -> Image.Image:
    """A disc on paper."""
    image = Image.new("RGB", (96, 96), paper)
    ImageDraw.Draw(image).ellipse((24, 24, 72, 72), fill=colour)
    return image


def captions_of(library: Library, picture: Image.Image) -> tuple[str, ...]:
    """What the default model's captions are."""
    request = Describe(model=library.models()[0].name, picture=picture)
    result = finished(DenoisingLoop(library), request).result
    assert isinstance(result, Described)
    return result.captions


def test_the_thing_that_was_drawn_is_among_the_captions(sketch: Library, cat: Image.Image) -> None:
    owl = hundred()[16]
    for captions, thing in (
        (described(sketch, cat), hundred()[10]),
        (described(sketch, drawing(sketch, owl.text, seed=16)), owl),
    ):
        assert is_in(thing, captions)
        assert len(set(captions)) == 4


def test_coloured_paper_is_told_and_does_not_hide_the_thing(sketch: Library, cat: Image.Image) -> None:
    pixels = np.array(cat)
    pixels[pixels.min(axis=-1) > 245] = (120, 180, 240)
    captions = described(sketch, Image.fromarray(pixels))
    assert captions[0] == "a cat on a blue background"


@pytest.mark.parametrize(
    ("place", "named"),
    [
        ("waterfall", "a waterfall"),
        ("autumn forest", "an autumn forest"),
        ("sea", "the sea"),
        ("city at night", "a city at night"),
    ],
)
def test_a_place_with_nothing_in_it_is_called_by_its_name(sketch: Library, place: str, named: str) -> None:
    picture = paint(PLACES[place], (256, 256), np.random.default_rng(101)).image.convert("RGB")
    assert described(sketch, picture)[0].startswith(named)


def test_a_wide_picture_is_not_looked_at_squeezed(sketch: Library, cat: Image.Image) -> None:
    wide = Image.new("RGB", (2 * cat.width, cat.height), "white")
    wide.paste(cat, (cat.width // 2, 0))
    assert described(sketch, wide)[0] == described(sketch, cat)[0] == "a cat"


def test_the_same_picture_is_described_alike(sketch: Library) -> None:
    assert described(sketch, disc("red")) == described(sketch, disc("red"))


def test_the_words_of_a_tower_are_read_once(sketch: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    described(sketch, disc("red"))
    kind, _ = sketch.looker("sketch")
    monkeypatch.setattr(kind, "read", lambda *_: pytest.fail("they were read before"))
    monkeypatch.setattr("engine.sketch.eye.paint", lambda *_: pytest.fail("they were painted before"))
    described(sketch, disc("blue"))


def test_what_a_tower_does_before_it_first_looks_is_done_in_small_pieces(
    sketch: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    sketch.eyes.close()
    _borders_of.cache_clear()
    done: list[str] = []
    read = SketchTowers.read

    def counted_read(towers: SketchTowers, words: Sequence[str]) -> None:
        done.extend(words)
        read(towers, words)

    def counted_paint(*asked: Any) -> Scene:
        done.append("a scene")
        return paint(*asked)

    monkeypatch.setattr(SketchTowers, "read", counted_read)
    monkeypatch.setattr("engine.sketch.eye.paint", counted_paint)
    work = Describing(Describe(model="sketch", picture=disc("red"))).work(sketch)
    most, before = 0, 0
    for _ in work:
        most, before = max(most, len(done) - before), len(done)
    assert len(done) > 1000
    assert most <= 45, "the lights of a place, three times each"


def test_a_captioner_writes_four_captions_of_which_the_first_is_the_likeliest(
    captioned: Library,
) -> None:
    picture = scene()
    captions = captions_of(captioned, picture)
    assert len(set(captions)) == 4
    kind, path = captioned.looker("tiny")
    eye = captioned.eyes.get(kind, path)
    model = BlipForConditionalGeneration.from_pretrained(path, dtype=torch.float32).eval()
    pixels = eye._processor(images=picture, return_tensors="pt").pixel_values  # type: ignore[union-attr]
    pieces = model.generate(pixel_values=pixels, do_sample=False, num_beams=1, max_length=31)
    likeliest = eye.tokenizer.decode(pieces[0][1:], skip_special_tokens=True)
    assert captions[0] == tidied(likeliest)
    assert captions == captions_of(captioned, picture), "chance is the same for the same picture"


def test_a_clip_ranks_a_vocabulary(
    captioned: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looker = resolve_captioner(str(save_tiny_clip(tmp_path / "clip")))
    monkeypatch.setattr(captioned, "_captioner", looker)
    captions = captions_of(captioned, scene())
    assert len(set(captions)) == 4
    kind, path = looker
    eye = captioned.eyes.get(kind, path)
    model = CLIPModel.from_pretrained(path, dtype=torch.float32).eval()
    subjects = [word for word in eye.words if len(eye.tokenizer(word).input_ids) <= 12][:40]  # type: ignore[union-attr]
    tokens = eye.tokenizer(subjects, padding=True, return_tensors="pt")
    pixels = eye._processor(images=scene(), return_tensors="pt").pixel_values  # type: ignore[union-attr]
    expected = model(**tokens, pixel_values=pixels).logits_per_image[0].argsort(descending=True)
    looked = torch.nn.functional.normalize(
        model.visual_projection(model.vision_model(pixel_values=pixels).pooler_output), dim=-1
    )
    ranked = eye.likeness(looked, subjects).argsort(descending=True)  # type: ignore[union-attr]
    assert torch.equal(ranked, expected)


def test_beside_a_drawing_it_goes_on_between_ticks(captioned: Library) -> None:
    loop = DenoisingLoop(captioned)
    drawn = loop.submit(generate(num_inference_steps=12))
    looked = loop.submit(Describe(model="tiny", picture=scene(), fairness_key="b"))
    told = []
    while not loop.is_idle:
        told += [(ticket, type(event)) for ticket, event in loop.step()]
    steps = [place for place, one in enumerate(told) if one == (drawn, Progress)]
    pieces = [place for place, one in enumerate(told) if one == (looked, Progress)]
    assert len(steps) == 12
    assert pieces, "its holder is told how far it is"
    assert told.index((looked, Started)) < steps[-1]
    assert (looked, Finished) in told


def test_a_slice_is_one_piece_where_there_is_no_time(captioned: Library) -> None:
    work = Describing(Describe(model="tiny", picture=scene()))
    slices = 0
    while work.advance(captioned, 0.0) is None:
        slices += 1
        assert work.num_done < work.num_pieces
    assert slices > 5


def test_what_looks_goes_where_memory_is_short_and_comes_again(captioned: Library) -> None:
    captions = captions_of(captioned, scene())
    assert captioned.eyes.num_bytes > 0
    assert captioned.drop_all_but("tiny")
    assert captioned.eyes.num_bytes == 0
    assert captions_of(captioned, scene()) == captions


def test_a_model_without_eyes_refuses_in_a_sentence_that_names_the_setting(library: Library) -> None:
    info = library.models()[0]
    assert Capability.DESCRIBING not in info.capabilities
    with pytest.raises(InvalidRequest, match="Set CAPTIONER"):
        check_looking(Describe(model="tiny", picture=scene()), info)


def test_with_a_captioner_or_a_tower_it_is_a_capability(sketch: Library, captioned: Library) -> None:
    for one in (sketch, captioned):
        assert Capability.DESCRIBING in one.models()[0].capabilities


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A captioner whose weights are a pickle."""
    folder = Path(copytree(save_tiny_blip(tmp_path / "whole"), tmp_path / "pickled"))
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    return folder


def test_a_captioner_that_is_none_is_found_at_start(tiny_path: Path, broken: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match="no captioner at nowhere"):
        tiny(tiny_path, "nowhere")
    with pytest.raises(ModelNotFound, match=r"no model\.safetensors"):
        tiny(tiny_path, broken)
    with pytest.raises(ModelNotFound, match=r"config\.json is missing"):
        tiny(tiny_path, tmp_path)
    (broken / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(ModelNotFound, match=r"of a kind \(bert\)"):
        tiny(tiny_path, broken)


def test_an_eye_is_loaded_once(tmp_path: Path) -> None:
    class Counted(eyes.Eye):
        loaded = 0

        def __init__(self, path: Path, *, device: torch.device, dtype: torch.dtype) -> None:
            super().__init__(path, device=device, dtype=dtype)
            Counted.loaded += 1

    several = eyes.Eyes(torch.device("cpu"), torch.float32)
    assert several.get(Counted, tmp_path) is several.get(Counted, tmp_path)
    assert several.close()
    assert not several.close()
    several.get(Counted, tmp_path)
    assert Counted.loaded == 2


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("owl", "an owl"),
        ("unicorn", "a unicorn"),
        ("hourglass", "an hourglass"),
        ("grapes", "grapes"),
        ("face with heart-eyes", "a face with heart-eyes"),
        ("bread", "bread"),
        ("milky way", "the milky way"),
        ("octopus", "an octopus"),
    ],
)
def test_a_name_has_the_article_that_it_has_in_a_prompt(name: str, said: str) -> None:
    assert with_article(name) == said


@pytest.mark.parametrize("is_sure", [True, False])
def test_four_captions_differ_even_where_little_is_seen(*, is_sure: bool) -> None:
    captions = four_captions(Seen(subjects=("fox", "dog", "cat"), is_sure=is_sure))
    assert len(set(captions)) == 4
    assert captions[0] == "a fox"
    assert any("dog" in caption for caption in captions)


def test_each_turn_says_it_in_other_words() -> None:
    seen = Seen(
        subjects=("fox", "dog", "cat", "wolf", "bear"),
        is_sure=True,
        styles=("oil painting", "ink"),
        lights=("soft light",),
        colours=("red colours", "gold colours"),
    )
    turns = [four_captions(seen, turn) for turn in range(3)]
    assert len(set(turns)) == 3
    assert all(len(set(captions)) == 4 for captions in turns)
    assert all("fox" in captions[0] for captions in turns)


def test_a_caption_says_nothing_about_there_being_a_picture() -> None:
    assert tidied("there is a arafed fox  in the snow .") == "a fox in the snow"


@pytest.mark.parametrize(
    "colour", ["red", "orange", "yellow", "green", "blue", "purple", "pink", "black", "grey"]
)
def test_colours_have_their_names(colour: str) -> None:
    ((name, share), *_) = colours_of(disc(colour))
    assert name == colour
    assert share > 0.8
    paper = paper_of(disc("black", paper=colour if colour != "black" else "white"))
    assert paper is not None
    assert colour_name(paper) == (colour if colour != "black" else "white")


def test_lines_are_told_from_a_silhouette() -> None:
    lines = Image.new("RGB", (96, 96), "white")
    ImageDraw.Draw(lines).ellipse((24, 24, 72, 72), outline="black", width=3)
    assert is_lines(lines)
    assert not is_lines(disc("black"))
    assert not is_lines(disc("red"))
