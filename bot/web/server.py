"""Serves the pages: one aiohttp application, with headers that let nothing foreign in."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager

from aiohttp import web

from bot.config import StartupError

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""No scripts at all, nothing inline, nothing from elsewhere."""


def application(routes: Iterable[web.AbstractRouteDef]) -> web.Application:
    """The application of these routes."""
    app = web.Application(middlewares=[_with_headers])
    app.add_routes(routes)
    return app


@web.middleware
async def _with_headers(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        response = await handler(request)
    except web.HTTPException as error:
        error.headers.update(HEADERS)
        raise
    response.headers.update(HEADERS)
    return response


@asynccontextmanager
async def serving(app: web.Application, *, host: str, port: int) -> AsyncGenerator[None]:
    """Serve while inside.

    Raises: StartupError.
    """
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise StartupError(
                f"The web pages cannot be served at {host}:{port} ({error.strerror}). Set another WEB_PORT, "
                "or 0 for no pages."
            ) from error
        yield
    finally:
        await runner.cleanup()
