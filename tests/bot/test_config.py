"""The settings: printed, read, refused."""

from pathlib import Path

import pytest

from bot.config import StartupError, env_example, load_settings
from bot.logs import Redaction

ROOT = Path(__file__).parents[2]


def test_env_example_is_what_the_settings_say() -> None:
    assert (ROOT / ".env.example").read_text() == env_example()


def test_wrong_settings_are_one_readable_line_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEVICE", "toaster")
    monkeypatch.setenv("DAILY_IMAGES", "many")
    with pytest.raises(StartupError) as failure:
        load_settings()
    lines = str(failure.value).splitlines()
    assert [line.split(":")[0] for line in lines] == ["DEVICE", "DAILY_IMAGES"]
    assert all(".env" in line for line in lines)


def test_no_token_reaches_the_log() -> None:
    import logging

    token = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA.GabcDE.abcdefghijklmnopqrstuvwxyz0123456789AB"
    webhook = (
        "https://discord.com/api/v10/webhooks/123/aW50ZXJhY3Rpb246MTIzNDU2Nzg5MDEyMzQ1/messages/@original"
    )
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "sent %s to %s", (token, webhook), None)
    line = Redaction("%(message)s").format(record)
    assert "GabcDE" not in line
    assert "aW50ZXJ" not in line
    assert line.count("[secret]") == 2
