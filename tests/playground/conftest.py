"""A playground for each module, with a real discord.py bot in a process of its own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import pytest_asyncio

from playground import Guild, Playground

StartBot = Callable[..., Awaitable[asyncio.subprocess.Process]]


@asynccontextmanager
async def sample_bot(playground: Playground, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The sample bot as a process; it is stopped before the playground."""
    variables = {
        **os.environ,
        "DISCORD_TOKEN": playground.token,
        "DISCORD_API_BASE": playground.base_url,
        **environment,
    }
    command = (sys.executable, "-m", "tests.playground.samplebot")
    process = await asyncio.create_subprocess_exec(*command, env=variables)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def until_ready(playground: Playground, process: asyncio.subprocess.Process) -> None:
    """Wait for the bot to be ready; fail at once if it has ended instead."""
    ended = asyncio.create_task(process.wait())
    ready = asyncio.create_task(playground.bot_ready())
    await asyncio.wait([ended, ready], return_when=asyncio.FIRST_COMPLETED)
    assert not ended.done(), f"the bot ended with {process.returncode}"
    ended.cancel()
    await ready


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def playground() -> AsyncIterator[Playground]:
    """A playground that validates everything where Discord's OpenAPI file is at hand."""
    async with Playground(spec_path=os.environ.get("DISCORD_OPENAPI")) as playground:
        playground.rate_limits.enabled = False
        yield playground


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(playground: Playground) -> AsyncIterator[asyncio.subprocess.Process]:
    """The module's bot, connected."""
    async with sample_bot(playground) as process:
        await until_ready(playground, process)
        yield process


@pytest_asyncio.fixture(loop_scope="module")
async def start_bot(playground: Playground) -> AsyncIterator[StartBot]:
    """Starts bots of the test's own; `ready=False` does not wait for them."""
    async with AsyncExitStack() as stack:

        async def start(*, ready: bool = True, **environment: str) -> asyncio.subprocess.Process:
            process = await stack.enter_async_context(sample_bot(playground, **environment))
            if ready:
                await until_ready(playground, process)
            return process

        yield start


@pytest.fixture
def guild(playground: Playground) -> Guild:
    """A guild of the test's own."""
    return playground.add_guild("Test")


@pytest.fixture(autouse=True)
def conforms(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test that uses a playground: no fault is left over, and all traffic conformed."""
    yield
    if "playground" in request.fixturenames:
        playground: Playground = request.getfixturevalue("playground")
        playground.faults.clear()
        _assert_conforms(playground)


def _assert_conforms(playground: Playground) -> None:
    found = [*playground.violations, *playground.own_violations]
    playground.violations.clear()
    playground.own_violations.clear()
    assert found == []
