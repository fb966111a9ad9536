"""One device and its engine, as drivers ask it: requests in, what became of them out."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from time import monotonic
from uuid import uuid4

from engine.api import Event, Preview
from engine.cluster.exchange import Answer, Key, Order, Said, State
from engine.cluster.wire import Garbled, Parcel, pack, unpack
from engine.config import EngineConfig
from engine.errors import DeviceLost, EngineError, EngineStopped, GenerationFailed, InvalidRequest
from engine.worker import InProcessEngine

log = logging.getLogger(__name__)

SILENCE_SECONDS = 3.5
"""A driver that asks nothing for so long is taken for dead, and its work is dropped: within five seconds of
its death, with the answer to its last question and the next look."""
LOOK_SECONDS = 0.25
"""How often that is looked at."""
ANSWER_SECONDS = 1.0
"""A driver that asks is answered within this, if only that there is nothing new."""
AGAIN_SECONDS = 60.0
"""After which a replica that could not begin tries again: a disk may be mounted, a file be copied by then."""
MOST_BYTES = 50_000
"""Of what is told in one answer, beside the pictures of results."""


@dataclass(slots=True)
class _Session:
    """What is owed to one driver."""

    heard_at: float
    token: str = field(default_factory=lambda: uuid4().hex)
    runs: dict[Key, asyncio.Task[None]] = field(default_factory=dict)
    owed: list[Said] = field(default_factory=list)
    """What it has not confirmed yet."""
    num_said: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def tell_on(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()


class Replica:
    """An engine, and the drivers that it draws for. All methods are called on one event loop."""

    def __init__(
        self,
        config: EngineConfig,
        *,
        lost: Callable[[str], object],
        host: str = "",
        silence_seconds: float = SILENCE_SECONDS,
    ) -> None:
        """`lost` is called when the device is: it must end what this runs in, to be started again."""
        self._engine = InProcessEngine(config)
        self._lost = lost
        self._silence_seconds = silence_seconds
        self._sessions: dict[str, _Session] = {}
        self._state = State(host=host)
        self._is_asked_anew = asyncio.Event()
        self._life: asyncio.Task[None] | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def state(self) -> State:
        """How it is, and which models are on the device now."""
        return replace(self._state, models=self._engine.models())

    async def tell(self, driver: str, session: str, orders: Sequence[Order]) -> bool:
        """Take orders of a driver in; False where its session is over, and nothing was taken in."""
        known = self._sessions.get(driver)
        if known is None or known.token != session:
            return False
        known.heard_at = monotonic()
        for order in orders:
            task = known.runs.get(order.key)
            if order.parcel is None and task is not None:
                task.cancel()
            elif order.parcel is not None and task is None:
                run = self._run(known, order.key, order.parcel)
                known.runs[order.key] = asyncio.create_task(run, name=f"run {order.key}")
        return True

    async def ask(self, driver: str, confirmed: int) -> Answer:
        """What is new for a driver, which has what it was told up to a number; soon, if there is nothing."""
        self._begin()
        if driver not in self._sessions and self._state.refusal is not None:
            self._state = replace(self._state, refusal=None)  # what was wrong may have been mended since
            self._is_asked_anew.set()
        session = self._sessions.setdefault(driver, _Session(monotonic()))
        session.heard_at = monotonic()
        session.owed = [said for said in session.owed if said.number > confirmed]
        session.tell_on()
        with suppress(TimeoutError):
            async with asyncio.timeout(ANSWER_SECONDS):
                while not session.owed:
                    changed = session.changed
                    await changed.wait()
        session.heard_at = monotonic()
        return Answer(session=session.token, state=self.state, said=_first(session.owed))

    async def close(self) -> None:
        """Stop drawing."""
        for task in (self._life, self._watch):
            if task is not None:
                task.cancel()
        await asyncio.gather(*(one for one in (self._life, self._watch) if one), return_exceptions=True)

    def _begin(self) -> None:
        if self._life is None:
            self._life = asyncio.create_task(self._live(), name="engine")
            self._watch = asyncio.create_task(self._look(), name="drivers")

    async def _live(self) -> None:
        """Load the models, and be told when the device is lost. What cannot be loaded is tried again."""
        while True:
            try:
                async with self._engine:
                    self._state = replace(self._state, refusal=None)
                    ending = await self._engine.ended()
                    self._lost(ending.reason)
                    return
            except EngineError as error:
                log.warning("this replica cannot draw: %s", error)
                self._state = replace(self._state, refusal=error)
                self._is_asked_anew.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(AGAIN_SECONDS):
                    await self._is_asked_anew.wait()

    async def _look(self) -> None:
        """Drop the work of drivers that are not heard of any more, for as long as this lives."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            now = monotonic()
            for driver, session in list(self._sessions.items()):
                if now - session.heard_at > self._silence_seconds:
                    self._drop(driver, session)

    def _drop(self, driver: str, session: _Session) -> None:
        del self._sessions[driver]
        for task in session.runs.values():
            task.cancel()
        self._state = replace(self._state, num_dropped=self._state.num_dropped + len(session.runs))
        log.warning("driver %s is not heard of: %d requests are dropped", driver, len(session.runs))

    async def _run(self, session: _Session, key: Key, parcel: Parcel) -> None:
        """Draw, telling of it. Until what was said last is fetched, newer events take each other's place."""
        try:
            async with aclosing(self._engine.run(unpack(parcel))) as events:
                async for event in events:
                    await self._say(session, key, event)
        except Garbled as error:
            await self._say(session, key, InvalidRequest(f"The request cannot be read: {error}."))
        except (DeviceLost, EngineStopped) as error:
            log.warning("request %s is left to another replica: %s", key, error)
        except EngineError as error:
            await self._say(session, key, error)
        except Exception as error:  # the boundary of a request: its driver is told, and others go on
            log.exception("request %s failed", key)
            failed = GenerationFailed(f"The engine failed ({type(error).__name__}).")
            await self._say(session, key, failed)
        finally:
            session.runs.pop(key, None)

    async def _say(self, session: _Session, key: Key, what: Event | EngineError) -> None:
        while any(said.key == key for said in session.owed):
            changed = session.changed
            await changed.wait()
        parcel = pack(what, most_raw_bytes=MOST_BYTES) if isinstance(what, Preview) else pack(what)
        session.num_said += 1
        session.owed.append(Said(number=session.num_said, key=key, parcel=parcel))
        session.tell_on()


def _first(owed: Sequence[Said]) -> tuple[Said, ...]:
    """As much as goes into one answer; the pictures of results go beside it."""
    told: list[Said] = []
    room = MOST_BYTES
    for said in owed:
        small = sum(len(piece) for piece in said.parcel.pieces if len(piece) < MOST_BYTES)
        room -= len(said.parcel.head) + small
        if told and room < 0:
            break
        told.append(said)
    return tuple(told)
