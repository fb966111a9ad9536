"""The hundred fixed prompts of the evaluation, and what each should show."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from engine.sketch.captions import article
from engine.sketch.shots import is_unseen


class Kind(StrEnum):
    """What a prompt asks of the model."""

    NOUN = "noun"
    COLOUR = "colour"
    STYLE = "style"
    PARAPHRASE = "paraphrase"
    UNTAUGHT = "untaught word"
    PAIR = "pair"
    SCENE = "scene"


Box: TypeAlias = tuple[float, float, float, float]
"""A part of a picture: left, top, right and bottom as shares of its sides."""
LEFT, RIGHT = (0.0, 0.23, 0.54, 0.77), (0.46, 0.23, 1.0, 0.77)
ABOVE, BELOW = (0.26, 0.0, 0.74, 0.48), (0.14, 0.28, 0.86, 1.0)
Ways: TypeAlias = tuple[tuple[Box, Box], ...]
"""Where two things may stand: (the first, the second), each way that is right."""
BESIDE: Ways = ((LEFT, RIGHT), (RIGHT, LEFT))
OVER: Ways = ((ABOVE, BELOW),)
UNDER: Ways = ((BELOW, ABOVE),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The two things of a prompt, each with the labels it may answer to, and where they should be found."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    ways: Ways


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt, and the concepts of which any would be right, or the two that both should be there."""

    text: str
    kind: Kind
    labels: tuple[str, ...] = ()
    colour: str = ""
    pair: Pair | None = None

    @property
    def is_held_out(self) -> bool:
        """Whether no training picture joined this colour and this thing."""
        return bool(self.colour) and all(is_unseen(self.colour, label) for label in self.labels)


ALIKE = {
    "cat": ("cat", "cat face", "grinning cat"),
    "dog": ("dog", "dog face"),
    "lion": ("lion",),
    "dragon": ("dragon", "dragon face"),
    "fish": ("fish", "tropical fish"),
    "rabbit": ("rabbit", "rabbit face"),
    "apple": ("red apple", "green apple"),
    "heart": ("red heart", "orange heart", "yellow heart", "green heart", "blue heart", "purple heart"),
    "car": ("automobile", "racing car", "taxi"),
    "house": ("house", "house with garden", "hut"),
    "tree": ("deciduous tree", "evergreen tree"),
    "ice cream": ("ice cream", "soft ice cream"),
    "cake": ("birthday cake", "cupcake"),
    "horse": ("horse", "horse face"),
    "pig": ("pig", "pig face"),
    "tiger": ("tiger", "tiger face"),
    "mouse": ("mouse", "mouse face"),
    "boat": ("sailboat", "ship"),
    "hat": ("top hat", "woman's hat", "billed cap", "graduation cap"),
    "star": ("star", "glowing star"),
    "glasses": ("glasses", "sunglasses"),
    "moon": ("full moon", "crescent moon"),
    "sun": ("sun", "sun with face"),
}
"""Names that several concepts answer to."""

