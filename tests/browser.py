"""A headless Chromium, and a person at it who uses the playground's page."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --window-size=1200,860"
)
PATIENCE = 60
ENABLED = ".component-button[aria-disabled='false']"  # while one action is under way the others wait

needs_browser = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="chromium and chromedriver are not installed"
)


@contextmanager
def open_browser() -> Iterator[webdriver.Chrome]:
    """A browser of one's own."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for flag in FLAGS.split():
        options.add_argument(flag)
    browser = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield browser
    browser.quit()


@contextmanager
def on_a_phone(browser: webdriver.Chrome) -> Iterator[None]:
    """390 by 800 pixels, and no mouse, while inside."""
    size = {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        yield
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


class Person:
    """Someone at the browser."""

    def __init__(self, browser: webdriver.Chrome, url: str) -> None:
        self.browser = browser
        browser.get("about:blank")
        browser.get(url)
        self.see("#channel-composer-input")

    def see(self, selector: str, text: str = "") -> WebElement:
        """Wait until an element with this text is shown; the last of them."""

        def find(browser: webdriver.Chrome) -> WebElement | None:
            found = [item for item in browser.find_elements(By.CSS_SELECTOR, selector) if text in item.text]
            return found[-1] if found and found[-1].is_displayed() else None

        # Elements are replaced while a picture develops.
        ignored = [StaleElementReferenceException]
        message = f"{selector} with {text!r}"
        element = WebDriverWait(self.browser, PATIENCE, 0.1, ignored).until(find, message)
        assert isinstance(element, WebElement)
        return element

    def press(self, selector: str, text: str) -> None:
        """Click what `see` finds; once more if it was replaced under the finger."""

        def click() -> bool:
            self.see(selector, text).click()
            return True

        self.wait_until(click)

    def choose(self, menu: str, option: str) -> None:
        """Pick from a menu; once more while the page is busy with something else."""

        def shown() -> list[WebElement]:
            options = self.browser.find_elements(By.CSS_SELECTOR, ".select-option")
            return [item for item in options if option in item.text]

        picked = False

        def pick() -> bool:
            nonlocal picked
            if options := shown():
                options[-1].click()
                picked = True
            elif not picked:
                self.see(".select-trigger", menu).click()
            return picked and not shown()

        self.wait_until(pick)

    def follow(self, selector: str, text: str) -> None:
        """Click a link of the page, and wait until one can write where it leads."""
        self.browser.execute_script("window.isLeft = true")
        self.press(selector, text)
        self.wait_until(lambda: not self.browser.execute_script("return window.isLeft"))
        self.see("#channel-composer-input")

    def wait_until(self, holds: Callable[[], bool]) -> None:
        WebDriverWait(self.browser, PATIENCE, 0.1, [StaleElementReferenceException]).until(lambda _: holds())

    def type(self, text: str) -> None:
        """Press key after key, wherever the cursor is; on a fresh page it is nowhere yet."""
        ActionChains(self.browser).send_keys(text).perform()

    def paste(self, text: str) -> None:
        """Put a whole text into the composer at once."""
        self.see("#channel-composer-input").click()
        self.browser.execute_cdp_cmd("Input.insertText", {"text": text})

    def send(self, line: str) -> None:
        """Type a line, and press Enter."""
        self.type(line + Keys.ENTER)

    def command(self, name: str, option: str = "") -> None:
        """Type a slash command, pick it, fill in its first option, send it."""
        composer = self.see("#channel-composer-input")
        composer.send_keys(f"/{name}")
        self.see(".command-entry.is-active", f"/{name}")
        composer.send_keys(Keys.ENTER)
        self.see(".command-chip", f"/{name}")
        if option:
            self.see(".command-option-input").send_keys(option)
            self.see(".command-option-input").send_keys(Keys.ENTER)
        else:
            self.see(".command-chip").send_keys(Keys.ENTER)
