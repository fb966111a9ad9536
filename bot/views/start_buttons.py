"""The buttons of newcomers: accept the terms, try an example. All state is in the custom_id."""

import re
from typing import Any

import discord

from bot.boundary import Interaction, drawing_asker_of, guard, patience
from bot.messages import custom_ids
from bot.messages import onboarding as messages
from bot.messages import rules as rules_messages
from bot.storage.outage import passing_over_outages
from bot.views.rebuilt import Rebuilt
from bot.views.wired import wired


class TermsButton(
    Rebuilt,
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=custom_ids.TERMS,
):
    """Accept. What waited for it is looked up anew, and must be the presser's own."""

    def __init__(self, item: discord.ui.Button[Any], match: re.Match[str]) -> None:
        super().__init__(item)
        self.key = custom_ids.kept_key(match)
        self.version = int(match["version"])

    async def callback(self, interaction: Interaction) -> None:
        """Store the consent, and draw what was asked for."""
        async with guard(interaction):
            client = wired(interaction)
            asker = drawing_asker_of(interaction)
            async with patience(interaction):
                job = await client.services.onboarding.accept(asker, self.key, self.version)
                payload = rules_messages.confirmed(asker.locale)
                with passing_over_outages("a greeting"):
                    payload = messages.accepted(await client.services.quotas.balance(asker), asker.locale)
            await client.delivery.answer_in_place(interaction, job, payload)


class ExampleButton(Rebuilt, discord.ui.DynamicItem[discord.ui.Button[Any]], template=custom_ids.EXAMPLE):
    """An example of the guide, drawn for who presses it."""

    def __init__(self, item: discord.ui.Button[Any], match: re.Match[str]) -> None:
        super().__init__(item)
        self.number = int(match["number"])

    async def callback(self, interaction: Interaction) -> None:
        """Draw the example."""
        async with guard(interaction):
            client = wired(interaction)
            asker = drawing_asker_of(interaction)
            async with patience(interaction):
                job = await client.services.onboarding.try_example(asker, self.number)
            await client.delivery.answer_beside(interaction, job)


class KeptButton(Rebuilt, discord.ui.DynamicItem[discord.ui.Button[Any]], template=custom_ids.KEPT):
    """Draw what was refused and kept. It is the presser's own, and is judged by all gates again."""

    def __init__(self, item: discord.ui.Button[Any], match: re.Match[str]) -> None:
        super().__init__(item)
        self.key = custom_ids.kept_key(match)

    async def callback(self, interaction: Interaction) -> None:
        """Draw it, and say so in place of the refusal."""
        async with guard(interaction):
            client = wired(interaction)
            asker = drawing_asker_of(interaction)
            async with patience(interaction):
                job = await client.services.orders.release(asker, self.key)
            await client.delivery.answer_in_place(interaction, job, rules_messages.confirmed(asker.locale))
