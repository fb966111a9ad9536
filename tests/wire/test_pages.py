"""The web pages beside the bot: there when it is ready, refused in one line when the port is taken."""

import asyncio
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.delivery.traffic import route_of
from playground import Playground
from tests.wire.conftest import START_SECONDS, BotProcess
from tests.wire.test_path import wait_for_grids


def free_port() -> int:
    """A port that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


OF_CLUSTERS = "darkroom_cluster_"
"""What only a bot on a cluster tells: `test_on_a_cluster`."""
DEPLOY = Path(__file__).parents[2] / "deploy"


def expressions(of: Any) -> Iterator[str]:
    """Every `expr` in a dashboard, however deep."""
    if isinstance(of, dict):
        yield from (of["expr"],) if isinstance(of.get("expr"), str) else ()
        for value in of.values():
            yield from expressions(value)
    elif isinstance(of, list):
        for value in of:
            yield from expressions(value)


def asked_for() -> set[tuple[str, str]]:
    """Name and label of every sample that the dashboard and the alerts look for; "" is no label."""
    rules = (DEPLOY / "alerts.yaml").read_text(encoding="utf-8")
    dashboard = json.loads((DEPLOY / "dashboard.json").read_text(encoding="utf-8"))
    written = [*re.findall(r"^ +expr: (.+)$", rules, re.MULTILINE), *expressions(dashboard)]
    found = set()
    for expression in written:
        grouped = re.findall(r"by \(([\w, ]+)\)", expression)
        by = ", ".join(grouped).split(", ")  # without one: [""]
        for name, matchers in re.findall(r"(darkroom_\w+)(?:\{([^}]*)\})?", expression):
            labels = [*re.findall(r"(\w+)=", matchers), *by]
            found |= {(name, label) for label in labels}
    return found


async def test_the_dashboard_and_the_alerts_look_for_what_a_running_bot_tells(
    discord: Playground, bot: BotProcess
) -> None:
    port, room = free_port(), discord.guild.newbies
    await bot.start(METRICS_PORT=str(port))
    await (await discord.slash(discord.guild.owner, room, "imagine", prompt="a red apple")).acknowledged()
    await wait_for_grids(discord, room, 1)
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        text = await (await session.get("/metrics")).text()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    told = {(sample.name, label) for sample in samples for label in ("", *sample.labels)}
    assert len(asked_for()) > 25
    assert {(name, label) for name, label in asked_for() if not name.startswith(OF_CLUSTERS)} <= told
    values = {(sample.name, *sample.labels.values()): sample.value for sample in samples}
    assert values["darkroom_jobs_ended_total", "imagine", "delivered"] == 1
    assert values["darkroom_job_attempts_total", "finished"] == 1
    assert values["darkroom_gateway_identifies_total",] == 1
    assert values["darkroom_device_memory_bytes",] > values["darkroom_device_memory_free_bytes",] > 0
    assert values["darkroom_discord_requests_total", "POST interactions callback", "200"] >= 1
    assert str(room.id) not in text
    assert discord.token not in text


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/api/v10/channels/123/messages/456", "GET channels messages"),
        (
            "/api/v10/webhooks/123/aW50ZXJhY3Rpb246MTIz/messages/@original",
            "GET webhooks messages @original",
        ),
        ("/api/v10/channels/1/messages/2/reactions/%E2%9C%89/@me", "GET channels messages reactions @me"),
        ("/api/v10/oauth2/applications/@me", "GET applications @me"),
    ],
)
def test_a_route_is_counted_without_what_tells_who_or_where(path: str, route: str) -> None:
    assert route_of("GET", path) == route


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
