"""As `nursery`, of bots whose clusters have two replicas without Ray: those of `tests.cluster.local`."""

import sys

import bot.cluster

bot.cluster.DRIVER = (sys.executable, "-m", "tests.cluster.local", "2")
bot.cluster.find_spec = lambda _: object()  # type: ignore[assignment, misc, attr-defined]

if __name__ == "__main__":
    from tests.wire.nursery import serve

    serve()
