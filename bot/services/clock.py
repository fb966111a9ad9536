"""The time, as services are given it: a function, so that tests can move it."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Now, with its time zone."""
    return datetime.now(UTC)
