"""Bars about a Discord that answers badly, and about visitors who do."""

import asyncio
import resource
import socket
from time import monotonic

from playground.faults import Drop, Fault, RateLimited, Status
from tests.chaos.bars import BOTH, Found, bar
from tests.chaos.ground import Ground
from tests.wire.test_faults import CALLBACKS, POSTS

HALF_OPEN = 2000
MOST_IDENTIFIES = 5


@bar("One result each, whatever answers of Discord are lost", databases=BOTH, seconds=400)
async def lost_answers(ground: Ground) -> Found:
    """Posts, answers and edits that happened, and were not confirmed."""
    happened: list[Fault] = [Drop(processed=True), Status(status=500, processed=True)]
    faults: list[Fault] = [*happened, RateLimited(retry_after=0.2), Drop()]
    async with ground.town() as town:
        for path, method in ((POSTS, "POST"), (CALLBACKS, "POST"), (f"{POSTS}/*", "*")):
            for fault in faults:
                town.discord.faults.add(fault, method=method, path=path, times=4)
                await town.ask(5)
                await town.settled()
                town.discord.faults.clear()
        told = await town.told()
        return Found(figure=str(told), is_met=told.accepted >= 40 and not told.doubled and not told.lost)


@bar(f"A gateway that is cut, mute and invalid: at most {MOST_IDENTIFIES} identifies", seconds=300)
async def bad_gateway(ground: Ground) -> Found:
    """Ten cuts are resumed; sessions that are gone are begun anew."""
    async with ground.town() as town:
        gateway = town.discord.gateway
        for _ in range(10):
            gateway.cut()
            await town.discord.bot_gone()
            await town.discord.bot_ready(60)
            await town.ask(1)
        for _ in range(2):
            gateway.invalidate(resumable=False)
            await town.discord.bot_gone()
            await town.discord.bot_ready(60)
            await town.ask(1)
        begin = monotonic()
        gateway.heartbeat_seconds, gateway.mute_heartbeats = 5.0, True
        gateway.cut()
        resumes = gateway.resumes
        await town.discord.wait_for(lambda d: d.gateway.resumes > resumes, 60)
        resumes = gateway.resumes
        await town.discord.wait_for(lambda d: d.gateway.resumes > resumes or d.gateway.identifies > 3, 90)
        noticed = monotonic() - begin
        gateway.mute_heartbeats = False
        await asyncio.sleep(1)
        await town.discord.bot_ready(60)
        await town.ask(1)
        told = await town.told()
        figure = f"{gateway.identifies} identifies, silence noticed in {noticed:.0f} s; {told}"
        return Found(figure=figure, is_met=gateway.identifies <= MOST_IDENTIFIES and told.is_clean)


@bar(f"{HALF_OPEN} visitors who never finish their request: the bot draws on", databases=("sqlite",))
async def half_open_visitors(ground: Ground) -> Found:
    """And somebody who does ask is served."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 2 * HALF_OPEN + 500), hard))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with ground.town(WEB_PORT=str(port)) as town:
        writers = []
        for _ in range(HALF_OPEN):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n")
            writers.append(writer)
        await town.ask(5)
        told = await town.told()
        begin = monotonic()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        status = (await asyncio.wait_for(reader.readline(), 20)).decode().strip()
        seconds = monotonic() - begin
        for one in (*writers, writer):
            one.close()
        figure = f"{told}; /healthz beside them: {status} in {seconds:.2f} s"
        return Found(figure=figure, is_met=told.is_clean and not told.failed and "200" in status)
