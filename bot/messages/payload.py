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


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """A message without its files."""

    content: str
    rows: tuple[tuple[Button, ...], ...] = ()
    """At most five rows of five buttons."""
