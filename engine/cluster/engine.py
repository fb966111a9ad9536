"""An `engine.api.Engine` whose devices are elsewhere: it keeps a driver running, and what is open in it."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from itertools import count
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Protocol, Self

from engine.api import Ending, Event, Finished, ModelInfo, Queued, Request, Started
from engine.cluster.status import Status
from engine.cluster.wire import Garbled, Head, Parcel, config_head, pack, receive, send, unpack
from engine.cluster.work import model_of
from engine.config import EngineConfig
from engine.errors import EngineError, EngineStopped, ModelNotFound
from engine.mailbox import Mailbox, again

log = logging.getLogger(__name__)

START_SECONDS = 600.0
"""For the first replica to load its models, which a hub may have to send first."""
AWAY_START_SECONDS = 60.0
"""The same where it is known which models there are: jobs can wait for them."""
SILENCE_SECONDS = 15.0
"""A driver that says nothing for so long is started anew, once it has begun to speak."""
RETRY_SECONDS = (0.0, 1.0, 2.0, 4.0, 8.0)
"""Before a driver is started again that did not live long."""
LONG_LIFE_SECONDS = 30.0
BACK_SECONDS = 15.0
"""What is told to who waits for a driver."""


class Drivers(Protocol):
    """How a driver is started."""

    @property
    def last_words(self) -> str:
        """What the latest has said of itself."""
        ...

    def started(
        self,
    ) -> AbstractAsyncContextManager[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """A driver, and the socket to it; it ends with it. Raises: OSError."""
        ...


class ClusterEngine:
    """Draws on other devices. `async with` starts its driver and waits for the first replica.

    Whatever dies there costs time and no request: what is open is sent again to the next driver, which gives
    it to the next replica. Raises on entering: EngineError, with what to do about it.
    """

    def __init__(
        self,
        config: EngineConfig,
        drivers: Drivers,
        *,
        start_seconds: float = START_SECONDS,
        remembered: Path | None = None,
    ) -> None:
        """`remembered` is a file that keeps which models there were: for a start while all are away."""
        self._config = config
        self._drivers = drivers
        self._remembered = remembered
        self._start_seconds = start_seconds
        self._models: tuple[ModelInfo, ...] = ()
        self._numbers = count(1)
        self._open: dict[int, tuple[Parcel, Mailbox]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._ready = asyncio.Event()
        self._refusal: EngineError | None = None
        self._closed_by: EngineError | None = EngineStopped("The engine has not been started.")
        self._keeper: asyncio.Task[None] | None = None
        self.status = Status()
        """As the driver last told it; nothing while there is none."""
        self._told = asyncio.Event()
        """Set at the next status, and another one from then on."""
        self.is_head_here = False
        """Whether a driver speaks, which it does once it has joined, and as long as the head answers."""
        self.num_drivers = 0
        """So many were started."""
        self.num_dropped = 0
        """Requests that replicas dropped, since the driver that had sent them was dead."""
        self._dropped: dict[str, int] = {}
        """By replica, in its present life."""

    async def __aenter__(self) -> Self:
        self._closed_by, self._refusal = None, None
        self._ready.clear()
        self._keeper = asyncio.create_task(self._keep_driver(), name="driver")
        known = self._recall()
        try:
            async with asyncio.timeout(AWAY_START_SECONDS if known else self._start_seconds):
                await self._ready.wait()
        except TimeoutError:
            if known:
                log.warning("no replica can draw yet: jobs wait; %s", self._drivers.last_words)
                self._models = known
                return self
            reason = EngineStopped(
                f"No replica could draw within {self._start_seconds:.0f} seconds; the driver's last word: "
                f"{self._drivers.last_words}."
            )
            await self._stop(reason)
            raise reason from None
        except BaseException:
            await self._stop(EngineStopped("The engine was stopped while it started."))
            raise
        if self._refusal is not None:
            await self._stop(self._refusal)
            raise again(self._refusal)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._stop(EngineStopped("The engine is shutting down; ask again later."))

    def models(self) -> tuple[ModelInfo, ...]:
        """What all replicas can be asked for, the default first; while there is none, what they last were."""
        return self._models

    def is_away(self) -> bool:
        """Whether no device can draw just now: requests wait for one."""
        return not self.status.num_drawing

    @property
    def is_driver_here(self) -> bool:
        """Whether the driver runs."""
        return self._writer is not None

    async def settled(self, seconds: float) -> Status:
        """How the cluster is once every replica draws or says why it cannot; after so long, as it is then."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self.status.is_settled:
                    await self._told.wait()
        return self.status

    async def ended(self) -> Ending:
        """Return when this was closed: whatever else is lost comes back."""
        if self._keeper is not None:
            await asyncio.wait([self._keeper])
        return Ending(reason=str(self._closed_by), exit_code=None)

    async def run(self, request: Request) -> AsyncGenerator[Event, None]:
        """Run a request, yielding events up to `Finished`. Closing the generator cancels the device work.

        Raises: EngineError.
        """
        if self._closed_by is not None:
            raise again(self._closed_by)
        self._check(request)
        number, parcel, mailbox = next(self._numbers), pack(request), Mailbox(request)
        self._open[number] = (parcel, mailbox)
        try:
            await self._send({"kind": "run", "number": number}, parcel)
            is_started = False  # who draws it anew, since another was lost, starts it again
            while not isinstance(event := await mailbox.get(), Finished):
                if not (is_started and isinstance(event, Started)):
                    yield event
                is_started = is_started or isinstance(event, Started)
            yield event
        finally:
            if self._open.pop(number, None) is not None:
                await self._send({"kind": "cancel", "number": number})

    def _check(self, request: Request) -> None:
        """What is wrong with the rest of a request, the replica says."""
        name = model_of(request)
        if name is not None and name not in {model.name for model in self._models}:
            known = ", ".join(model.name for model in self._models)
            raise ModelNotFound(f"There is no model named {name} here. There is: {known}.")

    async def _send(self, head: Head, parcel: Parcel | None = None) -> None:
        """To the driver, if there is one; else the next is told what is open."""
        if self._writer is not None:
            with contextlib.suppress(ConnectionError):
                await send(self._writer, head, parcel)

    async def _stop(self, reason: EngineError) -> None:
        self._closed_by = self._closed_by or reason
        for _, mailbox in self._open.values():
            mailbox.put(reason)
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait([self._keeper])

    async def _keep_driver(self) -> None:
        """Have a driver, and another when it has died, for as long as this lives."""
        deaths = 0
        while True:
            born_at = monotonic()
            try:
                await self._drive()
            except (OSError, Garbled) as error:
                log.warning("the driver cannot be followed: %s", error)
            deaths = 0 if monotonic() - born_at > LONG_LIFE_SECONDS else deaths + 1
            log.warning("the driver has ended: %s; another is started", self._drivers.last_words)
            self._tell_away()
            await asyncio.sleep(RETRY_SECONDS[min(deaths, len(RETRY_SECONDS) - 1)])

    def _tell_away(self) -> None:
        for position, (_, mailbox) in enumerate(self._open.values(), 1):
            mailbox.put(Queued(position=position, eta_seconds=BACK_SECONDS, is_engine_away=True))

    async def _drive(self) -> None:
        """One driver, from its start to its end."""
        async with self._drivers.started() as (reader, writer):
            await send(writer, {"kind": "hello", "config": config_head(self._config)})
            self._writer = writer
            self.num_drivers += 1
            try:
                for number, (parcel, _) in list(self._open.items()):
                    if number in self._open:  # nobody has given it up meanwhile
                        await self._send({"kind": "run", "number": number}, parcel)
                await self._follow(reader)
            finally:
                self._writer, self.is_head_here, self.status = None, False, Status()

    async def _follow(self, reader: asyncio.StreamReader) -> None:
        patience: float | None = None  # it has a cluster to join first
        while True:
            try:
                async with asyncio.timeout(patience):
                    message = await receive(reader)
            except TimeoutError:
                log.warning("the driver has said nothing for %.0f seconds", SILENCE_SECONDS)
                return
            except ConnectionError:
                return
            if message is None:
                return
            patience, self.is_head_here = SILENCE_SECONDS, True
            self._take(*message)

    def _take(self, head: Head, parcel: Parcel) -> None:
        if head["kind"] == "status":
            self._take_status(unpack(parcel))
            return
        number = head["number"]
        if number in self._open:
            mailbox = self._open[number][1]
            if head.get("is_last"):
                del self._open[number]
            mailbox.put(unpack(parcel))

    def _take_status(self, status: Status) -> None:
        before, self.status = self.status, status
        self._told.set()
        self._told = asyncio.Event()
        if (told := str(status)) != str(before):
            log.info("%s", told)
        for one in status.replicas:
            known = {other.name: str(other.refusal) for other in before.replicas}
            if one.refusal is not None and known.get(one.name) != str(one.refusal):
                log.warning("replica %s cannot draw: %s", one.place, one.refusal)
        self._count_dropped(status)
        if status.models is not None:
            self._learn(status.models)
        if status.refusal is not None:
            self._refusal = status.refusal
            self._ready.set()

    def _count_dropped(self, status: Status) -> None:
        """A replica that was started anew begins from 0 again; one that does not answer tells nothing."""
        for one in status.replicas:
            known = self._dropped.get(one.name, 0)
            if one.models:
                self.num_dropped += one.num_dropped - (known if one.num_dropped >= known else 0)
                self._dropped[one.name] = one.num_dropped
            if one.models and one.num_dropped > known:
                log.warning("replica %s dropped work of a dead driver", one.place)

    def _learn(self, models: tuple[ModelInfo, ...]) -> None:
        """What there is now. A model that has gone with its replica is waited for, so it stays known."""
        if models:
            here = {model.name: model for model in models}
            known = {model.name: here.get(model.name, model) for model in self._models}
            self._models = tuple((known | here).values())
            self._ready.set()
            self._remember()

    def _recall(self) -> tuple[ModelInfo, ...]:
        """The models that there were when this last ran."""
        if self._remembered is None or not self._remembered.exists():
            return ()
        try:
            models: tuple[ModelInfo, ...] = unpack(Parcel(head=self._remembered.read_bytes()))
        except (OSError, Garbled) as error:
            log.warning("%s cannot be read, and is written anew: %s", self._remembered, error)
            return ()
        return models

    def _remember(self) -> None:
        if self._remembered is None:
            return
        try:
            self._remembered.parent.mkdir(parents=True, exist_ok=True)
            self._remembered.write_bytes(pack(self._models).head)
        except OSError as error:
            log.warning("%s cannot be written: %s", self._remembered, error)
