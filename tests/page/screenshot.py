"""python -m tests.page.screenshot: take the README's picture anew, of the real bot in the playground."""

import asyncio
import tempfile
from pathlib import Path

from playground import Playground
from playground.__main__ import invite
from playground.page import Page
from playground.process import connected, free_port, running_bot
from tests.browser import ENABLED, Person, open_browser

PICTURE = Path(__file__).parents[2] / "playground" / "screenshot.png"
PROMPT = "a red apple"


async def main() -> None:
    """Draw a grid, and look at it."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        async with Playground() as playground, running_bot(playground, Path(folder), web_port=port) as bot:
            people = invite(playground)
            await connected(playground, bot)
            web_url = f"http://127.0.0.1:{port}"
            async with Page(playground, list(people), notes=people, web_url=web_url) as page:
                await asyncio.to_thread(_take, page.url)


def _take(url: str) -> None:
    with open_browser() as browser:
        browser.set_window_size(1200, 1150)
        person = Person(browser, url)
        person.send(f"/imagine {PROMPT}")
        person.see(ENABLED, "V4")
        person.wait_until(lambda: bool(person.see(".attachment-image").get_property("naturalWidth")))
        browser.save_screenshot(str(PICTURE))


if __name__ == "__main__":
    asyncio.run(main())
