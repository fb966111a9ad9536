"""/help names what there is and nothing else, and no sentence names a command that there is not."""

import ast
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.boundary import MODERATORS
from bot.client import Darkroom
from bot.cogs.host import Host
from bot.domain.kinds import JobKind
from bot.domain.parameters import ROWS, Subject
from bot.messages import guild, manual
from bot.messages.catalogue import FOLDER
from bot.messages.kinds import WORDS
from bot.messages.payload import MAX_CONTENT, Button
from bot.services import Services
from bot.views.help_buttons import listed

LOCALES = ["en-US", *sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir())]
ROOT = Path(__file__).parents[2] / "bot"
SAID = {"say", "say_n", "locale_str"}
COMMAND = re.compile(r"(?<![\w<./:])/([a-z]{2,})(?: ([a-z]+))?")


@pytest.fixture
async def client(services: Services) -> AsyncIterator[Darkroom]:
    """The client with all its commands, not connected."""
    made = Darkroom(services)
    await made.add_cogs()
    yield made
    for name in list(made.cogs):
        await made.remove_cog(name)


PAGES: dict[Subject, manual.Page] = {subject: page for page, subject in manual.SUBJECTS.items()}


def pages(client: Darkroom, locale: str = "en-US", *, is_moderator: bool = True) -> dict[str, str]:
    """The manual as one person may read it, page by page."""
    commands = listed(client.tree)
    return {
        page: manual.page(page, commands, locale, is_moderator=is_moderator).content for page in manual.Page
    }


async def test_the_manual(client: Darkroom, snapshot: SnapshotAssertion) -> None:
    assert pages(client) == snapshot


async def test_every_command_is_named_in_the_manual_and_no_other(client: Darkroom) -> None:
    commands = listed(client.tree)
    said = pages(client)
    yours = set(re.findall(r"`(/[^`]+)`: ", said[manual.Page.YOURS]))
    theirs = set(re.findall(r"`(/[^`]+)`: ", said[manual.Page.MODERATORS]))
    menus = set(re.findall(r"\*\*(.+?)\*\*: ", said[manual.Page.BUTTONS].split("Apps:")[-1]))
    assert yours == {
        part.name
        for command in commands
        if not command.is_menu and not command.is_for_moderators
        for part in command.parts or (command,)
    }
    assert theirs == {command.name for command in commands if command.is_for_moderators}
    assert menus == {command.name for command in commands if command.is_menu}
    for command in commands:
        if command.is_for_moderators and command.parts:
            names = " · ".join(part.name.split()[-1] for part in command.parts)
            assert f"-# {names}\n" in said[manual.Page.MODERATORS] + "\n"
    named = {name.split()[0] for name in yours | theirs}
    assert named | menus == {command.name for command in commands}


async def test_the_manual_explains_every_parameter_and_every_button(client: Darkroom) -> None:
    said = pages(client)
    for row in ROWS.values():
        shown = said[PAGES[row.subject]]
        value = () if row.words == 0 else (str(row.range), str(row.default), row.example)
        for part in (f"--{row.name}", str(row.help), *value):
            assert part in shown
    for kind in JobKind:
        words = WORDS[kind].help
        no_button = {JobKind.IMAGINE, JobKind.BLEND, JobKind.EDIT}
        assert (words is None) == (kind in no_button)
        assert words is None or str(words) in said[manual.Page.BUTTONS]


@pytest.mark.parametrize(
    "locale", ["en-US", *(folder.name for folder in FOLDER.iterdir() if folder.is_dir())]
)
async def test_every_page_fits_a_message_and_leaves_nothing_out(client: Darkroom, locale: str) -> None:
    for content in pages(client, locale).values():
        assert len(content) <= MAX_CONTENT
        assert "… and" not in content


async def test_only_moderators_are_shown_the_way_to_their_page(client: Darkroom) -> None:
    for is_moderator in (True, False):
        shown = manual.page(manual.Page.DRAWING, listed(client.tree), "en-US", is_moderator=is_moderator)
        labels = [item.label for row in shown.rows for item in row if isinstance(item, Button)]
        assert ("For moderators" in labels) == is_moderator


async def test_every_command_of_moderators_asks_discord_for_the_same_permission(client: Darkroom) -> None:
    hidden = [command for command in client.tree.get_commands() if command.default_permissions is not None]
    assert {command.default_permissions for command in hidden} == {MODERATORS}
    names = {f"/{command.name}" for command in hidden}
    assert names == {*guild.FOR_ROLES, "/setup", "/guild"}


def sentences() -> Iterator[str]:
    """Whatever the bot says to people."""
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAID:
                yield from (
                    argument.value
                    for argument in node.args
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
                )


async def test_no_sentence_names_a_command_that_there_is_not(client: Darkroom) -> None:
    parts = {
        command.name: {part.name.split()[-1] for part in command.parts} for command in listed(client.tree)
    }
    parts["/host"] = {command.name for command in Host.host.commands}  # in the owners' server alone
    of_groups = {part for group in parts.values() for part in group}
    named = [found for sentence in sentences() for found in COMMAND.findall(sentence)]
    wrong = [
        (name, following)
        for name, following in named
        if f"/{name}" not in parts or (following in of_groups and following not in parts[f"/{name}"])
    ]
    assert len(named) > 10
    assert wrong == []
