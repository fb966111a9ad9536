"""The web pages beside the bot: there when it is ready, refused in one line when the port is taken."""

import asyncio
import socket

import aiohttp

from playground import Playground
from tests.wire.conftest import START_SECONDS, BotProcess
from tests.wire.test_path import wait_for_grids


def free_port() -> int:
    """A port that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_health_readiness_and_metrics_of_a_running_bot(discord: Playground, bot: BotProcess) -> None:
    port = free_port()
    await bot.start(WEB_PORT=str(port))
    room = discord.guild.newbies
    await (await discord.slash(discord.guild.owner, room, "imagine", prompt="a red apple")).acknowledged()
    await wait_for_grids(discord, room, 1)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        assert (await session.get("/healthz")).status == 200
        async with asyncio.timeout(START_SECONDS):
            while (await session.get("/readyz")).status != 200:
                await asyncio.sleep(0.1)
        metrics = await (await session.get("/metrics")).text()
    assert 'darkroom_jobs{state="delivered"} 1.0' in metrics
    assert "darkroom_interaction_ack_seconds_count 1.0" in metrics
    assert "darkroom_interactions_refused_total 0.0" in metrics


async def test_a_second_program_on_the_port_is_one_readable_line(
    discord: Playground, bot: BotProcess
) -> None:
    assert discord.base_url
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        await bot.spawn(WEB_PORT=str(taken.getsockname()[1]))
        assert await bot.ended() == 1
    assert "Set another WEB_PORT" in bot.log.splitlines()[-1]
