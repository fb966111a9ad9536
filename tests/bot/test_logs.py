"""The log: each failure with its traceback, but not a hundred times the same."""

import logging
import sys

from bot.logs import REPEAT_SECONDS, Redaction


def record(error: OSError, *, at: float) -> logging.LogRecord:
    """What is logged of an error at a moment."""
    try:
        raise error
    except OSError:
        made = logging.LogRecord("bot", logging.ERROR, "", 0, "job %s failed", (7,), sys.exc_info())
    made.created = at
    return made


def test_a_traceback_is_written_once_a_minute_and_its_line_each_time() -> None:
    formatter = Redaction("%(message)s")
    first, second, later = (
        formatter.format(record(OSError(28, "No space left"), at=at))
        for at in (1000.0, 1001.0, 1002.0 + REPEAT_SECONDS)
    )
    assert "Traceback" in first
    assert second == "job 7 failed (OSError, as above)"
    assert "Traceback" in later


def test_another_error_is_written_with_its_own_traceback() -> None:
    formatter = Redaction("%(message)s")
    formatter.format(record(OSError(28, "No space left"), at=1000.0))
    assert "Traceback" in formatter.format(record(OSError(5, "I/O error"), at=1000.0))
