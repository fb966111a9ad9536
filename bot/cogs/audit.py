"""/audit: what moderators and rules did in this server."""

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import MODERATORS, Interaction, answer, asker_of
from bot.domain.audit import AuditFilter
from bot.messages import audit as messages
from bot.services import Services

MAX_CHOICES = 25


class Audit(commands.Cog):
    """The audit log."""

    def __init__(self, services: Services) -> None:
        self.services = services

    @app_commands.command(
        name=locale_str("audit"), description=locale_str("What moderators and rules did in this server")
    )
    @app_commands.describe(
        member=locale_str("Only what this member did, or what was done to them"),
        action=locale_str("Only this kind of action"),
    )
    @app_commands.default_permissions(MODERATORS)
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.guild_only()
    async def audit(
        self, interaction: Interaction, member: discord.User | None = None, action: str | None = None
    ) -> None:
        """Show the newest rows."""
        asker = asker_of(interaction)
        wanted = AuditFilter(user_id=member.id if member else None, action=action)
        await answer(interaction, self.services.audit.page(asker, wanted, 0), messages.page)

    @audit.autocomplete("action")
    async def actions(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """The kinds of action that the log holds."""
        asker = asker_of(interaction)
        found = messages.choices(await self.services.audit.list_actions(asker), typed, asker.locale)
        return [app_commands.Choice(name=name, value=action) for name, action in found][:MAX_CHOICES]
