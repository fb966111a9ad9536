"""What owners see and decide about the guilds on their device, as /host does: also while the bot runs."""

import argparse
import asyncio
import sys
from pathlib import Path

import discord
from sqlalchemy.exc import SQLAlchemyError

from bot.app import readable_discord_errors
from bot.client import point_discord_to
from bot.config import Settings, StartupError, required_token
from bot.domain.asker import Asker
from bot.domain.audit import RULE
from bot.domain.hosting import HostedGuild, HostReport
from bot.domain.sentences import ENGLISH
from bot.messages.host import deed
from bot.services.host import Host
from bot.storage.database import Database, current_revision, head_revision, open_database
from bot.storage.outage import reason_of
from bot.storage.ownership import DatabaseUnusable

TERMINAL = Asker(source="", guild_id=None, channel_id=0, user_id=RULE)
"""Whoever sits at the terminal can read the database anyway; the log says that it was no member."""


async def host(settings: Settings, arguments: argparse.Namespace) -> int:
    """Do what was asked, on the settings' database; a bot that runs on it knows within seconds.

    Raises: StartupError.
    """
    try:
        database = open_database(settings.database_url)
        try:
            await _check(database)
            owned = Host(database, owners=[TERMINAL.user_id], guilds=settings.guild_ids)
            sys.stdout.write(await _done(settings, owned, arguments) + "\n")
        finally:
            await database.close()
    except DatabaseUnusable as error:
        raise StartupError(str(error)) from error
    except (OSError, SQLAlchemyError) as error:
        raise StartupError(f"The database of DATABASE_URL cannot be used: {reason_of(error)}") from error
    return 0


async def _check(database: Database) -> None:
    """Whether its tables are those of this version; nothing is made by looking. Raises: StartupError."""
    file = Path(database.url.database or "")
    is_new = database.is_sqlite and not await asyncio.to_thread(file.exists)
    if is_new or await current_revision(database) != head_revision():
        raise StartupError("The database is not of this version yet: start the bot once, python -m bot.")


async def _done(settings: Settings, owned: Host, arguments: argparse.Namespace) -> str:  # noqa: PLR0911
    """What is said once it is done."""
    match arguments.deed:
        case "cap":
            capped = await owned.set_cap(TERMINAL, arguments.server, arguments.pictures)
            most = "no cap" if capped.cap is None else f"at most {capped.cap} pictures a day"
            return f"{capped.guild_id}: {most}"
        case "pause":
            paused = await owned.pause(TERMINAL, arguments.server, arguments.words)
            return f"{paused.guild_id}: paused; what waits there is still drawn"
        case "resume":
            resumed = await owned.resume(TERMINAL, arguments.server)
            return f"{resumed.guild_id}: draws again"
        case "leave":
            await _leave(settings, arguments.server)
            await owned.note_left(TERMINAL, arguments.server)
            return f"{arguments.server}: left; a bot that runs refunds what waited there"
        case "notice":
            notice = (await owned.set_notice(TERMINAL, arguments.words)).words
            return f"everybody reads: {notice}" if notice else "no notice stands any more"
        case "log":
            entries = await owned.list_log(TERMINAL)
            rows = [f"{entry.created_at:%Y-%m-%d %H:%M}  {deed(entry, {}, ENGLISH)}" for entry in entries]
            return "\n".join(rows or ["nothing yet"])
        case _:
            return _table(await owned.report(TERMINAL, days=getattr(arguments, "days", 7)))


async def _leave(settings: Settings, guild_id: int) -> None:
    """Raises: StartupError."""
    token = required_token(settings)
    if settings.discord_api_base:
        point_discord_to(settings.discord_api_base)
    async with discord.Client(intents=discord.Intents(guilds=True)) as client, readable_discord_errors():
        await client.login(token)
        try:
            await client.http.leave_guild(guild_id)
        except discord.NotFound:
            raise StartupError(f"The bot is in no server with the number {guild_id}.") from None


def _table(found: HostReport) -> str:
    """A line for each server, and what holds for all."""
    lines = [f"{'server':<20} {'pictures':>8} {'GPU s':>9}  the last {found.days} days, UTC"]
    lines += [_line(one, found) for one in found.guilds]
    if not found.listed:
        lines.append("GUILDS is empty: whoever has the invitation can add the bot to a server of their own")
    if found.notice:
        lines.append(f"the notice that stands: {found.notice}")
    return "\n".join(lines)


def _line(one: HostedGuild, found: HostReport) -> str:
    hosting = one.hosting
    is_unlisted = bool(found.listed) and hosting.guild_id not in found.listed
    about = [
        "" if hosting.cap is None else f"at most {hosting.cap} pictures a day",
        f"paused: {hosting.words}".removesuffix(": ") if hosting.is_paused else "",
        "not in GUILDS" if is_unlisted else "",
    ]
    told = "; ".join(filter(None, about))
    return f"{hosting.guild_id:<20} {one.usage.images:>8} {one.usage.gpu_ms / 1000:>9.1f}  {told}".rstrip()
