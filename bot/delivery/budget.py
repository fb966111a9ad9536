"""Keeps the bot's requests together under Discord's limit for one bot, of which discord.py does not know."""

import asyncio
from types import SimpleNamespace

import aiohttp

PER_SECOND = 38
AT_ONCE = 10
"""Together with those of the second after, fewer than the 50 that Discord takes in any second."""
UNBOUND = ("/interactions/", "/webhooks/", "/cdn/")
"""Answers to interactions do not count against the bot's limit, and must not wait."""


class Budget:
    """Lets a few requests go at once, and more of them one after the other."""

    def __init__(self) -> None:
        self._paid_until = 0.0

    def reserve(self, *, now: float) -> float:
        """Take the moment of a request, in loop time."""
        between = 1 / PER_SECOND
        self._paid_until = max(self._paid_until, now - AT_ONCE * between) + between
        return max(now, self._paid_until)

    async def wait(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, params: aiohttp.TraceRequestStartParams
    ) -> None:
        """Hold a request of discord.py back until its moment: its session awaits this before it sends."""
        if any(part in params.url.path for part in UNBOUND):
            return
        now = asyncio.get_running_loop().time()
        await asyncio.sleep(self.reserve(now=now) - now)
