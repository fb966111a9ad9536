"""What a prompt is once it is read."""

from dataclasses import dataclass, field

from bot.domain.parameters import Parameters
from bot.domain.prompt.written import written
from bot.domain.sentences import Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of text and how much it counts beside the others; below zero it pushes away."""

    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePrompt:
    """A picture that stands before the text, and how much it counts beside the others."""

    link: str
    """`https://…`, `picture:12.3` (the third picture of job 12), or `upload:7`, as it was brought in."""
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What a member asked for. One part, unless they weighed several with `::`."""

    parts: tuple[Part, ...]
    images: tuple[ImagePrompt, ...] = ()
    parameters: Parameters = field(default_factory=Parameters)
    remarks: tuple[Sentence, ...] = field(default=(), compare=False)
    """What the member should know of how it was read; nothing is wrong."""

    def __str__(self) -> str:
        images = [(image.link, image.weight) for image in self.images]
        return written(((part.text, part.weight) for part in self.parts), self.parameters, images=images)
