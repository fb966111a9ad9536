"""The real bot as a process: started as its owner would start it, quoted when it fails, stopped cleanly."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from playground.server import Playground

READY_SECONDS = 180.0  # the first start loads a model and may be on a slow machine
STOP_SECONDS = 20.0
LOG_LINES = 30
WEB_HOST = "127.0.0.1"
BOT = (sys.executable, "-m", "bot", "run")


class BotFailed(Exception):
    """The bot ended, or did not connect in time; the text is the end of its log."""


class Bot:
    """The real bot, in a process of its own, with its log in a file."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self._process = process
        self._log = log

    async def ended(self) -> None:
        """Wait for an end that nobody asked for. Raises: BotFailed."""
        code = await self._process.wait()
        raise BotFailed(f"The bot ended with code {code}.\n{self.log_end()}")

    def log_end(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(f"  {line}" for line in lines[-LOG_LINES:]) or "  (its log is empty)"

    async def stop(self) -> None:
        """Ask it to end; end it if it does not."""
        if self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


@asynccontextmanager
async def running_bot(
    playground: Playground, folder: Path, command: Sequence[str] = BOT, *, web_port: int = 0
) -> AsyncIterator[Bot]:
    """The bot as owners run it, pointed at the playground, its data in the folder; port 0: no web pages."""
    environment = {
        **os.environ,
        "DISCORD_TOKEN": playground.token,
        "DISCORD_API_BASE": playground.base_url,
        "DATA_DIR": str(folder),
        "OWNERS": str(playground.guild.owner.id),
        "OWNER_GUILD": str(playground.guild.id),
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'darkroom.db'}",
        "WEB_HOST": WEB_HOST,
        "WEB_PORT": str(web_port),
        "PUBLIC_URL": f"http://{WEB_HOST}:{web_port}" if web_port else "",
    }
    log = folder / "bot.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C reaches us alone; we then stop the bot ourselves
        )
    bot = Bot(process, log)
    try:
        yield bot
    finally:
        await bot.stop()


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind((WEB_HOST, 0))
        port: int = probe.getsockname()[1]
    return port


async def first_of(*waits: Coroutine[None, None, None]) -> None:
    """Wait for the first to finish, then drop the others; its error is raised."""
    tasks = [asyncio.create_task(wait) for wait in waits]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


async def connected(playground: Playground, bot: Bot) -> None:
    """Wait until the bot can be used. Raises: BotFailed."""
    try:
        await first_of(playground.bot_ready(READY_SECONDS), bot.ended())
    except TimeoutError:
        raise BotFailed(f"The bot did not connect within {READY_SECONDS:g} s.\n{bot.log_end()}") from None
