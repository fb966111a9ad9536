"""/mod: blocks, warnings, notices, and what waits for a moderator's decision."""

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import Interaction, asker_of
from bot.domain.people import MAX_TEXT
from bot.messages import people as messages
from bot.messages.components import to_view
from bot.messages.payload import Payload
from bot.services import Services

Reason = app_commands.Range[str, 1, MAX_TEXT]
Span = app_commands.Range[str, 1, 20]
MAX_CASES = 5

MEMBER = locale_str("Whom")
REASON = locale_str("Why; the member will read it")
NOTE = locale_str("Why, for the audit log")


class People(commands.Cog):
    """For moderators; the services check it."""

    mod = app_commands.Group(
        name=locale_str("mod"),
        description=locale_str("Blocks, warnings, notices, appeals and reports"),
        guild_only=True,
        default_permissions=discord.Permissions(moderate_members=True),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )

    def __init__(self, services: Services) -> None:
        self.services = services

    @mod.command(name=locale_str("block"), description=locale_str("Keep a member from drawing"))
    @app_commands.describe(
        member=MEMBER, reason=REASON, duration=locale_str("As 15m, 6h, 1d or 2w; left out: for good")
    )
    async def block(
        self, interaction: Interaction, member: discord.User, reason: Reason, duration: Span | None = None
    ) -> None:
        """Block a member, and cancel what they wait for."""
        asker = asker_of(interaction)
        given = await self.services.people.block(asker, member.id, span=duration, reason=reason)
        await _answer(interaction, messages.blocked(given, asker.locale))

    @mod.command(name=locale_str("warn"), description=locale_str("Give a member a strike"))
    @app_commands.describe(member=MEMBER, reason=REASON)
    async def warn(self, interaction: Interaction, member: discord.User, reason: Reason) -> None:
        """Warn a member."""
        asker = asker_of(interaction)
        block = await self.services.people.warn(asker, member.id, reason=reason)
        await _answer(interaction, messages.warned(member.id, block, asker.locale))

    @mod.command(name=locale_str("notice"), description=locale_str("Tell a member something"))
    @app_commands.describe(member=MEMBER, text=locale_str("What they must acknowledge before they draw"))
    async def notice(self, interaction: Interaction, member: discord.User, text: Reason) -> None:
        """Write to a member."""
        asker = asker_of(interaction)
        await self.services.people.notice(asker, member.id, text=text)
        await _answer(interaction, messages.told(member.id, asker.locale))

    @mod.command(name=locale_str("unblock"), description=locale_str("Let a member draw again"))
    @app_commands.describe(member=MEMBER, reason=NOTE)
    async def unblock(self, interaction: Interaction, member: discord.User, reason: Reason) -> None:
        """Lift a member's blocks."""
        asker = asker_of(interaction)
        await self.services.people.unblock(asker, member.id, reason=reason)
        await _answer(interaction, messages.unblocked(member.id, asker.locale))

    @mod.command(name=locale_str("history"), description=locale_str("What was said to a member"))
    @app_commands.describe(member=MEMBER)
    async def history(self, interaction: Interaction, member: discord.User) -> None:
        """Show a member's record."""
        asker = asker_of(interaction)
        found = await self.services.people.history(asker, member.id)
        await _answer(interaction, messages.history(found, asker.locale))

    @mod.command(name=locale_str("ladder"), description=locale_str("Where strikes lead"))
    @app_commands.describe(steps=locale_str("How long for each strike, as 0 1h 1d 1w"))
    async def ladder(self, interaction: Interaction, steps: app_commands.Range[str, 1, 100]) -> None:
        """Change the ladder."""
        asker = asker_of(interaction)
        minutes = await self.services.people.set_ladder(asker, steps)
        await _answer(interaction, messages.ladder(minutes, asker.locale))

    @mod.command(name=locale_str("channel"), description=locale_str("Where appeals and reports arrive"))
    @app_commands.describe(channel=locale_str("A channel for moderators; left out: in the inbox alone"))
    async def channel(self, interaction: Interaction, channel: discord.TextChannel | None = None) -> None:
        """Change the moderators' channel."""
        asker = asker_of(interaction)
        channel_id = await self.services.people.set_channel(asker, channel.id if channel else None)
        await _answer(interaction, messages.channel(channel_id, asker.locale))

    @mod.command(name=locale_str("inbox"), description=locale_str("Appeals and reports to decide"))
    async def inbox(self, interaction: Interaction) -> None:
        """Show what waits, the oldest first."""
        asker = asker_of(interaction)
        appeals = await self.services.people.list_open_appeals(asker, limit=MAX_CASES)
        reports = await self.services.reports.list_open(asker, limit=MAX_CASES)
        letters = [messages.appeal(appeal, asker.locale) for appeal in appeals]
        letters += [messages.report(report, asker.locale) for report in reports]
        await _answer(interaction, messages.inbox(len(letters), asker.locale))
        for letter in letters:
            await interaction.followup.send(letter.content, view=to_view(letter.rows), ephemeral=True)


async def _answer(interaction: Interaction, payload: Payload) -> None:
    nobody = discord.AllowedMentions.none()
    await interaction.response.send_message(payload.content, ephemeral=True, allowed_mentions=nobody)
