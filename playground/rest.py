"""REST and CDN over HTTP: authorization, multipart, rate limits, faults, and the answers of the world."""

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import BodyPartReader, web

from playground.faults import Delay, Drop, Fault, Faults, Hold, RateLimited, Status
from playground.limits import RateLimits, Verdict
from playground.rules import MEBIBYTE, ApiError, Upload
from playground.world import Routes, World

API = "/api/v10"
CDN = "/cdn"
MAX_BODY = 256 * MEBIBYTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request of the bot, as the log keeps it; `status` is 0 where no answer was sent."""

    method: str
    path: str
    status: int
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A request as it came: its path without the API's prefix, its JSON and its files."""

    method: str
    path: str
    params: Mapping[str, str]
    body: Any
    uploads: list[Upload]


class Rest:
    """Serves the world over HTTP."""

    def __init__(
        self, world: World, faults: Faults, token: str, gateway_url: Callable[[], str], shards: int
    ) -> None:
        self.limits = RateLimits()
        self.log: deque[Request] = deque(maxlen=5000)
        self.on_change: Callable[[], None] = lambda: None
        self.check_request: Callable[[Received], None] = lambda _: None
        self.check_response: Callable[[Received, int, Any], None] = lambda *_: None
        self._world = world
        self._routes = Routes(world)
        self._faults = faults
        self._token = token
        self._gateway_url = gateway_url
        self._shards = shards

    def routes(self) -> list[web.RouteDef]:
        return [
            web.route("*", API + "/{path:.*}", self._api),
            web.get(CDN + "/{path:.*}", self._cdn),
        ]

    # One request

    async def _api(self, request: web.Request) -> web.StreamResponse:
        path = request.path.removeprefix(API)
        fault = self._strike(request.method, path)
        call = await _read(request, path)
        response = await self._suffer(fault, request, processed=False)
        if response is None:
            response = self._answer(request, call)
            response = await self._suffer(fault, request, processed=True) or response
        is_cut = request.transport is None or request.transport.is_closing()
        status = 0 if is_cut else response.status
        self.log.append(Request(method=request.method, path=path, status=status, at=time.monotonic()))
        self.on_change()
        return response

    def _answer(self, request: web.Request, call: Received) -> web.Response:
        edits_old = self._routes.edits_old_message(call.method, call.path)
        verdict = self.limits.count(call.method, call.path, edits_old=edits_old)
        if verdict.retry_after is not None:
            return _too_many(verdict.retry_after, "global" if verdict.is_global else "user", verdict)
        self.check_request(call)
        try:
            self._authorize(request, call.path)
            answer = self._route(call)
        except ApiError as error:
            return _json(error.status, error.body(), verdict.headers)
        status = 204 if answer is None else 200
        self.check_response(call, status, answer)
        return _json(status, answer, verdict.headers)

    def _authorize(self, request: web.Request, path: str) -> None:
        """Interactions and webhooks carry their token in the path; everything else needs the bot's."""
        if path.startswith(("/interactions/", "/webhooks/")):
            return
        if request.headers.get("Authorization") != f"Bot {self._token}":
            raise ApiError(401, 0, "401: Unauthorized")

    def _route(self, call: Received) -> Any:
        if call.path == "/gateway":
            return {"url": self._gateway_url()}
        if call.path == "/gateway/bot":
            limits = {"total": 1000, "remaining": 999, "reset_after": 14400000, "max_concurrency": 1}
            return {"url": self._gateway_url(), "shards": self._shards, "session_start_limit": limits}
        answer = self._routes.handle(call.method, call.path, call.body, call.params, call.uploads)
        self.on_change()
        if call.path.endswith("/callback") and call.params.get("with_response", "").lower() not in (
            "true",
            "1",
        ):
            return None
        return answer

    async def _cdn(self, request: web.Request) -> web.StreamResponse:
        fault = self._strike("GET", request.path)
        response = await self._suffer(fault, request, processed=False)
        if response is None:
            data = self._world.read_cdn(request.path)
            response = web.Response(body=data) if data is not None else web.Response(status=404)
            response = await self._suffer(fault, request, processed=True) or response
        status = response.status
        self.log.append(Request(method="GET", path=request.path, status=status, at=time.monotonic()))
        self.on_change()
        return response

    def _strike(self, method: str, path: str) -> Fault | None:
        fault = self._faults.strike(method, path)
        if fault is not None:
            self.on_change()  # somebody may wait for it to strike
        return fault

    async def _suffer(
        self, fault: Fault | None, request: web.Request, *, processed: bool
    ) -> web.Response | None:
        """Let the fault act if this is its moment; a response replaces the true one."""
        if fault is None or fault.processed != processed:
            return None
        match fault:
            case Delay(seconds=seconds):
                await asyncio.sleep(seconds)
            case Hold(released=released):
                await released.wait()
            case Drop():
                if request.transport is not None:
                    request.transport.abort()
                return web.Response(status=500)
            case Status(status=status, code=code, message=message):
                return _json(status, {"message": message, "code": code}, {})
            case RateLimited(retry_after=retry_after, scope=scope, via=via):
                return _too_many(retry_after, scope, Verdict(headers={}), via=via)
        return None


async def _read(request: web.Request, path: str) -> Received:
    body: Any = None
    uploads: list[Upload] = []
    if request.content_type == "multipart/form-data":
        body, uploads = await _read_multipart(request)
    elif request.can_read_body:
        body = json.loads(await request.read() or b"null")
    return Received(method=request.method, path=path, params=dict(request.query), body=body, uploads=uploads)


async def _read_multipart(request: web.Request) -> tuple[Any, list[Upload]]:
    """The JSON of `payload_json` and the files of `files[n]`, described by its attachments."""
    body: Any = None
    files: dict[int, tuple[str, bytes]] = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        data = bytes(await part.read())
        if part.name == "payload_json":
            body = json.loads(data)
        elif part.name.startswith("files["):
            files[int(part.name[6:-1])] = (part.filename or "file", data)
    listed = (body.get("data") or body).get("attachments") or [] if isinstance(body, dict) else []
    described = {str(item.get("id")): item for item in listed}
    return body, [
        Upload(filename=name, data=data, description=described.get(str(index), {}).get("description"))
        for index, (name, data) in sorted(files.items())
    ]


def _json(status: int, body: Any, headers: Mapping[str, str]) -> web.Response:
    """JSON with the bare content type: clients compare the whole header with `application/json`."""
    if status == 204:
        return web.Response(status=204, headers=headers)
    return web.Response(
        status=status, body=json.dumps(body).encode(), content_type="application/json", headers=headers
    )


def _too_many(retry_after: float, scope: str, verdict: Verdict, *, via: bool = True) -> web.Response:
    headers = {
        **verdict.headers,
        "Retry-After": str(max(1, round(retry_after))),
        "X-RateLimit-Scope": scope,
        **({"X-RateLimit-Global": "true"} if scope == "global" else {}),
        **({"Via": "1.1 playground"} if via else {}),
    }
    body = {
        "message": "You are being rate limited.",
        "code": verdict.code,
        "retry_after": retry_after,
        "global": scope == "global",
    }
    return _json(429, body, headers)
