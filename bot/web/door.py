"""The door of the web pages: who holds it open without asking for anything is put out, and others come in.

What is served here shares its process, and so its descriptors, with Discord and the database.
"""

import asyncio
import resource
from collections.abc import Callable
from typing import cast

MOST_CONNECTIONS = 256
SHARE_OF_DESCRIPTORS = 4
"""One in so many of the process's, at most."""
HEAD_SECONDS = 10.0
"""To say what is wanted: from the first moment, or from the first byte of a further request."""
KEEPALIVE_SECONDS = 15
LINGERING_SECONDS = 2.0
"""To send the rest of a body that nobody reads."""
END_OF_HEAD = b"\r\n\r\n"

Factory = Callable[[], asyncio.Protocol]


class Door:
    """Makes the protocols of one server, and counts who is inside."""

    def __init__(self, factory: Factory, *, most: int | None = None, seconds: float = HEAD_SECONDS) -> None:
        self._factory = factory
        self._most = most or _most()
        self.seconds = seconds
        self.inside: dict[Visit, None] = {}
        """In the order they came."""

    def __call__(self) -> asyncio.Protocol:
        """The protocol of a new connection."""
        return Visit(self, self._factory())

    def make_room(self) -> bool:
        """Whether one more may come in; for that, the oldest who has not said anything is put out."""
        if len(self.inside) < self._most:
            return True
        oldest = next((visit for visit in self.inside if visit.is_silent), None)
        if oldest is not None:
            oldest.leave()
        return oldest is not None


class Visit(asyncio.Protocol):
    """One connection: passes everything on to the protocol inside, as long as its asker asks."""

    def __init__(self, door: Door, inner: asyncio.Protocol) -> None:
        self._door = door
        self._inner = inner
        self._transport: asyncio.Transport | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._tail = b""
        self._is_admitted = False

    @property
    def is_silent(self) -> bool:
        """Whether a request is still to be said to its end."""
        return self._deadline is not None

    def leave(self) -> None:
        """Put out, without another word."""
        self._stop_waiting()
        self._door.inside.pop(self, None)
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Come in, if there is room."""
        self._transport = cast("asyncio.Transport", transport)
        if not self._door.make_room():
            self._transport.abort()
            return
        self._is_admitted = True
        self._door.inside[self] = None
        self._wait()
        self._inner.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Pass on, and see whether that was the end of what was asked."""
        if not self._is_admitted:
            return
        seen = self._tail + data
        if END_OF_HEAD in seen:
            self._stop_waiting()
        elif self._deadline is None and not self._tail:
            self._wait()
        self._tail = seen[-len(END_OF_HEAD) + 1 :] if END_OF_HEAD not in seen else b""
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        """Pass on."""
        return self._inner.eof_received() if self._is_admitted else None

    def pause_writing(self) -> None:
        """Pass on."""
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        """Pass on."""
        self._inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave."""
        self._stop_waiting()
        self._door.inside.pop(self, None)
        if self._is_admitted:
            self._inner.connection_lost(exc)

    def _wait(self) -> None:
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(self._door.seconds, self.leave)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def _most() -> int:
    """How many connections there may be: never so many that Discord or the database get none."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(MOST_CONNECTIONS, max(8, soft // SHARE_OF_DESCRIPTORS))
