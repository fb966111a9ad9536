"""`make chaos-cluster`: what an owner is promised of a cluster, tried under every loss, as a table.

A head and two nodes, in network namespaces where there can be some; a bot on PostgreSQL, of our own
where it can be run; and members who ask three times a second, before the loss, in it and after it.
"""

import argparse
import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import psutil

from engine.bench.tiny import save_tiny_checkpoint
from playground.process import free_port
from tests.chaos import cluster as postgresql
from tests.chaos.ground import Ground, Town
from tests.chaos_cluster.growing import walked
from tests.chaos_cluster.machines import Cluster, can_have_networks, cluster
from tests.chaos_cluster.scaling import HEAVY_GRIDS, LEAST, MOST_LIGHT, scaled
from tests.conftest import SERVER
from tests.wire import conftest as wire
from tests.wire.conftest import opened_nursery

JOBS_A_SECOND = 3.0
BEFORE_SECONDS = 4.0
"""Of asking, before something is lost."""
MOST_SECONDS = 45.0
"""From the end of a loss until pictures come again."""
MOST_DROPPED_SECONDS = 5.0
"""From the death of a driver until its work is given up."""
SETTLED_SECONDS = 240.0
SCALING, GROWING = "scaling", "growing"
AGAIN_SECONDS = 150.0
HEAD_AWAY_SECONDS = (5.0, 75.0)


@dataclass(slots=True, kw_only=True)
class Scene:
    """What losses happen to."""

    town: Town
    machines: Cluster
    server: postgresql.Cluster | None

    def driver(self) -> psutil.Process:
        """The bot's hand in the cluster."""
        bot = psutil.Process(self.town.bot._process_id)
        return next(one for one in bot.children(recursive=True) if "engine.cluster.on_ray" in one.cmdline())

    def log_from(self, position: int) -> str:
        """What the bot has written since."""
        return self.town.bot.log[position:]


Loss = Callable[[Scene], Awaitable[str]]
"""Does harm, and returns when that is over; what it has to say besides."""
LOSSES: dict[str, tuple[str, Loss]] = {}


def loss(promise: str) -> Callable[[Loss], Loss]:
    """A line of the table."""

    def listed(harm: Loss) -> Loss:
        LOSSES[harm.__name__] = (promise, harm)
        return harm

    return listed


@loss("An actor is killed")
async def actor_kill(scene: Scene) -> str:
    """Ray starts it again by itself."""
    return f"{scene.machines.nodes[0].kill('ray::Actor')} killed"


@loss("A raylet is killed")
async def raylet_kill(scene: Scene) -> str:
    """Its script starts the node anew."""
    return f"{scene.machines.nodes[0].kill('raylet/raylet')} killed"


@loss("A node's cable is pulled for 30 s")
async def partition(scene: Scene) -> str:
    """Noticed within fifteen seconds."""
    begin, position = monotonic(), len(scene.town.bot.log)
    await scene.machines.cut(0)
    noticed = None
    while monotonic() - begin < 30:
        if noticed is None and "is lost" in scene.log_from(position):
            noticed = monotonic() - begin
        await asyncio.sleep(0.1)
    await scene.machines.mend(0)
    return "not noticed" if noticed is None else f"noticed after {noticed:.1f} s"


@loss("The driver is killed")
async def driver_kill(scene: Scene) -> str:
    """The bot starts another."""
    scene.driver().kill()
    return ""


@loss("The driver stands still for 20 s")
async def driver_stop(scene: Scene) -> str:
    """The replicas miss it, and drop its work; the bot misses it, and starts another."""
    driver, begin, position = scene.driver(), monotonic(), len(scene.town.bot.log)
    before = scene.machines.count_in_logs("requests are dropped")
    driver.suspend()
    dropped = None
    while monotonic() - begin < 20:
        if dropped is None and scene.machines.count_in_logs("requests are dropped") > before:
            dropped = monotonic() - begin
        await asyncio.sleep(0.1)
    with suppress(psutil.NoSuchProcess):
        driver.resume()
    said = "its work was not dropped" if dropped is None else f"its work was dropped after {dropped:.1f} s"
    if dropped is not None and dropped > MOST_DROPPED_SECONDS:
        said = f"{said}, not within {MOST_DROPPED_SECONDS:g} s"
    return f"{said}; the bot killed it" if "the driver does not end" in scene.log_from(position) else said


@loss("The head is killed, and back after 5 s")
async def head_kill(scene: Scene) -> str:
    """A new head is a new cluster."""
    return await _head_away(scene, HEAD_AWAY_SECONDS[0])


@loss("The head is killed, and back after 75 s")
async def head_kill_long(scene: Scene) -> str:
    """Longer than Ray's own patience."""
    return await _head_away(scene, HEAD_AWAY_SECONDS[1])


async def _head_away(scene: Scene, seconds: float) -> str:
    await scene.machines.head.stop()
    await asyncio.sleep(seconds)
    await scene.machines.head.start()
    await scene.machines.answered()
    return ""


