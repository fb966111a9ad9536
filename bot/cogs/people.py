"""/mod: blocks, warnings, notices, and what waits for a moderator's decision."""

from functools import partial

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import (
    MODERATORS,
    Interaction,
    answer,
    asker_of,
    check_posting,
    is_read_by_all,
    patience,
    reply,
)
from bot.domain.people import MAX_TEXT, SPANS
from bot.messages import order_appeals
from bot.messages import people as messages
from bot.messages.components import to_view
from bot.services import Services
from bot.views.moderation_buttons import show_upload

Reason = app_commands.Range[str, 1, MAX_TEXT]
Span = app_commands.Range[str, 1, 20]
MAX_CASES = 5
"""Appeals, and reports, shown at a time: each is a message of its own."""

MAX_NUMBER = 2**53 - 1  # Discord's limit

MEMBER = locale_str("Whom")
REASON = locale_str("Why; the member will read it")
NOTE = locale_str("Why, for the audit log")


class People(commands.Cog):
    """For moderators; the services check it."""

    mod = app_commands.Group(
        name=locale_str("mod"),
        description=locale_str("Blocks, warnings, notices, appeals and reports"),
        guild_only=True,
        default_permissions=MODERATORS,
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
        given = self.services.sanctions.block(asker, member.id, span=duration, reason=reason)
        await answer(interaction, given, messages.blocked)

    @block.autocomplete("duration")
    async def spans(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """Spans to choose from, after the one that is being typed."""
        del interaction
        return [
            app_commands.Choice(name=span, value=span) for span in SPANS if span.startswith(typed.strip())
        ]

    @mod.command(name=locale_str("warn"), description=locale_str("Give a member a strike"))
    @app_commands.describe(member=MEMBER, reason=REASON)
    async def warn(self, interaction: Interaction, member: discord.User, reason: Reason) -> None:
        """Warn a member."""
        asker = asker_of(interaction)
        block = self.services.sanctions.warn(asker, member.id, reason=reason)
        await answer(interaction, block, partial(messages.warned, member.id))

    @mod.command(name=locale_str("notice"), description=locale_str("Tell a member something"))
    @app_commands.describe(member=MEMBER, text=locale_str("What they must acknowledge before they draw"))
    async def notice(self, interaction: Interaction, member: discord.User, text: Reason) -> None:
        """Write to a member."""
        asker = asker_of(interaction)
        await answer(interaction, self.services.sanctions.notice(asker, member.id, text=text), messages.told)

    @mod.command(name=locale_str("unblock"), description=locale_str("Let a member draw again"))
    @app_commands.describe(member=MEMBER, reason=NOTE)
    async def unblock(self, interaction: Interaction, member: discord.User, reason: Reason) -> None:
        """Lift a member's blocks."""
        asker = asker_of(interaction)
        unblocked = self.services.sanctions.unblock(asker, member.id, reason=reason)
        await answer(interaction, unblocked, messages.unblocked)

    @mod.command(name=locale_str("history"), description=locale_str("What was said to a member"))
    @app_commands.describe(member=MEMBER)
    async def history(self, interaction: Interaction, member: discord.User) -> None:
        """Show a member's record."""
        asker = asker_of(interaction)
        await answer(interaction, self.services.sanctions.history(asker, member.id), messages.history)

    @mod.command(name=locale_str("ladder"), description=locale_str("Where strikes lead"))
    @app_commands.describe(steps=locale_str("How long for each strike, as 0 1h 1d 1w"))
    async def ladder(self, interaction: Interaction, steps: app_commands.Range[str, 1, 100]) -> None:
        """Change the ladder."""
        asker = asker_of(interaction)
        await answer(interaction, self.services.sanctions.set_ladder(asker, steps), messages.ladder)

    @mod.command(name=locale_str("channel"), description=locale_str("Where appeals and reports arrive"))
    @app_commands.describe(channel=locale_str("A channel for moderators; left out: in the inbox alone"))
    async def channel(self, interaction: Interaction, channel: discord.TextChannel | None = None) -> None:
        """Change the moderators' channel."""
        asker = asker_of(interaction)
        if channel is not None:
            check_posting(channel)
        chosen = self.services.sanctions.set_channel(asker, channel.id if channel else None)
        is_public = channel is not None and is_read_by_all(channel)
        await answer(interaction, chosen, partial(messages.channel, is_public=is_public))

    @mod.command(
        name=locale_str("picture"), description=locale_str("A picture that a member brought: look, remove")
    )
    @app_commands.describe(
        number=locale_str("The number after upload: in a prompt, a report or the audit log")
    )
    async def picture(self, interaction: Interaction, number: app_commands.Range[int, 1, MAX_NUMBER]) -> None:
        """Show what a member brought along, with a button that removes it."""
        await show_upload(interaction, number)

    @mod.command(name=locale_str("inbox"), description=locale_str("Appeals and reports to decide"))
    async def inbox(self, interaction: Interaction) -> None:
        """Show what waits, the oldest first."""
        asker = asker_of(interaction)
        async with patience(interaction):
            appeals = await self.services.appeals.list_open(asker, limit=MAX_CASES + 1)
            prompts = await self.services.order_appeals.list_open(asker, limit=MAX_CASES + 1)
            reports = await self.services.reports.list_open(asker, limit=MAX_CASES + 1)
        letters = [messages.appeal(appeal, asker.locale) for appeal in appeals[:MAX_CASES]]
        letters += [order_appeals.letter(prompt, asker.locale) for prompt in prompts[:MAX_CASES]]
        letters += [messages.report(report, asker.locale) for report in reports[:MAX_CASES]]
        has_more = max(len(appeals), len(prompts), len(reports)) > MAX_CASES
        await reply(interaction, messages.inbox(len(letters), asker.locale, has_more=has_more))
        for letter in letters:
            await interaction.followup.send(letter.content, view=to_view(letter.rows), ephemeral=True)
