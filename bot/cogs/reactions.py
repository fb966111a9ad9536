"""✉️ ❌ ⭐ beside a picture, as members of Midjourney know them: sent, taken off, liked."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import discord
from discord.ext import commands

from bot.boundary import is_age_restricted, role_ids_of
from bot.delivery.access import SAY, Access
from bot.delivery.calls import CallLost, ChannelClosed
from bot.delivery.letters import Letters, PrivateClosed
from bot.delivery.removals import Remover
from bot.domain.asker import Asker
from bot.domain.errors import NotFound, UserError
from bot.messages import letters as messages
from bot.messages.components import to_view
from bot.messages.payload import Payload
from bot.services import Services
from bot.storage.outage import is_outage
from bot.views import menus

log = logging.getLogger(__name__)

PLAIN = "\ufe0f"
"""What makes a sign a coloured one; with it and without, it is the same reaction."""
LETTERS, CROSS, STARS = {"✉", "📩", "📨"}, {"❌"}, {"⭐", "🌟", "❤"}
NOTICE_SECONDS = 60.0
"""How long a notice for all stands."""
TOLD_SECONDS = 3600.0
"""How often one member is told, for all to read, that there are no direct messages."""
MOST_TOLD = 1000

Reaction: TypeAlias = discord.RawReactionActionEvent
Deed: TypeAlias = Callable[[Reaction, Asker], Awaitable[None]]


class Reactions(commands.Cog):
    """Only beside our own messages. What somebody may not do is not answered: others use these signs too."""

    def __init__(
        self,
        client: commands.AutoShardedBot,
        services: Services,
        access: Access,
        letters: Letters,
        remover: Remover,
    ) -> None:
        self.client = client
        self.access = access
        self.services = services
        self.letters = letters
        self.remover = remover
        self._sending: set[int] = set()
        self._told: dict[int, float] = {}

    @commands.Cog.listener()
    async def on_raw_reaction_add(self, reaction: Reaction) -> None:
        """Do what the sign stands for."""
        sign = str(reaction.emoji).replace(PLAIN, "")
        if sign in LETTERS:
            await self._guarded(reaction, self._send)
        elif sign in CROSS:
            await self._guarded(reaction, self._take_off)
        elif sign in STARS:
            await self._guarded(reaction, self._like)

    @commands.Cog.listener()
    async def on_raw_reaction_remove(self, reaction: Reaction) -> None:
        """A star that is taken away is no like any more."""
        if str(reaction.emoji).replace(PLAIN, "") in STARS:
            await self._guarded(reaction, self._unlike)

    async def _guarded(self, reaction: Reaction, do: Deed) -> None:
        me = self.client.user
        if me is None or reaction.user_id == me.id or reaction.message_author_id not in {None, me.id}:
            return
        if reaction.member is not None and reaction.member.bot:
            return
        try:
            await self._noted(reaction, do)
        except UserError as refused:
            log.debug("a reaction of %s was refused: %s", reaction.user_id, refused)
        except Exception as error:  # the boundary of a reaction
            if is_outage(error):
                log.warning("a reaction of %s was lost: the database is away", reaction.user_id)
            else:
                log.exception("a reaction of %s failed", reaction.user_id)

    async def _noted(self, reaction: Reaction, do: Deed) -> None:
        """What was posted this moment is seen before it is noted."""
        asker = self._asker(reaction)
        try:
            await do(reaction, asker)
        except NotFound:
            if reaction.message_author_id is None:
                raise
            await asyncio.sleep(menus.NOTED_SECONDS)
            await do(reaction, asker)

    async def _send(self, reaction: Reaction, asker: Asker) -> None:
        """One letter at a time for each member."""
        if asker.user_id in self._sending:
            return
        job = await self.services.shown.picture(asker, reaction.message_id)
        self._sending.add(asker.user_id)
        try:
            await self.letters.send(asker, job)
        except PrivateClosed:
            await self._tell_closed(reaction, asker)
        finally:
            self._sending.discard(asker.user_id)

    async def _take_off(self, reaction: Reaction, asker: Asker) -> None:
        thrown = await self.services.binning.throw(asker, reaction.message_id)
        if thrown.until is None:  # its own message says so
            return
        await self.remover.remove()
        await self._notice(reaction, messages.taken_off(thrown.job, asker.user_id, asker.locale))

    async def _like(self, reaction: Reaction, asker: Asker) -> None:
        await self.services.likes.update(asker, reaction.message_id, is_liked=True)

    async def _unlike(self, reaction: Reaction, asker: Asker) -> None:
        await self.services.likes.update(asker, reaction.message_id, is_liked=False)

    async def _tell_closed(self, reaction: Reaction, asker: Asker) -> None:
        now = time.monotonic()
        if reaction.guild_id is None or now - self._told.get(asker.user_id, -TOLD_SECONDS) < TOLD_SECONDS:
            return
        if len(self._told) >= MOST_TOLD:
            self._told.clear()
        self._told[asker.user_id] = now
        await self._notice(reaction, messages.closed(asker.user_id, asker.locale), mentions=asker.user_id)

    async def _notice(self, reaction: Reaction, payload: Payload, *, mentions: int | None = None) -> None:
        """Say something for all to read, for a minute."""
        channel = self.client.get_partial_messageable(reaction.channel_id, guild_id=reaction.guild_id)
        mentioned = discord.AllowedMentions(users=[] if mentions is None else [discord.Object(mentions)])
        mentioned.everyone = mentioned.roles = False
        try:
            async with self.access.call(channel, SAY):
                await channel.send(
                    payload.content,
                    view=to_view(payload.rows) if payload.rows else discord.utils.MISSING,
                    allowed_mentions=mentioned,
                    delete_after=NOTICE_SECONDS,
                )
        except (CallLost, ChannelClosed, discord.HTTPException) as error:
            log.info("a notice in channel %s was not posted: %s", reaction.channel_id, error)

    def _asker(self, reaction: Reaction) -> Asker:
        """Who reacts, as far as Discord tells; one whose roles it does not tell moderates nothing."""
        guild = None if reaction.guild_id is None else self.client.get_guild(reaction.guild_id)
        channel = None if guild is None else guild.get_channel_or_thread(reaction.channel_id)
        member = reaction.member
        return Asker(
            source=f"reaction-{reaction.message_id}-{reaction.user_id}",
            guild_id=reaction.guild_id,
            channel_id=reaction.channel_id,
            user_id=reaction.user_id,
            name="" if member is None else member.display_name,
            is_manager=member is not None and member.guild_permissions.manage_guild,
            role_ids=() if member is None else role_ids_of(member),
            is_age_restricted=is_age_restricted(channel),
            parent_channel_id=getattr(channel, "parent_id", None),
            locale="en-US" if guild is None else guild.preferred_locale.value,
        )
