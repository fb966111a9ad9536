"""Starts bots as their owner does: each imports everything anew, where its `.env` is."""

import os
import sys

from tests.wire import nursery


def be_a_new_process(arguments: list[str], environment: dict[str, str], log: str) -> None:
    """In the child: `python -m bot …`."""
    nursery.stand(environment, log)
    os.execv(sys.executable, [sys.executable, "-m", "bot", *arguments])


if __name__ == "__main__":
    nursery.serve(be_a_new_process)
