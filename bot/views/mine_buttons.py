"""The buttons that turn the pages of /mine. The page is in the custom_id; whose pages they are is not."""

import re
from typing import Any

import discord

from bot.boundary import Interaction, asker_of, guard, patience, turn_into
from bot.domain.errors import NotFound
from bot.domain.sentences import say
from bot.messages import custom_ids
from bot.messages import mine as messages
from bot.views.rebuilt import Rebuilt
from bot.views.wired import wired


class MineButton(Rebuilt, discord.ui.DynamicItem[discord.ui.Button[Any]], template=custom_ids.MINE):
    """Previous and next: always through the presser's own history."""

    def __init__(self, item: discord.ui.Button[Any], match: re.Match[str]) -> None:
        super().__init__(item)
        self.page, self.wanted = int(match["page"]), custom_ids.mine_wanted(match)

    async def callback(self, interaction: Interaction) -> None:
        """Show that page in place of this one."""
        async with guard(interaction):
            if self.wanted is None:
                raise NotFound(say("I do not know this button any more."))
            gallery, asker = wired(interaction).services.gallery, asker_of(interaction)
            async with patience(interaction):
                page = await gallery.list_page(asker, self.page, self.wanted)
            await turn_into(interaction, messages.page(page, asker.locale))
