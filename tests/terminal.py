"""A program at a terminal, as a person sits at one: what it shows is read, and keys are pressed."""

import asyncio
import fcntl
import os
import pty
import termios
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

PATIENCE_SECONDS = 90.0
"""A program that imports torch on a busy machine takes its time."""
CTRL_C = "\x03"


class Terminal:
    """What the program wrote, and its keyboard."""

    def __init__(self, keyboard: int, process: asyncio.subprocess.Process) -> None:
        self._keyboard = keyboard
        self._process = process
        self._news = asyncio.Event()
        self._read = 0
        self.shown = ""

    async def shows(self, text: str) -> None:
        """Wait until it wrote this, after what was waited for before."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (at := self.shown.find(text, self._read)) < 0:
                assert self._process.returncode is None, self.shown
                self._news.clear()
                await self._news.wait()
        self._read = at + len(text)

    def type(self, line: str) -> None:
        """Type a line, and Enter."""
        self.press(f"{line}\n")

    def press(self, keys: str) -> None:
        """Press keys."""
        os.write(self._keyboard, keys.encode())

    async def interrupted(self) -> int:
        """Press Ctrl-C until it ends; returns its exit code.

        Once is not enough: what reads a line in Python misses a key in the instant before it listens.
        """
        ending = asyncio.ensure_future(self.ended())
        while not ending.done():
            self.press(CTRL_C)
            await asyncio.wait([ending], timeout=1.0)
        return await ending

    async def ended(self) -> int:
        """Wait for its end; returns its exit code."""
        return await asyncio.wait_for(self._process.wait(), PATIENCE_SECONDS)

    def take(self) -> None:
        """Take in what it wrote."""
        try:
            self.shown += os.read(self._keyboard, 65536).decode(errors="replace").replace("\r\n", "\n")
        except OSError:  # it has closed its end
            asyncio.get_running_loop().remove_reader(self._keyboard)
        self._news.set()


@asynccontextmanager
async def at_terminal(
    command: Sequence[str], *, environment: Mapping[str, str], folder: Path
) -> AsyncIterator[Terminal]:
    """Start a program at a terminal of its own; it is killed at the end, if it still runs."""
    keyboard, screen = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=screen,
        stdout=screen,
        stderr=screen,
        cwd=folder,
        env=dict(environment),
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(screen)
    terminal = Terminal(keyboard, process)
    asyncio.get_running_loop().add_reader(keyboard, terminal.take)
    try:
        yield terminal
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        asyncio.get_running_loop().remove_reader(keyboard)
        os.close(keyboard)
