"""The demonstration starts the bot, and says in readable form why it did not."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from playground import Playground
from playground.process import BotFailed, connected, first_of, running_bot

SAMPLE = (sys.executable, "-m", "tests.playground.samplebot")
BROKEN = (sys.executable, "-c", "raise SystemExit('MODEL: no such directory. Set it in .env.')")


async def test_the_bot_is_started_and_stopped(tmp_path: Path) -> None:
    async with Playground() as playground:
        async with running_bot(playground, tmp_path, SAMPLE) as bot:
            await connected(playground, bot)
            assert playground.gateway.connected
        await playground.bot_gone()
    assert "logging in" in (tmp_path / "bot.log").read_text()


async def test_a_bot_that_fails_is_quoted(tmp_path: Path) -> None:
    async with Playground() as playground, running_bot(playground, tmp_path, BROKEN) as bot:
        with pytest.raises(BotFailed) as failure:
            await connected(playground, bot)
    assert str(failure.value) == "The bot ended with code 1.\n  MODEL: no such directory. Set it in .env."


async def test_the_first_to_finish_ends_the_others() -> None:
    ended: list[str] = []

    async def forever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("forever")

    async def fails() -> None:
        raise BotFailed("gone")

    with pytest.raises(BotFailed, match="gone"):
        await first_of(forever(), fails())
    assert ended == ["forever"]


async def test_ctrl_c_ends_everything_cleanly(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    demo = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "playground", cwd=tmp_path, env=environment, stdout=-1, stderr=-2
    )
    assert demo.stdout is not None
    lines = []
    async with asyncio.timeout(180):
        while line := (await demo.stdout.readline()).decode():
            lines.append(line)
            if line.startswith("Open "):
                demo.send_signal(signal.SIGINT)
        await demo.wait()
    assert demo.returncode == 0, lines
    assert lines[0] == "Starting the bot ...\n"
    assert lines[1].startswith("Open http://127.0.0.1:")
    assert not any("Traceback" in line for line in lines)
    assert list((tmp_path / ".demo").iterdir()) == []
