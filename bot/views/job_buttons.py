"""The buttons under a job's messages. All state is in the custom_id, so they survive a restart."""

import re
from typing import Any, Self, cast

import discord

from bot.boundary import Interaction, asker_of, drawing_asker_of, guard, patience
from bot.domain.kinds import JobKind
from bot.services.orders import Press
from bot.views.wired import wired

MAX_DIGITS = 18  # beyond that no job id fits the database


class JobButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=rf"job:(?P<job_id>\d{{1,{MAX_DIGITS}}}):(?P<action>pick|vary|reroll|cancel)(?::(?P<index>[0-3]))?",
):
    """U, V, 🔄 and Cancel. The id is only a key: what the presser may do is looked up anew."""

    def __init__(self, item: discord.ui.Button[Any], match: re.Match[str]) -> None:
        super().__init__(item)
        self.job_id = int(match["job_id"])
        self.action = match["action"]
        self.index = int(match["index"] or 0)

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Rebuild the button from what was pressed."""
        del interaction
        return cls(cast("discord.ui.Button[Any]", item), match)

    async def callback(self, interaction: Interaction) -> None:
        """Do what the button says."""
        async with guard(interaction):
            if self.action == "cancel":
                await self._cancel(interaction)
            else:
                await self._draw(interaction)

    async def _cancel(self, interaction: Interaction) -> None:
        services, _ = wired(interaction)
        await services.jobs.cancel(asker_of(interaction), self.job_id)
        await interaction.response.defer()

    async def _draw(self, interaction: Interaction) -> None:
        services, delivery = wired(interaction)
        asker = drawing_asker_of(interaction)
        pressed = None if interaction.message is None else interaction.message.id
        async with patience(interaction):
            press = Press(kind=JobKind(self.action), job_id=self.job_id, index=self.index, reply_to=pressed)
            job = await services.orders.press(asker, press)
        await delivery.answer_press(interaction, job, self.custom_id)
