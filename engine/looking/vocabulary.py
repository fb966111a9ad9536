"""Words that a picture is compared with: what is to be seen, in which style, light and colours."""

from engine.sketch.concepts import COMMON, EVERYDAY_NAMES

_HEADS = frozenset(["cat", "dog", "tiger", "monkey", "pig", "cow", "mouse", "dragon", "rabbit", "horse"])
_KEPT = frozenset({"thumbs up", "red heart"})
"""Whose everyday names say something else, or less."""


def everyday(name: str) -> str:
    """What people call one of the things that the embedded model knows: a `cat face` is a cat."""
    if name.removesuffix(" face") in _HEADS:
        return name.removesuffix(" face")
    is_odd = len(name.split()) > 1 and name not in _KEPT
    return EVERYDAY_NAMES[name][0] if is_odd and name in EVERYDAY_NAMES else name


THINGS = tuple(" ".join(name.split()) for name in COMMON.split(","))
"""What the embedded model knows, by the names that it learnt."""

_MORE = """
portrait of a woman, portrait of a man, portrait of a girl, portrait of a boy, old man, old woman, crowd
of people, couple in love, family, dancer, knight in armour, soldier, warrior, samurai, king, queen,
witch, angel, demon, pirate, musician, model in a dress, face in profile, hands, mountain lake,
waterfall, river through a valley, forest path, field of flowers, lavender field, wheat field, rocky
coast, lighthouse, harbour with boats, island, tropical beach, snowy village, country road, canyon,
glacier, cave, garden, park, old town street, narrow alley, city at night, skyscrapers, market, train
station, bridge over a river, cathedral, temple, ruins, palace, windmill, farmhouse, barn, living room,
bedroom, kitchen, library, staircase, workshop, laboratory, café, restaurant table, still life with
fruit, bouquet of flowers, vase of flowers, bowl of soup, plate of food, glass of water, jewellery,
necklace, wristwatch, sneakers, handwriting, poster, logo, pattern, abstract shapes, swirling colours,
geometric pattern, map, spaceship over a planet, futuristic city, astronaut on the moon, nebula, planet
with rings, robot soldier, mech, steam engine, old car, sports car, truck, fighter jet, sailing ship in
a storm, submarine, hot air balloon, sword, helmet, potion bottle, treasure chest, mask, doll, statue,
fountain, mushroom house, treehouse
"""

SUBJECTS = tuple(
    dict.fromkeys([*map(everyday, THINGS), *(" ".join(one.split()) for one in _MORE.split(","))])
)
"""What may be to be seen, without an article."""

STYLES = (
    "photograph",
    "black and white photograph",
    "macro photograph",
    "oil painting",
    "watercolor",
    "gouache painting",
    "ink drawing",
    "pencil sketch",
    "charcoal drawing",
    "line art",
    "woodcut",
    "engraving",
    "ukiyo-e print",
    "anime",
    "manga",
    "comic book art",
    "cartoon",
    "flat vector illustration",
    "children's book illustration",
    "3d render",
    "clay model",
    "pixel art",
    "isometric",
    "paper cut",
    "stained glass",
    "mosaic",
    "collage",
    "graffiti",
    "poster design",
    "impressionism",
    "surrealism",
    "art nouveau",
    "concept art",
    "low poly",
)
LIGHTS = (
    "soft light",
    "bright daylight",
    "golden hour",
    "sunset light",
    "blue hour",
    "at night",
    "moonlight",
    "candlelight",
    "neon light",
    "backlit",
    "studio lighting",
    "dramatic shadows",
    "overcast",
    "fog",
    "rays of light",
    "dark background",
    "white background",
)
COLOURS = (
    "red",
    "orange and teal",
    "golden colours",
    "green colours",
    "blue colours",
    "purple and pink",
    "pastel colours",
    "muted colours",
    "vivid colours",
    "earth tones",
    "black and white",
    "rainbow colours",
    "dark colours",
)
