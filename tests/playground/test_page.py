"""The page in a real browser: commands are typed, pictures develop, buttons work."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select

from playground import Member, Playground
from playground.page import Page
from tests.browser import ENABLED, PATIENCE, Person, needs_browser, open_browser

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.usefixtures("bot"),
    needs_browser,
]


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    with open_browser() as browser:
        yield browser


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page(playground: Playground) -> AsyncIterator[Page]:
    playground.answer_within = PATIENCE  # a browser and a bot beside each other may be slow
    people: list[Member] = [playground.guild.owner, playground.add_member(playground.guild, "Grace")]
    async with Page(playground, people) as page:
        yield page


async def test_a_prompt_is_not_lost_while_the_channel_lives(
    page: Page, playground: Playground, browser: webdriver.Chrome
) -> None:
    async def chatter() -> None:
        while True:
            playground.say(playground.guild.owner, playground.guild.general, "meanwhile")
            await asyncio.sleep(0.05)

    def drive() -> None:
        person = Person(browser, page.url)
        person.command("imagine", "a prompt that takes a while to type, letter by letter")
        person.see(".message-content", "letter by letter - @Ada (fast)")

    talking = asyncio.create_task(chatter())
    await asyncio.to_thread(drive)
    talking.cancel()


async def test_a_picture_is_drawn_and_its_buttons_work(page: Page, browser: webdriver.Chrome) -> None:
    def drive() -> None:
        person = Person(browser, page.url)
        person.command("imagine", "a lighthouse at dusk")
        person.see(".message-content", "a lighthouse at dusk - @Ada (fast)")
        picture = person.see(".attachment-image")
        person.wait_until(lambda: person.see(".attachment-image").get_property("naturalWidth") == 128)
        button = person.see(ENABLED, "U2")
        assert button.location["y"] > picture.location["y"] + picture.size["height"]
        person.press(ENABLED, "U2")
        person.see(".message-content", "upscaled 1 of 812")

    await asyncio.to_thread(drive)


async def test_a_form_opens_and_its_answer_is_seen_by_one(page: Page, browser: webdriver.Chrome) -> None:
    def drive() -> None:
        person = Person(browser, page.url)
        person.command("imagine", "a lighthouse at dawn")
        person.see(".message-content", "a lighthouse at dawn - @Ada (fast)")
        person.press(ENABLED, "V1")
        person.see(".modal-root input, .modal-root textarea").send_keys("a harbour")
        person.press(".modal-root button", "Submit")
        person.see(".message-content", "remixed: a harbour")
        Select(person.see("#viewer-picker")).select_by_visible_text("Grace")
        person.see(".message-content", "a lighthouse at dawn")
        assert "remixed" not in browser.find_element(By.ID, "channel-message-list").text

    await asyncio.to_thread(drive)


async def test_the_bot_answers_in_direct_messages(page: Page, browser: webdriver.Chrome) -> None:
    def drive() -> None:
        person = Person(browser, page.url)
        person.press(".chat-channels a", "Darkroom")
        person.see(".chat-channels a[aria-current]", "Darkroom")
        person.command("context")
        person.see(".message-content", "guild=None")

    await asyncio.to_thread(drive)


async def test_no_answer_is_said(page: Page, playground: Playground, browser: webdriver.Chrome) -> None:
    def drive() -> None:
        person = Person(browser, page.url)
        person.command("silent")
        person.see(".message-content", "The application did not respond.")

    playground.answer_within = 1
    await asyncio.to_thread(drive)
    playground.answer_within = PATIENCE


async def test_the_workbench_is_hidden(page: Page, browser: webdriver.Chrome) -> None:
    def drive() -> None:
        person = Person(browser, page.url)
        assert browser.title == "Darkroom"
        assert not browser.find_element(By.ID, "toolbar").is_displayed()
        assert not browser.find_element(By.ID, "messages-sidebar").is_displayed()
        assert person.see("#viewer-picker").is_displayed()

    await asyncio.to_thread(drive)
