"""The log: each failure with its traceback, but not a hundred times the same."""

import json
import logging
import sys

import pytest

from bot.logs import REPEAT_SECONDS, JsonLines, Redaction


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


TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4OQ" + ".GabcDE." + "abcdefghijklmnopqrstuvwxyz0123456789AB"
HUB_TOKEN = "hf_" + "AbCdEfGhIjKlMnOpQrStUvWxYz01234567"
OPAQUE = "aW50ZXJhY3Rpb246MTIzNDU2Nzg5MDEyMzQ1Njc4OTphYmNkZWZnaGlqa2xtbm9w"


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        (f"POST https://discord.com/api/v10/webhooks/123/{OPAQUE}?wait=true", OPAQUE),
        (f"POST https://discord.com/api/v10/interactions/123/{OPAQUE}/callback", OPAQUE),
        (
            f"WebSocket Event: {{'t': 'INTERACTION_CREATE', 'd': {{'token': '{OPAQUE}'}}}}",
            OPAQUE,
        ),
        (f'{{"op":2,"d":{{"token":"{TOKEN}","intents":1}}}}', TOKEN),
        (f"Authorization: Bot {TOKEN}", TOKEN),
        (f"GET /api/models/a/b authorization: Bearer {HUB_TOKEN}", HUB_TOKEN),
        ("postgresql+asyncpg://darkroom:s3cr3t!pass@db.example.org/darkroom is away", "s3cr3t!pass"),
    ],
)
def test_no_secret_reaches_the_log(line: str, secret: str) -> None:
    made = logging.LogRecord("discord.gateway", logging.DEBUG, "", 0, line, None, None)
    written = Redaction("%(message)s").format(made)
    assert secret not in written
    assert "[secret]" in written


def test_as_json_a_line_is_one_object_with_its_job_and_without_secrets() -> None:
    made = record(OSError(28, f'no room for {{"token": "{TOKEN}"}}'), at=1000.0)
    made.job, made.guild = 7, 42
    line = JsonLines().format(made)
    told = json.loads(line)
    assert "\n" not in line
    assert TOKEN not in line
    assert told["time"] == "1970-01-01T00:16:40.000+00:00"
    assert (told["level"], told["message"], told["job"], told["guild"]) == ("ERROR", "job 7 failed", 7, 42)
    assert "Traceback" in told["error"]
