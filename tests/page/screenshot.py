"""python -m tests.page.screenshot: take the README's picture anew, of the real bot in the playground."""

import asyncio
import tempfile
from pathlib import Path

from playground import Playground
from playground.page import Page
from playground.process import connected, running_bot
from tests.browser import ENABLED, Person, open_browser

PICTURE = Path(__file__).parents[2] / "playground" / "screenshot.png"
PROMPT = "a red apple"


async def main() -> None:
    """Draw a grid, and look at it."""
    with tempfile.TemporaryDirectory() as folder:
        async with Playground() as playground, running_bot(playground, Path(folder)) as bot:
            await connected(playground, bot)
            async with Page(playground, [playground.guild.owner]) as page:
                await asyncio.to_thread(_take, page.url)


def _take(url: str) -> None:
    with open_browser() as browser:
        browser.set_window_size(1200, 1100)
        person = Person(browser, url)
        person.command("imagine", PROMPT)
        person.see(ENABLED, "V4")
        person.wait_until(lambda: bool(person.see(".attachment-image").get_property("naturalWidth")))
        browser.save_screenshot(str(PICTURE))


if __name__ == "__main__":
    asyncio.run(main())
