"""A driver as a process: it ends with its socket, and is ended where it does not."""

import asyncio
import logging
import sys
from time import monotonic

import psutil
import pytest

from engine.cluster import process
from engine.cluster.process import DriverProcess

ENDS = "import socket, sys; socket.socket(fileno=int(sys.argv[1])).recv(1)"
DOES_NOT_END = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""
KILLED = "the driver does not end, and is killed"


async def test_a_driver_whose_socket_is_closed_ends_by_itself(caplog: pytest.LogCaptureFixture) -> None:
    drivers = DriverProcess([sys.executable, "-c", ENDS])
    async with drivers.started():
        pid = drivers.pid
    assert pid is not None
    assert not psutil.pid_exists(pid)
    assert KILLED not in caplog.text


async def test_one_that_does_not_end_is_killed_with_its_children_and_the_log_says_so(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "END_SECONDS", 1.0)
    caplog.set_level(logging.INFO)
    drivers = DriverProcess([sys.executable, "-c", DOES_NOT_END])
    async with drivers.started():
        pid = drivers.pid
        while not drivers.last_words.isdigit():
            await asyncio.sleep(0.05)
        begin = monotonic()
    assert pid is not None
    assert KILLED in caplog.text
    assert not psutil.pid_exists(pid)
    async with asyncio.timeout(5):  # a child is told with its parent, but nobody waits for its end
        while is_running(int(drivers.last_words)):
            await asyncio.sleep(0.01)
    assert monotonic() - begin < 5.0


def is_running(pid: int) -> bool:
    """Whether a process is there that has not ended."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
