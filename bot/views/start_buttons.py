"""The buttons of newcomers: accept the terms, try an example. All state is in the custom_id."""

import re
from typing import Any

import discord

from bot.boundary import Interaction, drawing_asker_of, guard, patience
from bot.messages import onboarding as messages
from bot.views.rebuilt import Rebuilt
from bot.views.wired import wired


class TermsButton(
    Rebuilt,
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"terms:(?P<pending_id>\d{1,18}):accept:(?P<version>\d{1,9})",
):
    """Accept. What waited for it is looked up anew, and must be the presser's own."""

    def __init__(self, item: discord.ui.Button[Any], match: re.Match[str]) -> None:
        super().__init__(item)
        self.pending_id = int(match["pending_id"])
        self.version = int(match["version"])

    async def callback(self, interaction: Interaction) -> None:
        """Store the consent, and draw what was asked for."""
        async with guard(interaction):
            services, delivery = wired(interaction)
            asker = drawing_asker_of(interaction)
            async with patience(interaction):
                job = await services.onboarding.accept(asker, self.pending_id, self.version)
                balance = await services.quotas.balance(asker)
            await delivery.answer_in_place(interaction, job, messages.accepted(balance, asker.locale))


class ExampleButton(
    Rebuilt, discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"start:(?P<number>\d{1,2}):example"
):
    """An example of the guide, drawn for who presses it."""

    def __init__(self, item: discord.ui.Button[Any], match: re.Match[str]) -> None:
        super().__init__(item)
        self.number = int(match["number"])

    async def callback(self, interaction: Interaction) -> None:
        """Draw the example."""
        async with guard(interaction):
            services, delivery = wired(interaction)
            asker = drawing_asker_of(interaction)
            async with patience(interaction):
                job = await services.onboarding.try_example(asker, self.number)
            await delivery.answer_beside(interaction, job)
