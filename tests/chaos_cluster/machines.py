"""A Ray cluster on this machine: a head, and nodes to be killed and cut off. `deploy/ray.sh` keeps each."""

import asyncio
import os
import secrets
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic

import psutil

SCRIPT = Path(__file__).parents[2] / "deploy" / "ray.sh"
RAY = Path(sys.executable).with_name("ray")
STORE_BYTES = 80_000_000
START_SECONDS = 120.0
NETWORK = "10.77.16"
"""Of the namespaces: the bot and the head are at .1, node n at .(n + 1)."""


class Machine:
    """What `deploy/ray.sh` keeps running on one node."""

    def __init__(self, name: str, arguments: list[str], environment: Mapping[str, str], log: Path) -> None:
        self.name = name
        self.log = log
        self._arguments = arguments
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the script."""
        with self.log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *self._arguments,
                env=dict(self._environment),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def processes(self, *words: str) -> Iterator[psutil.Process]:
        """Its processes whose command has one of these words in it."""
        if self._process is None:
            return
        with suppress(psutil.NoSuchProcess):
            for process in psutil.Process(self._process.pid).children(recursive=True):
                with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                    line = " ".join(process.cmdline())
                    if any(word in line for word in words):
                        yield process

    def kill(self, *words: str) -> int:
        """kill -9 to those; how many."""
        killed = 0
        for process in list(self.processes(*words)):
            with suppress(psutil.NoSuchProcess):
                process.kill()
                killed += 1
        return killed

    async def end(self, seconds: float) -> None:
        """As its supervisor ends it. Raises: TimeoutError, where it has not ended by then."""
        if self._process is not None:
            self._process.terminate()
            async with asyncio.timeout(seconds):
                await self._process.wait()
            self._process = None

    async def stop(self) -> None:
        """The script, and all that it had started."""
        if self._process is None:
            return
        everything = list(self.processes(""))
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        for process in everything:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        await self._process.wait()
        self._process = None


class Cluster:
    """A head, and nodes with so many CPU slots each; in network namespaces of their own if asked for."""

    def __init__(self, folder: Path, slots: Sequence[int], *, port: int, has_networks: bool) -> None:
        self.port = port
        self.has_networks = has_networks
        self.host = f"{NETWORK}.1" if has_networks else "127.0.0.1"
        self.token = folder / "token"
        self.token.touch(0o600)
        self.token.write_text(secrets.token_hex(32))
        self._environment = {
            **os.environ,
            "RAY": str(RAY),
            "RAY_PORT": str(port),
            "RAY_AUTH_TOKEN_PATH": str(self.token),
            "OMP_NUM_THREADS": "1",
            "XDG_CACHE_HOME": str(folder / "cache"),
        }
        self._folder = folder
        self.head = self._machine("head", ["head", f"--temp-dir={folder / 'ray'}", "--num-cpus=0"], 1)
        self.nodes = [
            self._machine(f"node-{place}", ["node", self.address, f"--num-cpus={count}"], place)
            for place, count in enumerate(slots, 2)
        ]

    @property
    def address(self) -> str:
        """As ENGINE takes it."""
        return f"{self.host}:{self.port}"

    @property
    def settings(self) -> dict[str, str]:
        """The bot's."""
        return {"ENGINE": self.address, "RAY_AUTH_TOKEN_PATH": str(self.token)}

    def _machine(self, name: str, arguments: list[str], place: int) -> Machine:
        inside = self.has_networks and place > 1
        command = ["ip", "netns", "exec", namespace(place)] if inside else []
        address = f"--node-ip-address={NETWORK}.{place}" if self.has_networks else ""
        return Machine(
            name,
            [
                *command,
                str(SCRIPT),
                *arguments,
                f"--object-store-memory={STORE_BYTES}",
                *filter(None, [address]),
            ],
            self._environment,
            self._folder / f"{name}.log",
        )

    async def start(self) -> None:
        """The head."""
        await self.head.start()
        await self.answered()

    async def answered(self) -> None:
        """Wait until the head listens."""
        ends_at = monotonic() + START_SECONDS
        while True:
            try:
                _, writer = await asyncio.open_connection(self.host, self.port)
            except OSError:
                if monotonic() > ends_at:
                    raise TimeoutError(self.head.log.read_text()[-2000:]) from None
                await asyncio.sleep(0.2)
            else:
                writer.close()
                return

    def count_in_logs(self, words: str) -> int:
        """How often the replicas have written this, on whichever node."""
        logs = self._folder.glob("ray/session_*/logs/worker-*.err")
        return sum(log.read_text(errors="replace").count(words) for log in logs)

    async def stop(self) -> None:
        """All of them."""
        for machine in (*self.nodes, self.head):
            await machine.stop()

    async def cut(self, at: int) -> None:
        """Pull the cable of a node."""
        await _ip(f"link set {_cable(at + 2)} down")

    async def mend(self, at: int) -> None:
        """Plug it in again."""
        await _ip(f"link set {_cable(at + 2)} up")


@asynccontextmanager
async def cluster(
    slots: Sequence[int], *, port: int, has_networks: bool = False, is_whole: bool = True
) -> AsyncIterator[Cluster]:
    """A cluster that runs, and nothing of it afterwards; of one that is not whole the head alone."""
    folder = Path(mkdtemp(prefix="dr-", dir="/tmp"))  # short: sockets lie in it
    async with AsyncExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        if has_networks:
            await stack.enter_async_context(networks(len(slots)))
        machines = Cluster(folder, slots, port=port, has_networks=has_networks)
        stack.push_async_callback(machines.stop)
        await machines.start()
        for node in machines.nodes if is_whole else ():
            await node.start()
        yield machines


def namespace(place: int) -> str:
    return f"darkroom{place}"


def _cable(place: int) -> str:
    return f"drm{place}"


@asynccontextmanager
async def networks(num_nodes: int) -> AsyncIterator[None]:
    """A namespace for each node, joined by a bridge at which the head is."""
    try:
        await _ip("link add drmbridge type bridge")
        await _ip(f"addr add {NETWORK}.1/24 dev drmbridge")
        await _ip("link set drmbridge up")
        for place in range(2, num_nodes + 2):
            name, cable = namespace(place), _cable(place)
            await _ip(f"netns add {name}")
            await _ip(f"link add {cable} type veth peer name {cable}i")
            await _ip(f"link set {cable}i netns {name}")
            await _ip(f"link set {cable} master drmbridge up")
            await _ip(f"-n {name} addr add {NETWORK}.{place}/24 dev {cable}i")
            await _ip(f"-n {name} link set {cable}i up")
            await _ip(f"-n {name} link set lo up")
        yield
    finally:
        for place in range(2, num_nodes + 2):
            for command in (f"link del {_cable(place)}", f"netns del {namespace(place)}"):
                with suppress(RuntimeError):
                    await _ip(command)
        with suppress(RuntimeError):
            await _ip("link del drmbridge")


async def _ip(arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(
        "ip", *arguments.split(), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    _, told = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"ip {arguments}: {told.decode().strip()}")


def can_have_networks() -> bool:
    """Whether this user may make network namespaces."""
    return os.geteuid() == 0 and shutil.which("ip") is not None
