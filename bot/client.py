"""The Discord client: intents, cogs, buttons, and commands that are sent only when they changed."""

import logging

import aiohttp
import discord
import yarl
from discord import app_commands
from discord.ext import commands

from bot.boundary import NEEDED, Interaction, Tree
from bot.cogs.again import Again
from bot.cogs.allowance import Allowances
from bot.cogs.audit import Audit
from bot.cogs.brought import Brought
from bot.cogs.door import Door
from bot.cogs.forget import Forget
from bot.cogs.gallery import Gallery
from bot.cogs.guild import Guild
from bot.cogs.help import Help
from bot.cogs.host import Host
from bot.cogs.imagine import Imagine
from bot.cogs.info import Info
from bot.cogs.looking import Looking
from bot.cogs.mine import Mine
from bot.cogs.models import Models
from bot.cogs.people import People
from bot.cogs.pictures import Pictures
from bot.cogs.queue import Queue
from bot.cogs.quota import Quota
from bot.cogs.reactions import Reactions
from bot.cogs.report import Report
from bot.cogs.rules import Rules
from bot.cogs.settings import Settings
from bot.cogs.show import Show
from bot.cogs.start import Start
from bot.cogs.usage import Usage
from bot.delivery import rooms
from bot.delivery.access import Access
from bot.delivery.answers import AnswerWatch
from bot.delivery.arrivals import LeftBehind
from bot.delivery.budget import Budget
from bot.delivery.digests import Digests
from bot.delivery.doorkeeper import Doorkeeper
from bot.delivery.jobs import Delivery
from bot.delivery.letters import Letters
from bot.delivery.moderators import Moderators
from bot.delivery.removals import Remover
from bot.delivery.rooms import RoomKeeper
from bot.delivery.traffic import Traffic
from bot.messages.catalogue import translations
from bot.meters import Meters
from bot.services import Services
from bot.views import (
    change_forms,
    drawing,
    moderation_forms,
    region_panel,
    settings_panel,
    setup_panel,
    use_buttons,
)
from bot.views.audit_buttons import AuditButton
from bot.views.change_forms import ChangeButton
from bot.views.gallery_buttons import GalleryButton
from bot.views.help_buttons import HelpButton
from bot.views.info_buttons import InfoItem
from bot.views.job_buttons import JobButton
from bot.views.looked_buttons import LookedButton
from bot.views.mine_buttons import MineButton
from bot.views.moderation_buttons import ModerationButton
from bot.views.picture_buttons import PictureButton, PictureMenu
from bot.views.region_panel import RegionItem
from bot.views.settings_panel import SettingsItem
from bot.views.setup_panel import SetupItem
from bot.views.start_buttons import AskButton, ExampleButton, KeptButton, TermsButton
from bot.views.use_buttons import UseButton

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 30.0  # discord.py's default of 60 leaves a dead gateway unnoticed for a minute


COMMANDS_OF_THE_DAY = 30034
"""Discord's code for its limit of commands that are made in a day."""
NOT_THERE = frozenset({10004, 50001})
"""Discord's codes for a guild that is unknown, or that the bot has no access to."""


class CatalogueTranslator(app_commands.Translator):
    """Command metadata from the same catalogue as every other sentence."""

    async def translate(
        self, string: app_commands.locale_str, locale: discord.Locale, context: object
    ) -> str | None:
        """The string in a language; None where the catalogue has none."""
        del context
        translated = translations(locale.value).gettext(string.message)
        return None if translated == string.message else translated


