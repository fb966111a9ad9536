"""The buttons under prompts that were found. The prompts stand in the pressed message, and nowhere else."""

import asyncio
import re
from typing import Any

import discord

from bot.boundary import Interaction, drawing_asker_of, guard, patience, reply, reply_to_all
from bot.domain.errors import NotFound
from bot.domain.prompt import joined
from bot.domain.sentences import say
from bot.domain.uploads import Incoming
from bot.imaging.encode import encode_single
from bot.messages import custom_ids
from bot.messages import looking as messages
from bot.messages.payload import File
from bot.views.brought import attached, first_picture
from bot.views.drawing import ask, draw
from bot.views.rebuilt import Rebuilt
from bot.views.wired import wired


class LookedButton(Rebuilt, discord.ui.DynamicItem[discord.ui.Button[Any]], template=custom_ids.LOOKED):
    """For everybody who sees them: what is drawn is the presser's."""

    def __init__(self, item: discord.ui.Button[Any], match: re.Match[str]) -> None:
        super().__init__(item)
        self.action, self.number = match["action"], int(match["number"] or 0)

    async def callback(self, interaction: Interaction) -> None:
        """Open a prompt in a form, or draw all of them."""
        async with guard(interaction):
            prompts = messages.offered(interaction.message.content if interaction.message else "")
            if self.action == "all" and prompts:
                await draw(interaction, joined(prompts.values()))
            elif self.action == "again" and interaction.message:
                await _describe_again(interaction, interaction.message, self.number)
            elif self.action == "draw" and self.number in prompts:
                await ask(interaction, prompts[self.number])
            else:
                raise NotFound(say("I do not know this button any more."))


async def describe(
    interaction: Interaction, source: Incoming, *, turn: int = 0, is_private: bool = False
) -> None:
    """Say what a picture shows, for all to see it and the prompts; or to the asker alone.

    A picture that was drawn here stands somewhere already, maybe behind a spoiler: that stays private.

    Raises: UserError.
    """
    services, asker = wired(interaction).services, drawing_asker_of(interaction)
    async with patience(interaction):
        seen = await services.looking.look(asker, source, turn=turn)
        limit = interaction.filesize_limit
        encoded = await asyncio.to_thread(encode_single, seen.picture, "", limit_bytes=limit)
    payload = messages.described(seen.prompts, asker.locale, turn=turn)
    name = f"picture.{encoded.extension}"
    file = File(name=name, data=encoded.data, description=seen.prompts[0])
    if is_private or not seen.is_own:
        await reply(interaction, payload, file=file)
    else:
        promised = messages.posted(asker.locale)
        await reply_to_all(interaction, payload, file=file, is_spoiler=seen.is_spoiler, promised=promised)


async def _describe_again(interaction: Interaction, message: discord.Message, turn: int) -> None:
    """Other prompts for the picture that a message shows."""
    picture = first_picture(message)
    if picture is None:
        raise NotFound(say("The picture is gone from this message. Describe it anew with /describe."))
    await describe(interaction, attached(picture), turn=turn, is_private=message.flags.ephemeral)
