"""The guide walked, `deploy/CLUSTER.md`: from one GPU to three on two machines, and back.

Its own commands are run, as they stand there. Ray is told of GPUs that are none: the CPU draws.
"""

import asyncio
import os
import re
import shutil
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic

import psutil

from bot.storage import ledger
from engine.bench.tiny import save_tiny_checkpoint
from playground import Message
from playground.process import free_port
from tests.chaos import cluster as postgresql
from tests.chaos.ground import Ground, Town, is_promised
from tests.chaos_cluster.machines import NETWORK, STORE_BYTES, Machine, namespace, networks
from tests.conftest import SERVER
from tests.wire.conftest import opened_nursery

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "deploy" / "CLUSTER.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
HEAD, PORT, BIN = "10.0.0.5", "6379", ".venv/bin/"
"""What stands in the guide for the machine of the bot, Ray's port, and the programs of the installation."""
BIN_HERE = Path(sys.executable).parent
GPUS = (1, 2)
"""Of the bot's machine, and of the other."""
FEW, MANY = 6, 24
"""Jobs that are asked for while nothing happens; and before the bot is stopped, of which most then wait."""
LONG = "--steps 60"
SECONDS = 150.0
"""For each step of the way."""
END_SECONDS = 30.0
"""For a script, as in its unit."""
STAND_INS = {
    "ssh": 'shift; cd "$OTHER" && HOME="$OTHER" exec sh -c "$*"',
    "scp": 'shift; exec cp -p "$1" "$OTHER/${2#*:}"',
}
"""For a second machine that has no door of its own."""


class Guide:
    """What it says to do, with the addresses and the folders that there are here."""

    def __init__(self, host: str, port: int) -> None:
        self._blocks = BLOCK.findall(GUIDE.read_text(encoding="utf-8"))
        self.host, self.port = host, port

    def line(self, words: str) -> str:
        """The first line of a block that begins so."""
        return next(one for block in self._blocks for one in self._here(block) if one.startswith(words))

    def block(self, words: str) -> list[str]:
        """All lines of the block whose first begins so."""
        return next(self._here(block) for block in self._blocks if block.startswith(words))

    def _here(self, block: str) -> list[str]:
        return (
            block.replace(f"{HEAD}:{PORT}", f"{self.host}:{self.port}")
            .replace(HEAD, self.host)
            .replace(BIN, f"{BIN_HERE}/")
            .splitlines()
        )


