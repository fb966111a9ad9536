"""The buttons under prompts that were found. The prompts stand in the pressed message, and nowhere else."""

import re
from typing import Any

import discord

from bot.boundary import Interaction, guard
from bot.domain.errors import NotFound
from bot.domain.prompt import joined
from bot.domain.sentences import say
from bot.messages import custom_ids
from bot.messages import looking as messages
from bot.views.drawing import ask, draw
from bot.views.rebuilt import Rebuilt


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
            elif self.action == "draw" and self.number in prompts:
                await ask(interaction, prompts[self.number])
            else:
                raise NotFound(say("I do not know this button any more."))
