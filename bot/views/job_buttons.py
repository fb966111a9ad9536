"""The buttons under a job's messages. All state is in the custom_id, so they survive a restart."""

import re
from dataclasses import replace
from typing import Any

import discord

from bot.boundary import Interaction, asker_of, drawing_asker_of, guard, patience, reply
from bot.domain.asker import Asker
from bot.domain.job import Job
from bot.domain.kinds import JobKind, Outcome
from bot.messages import custom_ids
from bot.messages import jobs as messages
from bot.services.orders import Arrival, Press
from bot.services.orders.press import unknown
from bot.views import change_forms
from bot.views.rebuilt import Rebuilt
from bot.views.wired import Wired, wired

REMIXABLE = frozenset({JobKind.VARY, JobKind.VARY_SUBTLE, JobKind.REROLL, JobKind.ZOOM, JobKind.PAN})
"""What is asked for with a prompt first, where the presser wants it so."""


class JobButton(Rebuilt, discord.ui.DynamicItem[discord.ui.Button[Any]], template=custom_ids.JOB):
    """What is made of pictures, and Cancel. The id is only a key: what the presser may is looked up anew."""

    def __init__(self, item: discord.ui.Button[Any], match: re.Match[str]) -> None:
        super().__init__(item)
        self.press = custom_ids.job_press(match)

    async def callback(self, interaction: Interaction) -> None:
        """Do what the button says."""
        async with guard(interaction):
            if self.press.action == custom_ids.CANCEL:
                await self._cancel(interaction)
            elif self.press.action == custom_ids.CANCEL_ALL:
                await self._cancel_all(interaction)
            elif self.press.action == custom_ids.NO_SUFFIX:
                await self._draw_as_typed(interaction)
            else:
                await self._draw(interaction)

    async def _cancel(self, interaction: Interaction) -> None:
        await wired(interaction).services.jobs.cancel(asker_of(interaction), self.press.job_id)
        await interaction.response.defer()

    async def _cancel_all(self, interaction: Interaction) -> None:
        await wired(interaction).services.jobs.cancel_batch(asker_of(interaction), self.press.job_id)
        await interaction.response.defer()

    async def _draw_as_typed(self, interaction: Interaction) -> None:
        client, asker = wired(interaction), drawing_asker_of(interaction)
        async with patience(interaction):
            job = await client.services.orders.without_suffix(asker, self.press.job_id)
        await client.delivery.answer_beside(interaction, job)

    async def _draw(self, interaction: Interaction) -> None:
        client, asker = wired(interaction), drawing_asker_of(interaction)
        press = Press(
            kind=_kind(self.press.action),
            job_id=self.press.job_id,
            index=self.press.index,
            how=self.press.how,
            reply_to=None if interaction.message is None else interaction.message.id,
        )
        if press.kind in REMIXABLE and press.how != custom_ids.SAME:
            preferences = await client.services.preferences.get(asker)
            if preferences.is_remix:
                await change_forms.ask(interaction, self.press, preferences)
                return
        arrival = Arrival(asker=asker, press=press)
        async with patience(interaction, client.services.arrivals.undecided(arrival)):
            there = await _posted_before(client, asker, press)
            job = there or await client.services.orders.take(arrival)
        if there is not None:
            await reply(interaction, messages.already_there(replace(there, locale=asker.locale)))
        else:
            await client.delivery.answer_press(interaction, job, self.custom_id)


async def _posted_before(client: Wired, asker: Asker, press: Press) -> Job | None:
    """The tile that the presser has picked here before, if its message is still there."""
    if press.kind.traits.outcome is not Outcome.TILE:
        return None
    picked = await client.services.shown.picked(asker, press.job_id, press.index)
    return picked if picked is not None and await client.delivery.is_there(picked) else None


def _kind(action: str) -> JobKind:
    """The kind of job that a button asks for. Raises: NotFound, where no version knows it."""
    try:
        return JobKind(action)
    except ValueError:
        raise unknown() from None
