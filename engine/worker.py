"""The thread that owns the device, and the two queues between it and asyncio."""

import asyncio
import logging
import sys
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Self, TypeAlias, TypeVar

from engine.api import (
    Classify,
    Describe,
    Ending,
    Enlarge,
    Event,
    Explain,
    Finished,
    Generate,
    ModelInfo,
    Request,
    Shorten,
)
from engine.checks import check, check_enlarging, check_explaining, check_looking
from engine.config import EngineConfig
from engine.device import as_engine_error
from engine.errors import DeviceLost, EngineError, EngineStopped, ModelNotFound
from engine.library import Library
from engine.loop import DenoisingLoop, Notice
from engine.mailbox import Mailbox, again
from engine.ticket import Ticket

log = logging.getLogger(__name__)

_Said = TypeVar("_Said")

_SWITCH_SECONDS = 0.001
"""How long a Python thread may keep the others waiting; the default of 5 ms shows in the event loop's lag."""


class InProcessEngine:
    """An `engine.api.Engine` in this process. `async with` starts its thread, loads the models, and stops it.

    Raises on entering: EngineError, with what to do about it.
    """

    def __init__(self, config: EngineConfig) -> None:
        self._config = config
        self._models: tuple[ModelInfo, ...] = ()
        self._commands: SimpleQueue[_Command] = SimpleQueue()
        self._mailboxes: set[Mailbox] = set()
        self._closed_by: EngineError | None = EngineStopped("The engine has not been started.")
        self._lost = asyncio.Event()

    async def __aenter__(self) -> Self:
        sys.setswitchinterval(min(sys.getswitchinterval(), _SWITCH_SECONDS))
        # Nothing of an earlier life may reach the new thread, nor a loss from now on be forgotten.
        self._commands, self._mailboxes, self._closed_by = SimpleQueue(), set(), None
        self._lost.clear()
        event_loop = asyncio.get_running_loop()
        self._thread = _EngineThread(self._config, self._commands, event_loop, self._close)
        self._thread.start()
        try:
            self._models = await asyncio.wrap_future(self._thread.ready)
        except BaseException as error:
            reason = EngineStopped("The engine was stopped while it started.")
            self._close(error if isinstance(error, EngineError) else reason)
            self._commands.put(None)  # where it is still loading, it ends after that
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._close(EngineStopped("The engine is shutting down; ask again later."))
        self._commands.put(None)
        await asyncio.to_thread(self._thread.join)

    def models(self) -> tuple[ModelInfo, ...]:
        """The models that can be asked for, the default first, and which of them are on the device."""
        resident = self._thread.resident if self._models else frozenset()
        return tuple(replace(model, is_resident=model.name in resident) for model in self._models)

    def is_away(self) -> bool:
        """Whether the device is lost: the process ends with it."""
        return self._closed_by is not None

    async def ended(self) -> Ending:
        """Return when the device is lost: only a new process can use it again."""
        await self._lost.wait()
        return Ending(reason=str(self._closed_by), exit_code=DeviceLost.exit_code)

    async def run(self, request: Request) -> AsyncGenerator[Event, None]:
        """Run a request, yielding events up to `Finished`. Closing the generator cancels the device work.

        Raises: EngineError.
        """
        if self._closed_by is not None:
            raise again(self._closed_by)
        self._check(request)
        mailbox, mailboxes, commands = Mailbox(request), self._mailboxes, self._commands
        mailboxes.add(mailbox)
        commands.put(_Submit(mailbox=mailbox))
        try:
            while not isinstance(event := await mailbox.get(), Finished):
                yield event
            yield event
        finally:
            mailboxes.discard(mailbox)
            commands.put(_Cancel(mailbox=mailbox))

    def _check(self, request: Request) -> None:
        match request:
            case Generate():
                check(request, self._model(request.model))
            case Enlarge():
                check_enlarging(request)
            case Explain():
                check_explaining(request, self._model(request.drawing.model))
            case Describe() | Shorten() | Classify():
                check_looking(request, self._model(request.model))

    def _model(self, name: str) -> ModelInfo:
        for model in self._models:
            if model.name == name:
                return model
        known = ", ".join(model.name for model in self._models)
        raise ModelNotFound(f"There is no model named {name} here. There is: {known}.")

    def _close(self, reason: EngineError) -> None:
        """End every open request with the reason, and refuse new ones with it. The first reason stays."""
        self._closed_by = self._closed_by or reason
        for mailbox in self._mailboxes:
            mailbox.put(reason)
        if isinstance(reason, DeviceLost):
            self._lost.set()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Submit:
    mailbox: Mailbox


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cancel:
    mailbox: Mailbox


