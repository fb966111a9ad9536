"""The driver as a process of its own, at the other end of a socket that it inherits."""

import asyncio
import logging
import os
import signal
import socket
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

from engine.cluster.peers import check_peer

log = logging.getLogger(__name__)

END_SECONDS = 5.0
"""For a driver that is no longer needed."""


class DriverProcess:
    """Starts drivers by a command, which is given the number of its socket as its last argument.

    What they write goes into our own log, where secrets are blotted out.
    """

    def __init__(self, command: Sequence[str], *, environment: Mapping[str, str] | None = None) -> None:
        """`environment` is all of the driver's; None is this process's own."""
        self._command = command
        self._environment = environment
        self.pid: int | None = None
        """Of the one that runs now."""
        self.last_words = "it has said nothing"
        """The latest line that one has written."""

    @asynccontextmanager
    async def started(self) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """A driver, and the socket to it; it ends with it. Raises: OSError."""
        here, there = socket.socketpair()
        with there:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                str(there.fileno()),
                pass_fds=[there.fileno()],
                env=self._environment,
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=STDOUT,
                start_new_session=True,  # what ends the bot at a terminal is for the bot to pass on
            )
        self.pid = process.pid
        listening = asyncio.create_task(self._listen(process), name="driver's log")
        check_peer(here)
        reader, writer = await asyncio.open_connection(sock=here)
        try:
            yield reader, writer
        finally:
            writer.close()
            self.pid = None
            await _end(process)
            await asyncio.wait([listening], timeout=END_SECONDS)
            listening.cancel()

    async def _listen(self, process: Process) -> None:
        while process.stdout is not None:
            try:
                line = await process.stdout.readline()
            except ValueError:
                continue  # longer than a line of a log can be
            if not line:
                return
            if text := line.decode(errors="replace").rstrip():
                self.last_words = text
                log.info("driver: %s", text)


async def _end(process: Process) -> None:
    """See that a driver is over whose socket was closed, and whatever it had started."""
    try:
        async with asyncio.timeout(END_SECONDS):
            await process.wait()
    except TimeoutError:
        log.warning("the driver does not end, and is killed")
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
