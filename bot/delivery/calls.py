"""How a call to Discord can end: done, refused for good, or lost so that nobody knows."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import discord

CALL_SECONDS = 30.0
UPLOAD_SECONDS = 60.0

UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
OLD_EDIT_LIMIT = 30046
TOO_LARGE = frozenset({40005, 50045})
ALREADY_ACKNOWLEDGED = 40060
MISSING_ACCESS = 50001
CANNOT_DIRECT_MESSAGE = 50007
MISSING_PERMISSIONS = 50013
BLOCKED_BY_FILTER = frozenset({200000, 200001, 240000})
THREAD_CLOSED = 50083
"""A thread that is archived and locked takes nothing."""
CHANNEL_CLOSED = frozenset(
    {UNKNOWN_CHANNEL, MISSING_ACCESS, CANNOT_DIRECT_MESSAGE, MISSING_PERMISSIONS, THREAD_CLOSED}
)


class CallLost(Exception):
    """The call may or may not have taken effect; it is worth another try later."""


class ChannelClosed(Exception):
    """This channel is gone, or takes nothing from us."""


class TokenRefused(Exception):
    """Discord does not accept the bot's token any more: every further call would only count against us."""


@asynccontextmanager
async def call(*, seconds: float = CALL_SECONDS) -> AsyncIterator[None]:
    """Make a call with our own time limit, and name how it failed.

    discord.py waits up to 300 seconds for an answer and gives up on a dropped connection.

    Raises: CallLost, ChannelClosed, TokenRefused; other refusals stay discord.HTTPException.
    """
    try:
        async with asyncio.timeout(seconds):
            yield
    except (TimeoutError, OSError, aiohttp.ClientError, discord.RateLimited) as error:
        raise CallLost(str(error) or type(error).__name__) from error
    except discord.HTTPException as error:
        if error.status >= 500 or error.status == 429:
            raise CallLost(str(error)) from error
        if error.status == 401:
            raise TokenRefused(str(error)) from error
        if error.code in CHANNEL_CLOSED:
            raise ChannelClosed(str(error)) from error
        raise