@loss("The database is restarted")
async def database_restart(scene: Scene) -> str:
    """Nothing of the cluster notices."""
    if scene.server is None:
        return "not run: no PostgreSQL of our own"
    await scene.server.stop()
    await scene.server.start()
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the table."""

    promise: str
    figure: str
    is_met: bool


async def tried(scene: Scene, promise: str, harm: Loss) -> Row:
    """Members ask, something is lost, and it goes on."""
    town, first = scene.town, len(scene.town.calls)
    asking = asyncio.create_task(ask_on(town))
    try:
        await asyncio.sleep(BEFORE_SECONDS)
        said = await harm(scene)
        ended_at, then = monotonic(), len(town.calls)
        again = await seconds_until_drawn(town, then, ended_at)
    finally:
        asking.cancel()
    try:
        await town.settled(SETTLED_SECONDS)
    except TimeoutError as error:
        return Row(promise=promise, figure=f"{said}; on again after {again:.1f} s; {error}", is_met=False)
    told = await town.told()
    late = sum(call.error is not None for call in town.calls[first:])
    asked = len(town.calls) - first
    figure = f"{asked} asked, {late} not answered; on again after {again:.1f} s; {told}"
    figure = f"{said}; {figure}" if said else figure
    is_met = told.is_clean and not told.failed and not late and again <= MOST_SECONDS and "not " not in said
    return Row(promise=promise, figure=figure, is_met=is_met)


async def ask_on(town: Town) -> None:
    """Three times a second, whatever happens."""
    while True:
        begin = monotonic()
        await town.ask(1, more="--stop 10")
        await asyncio.sleep(max(0.0, 1 / JOBS_A_SECOND - (monotonic() - begin)))


async def seconds_until_drawn(town: Town, first: int, since: float) -> float:
    """From a moment until one of the calls from this number on has its picture."""
    while monotonic() - since < AGAIN_SECONDS:
        if any(number >= first for number in town.results()):
            return monotonic() - since
        await asyncio.sleep(0.1)
    return float("inf")


@asynccontextmanager
async def opened_scene(has_networks: bool) -> AsyncIterator[Scene]:  # noqa: FBT001 - there is nothing else
    """A cluster and a bot, warmed: both nodes have drawn."""
    async with AsyncExitStack() as stack:
        server = None
        with suppress(postgresql.NoCluster):
            server = await stack.enter_async_context(postgresql.opened_cluster())
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="dr-chaos-")))
        checkpoint = save_tiny_checkpoint(folder / "tiny")
        machines = await stack.enter_async_context(
            cluster((1, 1), port=free_port(), has_networks=has_networks)
        )
        nursery = await stack.enter_async_context(opened_nursery())
        url = SERVER if server is None else server.url
        ground = Ground("postgresql", checkpoint, nursery, url)
        bot = ground.town(ENGINE=machines.address, RAY_AUTH_TOKEN_PATH=str(machines.token), BACKUP_KEEP="0")
        town = await stack.enter_async_context(bot)
        async with asyncio.timeout(AGAIN_SECONDS):
            while "2 of 2 replicas can draw" not in town.bot.log:
                await asyncio.sleep(0.2)
        await town.ask(4)
        await town.settled()
        yield Scene(town=town, machines=machines, server=server)


async def main() -> int:
    """The exit code: 1 where a promise was not kept."""
    if (this := asyncio.current_task()) is not None:  # whatever was started is stopped, however this ends
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, this.cancel)
    parser = argparse.ArgumentParser(prog="python -m tests.chaos_cluster", description=__doc__)
    everything = [GROWING, SCALING, *LOSSES]
    parser.add_argument("--only", nargs="*", choices=everything, default=everything)
    names = parser.parse_args().only
    has_networks = can_have_networks()
    say("| lost, under 3 jobs a second | figure | verdict |")
    say("|---|---|---|")
    if not has_networks:
        names = [name for name in names if name != partition.__name__]
        say("| A node's cable is pulled | network namespaces need root | not run |")
    wire.START_SECONDS = AGAIN_SECONDS  # the bot waits for the first replica
    missed = await try_growing(has_networks) if GROWING in names else 0
    missed += await try_scaling() if SCALING in names else 0
    names = [name for name in names if name in LOSSES]
    if not names:
        return int(missed > 0)
    async with opened_scene(has_networks) as scene:
        for name in names:
            row = await tried(scene, *LOSSES[name])
            missed += not row.is_met
            say(f"| {row.promise} | {row.figure} | {_verdict(row.is_met)} |")
    return int(missed > 0)


async def try_growing(has_networks: bool) -> int:  # noqa: FBT001 - there is nothing else
    """Whether the guide leads from one GPU to three, and back; how often it does not."""
    what = "One GPU, three on two machines by the guide's own commands, one again"
    if not has_networks:
        say(f"| {what} | network namespaces need root | not run |")
        return 0
    walk = await walked()
    say(f"| {what} | {'; '.join([*walk.wrong, *walk.notes])} | {_verdict(not walk.wrong)} |")
    return int(bool(walk.wrong))


async def try_scaling() -> int:
    """How many times one replica three and six are, and what waits there; how often it is not as promised."""
    missed = 0
    with TemporaryDirectory(prefix="dr-chaos-") as folder:
        measured = await scaled(save_tiny_checkpoint(Path(folder) / "tiny"))
    alone = measured.light_seconds.pop(0)
    for count, seconds in measured.light_seconds.items():
        is_met = seconds <= MOST_LIGHT * alone
        missed += not is_met
        figure = f"a grid in {seconds:.2f} s (with one loop: {alone:.2f} s)"
        what = f"A light member beside a heavy one's {HEAVY_GRIDS} × {count}"
        say(f"| {what} | {figure} | {_verdict(is_met)} |")
    for count, least in LEAST.items():
        times = measured.rates[count] / measured.rates[1]
        missed += times < least
        figure = f"{times:.2f} × one (asked for: {least})"
        say(f"| {count} replicas that sleep through their passes | {figure} | {_verdict(times >= least)} |")
    return missed


def _verdict(is_met: bool) -> str:  # noqa: FBT001 - there is nothing else
    return "met" if is_met else "MISSED"


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
