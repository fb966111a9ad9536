"""Serves the pages: one aiohttp application, with headers that let nothing foreign in."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import cast

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.config import StartupError
from bot.web.door import KEEPALIVE_SECONDS, LINGERING_SECONDS, Door, Factory

log = logging.getLogger(__name__)

ErrorPage = Callable[[web.Request, int], web.Response]
"""The page of a status of 400 or more."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""No scripts at all, nothing inline, nothing from elsewhere."""


def application(
    routes: Iterable[web.AbstractRouteDef], *, error_page: ErrorPage | None = None
) -> web.Application:
    """The application of these routes; without an `error_page`, errors are a line of plain text."""
    app = web.Application(middlewares=[_with_headers(error_page or _plain)])
    app.add_routes(routes)
    return app


def _with_headers(error_page: ErrorPage) -> Middleware:
    @web.middleware
    async def answered(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await handler(request)
        except web.HTTPException as error:
            if error.status < HTTPStatus.BAD_REQUEST:
                error.headers.update(HEADERS)
                raise
            response = _page_of(error_page, request, error)
        except Exception:
            log.exception("a page could not be made: %s %r", request.method, request.path)
            response = error_page(request, HTTPStatus.INTERNAL_SERVER_ERROR)
        response.headers.update(HEADERS)
        return response

    return answered


def _page_of(error_page: ErrorPage, request: web.Request, error: web.HTTPException) -> web.Response:
    response = error_page(request, error.status)
    if "Allow" in error.headers:
        response.headers["Allow"] = error.headers["Allow"]
    return response


def _plain(_: web.Request, status: int) -> web.Response:
    return web.Response(status=status, text=f"{status}: {HTTPStatus(status).phrase}")


@asynccontextmanager
async def serving(
    app: web.Application, *, host: str, port: int, setting: str = "WEB_PORT"
) -> AsyncGenerator[None]:
    """Serve while inside.

    Raises: StartupError.
    """
    runner = web.AppRunner(
        app,
        access_log=None,
        shutdown_timeout=1.0,
        keepalive_timeout=KEEPALIVE_SECONDS,
        lingering_time=LINGERING_SECONDS,
    )
    await runner.setup()
    server = None
    try:
        try:
            door = Door(cast("Factory", runner.server))
            server = await asyncio.get_running_loop().create_server(door, host, port)
        except OSError as error:
            raise StartupError(_taken(host, port, setting, error)) from error
        yield
    finally:
        if server is not None:
            server.close()
        await runner.cleanup()


def _taken(host: str, port: int, setting: str, error: OSError) -> str:
    if setting == "WEB_PORT":
        return (
            f"The web pages cannot be served at {host}:{port} ({error.strerror}). Set another WEB_PORT, "
            "or 0 for no pages."
        )
    return (
        f"The metrics cannot be served at {host}:{port} ({error.strerror}). Set another {setting}, "
        "or none to have them beside the web pages."
    )
