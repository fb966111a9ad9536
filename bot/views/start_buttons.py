"""The buttons of newcomers: accept the terms, try an example. All state is in the custom_id."""

import re
from typing import Any

import discord

from bot.boundary import Interaction, asker_of, drawing_asker_of, guard, patience, turn_into
from bot.messages import custom_ids, order_appeals
from bot.messages import onboarding as messages
from bot.messages import rules as rules_messages
from bot.storage.outage import passing_over_outages
from bot.views.drawing import remark
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


class AskButton(Rebuilt, discord.ui.DynamicItem[discord.ui.Button[Any]], template=custom_ids.ASK):
    """Ask the moderators for what a rule refused. It is the presser's own."""

    def __init__(self, item: discord.ui.Button[Any], match: re.Match[str]) -> None:
        super().__init__(item)
        self.kept_id = int(match["kept_id"])

    async def callback(self, interaction: Interaction) -> None:
        """Bring it to them, and say so in place of the refusal."""
        async with guard(interaction):
            client, asker = wired(interaction), asker_of(interaction)
            async with patience(interaction):
                made = await client.services.order_appeals.ask(asker, self.kept_id)
            await turn_into(interaction, order_appeals.asked(asker.locale))
            letter = order_appeals.letter(made.appeal, (interaction.guild_locale or interaction.locale).value)
            await client.moderators.tell(made.appeal.guild_id, made.channel_id, letter)


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
            await remark(interaction, asker, job)
