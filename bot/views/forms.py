"""Forms: shown by a press, answered by their custom_id, and after a mistake opened again, filled."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import discord

from bot.boundary import Interaction, filled
from bot.domain.errors import Unreadable
from bot.domain.people import MAX_TEXT
from bot.domain.sentences import Sentence, Translations, say
from bot.domain.uploads import Attachment
from bot.messages.catalogue import translations
from bot.messages.components import typed_in
from bot.messages.payload import MAX_CHOICE, Typed

MAX_LABEL = 45  # Discord's limit
MAX_HINT = 100  # Discord's limit, of an example too


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What every field of a form has."""

    name: str
    label: Sentence
    hint: Sentence | None = None
    """How it is to be answered, and the limit: it stays in sight while one types."""

    def heading(self, words: Translations) -> str:
        """The label as people see it."""
        return self.label.render(words)[:MAX_LABEL]

    def labelled(self, words: Translations, component: discord.ui.Item[Any]) -> discord.ui.Label[Any]:
        """A component under its label, in the reader's language."""
        hint = None if self.hint is None else self.hint.render(words)[:MAX_HINT]
        return discord.ui.Label(text=self.heading(words), description=hint, component=component)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(Question):
    """A question that is answered in words."""

    example: str = ""
    value: str = ""
    """What is filled in to begin with."""
    is_required: bool = True
    is_short: bool = False
    most: int = MAX_TEXT
    """Characters."""

    def shown(self, value: str, words: Translations) -> str:
        """What was typed, as it was."""
        del words
        return value

    def build(self, words: Translations, typed: Mapping[str, str]) -> discord.ui.Label[Any]:
        """The input, in the reader's language, filled with what they typed before."""
        field: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id=self.name,
            required=self.is_required,
            style=discord.TextStyle.short if self.is_short else discord.TextStyle.long,
            default=typed.get(self.heading(words), self.value)[: self.most],
            placeholder=self.example[:MAX_HINT],
            max_length=self.most,
        )
        return self.labelled(words, field)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Question):
    """A question with its answers to choose from."""

    answers: tuple[tuple[str, Sentence], ...]
    """Values with what people read, at most 25."""
    value: str
    """What is chosen to begin with."""

    def build(self, words: Translations, typed: Mapping[str, str]) -> discord.ui.Label[Any]:
        """The menu, in the reader's language, with what they chose before."""
        read = {value: answer.render(words)[:MAX_CHOICE] for value, answer in self.answers}
        chosen = next(
            (value for value, text in read.items() if text == typed.get(self.heading(words))), self.value
        )
        options = [
            discord.SelectOption(value=value, label=text, default=value == chosen)
            for value, text in read.items()
        ]
        menu: discord.ui.Select[Any] = discord.ui.Select(custom_id=self.name, options=options)
        return self.labelled(words, menu)

    def shown(self, value: str, words: Translations) -> str:
        """What was chosen, as people read it."""
        return {known: answer.render(words) for known, answer in self.answers}.get(value, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload(Question):
    """A picture that a form asks for. It is not given back after a mistake: Discord fills in no files."""

    def build(self, words: Translations, typed: Mapping[str, str]) -> discord.ui.Label[Any]:
        """The place where one file is dropped."""
        del typed
        place: discord.ui.FileUpload[Any] = discord.ui.FileUpload(custom_id=self.name)
        return self.labelled(words, place)

    def shown(self, value: str, words: Translations) -> str:
        """Nothing: files are not repeated."""
        del value, words
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Some questions, and where their answers go."""

    custom_id: str
    title: Sentence
    fields: tuple[Field | Choice | Upload, ...]
    """Five at most, as Discord has it."""
    again: str | None = None
    """The custom_id of the button that opens it; none, for a form that a command opens."""

    def typed(self, values: Mapping[str, str], words: Translations) -> tuple[Typed, ...]:
        """What was typed into each field (`values` by name), under the label that people see."""
        return tuple(
            Typed(label=field.heading(words), text=field.shown(values.get(field.name, ""), words))
            for field in self.fields
            if not isinstance(field, Upload)
        )


async def show(interaction: Interaction, form: Form) -> None:
    """Open a form, filled with what the pressed message says was typed into it."""
    words = translations(interaction.locale.value)
    modal = discord.ui.Modal(
        title=form.title.render(words).removesuffix("…")[:MAX_LABEL], custom_id=form.custom_id
    )
    typed = typed_in(interaction.message)
    for field in form.fields:
        modal.add_item(field.build(words, typed))
    await interaction.response.send_modal(modal)
    modal.stop()  # it is answered by its custom_id


def custom_id_of(interaction: Interaction) -> str | None:
    """Which form was sent in; None for other interactions."""
    if interaction.type is not discord.InteractionType.modal_submit:
        return None
    return str(cast("Mapping[str, Any]", interaction.data or {}).get("custom_id", ""))


def values_of(interaction: Interaction, form: Form) -> dict[str, str]:
    """What was typed, by the names of the fields; a refusal gives it back (`bot.boundary`)."""
    data = cast("Mapping[str, Any]", interaction.data or {})
    sent = dict(_values(data.get("components", ())))
    words = translations(interaction.locale.value)
    filled(interaction, form.typed(sent, words), form.again)
    return {field.name: sent.get(field.name, "") for field in form.fields}


def file_of(interaction: Interaction, name: str) -> Attachment:
    """The file that was dropped into a form, as Discord says where it is.

    Raises: Unreadable, where there is none.
    """
    data = cast("Mapping[str, Any]", interaction.data or {})
    number = dict(_values(data.get("components", ()))).get(name, "")
    file = data.get("resolved", {}).get("attachments", {}).get(number)
    if file is None:
        raise Unreadable(say("There is no file in this form. Open it again and choose a picture."))
    return Attachment(url=file["url"], name=file.get("filename", ""), size=file.get("size", 0))


def _values(components: Any) -> Iterator[tuple[str, str]]:
    """What was filled in, by the names of the fields, however deep they lie."""
    for component in components:
        if "value" in component:
            yield component["custom_id"], component["value"]
        if component.get("values"):
            yield component["custom_id"], component["values"][0]
        yield from _values(component.get("components", ()))
        if "component" in component:
            yield from _values([component["component"]])
