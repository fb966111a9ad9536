"""What a newcomer does in the first minute: the real bot, its embedded model, a real browser."""

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from PIL import Image
from selenium import webdriver

from playground import Member, Playground
from playground.__main__ import invite, publish
from playground.page import Page
from playground.process import connected, free_port, running_bot
from tests.browser import ENABLED, Person, needs_browser, on_a_phone, open_browser
from tests.wire.test_path import grids

pytestmark = needs_browser


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """The demonstration as `make demo` runs it, and a browser."""

    playground: Playground
    people: list[Member]
    page: Page
    browser: webdriver.Chrome


@pytest_asyncio.fixture(scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    port, folder = free_port(), tmp_path_factory.mktemp("demo")
    async with Playground() as playground, running_bot(playground, folder, web_port=port) as bot:
        people = invite(playground)
        await connected(playground, bot)
        web_url = f"http://127.0.0.1:{port}{await publish(playground)}"
        async with Page(playground, list(people), notes=people, web_url=web_url) as page:
            with open_browser() as browser:
                yield Demo(playground=playground, people=list(people), page=page, browser=browser)


async def test_a_newcomer_types_a_prompt_watches_it_develop_and_presses_every_kind_of_button(
    demo: Demo,
) -> None:
    await asyncio.to_thread(_first_minute, demo.browser, demo.page.url)
    playground, room = demo.playground, demo.playground.guild.general
    await playground.wait_for(lambda d: len(grids(d, room)) == 4, 60)  # grid, tile, variations, new ones
    shown = grids(playground, room)
    grid = Image.open(io.BytesIO(shown[0].attachments[0].data)).convert("RGB")
    assert grid.size == (512, 512)
    red, green, blue = grid.getpixel((128, 128))  # type: ignore[misc]  # RGB has three bands
    assert red > 150 > max(green, blue)  # it is an apple: wherever one stands, the middle is of it


async def test_a_member_finds_the_menu_of_a_picture_and_what_it_opens(demo: Demo) -> None:
    await asyncio.to_thread(_menu, demo.browser, demo.page.url)


async def test_on_a_phone_a_line_is_pasted_and_the_web_page_is_a_tap_away(demo: Demo) -> None:
    with on_a_phone(demo.browser):
        await asyncio.to_thread(_on_a_phone, demo.browser, demo.page.url)


async def test_each_of_the_three_people_is_offered_what_is_theirs(demo: Demo) -> None:
    room = demo.playground.guild.general
    owner, moderator, newcomer = (set(demo.playground.commands(person, room)) for person in demo.people)
    assert "setup" in owner & moderator
    assert "setup" not in newcomer
    assert "imagine" in newcomer
    told = [message.content for message in demo.playground.ephemerals(demo.people[0])]
    assert not any("public-page" in content for content in told)  # how the web page was switched on


def _menu(browser: webdriver.Chrome, url: str) -> None:
    person = Person(browser, url)
    person.follow(".chat-people a", "Grace")
    person.see(ENABLED, "V4")
    for name, selector, text in (
        ("Details", ".message-content", "Seeds of the 4 pictures"),
        ("Report", ".modal-dialog, dialog", "What is wrong with it?"),
    ):
        browser.execute_script(
            "document.querySelector('.message-apps').click()"
        )  # it is there under the mouse
        person.press("#message-menu button", name)
        person.see(selector, text)


def _on_a_phone(browser: webdriver.Chrome, url: str) -> None:
    person = Person(browser, url)
    person.press("#chat-drawer", "")
    person.follow(".chat-people a", "Grace")
    person.press("#chat-drawer", "")
    person.follow(".chat-links a", "newbies-1")
    person.see("#channel-empty", "/imagine a red apple")
    person.paste("/imagine a red apple --ar 3:2")
    person.send("")
    person.see(".message-content", "a red apple --ar 3:2 - @Grace (")
    person.see(ENABLED, "V4")
    person.press("#chat-drawer", "")
    browser.get(person.see("[target=_blank]", "Web page").get_attribute("href") or "")
    assert person.see(".server").text == "Darkroom"


def _first_minute(browser: webdriver.Chrome, url: str) -> None:
    person = Person(browser, url)
    person.send("/imagine a red apple")
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
    person.paste("/imagine prompt: a pizza --steps 100")
    person.send("")
    person.see(".message-content", "a pizza --steps 100 - @Ada (")
    person.press(ENABLED, "Cancel")
    person.see(".message-content", "(Cancelled)")
    person.wait_until(lambda: "Cancel</" not in browser.page_source)
