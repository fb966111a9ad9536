"""The menus of a message (Apps), and how they find a picture that was posted a moment ago."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import discord
from discord import app_commands
from discord.app_commands import locale_str

from bot.boundary import Interaction
from bot.domain.errors import NotFound
from bot.views.help_buttons import ABOUT

T = TypeVar("T")

NOTED_SECONDS = 1.0


def message_menu(
    name: locale_str,
    callback: Callable[[Interaction, discord.Message], Awaitable[None]],
    *,
    about: locale_str,
    in_dms: bool,
) -> app_commands.ContextMenu:
    """A menu of messages, for everybody, and what /help says about it. Discord allows a bot five."""
    given: Any = callback  # discord.py spells a coroutine differently
    return app_commands.ContextMenu(
        name=name,
        callback=given,
        extras={ABOUT: about},
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=in_dms, private_channel=False),
    )


async def noted(interaction: Interaction, message: discord.Message, find: Callable[[], Awaitable[T]]) -> T:
    """What is found of a message of ours. It is seen a moment before it is noted where it was posted.

    Raises: NotFound.
    """
    try:
        return await find()
    except NotFound:
        if message.author != interaction.client.user:
            raise
    await asyncio.sleep(NOTED_SECONDS)
    return await find()
