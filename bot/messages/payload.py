"""What a message is made of, before Discord's own types: text, buttons."""

from dataclasses import dataclass

MAX_CONTENT = 2000  # Discord's limit
MAX_DESCRIPTION = 1024  # Discord's limit of an attachment's description
MAX_CHOICE = 100  # Discord's limit of what a choice says


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
class Switch(Button):
    """A button of a panel, green while what it stands for is chosen."""

    is_on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What somebody wrote into one field of a form, under the label that they saw.

    A refusal shows it in a frame of its own, whole: from there the form is filled when it is opened again.
    """

    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """One of a list to be chosen; alone in its row."""

    custom_id: str
    placeholder: str
    choices: tuple[tuple[str, str], ...]
    """Values with what people read, at most 25."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Menu):
    """A menu of a panel, which shows what is chosen just now."""

    chosen: str
    """Its value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file of a message."""

    name: str
    data: bytes
    description: str = ""
    """For those who cannot see it."""
    is_spoiler: bool = False
    """Whether one must press to see it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """A message without its files."""

    content: str
    rows: tuple[tuple[Button | Menu, ...], ...] = ()
    """At most five rows of five buttons."""
