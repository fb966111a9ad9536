"""Use as…: the menu of a message with a picture, its private panel, and the forms that this opens."""

import re
from dataclasses import replace
from typing import Any

import discord

from bot.boundary import Interaction, asker_of, guard, patience, reply, turn_into
from bot.domain.errors import NotFound
from bot.domain.job import Job
from bot.domain.recipe import Picture
from bot.domain.sentences import say
from bot.domain.uploads import Link, written
from bot.messages import custom_ids
from bot.messages import using as messages
from bot.views import forms
from bot.views.brought import attached, first_picture
from bot.views.drawing import PROMPT, draw
from bot.views.forms import Form
from bot.views.looked_buttons import describe
from bot.views.menus import noted
from bot.views.rebuilt import Rebuilt
from bot.views.wired import wired


class UseButton(Rebuilt, discord.ui.DynamicItem[discord.ui.Button[Any]], template=custom_ids.USE):
    """Only ever in private messages. Whether the presser may use it is looked up when it is drawn."""

    def __init__(self, item: discord.ui.Button[Any], match: re.Match[str]) -> None:
        super().__init__(item)
        self.use = custom_ids.use(match)

    async def callback(self, interaction: Interaction) -> None:
        """Ask for the words beside it, or say what it shows."""
        async with guard(interaction):
            picture, action = self.use.picture, self.use.action
            if action == "choose":
                await turn_into(interaction, messages.panel(picture, interaction.locale.value))
            elif action == "describe":
                await describe(interaction, Link(url=written(picture)), is_private=True)
            else:
                await forms.show(interaction, _form(picture, action))


async def use_as(interaction: Interaction, message: discord.Message) -> None:
    """Ask what the picture of a message is to be used as."""
    asker = asker_of(interaction)
    async with patience(interaction):
        found = await _found(interaction, message)
    await reply(interaction, messages.panel(found, asker.locale))


async def submitted(interaction: Interaction) -> None:
    """Draw what a form holds, with its picture; other forms are none of our business."""
    match = re.fullmatch(custom_ids.USE, forms.custom_id_of(interaction) or "")
    if match is None:
        return
    async with guard(interaction):
        use = custom_ids.use(match)
        text = forms.values_of(interaction, _form(use.picture, use.action))["prompt"]
        await draw(interaction, f"{text} --sref {written(use.picture)}" if use.action == "style" else text)


def _form(picture: Picture, action: str) -> Form:
    """The form that asks for the words beside a picture. Raises: NotFound, where no version knows it."""
    name, custom_id = written(picture), custom_ids.of_use(picture, action)
    if action == "prompt":
        field = replace(
            PROMPT, value=f"{name} ", hint=say("Write behind the picture what is to be drawn with it.")
        )
        return Form(custom_id=custom_id, title=say("Image prompt"), fields=(field,))
    if action == "style":
        field = replace(PROMPT, hint=say("The picture is added at the end: --sref {picture}", picture=name))
        return Form(custom_id=custom_id, title=say("Draw in this style"), fields=(field,))
    raise NotFound(say("I do not know this form any more. Ask for it anew."))


async def _found(interaction: Interaction, message: discord.Message) -> Job | Picture:
    """What a message shows: a job of ours, or a picture that is then kept for the asker.

    Raises: NotFound, NotAllowed, Unusable.
    """
    services, asker = wired(interaction).services, asker_of(interaction)
    picture = first_picture(message)
    try:
        return (await noted(interaction, message, lambda: services.shown.details(asker, message.id))).job
    except NotFound:
        if picture is None:
            raise NotFound(say("I see no picture in this message.")) from None
    return await services.uploads.bring_posted(
        asker, attached(picture), is_own=message.author.id == asker.user_id
    )
