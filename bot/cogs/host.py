"""/host: what the owners of the bot see and decide, in their own server alone."""

from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import MODERATORS, Interaction, answer, asker_of, patience, reply
from bot.delivery.doorkeeper import Doorkeeper
from bot.domain.errors import NotAllowed, NotFound, Unreadable
from bot.domain.hosting import MAX_CAP, MAX_WORDS
from bot.domain.sentences import say
from bot.messages import host as messages
from bot.services import Services

MAX_CHOICES = 25
Words = app_commands.Range[str, 1, MAX_WORDS]
GuildName = app_commands.Range[str, 1, 100]


class Host(commands.Cog):
    """For OWNERS; the services check it at each use. Registered in OWNER_GUILD, and nowhere else."""

    host = app_commands.Group(
        name=locale_str("host"),
        description=locale_str("Whose GPU it is: for those who run this bot"),
        default_permissions=MODERATORS,
        guild_only=True,
    )

    def __init__(self, services: Services, doorkeeper: Doorkeeper) -> None:
        self.services = services
        self.doorkeeper = doorkeeper

    @host.command(name=locale_str("usage"), description=locale_str("Which servers used the GPU how much"))
    @app_commands.describe(days=locale_str("How many days back, 1 to 90"))
    async def usage(self, interaction: Interaction, days: app_commands.Range[int, 1, 90] = 7) -> None:
        """Show what each guild used, and what was decided about it."""
        found = self.services.host.report(asker_of(interaction), days=days)
        names = _names(interaction)
        await answer(interaction, found, lambda report, locale: messages.report(report, names, locale))

    @host.command(
        name=locale_str("cap"), description=locale_str("How many pictures a day a server may draw in all")
    )
    @app_commands.describe(
        server=locale_str("Which one"),
        pictures=locale_str("A day, all its members together; left out: no cap"),
    )
    async def cap(
        self,
        interaction: Interaction,
        server: GuildName,
        pictures: app_commands.Range[int, 1, MAX_CAP] | None = None,
    ) -> None:
        """Cap a guild, or lift its cap."""
        names = _names(interaction)
        decided = self.services.host.set_cap(asker_of(interaction), _id_of(server), pictures)
        await answer(interaction, decided, lambda hosting, locale: messages.cap_set(hosting, names, locale))

    @host.command(name=locale_str("pause"), description=locale_str("Refuse what a server orders from now on"))
    @app_commands.describe(
        server=locale_str("Which one"),
        words=locale_str("Why, for its members"),
        cancel=locale_str("Also cancel and refund what waits there already"),
    )
    async def pause(
        self,
        interaction: Interaction,
        server: GuildName,
        words: Words = "",
        cancel: bool = False,  # noqa: FBT001, FBT002 - options of a command come by name
    ) -> None:
        """Pause a guild."""
        guild_id, asker = _id_of(server), asker_of(interaction)
        async with patience(interaction):
            hosting = await self.services.host.pause(asker, guild_id, words)
            cancelled = await self.services.queue.drop(guild_id) if cancel else None
        payload = messages.paused(hosting, _names(interaction), asker.locale, cancelled=cancelled)
        await reply(interaction, payload)

    @host.command(name=locale_str("resume"), description=locale_str("Let a paused server draw again"))
    @app_commands.describe(server=locale_str("Which one"))
    async def resume(self, interaction: Interaction, server: GuildName) -> None:
        """End a pause."""
        names = _names(interaction)
        decided = self.services.host.resume(asker_of(interaction), _id_of(server))
        await answer(interaction, decided, lambda hosting, locale: messages.resumed(hosting, names, locale))

    @host.command(name=locale_str("leave"), description=locale_str("Take me out of a server"))
    @app_commands.describe(server=locale_str("Which one; I can be invited there again"))
    async def leave(self, interaction: Interaction, server: GuildName) -> None:
        """Leave a guild."""
        guild_id, asker, names = _id_of(server), asker_of(interaction), _names(interaction)
        self.services.host.require_owner(asker)
        if guild_id == interaction.guild_id:
            raise NotAllowed(say("You use /host in this server: name another one in `OWNER_GUILD` first."))
        if guild_id not in names:
            raise NotFound(say("I am in no such server. /host usage lists those that I am in."))
        async with patience(interaction):
            await self.doorkeeper.leave(guild_id)
            await self.services.host.note_left(asker, guild_id, name=names[guild_id])
        await reply(interaction, messages.left(guild_id, names, asker.locale))

    @host.command(
        name=locale_str("notice"), description=locale_str("Tell everybody something, until you end it")
    )
    @app_commands.describe(words=locale_str("What everybody reads; left out: the notice is taken down"))
    async def notice(self, interaction: Interaction, words: Words = "") -> None:
        """Put up a notice, or take it down."""
        decided = self.services.host.set_notice(asker_of(interaction), words)
        await answer(interaction, decided, messages.notice_set)

    @host.command(name=locale_str("log"), description=locale_str("What was done with /host lately"))
    async def log(self, interaction: Interaction) -> None:
        """Show the owners' log."""
        names = _names(interaction)
        found = self.services.host.list_log(asker_of(interaction))
        await answer(interaction, found, lambda entries, locale: messages.log(entries, names, locale))

    @cap.autocomplete("server")
    @pause.autocomplete("server")
    @resume.autocomplete("server")
    @leave.autocomplete("server")
    async def servers(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        """The guilds that the bot is in, for owners alone."""
        names = _names(interaction) if self.services.host.is_owner(asker_of(interaction)) else {}
        found = messages.choices(names, typed)
        return [app_commands.Choice(name=name, value=value) for name, value in found][:MAX_CHOICES]


def _names(interaction: Interaction) -> dict[int, str]:
    """The guilds that the bot is in, by name."""
    return {guild.id: guild.name for guild in interaction.client.guilds}


def _id_of(server: str) -> int:
    """The number of a guild. Raises: Unreadable."""
    if not (server.isascii() and server.isdigit() and 0 < int(server) < 2**63):
        raise Unreadable(say("Choose a server from the list, or write its number."))
    return int(server)
