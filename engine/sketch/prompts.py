"""The hundred fixed prompts of the evaluation, and what each should show."""

from dataclasses import dataclass
from enum import StrEnum

from engine.sketch.captions import article
from engine.sketch.shots import is_unseen


class Kind(StrEnum):
    """What a prompt asks of the model."""

    NOUN = "noun"
    COLOUR = "colour"
    STYLE = "style"
    PARAPHRASE = "paraphrase"
    PAIR = "pair"
    SCENE = "scene"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt, and the concepts of which any would be right (of a pair: both should be found)."""

    text: str
    kind: Kind
    labels: tuple[str, ...] = ()
    colour: str = ""

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
    ("a cat and a dog", "cat", "dog"),
    ("a cat wearing a hat", "cat", "hat"),
    ("an apple and a banana", "apple", "banana"),
    ("a robot and a heart", "robot", "heart"),
    ("a fox and a mushroom", "fox", "mushroom"),
    ("an astronaut riding a horse", "astronaut", "horse"),
    ("a panda next to a rocket", "panda", "rocket"),
    ("a star and a crown", "star", "crown"),
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
    found += [Prompt(text=text, kind=Kind.PAIR, labels=alike(a) + alike(b)) for text, a, b in PAIRS]
    found += [Prompt(text=text, kind=Kind.SCENE, labels=alike(noun) if noun else ()) for text, noun in SCENES]
    return tuple(found)
