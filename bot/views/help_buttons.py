"""The buttons that turn the pages of /help. Which pages there are for whom is asked anew at every press."""

import re
from collections.abc import Iterator
from typing import Any

import discord
from discord import app_commands

from bot.boundary import Interaction, asker_of, guard, patience, turn_into
from bot.domain.errors import NotFound
from bot.domain.sentences import say
from bot.messages import custom_ids, manual
from bot.messages.payload import Payload
from bot.views.rebuilt import Rebuilt
from bot.views.wired import wired

ABOUT = "about"
"""In a menu's extras: what it does, for the manual. Discord shows of a menu its name alone."""

AnyCommand = app_commands.Command[Any, ..., Any] | app_commands.Group | app_commands.ContextMenu


def listed(tree: app_commands.CommandTree[Any]) -> tuple[manual.Command, ...]:
    """Every command of the tree, by name."""
    found: list[AnyCommand] = [*tree.get_commands(type=discord.AppCommandType.chat_input)]
    found += tree.get_commands(type=discord.AppCommandType.message)
    return tuple(sorted((_listed(command) for command in found), key=lambda one: one.name))


def _listed(command: AnyCommand) -> manual.Command:
    is_for_moderators = command.default_permissions is not None
    if isinstance(command, app_commands.ContextMenu):
        about = str(command.extras.get(ABOUT, ""))
        return manual.Command(
            name=command.name, about=about, is_menu=True, is_for_moderators=is_for_moderators
        )
    contexts = command.allowed_contexts
    return manual.Command(
        name=f"/{command.qualified_name}",
        about=command.description,
        parts=tuple(_parts(command)),
        is_for_moderators=is_for_moderators,
        is_direct=not command.guild_only and (contexts is None or contexts.dm_channel is not False),
    )


def _parts(command: AnyCommand) -> Iterator[manual.Command]:
    if isinstance(command, app_commands.Group):
        yield from (_listed(part) for part in command.commands)


async def page(interaction: Interaction, shown: manual.Page) -> Payload:
    """A page of the manual, for who asks.

    Raises: NotAllowed, for the moderators' page.
    """
    services, asker = wired(interaction).services, asker_of(interaction)
    if shown is manual.Page.MODERATORS:
        await services.guilds.require_moderator(asker)
    is_moderator = await services.guilds.is_moderator(asker)
    return manual.page(shown, listed(wired(interaction).tree), asker.locale, is_moderator=is_moderator)


class HelpButton(Rebuilt, discord.ui.DynamicItem[discord.ui.Button[Any]], template=custom_ids.HELP):
    """Another page in place of this one."""

    def __init__(self, item: discord.ui.Button[Any], match: re.Match[str]) -> None:
        super().__init__(item)
        self.page = match["page"]

    async def callback(self, interaction: Interaction) -> None:
        """Show the page."""
        async with guard(interaction):
            if self.page not in list(manual.Page):
                raise NotFound(say("I do not know this button any more."))
            async with patience(interaction):
                payload = await page(interaction, manual.Page(self.page))
            await turn_into(interaction, payload)