NOUNS = (
    "red apple, banana, pizza, hamburger, strawberry, watermelon, carrot, mushroom, ice cream, birthday "
    "cake, cat, dog, fox, lion, panda, penguin, owl, frog, turtle, octopus, butterfly, snail, unicorn, "
    "dragon, rose, sunflower, cactus, christmas tree, house, castle, rocket, airplane, bicycle, sailboat,"
    " guitar, crown, red heart, robot, ghost, snowman"
)
COLOURED = (
    "purple apple, blue banana, purple pig, pink elephant, red car, yellow house, green owl, orange fish, "
    "yellow dragon, green hat, blue rose, blue guitar, red umbrella, pink strawberry, black horse"
)
STYLED = (
    "a rocket, 3d style; a rocket, flat style; a rocket, outline style; a cat face, sticker style; "
    "a cat face, cartoon style; a cat face, outline style; a house, 3d style; a house, sticker style; "
    "a strawberry, flat style; a strawberry, cartoon style; a robot, 3d style; a robot, outline style; "
    "a sunflower, flat style; a bicycle, cartoon style; a mushroom, line art"
)
PARAPHRASES = (
    ("a kitten", "cat"),
    ("a puppy", "dog"),
    ("an automobile", "car"),
    ("a bunny", "rabbit"),
    ("a spaceship", "rocket"),
    ("a cottage", "house"),
    ("a burger", "hamburger"),
    ("a piglet", "pig"),
    ("a stallion", "horse"),
    ("a rodent", "mouse"),
    ("jetliner", "airplane"),
    ("bike", "bicycle"),
    ("a yacht", "boat"),
    ("spectacles", "glasses"),
    ("a fir", "evergreen tree"),
)
PAIRS = (
    ("a cat and a dog", "cat", "dog", BESIDE),
    ("a cat wearing a hat", "cat", "hat", UNDER),
    ("an apple and a banana", "apple", "banana", BESIDE),
    ("a robot and a heart", "robot", "heart", BESIDE),
    ("a fox and a mushroom", "fox", "mushroom", BESIDE),
    ("an astronaut riding a horse", "astronaut", "horse", OVER),
    ("a panda next to a rocket", "panda", "rocket", BESIDE),
    ("a star and a crown", "star", "crown", BESIDE),
)
SCENES = (
    ("a sunset over a mountain range, vector image", ""),
    ("Paris in the milky way", ""),
    ("sunshine black hole", ""),
    ("a red fox in the snow", "fox"),
    ("a penguin on a blue background", "penguin"),
    ("a sailboat at sunset", "boat"),
    ("an octopus under the sea", "octopus"),
)

THINGS_IN_PLACES = (
    ("a cat in a forest at night", "cat"),
    ("a dog on the beach", "dog"),
    ("a penguin in the snow at night", "penguin"),
    ("a castle on a green hill at sunset", "castle"),
    ("a rocket in space", "rocket"),
    ("a red car on a road in the desert", "car"),
    ("a robot in a neon city", "robot"),
    ("a house in a field of flowers", "house"),
    ("a lion in the desert at sunset", "lion"),
    ("a birthday cake on a table", "cake"),
    ("a dragon over the mountains", "dragon"),
    ("an owl in the woods at night", "owl"),
    ("a ghost in a dark forest", "ghost"),
    ("a bicycle in the park", "bicycle"),
    ("a butterfly among flowers", "butterfly"),
    ("a horse in a meadow", "horse"),
    ("a snowman in a snowy village", "snowman"),
    ("a sailboat on a lake", "boat"),
    ("an elephant in the rain", "elephant"),
    ("an astronaut on the moon", "astronaut"),
)
"""More things, each in a place that it need not be at home in."""
LANDSCAPES = (
    "mountain lake at sunrise, snowy mountains, forest with snow, tropical beach with palm trees, stormy "
    "sea, autumn forest, cherry blossoms in spring, foggy pine forest, desert at sunset, pyramids under "
    "the stars, rolling hills with a rainbow, a field of flowers on a sunny day, wheat field in the "
    "evening, lavender field, a road to the horizon, a river in a valley, a waterfall in the jungle, an "
    "erupting volcano at night, city skyline at night with lit windows, cyberpunk city, a street in the "
    "rain, a village in the mountains, a snowy village at night, a park in autumn, a cozy room at night, "
    "outer space with planets, northern lights over snowy hills, the surface of the moon, an island at "
    "sunset, underwater coral reef"
)
"""Places without a thing, which no judge names: for the eye."""


