"""Forks bot processes from one that has imported everything: torch and diffusers take seconds to import.

Each child is a process of its own, to be killed at will. Lines of JSON go in (what to run) and out (what
became of it).
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import bot.app  # noqa: F401 - for its weight
from bot.__main__ import main

Become: TypeAlias = Callable[[list[str], dict[str, str], str], None]
"""What a child does, with the arguments, the environment and the log of a bot."""


def be_the_bot(arguments: list[str], environment: dict[str, str], log: str) -> None:
    """In the child: run `python -m bot …` as if it had been started afresh."""
    stand(environment, log)
    sys.argv = ["bot", *arguments]
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def stand(environment: dict[str, str], log: str) -> None:
    """In the child: where a bot is started, and nothing of ours about it."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(Path(log).parent)


def _tell(**words: int) -> None:
    os.write(1, f"{json.dumps(words)}\n".encode())


def _bury(*_: object) -> None:
    """Say how each child that ended has ended."""
    try:
        while True:
            child, status = os.waitpid(-1, os.WNOHANG)
            if child == 0:
                return
            _tell(ended=child, code=os.waitstatus_to_exitcode(status))
    except ChildProcessError:
        return


def serve(become: Become = be_the_bot) -> None:
    """Fork whatever is asked for."""
    signal.signal(signal.SIGCHLD, _bury)
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            become(order["arguments"], order["environment"], order["log"])
        _tell(started=child)


if __name__ == "__main__":
    serve()
