"""The whole bot on a cluster: what machines are told of it, while it answers and while it does not."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from playground import Playground
from tests.cluster import local
from tests.wire.conftest import BotProcess, opened_nursery
from tests.wire.test_commandline import told
from tests.wire.test_pages import OF_CLUSTERS, asked_for, free_port
from tests.wire.test_path import wait_for_grids

Samples = dict[tuple[str, ...], float]


@pytest.fixture
async def bot(discord: Playground, tmp_path: Path, tiny_checkpoint: Path) -> AsyncIterator[BotProcess]:
    """One whose cluster needs no Ray."""
    token = tmp_path / "token"
    token.touch(0o600)
    token.write_text("0123456789abcdef" * 4)
    async with opened_nursery("tests.wire.cluster_nursery") as nursery:
        url = f"sqlite+aiosqlite:///{tmp_path}/darkroom.db"
        bot = BotProcess(discord, nursery, tmp_path, str(tiny_checkpoint), url)
        bot.environment |= {"ENGINE": "10.0.0.5:6379", "RAY_AUTH_TOKEN_PATH": str(token), "DEVICE": "auto"}
        yield bot
        await bot.kill()


async def test_a_bot_on_a_cluster_tells_machines_what_it_does_there(
    discord: Playground, bot: BotProcess
) -> None:
    port, room, owner = free_port(), discord.guild.newbies, discord.guild.owner
    await bot.start(METRICS_PORT=str(port))
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session, asyncio.timeout(120):
        while (samples := await metrics(session))["darkroom_cluster_devices_drawing",] < 2:
            await asyncio.sleep(0.05)
        while await lacks(session):  # the gateway is there a second after the last guild, the replicas sooner
            await asyncio.sleep(0.05)
        await (await discord.slash(owner, room, "imagine", prompt="a red apple")).acknowledged()
        await wait_for_grids(discord, room, 1)
        named = {name for name, _ in asked_for() if name.startswith(OF_CLUSTERS)}
        assert len(named) >= 9
        assert named <= {name for name, *_ in samples}
        assert samples["darkroom_cluster_replicas", "tiny"] == samples["darkroom_cluster_devices",] == 2
        assert samples["darkroom_cluster_head_up",] == samples["darkroom_cluster_driver_up",] == 1
        assert samples["darkroom_cluster_drivers_started_total",] == 1
        assert ("darkroom_cluster_replica_jobs", "", "local-1") in samples

        os.kill(driver_of(bot).pid, signal.SIGKILL)
        while not await lacks(session):
            await asyncio.sleep(0.01)
        assert await lacks(session) == ["engine"]
        samples = await metrics(session)
        assert samples["darkroom_cluster_replicas", "tiny"] == samples["darkroom_cluster_head_up",] == 0
        call = await discord.slash(owner, room, "imagine", prompt="a green pear")
        await call.acknowledged()
        await wait_for_grids(discord, room, 2)
        assert await lacks(session) == []
        assert (await metrics(session))["darkroom_cluster_drivers_started_total",] == 2


async def test_check_says_which_replicas_can_draw(bot: BotProcess) -> None:
    code, lines = await told(bot, "check")
    assert code == 0, lines
    assert "ok    device: there can be 2 replicas" in lines
    assert any(line.startswith("ok    replicas: 2 of 2 replicas can draw; together") for line in lines)


async def metrics(session: aiohttp.ClientSession) -> Samples:
    """Every sample, by its name and the values of its labels."""
    text = await (await session.get("/metrics")).text()
    families = text_string_to_metric_families(text)
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


async def lacks(session: aiohttp.ClientSession) -> list[str]:
    """What keeps the bot from being ready."""
    response = await session.get("/readyz")
    missing = [name for name, is_there in (await response.json()).items() if is_there is False]
    assert (response.status == 200) == (not missing)
    return missing


def driver_of(bot: BotProcess) -> psutil.Process:
    """The bot's hand in the cluster."""
    children = psutil.Process(bot._process_id).children(recursive=True)
    return next(one for one in children if local.__file__ in one.cmdline())
