"""How well pictures are described and prompts shortened, on pictures and prompts that are known."""

from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

from engine.api import (
    Describe,
    Described,
    Request,
    Result,
    Shorten,
    Shortened,
)
from engine.bench.arms import finish, finished, usual
from engine.bench.table import print_table
from engine.library import Library
from engine.looking.filler import JOINING, PRAISE
from engine.looking.vocabulary import everyday
from engine.loop import DenoisingLoop
from engine.sketch.prompts import Kind, Prompt, hundred
from engine.work.shortening import bare

_SEED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wordy:
    """A prompt with filler in it, and the nouns that must outlast that."""

    text: str
    nouns: tuple[str, ...]


_WORDY = """
a very beautiful highly detailed masterpiece of a red fox in the snow | fox snow
please create an amazing picture of a penguin wearing a top hat, 8k, trending, awesome | penguin hat
a stunning, ultra realistic and gorgeous castle on a mountain at sunset, best quality | castle mountain sunset
I want to see a really cute cat and a dog, digital art, masterpiece | cat dog
an extremely intricate and wonderful illustration of an octopus under the sea, very sharp | octopus sea
a photo of a robot holding a blue heart, absolutely perfect, high resolution | robot heart
masterpiece, best quality, a dragon above a village, highly detailed, 8k | dragon village
the most beautiful rose that I have ever seen, in a garden, award winning | rose garden
can you please draw me a very nice pizza on a table, thanks | pizza table
an absolutely gorgeous and truly breathtaking owl in a forest at night, sharp focus | owl forest night
a simply perfect hamburger with cheese and tomato, super detailed, 4k | hamburger cheese tomato
beautiful beautiful beautiful rocket in space, masterpiece, trending on artstation | rocket space
a really very lovely little house by the sea, best quality, hdr | house sea
show me an incredibly detailed elephant in the rain, high quality | elephant rain
a professional and elegant picture of a guitar, extremely high quality, uhd | guitar
an outstanding unicorn under a rainbow, most beautiful, intricate details | unicorn rainbow
make a great image of a snowman and a christmas tree, very good | snowman tree
a quite wonderful sailboat at sunset, so beautiful, so detailed | sailboat sunset
generate something like an astronaut riding a horse, super awesome, hq | astronaut horse
a magnificent lion with a crown, stunning, highly intricate, crisp | lion crown
"""
WORDY = tuple(
    Wordy(text=text, nouns=tuple(nouns.split()))
    for text, nouns in (line.split(" | ") for line in _WORDY.strip().splitlines())
)
"""Twenty prompts as people write them."""


def measure(library: Library, *, num_drawings: int = 40, num_prompts: int = len(WORDY)) -> None:
    """Print how often the thing drawn is among the four captions, and how often filler goes before nouns."""
    drawn = list(known_drawings(library, num_drawings))
    found = [[_names(prompt, caption) for caption in described(library, image)] for prompt, image in drawn]
    shortened = [(one, shortened_by(library, one.text)) for one in WORDY[:num_prompts]]
    rows = [
        ["the thing drawn is in the first caption", f"{sum(one[0] for one in found)} of {len(found)}"],
        ["… among the four", f"{sum(map(any, found))} of {len(found)}"],
        ["filler counts less than every noun", _share([outranks(one, what) for one, what in shortened])],
        ["no filler outlasts a noun", _share([keeps_nouns(one, what) for one, what in shortened])],
    ]
    print_table([f"looking, {library.models()[0].name}", ""], rows)


def known_drawings(library: Library, count: int) -> Iterator[tuple[Prompt, Image.Image]]:
    """One picture of each of so many of the forty things of the embedded model's evaluation."""
    nouns = [one for one in hundred() if one.kind is Kind.NOUN]
    for place, prompt in enumerate(nouns[:count]):
        yield prompt, drawing(library, prompt.text, _SEED + place)


def drawing(library: Library, text: str, seed: int) -> Image.Image:
    """What the default model draws of a text, as it draws by default."""
    return finish(_loop(library), usual(library.models()[0], text, seed)).images[0]


def described(library: Library, picture: Image.Image) -> tuple[str, ...]:
    """The four captions of a picture."""
    result = _result(library, Describe(model=library.models()[0].name, picture=picture))
    assert isinstance(result, Described)  # noqa: S101 - what the request is for
    return result.captions


def shortened_by(library: Library, text: str) -> Shortened:
    """The words of a prompt, weighed."""
    result = _result(library, Shorten(model=library.models()[0].name, prompt=text))
    assert isinstance(result, Shortened)  # noqa: S101 - what the request is for
    return result


def outranks(wordy: Wordy, what: Shortened) -> bool:
    """Whether every noun counts more than every word of filler."""
    nouns = [word.share for word in what.words if bare(word.text) in wordy.nouns]
    return min(nouns) > max(word.share for word in what.words if bare(word.text) in JOINING | PRAISE)


def keeps_nouns(wordy: Wordy, what: Shortened) -> bool:
    """Whether the shorter prompts, of which there are some, praise nothing, and the first has every noun."""
    said = [{bare(word) for word in prompt.split()} for prompt in what.shorter]
    return len(said) >= 2 and said[0].issuperset(wordy.nouns) and not any(words & PRAISE for words in said)


def is_in(prompt: Prompt, captions: tuple[str, ...]) -> bool:
    """Whether the thing that a prompt asked for is in one of the captions."""
    return any(_names(prompt, caption) for caption in captions)


def _names(prompt: Prompt, caption: str) -> bool:
    return any(everyday(label) in caption for label in prompt.labels)


def _result(library: Library, request: Request) -> Result:
    return finished(_loop(library), request).result


def _loop(library: Library) -> DenoisingLoop:
    return DenoisingLoop(library, preview_seconds=1e9)


def _share(passed: list[bool]) -> str:
    return f"{sum(passed)} of {len(passed)}"
