"""The real client on real services, in the process of the test; only Discord is a stand-in."""

from collections.abc import AsyncIterator
from typing import Any

import discord
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.client import Darkroom
from bot.services import Services
from tests.bot.services.test_picture_prompts import file
from tests.bot.views.edge import Edge, guild


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind of database is enough here: what differs is proved by the tests of services."""
    return sqlite_url


@pytest.fixture
async def edge(services: Services, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Edge]:
    """A local Discord with the bot logged in, in one guild."""
    edge = Edge()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", edge.serve)
    async with TestServer(app) as server:
        monkeypatch.setattr(discord.http.Route, "BASE", str(server.make_url("/api/v10")))
        async with Darkroom(services) as client:
            edge.client = client
            await client.login("a token")
            data: Any = guild()
            client._connection._add_guild_from_data(data)
            yield edge
            await client.rooms.close()
            await client.digests.close()
            await client.remover.close()
            await client.delivery.close()


@pytest.fixture
def fetched(services: Services, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The links that are fetched; behind each is the same red picture."""
    links: list[str] = []

    async def fetch(link: str) -> bytes:
        links.append(link)
        return file().data

    monkeypatch.setattr(services.uploads._fetcher, "fetch", fetch)
    return links