class Darkroom(commands.AutoShardedBot):
    """The bot on Discord. Decides nothing: it hands interactions to cogs and buttons."""

    def __init__(
        self,
        services: Services,
        *,
        meters: Meters | None = None,
        members_intent: bool = False,
        reactions_intent: bool = False,
        owner_guild: int | None = None,
    ) -> None:
        self._meters = meters or Meters()
        self._meters.gateway_latency.set_function(lambda: self.latency)
        self._answers = AnswerWatch(self._meters)
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=Tree,
            intents=discord.Intents(
                guilds=True,
                members=members_intent,
                guild_reactions=reactions_intent,
                dm_reactions=reactions_intent,
            ),
            http_trace=self._trace(),
            allowed_mentions=discord.AllowedMentions.none(),
            heartbeat_timeout=HEARTBEAT_SECONDS,
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            guild_ready_timeout=1.0,
        )
        self.services = services
        self._owner_guild = None if owner_guild is None else discord.Object(owner_guild)
        self.access = Access(self)
        self.delivery = Delivery(
            self,
            self.access,
            jobs=services.jobs,
            runs=services.runs,
            pictures=services.pictures,
            outbox=services.outbox,
            rules=services.rules,
            safety=services.safety,
        )
        self.moderators = Moderators(self, self.access)
        self.left_behind = LeftBehind(self, services.arrivals, self.delivery, self.moderators)
        self.doorkeeper = Doorkeeper(self, self.access, self.moderators, services.host)
        self.remover = Remover(self, self.access, services.removals)
        self.letters = Letters(self, services)
        self.rooms = RoomKeeper(self, self.access, services.rooms, services.guilds)
        self.digests = Digests(self, self.access, services.usage)

    def _trace(self) -> aiohttp.TraceConfig:
        """How discord.py's requests are listened to, and held back where there are too many."""
        trace = self._answers.trace()
        trace.on_request_start.append(Budget().wait)
        Traffic(self._meters).listen(trace)
        return trace

    async def setup_hook(self) -> None:
        """Everything between login and the first event."""
        await self.add_cogs()
        self.add_dynamic_items(TermsButton, KeptButton, ExampleButton, SetupItem, MineButton)
        self.add_dynamic_items(ChangeButton, RegionItem)
        self.add_dynamic_items(JobButton, AuditButton, ModerationButton, HelpButton)
        self.add_dynamic_items(PictureButton, PictureMenu, GalleryButton, LookedButton, UseButton)
        self.add_dynamic_items(SettingsItem, InfoItem, AskButton)
        if isinstance(self.tree, Tree):
            self.tree.is_served = self.services.host.is_listed
        await self.tree.set_translator(CatalogueTranslator())
        await self._sync_commands()
        await self.delivery.resume()
        await self.left_behind.start()
        self.rooms.start()
        self.digests.start()
        self.remover.start()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Count it: Discord allows a thousand a day, and no more."""
        self._meters.identifies.inc()
        await super().before_identify_hook(shard_id, initial=initial)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """Count it."""
        del shard_id
        self._meters.resumes.inc()

    async def add_cogs(self) -> None:
        """Every family of commands."""
        await self.add_cog(Imagine(self.services))
        await self.add_cog(Again(self.services, self.delivery))
        await self.add_cog(Brought(self.services, self.delivery))
        await self.add_cog(Looking(self.services))
        await self.add_cog(Models(self.services))
        await self.add_cog(Quota(self.services))
        await self.add_cog(Allowances(self.services))
        await self.add_cog(Usage(self.services))
        await self.add_cog(Info(self.services))
        await self.add_cog(Settings(self.services))
        await self.add_cog(Show(self.services, self.delivery))
        await self.add_cog(Audit(self.services))
        await self.add_cog(Mine(self.services))
        await self.add_cog(Gallery(self.services))
        await self.add_cog(Start(self.services, self.rooms))
        await self.add_cog(Guild(self.services, self.rooms))
        await self.add_cog(Rules(self.services))
        await self.add_cog(People(self.services))
        await self.add_cog(Queue(self.services))
        await self.add_cog(Forget())
        await self.add_cog(Report(self, self.services))
        await self.add_cog(Pictures(self, self.services, self.letters))
        await self.add_cog(Reactions(self, self.services, self.access, self.letters, self.remover))
        await self.add_cog(Help())
        await self.add_cog(Door(self.services, self.doorkeeper))
        if self._owner_guild is not None:
            await self.add_cog(Host(self.services, self.doorkeeper), guild=self._owner_guild)

    async def on_interaction(self, interaction: Interaction) -> None:
        """Measure how soon it is answered."""
        self._answers.note(interaction)
        await moderation_forms.submitted(interaction)
        await setup_panel.submitted(interaction)
        await settings_panel.submitted(interaction)
        await drawing.submitted(interaction)
        await use_buttons.submitted(interaction)
        await change_forms.submitted(interaction)
        await region_panel.submitted(interaction)

    async def answered(self, seconds: float) -> None:
        """Wait until every interaction has its answer, but not longer than this."""
        await self._answers.settled(seconds)

    async def on_ready(self) -> None:
        """Say that the gateway is up, and how to invite the bot."""
        log.info("connected as %s, in %d guilds", self.user, len(self.guilds))
        log.info("the link that invites the bot: %s", invitation(self.application_id or 0))

    async def _sync_commands(self) -> None:
        application_id = self.application_id or 0
        await self._sync(application_id)
        mine = [application_id]
        if self._owner_guild is not None:
            mine.append(self._owner_guild.id)
            await self._sync(self._owner_guild.id, guild=self._owner_guild)
        for former in await self.services.commands.list_former(*mine):
            await self._sync(former, guild=discord.Object(former))
            await self.services.commands.forget(former)

    async def _sync(self, place: int, *, guild: discord.Object | None = None) -> None:
        """Send the commands that are for all, or those that a guild alone has, unless Discord has them."""
        payload = [command.to_dict(self.tree) for command in self.tree.get_commands(guild=guild)]
        if await self.services.commands.are_known(place, payload):
            return
        try:
            await self.tree.sync(guild=guild)
        except discord.HTTPException as error:
            if guild is not None and error.code in NOT_THERE:
                log.warning("guild %d gets no commands of its own: I am not there", place)
                return
            if error.code != COMMANDS_OF_THE_DAY:
                raise
            log.warning("Discord takes no new commands today: I go on with yesterday's. %s", error.text)
        else:
            await self.services.commands.remember(place, payload)


def invitation(application_id: int, *, makes_rooms: bool = False) -> str:
    """The link that invites the bot, with what it needs to draw, or also to look after rooms of its own."""
    names = [*NEEDED, "send_messages_in_threads", *(rooms.NEEDED if makes_rooms else ())]
    return discord.utils.oauth_url(
        application_id, permissions=discord.Permissions(**dict.fromkeys(names, True))
    )


def point_discord_to(base: str) -> None:
    """Send discord.py to a stand-in (`DISCORD_API_BASE`) instead of Discord."""
    url = yarl.URL(base)
    discord.http.Route.BASE = f"{base.rstrip('/')}/api/v10"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = (
        url.with_scheme("wss" if url.scheme == "https" else "ws") / "gateway"
    )
    discord.asset.Asset.BASE = f"{base.rstrip('/')}/cdn"
