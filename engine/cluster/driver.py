"""Between the bot and the replicas: takes requests in, routes them, follows them, and begins lost ones anew.

It keeps nothing that a new driver would need: the bot sends again what is open.
"""

import asyncio
import json
import logging
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any, Protocol

from engine.api import ModelInfo, Queued
from engine.cluster.exchange import Order, Said, State
from engine.cluster.link import UNANSWERED_SECONDS, Link, Member
from engine.cluster.peers import check_peer
from engine.cluster.router import Replica, Router
from engine.cluster.status import ReplicaStatus, Status
from engine.cluster.wire import Garbled, Head, Parcel, config_of, pack, receive, send, unpack
from engine.cluster.work import Job
from engine.config import EngineConfig
from engine.errors import GenerationFailed

log = logging.getLogger(__name__)

SURVEY_SECONDS = 2.0
"""How often it is looked which replicas there should be."""
BEAT_SECONDS = 1.0
"""How often the bot is told that this is alive, and who waits where."""
AWAY_SECONDS = 30.0
"""What is told to who waits for a replica: about as long as one takes to come back."""
LONE_DEATHS = 2
"""After so many replicas were lost that drew it alone, a request has failed."""


class Fleet(Protocol):
    """All replicas."""

    async def survey(self) -> Mapping[str, Member]:
        """Those that there should be now, by name. Raises: Unreachable, where nobody can know any more."""
        ...


@dataclass(slots=True)
class _Open:
    """A request that is not over."""

    parcel: Parcel
    attempt: int = 0
    """Grows each time that it is given to a replica: what is said of an earlier one does not count."""
    replica: str | None = None
    lone_deaths: int = 0
    told: Queued | None = None


