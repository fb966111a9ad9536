"""Forms: shown by a button or a menu, answered by the pattern of their custom_id, restart or not."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import discord

from bot.boundary import Interaction, asker_of, edit_pressed, guard, patience, reply
from bot.domain.errors import NotFound
from bot.domain.people import MAX_TEXT
from bot.domain.sentences import Sentence, Translations, say
from bot.messages import custom_ids
from bot.messages import people as messages
from bot.messages.catalogue import translations
from bot.messages.custom_ids import of_moderation
from bot.views.wired import wired

MAX_SPAN = 20
MAX_LABEL = 45  # Discord's limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question of a form."""

    name: str
    label: Sentence
    is_required: bool = True
    is_short: bool = False

    def build(self, words: Translations) -> discord.ui.TextInput[Any]:
        """The input, in the reader's language."""
        return discord.ui.TextInput(
            label=self.label.render(words)[:MAX_LABEL],
            custom_id=self.name,
            required=self.is_required,
            style=discord.TextStyle.short if self.is_short else discord.TextStyle.long,
            max_length=MAX_SPAN if self.is_short else MAX_TEXT,
        )


async def ask_appeal(interaction: Interaction, sanction_id: int) -> None:
    """Ask a blocked member for their side."""
    title, question = say("Appeal"), say("Why should you draw again?")
    await _show(
        interaction,
        of_moderation("block", sanction_id, "appeal"),
        title,
        [Field(name="text", label=question)],
    )


async def ask_report(interaction: Interaction, message_id: int) -> None:
    """Ask a member what is wrong with a picture."""
    title, question = say("Report this picture"), say("What is wrong with it? (optional)")
    await _show(
        interaction,
        of_moderation("report", message_id, "send"),
        title,
        [Field(name="reason", label=question, is_required=False)],
    )


async def ask_warning(interaction: Interaction, report_id: int) -> None:
    """Ask a moderator what the member will read."""
    title, question = say("Warn the member"), say("What will they read? Not who reported.")
    await _show(
        interaction, of_moderation("report", report_id, "warn"), title, [Field(name="reason", label=question)]
    )


async def ask_block(interaction: Interaction, report_id: int) -> None:
    """Ask a moderator for how long, and why."""
    fields = [
        Field(
            name="span", label=say("How long? 1h, 1d, 2w; empty: for good"), is_required=False, is_short=True
        ),
        Field(name="reason", label=say("What will they read? Not who reported.")),
    ]
    await _show(interaction, of_moderation("report", report_id, "block"), say("Block the member"), fields)


async def submitted(interaction: Interaction) -> None:
    """Do what a form asks for; other interactions, and other forms, are none of our business."""
    data = cast("Mapping[str, Any]", interaction.data or {})
    about = custom_ids.form(str(data.get("custom_id", "")))
    if interaction.type is not discord.InteractionType.modal_submit or about is None:
        return
    values = dict(_values(data.get("components", ())))
    async with guard(interaction):
        answer = ANSWERS.get((about.kind, about.action))
        if answer is None:
            raise NotFound(say("I do not know this form any more. Ask for it anew."))
        await answer(interaction, about.number, values)


async def _appeal(interaction: Interaction, sanction_id: int, values: Mapping[str, str]) -> None:
    client, asker = wired(interaction), asker_of(interaction)
    async with patience(interaction):
        made = await client.services.appeals.appeal(asker, sanction_id, values.get("text", ""))
    await reply(interaction, messages.appealed(asker.locale))
    letter = messages.appeal(made.appeal, (interaction.guild_locale or interaction.locale).value)
    await client.moderators.tell(made.appeal.guild_id, made.channel_id, letter)


async def _report(interaction: Interaction, message_id: int, values: Mapping[str, str]) -> None:
    client, asker = wired(interaction), asker_of(interaction)
    async with patience(interaction):
        made = await client.services.reports.report(asker, message_id, values.get("reason", ""))
    await reply(interaction, messages.reported(asker.locale))
    letter = messages.report(made, (interaction.guild_locale or interaction.locale).value)
    await client.moderators.tell(made.report.guild_id, made.channel_id, letter)


async def _warn(interaction: Interaction, report_id: int, values: Mapping[str, str]) -> None:
    client, asker = wired(interaction), asker_of(interaction)
    async with patience(interaction):
        await client.services.reports.warn(asker, report_id, reason=values.get("reason", ""))
    await decided(interaction, "warn")


async def _block(interaction: Interaction, report_id: int, values: Mapping[str, str]) -> None:
    client, asker = wired(interaction), asker_of(interaction)
    async with patience(interaction):
        await client.services.reports.block(
            asker, report_id, span=values.get("span") or None, reason=values.get("reason", "")
        )
    await decided(interaction, "block")


async def decided(interaction: Interaction, action: str) -> None:
    """Say in the letter what was decided, and by whom, to all who read it; its buttons go."""
    content = interaction.message.content if interaction.message else ""
    locale = interaction.guild_locale or interaction.locale
    await edit_pressed(interaction, messages.decided(content, action, interaction.user.id, locale.value))


ANSWERS: Mapping[tuple[str, str], Callable[[Interaction, int, Mapping[str, str]], Awaitable[None]]] = {
    ("block", "appeal"): _appeal,
    ("report", "send"): _report,
    ("report", "warn"): _warn,
    ("report", "block"): _block,
}


async def _show(interaction: Interaction, custom_id: str, title: Sentence, fields: list[Field]) -> None:
    words = translations(interaction.locale.value)
    form = discord.ui.Modal(title=title.render(words), custom_id=custom_id)
    for field in fields:
        form.add_item(field.build(words))
    await interaction.response.send_modal(form)
    form.stop()  # it is answered by its custom_id; see `submitted`


def _values(components: Any) -> Iterator[tuple[str, str]]:
    """What was filled in, by the names of the fields, however deep they lie."""
    for component in components:
        if "value" in component:
            yield component["custom_id"], component["value"]
        yield from _values(component.get("components", ()))
        if "component" in component:
            yield from _values([component["component"]])
