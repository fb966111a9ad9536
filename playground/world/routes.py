"""The REST routes over the world, with the rules that it does not know itself."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import discord
from simcord.backend.errors import BackendError
from simcord.http import router

from playground import corrections
from playground.rules import (
    ApiError,
    Nonces,
    Upload,
    check_attachment_references,
    check_commands,
    check_not_empty,
    check_uploads,
)
from playground.world.state import Payload, World

WITH = ("1", "true", "True")


class Routes:
    """Answers requests as Discord's REST interface does; `parts` are the segments of a path."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._backend = world.backend
        self._nonces = Nonces()

    def handle(
        self, method: str, path: str, body: Any, params: Mapping[str, str], uploads: Sequence[Upload]
    ) -> Any:
        """Do what the request asks and return its JSON answer (None: 204); refuse with ApiError."""
        parts = path.strip("/").split("/")
        self._check(method, parts, body, uploads)
        if (first := self._find_nonce(method, parts, body)) is not None:
            return corrections.users(first)
        before = self._attachments_of(method, parts)
        try:
            answer = router.dispatch(
                self._backend,
                method,
                path,
                json=body,
                params=dict(params),
                files=list(uploads),
                message_content_access=False,
            )
        except BackendError as error:
            raise self._translate(error, parts) from error
        self._forget_replaced(before, answer)
        if (method, len(parts), parts[0]) == ("GET", 2, "guilds") and params.get("with_counts") in WITH:
            answer |= self._world.counts(int(parts[1]))
        return corrections.users(self._correct_answer(method, parts, body, answer))

    def edits_old_message(self, method: str, path: str) -> bool:
        """Whether the request edits a message of more than an hour ago, which is limited on its own."""
        match = re.fullmatch(r"/channels/\d+/messages/(\d+)", path)
        if method != "PATCH" or match is None:
            return False
        return self._world.clock.now() - discord.utils.snowflake_time(int(match[1])) > timedelta(hours=1)

    def _check(self, method: str, parts: list[str], body: Any, uploads: Sequence[Upload]) -> None:
        message, is_new = self._message_of(method, parts, body)
        if method == "PUT" and parts[-1] == "commands":
            check_commands(body)
        if message is None:
            return
        if is_new and parts[0] == "channels" and int(parts[1]) in self._world.closed_channels:
            raise ApiError(403, 50007, "Cannot send messages to this user")
        check_uploads(uploads, self._world.limit_of(self._guild_of(parts)))
        if is_new:
            check_not_empty(message, uploads)
        else:
            check_attachment_references(message)
        if uploads and parts[0] == "channels" and int(parts[1]) in self._backend.channels:
            self._require(int(parts[1]), "attach_files")

    def _message_of(self, method: str, parts: list[str], body: Any) -> tuple[Payload | None, bool]:
        """The message that a request would make or edit, and whether it would be new."""
        match [method, *parts]:
            case ["POST", "channels", _, "messages"] | ["POST", "webhooks", _, _]:
                return dict(body), True
            case ["PATCH", "channels", _, "messages", _] | ["PATCH", "webhooks", _, _, "messages", _]:
                return dict(body), False
            case ["POST", "interactions", _, _, "callback"] if body["type"] in (4, 7):
                return dict(body.get("data") or {}), body["type"] == 4
        return None, False

    def _guild_of(self, parts: list[str]) -> int:
        """The guild in which the request acts; 0 for direct messages or where it is unknown."""
        if parts[0] == "channels":
            channel = self._backend.channels.get(int(parts[1]))
            return channel.guild_id or 0 if channel else 0
        record_id = (
            int(parts[1]) if parts[0] == "interactions" else self._backend.interaction_tokens.get(parts[2])
        )
        record = self._backend.interactions.get(record_id)
        return record.guild_id or 0 if record else 0

    def _require(self, channel_id: int, *permissions: str) -> None:
        channel = self._backend.get_channel(channel_id)
        try:
            self._backend.require_permissions(channel.guild_id, self._world.bot_id, channel_id, *permissions)
        except BackendError as error:
            raise ApiError(error.status, error.code, error.message) from error

    def _find_nonce(self, method: str, parts: list[str], body: Any) -> Payload | None:
        """The message that this nonce has already made, if the request asks to be checked."""
        if (method, parts[0]) != ("POST", "channels") or not body or not body.get("enforce_nonce"):
            return None
        found = self._nonces.find(str(body["nonce"]), self._world.clock.now())
        message = self._backend.messages.get(found[0], {}).get(found[1]) if found else None
        return self._world.message_payload(message) if message is not None else None

    def _translate(self, error: BackendError, parts: list[str]) -> ApiError:
        if error.code == 10015 and self._is_expired(parts):
            return ApiError(401, 50027, "Invalid Webhook Token")
        if error.code == 10003 and parts[0] == "channels" and int(parts[1]) in self._world.left_channels:
            return ApiError(403, 50001, "Missing Access")
        return ApiError(error.status, error.code, error.message, error.errors)

    def _is_expired(self, parts: list[str]) -> bool:
        record = self._backend.interactions.get(self._backend.interaction_tokens.get(parts[2]))
        return record is not None and record.responded

    def _attachments_of(self, method: str, parts: list[str]) -> tuple[Any, list[str]]:
        """The message that a request edits, with its attachments' URLs before the edit."""
        if method == "PATCH" and parts[0] == "channels" and len(parts) == 4:
            message = self._backend.messages.get(int(parts[1]), {}).get(int(parts[3]))
            if message is not None:
                return message, [item["url"] for item in message.attachments]
        return None, []

    def _forget_replaced(self, before: tuple[Any, list[str]], answer: Any) -> None:
        """Drop replaced previews, which would otherwise fill the memory of a long demonstration."""
        message, urls = before
        if message is None or answer is None:
            return
        kept = {item["url"] for item in message.attachments}
        for url in urls:
            if url not in kept:
                self._backend.cdn.forget(url)

    def _correct_answer(self, method: str, parts: list[str], body: Any, answer: Any) -> Any:
        match [method, *parts]:
            case ["POST", "channels", channel_id, "messages"]:
                answer = self._remember_nonce(int(channel_id), body, answer)
            case ["GET", "channels", _, "messages"]:
                answer = [self._world.correct_message(item) for item in answer]
            case [_, "channels" | "webhooks", *_] if isinstance(answer, dict) and "author" in answer:
                answer = self._world.correct_message(answer)
            case ["POST", "interactions", *_]:
                answer = self._correct_callback(answer)
            case [_, "applications", _, *_, "commands"]:
                answer = [corrections.command(dict(item)) for item in answer]
            case ["GET", "channels", _] | ["POST", "users", "@me", "channels"]:
                answer = self._world.correct_channel(answer)
            case ["GET", "oauth2", "applications", "@me"]:
                answer = corrections.application(answer, flags=self._world.application_flags())
            case _:
                pass
        return answer

    def _correct_callback(self, answer: Payload) -> Payload:
        answer["interaction"] = {
            key: value for key, value in answer["interaction"].items() if value is not None
        }
        if "resource" in answer:
            answer["resource"]["message"] = self._world.correct_message(answer["resource"]["message"])
        return answer

    def _remember_nonce(self, channel_id: int, body: Payload, answer: Payload) -> Payload:
        nonce = body.get("nonce")
        if nonce is None:
            return self._world.correct_message(answer)
        self._world.nonce_of[int(answer["id"])] = str(nonce)
        self._nonces.remember(str(nonce), self._world.clock.now(), channel_id, int(answer["id"]))
        return self._world.correct_message(answer)
