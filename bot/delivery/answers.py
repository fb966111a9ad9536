"""Measures how soon interactions are answered, by listening to discord.py's own requests."""

import asyncio
import re
from collections import OrderedDict
from types import SimpleNamespace

import aiohttp

from bot.boundary import Interaction
from bot.meters import Meters

CALLBACK = re.compile(r"/interactions/(\d+)/[^/]+/callback$")
MAX_OPEN = 1000
"""Interactions remembered at once; one that is never answered is forgotten by later ones."""


class AnswerWatch:
    """From the arrival of an interaction to the end of the request that answers it."""

    def __init__(self, meters: Meters) -> None:
        self._meters = meters
        self._arrived: OrderedDict[int, float] = OrderedDict()

    def note(self, interaction: Interaction) -> None:
        """An interaction has arrived."""
        self._arrived[interaction.id] = asyncio.get_running_loop().time()
        if len(self._arrived) > MAX_OPEN:
            self._arrived.popitem(last=False)

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
        if params.response.ok:
            self._meters.answer_seconds.observe(asyncio.get_running_loop().time() - arrived)
        else:
            self._meters.refused_answers.inc()
