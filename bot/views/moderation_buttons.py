"""The buttons of moderation: what a member confirms, what moderators decide."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import discord

from bot.boundary import (
    Interaction,
    asker_of,
    edit_pressed,
    guard,
    patience,
    reply,
    turn_into,
)
from bot.domain.errors import Decided, NotFound, UserError
from bot.domain.kept import Waits
from bot.domain.people import AppealStatus
from bot.domain.sentences import say
from bot.messages import custom_ids, forgetting, letters, order_appeals, uploads
from bot.messages import people as messages
from bot.messages.refusals import refusal
from bot.services.order_appeals import OrderVerdict
from bot.views.moderation_forms import ask, decided, decided_elsewhere
from bot.views.rebuilt import Rebuilt
from bot.views.wired import wired


class ModerationButton(
    Rebuilt, discord.ui.DynamicItem[discord.ui.Button[Any]], template=custom_ids.MODERATION
):
    """The id is only a key: whose it is, in which guild, and who may press, is looked up anew."""

    def __init__(self, item: discord.ui.Button[Any], match: re.Match[str]) -> None:
        super().__init__(item)
        about = custom_ids.numbered(match)
        self.kind, self.number, self.action = about.kind, about.number, about.action

    async def callback(self, interaction: Interaction) -> None:
        """Do what the button says."""
        async with guard(interaction):
            press = PRESSES.get((self.kind, self.action))
            if press is None:
                raise NotFound(say("I do not know this button any more."))
            try:
                await press(self, interaction)
            except Decided as late:
                await decided_elsewhere(interaction, late)


async def _acknowledge(button: ModerationButton, interaction: Interaction) -> None:
    services, asker = wired(interaction).services, asker_of(interaction)
    async with patience(interaction):
        block = await services.sanctions.acknowledge(asker, button.number)
        kept = await services.kept.waiting(asker, Waits.NOTICE)
    # A letter in private is nobody else's either: it may be turned into the thanks.
    turn = edit_pressed if interaction.guild_id is None else turn_into
    await turn(interaction, messages.acknowledged(block, kept, asker.locale))


async def _appeal(button: ModerationButton, interaction: Interaction) -> None:
    services, asker = wired(interaction).services, asker_of(interaction)
    await services.appeals.may_appeal(asker, button.number)
    await ask(interaction, "block", button.number, "appeal")


async def _decide_appeal(button: ModerationButton, interaction: Interaction) -> None:
    services, asker = wired(interaction).services, asker_of(interaction)
    await services.appeals.check(asker, button.number)
    await ask(interaction, "appeal", button.number, button.action)


async def _allow_order(button: ModerationButton, interaction: Interaction) -> None:
    services, asker = wired(interaction).services, asker_of(interaction)
    async with patience(interaction):
        verdict = await services.order_appeals.decide(asker, button.number, AppealStatus.ACCEPTED)
        came_of_it = await _drawn(interaction, verdict)
    await decided(interaction, came_of_it)


async def _drawn(interaction: Interaction, verdict: OrderVerdict) -> str:
    """Draw what was allowed, and tell its member; what is said of it to the moderators."""
    client, appeal, server = wired(interaction), verdict.appeal, _server(interaction)
    if await client.moderators.is_gone(appeal.guild_id, appeal.user_id):
        await client.services.order_appeals.close(appeal)
        return "gone"
    try:
        job = await client.services.order_appeals.draw(verdict)
    except UserError as error:
        await client.services.order_appeals.close(appeal)
        letter = order_appeals.not_drawn(verdict, error, server)
        await client.moderators.tell_member(appeal.user_id, letter)
        return "undrawn"
    await client.delivery.follow_all(job)
    await client.moderators.tell_member(appeal.user_id, order_appeals.allowed(verdict, job, server))
    return "allow"


async def _refuse_order(button: ModerationButton, interaction: Interaction) -> None:
    client, asker = wired(interaction), asker_of(interaction)
    async with patience(interaction):
        verdict = await client.services.order_appeals.decide(asker, button.number, AppealStatus.REJECTED)
    await decided(interaction, button.action)
    letter = order_appeals.refused(verdict, _server(interaction))
    await client.moderators.tell_member(verdict.appeal.user_id, letter)


def _server(interaction: Interaction) -> str:
    return interaction.guild.name if interaction.guild else ""


async def _delete(button: ModerationButton, interaction: Interaction) -> None:
    client, asker = wired(interaction), asker_of(interaction)
    async with patience(interaction):
        job = await client.services.reports.delete_result(asker, button.number)
    await decided(interaction, button.action)
    await client.remover.remove()
    await client.moderators.tell_member(job.user_id, letters.deleted(job, _server(interaction)))


async def _dismiss(button: ModerationButton, interaction: Interaction) -> None:
    services, asker = wired(interaction).services, asker_of(interaction)
    async with patience(interaction):
        await services.reports.close(asker, button.number, AppealStatus.REJECTED)
    await decided(interaction, button.action)


async def _warn(button: ModerationButton, interaction: Interaction) -> None:
    services, asker = wired(interaction).services, asker_of(interaction)
    await services.reports.check_open(asker, button.number)
    await ask(interaction, "report", button.number, "warn")


async def _block(button: ModerationButton, interaction: Interaction) -> None:
    services, asker = wired(interaction).services, asker_of(interaction)
    await services.reports.check_open(asker, button.number)
    await ask(interaction, "report", button.number, "block")


async def _look(button: ModerationButton, interaction: Interaction) -> None:
    services, asker = wired(interaction).services, asker_of(interaction)
    async with patience(interaction):
        found = await services.reports.get(asker, button.number)
        picture = await services.pictures.stored_copy(found.job)
    if picture is None:
        raise NotFound(say("The picture is gone."))
    payload, file = messages.looked_at(found, picture, asker.locale)
    await reply(interaction, payload, file=file)


async def _inputs(button: ModerationButton, interaction: Interaction) -> None:
    services, asker = wired(interaction).services, asker_of(interaction)
    found = await services.reports.get(asker, button.number)
    for upload_id in found.job.inputs:
        try:
            await show_upload(interaction, upload_id)
        except NotFound as gone:  # the others may be there
            await reply(interaction, refusal(gone, asker.locale))


async def _remove_upload(button: ModerationButton, interaction: Interaction) -> None:
    services, asker = wired(interaction).services, asker_of(interaction)
    is_everywhere = button.action == "erase"
    async with patience(interaction):
        upload = await services.uploads.remove(asker, button.number, is_everywhere=is_everywhere)
    await turn_into(interaction, uploads.removed(upload, asker.locale, is_everywhere=is_everywhere))


async def show_upload(interaction: Interaction, upload_id: int) -> None:
    """Show a picture that somebody brought along to whoever judges it, with buttons to remove it."""
    services, asker = wired(interaction).services, asker_of(interaction)
    async with patience(interaction):
        seen = await services.uploads.look(asker, upload_id)
        data = await asyncio.to_thread(seen.encode)
    await reply(
        interaction, uploads.seen(seen, asker.locale), file=uploads.seen_file(seen, data, asker.locale)
    )


async def _forget_pictures(button: ModerationButton, interaction: Interaction) -> None:
    del button
    services, asker = wired(interaction).services, asker_of(interaction)
    async with patience(interaction):
        count = await services.uploads.forget(asker)
    await turn_into(interaction, forgetting.pictures_done(count, asker.locale))


async def _forget(button: ModerationButton, interaction: Interaction) -> None:
    del button
    services, asker = wired(interaction).services, asker_of(interaction)
    await interaction.response.defer()
    await turn_into(interaction, forgetting.done(await services.forgetting.forget(asker), asker.locale))


PRESSES: dict[tuple[str, str], Callable[[ModerationButton, Interaction], Awaitable[None]]] = {
    ("notice", "acknowledge"): _acknowledge,
    ("block", "appeal"): _appeal,
    ("appeal", "accept"): _decide_appeal,
    ("appeal", "reject"): _decide_appeal,
    ("order", "allow"): _allow_order,
    ("order", "refuse"): _refuse_order,
    ("report", "look"): _look,
    ("report", "delete"): _delete,
    ("report", "dismiss"): _dismiss,
    ("report", "warn"): _warn,
    ("report", "block"): _block,
    ("report", "inputs"): _inputs,
    ("upload", "remove"): _remove_upload,
    ("upload", "erase"): _remove_upload,
    ("forget", "me"): _forget,
    ("forget", "pictures"): _forget_pictures,
}
