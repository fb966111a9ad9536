"""How an item of a message is made anew from its custom_id when it is pressed, restart or not."""

import re
from typing import Any, Self, cast

import discord

from bot.boundary import Interaction


class Rebuilt:
    """For a `DynamicItem` whose constructor takes the pressed item and the match of its template."""

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Rebuild it from what was pressed. Nothing of it is trusted: see the callback."""
        del interaction
        made: Self = cast("Any", cls)(item, match)
        return made


def chosen_in(item: discord.ui.Item[Any]) -> str:
    """What was chosen in a menu; empty where nothing was, or where something else has its custom_id."""
    return item.values[0] if isinstance(item, discord.ui.Select) and item.values else ""
