"""Measures how soon interactions are answered, by listening to discord.py's own requests."""

import asyncio
import re
from collections import OrderedDict
from contextlib import suppress
from types import SimpleNamespace

import aiohttp

from bot.boundary import Interaction
from bot.meters import Meters

CALLBACK = re.compile(r"/interactions/(\d+)/[^/]+/callback$")
WORTH_SECONDS = 3.0
"""Discord lets nobody wait longer for an answer."""
MAX_OPEN = 1000
"""Interactions remembered at once; one that is never answered is forgotten by later ones."""


class AnswerWatch:
    """From the arrival of an interaction to the end of the request that answers it."""

    def __init__(self, meters: Meters) -> None:
        self._meters = meters
        self._arrived: OrderedDict[int, float] = OrderedDict()
        self._answered = asyncio.Event()

    def note(self, interaction: Interaction) -> None:
        """An interaction has arrived."""
        self._arrived[interaction.id] = asyncio.get_running_loop().time()
        if len(self._arrived) > MAX_OPEN:
            self._arrived.popitem(last=False)

    async def settled(self, seconds: float) -> None:
        """Wait until nobody waits for an answer any more, but not longer than this."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._is_awaited():
                    self._answered.clear()
                    await self._answered.wait()

    def _is_awaited(self) -> bool:
        now = asyncio.get_running_loop().time()
        return any(now - at < WORTH_SECONDS for at in self._arrived.values())

    def trace(self) -> aiohttp.TraceConfig:
        """What discord.py's session must be given."""
        config = aiohttp.TraceConfig()
        config.on_request_end.append(self._ended)
        return config

    async def _ended(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        answered = CALLBACK.search(params.url.path)
        arrived = self._arrived.pop(int(answered[1]), None) if answered else None
        if arrived is None:
            return
        self._answered.set()
        if params.response.ok:
            self._meters.answer_seconds.observe(asyncio.get_running_loop().time() - arrived)
        else:
            self._meters.refused_answers.inc()
