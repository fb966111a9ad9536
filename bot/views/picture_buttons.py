"""The buttons that belong to one picture. The id is only a key: whose it is, is looked up anew."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import discord

from bot.boundary import Interaction, asker_of, editing, guard, patience, reply, turn_into
from bot.domain.errors import NotFound
from bot.domain.sentences import say
from bot.messages import custom_ids, letters, making_of
from bot.messages import details as messages
from bot.messages.components import to_file, with_label
from bot.views.menus import noted
from bot.views.rebuilt import Rebuilt, chosen_in
from bot.views.wired import wired


class PictureButton(Rebuilt, discord.ui.DynamicItem[discord.ui.Button[Any]], template=custom_ids.PICTURE):
    """Under a picture, or in private messages."""

    def __init__(self, item: discord.ui.Button[Any], match: re.Match[str]) -> None:
        super().__init__(item)
        self.job_id, self.action = int(match["job_id"]), match["action"]

    async def callback(self, interaction: Interaction) -> None:
        """Do what the button says."""
        async with guard(interaction):
            do = DEEDS.get(self.action)
            if do is None:
                raise NotFound(say("I do not know this button any more."))
            await do(interaction, self.job_id)


class PictureMenu(Rebuilt, discord.ui.DynamicItem[discord.ui.Select[Any]], template=custom_ids.CHOOSE):
    """The list under /mine: details of the chosen picture, with the way to take it back."""

    def __init__(self, item: discord.ui.Select[Any], match: re.Match[str]) -> None:
        super().__init__(item)
        del match

    async def callback(self, interaction: Interaction) -> None:
        """Answer beside the list, which stays."""
        async with guard(interaction):
            services, asker = wired(interaction).services, asker_of(interaction)
            chosen = chosen_in(self.item)
            if not re.fullmatch(r"[0-9]{1,18}", chosen):
                raise NotFound(say("I do not know this picture here."))
            found = await services.shown.details_listed(asker, int(chosen))
            payload, file = messages.details(found, asker.locale)
            await reply(interaction, payload, file=file)


async def _like(interaction: Interaction, job_id: int) -> None:
    """The button tells how many like it: the answer to the press, which costs no edit."""
    likes, asker, message = wired(interaction).services.likes, asker_of(interaction), pressed(interaction)
    async with patience(interaction):
        liking = await noted(interaction, message, lambda: likes.toggle(asker, message.id))
    label = str(liking.count) if liking.count else None
    view = with_label(message, custom_ids.of_picture(job_id, "like"), label)
    await editing(interaction)(view=view, attachments=message.attachments)


async def show_details(interaction: Interaction, message: discord.Message) -> None:
    """Say privately how the picture of a message was made."""
    shown, asker = wired(interaction).services.shown, asker_of(interaction)
    async with patience(interaction):
        found = await noted(interaction, message, lambda: shown.details(asker, message.id))
    payload, file = messages.details(found, asker.locale)
    await reply(interaction, payload, file=file)


async def _details(interaction: Interaction, job_id: int) -> None:
    del job_id
    await show_details(interaction, pressed(interaction))


async def _made(interaction: Interaction, job_id: int) -> None:
    """Promised at once: it is drawn when nobody else waits."""
    del job_id
    services, asker, message = wired(interaction).services, asker_of(interaction), pressed(interaction)
    await interaction.response.defer(ephemeral=True, thinking=True)
    found = await noted(interaction, message, lambda: services.makings_of.get(asker, message.id))
    payload, files = making_of.made(found, asker.locale)
    await reply(interaction, payload, uploads=[to_file(file) for file in files])


def pressed(interaction: Interaction) -> discord.Message:
    """The message of a picture that was pressed under, by which the picture is found: a number alone could
    be that of a room which the presser does not see.

    Raises: NotFound, for a press that was forged.
    """
    message = interaction.message
    if message is None or message.flags.ephemeral:
        raise NotFound(say("I do not know this button any more."))
    return message


async def _ask(interaction: Interaction, job_id: int) -> None:
    services, asker = wired(interaction).services, asker_of(interaction)
    async with patience(interaction):
        choice = await services.taking_back.ask_about(asker, job_id)
    await turn_into(interaction, messages.question(choice, asker.locale))


async def _delete(interaction: Interaction, job_id: int) -> None:
    client, asker = wired(interaction), asker_of(interaction)
    async with patience(interaction):
        choice = await client.services.taking_back.delete(asker, job_id)
    await turn_into(interaction, messages.deleted(choice, asker.locale))
    await client.remover.remove()
    if not choice.is_own:
        server = interaction.guild.name if interaction.guild else ""
        await client.moderators.tell_member(choice.job.user_id, letters.deleted(choice.job, server))


async def _back(interaction: Interaction, job_id: int) -> None:
    client, asker = wired(interaction), asker_of(interaction)
    async with patience(interaction):
        jobs = await client.services.binning.bring_back(asker, job_id)
    await turn_into(interaction, messages.back(asker.locale))
    for job in jobs:
        client.delivery.deliver(job)


async def _hide(interaction: Interaction, job_id: int, *, is_hidden: bool) -> None:
    services, asker = wired(interaction).services, asker_of(interaction)
    async with patience(interaction):
        job = await services.taking_back.hide(asker, job_id, is_hidden=is_hidden)
    await turn_into(interaction, messages.hidden(job, asker.locale, is_hidden=is_hidden))


DEEDS: dict[str, Callable[[Interaction, int], Awaitable[None]]] = {
    "like": _like,
    "details": _details,
    "made": _made,
    "ask": _ask,
    "delete": _delete,
    "back": _back,
    "hide": lambda interaction, job_id: _hide(interaction, job_id, is_hidden=True),
    "unhide": lambda interaction, job_id: _hide(interaction, job_id, is_hidden=False),
}
