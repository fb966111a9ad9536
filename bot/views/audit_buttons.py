"""The buttons under /audit: other pages, and the export."""

import asyncio
import re
from typing import Any, cast

import discord

from bot.boundary import Interaction, asker_of, guard, reply, turn_into
from bot.domain.audit import AuditFilter
from bot.messages import audit as messages
from bot.services import Services
from bot.views.rebuilt import Rebuilt

NAME = "audit.csv"


class AuditButton(
    Rebuilt,
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"audit:(?P<page>\d{1,6}):(?P<do>show|export):(?P<user>-?\d{0,19})-(?P<action>[a-z_]{0,32})",
):
    """A page, or all of it as a file. Whose log it is, and who may read it, is looked up anew."""

    def __init__(self, item: discord.ui.Button[Any], match: re.Match[str]) -> None:
        super().__init__(item)
        self.page = int(match["page"])
        self.is_export = match["do"] == "export"
        user = match["user"].strip("-")
        self.wanted = AuditFilter(user_id=int(user) if user else None, action=match["action"] or None)

    async def callback(self, interaction: Interaction) -> None:
        """Turn the page, or send the file."""
        async with guard(interaction):
            services: Services = cast("Any", interaction.client).services
            asker = asker_of(interaction)
            if self.is_export:
                await interaction.response.defer(ephemeral=True, thinking=True)
                entries = await services.audit.list_all(asker, self.wanted)
                data = await asyncio.to_thread(messages.table, entries)
                await reply(interaction, messages.exported(len(entries), asker.locale), file=(NAME, data))
                return
            payload = messages.page(await services.audit.page(asker, self.wanted, self.page), asker.locale)
            await turn_into(interaction, payload)
