"""A job's channel: where it is, what it takes, what was said there, and how to speak in it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import discord

from bot.domain.job import Job

HISTORY_LIMIT = 1000
"""Messages that are looked through for our own, a hundred a request: a busy channel has many by then."""
CLOCKS_APART = timedelta(minutes=10)
"""Jobs are dated by our clock, messages by Discord's; so much we may be ahead."""


def channel_of(client: discord.Client, job: Job) -> discord.PartialMessageable:
    """The job's channel, known by its id alone."""
    guild_id = None if job.is_direct_message else job.guild_id
    return client.get_partial_messageable(job.channel_id, guild_id=guild_id)


def upload_limit(client: discord.Client, job: Job) -> int:
    """Bytes per file in the job's channel."""
    guild = None if job.is_direct_message else client.get_guild(job.guild_id)
    return guild.filesize_limit if guild else discord.utils.DEFAULT_FILE_SIZE_LIMIT_BYTES


def messages_since(job: Job, channel: discord.PartialMessageable) -> AsyncIterator[discord.Message]:
    """The channel's messages since the job was asked for, oldest first, so far as it is worth looking."""
    return channel.history(limit=HISTORY_LIMIT, after=job.created_at - CLOCKS_APART)


def only(user_id: int) -> discord.AllowedMentions:
    """Mentions of one member; nobody else is notified, whatever a prompt says."""
    return discord.AllowedMentions(
        everyone=False, roles=False, users=[discord.Object(user_id)], replied_user=False
    )


def reply(channel: discord.PartialMessageable, job: Job) -> dict[str, Any]:
    """What makes a post a reply to the message that was pressed, even if that one is gone by now."""
    if job.reply_to is None:
        return {}
    reference = discord.MessageReference(
        message_id=job.reply_to, channel_id=channel.id, guild_id=channel.guild_id, fail_if_not_exists=False
    )
    return {"reference": reference}
