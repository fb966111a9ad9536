"""Places: what is painted, what it is called, and how things stand in it."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from engine.sketch import light, places
from engine.sketch.data import Concept
from engine.sketch.evaluate import spread
from engine.sketch.lands import Footing
from engine.sketch.shots import HOMES, WATERS, place_for

SIDE = 64


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def thing(colour: str = "crimson", size: tuple[int, int] = (20, 40)) -> Image.Image:
    art = Image.new("RGBA", (64, 64), (255, 255, 255, 0))
    art.paste(colour, (10, 10, 10 + size[0], 10 + size[1]))
    return art


@pytest.mark.parametrize("name", places.PLACES)
@pytest.mark.parametrize("frame", [(48, 48), (63, 42), (42, 63)])
def test_every_place_fills_its_frame_and_is_never_the_same_twice(
    name: str, frame: tuple[int, int], rng: np.random.Generator
) -> None:
    first, second = (places.paint(places.PLACES[name], frame, rng) for _ in range(2))
    assert first.image.size == frame
    assert first.image.getchannel("A").getextrema() == (255, 255)
    assert spread([first.image, second.image]) > 0
    assert first.names
    assert first.settings


def test_the_same_seed_paints_the_same_place() -> None:
    first, second = (
        places.paint(places.PLACES["village"], (48, 48), np.random.default_rng(3)) for _ in range(2)
    )
    assert first.image.tobytes() == second.image.tobytes()
    assert first.names == second.names


@pytest.mark.parametrize(
    "name", [name for name, each in places.PLACES.items() if light.SUNSET in each.lights]
)
def test_what_is_called_a_sunset_has_an_evening_sky(name: str, rng: np.random.Generator) -> None:
    scene = places.paint(places.PLACES[name], (SIDE, SIDE), rng, light.SUNSET)
    assert all(any(word in said for word in ("sunset", "evening", "golden hour")) for said in scene.names)
    red, green, *_ = np.asarray(scene.image)[: SIDE // 3].reshape(-1, 4).mean(0)
    assert red > green


@pytest.mark.parametrize("name", ["meadow", "city", "forest", "beach", "mountain lake"])
def test_night_is_darker_than_day(name: str, rng: np.random.Generator) -> None:
    day, night = (
        np.asarray(places.paint(places.PLACES[name], (SIDE, SIDE), rng, each).image.convert("L")).mean()
        for each in (light.DAY, light.NIGHT)
    )
    assert night < day / 2


def test_a_season_is_seen(rng: np.random.Generator) -> None:
    summer, autumn, winter = (
        np.asarray(places.paint(places.PLACES[name], (SIDE, SIDE), rng, light.DAY).image)[
            SIDE // 2 :, :, :3
        ].mean((0, 1))
        for name in ("forest", "autumn forest", "snow")
    )
    assert summer[1] > summer[0]
    assert autumn[0] > autumn[1]
    assert winter.min() > 190


def test_a_lake_shows_what_stands_over_it(rng: np.random.Generator) -> None:
    scene = places.paint(places.PLACES["mountain lake"], (SIDE, 2 * SIDE), rng, light.DAY)
    pixels = np.asarray(scene.image.convert("L"), float)
    shore = round(scene.stand.horizon * pixels.shape[0])
    rows = np.arange(6, 24)
    above, below = pixels[shore - rows], pixels[shore + rows]
    assert np.corrcoef(above.ravel(), below.ravel())[0, 1] > 0.6


def test_what_stands_on_the_ground_throws_a_shadow_and_ends_at_its_feet(rng: np.random.Generator) -> None:
    scene = places.paint(places.PLACES["meadow"], (SIDE, SIDE), rng, light.DAY)
    before = np.asarray(scene.image.convert("L"), float)
    places.set_into(scene, thing(), size=0.5, foot=0.8)
    after = np.asarray(scene.image, float)
    is_red = (after[..., 0] > 180) & (after[..., 1] < 60)
    rows, _ = np.nonzero(is_red)
    assert rows.max() + 1 == pytest.approx(0.8 * SIDE, abs=1)
    assert np.ptp(rows) + 1 == pytest.approx(0.5 * SIDE, abs=2)
    beneath = np.asarray(scene.image.convert("L"), float)[round(0.8 * SIDE) + 1]
    assert beneath.min() < before[round(0.8 * SIDE) + 1].min() - 10


def test_what_floats_is_seen_again_in_the_water(rng: np.random.Generator) -> None:
    scene = places.paint(places.PLACES["sea"], (SIDE, SIDE), rng, light.DAY)
    before = np.asarray(scene.image, float)
    places.set_into(scene, thing(), size=0.5, foot=0.7)
    under = slice(round(0.7 * SIDE) + 1, round(0.7 * SIDE) + 5)
    redder = np.asarray(scene.image, float)[under, :, 0] - before[under, :, 0]
    assert redder.max() > 20


def test_things_take_the_light_and_keep_their_colour() -> None:
    art = thing()
    dim = np.asarray(places.lit_art(art, light.NIGHT), float)[20, 15]
    red, green, blue, _ = dim
    assert red > 2 * max(green, blue)
    assert red < np.asarray(art)[20, 15][0]


def test_what_is_set_half_outside_is_cut_off(rng: np.random.Generator) -> None:
    scene = places.paint(places.PLACES["space"], (SIDE, SIDE), rng)
    places.set_into(scene, thing(), x=0.0, size=0.5)
    assert scene.image.size == (SIDE, SIDE)


def test_every_thing_has_a_home_that_can_hold_it(rng: np.random.Generator) -> None:
    assert {name for homes in HOMES.values() for name in homes} <= set(places.PLACES)
    boat = Concept(
        key="26f5", label="sailboat", tags=(), group="travel & places", subgroup="water transportation"
    )
    cat = replace(boat, label="cat", group="animals & nature", subgroup="mammals")
    assert {place_for(boat, rng) for _ in range(100)} & set(WATERS)
    assert not {place_for(cat, rng) for _ in range(300)} & set(WATERS)


def test_what_flies_hangs_in_the_air_and_what_swims_in_the_deep(rng: np.random.Generator) -> None:
    footings = {name: places.paint(each, (32, 32), rng).stand.footing for name, each in places.PLACES.items()}
    assert footings["sky"] is Footing.AIR
    assert footings["under water"] is footings["space"] is Footing.DEPTH
    assert {name for name, each in footings.items() if each is Footing.WATER} == set(WATERS)
