"""What can be pressed under /info: look again, cancel one job, cancel all. Always the presser's own."""

import re
from typing import Any

import discord

from bot.boundary import Interaction, asker_of, direct_server, guard, patience, turn_into
from bot.domain.errors import NotFound
from bot.domain.sentences import say
from bot.messages import custom_ids
from bot.messages import info as messages
from bot.messages.payload import Payload
from bot.services.info import MemberInfo
from bot.views.rebuilt import Rebuilt, chosen_in
from bot.views.wired import wired

CHOICE = re.compile(r"[0-9]{1,18}")


class InfoItem(Rebuilt, discord.ui.DynamicItem[discord.ui.Item[Any]], template=custom_ids.INFO):
    """The id names no job: of a menu, what was chosen is looked up anew."""

    def __init__(self, item: discord.ui.Item[Any], match: re.Match[str]) -> None:
        super().__init__(item)
        self.action = match["action"]

    async def callback(self, interaction: Interaction) -> None:
        """Do it, and show how things are now."""
        async with guard(interaction):
            async with patience(interaction):
                found = await self._found(interaction)
            await turn_into(interaction, page(interaction, found))

    async def _found(self, interaction: Interaction) -> MemberInfo:
        info, asker = wired(interaction).services.info, asker_of(interaction)
        chosen = chosen_in(self.item)
        match self.action:
            case "show":
                return await info.show(asker)
            case "all":
                return await info.cancel_all(asker)
            case "cancel" if CHOICE.fullmatch(chosen):
                return await info.cancel(asker, int(chosen))
            case _:
                raise NotFound(say("I do not know this button any more. Ask for /info anew."))


def page(interaction: Interaction, found: MemberInfo) -> Payload:
    """Where a member stands; in a direct message it says in which server."""
    server = direct_server(interaction, found.balance.guild_id)
    return messages.info(found, interaction.locale.value, server=server)
