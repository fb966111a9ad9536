"""Whether Discord knows the token, and what the bot may do in its servers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord

from bot.app import readable_discord_errors
from bot.boundary import NEEDED
from bot.client import invitation, point_discord_to
from bot.config import Settings, StartupError, required_token

MAX_GUILDS = 50


@asynccontextmanager
async def logged_in(settings: Settings) -> AsyncIterator[discord.Client]:
    """A client that may ask Discord things, without a session at the gateway. Raises: StartupError."""
    if settings.discord_api_base:
        point_discord_to(settings.discord_api_base)
    async with discord.Client(intents=discord.Intents(guilds=True)) as client, readable_discord_errors():
        await client.login(required_token(settings))
        yield client


async def check_discord(settings: Settings) -> str:
    """The servers that it is in, where it may do all that it does. Raises: StartupError."""
    async with logged_in(settings) as client:
        flags = client.application_flags
        if settings.members_intent and not (
            flags.gateway_guild_members or flags.gateway_guild_members_limited
        ):
            raise discord.PrivilegedIntentsRequired(None)
        return await _check_guilds(client, settings)


async def list_guilds(
    client: discord.Client, settings: Settings, *, limit: int | None
) -> tuple[list[discord.Guild], list[str]]:
    """Of the servers that it is in those that it serves, and the names of those that it leaves."""
    served, found = settings.guild_ids, [guild async for guild in client.fetch_guilds(limit=limit)]
    guilds = [guild for guild in found if not served or guild.id in served]
    return guilds, [named(guild) for guild in found if guild not in guilds]


def named(guild: discord.Guild) -> str:
    """A server by its name, and by the number that settings want."""
    return f"{guild.name} ({guild.id})"


async def _check_guilds(client: discord.Client, settings: Settings) -> str:
    link = invitation(client.application_id or 0)
    guilds, left = await list_guilds(client, settings, limit=MAX_GUILDS)
    if not guilds:
        only = f", but those that GUILDS does not name: {', '.join(left)}" if left else ""
        raise StartupError(f"the token works, but the bot is in no server yet{only}. Invite it: {link}")
    me = client.user
    for guild in guilds:
        member = await (await client.fetch_guild(guild.id)).fetch_member(me.id if me else 0)
        missing = [str(NEEDED[name]) for name in NEEDED if not getattr(member.guild_permissions, name)]
        if missing:
            raise StartupError(f"in {guild.name} I lack {', '.join(missing)}. Invite me again: {link}")
    where = guilds[0].name if len(guilds) == 1 else f"{len(guilds)} servers"
    rooms = invitation(client.application_id or 0, makes_rooms=True)
    told = f" It leaves {', '.join(left)}, which GUILDS does not name." if left else ""
    return (
        f"the token works; in {where} with all permissions.{told} To invite the bot elsewhere: {link} "
        f"- or, where /setup is to make rooms for newcomers: {rooms}"
    )
