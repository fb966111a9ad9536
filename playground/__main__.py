"""python -m playground: a local Discord with the real bot in it, at one address in the browser."""

import argparse
import asyncio
import signal
import sys
import tempfile
from pathlib import Path

from playground.page import Page, PageChanged
from playground.process import (
    READY_SECONDS,
    WEB_HOST,
    BotFailed,
    connected,
    first_of,
    free_port,
    running_bot,
)
from playground.server import Playground
from playground.views import Member

SCRATCH = Path(".demo")
MODERATES = ("manage_guild", "moderate_members", "manage_messages", "kick_members")
"""What the role of a moderator may do."""


async def demonstrate(folder: Path, port: int, stop: asyncio.Event) -> None:
    """Run the playground, the bot and the page until `stop` is set. Raises: BotFailed."""
    async with Playground() as playground:
        people = invite(playground)
        web_port = free_port()
        async with running_bot(playground, folder, web_port=web_port) as bot:
            say("Starting the bot ...")
            await first_of(asked(stop), connected(playground, bot))
            if stop.is_set():
                return
            web_url = f"http://{WEB_HOST}:{web_port}{await publish(playground)}"
            async with Page(playground, list(people), notes=people, web_url=web_url, port=port) as page:
                say(f"Open {page.url}")
                say("Type /imagine a red apple there and press Enter. Ctrl-C ends it.")
                await first_of(asked(stop), bot.ended())


def invite(playground: Playground) -> dict[Member, str]:
    """The people of the demonstration, and in a word who they are."""
    guild = playground.guild
    moderator = playground.add_role(guild, "Moderator", permissions=MODERATES)
    return {
        guild.owner: "owner",
        playground.add_member(guild, "Maud", roles=[moderator]): "moderator",
        playground.add_member(guild, "Grace"): "newcomer",
    }


async def publish(playground: Playground) -> str:
    """Switch the server's web page on, as its owner would; the path where it then is."""
    guild = playground.guild
    call = await playground.slash(guild.owner, guild.general, "guild set", setting="public-page", value="on")
    try:
        await playground.wait_for(lambda _: call.content, READY_SECONDS)
    except TimeoutError:
        return "/"  # which says what the bot is
    if call.message is not None:
        playground.delete_message(call.message)  # the owner dismisses the answer
    return f"/servers/{guild.id}"


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
    except (BotFailed, PageChanged) as error:
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
