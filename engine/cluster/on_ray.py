"""Replicas on Ray: a named, detached actor for each GPU of the cluster. The one module that imports Ray.

`python -m engine.cluster.on_ray ADDRESS SOCKET` is the driver. ADDRESS is `local`, for a Ray of its own on
this host that ends with it, or HOST:PORT of the head of a cluster that this host has joined as a node.
"""

import asyncio
import hashlib
import itertools
import json
import logging
import os
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from importlib.metadata import version
from ipaddress import ip_address
from pathlib import Path
from threading import Timer
from time import monotonic, sleep
from typing import Any, NoReturn, TypeVar

import ray
from ray.exceptions import RayError

from engine.cluster.driver import drive
from engine.cluster.exchange import Answer, Order, Said
from engine.cluster.link import Member, Unreachable
from engine.cluster.wire import Head, Parcel, config_head, config_of
from engine.config import EngineConfig

log = logging.getLogger(__name__)
T = TypeVar("T")

NAMESPACE = "darkroom"
LOST_EXIT_CODE = 75
SURVEY_SECONDS = 10.0
"""The head is taken for lost after so long without an answer: a new driver then waits for a new head."""
ON_NODE = {"MODEL": "model", "MODELS": "more_models", "DTYPE": "dtype", "MEMORY_GIB": "memory_gib"}
"""What the environment of a node's Ray may set for the replicas there, otherwise than the bot."""
LARGE_BYTES = 20_000
"""A piece of more bytes goes through the object store by itself."""
JOIN_SECONDS = 45.0
"""For Ray to start, or to let this machine in."""
KNOCK_SECONDS = 2.0
ADVICE = "Has it joined the cluster as a node (deploy/ray.sh node), and is the token the same on both?"
MOST_IN_VAIN = 2
"""Surveys in a row that find no head: what is drawn may end meanwhile, but the next head will not know us."""
LOOK = "look"
"""Instead of a socket: say what there is, and end."""
HEALTH = (1000, 2000, 3)
"""With these a node that is cut off is given up within fifteen seconds."""
HEAD_MARK = "node:__internal_head__"
"""A resource that the head's node alone has."""
LOCAL_STORE_BYTES = 512 * 2**20


class Actor:
    """A replica in a process of Ray's. If its device is lost the process ends, and Ray starts another."""

    def __init__(self, head: Head, darkroom: str) -> None:
        from engine.cluster.replica import Replica

        logging.basicConfig(level=logging.INFO)
        if darkroom != version("darkroom"):
            raise RuntimeError(
                f"Darkroom {version('darkroom')} is installed here, and the bot is {darkroom}."
            )
        config = config_on_node(head, os.environ)
        if config.cache_dir is not None:
            with suppress(OSError):  # then it is measured at every start
                config.cache_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._replica = Replica(config, lost=_die, host=ray.util.get_node_ip_address())

    async def tell(self, driver: str, session: str, orders: Sequence[Order]) -> bool:
        """As `Replica`."""
        return await self._replica.tell(driver, session, orders)

    async def ask(self, driver: str, confirmed: int) -> tuple[Answer, list[list[Any]]]:
        """As `Replica`, and what each thing said carries: bytes, or where in the object store they are."""
        answer = await self._replica.ask(driver, confirmed)
        carried = [[_stored(piece) for piece in said.parcel.pieces] for said in answer.said]
        return replace(answer, said=tuple(_without_pieces(said) for said in answer.said)), carried


def _die(reason: str) -> None:
    log.critical("%s", reason)
    logging.shutdown()
    os._exit(LOST_EXIT_CODE)  # Ray starts it again, which it does not after an orderly exit


def _stored(piece: bytes) -> Any:
    return ray.put(piece) if len(piece) > LARGE_BYTES else piece


def _without_pieces(said: Said) -> Said:
    return replace(said, parcel=Parcel(head=said.parcel.head))


