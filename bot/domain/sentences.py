"""Sentences to people, kept as values until somebody knows the reader's language.

`say` and `say_n` are also what Babel extracts: `--keyword say:1 --keyword say_n:1,2`.
"""

import gettext
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


class Translations(Protocol):
    """What a catalogue must offer; `gettext.NullTranslations` does, and so does a loaded `.mo` file."""

    def gettext(self, message: str, /) -> str:
        """The message in the reader's language."""
        ...

    def ngettext(self, singular: str, plural: str, n: int, /) -> str:
        """The form of the message that fits the number, in the reader's language."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A message of the catalogue and the values that go into its `{braces}`."""

    text: str
    plural: str | None = None
    count: int = 0
    """Chooses between `text` and `plural`, and stands in `{count}`."""
    values: Mapping[str, object] = field(default_factory=dict, hash=False)
    """May hold Sentences; they are rendered in the same language."""

    def render(self, translations: Translations) -> str:
        """The sentence in the language of `translations`."""
        if self.plural is None:
            template = translations.gettext(self.text)
        else:
            template = translations.ngettext(self.text, self.plural, self.count)
        values = {
            name: value.render(translations) if isinstance(value, Sentence) else value
            for name, value in self.values.items()
        }
        return template.format_map(values)

    def __str__(self) -> str:
        return self.render(ENGLISH)


ENGLISH = gettext.NullTranslations()


def say(text: str, /, **values: object) -> Sentence:
    """A sentence; `{name}` in the text is filled from the values."""
    return Sentence(text=text, values=values)


def say_n(singular: str, plural: str, count: int, /, **values: object) -> Sentence:
    """A sentence about a number of things; `{count}` is the number."""
    return Sentence(text=singular, plural=plural, count=count, values={"count": count, **values})


def moment(at: datetime) -> str:
    """A time, to be shown by Discord in each reader's own zone and language ("in 3 hours")."""
    return f"<t:{int(at.timestamp())}:R>"


def calendar_day(at: datetime) -> str:
    """A date, to be shown by Discord in each reader's own zone and language ("3 December 2026")."""
    return f"<t:{int(at.timestamp())}:D>"


def calendar(at: datetime) -> str:
    """A time as a date with the hour, in each reader's own zone and language ("3 December 2026 14:05")."""
    return f"<t:{int(at.timestamp())}:f>"
