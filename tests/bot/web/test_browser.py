"""The pages in a real browser: styled without anything inline, usable with the keyboard, fit for a phone."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.expected_conditions import url_contains
from selenium.webdriver.support.wait import WebDriverWait

from bot.domain.asker import Asker
from bot.services import Services
from bot.web.community import CommunityPages
from bot.web.server import application
from tests.bot.services.community import now as again
from tests.bot.services.test_onboarding import configured
from tests.bot.web.test_community import EVIL, Town, hung
from tests.browser import needs_browser, open_browser

pytestmark = needs_browser


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    with open_browser() as browser:
        yield browser


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path}/darkroom.db"


@pytest.fixture
async def address(services: Services, ada: Asker) -> AsyncIterator[str]:
    """A server whose members show three pictures."""
    await configured(services, ada, is_public=True)
    await hung(services, ada, "a red fox in the snow --ar 3:2")
    await hung(services, ada, EVIL)
    await hung(services, again(ada, user_id=7), "a lighthouse at night", name="Grace")
    town = Town()
    pages = CommunityPages(services, town)
    app = application(pages.routes(), error_page=pages.error_page)
    async with TestServer(app) as server:
        town.url = f"{server.make_url('/servers/1/gallery')}?q=joined"
        yield str(server.make_url("/"))


async def test_a_visitor_looks_around_searches_and_joins(browser: webdriver.Chrome, address: str) -> None:
    await asyncio.to_thread(_look_around, browser, address)


def _look_around(browser: webdriver.Chrome, address: str) -> None:
    browser.set_window_size(1280, 900)
    browser.get(address)
    join = browser.find_element(By.CSS_SELECTOR, ".act .join")
    assert join.value_of_css_property("background-color") == "rgba(255, 75, 51, 1)"  # the style is there
    wait = WebDriverWait(browser, 10)
    shown = "return [...document.images].every(image => image.complete && image.naturalWidth > 0)"
    browser.execute_script("document.querySelector('.recent').scrollIntoView()")  # pictures come when seen
    wait.until(lambda page: page.execute_script(shown))
    browser.execute_script("scrollTo(0, 0)")
    _photograph(browser, "landing")
    browser.find_element(By.LINK_TEXT, "Gallery").click()
    _photograph(browser, "gallery")
    assert len(browser.find_elements(By.CSS_SELECTOR, ".wall li")) == 3
    browser.find_element(By.CSS_SELECTOR, ".wall li:last-child .frame").click()
    assert browser.find_element(By.TAG_NAME, "h1").text == "a red fox in the snow --ar 3:2"
    _photograph(browser, "picture")
    browser.find_element(By.PARTIAL_LINK_TEXT, "Newer").click()
    line = browser.find_element(By.CSS_SELECTOR, ".use code")
    line.click()  # one click selects all of it, without a script
    assert browser.execute_script("return getSelection().toString()") == f"/imagine prompt: {EVIL}"
    browser.find_element(By.LINK_TEXT, "Gallery").click()
    search = browser.find_element(By.NAME, "q")
    search.send_keys("FOX", Keys.ENTER)
    wait.until(url_contains("q=FOX"))
    assert len(browser.find_elements(By.CSS_SELECTOR, ".wall li")) == 2
    assert browser.find_element(By.NAME, "q").get_attribute("value") == "FOX"
    browser.find_element(By.LINK_TEXT, "Ada").click()
    wait.until(url_contains("by="))
    assert browser.find_element(By.TAG_NAME, "h1").text == "Pictures by Ada"
    browser.find_element(By.LINK_TEXT, "Join").click()
    wait.until(url_contains("q=joined"))
    phone = {"width": 375, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    width = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
    for number, path in enumerate(("", "servers/1/gallery", "servers/1/p/2")):
        browser.get(f"{address}{path}")
        assert browser.execute_script(width) == 0
        _photograph(browser, f"phone-{number}")
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert browser.get_log("browser") == []  # type: ignore[no-untyped-call]  # nothing blocked, nothing failed


def _photograph(browser: webdriver.Chrome, name: str) -> None:
    """For people to look at, where SCREENSHOTS names a folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        browser.save_screenshot(str(Path(folder) / f"{name}.png"))
