"""python -m playground.bench: how soon the real bot answers when many members ask at once; one table."""

import argparse
import asyncio
import math
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playground.process import BotFailed, connected, running_bot
from playground.server import Call, Playground

GOOD_SECONDS = 2.0
PROMPT = "a red fox in the snow"


async def ask_at_once(playground: Playground, members: int) -> list[Call]:
    """Let so many members use /imagine in the same instant, and wait for the answers."""
    guild = playground.guild
    people = [playground.add_member(guild, f"Member {number + 1}") for number in range(members)]
    calls = [await playground.slash(person, guild.general, "imagine", prompt=PROMPT) for person in people]
    await asyncio.gather(*(call.acknowledged(playground.answer_within + 1) for call in calls))
    return calls


def table(seconds: Sequence[float], *, asked: int, deferred: int, refused: int) -> str:
    """How many were answered, how many in time, how, and after how many seconds."""
    if not seconds:
        return f"{asked} asked, none answered in time"
    ordered = sorted(seconds)
    cells = {
        "asked": str(asked),
        "answered": str(len(seconds)),
        f"under {GOOD_SECONDS:g} s": str(sum(value < GOOD_SECONDS for value in seconds)),
        "deferred": str(deferred),
        "refused": str(refused),
        "p50": f"{statistics.median(seconds):.3f} s",
        "p99": f"{ordered[math.ceil(len(ordered) * 0.99) - 1]:.3f} s",
        "max": f"{ordered[-1]:.3f} s",
    }
    widths = [max(len(name), len(value)) for name, value in cells.items()]
    rows = (cells.keys(), cells.values())
    return "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows
    )


async def measure(folder: Path, members: int) -> str:
    """The table for one run. Raises: BotFailed."""
    async with Playground() as playground, running_bot(playground, folder) as bot:
        await connected(playground, bot)
        calls = await ask_at_once(playground, members)
        seconds = [call.ack_seconds for call in calls if call.ack_seconds is not None]
        kinds = [(call.kind, call.ephemeral) for call in calls]
        return table(
            seconds,
            asked=len(calls),
            deferred=sum(kind == "deferred" for kind, _ in kinds),
            refused=kinds.count(("message", True)),
        )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m playground.bench", description=__doc__)
    parser.add_argument("--members", type=int, default=100, help="how many ask at once (default: 100)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        try:
            result = asyncio.run(measure(Path(folder), arguments.members))
        except BotFailed as error:
            sys.stdout.write(f"{error}\n")
            return 1
    sys.stdout.write(f"{result}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
