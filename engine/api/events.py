"""What the engine tells of a request on its way."""

from dataclasses import dataclass
from typing import TypeAlias

from PIL import Image


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """The request is not being drawn just now: it waits to start, or pauses while others are drawn.

    Told anew where it has changed, at most once a second. A `Progress` means that it is being drawn again.
    """

    position: int
    """1 for the next one to be drawn."""
    eta_seconds: float = 0.0
    """Estimate: seconds until it is finished, if nobody else comes."""
    is_engine_away: bool = False
    """Whether nothing that could draw it answers just now. `eta_seconds` is then when that may be over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The request is on the device."""

    unread: str = ""
    """The end of its text that lies beyond what the text encoder reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """`step` of `total` steps are done: of the denoising, in each window of a large picture, or pieces of
    what is enlarged. Latest wins."""

    step: int
    total: int
    eta_seconds: float
    """Estimate: seconds until it is finished, if it goes on being drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Small RGB pictures of the half-done latents, one per seed. Latest wins."""

    images: tuple[Image.Image, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """The result: RGB pictures, of `Generate` one per seed with the latents they were decoded from."""

    images: tuple[Image.Image, ...]
    latents: tuple[bytes, ...] = ()
    """Opaque; give one back as `Start.source` to vary the picture. What was enlarged has none."""
    engine_version: str
    """Versions of what drew it, for the recipe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordMap:
    """Where the U-Net looked at a word of the prompt while it drew."""

    word: str
    """As it is written. One that stands there twice has two maps."""
    heat: Image.Image
    """Of mode F: what share of its attention each place gave the word, from 0 to 1. It has the picture's
    shape, with a pixel for each cell of the latents."""
    read_as: str | None = None
    """What the model reads in its place, as the embedded one does of words that it does not know; None:
    itself. A word that is not read has no map."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """The result of `Explain`: a picture, and how it came about."""

    image: Image.Image
    """The picture, as `Generate` draws it."""
    words: tuple[WordMap, ...]
    """Of all words that the text encoder read, in their order."""
    frames: tuple[Image.Image, ...]
    """Small RGB pictures: the noise that it began from, then the picture as it was foreseen, step by step."""
    engine_version: str
    """Versions of what drew it, for the recipe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What came of `Describe`: four different prompts for the picture."""

    captions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word of a prompt, with the marks that stand at it."""

    text: str
    share: float
    """Of what all words count; together they are 1."""
    is_struck: bool
    """Whether it could as well be left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortened:
    """What came of `Shorten`."""

    words: tuple[Word, ...]
    """All of the prompt, in its order."""
    shorter: tuple[str, ...]
    """Up to five prompts, each shorter than the one before; none where there is nothing to leave out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """What came of `Classify`. The checker names none of its concepts."""

    scores: tuple[float, ...]
    """Of each concept how near the picture is to it, beyond what the checker lets pass: 0 is its limit."""
    care_scores: tuple[float, ...]
    """The same of the concepts that call for special care; above 0, the others count as a little nearer."""
    is_unsafe: bool
    """What the checker itself makes of the scores."""


Result: TypeAlias = Generated | Explained | Described | Shortened | Classified
"""What comes of a request; its own docstring says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The last event of a request. Never dropped."""

    result: Result
    gpu_seconds: float
    """Device seconds that this request used, its share of shared forward passes."""

    @property
    def generated(self) -> Generated:
        """The pictures, of a request that makes some."""
        if not isinstance(self.result, Generated):
            raise TypeError(f"this request made no pictures, but {type(self.result).__name__}")
        return self.result


Event: TypeAlias = Queued | Started | Progress | Preview | Finished


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How the engine was lost."""

    reason: str
    exit_code: int | None
    """What the process must end with, so that its supervisor starts it again; None: retry here."""
