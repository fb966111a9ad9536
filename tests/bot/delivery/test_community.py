"""What the web page knows of a guild: bots are not counted among its members, and where guests arrive."""

from collections.abc import AsyncIterator
from typing import Any

import discord
import pytest

from bot.delivery.community import Community, way_in
from bot.domain.community import Counts
from bot.services import Services
from tests.bot.views.edge import BOT, CHANNEL, DESK, GUILD, guild


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
async def client() -> AsyncIterator[discord.Client]:
    """A client that has not connected; guilds are given to it."""
    async with discord.Client(intents=discord.Intents(guilds=True)) as client:
        bot: Any = BOT
        client._connection.user = discord.ClientUser(state=client._connection, data=bot)
        yield client


def _come(client: discord.Client, **changes: Any) -> None:
    data: Any = guild() | changes
    client._connection._add_guild_from_data(data)


def _role_of_a_bot(bot_id: int) -> dict[str, Any]:
    template: dict[str, Any] = guild()["roles"][1]
    return template | {"id": str(bot_id + 1), "managed": True, "tags": {"bot_id": str(bot_id)}}


async def test_members_are_counted_without_bots(client: discord.Client, services: Services) -> None:
    roles = [*guild()["roles"], _role_of_a_bot(9), _role_of_a_bot(77)]  # its own, and one that was not seen
    _come(client, member_count=7, roles=roles)
    known = Community(client, services.rooms).glance(GUILD)
    assert known == Counts(name="Home", members=5, online=None)


async def test_a_guild_that_nobody_counted_has_no_number(client: discord.Client, services: Services) -> None:
    community = Community(client, services.rooms)
    assert community.glance(GUILD) is None
    _come(client, member_count=0)
    assert community.glance(GUILD) == Counts(name="Home", members=None)


async def test_where_discord_does_not_count_for_us_what_is_known_is_shown(
    client: discord.Client, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    _come(client, member_count=3, roles=[*guild()["roles"], _role_of_a_bot(9)])
    monkeypatch.setattr(client, "fetch_guild", _refuse)
    assert await Community(client, services.rooms).counts(GUILD) == Counts(name="Home", members=2)


def test_a_guest_arrives_in_a_room_or_else_where_everybody_is(client: discord.Client) -> None:
    _come(client)
    home = client.get_guild(GUILD)
    assert home is not None
    room, hall = way_in(home, DESK), way_in(home, None)
    assert (room and room.id, hall and hall.id) == (DESK, CHANNEL)
    assert way_in(home, 404) is None


def test_nobody_is_led_where_not_everybody_may_look_or_the_bot_may_not_invite(client: discord.Client) -> None:
    look, invite = 1 << 10, 1
    for permissions in (invite, look):
        everyone = guild()["roles"][0] | {"permissions": str(permissions)}
        _come(client, roles=[everyone])
        home = client.get_guild(GUILD)
        assert home is not None
        assert way_in(home, None) is None


async def _refuse(*_: object, **__: object) -> None:
    raise discord.DiscordServerError(_Answer(), "no")  # type: ignore[arg-type]


class _Answer:
    status, reason = 500, "Internal Server Error"
