"""What a message is made of, before Discord's own types: text, buttons."""

from dataclasses import dataclass

MAX_CONTENT = 2000  # Discord's limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A button; everything it knows is in its custom_id."""

    custom_id: str
    label: str | None = None
    emoji: str | None = None
    is_danger: bool = False
    is_primary: bool = False
    """What most people are to press."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What somebody wrote into one field of a form, under the label that they saw.

    A refusal shows it in a frame of its own, whole: from there the form is filled when it is opened again.
    """

    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """A message without its files."""

    content: str
    rows: tuple[tuple[Button, ...], ...] = ()
    """At most five rows of five buttons."""