OTHER_WORDS = (
    ("a dalmatian", "dog, dog face"),
    ("a dachshund", "dog, dog face"),
    ("a siberian tiger", "tiger, tiger face"),
    ("a fawn", "deer"),
    ("a steer", "cow, bison, cow face"),
    ("a tapir", "elephant, pig, boar, bear"),
    ("a quokka", "kangaroo, koala, bear"),
    ("a spider monkey", "monkey, monkey face, orangutan"),
    ("a triceratops", "rhinoceros, t-rex, sauropod"),
    ("a swallow", "bird, black bird, dove"),
    ("an ostrich", "peacock, bird, turkey, flamingo"),
    ("ducklings", "baby chick, duck"),
    ("a king cobra", "snake"),
    ("a chameleon", "lizard"),
    ("a trout", "fish, tropical fish"),
    ("a hammerhead", "shark"),
    ("a langoustine", "lobster, shrimp"),
    ("a luna moth", "butterfly"),
    ("a hornet", "honeybee, fly"),
    ("a cockroach", "beetle, lady beetle"),
    ("a wraith", "ghost, skull"),
    ("nosferatu", "vampire"),
    ("an elven archer", "elf"),
    ("an archangel", "fairy, smiling face with halo"),
    ("a swordsman", "ninja, prince, crossed swords"),
    ("a gladiator", "prince, man, military helmet"),
    ("joan of arc", "princess, woman"),
    ("a sheriff", "cowboy hat face, police officer"),
    ("a toddler", "baby, child, boy, girl"),
    ("nurses", "scientist, woman, person"),
    ("a butcher", "cook, man"),
    ("a rapper", "singer, microphone"),
    ("a snowdrop", "tulip, blossom"),
    ("a daisy", "blossom, sunflower"),
    ("a willow", "deciduous tree"),
    ("barley", "sheaf of rice, ear of corn"),
    ("a turnip", "carrot"),
    ("spuds", "potato"),
    ("macaroni", "spaghetti"),
    ("a wurst", "hot dog"),
    ("a bento box", "sushi"),
    ("a sundae", "ice cream, soft ice cream"),
    ("a pint of beer", "beer mug"),
    ("a cleaver", "kitchen knife, axe, dagger"),
    ("a hobbit house", "house, house with garden, hut"),
    ("a watchtower", "castle"),
    ("a convent", "church"),
    ("a refinery", "factory"),
    ("a sedan", "automobile, taxi"),
    ("a tow truck", "delivery truck, pickup truck, tractor, fire engine"),
    ("a private jet", "airplane"),
    ("a starship", "rocket, flying saucer"),
    ("an icebreaker", "ship, passenger ship"),
    ("a hurricane", "tornado, water wave"),
    ("a treasure map", "world map"),
    ("a katana", "crossed swords, dagger"),
    ("pliers", "wrench"),
    ("a fedora", "top hat, woman's hat"),
    ("a satchel", "backpack, handbag"),
    ("a bagpipe", "saxophone, flute, trumpet"),
)
"""Words that no stage is taught, and the names of what would be right for each."""


def alike(name: str) -> tuple[str, ...]:
    """The labels that a name stands for."""
    return ALIKE.get(name, (name,))


def hundred() -> tuple[Prompt, ...]:
    """All prompts, in the order of the contact sheet."""
    found = [
        Prompt(text=article(f"a {noun}"), kind=Kind.NOUN, labels=alike(noun)) for noun in NOUNS.split(", ")
    ]
    for words in COLOURED.split(", "):
        colour, noun = words.split(" ", 1)
        found.append(Prompt(text=article(f"a {words}"), kind=Kind.COLOUR, labels=alike(noun), colour=colour))
    for words in STYLED.split("; "):
        noun = words.split(",")[0].removeprefix("a ")
        found.append(Prompt(text=words, kind=Kind.STYLE, labels=alike(noun.removesuffix(" face"))))
    found += [Prompt(text=words, kind=Kind.PARAPHRASE, labels=alike(noun)) for words, noun in PARAPHRASES]
    for text, first, second, ways in PAIRS:
        pair = Pair(first=alike(first), second=alike(second), ways=ways)
        found.append(Prompt(text=text, kind=Kind.PAIR, pair=pair))
    found += [Prompt(text=text, kind=Kind.SCENE, labels=alike(noun) if noun else ()) for text, noun in SCENES]
    return tuple(found)


def fifty_scenes() -> tuple[Prompt, ...]:
    """Things in places, and places without a thing, in the order of their own sheet."""
    things = [Prompt(text=text, kind=Kind.SCENE, labels=alike(noun)) for text, noun in THINGS_IN_PLACES]
    return (*things, *(Prompt(text=text, kind=Kind.SCENE) for text in LANDSCAPES.split(", ")))


def untaught() -> tuple[Prompt, ...]:
    """Prompts whose words no stage is taught, so that they show what a model makes of any word."""
    return tuple(
        Prompt(text=text, kind=Kind.UNTAUGHT, labels=tuple(names.split(", "))) for text, names in OTHER_WORDS
    )
