"""A PostgreSQL cluster of our own, in a folder, to be stopped and started at will."""

import asyncio
import os
import pwd
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import URL

PASSWORD = "n0b0dy-must-read-this"
"""The server trusts everybody; the bot must not log it all the same."""
UNPRIVILEGED = ("postgres", "nobody")


class NoCluster(Exception):
    """PostgreSQL cannot be run here; the text says why."""


class Cluster:
    """A server on a port of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder
        self._port = port
        self._programs = _programs()
        self.url = URL.create(
            "postgresql+asyncpg",
            username="postgres",
            password=PASSWORD,
            host="127.0.0.1",
            port=port,
            database="postgres",
        )

    async def make(self) -> None:
        """Lay out its files."""
        await self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")

    async def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-p {self._port} -k {self._folder} -c listen_addresses=127.0.0.1"
        log = str(self._folder / "log")
        await self._run("pg_ctl", "-w", "-t", "60", "-l", log, "-o", options, "start")

    async def stop(self, mode: str = "immediate") -> None:
        """Stop it: `fast` ends all sessions, `immediate` is a crash."""
        await self._run("pg_ctl", "-w", "-m", mode, "stop")

    async def _run(self, program: str, *arguments: str) -> None:
        process = await asyncio.create_subprocess_exec(
            *(str(self._programs / program), "-D", str(self._folder / "data"), *arguments),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            user=owner() if os.getuid() == 0 else None,
            cwd=self._folder,
        )
        said = b"" if program == "pg_ctl" else (await process.communicate())[1]  # the server keeps our pipes
        if await process.wait():
            raise NoCluster(f"{program} ended with {process.returncode} {said.decode()[:200]}".strip())


@asynccontextmanager
async def opened_cluster() -> AsyncIterator[Cluster]:
    """A running one; its files go with it.

    Raises: NoCluster.
    """
    with TemporaryDirectory(prefix="chaos-cluster-") as name:
        folder = Path(name)
        if os.getuid() == 0:
            shutil.chown(folder, owner())
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        cluster = Cluster(folder, port)
        await cluster.make()
        await cluster.start()
        try:
            yield cluster
        finally:
            await cluster.stop()


def owner() -> str:
    """Who runs it where we are root, whom PostgreSQL does not serve."""
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in UNPRIVILEGED if name in known)


def _programs() -> Path:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    found = shutil.which("pg_ctl")
    folders += [Path(found).resolve().parent] if found else []
    for folder in reversed(folders):
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise NoCluster("no initdb and pg_ctl here: PostgreSQL's server is not installed")
