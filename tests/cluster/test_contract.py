"""The engine's contract behind a driver in a process of its own, with replicas that are not on Ray."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from engine.api import Engine
from engine.cluster.engine import ClusterEngine
from engine.cluster.process import DriverProcess
from engine.config import EngineConfig
from tests.engine.contract import EngineContract, Opened, config


def opened_on(count: int) -> Opened:
    """Engines of so many replicas."""

    def opened(config: EngineConfig) -> ClusterEngine:
        command = [sys.executable, "-m", "tests.cluster.local", str(count)]
        return ClusterEngine(config, DriverProcess(command))

    return opened


@pytest.fixture(scope="module")
async def engine(tiny_path: Path) -> AsyncIterator[Engine]:
    async with opened_on(1)(config(tiny_path)) as engine:
        yield engine


@pytest.fixture
def opened() -> Opened:
    return opened_on(1)


class TestTheEngineBehindADriver(EngineContract):
    """As everywhere."""
