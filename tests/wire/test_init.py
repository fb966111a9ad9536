"""The first quarter of an hour, over real sockets: nothing but answers, then a .env that the bot runs on."""

import stat
from pathlib import Path

from dotenv import dotenv_values

from playground import Playground
from tests.wire.conftest import BotProcess


async def test_init_proves_the_token_writes_env_for_one_pair_of_eyes_and_says_what_a_grid_takes(
    discord: Playground, bot: BotProcess, tiny_checkpoint: Path
) -> None:
    env = bot.folder / ".env"
    env.write_text("# mine\nDAILY_IMAGES=7\nMODEL=old\n")
    flags = ["init", "--yes", "--token", discord.token, "--model", str(tiny_checkpoint)]
    await bot.spawn(*flags, DISCORD_TOKEN="", MODEL="")
    assert await bot.ended() == 0, bot.log
    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    assert dotenv_values(env) == {
        "DAILY_IMAGES": "7",
        "MODEL": str(tiny_checkpoint),
        "DISCORD_TOKEN": discord.token,
    }
    assert env.read_text().startswith("# mine\n")
    for said in ("TFLOPS", "Discord knows it", "a grid takes about", "permissions="):
        assert said in bot.log
    assert discord.token not in bot.log


async def test_init_with_a_wrong_token_writes_nothing(bot: BotProcess) -> None:
    await bot.spawn("init", "--yes", "--token", "nonsense", DISCORD_TOKEN="")
    assert await bot.ended() == 1
    assert "Reset it in the developer portal" in bot.log
    assert not (bot.folder / ".env").exists()
