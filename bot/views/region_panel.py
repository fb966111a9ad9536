"""The panel where an area of a picture is chosen, and its forms. All that is chosen is in the custom_ids."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import discord

from bot.boundary import Interaction, asker_of, drawing_asker_of, edit_pressed, guard, patience, reply
from bot.domain.kinds import JobKind
from bot.domain.sentences import Sentence, say
from bot.messages import custom_ids
from bot.messages import regions as messages
from bot.messages import rules as rules_messages
from bot.messages.custom_ids import RegionPress, of_region
from bot.services.orders import Press
from bot.services.orders.press import unknown
from bot.views import forms
from bot.views.drawing import PROMPT
from bot.views.forms import Field, Form, Upload
from bot.views.rebuilt import Rebuilt
from bot.views.wired import wired

Answer = Callable[[Interaction, RegionPress, Mapping[str, str]], Awaitable[None]]
WORDS = Field(
    name="words",
    label=say("What is to be drawn anew?"),
    hint=say("As it stands in the prompt. I draw the picture once more to see where that is."),
    example="the hat",
    is_short=True,
    most=200,
)

MASK = Upload(
    name="mask",
    label=say("Mask: a picture in black and white"),
    hint=say("White is drawn anew, black stays. It has the shape of the picture, in any size."),
)


class RegionItem(Rebuilt, discord.ui.DynamicItem[discord.ui.Button[Any]], template=custom_ids.REGION):
    """A cell, or the way to a form."""

    def __init__(self, item: discord.ui.Button[Any], match: re.Match[str]) -> None:
        super().__init__(item)
        self.press = custom_ids.region_press(match)

    async def callback(self, interaction: Interaction) -> None:
        """Choose a cell, or open the form."""
        async with guard(interaction):
            if self.press.action == "toggle":
                await _toggle(interaction, self.press)
            else:
                await _ask(interaction, self.press)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A form of the panel."""

    title: Sentence
    fields: tuple[Field | Upload, ...]
    answer: Answer


async def open_panel(interaction: Interaction, job_id: int, index: int) -> None:
    """Show the panel, in private, with nothing chosen."""
    asker = drawing_asker_of(interaction)
    press = Press(kind=JobKind.REGION, job_id=job_id, index=index)
    async with patience(interaction):
        chosen = await wired(interaction).services.regions.show(asker, press, 0)
    payload, file = messages.panel(chosen, index, asker.locale)
    await reply(interaction, payload, file=file)


async def submitted(interaction: Interaction) -> None:
    """Do what a form of the panel asks for; other interactions, and other forms, are none of our business."""
    about = custom_ids.region_form(forms.custom_id_of(interaction) or "")
    if about is None:
        return
    async with guard(interaction):
        form, sheet = _form(about, ""), SHEETS[about.action]
        await sheet.answer(interaction, about, forms.values_of(interaction, form))


async def _toggle(interaction: Interaction, about: RegionPress) -> None:
    asker = asker_of(interaction)
    async with patience(interaction):
        chosen = await wired(interaction).services.regions.show(asker, _press(about), about.cells, about.cell)
    payload, file = messages.panel(chosen, about.index, asker.locale)
    message = interaction.message
    if message is not None and message.flags.ephemeral:
        await edit_pressed(interaction, payload, file=file)
    else:  # forged: nobody else's message is changed
        await reply(interaction, payload, file=file)


async def _ask(interaction: Interaction, about: RegionPress) -> None:
    parent = await wired(interaction).services.orders.parent(asker_of(interaction), _press(about))
    await forms.show(interaction, _form(about, parent.prompt))


def _form(about: RegionPress, prompt: str) -> Form:
    """Raises: NotFound, where no version knows it."""
    sheet = SHEETS.get(about.action)
    if sheet is None:
        raise unknown()
    fields = (*sheet.fields, replace(PROMPT, value=prompt))
    custom_id = of_region(about)
    return Form(custom_id=custom_id, title=sheet.title, fields=fields, again=custom_id)


async def _draw(interaction: Interaction, about: RegionPress, values: Mapping[str, str]) -> None:
    client, asker = wired(interaction), drawing_asker_of(interaction)
    async with patience(interaction):
        job = await client.services.regions.in_cells(asker, _press(about), about.cells, values["prompt"])
    await client.delivery.answer_in_place(interaction, job, rules_messages.confirmed(asker.locale))


async def _find(interaction: Interaction, about: RegionPress, values: Mapping[str, str]) -> None:
    """Look for words: it takes as long as a picture, and the panel stays as it is meanwhile."""
    regions, asker = wired(interaction).services.regions, drawing_asker_of(interaction)
    await interaction.response.defer(ephemeral=True, thinking=True)
    found = await regions.by_words(asker, _press(about), values["words"], values["prompt"])
    payload, file = messages.proposal(found, asker.locale)
    await reply(interaction, payload, file=file)


async def _take(interaction: Interaction, about: RegionPress, values: Mapping[str, str]) -> None:
    """Take a mask: it is fetched and looked at, and the panel stays as it is meanwhile."""
    services, asker = wired(interaction).services, drawing_asker_of(interaction)
    file = forms.file_of(interaction, MASK.name)
    await interaction.response.defer(ephemeral=True, thinking=True)
    mask = await services.uploads.image(await services.uploads.bring(asker, file))
    found = await services.regions.by_mask(asker, _press(about), mask, values["prompt"])
    payload, shown = messages.proposal(found, asker.locale)
    await reply(interaction, payload, file=shown)


def _press(about: RegionPress) -> Press:
    return Press(kind=JobKind.REGION, job_id=about.job_id, index=about.index)


SHEETS = {
    "draw": Sheet(title=say("Vary (Region)"), fields=(), answer=_draw),
    "mask": Sheet(title=say("Vary (Region)"), fields=(MASK,), answer=_take),
    "words": Sheet(title=say("Vary (Region)"), fields=(WORDS,), answer=_find),
}
"""By the actions of the panel's buttons."""
