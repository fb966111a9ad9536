"""What a prompt is once it is read."""

from dataclasses import dataclass, field

from bot.domain.parameters import ImagePrompt, Parameters
from bot.domain.prompt.written import written
from bot.domain.sentences import Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of text and how much it counts beside the others; below zero it pushes away."""

    text: str
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
        texts = [(part.text, part.weight) for part in self.parts]
        return written(texts, self.parameters, images=map(str, self.images))
