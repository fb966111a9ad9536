"""An owner's broken set-ups: of each, `check` names what is wrong, and nothing else, with its cure."""

import asyncio
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from aiohttp.test_utils import TestServer
from aiohttp.web import Application
from sqlalchemy import text
from sqlalchemy.engine import make_url

from bot.commandline.check.device import check_device
from bot.commandline.check.files import check_data
from bot.config import Settings, StartupError
from bot.storage.database import migrate
from bot.storage.ownership import owned
from engine import machine
from playground import Playground
from tests.engine.hub import serving
from tests.wire.conftest import BotProcess, opened_nursery
from tests.wire.test_commandline import told
from tests.wire.test_pages import free_port

pytestmark = pytest.mark.sqlite_alone("what is told of files and folders")

Broken = Callable[[BotProcess, Path], dict[str, str]]
"""Breaks a set-up; returns settings."""


@pytest.fixture
def bot(bot: BotProcess) -> BotProcess:
    """With a port of its own."""
    bot.environment["WEB_PORT"] = str(free_port())
    bot.environment["DATA_DIR"] = str(bot.folder / "pictures")
    return bot


def settings_with(**values: str) -> Settings:
    return Settings(_env_file=None, **values)  # type: ignore[arg-type, call-arg]


def failures(lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith("FAIL")]


def _incomplete(bot: BotProcess, checkpoint: Path) -> dict[str, str]:
    copy = shutil.copytree(checkpoint, bot.folder / "incomplete")
    for file in (copy / "unet").glob("*.safetensors"):
        file.unlink()
    return {"MODEL": str(copy)}


