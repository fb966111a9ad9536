"""The panel of /settings. Whose settings it shows and changes is whoever presses, where they press."""

import re
from dataclasses import replace
from typing import Any

import discord

from bot.boundary import Interaction, asker_of, direct_server, editing, guard, patience, turn_into
from bot.domain.errors import Unreadable
from bot.domain.sentences import say
from bot.domain.suffix import MAX_SUFFIX
from bot.messages import custom_ids
from bot.messages import preferences as messages
from bot.messages.catalogue import translations
from bot.messages.components import to_embeds, to_view
from bot.messages.payload import Payload, Typed
from bot.services.preferences import MemberPanel
from bot.views import forms
from bot.views.forms import Field, Form
from bot.views.rebuilt import Rebuilt, chosen_in
from bot.views.wired import wired

SUFFIX = "suffix"
FIELD = Field(
    name=SUFFIX,
    label=say("Added to each of your prompts"),
    hint=say("Text, then --parameters. Empty: nothing. What you type in a prompt counts first."),
    example="in oil --ar 3:2",
    is_required=False,
    most=MAX_SUFFIX,
)


class SettingsItem(Rebuilt, discord.ui.DynamicItem[discord.ui.Item[Any]], template=custom_ids.SETTINGS):
    """Any part of the panel."""

    def __init__(self, item: discord.ui.Item[Any], match: re.Match[str]) -> None:
        super().__init__(item)
        self.action, self.value = match["action"], match["value"] or ""

    async def callback(self, interaction: Interaction) -> None:
        """Keep the choice and show the panel with it, or open the form."""
        async with guard(interaction):
            services, asker = wired(interaction).services, asker_of(interaction)
            if self.action == SUFFIX:
                mine = await services.preferences.get(asker)
                await forms.show(interaction, _form(mine.suffix))
                return
            if isinstance(self.item, discord.ui.Select):
                self.value = chosen_in(self.item)
            async with patience(interaction):
                shown = await services.preferences.press(asker, self.action, self.value)
            await turn_into(interaction, panel(interaction, shown))


def panel(interaction: Interaction, shown: MemberPanel) -> Payload:
    """The panel as it stands; in a direct message it says of which server."""
    server = direct_server(interaction, shown.guild_id)
    return messages.panel(shown, interaction.locale.value, server=server)


async def submitted(interaction: Interaction) -> None:
    """Keep the suffix that a form holds; other interactions, and other forms, are none of our business."""
    if forms.custom_id_of(interaction) != custom_ids.SUFFIX_FORM:
        return
    async with guard(interaction):
        form = _form()
        values = forms.values_of(interaction, form)
        services, asker = wired(interaction).services, asker_of(interaction)
        try:
            async with patience(interaction):
                shown = await services.preferences.set_suffix(asker, values[SUFFIX])
        except Unreadable as refused:
            await _give_back(interaction, refused, form.typed(values, translations(asker.locale)))
            return
        await turn_into(interaction, panel(interaction, shown))


async def _give_back(interaction: Interaction, refused: Unreadable, typed: tuple[Typed, ...]) -> None:
    """Say in the panel itself what is wrong with the suffix, with what was typed: there is only one panel."""
    asker = asker_of(interaction)
    shown = await wired(interaction).services.preferences.panel(asker)
    payload = messages.panel(shown, asker.locale, refused=messages.not_kept(refused, asker.locale))
    await editing(interaction)(content=payload.content, view=to_view(payload.rows), embeds=to_embeds(typed))


def _form(suffix: str = "") -> Form:
    return Form(
        custom_id=custom_ids.SUFFIX_FORM,
        title=say("Suffix"),
        fields=(replace(FIELD, value=suffix),),
    )