class Driver:
    """Serves one bot, over one socket, until that closes."""

    def __init__(
        self,
        fleet: Fleet,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        unanswered_seconds: float = UNANSWERED_SECONDS,
        survey_seconds: float = SURVEY_SECONDS,
    ) -> None:
        self._fleet = fleet
        self._reader = reader
        self._writer = writer
        self._unanswered_seconds = unanswered_seconds
        self._survey_seconds = survey_seconds
        self._router = Router()
        self._open: dict[int, _Open] = {}
        self._links: dict[str, Link] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._states: dict[str, State] = {}
        """Of the replicas that answer."""
        self._told_models: tuple[ModelInfo, ...] | None = None

    async def serve(self) -> None:
        """Until the bot closes its end. Raises: Unreachable, where the cluster is lost."""
        work = [
            asyncio.create_task(self._listen(), name="listen"),
            asyncio.create_task(self._survey_on(), name="survey"),
            asyncio.create_task(self._beat_on(), name="beat"),
        ]
        try:
            await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await self._release()
            everything = [*work, *self._tasks.values()]
            ended = [task for task in work if task.done()]
            for task in everything:
                task.cancel()
            await asyncio.gather(*everything, return_exceptions=True)
        for task in ended:
            task.result()

    async def _release(self) -> None:
        """Let the replicas go at once, and not only when they miss us."""
        for number in list(self._open):
            self._stop(number)
        await asyncio.gather(*(link.dismiss() for link in self._links.values()))

    async def _listen(self) -> None:
        """Take in what the bot wants."""
        while (message := await receive(self._reader)) is not None:
            head, parcel = message
            if head["kind"] == "run":
                await self._take(int(head["number"]), parcel)
            elif head["kind"] == "cancel":
                self._stop(int(head["number"]))
                self._assign()

    async def _take(self, number: int, parcel: Parcel) -> None:
        try:
            request = unpack(parcel)
        except Garbled as error:
            await self._end(number, pack(GenerationFailed(f"The request cannot be read: {error}.")))
            return
        self._open[number] = _Open(parcel)
        job = Job(number=number, request=request, queued_at=monotonic())
        self._router.add(job)
        self._assign()
        if self._open[number].replica is None:
            await self._tell_place(job, self._router.first_place(job))

    def _stop(self, number: int) -> None:
        """Forget a request, wherever it is."""
        one = self._open.pop(number, None)
        if one is not None:
            self._router.remove(number)
            if one.replica is not None:
                self._links[one.replica].order(Order(key=(number, one.attempt), parcel=None))

    def _assign(self) -> None:
        for assignment in self._router.assign(monotonic()):
            number = assignment.job.number
            one = self._open[number]
            one.attempt, one.replica, one.told = one.attempt + 1, assignment.replica, None
            self._links[assignment.replica].order(Order(key=(number, one.attempt), parcel=one.parcel))

    async def on_state(self, name: str, state: State) -> None:
        """A replica answers: count on it, if it has loaded its models."""
        self._states[name] = state
        if state.models:
            self._router.set_replica(Replica(name=name, models={one.name: one for one in state.models}))
            for model in self._router.others_called(name):
                log.warning("replica %s has other weights that are named %s: not used", name, model)
            self._assign()
        await self._tell_status()

    async def on_said(self, name: str, said: Said) -> None:
        """Pass on what became of a request, unless it has been given to another replica since."""
        number, attempt = said.key
        one = self._open.get(number)
        if one is None or (one.replica, one.attempt) != (name, attempt):
            return
        head = json.loads(said.parcel.head)
        if head["$"] == "Progress":
            self._router.progress(number, head["step"] / max(1, head["total"]))
        if not _is_last(head):
            await self._tell(number, said.parcel)
            return
        log.info("request %d was drawn by %s", number, name)
        del self._open[number]
        self._router.remove(number, device_seconds=head.get("gpu_seconds"))
        await self._end(number, said.parcel)
        self._assign()

    async def on_lost(self, name: str) -> None:
        """What a lost replica had goes to others; what replicas die of, again and again, has failed."""
        self._states.pop(name, None)
        alone = {number for number in self._open if self._router.was_alone(number)}
        failed = []
        for number in self._router.remove_replica(name):
            one = self._open[number]
            one.replica = None
            one.lone_deaths += number in alone
            if one.lone_deaths >= LONE_DEATHS:
                self._router.remove(number)
                del self._open[number]
                failed.append(number)
        self._assign()
        sentence = "Each time that this was drawn alone, the device that drew it was lost."
        for number in failed:
            await self._end(number, pack(GenerationFailed(sentence)))
        await self._tell_status()
        await self._tell_places()

    async def _survey_on(self) -> None:
        while True:
            members = await self._fleet.survey()
            for name in self._links.keys() - members.keys():
                self._tasks.pop(name).cancel()
                del self._links[name]
                await self.on_lost(name)
            for name in members.keys() - self._links.keys():
                link = Link(name, members[name], self, unanswered_seconds=self._unanswered_seconds)
                self._links[name] = link
                self._tasks[name] = asyncio.create_task(link.follow(), name=f"replica {name}")
            await asyncio.sleep(self._survey_seconds)

    async def _beat_on(self) -> None:
        while True:
            await self._tell_status()
            await self._tell_places()
            await asyncio.sleep(BEAT_SECONDS)

    async def _tell_status(self) -> None:
        models = self._router.models()
        news = None if models == self._told_models else models
        self._told_models = models
        status = Status(
            replicas=tuple(map(self._status_of, self._links)),
            num_waiting=self._router.num_waiting,
            models=news,
        )
        await self._send({"kind": "status"}, pack(status))

    def _status_of(self, name: str) -> ReplicaStatus:
        state, load = self._states.get(name, State()), self._router.load_of(name)
        return ReplicaStatus(
            name=name,
            host=state.host,
            models=load.models,
            num_jobs=load.num_jobs,
            seconds=load.seconds,
            num_dropped=state.num_dropped,
            refusal=state.refusal,
        )

    async def _tell_places(self) -> None:
        """Tell who is on no replica their place and time, where it has changed."""
        for job, queued in self._router.places():
            if job.number in self._open:  # nobody has given it up since the others were told
                await self._tell_place(job, queued)

    async def _tell_place(self, job: Job, place: Queued) -> None:
        if not self._router.can_draw(job.request):
            place = replace(place, eta_seconds=AWAY_SECONDS, is_engine_away=True)
        one = self._open[job.number]
        known = None if one.told is None else (one.told.position, one.told.is_engine_away)
        if known != (place.position, place.is_engine_away):
            one.told = place
            await self._tell(job.number, pack(place))

    async def _tell(self, number: int, parcel: Parcel) -> None:
        await self._send({"kind": "event", "number": number}, parcel)

    async def _end(self, number: int, parcel: Parcel) -> None:
        await self._send({"kind": "event", "number": number, "is_last": True}, parcel)

    async def _send(self, head: Head, parcel: Parcel | None = None) -> None:
        await send(self._writer, head, parcel)


def _is_last(head: dict[str, Any]) -> bool:
    """Whether nothing comes after an event: it is the end, or an error."""
    return head["$"] == "Finished" or "says" in head


async def drive(descriptor: int, fleet_of: Callable[[EngineConfig], Fleet]) -> None:
    """Serve the bot at the other end of an inherited socket; it says first how its engines are configured.

    Raises: Unreachable, ConnectionError.
    """
    ours = socket.socket(fileno=descriptor)
    check_peer(ours)
    reader, writer = await asyncio.open_connection(sock=ours)
    hello = await receive(reader)
    if hello is not None:
        config = config_of(hello[0]["config"])
        await Driver(fleet_of(config), reader, writer).serve()
