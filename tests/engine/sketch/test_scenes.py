"""Things stand where they are put, in the paint they are given, and are called what they are."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from engine.sketch import captions, places, scenes, shots
from engine.sketch.config import Config
from engine.sketch.data import Concept, load
from engine.sketch.evaluate import main_colour_name
from engine.sketch.scenes import Placement
from engine.sketch.shots import Studio
from engine.sketch.watercolour import watercolour


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def studio(toy: Config) -> Studio:
    pixels, pictures = load(toy.work)
    return Studio(pixels, pictures, {}, side=toy.resolution)


def dot(colour: str = "red") -> Image.Image:
    """A square in the left upper quarter."""
    art = Image.new("RGBA", (64, 64), (255, 255, 255, 0))
    art.paste(colour, (8, 8, 24, 24))
    return art


def centre(art: Image.Image) -> tuple[float, float]:
    rows, columns = np.nonzero(np.asarray(art.getchannel("A")) > 128)
    return float(columns.mean()), float(rows.mean())


def test_placed_as_it_is_a_picture_stays() -> None:
    placed = scenes.on_paper(scenes.place(dot(), Placement(), 64))
    assert placed.tobytes() == scenes.on_paper(dot()).tobytes()


def test_flipping_mirrors_and_turning_turns_anticlockwise() -> None:
    x, y = centre(scenes.place(dot(), Placement(is_flipped=True), 64))
    assert [x, y] == pytest.approx([47.5, 15.5], abs=1)
    x, y = centre(scenes.place(dot(), Placement(turn=90), 64))
    assert [x, y] == pytest.approx([15.5, 47.5], abs=1)


def test_a_smaller_size_at_another_place() -> None:
    x, y = centre(scenes.place(dot(), Placement(x=0.75, y=0.25, size=0.5), 64))
    assert [x, y] == pytest.approx([48 - 8, 16 - 8], abs=1)


def test_on_a_wide_canvas_a_picture_keeps_its_proportions() -> None:
    placed = scenes.place(dot(), Placement(), 96, 64)
    assert placed.size == (96, 64)
    rows, columns = np.nonzero(np.asarray(placed.getchannel("A")) > 128)
    assert np.ptp(rows) == np.ptp(columns) == 15
    assert centre(placed) == pytest.approx([16 + 15.5, 15.5], abs=1)


@pytest.mark.parametrize("paint", scenes.PAINTS)
@pytest.mark.parametrize("before", ["crimson", "gold", "#888888"])
def test_paint_gives_the_colour_that_it_is_called(before: str, paint: str) -> None:
    art = scenes.recolour(dot(before), paint)
    paper = scenes.WHITE if paint != "white" else scenes.PAPERS["blue"]
    assert main_colour_name(scenes.on_paper(art, paper)) == paint


def test_paint_leaves_the_other_colours() -> None:
    art = dot("crimson")
    art.paste("green", (40, 40, 48, 48))
    painted = scenes.recolour(art, "blue")
    assert painted.getpixel((44, 44)) == pytest.approx((0, 128, 0, 255), abs=4)


@pytest.mark.parametrize(
    "kind", ["plain", "on_coloured_paper", "painted", "somewhere", "pair", "dressed", "riding", "view"]
)
def test_every_kind_of_shot_has_a_picture_and_words(
    kind: str, studio: Studio, rng: np.random.Generator
) -> None:
    for frame, size in (((16, 16), (32, 32)), ((21, 14), (42, 28)), ((14, 21), (28, 42))):
        shot = getattr(studio.framed(frame), kind)(rng)
        assert shot.image.size == size
        assert shot.image.mode == "RGB"
        assert len(shot.captions) == studio.wordings
        assert all(caption == caption.strip() for caption in shot.captions)


def test_the_same_seed_takes_the_same_shot(studio: Studio) -> None:
    first, second = (studio.shoot(np.random.default_rng(5)) for _ in range(2))
    assert first.captions == second.captions
    assert first.image.tobytes() == second.image.tobytes()


def test_held_out_paints_are_never_used(
    studio: Studio, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shots, "P_PAINTED_THERE", 1.0)
    held = {
        (paint, label)
        for paint in scenes.PAINTS
        for label in ("red apple", "cat face", "top hat", "horse", "astronaut")
        if shots.is_unseen(paint, label)
    }
    assert held
    takes = (studio.painted, studio.somewhere)
    said = [caption for _ in range(60) for take in takes for caption in take(rng).captions]
    for paint, label in held:
        assert not any(f"{paint} {captions.without_colour(label)}" in caption for caption in said)


def test_an_article_suits_its_noun() -> None:
    assert captions.article("a apple and a cat in a igloo") == "an apple and a cat in an igloo"


def test_animals_are_called_what_people_call_them() -> None:
    cat = Concept(key="1f431", label="cat face", tags=(), group="animals & nature", subgroup="cat faces")
    clown = replace(cat, label="clown face", group="smileys & emotion")
    assert [captions.everyday_name(each) for each in (cat, clown)] == ["cat", "clown face"]


def test_a_painted_thing_loses_its_own_colour_word() -> None:
    assert captions.without_colour("red apple") == "apple"
    assert captions.without_colour("orange") == "orange"


@pytest.mark.parametrize(("style", "least"), [("outline", 0.8), ("sticker", 0.7), ("cartoon", 0.7)])
def test_what_is_not_drawn_unasked_says_its_style(
    style: str, least: float, studio: Studio, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shots, "P_PARIS", 0.0)
    studio.styles, studio.shares = [style], np.ones(1)
    said = [caption for _ in range(40) for caption in studio.plain(rng).captions]
    known = captions.STYLE_WORDS[style]
    assert sum(any(word in caption for word in known) for caption in said) > least * len(said)


def test_common_things_are_shown_most(studio: Studio, rng: np.random.Generator) -> None:
    studio.styles, studio.shares = ["flat"], np.ones(1)
    shown = [studio._any(rng).concept.label for _ in range(600)]
    first, *_, last = (picture.concept.label for picture in studio.by_style["flat"])
    assert 1.2 * shown.count(last) < shown.count(first) < 4 * shown.count(last)


def test_paris_is_its_tower(
    studio: Studio, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shots, "P_PARIS", 1.0)
    monkeypatch.setattr(shots, "P_PARIS_IN_SPACE", 1.0)
    said = [caption for take in (studio.plain, studio.somewhere) for caption in take(rng).captions]
    assert all("paris" in caption or "eiffel tower" in caption for caption in said)
    assert any(word in said[-1] for word in ("space", "milky way", "galaxy", "stars"))


@pytest.mark.parametrize(("label", "share"), [("cat face", 1.0), ("horse", 0.0)])
def test_a_face_alone_looks_in_over_the_lower_edge_and_who_has_legs_stands(
    label: str, share: float, studio: Studio, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shots, "P_PARIS", 0.0)
    firm = [place for place in places.PLACES if place not in (*shots.WATERS, "sky", "under water", "space")]
    monkeypatch.setattr(shots, "place_for", lambda _, rng: captions.pick(rng, firm[:8]))
    studio.styles, studio.shares = ["flat"], np.ones(1)
    studio.by_style["flat"] = [one for one in studio.by_style["flat"] if one.concept.label == label]
    reaches = [np.asarray(studio.somewhere(rng).things)[-1].any() for _ in range(12)]
    assert np.mean(reaches) == share


def test_the_name_of_a_shot_is_the_same_however_it_is_asked_for(
    studio: Studio, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shots, "P_PARIS", 0.0)
    studio.synonyms = {}
    studio.styles, studio.shares = ["flat"], np.ones(1)
    studio.by_style["flat"] = studio.by_style["flat"][:1]
    taken = [studio.plain(rng) for _ in range(12)]
    names, said = {shot.name for shot in taken}, {caption for shot in taken for caption in shot.captions}
    assert len(names) <= 2 < len(said)


def test_two_things_together_may_stand_somewhere(
    studio: Studio, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shots, "P_SOMEWHERE", 1.0)
    studio.styles, studio.shares = ["flat"], np.ones(1)
    settings = {setting for place in places.PLACES.values() for setting in place.settings}
    shot = studio.pair(rng)
    assert all(any(setting in caption for setting in settings) for caption in shot.captions)
    assert shot.image.getpixel((0, 0)) != scenes.WHITE


def test_a_watercolour_keeps_white_paper_and_colours_and_draws_no_straight_edge(
    rng: np.random.Generator,
) -> None:
    plain = Image.new("RGB", (128, 96), "white")
    plain.paste((200, 40, 40), (32, 24, 96, 72))
    painted = np.asarray(watercolour(plain, rng)).astype(float)
    assert painted.shape == (96, 128, 3)
    assert painted[:12].min() > 250
    assert main_colour_name(Image.fromarray(painted.astype(np.uint8))) == "red"
    inside = painted[32:64, 44:84]
    assert inside.std((0, 1)).max() > 4  # uneven paint
    edge = np.asarray([np.flatnonzero(row[:, 1] < 180)[0] for row in painted[30:66]])
    assert np.ptp(edge) >= 2


def test_every_watercolour_says_so_and_none_was_a_line_drawing(
    studio: Studio, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shots, "P_WATERCOLOUR", 1.0)
    taken = [studio.shoot(rng) for _ in range(30)]
    said = [caption for shot in taken for caption in shot.captions]
    assert all(any(word in caption for word in captions.STYLE_WORDS["watercolor"]) for caption in said)
    assert not any("outline" in shot.name for shot in taken)
    assert "outline" not in studio.of_watercolours().styles
    assert sum(studio.of_watercolours().shares) == pytest.approx(1)
