"""A row of the table of parameters: how one is written, read and explained."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.domain.sentences import Sentence, say

T = TypeVar("T")

PARAMETER = "parameter"
"""The key of a row in the metadata of its field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter(Generic[T]):
    """How one parameter is written, read and explained."""

    name: str
    aliases: tuple[str, ...] = ()
    words: int | None = 1
    """How many words the value has: 0 for a flag, None for all words up to the next parameter."""
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


def flag(name: str, help_text: Sentence) -> Parameter[bool]:
    """A row that has no value: it is given, or not."""
    return Parameter(
        name=name,
        words=0,
        read=lambda _: True,
        write=lambda _: "",
        range=say("no value"),
        default=say("no"),
        help=help_text,
        example=f"--{name}",
    )
