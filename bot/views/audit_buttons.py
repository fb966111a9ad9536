"""The buttons under /audit: other pages, and the export."""

import asyncio
import re
from typing import Any

import discord

from bot.boundary import Interaction, asker_of, guard, reply, turn_into
from bot.messages import audit as messages
from bot.messages import custom_ids
from bot.messages.payload import File
from bot.views.rebuilt import Rebuilt
from bot.views.wired import wired

NAME = "audit.csv"


class AuditButton(
    Rebuilt,
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=custom_ids.AUDIT,
):
    """A page, or all of it as a file. Whose log it is, and who may read it, is looked up anew."""

    def __init__(self, item: discord.ui.Button[Any], match: re.Match[str]) -> None:
        super().__init__(item)
        self.page = int(match["page"])
        self.is_export = match["do"] == "export"
        self.wanted = custom_ids.audit_filter(match)

    async def callback(self, interaction: Interaction) -> None:
        """Turn the page, or send the file."""
        async with guard(interaction):
            services = wired(interaction).services
            asker = asker_of(interaction)
            if self.is_export:
                await interaction.response.defer(ephemeral=True, thinking=True)
                entries = await services.audit.list_all(asker, self.wanted)
                payload = messages.exported(len(entries), asker.locale)
                data = await asyncio.to_thread(messages.table, entries)
                file = File(name=NAME, data=data, description=payload.content)
                await reply(interaction, payload, file=file)
                return
            payload = messages.page(await services.audit.page(asker, self.wanted, self.page), asker.locale)
            await turn_into(interaction, payload)
