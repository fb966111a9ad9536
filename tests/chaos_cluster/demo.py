"""`make cluster`: a head, two workers and the bot in the playground, on this machine; a job on each."""

import asyncio
import os
import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from playground import Playground
from playground.process import connected, free_port, running_bot
from tests.chaos_cluster.machines import Cluster, cluster

SECONDS = 240.0
JOBS = 6


async def main() -> int:
    """Start everything, ask for pictures, and say which worker drew how many."""
    say("Starting a Ray head and two workers …")
    async with cluster((1, 1), port=free_port()) as machines, Playground() as discord:
        with TemporaryDirectory(prefix="cluster-") as folder:
            drawn = await demonstrate(machines, discord, Path(folder))
    say(f"{drawn.total()} grids are in the channel, {len(drawn)} of 2 workers drew: {dict(drawn)}")
    return 0 if len(drawn) == 2 and drawn.total() == JOBS else 1


async def demonstrate(machines: Cluster, discord: Playground, folder: Path) -> Counter[str]:
    """How many jobs each worker drew for the bot."""
    say(f"Starting the bot with ENGINE={machines.address} …")
    os.environ |= {**machines.settings, "OMP_NUM_THREADS": "1", "BACKUP_KEEP": "0"}
    async with running_bot(discord, folder) as bot:
        await connected(discord, bot)
        log = folder / "bot.log"
        await until(lambda: "2 of 2 replicas can draw" in log.read_text(), "both workers can draw")
        say("Both workers can draw. Asking for pictures …")
        room, owner = discord.guild.newbies, discord.guild.owner
        for number in range(JOBS):
            await discord.slash(owner, room, "imagine", prompt=f"a red apple number {number}")
        await until(lambda: len(drawn(log)) == JOBS, "all pictures are drawn")
        await until(lambda: num_results(discord) == JOBS, "all pictures are in the channel")
        return Counter(drawn(log))


def drawn(log: Path) -> list[str]:
    """Of each job that is drawn, by whom."""
    return re.findall(r"request \d+ was drawn by (\w+-\d+)", log.read_text())


def num_results(discord: Playground) -> int:
    """Grids in the channel."""
    messages = discord.messages(discord.guild.newbies)
    return sum(
        bool(message.attachments) and not any(item.label == "Cancel" for item in message.components)
        for message in messages
    )


async def until(is_true: Callable[[], bool], what: str) -> None:
    """Wait for something. Raises: TimeoutError."""
    ends_at = monotonic() + SECONDS
    while not is_true():
        if monotonic() > ends_at:
            raise TimeoutError(f"Not within {SECONDS:.0f} s: {what}.")
        await asyncio.sleep(0.2)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
