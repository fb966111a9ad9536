"""The engine's contract on Ray, and what a killed replica and a killed driver cost there: `make test-ray`."""

import asyncio
import os
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psutil
import pytest

from engine.api import Engine
from engine.cluster.engine import ClusterEngine
from engine.cluster.process import DriverProcess
from engine.cluster.wire import config_head
from engine.config import EngineConfig
from tests.cluster.test_losses import long_one, until
from tests.engine.contract import EngineContract, Opened, config, last
from tests.engine.requests import generate

pytest.importorskip("ray")

COMMAND = [sys.executable, "-m", "engine.cluster.on_ray", "local"]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """With a token that nobody else can read."""
    token = tmp_path_factory.mktemp("ray") / "token"
    token.touch(0o600)
    token.write_text(secrets.token_hex(32))
    return {**os.environ, "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(token)}


@pytest.fixture(scope="module")
def drivers(environment: dict[str, str]) -> DriverProcess:
    """Drivers with a Ray of their own."""
    return DriverProcess(COMMAND, environment=environment)


@pytest.fixture(scope="module")
async def engine(tiny_path: Path, drivers: DriverProcess) -> AsyncIterator[Engine]:
    async with ClusterEngine(config(tiny_path), drivers) as engine:
        yield engine


@pytest.fixture
def opened(environment: dict[str, str]) -> Opened:
    def opened(config: EngineConfig) -> ClusterEngine:
        return ClusterEngine(config, DriverProcess(COMMAND, environment=environment))

    return opened


class TestTheEngineOnRay(EngineContract):
    """As everywhere."""


async def test_a_killed_actor_costs_time_and_no_request(engine: Engine) -> None:
    tasks = [asyncio.create_task(last(engine, long_one(seed))) for seed in range(3)]
    await until(lambda: bool([*actors()]))
    await last(engine, generate())
    for actor in actors():
        actor.kill()
    assert len(await asyncio.gather(*tasks)) == 3


async def test_a_killed_driver_costs_time_and_no_request(engine: Engine, drivers: DriverProcess) -> None:
    tasks = [asyncio.create_task(last(engine, long_one(seed))) for seed in range(3)]
    await last(engine, generate())
    assert drivers.pid is not None
    os.kill(drivers.pid, signal.SIGKILL)
    assert len(await asyncio.gather(*tasks)) == 3


def test_a_node_may_have_models_of_its_own(tmp_path: Path) -> None:
    from engine.cluster.on_ray import config_on_node

    head = config_head(EngineConfig(model="sketch", dtype="float32"))
    config = config_on_node(
        head,
        {
            "NODE_MODEL": "/m/a",
            "NODE_MODELS": "b=/m/b, c=/m/c",
            "NODE_MEMORY_GIB": "2.5",
            "XDG_CACHE_HOME": str(tmp_path),
        },
    )
    assert (config.model, config.more_models, config.dtype) == ("/m/a", ("b=/m/b", "c=/m/c"), "float32")
    assert (config.memory_gib, config.cache_dir) == (2.5, tmp_path / "darkroom")


def test_replicas_are_on_gpus_and_on_cpus_only_where_there_is_no_gpu() -> None:
    from engine.cluster.on_ray import devices_of

    cpu, gpu = (
        {"Alive": True, "Resources": {"CPU": 2.0}},
        {"Alive": True, "Resources": {"CPU": 8.0, "GPU": 2.0}},
    )
    gone = {"Alive": False, "Resources": {"CPU": 8.0, "GPU": 4.0}}
    assert devices_of([cpu, cpu, gone]) == ("cpu", 4)
    assert devices_of([cpu, gpu, gpu, gone]) == ("gpu", 4)


def test_a_head_that_has_another_address_for_its_nodes_is_remarked() -> None:
    from engine.cluster.on_ray import HEAD_MARK, misnamed

    head, node = (
        {"NodeManagerAddress": "192.168.9.5", "Resources": {HEAD_MARK: 1.0}},
        {"NodeManagerAddress": "10.0.0.6", "Resources": {"GPU": 2.0}},
    )
    assert misnamed("192.168.9.5", [node, head]) == ""
    assert misnamed("127.0.0.1", [node, head]) == ""
    assert "--node-ip-address=10.0.0.5" in misnamed("10.0.0.5", [node, head])


def actors() -> Iterator[psutil.Process]:
    """The processes of replicas that descend from this one."""
    for process in psutil.Process().children(recursive=True):
        if any(part.startswith("ray::Actor") for part in process.cmdline()):
            yield process
