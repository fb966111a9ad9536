"""Tells systemd how this process is: ready, alive, stopping. Where no supervisor listens, it says nothing."""

import asyncio
import logging
import os
import socket
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

log = logging.getLogger(__name__)

SIGNS_A_SPAN = 3
"""How often a watchdog is told in the time after which it loses patience."""


class Supervisor:
    """Who started this process and asked to be told of it, by sd_notify's protocol."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._watchdog_seconds = _watchdog_seconds(environment)

    def tell(self, *states: str) -> None:
        """Send lines such as `READY=1` in one message; a supervisor that has gone is no reason to stop."""
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
                line.settimeout(0)
                line.sendto("\n".join(states).encode(), self._address)
        except OSError as error:
            log.warning("the supervisor cannot be told %s (%s)", states[0], error.strerror or error)

    @asynccontextmanager
    async def told(self, ready: asyncio.Event) -> AsyncGenerator[None]:
        """Meanwhile, say when it is ready, then that the event loop turns; at the end, that it stops."""
        task = asyncio.create_task(self._tell_on(ready), name="supervisor")
        try:
            yield
        finally:
            task.cancel()
            self.tell("STOPPING=1", "STATUS=Putting back what is being drawn")

    async def _tell_on(self, ready: asyncio.Event) -> None:
        await ready.wait()
        self.tell("READY=1", "STATUS=Drawing")
        while self._watchdog_seconds:
            await asyncio.sleep(self._watchdog_seconds / SIGNS_A_SPAN)
            self.tell("WATCHDOG=1")


def _watchdog_seconds(environment: Mapping[str, str]) -> float:
    """After how long the supervisor takes silence for death; 0 where it does not watch this very process."""
    if environment.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return 0.0
    microseconds = environment.get("WATCHDOG_USEC", "")
    return int(microseconds) / 1e6 if microseconds.isdecimal() else 0.0
