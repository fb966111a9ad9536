"""`python -m tests.chaos`: tries every bar and prints the table; `--write` puts it into tests/CHAOS.md."""

import argparse
import asyncio
import os
import sys
from collections import Counter
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError

from engine.bench.tiny import save_tiny_checkpoint
from tests.chaos import (  # noqa: F401 - they name their bars
    crowds,
    databases,
    deaths,
    discord,
    frames,
    privacy,
    servers,
    suites,
    times,
    words,
)
from tests.chaos.bars import BARS, Bar, Row, tried
from tests.chaos.cluster import NoCluster, opened_cluster
from tests.chaos.ground import Ground, on_server
from tests.conftest import SERVER
from tests.wire.conftest import opened_nursery

TABLE = Path(__file__).parents[1] / "CHAOS.md"
HEAD = """# Every promise, tried

`make chaos` tries each bar anew and prints this table; `make chaos WRITE=--write` puts it here. Times are
those of the machine that ran it ({machine}) and say little about another one; everything else should be the
same anywhere. A bar that could not run says why.

Run on {date}: {met} met, {missed} missed, {unable} not run.

| bar | database | figure | verdict | s |
|---|---|---|---|---|
"""


async def main() -> int:
    """The exit code: 1 where a bar was missed."""
    options = arguments()
    rows: list[Row] = []
    async with AsyncExitStack() as stack:
        server = await opened_server(stack)
        os.umask(0)  # what the bot makes must be private all the same
        checkpoint = Path(stack.enter_context(TemporaryDirectory())) / "tiny"
        save_tiny_checkpoint(checkpoint)
        nursery = await stack.enter_async_context(opened_nursery())
        no_server = await why_no_postgresql(server)
        for bar in BARS:
            for kind in bar.databases or ("",) if not options.only or bar.name in options.only else ():
                if kind == "postgresql" and no_server:
                    rows.append(not_run(bar, kind, no_server))
                else:
                    ground = Ground(kind, checkpoint, nursery, server)
                    rows.append(await tried(bar, ground, patience=options.patience))
                sys.stdout.write(line(rows[-1]))
                sys.stdout.flush()
                if options.write:
                    text = line(rows[-1])
                    TABLE.write_text(table({**written(), key_of(text): text}), encoding="utf-8")
    return int(any(row.verdict == "MISSED" for row in rows))


def not_run(bar: Bar, kind: str, why: str) -> Row:
    """The line of a bar that has nothing to run on."""
    return Row(bar=bar.promise, database=kind, figure=why, verdict="not run", seconds=0)


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--only", nargs="*", choices=[bar.name for bar in BARS], help="these bars alone")
    parser.add_argument("--write", action="store_true", help=f"write the table to {TABLE.name}")
    parser.add_argument("--patience", type=float, default=1.0, help="how many times as long a bar may take")
    return parser.parse_args()


async def opened_server(stack: AsyncExitStack) -> URL:
    """A PostgreSQL server of our own; where none can be run, the one that tests use."""
    try:
        url = (await stack.enter_async_context(opened_cluster())).url
    except NoCluster as error:
        sys.stderr.write(f"No PostgreSQL of our own ({error}): the one at {SERVER.render_as_string()}.\n")
        return SERVER
    os.environ["TEST_POSTGRES_URL"] = url.render_as_string(hide_password=False)  # for the tests that are bars
    return url


async def why_no_postgresql(server: URL) -> str:
    """Why there is none to try on; empty where one answers."""
    try:
        await on_server("SELECT 1", server)
    except (OSError, SQLAlchemyError, asyncpg.PostgresError) as error:
        return f"no PostgreSQL at {server.render_as_string()}: {error}"
    return ""


def line(row: Row) -> str:
    """A line of the table."""
    return f"| {row.bar} | {row.database} | {row.figure} | {row.verdict} | {row.seconds:.0f} |\n"


def key_of(text: str) -> tuple[str, str]:
    """The bar and the database of a line."""
    promise, kind, *_ = text.removeprefix("| ").split(" | ")
    return promise, kind


def written() -> dict[tuple[str, str], str]:
    """The lines of the file, by bar and database: what is not tried this time stays."""
    if not TABLE.exists():
        return {}
    lines = TABLE.read_text(encoding="utf-8").splitlines(keepends=True)
    return {key_of(text): text for text in lines if text.startswith("| ") and not text.startswith("| bar |")}


def table(lines: dict[tuple[str, str], str]) -> str:
    """The whole of it, as the file has it: in the order of the bars."""
    order = [(bar.promise, kind or "–") for bar in BARS for kind in bar.databases or ("",)]
    there = [lines[key] for key in order if key in lines]
    verdicts = Counter(text.rsplit(" | ", 2)[1] for text in there)
    head = HEAD.format(
        machine=f"{os.cpu_count()} cores, shared with other work",
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        met=verdicts["met"],
        missed=verdicts["MISSED"],
        unable=verdicts["not run"],
    )
    return head + "".join(there)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
