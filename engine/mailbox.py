"""Where a request's reader finds what it was told. Of each kind of event only the latest is kept."""

import asyncio

from engine.api import Event, Request
from engine.errors import EngineError


class Mailbox:
    """What one request has been told and not yet read. Of each kind of event only the latest is kept."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self._events: dict[type[Event], Event] = {}
        self._error: EngineError | None = None
        self._has_mail = asyncio.Event()

    def put(self, mail: Event | EngineError) -> None:
        """Leave an event, in the place of an older one of its kind, or the error that ends it all."""
        if isinstance(mail, EngineError):
            self._error = mail
        else:
            self._events.pop(type(mail), None)
            self._events[type(mail)] = mail
        self._has_mail.set()

    async def get(self) -> Event:
        """The next event.

        Raises: the EngineError that ended the request.
        """
        await self._has_mail.wait()
        if self._error is not None:
            raise again(self._error)
        event = self._events.pop(next(iter(self._events)))
        if not self._events:
            self._has_mail.clear()
        return event


def again(error: EngineError) -> EngineError:
    """A fresh exception of the same kind: one object raised in many tasks would mix up their tracebacks."""
    return type(error)(*error.args)
