"""The nursery with a bot whose clock is ahead by as many seconds as the file SHIFTED_CLOCK says."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from pathlib import Path

import discord

from bot.services import clock
from tests.wire import nursery

TRUE_TIME: Callable[[], float] = time.time


def shifted_time() -> float:
    """What the bot takes for the time, in seconds since 1970."""
    path = Path(os.environ.get("SHIFTED_CLOCK", "/"))
    return TRUE_TIME() + (float(path.read_text()) if path.is_file() else 0.0)


class ShiftedDatetime(datetime):
    """`datetime.now` by that clock."""

    @classmethod
    def now(cls, tz: tzinfo | None = UTC) -> datetime:  # type: ignore[override]
        """Now, with its time zone."""
        return datetime.fromtimestamp(shifted_time(), tz)


if __name__ == "__main__":
    time.time = shifted_time
    clock.datetime = ShiftedDatetime  # type: ignore[attr-defined]
    discord.utils.utcnow = ShiftedDatetime.now
    nursery.serve()
