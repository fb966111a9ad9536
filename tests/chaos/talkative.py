"""The nursery with a bot that logs everything that it and its libraries can say."""

import logging

from bot import __main__ as program
from tests.wire import nursery

LIBRARIES = ("discord", "discord.client", "discord.gateway", "discord.http", "aiohttp", "sqlalchemy")


def talk() -> None:
    """Let nothing be too small to be logged."""
    quiet = program.set_up_logging  # type: ignore[attr-defined]

    def all_of_it(*, is_quiet: bool) -> None:
        quiet(is_quiet=is_quiet)
        logging.getLogger().setLevel(logging.DEBUG)
        for name in LIBRARIES:
            logging.getLogger(name).setLevel(logging.DEBUG)

    program.set_up_logging = all_of_it  # type: ignore[attr-defined]


if __name__ == "__main__":
    talk()
    nursery.serve()
