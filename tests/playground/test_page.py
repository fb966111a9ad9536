"""The page in a real browser: commands are typed, pictures develop, buttons work."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from PIL import Image
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.wheel_input import ScrollOrigin
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from playground import Channel, Playground
from playground.page import Page
from tests.browser import ENABLED, PATIENCE, Person, needs_browser, on_a_phone, open_browser

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
    guild = playground.guild
    people = {
        guild.owner: "owner",
        playground.add_member(guild, "Maud", manage_guild=True): "moderator",
        playground.add_member(guild, "Grace"): "newcomer",
    }
    async with Page(playground, list(people), notes=people, web_url="http://127.0.0.1:1/") as page:
        yield page


async def test_a_line_that_is_typed_on_an_empty_page_is_the_command(
    page: Page, playground: Playground, browser: webdriver.Chrome
) -> None:
    def drive() -> None:
        person = Person(browser, page.url)
        person.see("#channel-empty", "/imagine a red apple")
        person.type("/imagine ")
        person.see(".command-chip", "/imagine")
        person.see(".command-pill.is-focused", "prompt")
        person.send("a red apple")
        person.see(".message-content", "a red apple - @Ada (fast)")
        person.send("/quota menu " + Keys.ENTER)
        person.see(".message-content", "choose")
        person.type("/deferred ")
        person.see(".command-suggestion", "seconds")  # which need not be
        person.type(Keys.ENTER)
        person.see(".message-content", "done")

    await asyncio.to_thread(drive)
    assert playground.guild.owner.id not in [
        item.author_id for item in playground.messages(playground.guild.general)
    ]


async def test_a_pasted_line_is_the_command(page: Page, browser: webdriver.Chrome) -> None:
    def drive() -> None:
        person = Person(browser, page.url)
        person.send("/imagine a quick fox")  # at once: the page may not know the commands yet
        person.see(".message-content", "a quick fox - @Ada (fast)")
        for line, prompt in (
            ("/imagine a red fox --ar 3:2", "a red fox --ar 3:2"),
            ("/Imagine prompt: a green\nfox\n", "a green fox"),
        ):
            person.paste(line)
            person.see(".command-chip", "/imagine")
            person.send("")
            person.see(".message-content", f"{prompt} - @Ada (fast)")
        person.paste("/imagine ")
        person.type("prompt: a blue fox" + Keys.ENTER)
        person.see(".message-content", "a blue fox - @Ada (fast)")
        assert "prompt" not in person.see("#channel-message-list").text

    await asyncio.to_thread(drive)


LINES: dict[str, list[object] | None] = {
    "/imagine": None,
    "imagine a fox": None,
    "/imaginea fox": None,
    "/help me": None,
    "/help ": ["help", {}, None],
    "/quota set 5": ["quota set", {"amount": {"raw": "5"}}, "amount"],
    "/quota set amount: 5 per: Week": ["quota set", {"amount": {"raw": "5"}, "per": {"raw": "7"}}, "per"],
    "/mod warn @Grace": ["mod warn", {"member": {"raw": "Grace"}}, "member"],
    "/imagine a model: tall": ["imagine", {"prompt": {"raw": "a model: tall"}}, "prompt"],
}
COMMANDS = [
    {"invocation": "help", "options": []},
    {
        "invocation": "imagine",
        "options": [{"name": "prompt", "type": "string"}, {"name": "model", "type": "string"}],
    },
    {
        "invocation": "quota set",
        "options": [
            {"name": "amount", "type": "integer"},
            {"name": "per", "type": "string", "choices": [{"name": "week", "value": "7"}]},
        ],
    },
    {"invocation": "mod warn", "options": [{"name": "member", "type": "user"}]},
]


async def test_a_line_says_which_command_it_is_and_what_for_its_options(
    page: Page, browser: webdriver.Chrome
) -> None:
    script = """
        const [commands, lines, done] = arguments;
        import("/typed.js").then(({ typedCommand }) => done(lines.map((line) => {
            const typed = typedCommand(commands, line);
            return typed && [typed.entry.invocation, typed.values, typed.last];
        })));
    """

    def drive() -> None:
        Person(browser, page.url)
        assert browser.execute_async_script(script, COMMANDS, list(LINES)) == list(LINES.values())

    await asyncio.to_thread(drive)


async def test_what_can_be_chosen_and_what_options_are_for_is_shown_before_anything_is_typed(
    page: Page, browser: webdriver.Chrome
) -> None:
    def drive() -> None:
        person = Person(browser, page.url)
        person.type("/style ")
        person.see(".command-suggestion", "watercolour")
        person = Person(browser, page.url)
        person.type("/imagine ")
        person.press(".command-ghost", "+1")
        person.see(".command-suggestion", "A picture to start from")

    await asyncio.to_thread(drive)


async def test_plain_text_gets_a_hint_from_the_page_alone(
    page: Page, playground: Playground, browser: webdriver.Chrome
) -> None:
    def drive() -> None:
        person = Person(browser, page.url)
        person.send("a red apple, please")
        person.see(".message-content", "a red apple, please")
        assert person.see("#chat-hint").text == "Only commands draw. Type /imagine to draw."
        person.send("/imagin a red apple")
        person.see("#chat-hint", "There is no such command.")
        person.press("#chat-hint button", "/imagine")
        person.see(".command-pill.is-focused", "prompt")
        assert not browser.find_element(By.ID, "chat-hint").text

    await asyncio.to_thread(drive)
    said = [item.content for item in playground.messages(playground.guild.general)]
    assert said[-2:] == ["a red apple, please", "/imagin a red apple"]


async def test_everybody_is_offered_what_discord_would_offer(page: Page, browser: webdriver.Chrome) -> None:
    def offered(person: Person) -> list[str]:
        person.type("/")
        person.see(".command-entry", "/imagine")
        script = (
            "return [...document.querySelectorAll('.command-entry strong')].map((item) => item.textContent)"
        )
        names: list[str] = browser.execute_script(script)
        return names

    def drive() -> None:
        person = Person(browser, page.url)
        for name, is_moderator in (("Ada", True), ("Maud", True), ("Grace", False)):
            person.follow(".chat-people a", name)
            person.see(".chat-people a[aria-current]", name)
            commands = offered(person)
            assert commands[0] == "/imagine"
            assert ("/refuse" in commands) is is_moderator

    await asyncio.to_thread(drive)


async def test_the_page_is_at_the_end_until_somebody_scrolls_up(
    page: Page, playground: Playground, browser: webdriver.Chrome
) -> None:
    room = playground.guild.newbies

    def say(words: str) -> None:
        asyncio.run_coroutine_threadsafe(_say(words), loop).result()

    async def _say(words: str) -> None:
        playground.say(playground.guild.owner, room, words)

    def distance() -> float:
        script = "const t = document.getElementById('channel-timeline');"
        left: float = browser.execute_script(f"{script} return t.scrollHeight - t.clientHeight - t.scrollTop")
        return left

    def drive() -> None:
        for number in range(40):
            say(f"line {number}")
        person = Person(browser, page.url)
        person.follow(".chat-links a", "newbies-1")
        person.see(".message-content", "line 39")
        person.wait_until(lambda: distance() < 2)
        person.send("/imagine a picture that comes while one is at the end")
        person.see(ENABLED, "V4")
        person.wait_until(lambda: bool(person.see(".attachment-image").get_property("naturalWidth")))
        person.wait_until(lambda: distance() < 2)
        timeline = person.see("#channel-timeline")
        ActionChains(browser).scroll_from_origin(ScrollOrigin.from_element(timeline), 0, -600).perform()
        person.wait_until(lambda: distance() > 500)
        before = person.see(".message-content", "line 30").location["y"]
        say("one more")
        person.see("#new-messages")
        assert person.see(".message-content", "line 30").location["y"] == before

    loop = asyncio.get_running_loop()
    await asyncio.to_thread(drive)


async def test_a_phone_has_room_for_everything(page: Page, browser: webdriver.Chrome) -> None:
    def fits() -> bool:
        composer = browser.find_element(By.ID, "channel-composer").rect
        width: int = browser.execute_script("return document.documentElement.scrollWidth")
        return width == 390 and composer["x"] >= 0 and composer["x"] + composer["width"] <= 390

    def drive() -> None:
        person = Person(browser, page.url)
        assert fits()
        assert not browser.find_element(By.ID, "chat-sidebar").is_displayed()
        person.paste("/imagine a lighthouse, and beside it a longer prompt than a phone is wide")
        assert person.see(".command-option-input").rect["width"] > 200
        assert fits()
        person.send("")
        person.see(".message-content", "than a phone is wide - @Ada (fast)")
        person.press("#chat-drawer", "")
        assert person.see("#chat-sidebar").rect["width"] <= 312
        assert "general" in browser.switch_to.active_element.text
        person.type(Keys.ESCAPE)
        person.wait_until(lambda: not browser.find_element(By.ID, "chat-sidebar").is_displayed())
        person.press("#chat-drawer", "")
        person.follow("#chat-sidebar a", "Grace")
        assert not browser.find_element(By.ID, "chat-sidebar").is_displayed()
        person.send("hello")
        person.see(".message-author, .message-header", "Grace")
        assert fits()

    with on_a_phone(browser):
        await asyncio.to_thread(drive)


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


async def test_the_menus_of_an_edited_message_show_what_it_says_now(
    page: Page, browser: webdriver.Chrome
) -> None:
    def drive() -> None:
        person = Person(browser, page.url)
        person.command("panel")
        person.choose("Which room?", "newbies")
        person.see(".message-content", "That was not kept.")
        person.see(".select-value-label", "Which room?")
        person.choose("Page one", "Page two")
        person.see(".message-content", "This is page two.")
        person.see(".select-value-label", "Style: ink")
        person.choose("Page two", "Page one")
        person.see(".message-content", "This is page one.")
        person.see(".select-value-label", "Which room?")

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
        person.follow(".chat-people a", "Grace")
        person.see(".message-content", "a lighthouse at dawn")
        assert "remixed" not in browser.find_element(By.ID, "channel-message-list").text

    await asyncio.to_thread(drive)


def hang(browser: webdriver.Chrome, deed: str) -> None:
    """Press what hangs on the last message; it is there under the mouse."""
    script = "[...document.querySelectorAll(arguments[0])].at(-1).click()"
    browser.execute_script(script, f".channel-message [data-deed={deed}]")


def pictures(folder: Path, *names: str) -> list[str]:
    """Small pictures on this disk, by their paths."""
    for name in names:
        Image.new("RGB", (8, 8), "red").save(folder / name)
    return [str(folder / name) for name in names]


async def test_a_command_takes_files_and_a_choice_and_enter_then_sends_it(
    page: Page, browser: webdriver.Chrome, tmp_path: Path
) -> None:
    def drive() -> None:
        person = Person(browser, page.url)
        person.send("/blend ")
        for number, path in enumerate(pictures(tmp_path, "one.png", "two.png")):
            browser.find_elements(By.CSS_SELECTOR, ".command-file-input")[number].send_keys(path)
            person.see(".command-pill", Path(path).name)
        person.press(".command-ghost", "+2")
        person.press(".command-suggestion", "shape")
        person.see(".command-suggestion", "wide")
        person.type(Keys.ARROW_DOWN + Keys.ENTER)
        assert person.see(".command-option-input").get_property("value") == "wide"
        person.type(Keys.ENTER)
        shown = person.see(".message-content", "as 3:2").text
        assert re.fullmatch(r"one\.png \(\d+\) \+ two\.png \(\d+\) as 3:2", shown)

    await asyncio.to_thread(drive)


async def test_a_suggestion_is_chosen_by_one_enter_and_sent_by_the_next(
    page: Page, browser: webdriver.Chrome
) -> None:
    def drive() -> None:
        person = Person(browser, page.url)
        person.type("/style oi")
        person.see(".command-suggestion", "oil")
        person.wait_until(lambda: "ink" not in person.see(".command-popup").text)
        person.type(Keys.ENTER)
        assert person.see(".command-option-input").get_property("value") == "oil"
        person.see(".command-option-input").click()  # its suggestions are there again: what is chosen stays
        person.type(Keys.ENTER)
        person.see(".message-content", "oil")

    await asyncio.to_thread(drive)


async def test_a_form_takes_a_file_a_choice_and_words(
    page: Page, browser: webdriver.Chrome, tmp_path: Path
) -> None:
    def drive() -> None:
        person = Person(browser, page.url)
        person.send("/region " + Keys.ENTER)
        person.see(".modal-root", "White where it changes")
        browser.find_element(By.CSS_SELECTOR, ".modal-root input[type=file]").send_keys(
            *pictures(tmp_path, "mask.png")
        )
        person.see(".modal-root", "mask.png")
        person.choose("", "strong")
        person.see(".modal-root .modal-field input:not([type=file])").send_keys("a hat")
        person.press(".modal-root button", "Submit")
        assert re.fullmatch(
            r"a hat: mask\.png \(\d+\), strong", person.see(".message-content", "a hat: ").text
        )
        person.press(".message-dismiss", "")
        person.wait_until(lambda: "a hat: " not in person.see("#channel-message-list").text)

    await asyncio.to_thread(drive)


async def test_a_picture_is_posted_and_used_by_its_menu(
    page: Page, browser: webdriver.Chrome, tmp_path: Path
) -> None:
    def drive() -> None:
        person = Person(browser, page.url)
        browser.find_element(By.ID, "attach-input").send_keys(*pictures(tmp_path, "mine.png"))
        person.see("#attached", "mine.png")
        person.send("my own")
        person.see(".message-content", "my own")
        person.wait_until(lambda: not browser.find_element(By.ID, "attached").text)
        hang(browser, "apps")
        person.see("#message-menu button")
        names = [item.text for item in browser.find_elements(By.CSS_SELECTOR, "#message-menu button")]
        assert names[:5] == ["Cancel or delete", "Describe", "Details", "Send to me", "Use as…"]
        assert names[5:] == ["Copy Message Link", "Copy Image Link"]
        person.press("#message-menu button", "Use as…")
        person.see(".message-content", "of mine.png")

    await asyncio.to_thread(drive)


async def test_a_reaction_is_added_from_a_choice_and_taken_away_by_its_own_button(
    page: Page, playground: Playground, browser: webdriver.Chrome
) -> None:
    def reactions() -> list[str]:
        last = playground.messages(playground.guild.newbies)[-1]
        return [reaction.emoji for reaction in last.reactions]

    def drive() -> None:
        person = Person(browser, page.url)
        person.follow(".chat-links a", "newbies-1")
        person.send("look at this")
        person.see(".message-content", "look at this")
        hang(browser, "react")
        person.press("#message-menu button", "⭐")
        person.see(".reaction-chip.is-selected", "⭐")
        assert reactions() == ["⭐"]
        person.press(".reaction-chip", "⭐")
        person.wait_until(lambda: not reactions())

    await asyncio.to_thread(drive)


async def test_a_thread_is_opened_at_a_message_answered_in_and_left_for_its_channel(
    page: Page, browser: webdriver.Chrome
) -> None:
    def drive() -> None:
        person = Person(browser, page.url)
        person.send("foxes, please")
        person.see(".message-content", "foxes, please")
        hang(browser, "thread")
        assert person.see("#message-menu input").get_property("value") == "foxes, please"
        person.type("foxes" + Keys.ENTER)
        person.see(".channel-parent", "general")
        person.send("/where " + Keys.ENTER)
        person.see(".message-content", "foxes in general")
        assert person.see("#chat-sidebar [data-thread]").text.endswith("foxes")
        person.follow(".channel-parent", "general")
        person.follow(".thread-summary", "foxes")
        person.see(".message-content", "foxes in general")

    await asyncio.to_thread(drive)


async def test_a_link_to_an_old_message_leads_there_and_what_is_new_elsewhere_is_marked(
    page: Page, playground: Playground, browser: webdriver.Chrome
) -> None:
    guild = playground.guild
    old = playground.say(guild.owner, guild.newbies, "the first of many")
    for number in range(60):
        playground.say(guild.owner, guild.newbies, f"line {number}")
    link = f"https://discord.com/channels/{guild.id}/{guild.newbies.id}"

    async def write() -> None:
        playground.say(guild.owner, guild.newbies, "news")
        playground.say(guild.owner, guild.general, f"see {link}/{old.id} and {link}/1")

    def drive() -> None:
        person = Person(browser, page.url)
        person.follow(".chat-people a", "Grace")
        asyncio.run_coroutine_threadsafe(write(), loop).result()
        person.see("#chat-sidebar [data-news]", "newbies-1")
        person.follow(".message-content a", f"/{old.id}")
        person.see(".is-pointed-at", "the first of many")
        person.send("here I am")
        person.see(".message-content", "here I am")

    loop = asyncio.get_running_loop()
    await asyncio.to_thread(drive)


async def test_the_bot_answers_in_direct_messages(page: Page, browser: webdriver.Chrome) -> None:
    def drive() -> None:
        person = Person(browser, page.url)
        person.follow(".chat-links a", "Darkroom")
        person.command("context")
        person.see(".message-content", "guild=None")

    await asyncio.to_thread(drive)


async def test_a_room_that_is_made_meanwhile_comes_into_the_list_of_who_sees_it(
    page: Page, playground: Playground, browser: webdriver.Chrome
) -> None:
    def drive() -> None:
        person = Person(browser, page.url)
        asyncio.run_coroutine_threadsafe(make(), loop).result()
        person.follow(".chat-links a", "newbies-2")
        person.send("/context " + Keys.ENTER)
        person.see(".message-content", "guild=")
        asyncio.run_coroutine_threadsafe(delete(), loop).result()
        person.wait_until(lambda: "newbies-2" not in person.see("#chat-sidebar").text)

    async def make() -> None:
        made.append(playground.add_channel(playground.guild, "newbies-2"))

    async def delete() -> None:
        playground.delete_channel(made[0])

    made: list[Channel] = []
    loop = asyncio.get_running_loop()
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
        assert [link.text for link in browser.find_elements(By.CSS_SELECTOR, ".chat-people a")] == [
            "A\nAda\nowner",
            "M\nMaud\nmoderator",
            "G\nGrace\nnewcomer",
        ]
        assert person.see("[target=_blank]", "Web page").get_attribute("href") == "http://127.0.0.1:1/"

    await asyncio.to_thread(drive)
