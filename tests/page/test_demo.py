"""What a newcomer does in the first minute: the real bot, its embedded model, a real browser."""

import asyncio
import io
from pathlib import Path

from PIL import Image
from selenium import webdriver

from playground import Playground
from playground.page import Page
from playground.process import connected, running_bot
from tests.browser import ENABLED, Person, needs_browser, open_browser
from tests.wire.test_path import grids

pytestmark = needs_browser


async def test_a_newcomer_types_a_prompt_watches_it_develop_and_presses_every_kind_of_button(
    tmp_path: Path,
) -> None:
    async with Playground() as playground, running_bot(playground, tmp_path) as bot:
        await connected(playground, bot)
        async with Page(playground, [playground.guild.owner]) as page:
            with open_browser() as browser:
                await asyncio.to_thread(_first_minute, browser, page.url)
        room = playground.guild.general
        await playground.wait_for(lambda d: len(grids(d, room)) == 4, 60)  # grid, tile, variations, new ones
        shown = grids(playground, room)
        grid = Image.open(io.BytesIO(shown[0].attachments[0].data)).convert("RGB")
        assert grid.size == (512, 512)
        red, green, blue = grid.getpixel((128, 128))  # type: ignore[misc]  # RGB has three bands
        assert red > 150 > max(green, blue)  # it is an apple: wherever one stands, the middle is of it


def _first_minute(browser: webdriver.Chrome, url: str) -> None:
    person = Person(browser, url)
    person.command("imagine", "a red apple")
    person.see(".message-content", "a red apple - @Ada (")
    person.see(".component-button", "Cancel")
    person.see(".component-button", "V4")
    person.see(".message-content", "Welcome to the darkroom!")
    person.press(ENABLED, "U2")
    person.see(".message-content", "Image #2")
    person.press(ENABLED, "V1")
    person.see(".message-content", "Variations (Strong) by @Ada (fast)")
    person.press(ENABLED, "🔄")
    person.wait_until(lambda: browser.page_source.count("a red apple") >= 4)
    person.command("imagine", "a pizza --steps 100")
    person.press(ENABLED, "Cancel")
    person.see(".message-content", "(Cancelled)")
    person.wait_until(lambda: "Cancel</" not in browser.page_source)
