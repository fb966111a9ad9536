"""A row of the table of parameters: how one is written, read and explained."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Generic, TypeVar

from bot.domain.sentences import Sentence, say

T = TypeVar("T")

PARAMETER = "parameter"
"""The key of a row in the metadata of its field."""


class Subject(Enum):
    """What a parameter is about: those of one subject are explained together."""

    LOOK = "look"
    """What the picture is like."""
    PICTURES = "pictures"
    """Pictures and styles that it is like."""
    WORK = "work"
    """How it is drawn, how often, and when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter(Generic[T]):
    """How one parameter is written, read and explained."""

    name: str
    aliases: tuple[str, ...] = ()
    subject: Subject = Subject.LOOK
    words: int | None = 1
    """How many words the value has: 0 for a flag, None for all words up to the next parameter."""
    own: Callable[[Sequence[str]], tuple[list[str], list[str]]] | None = None
    """Of all those words, where they tell it themselves: those of the value, and the rest, which is text."""
    is_optional: bool = False
    """Whether the value may be missing."""
    read: Callable[[str], T]
    """From the words of the value. Raises PromptError with the cure."""
    write: Callable[[T], str]
    """Back to words that `read` understands."""
    range: Sentence
    """The values that it takes, as help shows them; of a flag, nothing."""
    default: Sentence
    """What holds where it is not given."""
    help: Sentence
    example: str
    """One whole parameter, as a member would write it."""
    short: Mapping[str, str] = field(default_factory=dict)
    """Names that say a value as well: `raw` for `--raw`, which is `--style raw`."""
    proof: re.Pattern[str] | None = None
    """What its value looks like. Behind a lone dash only that proves that the name is no word of the text."""
    plain: Callable[[T], Any] | None = None
    """The value for scripts, where it is no plain one itself."""


def flag(name: str, help_text: Sentence, *, subject: Subject = Subject.LOOK) -> Parameter[bool]:
    """A row that has no value: it is given, or not."""
    return Parameter(
        name=name,
        subject=subject,
        words=0,
        read=lambda _: True,
        write=lambda _: "",
        range=say("no value"),
        default=say("no"),
        help=help_text,
        example=f"--{name}",
    )
