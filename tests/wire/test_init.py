"""The first quarter of an hour, over real sockets: nothing but answers, then a .env that the bot runs on."""

import os
import stat
import sys
from pathlib import Path

import pytest
from dotenv import dotenv_values
from sqlalchemy.engine import make_url

from bot.config import Settings
from bot.storage.ownership import owned
from playground import Playground
from tests.terminal import CTRL_C, at_terminal
from tests.wire.conftest import START_SECONDS, BotProcess
from tests.wire.test_pages import free_port
from tests.wire.test_path import wait_for_grids


async def test_init_proves_the_token_writes_env_for_one_pair_of_eyes_and_says_what_a_grid_takes(
    discord: Playground, bot: BotProcess, tiny_checkpoint: Path
) -> None:
    env = bot.folder / ".env"
    env.write_text("# mine\nDAILY_IMAGES=7\nMODEL=old\n")
    flags = ["init", "--yes", "--token", discord.token, "--model", str(tiny_checkpoint), "--guilds", "4242"]
    await bot.spawn(*flags, DISCORD_TOKEN="", MODEL="")
    assert await bot.ended() == 0, bot.log
    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    assert dotenv_values(env) == {
        "DAILY_IMAGES": "7",
        "MODEL": str(tiny_checkpoint),
        "DISCORD_TOKEN": discord.token,
        "GUILDS": "4242",
    }
    assert env.read_text().startswith("# mine\n")
    it_leaves = f"it leaves {discord.guild.name}"
    for said in ("TFLOPS", "Discord knows it", it_leaves, "a grid takes about", "permissions="):
        assert said in bot.log
    assert discord.token not in bot.log


async def test_init_with_a_wrong_token_writes_nothing(bot: BotProcess) -> None:
    await bot.spawn("init", "--yes", "--token", "nonsense", DISCORD_TOKEN="")
    assert await bot.ended() == 1
    assert "Reset it in the developer portal" in bot.log
    assert not (bot.folder / ".env").exists()


INIT = (sys.executable, "-m", "bot", "init")


@pytest.fixture
def person(discord: Playground, tmp_path: Path) -> dict[str, str]:
    """The environment of somebody who has set nothing yet."""
    names = {name.upper() for name in Settings.model_fields}
    rest = {name: value for name, value in os.environ.items() if name not in names}
    return rest | {
        "DISCORD_API_BASE": discord.base_url,
        "OMP_NUM_THREADS": "1",
        "WEB_PORT": str(free_port()),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "HOME": str(tmp_path),
    }


async def test_at_a_terminal_every_wrong_answer_is_told_and_asked_again_until_a_grid_is_posted(
    discord: Playground, person: dict[str, str], tmp_path: Path
) -> None:
    taken = f"sqlite+aiosqlite:///{tmp_path}/taken.db"
    (tmp_path / "empty").mkdir()
    async with (
        owned(make_url(taken)),
        at_terminal(INIT, environment=person, folder=tmp_path) as terminal,
    ):
        await terminal.shows("The bot's token")
        terminal.type("nonsense")
        await terminal.shows("Reset it in the developer portal")
        await terminal.shows("The bot's token")
        terminal.type(discord.token)
        await terminal.shows("Discord knows it")
        await terminal.shows("What draws: auto, cuda, cuda:1, mps or cpu [auto]")
        terminal.type("toaster")
        await terminal.shows("DEVICE: Input should be auto, cuda")
        await terminal.shows("What draws")
        terminal.type("cpu")
        await terminal.shows("it suits MODEL=sketch")
        await terminal.shows("A token of the Hugging Face hub")
        terminal.type("")
        for wrong, said in (
            (str(tmp_path / "empty"), "has no model_index.json"),
            ("/no/such/folder", "There is no model at /no/such/folder"),
            ("", "the small model that ships with Darkroom"),
        ):
            await terminal.shows("The checkpoint")
            terminal.type(wrong)
            await terminal.shows(said)
        await terminal.shows("The folder of the pictures [data]")
        terminal.type("/proc/none")
        await terminal.shows("cannot be written to")
        await terminal.shows("The folder of the pictures")
        terminal.type(str(tmp_path / "pictures"))
        await terminal.shows(f"The database [sqlite+aiosqlite:///{tmp_path}/pictures/darkroom.db]")
        terminal.type(taken)
        await terminal.shows("is in use by")
        await terminal.shows("The database")
        terminal.type("")
        await terminal.shows("Where people find the web pages")
        terminal.type("art.example.org/wall")
        await terminal.shows("Input should be an address without a path")
        await terminal.shows("Where people find the web pages")
        terminal.type("")
        await terminal.shows("The servers that may use it")
        terminal.type("my server")
        await terminal.shows("`my server` is none")
        await terminal.shows("The servers that may use it")
        terminal.type(f"{discord.guild.id}, 4242")
        await terminal.shows(
            f"{discord.guild.name} ({discord.guild.id}); 4242, where it is to be invited yet"
        )
        await terminal.shows("readable by you alone")
        await terminal.shows("a grid takes about")
        await terminal.shows("permissions=")
        assert await terminal.ended() == 0
    assert discord.token not in terminal.shown
    env = tmp_path / ".env"
    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    assert dotenv_values(env) == {
        "DISCORD_TOKEN": discord.token,
        "DEVICE": "cpu",
        "DATA_DIR": str(tmp_path / "pictures"),
        "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/pictures/darkroom.db",
        "GUILDS": f"{discord.guild.id}, 4242",
    }
    async with at_terminal((sys.executable, "-m", "bot"), environment=person, folder=tmp_path) as terminal:
        await discord.bot_ready(START_SECONDS)
        await discord.slash(discord.guild.owner, discord.guild.newbies, "imagine", prompt="a red apple")
        await wait_for_grids(discord, discord.guild.newbies, 1, START_SECONDS)
        terminal.press(CTRL_C)
        assert await terminal.ended() == 0


@pytest.mark.parametrize("is_secret", [True, False])
async def test_ctrl_c_at_a_question_ends_it_at_once_and_leaves_no_half_env(
    discord: Playground, person: dict[str, str], tmp_path: Path, *, is_secret: bool
) -> None:
    async with at_terminal(INIT, environment=person, folder=tmp_path) as terminal:
        await terminal.shows("The bot's token")
        if not is_secret:
            terminal.type(discord.token)
            await terminal.shows("What draws")
        assert await terminal.interrupted() == 130
    assert "Nothing was written." in terminal.shown
    assert "Traceback" not in terminal.shown
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".env")] == []
