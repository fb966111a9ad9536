"""Logging: one line per event, and no secret in any of them."""

import logging
import re

# A bot token is three base64 parts; an interaction's token stands in webhook and callback paths.
_SECRETS = re.compile(
    r"[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}|(?<=/webhooks/)(\d+)/[\w-]{20,}|(?<=/interactions/)(\d+)/[\w-]{20,}"
)


class Redaction(logging.Formatter):
    """Formats a record, traceback and all, then blots out tokens."""

    def format(self, record: logging.LogRecord) -> str:
        """The line as it is written."""
        return _SECRETS.sub("[secret]", super().format(record))


def set_up_logging(*, is_quiet: bool) -> None:
    """Log to stderr; quietly for commands whose output is for people."""
    handler = logging.StreamHandler()
    handler.setFormatter(Redaction("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING if is_quiet else logging.INFO, handlers=[handler])
    logging.getLogger("discord").setLevel(logging.WARNING)
    logging.getLogger("discord.client").setLevel(logging.ERROR)  # it warns that it cannot speak
    logging.getLogger("alembic").setLevel(logging.WARNING)
