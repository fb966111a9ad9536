"""Discord's rules that the world behind does not know: empty messages, sizes, command names, nonces."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

MEBIBYTE = 1024 * 1024
DEFAULT_UPLOAD_LIMIT = 10 * MEBIBYTE
UPLOAD_LIMIT_BY_TIER = {0: 10 * MEBIBYTE, 1: 10 * MEBIBYTE, 2: 50 * MEBIBYTE, 3: 100 * MEBIBYTE}
MAX_FILES = 10
MAX_COMMANDS = 100
NONCE_WINDOW = timedelta(minutes=5)  # Discord says "the past few minutes"

_COMMAND_NAME = re.compile(r"[-_'\w]{1,32}")
_FILLING = ("content", "embeds", "components", "sticker_ids", "poll", "message_reference", "attachments")


class ApiError(Exception):
    """A refusal as Discord words it: an HTTP status, a JSON code and a message."""

    def __init__(self, status: int, code: int, message: str, errors: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"{status} (code {code}): {message}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"message": self.message, "code": self.code}
        return body | {"errors": dict(self.errors)} if self.errors else body


def invalid_form(path: str, message: str) -> ApiError:
    """50035, with the message at its place in the form."""
    errors: dict[str, Any] = {"_errors": [{"code": "BASE_TYPE_BAD_LENGTH", "message": message}]}
    for key in reversed(path.split(".")):
        errors = {key: errors}
    return ApiError(400, 50035, "Invalid Form Body", errors)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file of a multipart request."""

    filename: str
    data: bytes
    description: str | None = None

    @property
    def fp(self) -> BytesIO:
        return BytesIO(self.data)


def check_uploads(uploads: Sequence[Upload], limit: int) -> None:
    """413/40005 for a file over the limit or a request over 25 MiB (or over the file limit, if larger)."""
    if len(uploads) > MAX_FILES:
        raise invalid_form("files", f"Must be {MAX_FILES} or fewer in length.")
    sizes = [len(upload.data) for upload in uploads]
    if any(size > limit for size in sizes) or sum(sizes) > max(limit, 25 * MEBIBYTE):
        raise ApiError(413, 40005, "Request entity too large")


def check_not_empty(message: Mapping[str, Any], uploads: Sequence[Upload]) -> None:
    if not uploads and not any(message.get(key) for key in _FILLING):
        raise ApiError(400, 50006, "Cannot send an empty message")


def check_attachment_references(edit: Mapping[str, Any]) -> None:
    """An edit that shows `attachment://` media must carry the list of attachments."""
    if "attachments" not in edit and "attachment://" in str(edit.get("components")):
        raise invalid_form("components", "Unfurled media item references an attachment that is not listed.")


def check_commands(commands: Iterable[Mapping[str, Any]]) -> None:
    """Names, descriptions and number of application commands."""
    listed = [command for command in commands if command.get("type", 1) == 1]
    if len(listed) > MAX_COMMANDS:
        raise ApiError(400, 30032, f"Maximum number of application commands reached ({MAX_COMMANDS})")
    for index, command in enumerate(listed):
        _check_described(str(index), command)


def _check_described(path: str, described: Mapping[str, Any]) -> None:
    name = str(described.get("name", ""))
    if not _COMMAND_NAME.fullmatch(name) or name != name.lower():
        raise invalid_form(f"{path}.name", "Command name is invalid")
    if not 1 <= len(str(described.get("description", ""))) <= 100:
        raise invalid_form(f"{path}.description", "Must be between 1 and 100 in length.")
    options = described.get("options") or []
    if len(options) > 25:
        raise invalid_form(f"{path}.options", "Must be 25 or fewer in length.")
    for index, option in enumerate(options):
        _check_described(f"{path}.options.{index}", option)


class Nonces:
    """Remembers for a few minutes which message a nonce made."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[datetime, int, int]] = {}

    def find(self, nonce: str, now: datetime) -> tuple[int, int] | None:
        """The channel and message made with this nonce within the window."""
        self._made = {key: made for key, made in self._made.items() if now - made[0] < NONCE_WINDOW}
        made = self._made.get(nonce)
        return made[1:] if made else None

    def remember(self, nonce: str, now: datetime, channel_id: int, message_id: int) -> None:
        self._made[nonce] = (now, channel_id, message_id)