def _truncated(bot: BotProcess, checkpoint: Path) -> dict[str, str]:
    copy = shutil.copytree(checkpoint, bot.folder / "truncated")
    for file in (copy / "unet").glob("*.safetensors"):
        os.truncate(file, file.stat().st_size // 2)
    return {"MODEL": str(copy)}


def _open_settings(bot: BotProcess, _: Path) -> dict[str, str]:
    (bot.folder / ".env").write_text("DAILY_IMAGES=7\n")
    (bot.folder / ".env").chmod(0o644)
    return {}


def _card_without_cuda(bot: BotProcess, _: Path) -> dict[str, str]:
    program = bot.folder / "bin" / "nvidia-smi"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'NVIDIA GeForce RTX 4090, 580.65.06'\n")
    program.chmod(0o755)
    return {"DEVICE": "auto", "PATH": f"{program.parent}:{os.environ['PATH']}"}


BROKEN: dict[str, tuple[Broken, str, str]] = {
    "no token": (lambda *_: {"DISCORD_TOKEN": ""}, "discord", "Put your bot's token into .env"),
    "a wrong token": (lambda *_: {"DISCORD_TOKEN": "a.b.c"}, "discord", "Reset it in the developer portal"),
    "no privileged intent": (
        lambda *_: {"MEMBERS_INTENT": "true"},
        "discord",
        "Switch on the Server Members Intent",
    ),
    "no network": (
        lambda *_: {"DISCORD_API_BASE": "http://127.0.0.1:9"},
        "discord",
        "Is this machine online?",
    ),
    "an incomplete checkpoint": (_incomplete, "model", "the model is incomplete. Download it again"),
    "half a file": (_truncated, "model", "Download it again"),
    "no such checkpoint": (lambda *_: {"MODEL": "/no/model"}, "model", "Set MODEL to"),
    "a database that is away": (
        lambda *_: {"DATABASE_URL": "postgresql+asyncpg://nobody:hidden@127.0.0.1:9/none"},
        "database",
        "Is its server running?",
    ),
    "a database of another kind": (lambda *_: {"DATABASE_URL": "mysql://a/b"}, "database", "Write sqlite"),
    "no folder for pictures": (lambda *_: {"DATA_DIR": "/proc/none"}, "data", "Name a folder"),
    "settings that others read": (_open_settings, "settings", "Run: chmod 600"),
    "a card, and a torch without CUDA": (_card_without_cuda, "device", "pip install --force-reinstall torch"),
    "a wrong value": (lambda *_: {"DTYPE": "int4"}, "settings", "Set it in .env"),
    "an address with a path": (
        lambda *_: {"PUBLIC_URL": "https://art.example.org/wall"},
        "settings",
        "Set it in .env",
    ),
    "an address that nobody has": (
        lambda *_: {"PUBLIC_URL": "https://darkroom.invalid"},
        "web",
        "Correct it, or make its record in the DNS",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_each_broken_set_up_is_one_line_with_its_cure(
    bot: BotProcess, tiny_checkpoint: Path, name: str
) -> None:
    broken, label, cure = BROKEN[name]
    code, lines = await told(bot, "check", **broken(bot, tiny_checkpoint))
    assert code == 1
    (line,) = failures(lines)
    assert line.startswith(f"FAIL  {label}: ")
    assert cure in line
    assert "hidden" not in bot.log


async def test_a_sound_set_up_fails_in_nothing(bot: BotProcess) -> None:
    code, lines = await told(bot, "check")
    assert (code, failures(lines)) == (0, [])


async def test_a_database_that_another_process_has_is_named_with_it(bot: BotProcess) -> None:
    async with owned(make_url(bot.environment["DATABASE_URL"])):
        code, lines = await told(bot, "check")
    assert (code, failures(lines)) == (0, [])
    (line,) = (line for line in lines if line.startswith("ok    database: "))
    assert f"process {os.getpid()}" in line
    assert "if that is another, stop it first" in line


async def test_beside_the_bot_that_runs_everything_is_sound_and_nothing_is_loaded(bot: BotProcess) -> None:
    await bot.start()
    code, lines = await told(bot, "check")
    assert (code, failures(lines)) == (0, [])
    assert any("which runs already" in line for line in lines)
    assert any("is up to date" in line for line in lines)
    assert not any("a grid takes" in line for line in lines)


async def test_what_a_start_does_to_an_older_database_is_told_and_a_newer_one_is_refused(
    bot: BotProcess,
) -> None:
    async with bot.opened_database() as database:
        await migrate(database, "0013")
        code, lines = await told(bot, "check")
        assert code == 0
        assert any(line.strip().startswith("0014: What is known of a job") for line in lines)
        assert not any(line.strip().startswith("0013") for line in lines)
        async with database.transaction() as session:
            await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        code, lines = await told(bot, "check")
    assert code == 1
    assert "written by a newer version of Darkroom" in failures(lines)[0]
    (bot.folder / "darkroom.db").unlink()


async def test_an_address_at_which_somebody_else_answers_is_named(bot: BotProcess) -> None:
    async with TestServer(Application()) as other:
        code, lines = await told(bot, "check", PUBLIC_URL=f"http://127.0.0.1:{other.port}")
    (line,) = failures(lines)
    assert (code, line.startswith("FAIL  web: at PUBLIC_URL=")) == (1, True)


async def test_an_address_that_leads_here_is_told(bot: BotProcess) -> None:
    address = f"http://127.0.0.1:{bot.environment['WEB_PORT']}"
    code, lines = await told(bot, "check", PUBLIC_URL=address)
    assert code == 0
    assert f"members are told {address}, which leads here" in "\n".join(lines)


async def test_a_model_of_the_hub_behind_terms_and_the_token_of_a_file(
    discord: Playground, tmp_path: Path, tiny_checkpoint: Path
) -> None:
    with serving(tmp_path / "hub") as hub:
        shutil.copytree(tiny_checkpoint, hub.root / "someone" / "gated")
        hub.gated.add("someone/gated")
        token = "hf_" + "AbCdEfGhIjKlMnOpQrStUvWxYz01234567"
        (tmp_path / ".env").write_text(f"HF_TOKEN={token}\n")
        (tmp_path / ".env").chmod(0o600)
        async with opened_nursery(HF_ENDPOINT=hub.address, HF_HOME=str(tmp_path / "cache")) as nursery:
            database = f"sqlite+aiosqlite:///{tmp_path}/darkroom.db"
            bot = BotProcess(discord, nursery, tmp_path, "someone/gated", database)
            code, lines = await told(bot, "check")
            (line,) = failures(lines)
            assert (code, line.partition(":")[0]) == (1, "FAIL  model")
            assert "Accept them on its page, with the account of your HF_TOKEN." in line
            assert token not in bot.log
            assert hub.tokens[-1] == token
            hub.gated.clear()
            code, lines = await told(bot, "check")
            assert code == 0
            assert "are to be downloaded into" in bot.log


@pytest.mark.parametrize("name", ["decancer_py", "torch"])
async def test_a_library_that_is_missing_is_one_line_with_its_cure(bot: BotProcess, name: str) -> None:
    program = (
        f"import sys; sys.modules[{name!r}] = None; sys.argv = ['bot', 'check']\n"
        "from bot.__main__ import main; sys.exit(main())"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, env=bot.environment, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert process.returncode == 1
    assert said.decode().startswith(f"FAIL  libraries: {name} is not installed in this Python (")
    assert "pip install -c constraints.txt -e ." in said.decode()


async def test_a_disk_without_room_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.commandline.check.files.SCARCE_BYTES", 1e18)
    with pytest.raises(StartupError, match="Make room, or set RETENTION_DAYS"):
        await check_data(settings_with(data_dir=str(tmp_path)))


async def test_a_card_that_torch_has_no_code_for_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (
        ("is_available", True),
        ("device_count", 1),
        ("get_device_capability", (6, 1)),
        ("get_arch_list", ["sm_75", "sm_86"]),
        ("get_device_name", "NVIDIA GeForce GTX 1080"),
    ):
        monkeypatch.setattr(torch.cuda, name, lambda *_, value=value: value)
    monkeypatch.setattr(machine, "SMI", ("/no/nvidia-smi",))
    with pytest.raises(StartupError, match=r"has no code for the NVIDIA GeForce GTX 1080 .*Install a torch"):
        await check_device(settings_with(device="cuda"))
