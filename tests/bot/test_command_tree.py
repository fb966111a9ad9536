"""The slash commands, as Discord is told of them."""

import discord
from syrupy.assertion import SnapshotAssertion

from bot.client import Darkroom
from bot.services import Services


async def test_the_commands_are_these(services: Services, snapshot: SnapshotAssertion) -> None:
    client = Darkroom(services)
    await client.add_cogs()
    payload = [command.to_dict(client.tree) for command in client.tree.get_commands()]
    assert sorted(payload, key=lambda command: command["name"]) == snapshot
    assert client.intents == discord.Intents(guilds=True)
    for name in list(client.cogs):
        await client.remove_cog(name)
