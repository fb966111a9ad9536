"""The buttons under /gallery join: which of their pictures a member shows."""

import re
from typing import Any

import discord

from bot.boundary import Interaction, asker_of, guard, patience, turn_into
from bot.messages import custom_ids
from bot.messages import gallery as messages
from bot.views.rebuilt import Rebuilt
from bot.views.wired import wired

NOW = "now"


class GalleryButton(Rebuilt, discord.ui.DynamicItem[discord.ui.Button[Any]], template=custom_ids.GALLERY):
    """It is the presser's own gallery that is meant, in the server that they press in."""

    def __init__(self, item: discord.ui.Button[Any], match: re.Match[str]) -> None:
        super().__init__(item)
        self.is_from_now = match["since"] == NOW

    async def callback(self, interaction: Interaction) -> None:
        """Show them."""
        async with guard(interaction):
            services, asker = wired(interaction).services, asker_of(interaction)
            async with patience(interaction):
                has_page = await services.gallery.share(asker, is_shown=True, is_from_now=self.is_from_now)
            payload = messages.joined(
                asker.locale,
                has_page=has_page,
                is_from_now=self.is_from_now,
                page_url=services.gallery.pages.of_guild(asker.guild_id or 0),
            )
            await turn_into(interaction, payload)
