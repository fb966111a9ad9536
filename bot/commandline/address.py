"""Whether PUBLIC_URL leads to the web pages: tried from here, which is not where visitors are."""

import aiohttp

from bot.app import check_port
from bot.config import Settings, StartupError
from bot.web.server import HEADERS, application, serving

PATIENCE = aiohttp.ClientTimeout(total=4.0)
MARK = "Content-Security-Policy"
"""A header that no other site has word for word."""
BEHIND = range(502, 505)
"""What a proxy answers with nothing behind it."""


async def where_public_url_leads(settings: Settings) -> str:
    """Serve for a moment, and look there.

    Raises: StartupError, where the port is taken, the name is unknown, or something else answers.
    """
    await check_port(settings)
    async with serving(application([]), host=settings.web_host, port=settings.web_port):
        return await _seen(settings)


async def _seen(settings: Settings) -> str:
    url = settings.pages_url
    try:
        async with (
            aiohttp.ClientSession(timeout=PATIENCE) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            return _judged(settings, answer)
    except aiohttp.ClientConnectorDNSError as error:
        raise StartupError(
            f"nobody knows the host of PUBLIC_URL={url}. Correct it, or make its record in the DNS."
        ) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        reason = str(error) or "no answer"
        return f"which this machine itself does not reach ({reason}): try it from elsewhere"


def _judged(settings: Settings, answer: aiohttp.ClientResponse) -> str:
    if answer.headers.get(MARK) == HEADERS[MARK]:
        return "which leads here"
    if answer.status in BEHIND:
        return f"where a proxy answers {answer.status}: let it pass to http://127.0.0.1:{settings.web_port}"
    raise StartupError(
        f"at PUBLIC_URL={settings.pages_url} something else answers ({answer.status}). Correct it, or let "
        f"that server pass requests on to http://127.0.0.1:{settings.web_port}."
    )
