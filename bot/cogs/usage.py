"""/usage: who used the GPU, and for what."""

import asyncio

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str
from discord.ext import commands

from bot.boundary import MODERATORS, Interaction, asker_of, check_posting
from bot.domain.errors import Unreadable
from bot.domain.sentences import say
from bot.domain.usage import By
from bot.messages import usage as messages
from bot.messages.components import to_file
from bot.services import Services

SIDES = [
    Choice(name=locale_str("by member"), value=By.MEMBER.value),
    Choice(name=locale_str("by channel"), value=By.CHANNEL.value),
    Choice(name=locale_str("by day"), value=By.DAY.value),
]


class Usage(commands.Cog):
    """Reports, for moderators."""

    group = app_commands.Group(
        name=locale_str("usage"),
        description=locale_str("Who used how much in this server"),
        default_permissions=MODERATORS,
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        guild_only=True,
    )

    def __init__(self, services: Services) -> None:
        self.services = services

    @group.command(
        name=locale_str("show"), description=locale_str("A table, a chart and a CSV file of who drew what")
    )
    @app_commands.describe(
        by=locale_str("What each row stands for"), days=locale_str("How many days back, 1 to 90")
    )
    @app_commands.choices(by=SIDES)
    async def show(
        self, interaction: Interaction, by: str = By.MEMBER, days: app_commands.Range[int, 1, 90] = 7
    ) -> None:
        """Show a moderator the guild's usage."""
        asker = asker_of(interaction)
        await interaction.response.defer(ephemeral=True)
        report = await self.services.usage.report(asker, by=By(by), days=days)
        channels = {channel.id: f"#{channel.name}" for channel in _channels(interaction)}
        files = await asyncio.to_thread(messages.files, report, asker.locale, channels=channels)
        await interaction.edit_original_response(
            content=messages.report(report, asker.locale).content,
            attachments=[to_file(file) for file in files],
            allowed_mentions=discord.AllowedMentions.none(),
        )

    @group.command(
        name=locale_str("digest"), description=locale_str("Send the report of each week to a channel")
    )
    @app_commands.describe(
        channel=locale_str("Which channel; left out: I say where it goes now"),
        stop=locale_str("Send none any more"),
    )
    async def digest(
        self,
        interaction: Interaction,
        channel: discord.TextChannel | None = None,
        stop: bool = False,  # noqa: FBT001, FBT002 - options of a command come by name
    ) -> None:
        """Choose where the weekly digest goes, or ask where."""
        asker = asker_of(interaction)
        if channel is not None and stop:
            raise Unreadable(say("Choose a channel, or stop the weekly report: not both at once."))
        if channel is not None:
            check_posting(channel)
        if channel is not None or stop:
            await self.services.usage.set_digest(asker, channel.id if channel else None)
        digest = await self.services.usage.digest(asker)
        payload = messages.digest_set(digest, asker.locale)
        await interaction.response.send_message(payload.content, ephemeral=True)


def _channels(interaction: Interaction) -> list[discord.abc.GuildChannel | discord.Thread]:
    guild = interaction.guild
    return [] if guild is None else [*guild.channels, *guild.threads]
