"""Logging: one line per event, no secret in any of them, and no traceback twice in a minute."""

import copy
import json
import logging
import re
from datetime import UTC, datetime
from typing import Literal

# A bot token is three base64 parts; an interaction's token stands in webhook and callback paths, and as a
# value of its own in what the gateway says; a password stands before the @ of an address; a token of the
# Hugging Face hub begins with hf_.
_SECRETS = re.compile(
    r"[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}|(?<=/webhooks/)(\d+)/[\w-]{20,}|(?<=/interactions/)(\d+)/[\w-]{20,}"
    r"|(?<=token[\"']: [\"'])[^\"']{20,}|(?<=token[\"']:[\"'])[^\"']{20,}|(?<=://)[^\s:/@]*:[^\s/@]+(?=@)"
    r"|(?<=Bot )[\w.-]{50,}|\bhf_\w{20,}"
)


REPEAT_SECONDS = 60.0
"""A full disk, or a database that is away, fails a hundred times in the same way."""


_blotted: set[str] = set()


def blot(secret: str) -> None:
    """Keep a secret that was read from a file out of the log from now on."""
    _blotted.add(secret)


def _without_secrets(text: str) -> str:
    for secret in _blotted:
        text = text.replace(secret, "[secret]")
    return _SECRETS.sub("[secret]", text)


class Redaction(logging.Formatter):
    """Formats a record, with a traceback that was not written just now, then blots out tokens."""

    def __init__(self, fmt: str | None = None) -> None:
        super().__init__(fmt)
        self._written_at: dict[tuple[type[BaseException], str], float] = {}

    def format(self, record: logging.LogRecord) -> str:
        """The line as it is written."""
        return _without_secrets(super().format(self._shortened(record)))

    def _shortened(self, record: logging.LogRecord) -> logging.LogRecord:
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            return record
        since = record.created - REPEAT_SECONDS
        self._written_at = {key: at for key, at in self._written_at.items() if at > since}
        key = (type(error), str(error))
        if key not in self._written_at:
            self._written_at[key] = record.created
            return record
        short = copy.copy(record)
        short.exc_info = short.exc_text = None
        short.msg, short.args = f"{record.getMessage()} ({type(error).__name__}, as above)", None
        return short


class JsonLines(Redaction):
    """Formats a record as one object a line, with the job and the guild that it is of."""

    def format(self, record: logging.LogRecord) -> str:
        """The line as it is written; tokens are blotted out before quotes are escaped."""
        short = self._shortened(record)
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(short.created, UTC).isoformat(timespec="milliseconds"),
            "level": short.levelname,
            "logger": short.name,
            "message": _without_secrets(short.getMessage()),
        }
        line |= {name: getattr(short, name) for name in CONTEXT if hasattr(short, name)}
        if short.exc_info:
            line["error"] = _without_secrets(self.formatException(short.exc_info))
        return json.dumps(line, ensure_ascii=False)


CONTEXT = ("job", "guild")
"""What a line may be of, by `extra=`."""


def use_format(log_format: Literal["lines", "json"]) -> None:
    """Go on in this form, which the settings name once they were read."""
    if log_format == "json":
        for handler in logging.getLogger().handlers:
            handler.setFormatter(JsonLines())


def set_up_logging(*, is_quiet: bool) -> None:
    """Log to stderr; quietly for commands whose output is for people."""
    handler = logging.StreamHandler()
    handler.setFormatter(Redaction("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING if is_quiet else logging.INFO, handlers=[handler])
    logging.getLogger("discord").setLevel(logging.WARNING)
    logging.getLogger("discord.client").setLevel(logging.ERROR)  # it warns that it cannot speak
    logging.getLogger("alembic").setLevel(logging.WARNING)
