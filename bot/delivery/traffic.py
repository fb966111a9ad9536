"""Counts discord.py's requests by route and status: refused ones are what Discord bans a bot for."""

import re
from types import SimpleNamespace

import aiohttp

from bot.meters import Meters

WORD = re.compile(r"[a-z@][a-z-]{1,23}")
"""A segment of a route that is no id, no token and no emoji."""
NO_ANSWER = "none"


class Traffic:
    """Every request to Discord, without what would tell who or where."""

    def __init__(self, meters: Meters) -> None:
        self._requests = meters.discord_requests

    def listen(self, trace: aiohttp.TraceConfig) -> None:
        """Count what a session does that was given this trace."""
        trace.on_request_end.append(self._ended)
        trace.on_request_exception.append(self._failed)

    async def _ended(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, params: aiohttp.TraceRequestEndParams
    ) -> None:
        self._requests.labels(
            route=route_of(params.method, params.url.path), status=str(params.response.status)
        ).inc()

    async def _failed(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, params: aiohttp.TraceRequestExceptionParams
    ) -> None:
        self._requests.labels(route=route_of(params.method, params.url.path), status=NO_ANSWER).inc()


def route_of(method: str, path: str) -> str:
    """`POST channels messages` of `/api/v10/channels/123/messages`: few different ones, nobody in them."""
    return " ".join((method, *(part for part in path.split("/") if part != "api" and WORD.fullmatch(part))))
