"""Where the web pages are, and whether their address leads to them."""

from bot.app import check_port
from bot.commandline.address import where_public_url_leads
from bot.config import Settings


async def check_web(settings: Settings) -> str:
    """Where the web pages are. Raises: StartupError."""
    if settings.web_port and not settings.pages_url:
        await check_port(settings)
    return await where_pages_are(settings)


async def where_pages_are(settings: Settings) -> str:
    """The same beside a bot that runs, which has the port."""
    if settings.web_port == 0:
        return "no pages are served (WEB_PORT is 0)"
    where = f"the pages can be served at http://{settings.web_host}:{settings.web_port}"
    if not settings.pages_url:
        return f"{where}; members are not told where, until PUBLIC_URL says it"
    return f"{where}; members are told {settings.pages_url}, {await where_public_url_leads(settings)}"