_Command: TypeAlias = _Submit | _Cancel | None
"""None stops the thread."""


class _EngineThread(Thread):
    """Owns the device. Everything it says, it says by `call_soon_threadsafe`, once a tick."""

    def __init__(
        self,
        config: EngineConfig,
        commands: SimpleQueue[_Command],
        event_loop: asyncio.AbstractEventLoop,
        close: Callable[[EngineError], None],
    ) -> None:
        super().__init__(name="engine", daemon=True)
        self.ready: Future[tuple[ModelInfo, ...]] = Future()
        """The models, once they are loaded."""
        self.resident: frozenset[str] = frozenset()
        """The names of those that are on the device."""
        self._config = config
        self._commands = commands
        self._event_loop = event_loop
        self._close = close
        self._mailboxes: dict[Ticket, Mailbox] = {}

    def run(self) -> None:
        """Load the models, then tick until told to stop or the device is lost."""
        try:
            library = Library(self._config)
            loop = DenoisingLoop(library, preview_seconds=self._config.preview_seconds)
        except Exception as error:  # noqa: BLE001 - the caller is told, whatever it is
            self.ready.set_exception(as_engine_error(error))
            return
        self.resident = library.resident
        self.ready.set_result(library.models())
        try:
            while self._obey(loop):
                self._deliver(loop.step())
                self.resident = library.resident
        except DeviceLost as error:
            log.critical("The device is lost.", exc_info=error)
            self._say(self._close, error)
        except Exception:
            log.critical("The engine's loop broke; only a restart helps.", exc_info=True)
            self._say(self._close, DeviceLost("The engine broke and must be started again."))

    def _obey(self, loop: DenoisingLoop) -> bool:
        """Carry out all commands, waiting for one while there is nothing else to do. False means: stop."""
        while loop.is_idle or not self._commands.empty():
            match self._commands.get():
                case _Submit(mailbox=mailbox):
                    self._submit(loop, mailbox)
                case _Cancel(mailbox=mailbox):
                    self._forget(loop, mailbox)
                case None:
                    return False
        return True

    def _submit(self, loop: DenoisingLoop, mailbox: Mailbox) -> None:
        """Whatever is wrong with a request ends that request and no other."""
        try:
            self._mailboxes[loop.submit(mailbox.request)] = mailbox
        except Exception as error:  # noqa: BLE001 - the caller is told, whatever it is
            self._say(mailbox.put, as_engine_error(error))

    def _forget(self, loop: DenoisingLoop, mailbox: Mailbox) -> None:
        ticket = next((ticket for ticket, holder in self._mailboxes.items() if holder is mailbox), None)
        if ticket is not None:
            del self._mailboxes[ticket]
            loop.cancel(ticket)

    def _deliver(self, notices: Sequence[Notice]) -> None:
        letters = [(self._mailboxes[ticket], event) for ticket, event in notices]
        if letters:
            self._say(_put_all, letters)

    def _say(self, tell: Callable[[_Said], object], what: _Said) -> None:
        with suppress(RuntimeError):  # the event loop has closed, and nobody listens any more
            self._event_loop.call_soon_threadsafe(tell, what)


def _put_all(letters: Iterable[tuple[Mailbox, Event | EngineError]]) -> None:
    for mailbox, mail in letters:
        mailbox.put(mail)
