"""python -m playground: a local Discord with the real bot in it, at one address in the browser."""

import argparse
import asyncio
import signal
import sys
import tempfile
from pathlib import Path

from playground.page import Page
from playground.process import BotFailed, connected, first_of, running_bot
from playground.server import Playground

SCRATCH = Path(".demo")


async def demonstrate(folder: Path, port: int, stop: asyncio.Event) -> None:
    """Run the playground, the bot and the page until `stop` is set. Raises: BotFailed."""
    async with Playground() as playground:
        people = [playground.guild.owner, playground.add_member(playground.guild, "Grace")]
        async with running_bot(playground, folder) as bot:
            say("Starting the bot ...")
            await first_of(asked(stop), connected(playground, bot))
            if stop.is_set():
                return
            async with Page(playground, people, port=port) as page:
                say(f"Open {page.url}")
                say("Type /imagine there and write what you want to see. Ctrl-C ends it.")
                await first_of(asked(stop), bot.ended())


async def asked(stop: asyncio.Event) -> None:
    """Wait for Ctrl-C."""
    await stop.wait()


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def run(folder: Path, port: int) -> int:
    """Demonstrate until Ctrl-C; the exit code."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        await demonstrate(folder, port, stop)
    except BotFailed as error:
        say(str(error))
        return 1
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m playground", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="the page's port (default: any that is free)")
    arguments = parser.parse_args()
    SCRATCH.mkdir(exist_ok=True)
    # Fresh at each start: the world is in memory, and a database that remembers another one is of no use.
    with tempfile.TemporaryDirectory(dir=SCRATCH, prefix="world-", ignore_cleanup_errors=True) as folder:
        return asyncio.run(run(Path(folder).resolve(), arguments.port))


if __name__ == "__main__":
    sys.exit(main())
