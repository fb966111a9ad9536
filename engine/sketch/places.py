"""Places composed from shapes: a land under a light, what it is called, and how things stand in it.

A *place* paints its land from far to near in the colours of a *light* (a time of day and its weather). Things
are set in it afterwards: on its ground with a shadow, on its water with a waterline, or in its air.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from engine.sketch import lands
from engine.sketch.canvas import FINE, Canvas, falling
from engine.sketch.lands import Footing, Stand
from engine.sketch.light import (
    AURORA,
    DAY,
    DUSK,
    LIGHTS,
    MORNING,
    NEON,
    NIGHT,
    OVER,
    RAIN,
    RAINBOW,
    SNOWFALL,
    SUNNY,
    SUNSET,
    Light,
    Season,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A land, the lights it is seen in, and people's words for it."""

    land: Callable[[Canvas], Stand]
    names: tuple[str, ...]
    """What a picture of it without a thing is called."""
    settings: tuple[str, ...]
    """Behind a thing that stands in it."""
    lights: tuple[Light, ...] = LIGHTS
    seasons: tuple[Season, ...] = (Season.SUMMER,)


FAIR = (DAY, DAY, SUNNY, MORNING, SUNSET, NIGHT, RAIN)
PLACES: dict[str, Place] = {
    "mountains": Place(
        land=lands.mountains,
        names=("mountain range", "mountains", "mountain landscape", "snowy mountains", "mountain peaks"),
        settings=(" in the mountains", " in front of mountains", " with mountains behind it"),
    ),
    "mountain lake": Place(
        land=lands.mountain_lake,
        names=("mountain lake", "lake in the mountains", "lake with reflections", "calm lake"),
        settings=(" on a lake", " on a mountain lake", " on calm water"),
    ),
    "lake": Place(
        land=lands.lake, names=("lake", "lake landscape", "pond"), settings=(" by a lake", " beside a lake")
    ),
    "beach": Place(
        land=lands.beach,
        names=("beach", "sandy beach", "seaside", "coast"),
        settings=(" on the beach", " on a beach", " by the sea"),
    ),
    "palm beach": Place(
        land=lands.palm_beach,
        names=("tropical beach", "beach with palm trees", "summer beach"),
        settings=(" on a tropical beach", " on the beach in summer", " under a palm tree"),
        lights=FAIR,
    ),
    "sea": Place(
        land=lands.sea,
        names=("sea", "ocean", "waves", "seascape", "open sea"),
        settings=(" on the sea", " at sea", " on the ocean", " on the water"),
    ),
    "island": Place(
        land=lands.island,
        names=("tropical island", "island in the sea", "island"),
        settings=(" near an island",),
        lights=FAIR,
    ),
    "under water": Place(
        land=lands.under_water,
        names=("underwater world", "deep sea", "coral reef", "ocean floor"),
        settings=(" under the sea", " under water", " in the ocean", " underwater"),
        lights=(DAY,),
    ),
    "forest": Place(
        land=lands.forest,
        names=("forest", "woods", "green forest"),
        settings=(" in a forest", " in the woods", " among trees"),
    ),
    "spring forest": Place(
        land=lands.forest,
        names=("spring forest", "cherry blossom trees", "cherry blossoms in spring", "pink blossoming trees"),
        settings=(" in spring", " under cherry blossoms", " among blossoming trees"),
        seasons=(Season.SPRING,),
        lights=FAIR,
    ),
    "autumn forest": Place(
        land=lands.forest,
        names=("autumn forest", "forest in autumn", "fall foliage", "autumn trees"),
        settings=(" in an autumn forest", " in autumn", " among autumn leaves"),
        seasons=(Season.AUTUMN,),
    ),
    "fir forest": Place(
        land=lands.fir_forest,
        names=("pine forest", "fir trees", "dark forest", "forest of firs"),
        settings=(" in a pine forest", " among fir trees", " in a dark forest"),
    ),
    "winter forest": Place(
        land=lands.fir_forest,
        names=("winter forest", "snowy forest", "snowy pine trees", "winter wonderland"),
        settings=(" in a snowy forest", " in a winter forest", " in the snowy woods"),
        seasons=(Season.WINTER,),
        lights=(DAY, SNOWFALL, SUNSET, NIGHT, AURORA),
    ),
    "snow": Place(
        land=lands.meadow,
        names=("snow", "winter landscape", "snowy hills", "snowy field"),
        settings=(" in the snow", " in the snow", " on a snowy hill", " in winter"),
        seasons=(Season.WINTER,),
        lights=(DAY, DAY, SNOWFALL, SNOWFALL, SUNSET, NIGHT, AURORA),
    ),
    "desert": Place(
        land=lands.desert,
        names=("desert", "sand dunes", "desert landscape"),
        settings=(" in the desert", " on a dune", " in the sand"),
        lights=(DAY, SUNNY, MORNING, SUNSET, SUNSET, DUSK, NIGHT),
    ),
    "pyramids": Place(
        land=lands.pyramids,
        names=("pyramids", "pyramids in the desert", "egypt"),
        settings=(" in front of the pyramids", " in egypt"),
        lights=(DAY, SUNNY, SUNSET, NIGHT),
    ),
    "meadow": Place(
        land=lands.meadow,
        names=("meadow", "rolling hills", "green hills", "countryside", "landscape", "grassland"),
        settings=(" in a meadow", " in the grass", " on a hill", " on a green hill"),
    ),
    "flower field": Place(
        land=lands.flower_field,
        names=("field of flowers", "flower field", "flower meadow", "garden full of flowers"),
        settings=(" in a field of flowers", " among flowers", " in a garden"),
        lights=FAIR,
    ),
    "wheat": Place(
        land=lands.wheat,
        names=("wheat field", "golden field", "field of wheat"),
        settings=(" in a wheat field", " in a field"),
        lights=FAIR,
    ),
    "lavender": Place(
        land=lands.lavender,
        names=("lavender field", "lavender"),
        settings=(" in a lavender field",),
        lights=FAIR,
    ),
    "road": Place(
        land=lands.road,
        names=("road", "long road", "highway", "road to the horizon"),
        settings=(" on a road", " on the highway"),
    ),
    "river": Place(
        land=lands.river,
        names=("river", "valley", "river in a valley"),
        settings=(" by a river", " in a valley"),
        lights=FAIR,
    ),
    "waterfall": Place(
        land=lands.waterfall,
        names=("waterfall", "waterfall in the jungle"),
        settings=(" by a waterfall",),
        lights=(DAY, SUNNY, MORNING),
    ),
    "volcano": Place(
        land=lands.volcano,
        names=("volcano", "erupting volcano", "volcano with lava"),
        settings=(" in front of a volcano",),
        lights=(DAY, SUNSET, DUSK, NIGHT),
    ),
    "city": Place(
        land=lands.city,
        names=("city", "city skyline", "skyscrapers", "big city"),
        settings=(" in the city", " in front of a skyline", " in a big city"),
    ),
    "city at night": Place(
        land=lands.city,
        names=("city at night", "city lights", "night skyline", "city with lit windows"),
        settings=(" in the city at night", " in front of city lights"),
        lights=(replace(NIGHT, after=("",)), replace(DUSK, after=("",))),
    ),
    "neon city": Place(
        land=lands.city,
        names=("neon city", "cyberpunk city", "futuristic city", "neon lights in the city"),
        settings=(" in a neon city", " in a cyberpunk city", " in a futuristic city"),
        lights=(NEON,),
    ),
    "street": Place(
        land=lands.street,
        names=("street", "city street", "narrow street"),
        settings=(" in the street", " on a street"),
    ),
    "village": Place(
        land=lands.village,
        names=("village", "small town", "village in the mountains", "houses on a hill"),
        settings=(" in a village", " in a small town"),
        seasons=(Season.SUMMER, Season.AUTUMN, Season.SPRING),
    ),
    "winter village": Place(
        land=lands.village,
        names=("snowy village", "village in winter"),
        settings=(" in a snowy village",),
        seasons=(Season.WINTER,),
        lights=(DAY, SNOWFALL, NIGHT, DUSK),
    ),
    "farm": Place(
        land=lands.farm,
        names=("farm", "house in a field", "farmhouse"),
        settings=(" on a farm",),
        lights=FAIR,
    ),
    "park": Place(
        land=lands.park,
        names=("park", "park with trees", "path in the park"),
        settings=(" in a park", " in the park", " on a path"),
        seasons=(Season.SUMMER, Season.AUTUMN, Season.SPRING),
    ),
    "sky": Place(
        land=lands.clouds,
        names=("sky", "clouds", "clouds in the sky", "sky full of clouds"),
        settings=(" in the sky", " among the clouds", " flying in the sky"),
        lights=(DAY, DAY, SUNNY, SUNSET, MORNING, NIGHT, RAINBOW),
    ),
    "room": Place(
        land=lands.room,
        names=("room", "living room", "cozy room", "interior of a room"),
        settings=(" in a room", " in a living room", " by the window"),
        lights=(DAY, NIGHT, SUNSET),
    ),
    "table": Place(
        land=lands.table,
        names=("table", "wooden table", "empty table"),
        settings=(" on a table", " on a wooden table"),
        lights=(DAY,),
    ),
    "space": Place(
        land=lands.space,
        names=("space", "outer space", "stars in space", "universe", "nebula"),
        settings=(" in space", " in outer space", " among the stars"),
        lights=(DAY,),
    ),
    "planets": Place(
        land=lands.planets,
        names=("planets", "planets in space", "alien planet in space"),
        settings=(" in space with planets", " among planets"),
        lights=(DAY,),
    ),
    "milky way": Place(
        land=lands.milky_way,
        names=("milky way", "galaxy"),
        settings=(" in the milky way", " in the galaxy"),
        lights=(DAY,),
    ),
    "moon": Place(
        land=lands.moon_ground,
        names=("surface of the moon", "moon landscape"),
        settings=(" on the moon",),
        lights=(DAY,),
    ),
    "mars": Place(
        land=lands.mars_ground,
        names=("mars landscape", "surface of mars"),
        settings=(" on mars",),
        lights=(DAY,),
    ),
    "black hole": Place(
        land=lands.black_hole,
        names=("black hole", "sunshine black hole", "glowing black hole", "eclipse"),
        settings=(" in front of a black hole",),
        lights=(DAY,),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A place as it was drawn once, and the words for that."""

    image: Image.Image
    """RGBA, opaque."""
    empty: Image.Image
    """The same before anything stood in it."""
    things: Image.Image
    """Where things stand in it, white on black, L."""
    stand: Stand
    place: Place
    light: Light
    names: tuple[str, ...]
    settings: tuple[str, ...]


def paint(
    place: Place, frame: tuple[int, int], rng: np.random.Generator, light: Light | None = None
) -> Scene:
    """A place in one of its lights, (width, height) pixels."""
    light = light or place.lights[int(rng.integers(len(place.lights)))]
    season = place.seasons[int(rng.integers(len(place.seasons)))]
    canvas = Canvas(width=frame[0], height=frame[1], light=light, rng=rng, season=season)
    stand = place.land(canvas)
    falling(canvas)
    image = canvas.image.reduce(FINE).convert("RGBA")
    names, settings = wordings(place, light)
    return Scene(
        image=image,
        empty=image.copy(),
        things=Image.new("L", image.size),
        stand=stand,
        place=place,
        light=light,
        names=names,
        settings=settings,
    )


def wordings(place: Place, light: Light) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a place is called in a light, and what is said behind a thing that stands in it."""
    is_plain = len(place.lights) == 1
    after = ("",) if is_plain else light.after
    names = tuple(name + behind for name in place.names for behind in after)
    if not is_plain:
        names += tuple(first + name for first in light.before for name in place.names)
        lands = [name if name.endswith("s") else f"a {name}" for name in place.names[:2]]
        names += tuple(f"{above} over {land}" for above in OVER.get(light, ()) for land in lands)
    return names, tuple(setting + behind for setting in place.settings for behind in after)


def set_into(
    scene: Scene, art: Image.Image, *, x: float = 0.5, size: float = 0.5, foot: float | None = None
) -> None:
    """Set the drawn part of RGBA art into a scene, in its light; `size` is a share of the shorter side.

    On ground it has a shadow, on water a waterline and a shimmer under it, elsewhere it floats.
    """
    box = art.getchannel("A").point(lambda alpha: 255 * (alpha > 24)).getbbox()
    if box is None:
        return
    drawn = art.crop(box)
    width, height = scene.image.size
    scale = size * min(width, height) / max(drawn.size)
    drawn = drawn.resize(
        (max(1, round(drawn.width * scale)), max(1, round(drawn.height * scale))), Image.Resampling.LANCZOS
    )
    drawn = lit_art(drawn, scene.light)
    stand = scene.stand
    at = stand.foot if foot is None else foot
    left = round(x * width - drawn.width / 2)
    if stand.footing in {Footing.AIR, Footing.DEPTH}:
        _put(scene, drawn, left, round(at * height - drawn.height / 2))
        return
    bottom = round(at * height)
    if stand.footing is Footing.WATER:
        sunk = max(1, round(drawn.height * 0.08))
        shown = drawn.crop((0, 0, drawn.width, drawn.height - sunk))
        mirrored = shown.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        mirrored = mirrored.resize((shown.width, max(1, shown.height // 3)))
        mirrored.putalpha(mirrored.getchannel("A").point(lambda alpha: alpha * 2 // 5))
        scene.image.alpha_composite(*_inside(mirrored, left, bottom, scene.image.size))
        _put(scene, shown, left, bottom - shown.height)
        return
    shadow = Image.new("L", scene.image.size)
    feet = drawn.getchannel("A").crop((0, drawn.height * 4 // 5, drawn.width, drawn.height)).getbbox()
    start, end = (left, left + drawn.width) if feet is None else (left + feet[0], left + feet[2])
    thick = max(3, (end - start) * 0.09)
    ImageDraw.Draw(shadow).ellipse(
        (start - thick / 2, bottom - thick, end + thick / 2, bottom + thick), fill=95
    )
    shadow = shadow.filter(ImageFilter.GaussianBlur(thick / 5))
    dark = Image.new("RGBA", scene.image.size, (20, 22, 40, 0))
    dark.putalpha(shadow)
    scene.image.alpha_composite(dark)
    _put(scene, drawn, left, bottom - drawn.height)


def _put(scene: Scene, art: Image.Image, left: int, top: int) -> None:
    part, corner = _inside(art, left, top, scene.image.size)
    scene.image.alpha_composite(part, corner)
    scene.things.paste(255, corner, part.getchannel("A"))


def lit_art(art: Image.Image, light: Light) -> Image.Image:
    """RGBA art under a light, two fifths of the way to how the land looks: its colours stay what they are."""
    tint = tuple(round(255 * (0.6 + 0.4 * share)) for share in light.tint)
    toned = ImageChops.multiply(art.convert("RGB"), Image.new("RGB", art.size, tint))
    toned.putalpha(art.getchannel("A"))
    return toned


def _inside(
    art: Image.Image, left: int, top: int, size: tuple[int, int]
) -> tuple[Image.Image, tuple[int, int]]:
    """The part of the art that lies inside a canvas, and where it goes."""
    box = (max(0, -left), max(0, -top), min(art.width, size[0] - left), min(art.height, size[1] - top))
    if box[0] >= box[2] or box[1] >= box[3]:
        return Image.new("RGBA", (1, 1)), (0, 0)
    return art.crop(box), (max(0, left), max(0, top))