def config_on_node(head: Head, environment: Mapping[str, str]) -> EngineConfig:
    """The bot's configuration, where the node has none of its own; what is measured is kept on the node."""
    values = dict(head)
    for name, field in ON_NODE.items():
        if text := environment.get(f"NODE_{name}", "").strip():
            values[field] = _typed(field, text)
    home = Path(environment.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return replace(config_of(values), cache_dir=home / "darkroom")


def _typed(field: str, text: str) -> object:
    match field:
        case "more_models":
            return [pair.strip() for pair in text.split(",") if pair.strip()]
        case "memory_gib":
            return float(text)
        case _:
            return text


class RayMember:
    """A replica that is an actor."""

    def __init__(self, actor: Any) -> None:
        self.actor = actor

    async def tell(self, driver: str, session: str, orders: Sequence[Order]) -> bool:
        """As `Replica`."""
        return bool(await _reached(self.actor.tell.remote(driver, session, list(orders))))

    async def ask(self, driver: str, confirmed: int) -> Answer:
        """As `Replica`, with all that is carried fetched from the object store."""
        answer, carried = await _reached(self.actor.ask.remote(driver, confirmed))
        said = [
            replace(one, parcel=Parcel(head=one.parcel.head, pieces=tuple(await _fetched(pieces))))
            for one, pieces in zip(answer.said, carried, strict=True)
        ]
        told: Answer = replace(answer, said=tuple(said))
        return told


async def _fetched(pieces: Sequence[Any]) -> list[bytes]:
    return [piece if isinstance(piece, bytes) else await _reached(piece) for piece in pieces]


async def _reached(answering: Awaitable[T]) -> T:
    try:
        return await answering
    except RayError as error:
        raise Unreachable(f"{type(error).__name__}: {str(error).splitlines()[0]}") from error


class RayFleet:
    """An actor for each GPU, wherever Ray finds one free; where the cluster has none, for each CPU.

    Actors of another configuration, or of another version of Darkroom, are ended.
    """

    def __init__(self, config: EngineConfig, kind_of_actor: type[Actor] = Actor) -> None:
        self._kind_of_actor = kind_of_actor
        self._head = config_head(config)
        made_of = json.dumps([version("darkroom"), self._head], sort_keys=True)
        self._prefix = hashlib.sha256(made_of.encode()).hexdigest()[:10]
        self._members: dict[str, RayMember] = {}
        self._num_in_vain = 0
        """How often in a row nothing listened where the head should be."""

    async def survey(self) -> Mapping[str, Member]:
        """See that there are as many actors as there should be. Raises: Unreachable."""
        if not await asyncio.to_thread(is_listening, ray.get_runtime_context().gcs_address):
            self._num_in_vain += 1
            if self._num_in_vain >= MOST_IN_VAIN:
                raise Unreachable("the head of the cluster is gone")
            return self._members
        self._num_in_vain = 0
        try:
            async with asyncio.timeout(SURVEY_SECONDS):
                await asyncio.to_thread(self._survey)
        except (RayError, TimeoutError, OSError, RuntimeError) as error:
            raise Unreachable(f"the head of the cluster does not answer ({type(error).__name__})") from error
        return self._members

    def _survey(self) -> None:
        kind, count = devices_of(ray.nodes())
        # One whose node is gone stays: it comes back with the node, or with another.
        named = set(self._list_ours(kind))
        fresh = (name for number in itertools.count() if (name := f"{kind}-{number}") not in named)
        names = named | set(itertools.islice(fresh, max(0, count - len(named))))
        for name in names:
            if name not in self._members:
                self._members[name] = RayMember(self._actor(name, kind))
            elif name not in named:
                self._members[name].actor = self._actor(name, kind)
        self._members = {name: self._members[name] for name in sorted(names)}

    def _list_ours(self, kind: str) -> Iterator[str]:
        """The replicas that there are, by name and number; all others are ended."""
        for full in ray.util.list_named_actors():
            prefix, _, name = full.partition("-")
            if prefix == self._prefix and name.startswith(kind):
                yield name
            else:
                log.info("replica %s is of another configuration, and ended", full)
                with suppress(ValueError):
                    ray.kill(ray.get_actor(full))

    def _actor(self, name: str, kind: str) -> Any:
        resources = {"num_gpus": 1, "num_cpus": 0} if kind == "gpu" else {"num_cpus": 1}
        return (
            ray.remote(self._kind_of_actor)
            .options(
                name=f"{self._prefix}-{name}",
                lifetime="detached",
                get_if_exists=True,
                max_restarts=-1,
                max_task_retries=0,
                scheduling_strategy="SPREAD",
                **resources,
            )
            .remote(self._head, version("darkroom"))
        )


def devices_of(nodes: Sequence[Mapping[str, Any]]) -> tuple[str, int]:
    """What replicas are on, and how many there should be, where these nodes are."""
    alive = [node["Resources"] for node in nodes if node["Alive"]]
    gpus = round(sum(resources.get("GPU", 0.0) for resources in alive))
    cpus = round(sum(resources.get("CPU", 0.0) for resources in alive))
    return ("gpu", gpus) if gpus else ("cpu", cpus)


def await_head(address: str, *, seconds: float = float("inf")) -> None:
    """Wait until something listens where the head should be. Ray itself would try for a minute and give up.

    Raises: Unreachable.
    """
    if address == "local":
        return
    ends_at = monotonic() + seconds
    while not is_listening(address):
        if monotonic() > ends_at:
            raise Unreachable(
                f"Nothing answers at {address}. Is the head of the cluster running there (deploy/ray.sh head "
                f"--node-ip-address={host_of(address)}), and is its port open to this machine?"
            )
        log.warning("the head of the cluster at %s does not answer", address)
        sleep(KNOCK_SECONDS)


def is_listening(address: str) -> bool:
    """Whether somebody does, at HOST:PORT. Blocking."""
    try:
        with socket.create_connection((host_of(address), int(address.rpartition(":")[2])), KNOCK_SECONDS):
            return True
    except OSError:
        return False


def host_of(address: str) -> str:
    """Of HOST:PORT."""
    return address.rpartition(":")[0].strip("[]")


def tell(sentence: str) -> None:
    """To who reads what this process writes."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


@contextmanager
def given_up_after(seconds: float, sentence: str) -> Iterator[None]:
    """End this process, with a sentence, where Ray takes longer than this: it has no limit of its own."""

    def give_up() -> None:
        tell(sentence)
        logging.shutdown()
        os._exit(1)

    watch = Timer(seconds, give_up)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def join(address: str) -> None:
    """Join the cluster, or start one of our own.

    Raises: Unreachable, with what to do about it.
    """
    with given_up_after(JOIN_SECONDS, f"Ray at {address} does not let this machine in. {ADVICE}"):
        _join(address)


def _join(address: str) -> None:
    local = {"num_cpus": 1, "include_dashboard": False, "object_store_memory": LOCAL_STORE_BYTES}
    try:
        ray.init(
            address=address,
            namespace=NAMESPACE,
            log_to_driver=False,
            configure_logging=False,
            **(local if address == "local" else {}),
        )
    except (ConnectionError, RuntimeError, ValueError, RayError, OSError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise Unreachable(f"Ray at {address} does not let this machine in ({reason}). {ADVICE}") from error


def look(address: str) -> str:
    """What the cluster has to draw with, and what is not as it should be there.

    Raises: Unreachable.
    """
    if address == "local":
        import torch

        count = torch.cuda.device_count()
        return f"Ray {ray.__version__} draws on the GPUs of this machine: {count}" + (
            "" if count else "; without one, on one CPU core"
        )
    await_head(address, seconds=KNOCK_SECONDS)
    join(address)
    nodes = [node for node in ray.nodes() if node["Alive"]]
    kind, count = devices_of(nodes)
    devices = f"{count} {'GPUs' if kind == 'gpu' else 'CPU slots (there is no GPU)'}"
    told = f"{len(nodes)} nodes have joined the cluster at {address}; {devices} can draw"
    if any(limit > most for limit, most in zip(_health(), HEALTH, strict=True)):
        told += (
            "; but its head takes long to see that a node is gone: start it by deploy/ray.sh head, "
            "or with its health settings"
        )
    return told + misnamed(host_of(address), nodes)


def misnamed(host: str, nodes: Sequence[Mapping[str, Any]]) -> str:
    """What is wrong where the head tells the nodes another address than the one by which it is found."""
    called = next((node["NodeManagerAddress"] for node in nodes if HEAD_MARK in node["Resources"]), host)
    meant = {str(where[0]) for *_, where in socket.getaddrinfo(host, None)}
    if called == host or called in meant or any(ip_address(one).is_loopback for one in meant):
        return ""
    return (
        f"; but the head tells them to reach it at {called}: start it with --node-ip-address={host}, "
        "or pictures of other nodes may not come"
    )


def _health() -> tuple[int, int, int]:
    """How often the head asks its nodes and how long it waits, in milliseconds; and how often in vain."""
    from ray._raylet import Config

    return (
        Config.health_check_period_ms(),
        Config.health_check_timeout_ms(),
        Config.health_check_failure_threshold(),
    )


async def run(address: str, descriptor: int, fleet_of: Callable[[EngineConfig], RayFleet]) -> None:
    """The driver, from joining the cluster to the bot's end. Raises: Unreachable."""
    await_head(address)
    join(address)
    await drive(descriptor, fleet_of)


def main(fleet_of: Callable[[EngineConfig], RayFleet] = RayFleet) -> int:
    """The exit code of a driver."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        if sys.argv[2] == LOOK:
            tell(look(sys.argv[1]))
            return 0
        asyncio.run(run(sys.argv[1], int(sys.argv[2]), fleet_of))
    except Unreachable as error:
        if sys.argv[2] == LOOK:
            tell(str(error))
        else:
            log.error("%s", error)  # noqa: TRY400 - a sentence for the owner, whom no traceback helps
        return 1
    return 0


def end(code: int) -> NoReturn:
    """End this process at once: what Ray does at an exit can take minutes where its head is gone."""
    logging.shutdown()
    os._exit(code)


if __name__ == "__main__":
    end(main())
