"""The gateway: compression, sessions, RESUME with replay, invalid sessions, zombies, restarts."""

import asyncio
from collections.abc import Callable
from functools import partial

import pytest

from playground import Guild, Playground
from tests.playground.conftest import StartBot, sample_bot, until_ready

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def stop(playground: Playground, process: asyncio.subprocess.Process) -> None:
    process.terminate()
    await process.wait()
    await playground.bot_gone()


@pytest.mark.parametrize(("variables", "used"), [({}, "zstd-stream"), ({"NO_ZSTD": "1"}, "zlib-stream")])
async def test_both_compressions(
    playground: Playground, guild: Guild, start_bot: StartBot, variables: dict[str, str], used: str
) -> None:
    process = await start_bot(**variables)
    assert playground.gateway.compressions == [used]
    for _ in range(3):
        call = await (await playground.slash(guild.owner, guild.general, "context")).acknowledged()
        assert call.error is None
    await stop(playground, process)


async def test_a_dropped_gateway_is_resumed_and_what_was_missed_is_replayed(
    playground: Playground, guild: Guild, start_bot: StartBot
) -> None:
    process = await start_bot()
    gateway = playground.gateway
    identifies = gateway.identifies
    faults: list[Callable[[], None]] = [
        gateway.cut,
        gateway.reconnect,
        partial(gateway.close, 4000),
        partial(gateway.invalidate, resumable=True),
    ]
    for number, fault in enumerate(faults):
        resumes = gateway.resumes
        fault()
        assert not gateway.connected
        call = await playground.slash(guild.owner, guild.general, "context")
        await call.acknowledged()
        assert call.error is None, number
        assert gateway.resumes == resumes + 1
    assert gateway.identifies == identifies
    await stop(playground, process)


async def test_an_invalid_session_is_identified_anew(
    playground: Playground, guild: Guild, start_bot: StartBot
) -> None:
    process = await start_bot()
    identifies = playground.gateway.identifies
    playground.gateway.invalidate(resumable=False)
    lost = await playground.slash(guild.owner, guild.general, "context")
    await playground.bot_ready()
    assert playground.gateway.identifies == identifies + 1
    assert (await lost.acknowledged()).error == "The application did not respond"
    call = await (await playground.slash(guild.owner, guild.general, "context")).acknowledged()
    assert call.error is None
    await stop(playground, process)


async def test_a_gateway_that_acknowledges_no_heartbeat_is_left(
    playground: Playground, guild: Guild, start_bot: StartBot
) -> None:
    playground.gateway.heartbeat_seconds = 0.5
    process = await start_bot(HEARTBEAT_TIMEOUT="1")
    resumes = playground.gateway.resumes
    playground.gateway.mute_heartbeats = True
    await playground.wait_for(lambda p: p.gateway.resumes > resumes, 20)
    playground.gateway.mute_heartbeats = False
    call = await (await playground.slash(guild.owner, guild.general, "context")).acknowledged()
    assert call.error is None
    await stop(playground, process)
    playground.gateway.heartbeat_seconds = 41.25


async def test_an_event_may_come_twice(playground: Playground, guild: Guild, start_bot: StartBot) -> None:
    process = await start_bot()
    playground.gateway.duplicate("INTERACTION_CREATE")
    call = await (await playground.slash(guild.owner, guild.general, "context")).acknowledged()
    path = f"/interactions/{call.id}/"
    answers = await playground.wait_for(
        lambda p: (found := [item.status for item in p.requests if item.path.startswith(path)])[1:] and found
    )
    assert answers == [200, 400]
    assert len(playground.messages(guild.general)) == 1
    await stop(playground, process)


async def test_buttons_outlive_the_bot(playground: Playground, guild: Guild, start_bot: StartBot) -> None:
    first = await start_bot()
    await playground.slash(guild.owner, guild.general, "imagine", prompt="a red fox")
    message = await playground.wait_for(
        lambda p: next((item for item in p.messages(guild.general) if item.components), None)
    )
    first.kill()
    await first.wait()
    await playground.bot_gone()
    second = await start_bot(SKIP_SYNC="1")
    call = await (await playground.press(guild.owner, message, label="U3")).acknowledged()
    assert call.content == "upscaled 2 of 812"
    await stop(playground, second)


async def test_a_wrong_token_is_refused(playground: Playground, start_bot: StartBot) -> None:
    process = await start_bot(ready=False, DISCORD_TOKEN="wrong")
    assert await process.wait() == 1
    assert playground.requests[-1].status == 401


async def test_privileged_intents_must_be_granted(playground: Playground, start_bot: StartBot) -> None:
    process = await start_bot(ready=False, INTENTS=str(1 << 1))
    assert await process.wait() == 1
    playground.gateway.approved_intents = 1 << 1
    process = await start_bot(INTENTS=str(1 << 1))
    await stop(playground, process)
    playground.gateway.approved_intents = 0


async def test_shards_get_their_own_guilds() -> None:
    async with Playground(shards=2) as playground, sample_bot(playground) as process:
        await until_ready(playground, process)
        await playground.wait_for(lambda p: p.gateway.identifies == 2, 30)
        guilds = [playground.add_guild(f"Guild {number}") for number in range(4)]
        for guild in guilds:
            call = await (await playground.slash(guild.owner, guild.general, "context")).acknowledged()
            assert call.error is None
