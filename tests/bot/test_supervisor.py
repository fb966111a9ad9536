"""What systemd is told, read from a real socket as systemd reads it."""

import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.supervisor import Supervisor


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(0)
        yield listening


async def _heard(ear: socket.socket) -> list[str]:
    loop = asyncio.get_running_loop()
    return (await asyncio.wait_for(loop.sock_recv(ear, 4096), timeout=5)).decode().splitlines()


def _environment(ear: socket.socket, **more: str) -> dict[str, str]:
    return {"NOTIFY_SOCKET": ear.getsockname(), **more}


async def test_ready_is_said_once_it_is_and_then_life_and_then_the_end(ear: socket.socket) -> None:
    ready = asyncio.Event()
    supervisor = Supervisor(_environment(ear, WATCHDOG_USEC="60000", WATCHDOG_PID=str(os.getpid())))
    async with supervisor.told(ready):
        await asyncio.sleep(0)
        with pytest.raises(BlockingIOError):
            ear.recv(4096)  # not yet: the gateway is not connected
        ready.set()
        assert "READY=1" in await _heard(ear)
        assert await _heard(ear) == ["WATCHDOG=1"]
        assert await _heard(ear) == ["WATCHDOG=1"]
    assert "STOPPING=1" in await _heard(ear)


async def test_a_watchdog_of_another_process_is_not_ours_to_feed(ear: socket.socket) -> None:
    ready = asyncio.Event()
    ready.set()
    async with Supervisor(_environment(ear, WATCHDOG_USEC="1", WATCHDOG_PID="1")).told(ready):
        assert "READY=1" in await _heard(ear)
    assert "STOPPING=1" in await _heard(ear)


def test_an_abstract_socket_is_reached_too() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0darkroom-{os.getpid()}")
        Supervisor({"NOTIFY_SOCKET": f"@darkroom-{os.getpid()}"}).tell("READY=1")
        assert listening.recv(64) == b"READY=1"


def test_nobody_who_listens_and_a_listener_who_has_gone_are_both_fine(tmp_path: Path) -> None:
    Supervisor({}).tell("READY=1")
    Supervisor({"NOTIFY_SOCKET": str(tmp_path / "gone")}).tell("READY=1")
