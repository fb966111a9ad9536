"""/setup and /guild: what a guild decides for itself."""

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import MODERATORS, Interaction, asker_of
from bot.delivery.rooms import RoomKeeper
from bot.domain.guild_options import MAX_TERMS, ROWS, written
from bot.domain.rooms import RoomChanges
from bot.messages import guild as messages
from bot.services import Services
from bot.views.setup_panel import panel, unseeing

ROOM_SETTINGS = frozenset({"newbie-rooms", "max-newbie-rooms", "newbie-category"})
MAX_CHOICE = 100  # Discord's limit of a choice's name and value


class Guild(commands.Cog):
    """For those with Manage Server; the services check it."""

    def __init__(self, services: Services, rooms: RoomKeeper) -> None:
        self.services = services
        self.rooms = rooms

    guild = app_commands.Group(
        name=locale_str("guild"),
        description=locale_str("The settings of this server"),
        guild_only=True,
        default_permissions=MODERATORS,
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )

    @app_commands.command(name=locale_str("setup"), description=locale_str("Set the bot up in this server"))
    @app_commands.default_permissions(MODERATORS)
    @app_commands.allowed_installs(guilds=True, users=False)
    @app_commands.guild_only()
    async def setup(self, interaction: Interaction) -> None:
        """Show the panel."""
        settings = await self.services.guilds.managed(asker_of(interaction))
        content, view = await panel(interaction, settings)
        await interaction.response.send_message(content, view=view, ephemeral=True)

    @commands.Cog.listener()
    async def on_guild_role_delete(self, role: discord.Role) -> None:
        """Forget a deleted role."""
        await self.services.guilds.role_deleted(role.guild.id, role.id)

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Forget a deleted channel."""
        await self.services.guilds.channel_deleted(channel.guild.id, channel.id)

    @guild.command(name=locale_str("show"), description=locale_str("Every setting of this server"))
    async def show(self, interaction: Interaction) -> None:
        """Show every setting."""
        asker = asker_of(interaction)
        payload = messages.settings(await self.services.guilds.moderated(asker), asker.locale)
        await interaction.response.send_message(payload.content, ephemeral=True)

    @guild.command(name=locale_str("set"), description=locale_str("Change one setting of this server"))
    @app_commands.describe(
        setting=locale_str("Which one"), value=locale_str("As the suggestion writes it; none empties it")
    )
    async def change(
        self,
        interaction: Interaction,
        setting: app_commands.Range[str, 1, MAX_CHOICE],
        value: app_commands.Range[str, 1, MAX_TERMS],
    ) -> None:
        """Change one setting, and the rooms with it."""
        asker = asker_of(interaction)
        await interaction.response.defer(ephemeral=True)
        settings = await self.services.guilds.set(asker, {setting: value})
        is_about_rooms = setting in ROOM_SETTINGS
        arranged = await self.rooms.arrange(interaction.guild_id or 0) if is_about_rooms else RoomChanges()
        unseen = unseeing(settings, interaction.guild) if setting == "moderators" else ()
        payload = messages.changed(settings, setting, arranged, asker.locale, unseeing=unseen)
        await interaction.edit_original_response(content=payload.content)

    @change.autocomplete("setting")
    async def settings(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """The names of the settings, with what they do."""
        del interaction
        return [
            app_commands.Choice(name=f"{name}: {option.help}"[:MAX_CHOICE], value=name)
            for name, option in ROWS.items()
            if typed.lower() in f"{name} {option.help}".lower()
        ]

    @change.autocomplete("value")
    async def values(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """What the setting is now, and an example of how it is written."""
        option = ROWS.get(str(interaction.namespace["setting"]))
        if option is None or typed:
            return []
        now = written(await self.services.guilds.get(interaction.guild_id or 0), option)
        offered = (now, option.example, *dict(option.choices))
        values = dict.fromkeys(value for value in offered if 0 < len(value) <= MAX_CHOICE)
        return [app_commands.Choice(name=value, value=value) for value in values]
