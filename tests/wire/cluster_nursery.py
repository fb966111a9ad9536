"""As `nursery`, of bots whose clusters have two replicas without Ray: those of `tests.cluster.local`."""

import sys

import bot.cluster
from tests.cluster import local

bot.cluster.DRIVER = (sys.executable, local.__file__, "2")  # a bot's folder is not where the tests are
bot.cluster.find_spec = lambda _: object()  # type: ignore[assignment, misc, attr-defined]

if __name__ == "__main__":
    from tests.wire.nursery import serve

    serve()