@dataclass(slots=True, kw_only=True)
class Walk:
    """An owner with two machines, and what members have asked for on the way."""

    town: Town
    guide: Guide
    folder: Path
    head: Machine
    node: Machine
    pressed: Counter[int] = field(default_factory=Counter)
    """Buttons under the pictures of a call, each of which gives another picture with its words."""
    notes: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def note(self, words: str, *, is_right: bool = True) -> None:
        """Something that was seen."""
        (self.notes if is_right else self.wrong).append(words)

    @property
    def env_file(self) -> Path:
        """The bot's settings."""
        return self.town.bot.folder / ".env"

    async def do(self, line: str, **environment: str) -> str:
        """Run a command of the guide on the bot's machine, where its `.env` is; what it says."""
        process = await asyncio.create_subprocess_shell(
            line,
            cwd=self.town.bot.folder,
            env={**self.town.bot.environment, **environment},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(SECONDS):
            said, _ = await process.communicate()
        if process.returncode:
            self.note(f"`{line}` ended with {process.returncode}: {said.decode()[-500:]}", is_right=False)
        return said.decode()

    async def drawn(self, count: int) -> None:
        """Ask for grids, and wait until all that was ever asked for is there."""
        await self.town.ask(count)
        await self.all_drawn()

    async def all_drawn(self) -> None:
        """Wait until it is. Raises: TimeoutError."""
        await self.town.settled(SECONDS)

    async def press(self, number: int, label: str) -> None:
        """A button under the grid of a call, and wait for its picture. Raises: TimeoutError."""
        town, before = self.town, self.town.results()[number]
        member = town.members[number % len(town.members)]
        await town.discord.press(member, self.grid_of(number), label=label)
        self.pressed[number] += 1
        await town.discord.wait_for(lambda _: town.results()[number] > before, SECONDS)

    def grid_of(self, number: int) -> Message:
        """The first picture that a call was answered with."""
        messages = self.town.discord.messages(self.town.room)
        return next(one for one in messages if one.attachments and f" no{number}x" in one.content)

    async def stopped_while_drawing(self) -> int:
        """Stop the bot in the middle of many; how many wait."""
        first = len(self.town.calls)
        for call in await self.town.ask(MANY, more=LONG):
            await call.acknowledged()
        await self.town.discord.wait_for(lambda _: any(n >= first for n in self.town.results()), SECONDS)
        if code := await self.town.bot.stop():
            self.note(f"the bot ended with {code}", is_right=False)
        statuses = Counter(await self.town.bot.statuses())
        return statuses.total() - statuses["delivered"]

    async def started(self) -> str:
        """Start the bot; what it has logged once Discord knows its commands. Raises: TimeoutError."""
        begin, position = monotonic(), len(self.town.bot.log)
        await self.town.bot.start()
        self.note(f"ready {monotonic() - begin:.0f} s after its start")
        return self.town.bot.log[position:]

    async def there(self) -> None:
        """From one GPU to three. Raises: TimeoutError."""
        await self.do(self.guide.line("(umask 077; mkdir -p ~/.ray"))
        tools = self.folder / "tools"
        await self.do(self.guide.line("ssh other"), PATH=f"{tools}:{os.environ['PATH']}")
        for machine in (self.head, self.node):
            await machine.start()
            async with asyncio.timeout(SECONDS):
                while "Ray runtime started" not in machine.log.read_text():
                    await asyncio.sleep(0.1)
        waiting = await self.stopped_while_drawing()
        with self.env_file.open("a") as file:
            file.writelines(f"{line}\n" for line in self.guide.block("ENGINE="))
        told = await self.do(self.guide.line(f"{BIN_HERE}/python -m bot check"))
        for words in ("2 nodes have joined", "3 GPUs can draw", "3 of 3 replicas can draw"):
            if words not in told:
                self.note(f"check does not say “{words}”, but: {told}", is_right=False)
        position = len(self.town.bot.log)
        await self.started()
        await self.all_drawn()
        await self.drawn(FEW)
        drew = Counter(re.findall(r"request \d+ was drawn by (\S+)", self.town.bot.log[position:]))
        is_each = len(drew) == sum(GPUS)
        whose = ", ".join(f"{count} by {name}" for name, count in sorted(drew.items()))
        self.note(f"{waiting} jobs waited; drawn then: {whose}", is_right=is_each)

    async def back(self) -> None:
        """And to one. Raises: TimeoutError."""
        waiting = await self.stopped_while_drawing()
        lines = self.env_file.read_text().splitlines(keepends=True)
        self.env_file.write_text("".join(line for line in lines if not line.startswith("ENGINE=")))
        begin = monotonic()
        await asyncio.gather(self.head.end(END_SECONDS), self.node.end(END_SECONDS))
        self.note(f"Ray ended within {monotonic() - begin:.0f} s")
        if left := self.left():
            self.note(f"there is left of Ray: {left}", is_right=False)
        told = await self.started()
        self.note(f"{waiting} jobs waited for the one GPU", is_right="replica" not in told)
        await self.all_drawn()
        await self.drawn(FEW)

    def left(self) -> list[str]:
        """Processes of Ray that the scripts left behind."""
        lines = []
        for process in psutil.process_iter(["cmdline"]):
            line = " ".join(process.info["cmdline"] or ())
            if str(self.folder) in line and process.pid != os.getpid():
                lines.append(line[:100])
        return lines

    async def books(self) -> None:
        """Whether each call has its picture, each pressed button one more, and every account adds up."""
        town = self.town
        found = town.results()
        promised = [n for n, call in enumerate(town.calls) if is_promised(call) or found[n]]
        expected = Counter(promised) + self.pressed
        refused = len(town.calls) - len(promised)
        lost, doubled = (expected - found).total(), (found - expected).total()
        undelivered = sum(status != "delivered" for status in await town.bot.statuses())
        async with town.bot.opened_database() as database, database.reading() as session:
            unbalanced = len(await ledger.list_mismatches(session))
        self.note(
            f"{len(promised)} grids promised, {refused} refused, {self.pressed.total()} buttons pressed, "
            f"{lost} lost, {doubled} doubled, {undelivered} not delivered, "
            f"{unbalanced} accounts that do not add up",
            is_right=not (refused or lost or doubled or undelivered or unbalanced),
        )


async def walked() -> Walk:
    """All of the way; what went wrong is in it."""
    async with opened_walk() as walk:
        try:
            await walk.drawn(FEW)
            await walk.there()
            await walk.press(0, "U1")
            await walk.press(1, "V1")
            made_there = len(walk.town.calls) - 1
            await walk.back()
            for number in (0, made_there):
                await walk.press(number, "U2")
                await walk.press(number, "V2")
            await walk.all_drawn()
            await walk.books()
        except TimeoutError as error:
            walk.note(
                f"not within {SECONDS:g} s: {error}; the bot's last words: {walk.town.bot.log[-1000:]}",
                is_right=False,
            )
    return walk


@asynccontextmanager
async def opened_walk() -> AsyncIterator[Walk]:
    """One machine that draws with its GPU, and another that does nothing yet."""
    async with AsyncExitStack() as stack:
        folder = Path(mkdtemp(prefix="dr-", dir="/tmp"))  # short: sockets lie in it
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        for name in ("home", "other", "ray", "tools"):
            (folder / name).mkdir(mode=0o700)
        for name, does in STAND_INS.items():
            (folder / "tools" / name).touch(0o755)
            (folder / "tools" / name).write_text(f"#!/bin/sh\nset -e\nOTHER={folder / 'other'}\n{does}\n")
        await stack.enter_async_context(networks(len(GPUS) - 1))
        guide = Guide(f"{NETWORK}.1", free_port())
        machines = [machine_of(guide, folder, place) for place in range(len(GPUS))]
        for machine in machines:
            stack.push_async_callback(machine.stop)
        server = SERVER
        with suppress(postgresql.NoCluster):
            server = (await stack.enter_async_context(postgresql.opened_cluster())).url
        nursery = await stack.enter_async_context(opened_nursery("tests.chaos_cluster.afresh"))
        ground = Ground("postgresql", save_tiny_checkpoint(folder / "tiny"), nursery, server)
        home = str(folder / "home")
        town = await stack.enter_async_context(ground.town(DEVICE="auto", HOME=home, BACKUP_KEEP="0"))
        (town.bot.folder / ".env").touch(0o600)
        head, node = machines
        yield Walk(town=town, guide=guide, folder=folder, head=head, node=node)


def machine_of(guide: Guide, folder: Path, place: int) -> Machine:
    """The bot's machine (0), or the other: with another address, home, and memory."""
    line = guide.line(f"RAY={BIN_HERE}/ray deploy/ray.sh {'node' if place else 'head'}")
    more = f"--num-gpus={GPUS[place]} --object-store-memory={STORE_BYTES}"
    command = [f"cd {ROOT} && exec env {line} {more}"]
    wrapped: list[str] = []
    if place:
        wrapped = ["ip", "netns", "exec", namespace(place + 1), "unshare", "--mount"]
        command.insert(0, f"mount -t tmpfs ray {folder / 'ray'} && mount -t tmpfs shm /dev/shm")
    else:
        command[0] += f" --temp-dir={folder / 'ray'}"
    environment = {
        **os.environ,
        "HOME": str(folder / ("other" if place else "home")),
        "RAY_PORT": str(guide.port),
        "OMP_NUM_THREADS": "1",
    }
    name = "node" if place else "head"
    return Machine(name, [*wrapped, "sh", "-c", " && ".join(command)], environment, folder / f"{name}.log")
