"""Whose GPU it is: /host in the owners' server alone, and guilds that are not served."""

from pathlib import Path

import pytest

from playground import Playground
from playground.server import Call
from tests.wire.conftest import BotProcess, Nursery
from tests.wire.test_commands import seen
from tests.wire.test_path import wait_for_grids


async def asked(discord: Playground, call: Call) -> str:
    """What a command is answered with."""
    answer = await call.acknowledged()
    await discord.wait_for(lambda _: bool(answer.content))
    return answer.content


@pytest.mark.both_databases
async def test_an_owner_caps_and_pauses_a_guild_and_its_members_read_whose_word_that_is(
    discord: Playground, bot: BotProcess
) -> None:
    home, other = discord.guild, discord.add_guild("Lighthouse", owner="Hedy")
    maud = discord.add_member(home, "maud", manage_guild=True)
    await bot.start(OWNERS=str(home.owner.id), OWNER_GUILD=str(home.id))
    assert "host" in seen(discord, home.owner, home.newbies)
    assert "host" not in seen(discord, other.owner, other.newbies)
    refused = await discord.slash(maud, home.newbies, "host usage")
    assert "their numbers stand in its setting `OWNERS`" in await asked(discord, refused)

    for person, offered in ((home.owner, [str(other.id)]), (maud, [])):
        typed = await discord.autocomplete(person, home.newbies, "host cap", "server", "light")
        await typed.acknowledged()
        assert [choice["value"] for choice in typed.choices] == offered
    capped = await discord.slash(home.owner, home.newbies, "host cap", server=str(other.id), pictures=4)
    assert "Lighthouse may draw 4 pictures a day" in await asked(discord, capped)
    await (await discord.slash(other.owner, other.newbies, "imagine", prompt="a fox")).acknowledged()
    await wait_for_grids(discord, other.newbies, 1)
    over = await discord.slash(other.owner, other.newbies, "imagine", prompt="a pear")
    assert "Whoever runs me lets this server draw 4 pictures a day" in await asked(discord, over)
    info = await discord.slash(other.owner, other.newbies, "info")
    assert "4 are drawn or on their way" in await asked(discord, info)

    paused = await discord.slash(
        home.owner, home.newbies, "host pause", server=str(other.id), words="The card is away."
    )
    assert "Lighthouse is paused" in await asked(discord, paused)
    held = await discord.slash(other.owner, other.newbies, "imagine", prompt="a plum")
    assert "has paused drawing in this server: The card is away." in await asked(discord, held)
    usage = await discord.slash(home.owner, home.newbies, "host usage")
    told = await asked(discord, usage)
    assert "**Lighthouse**: 4 pictures" in told
    assert "at most 4 pictures a day · paused" in told

    here = await discord.slash(home.owner, home.newbies, "host leave", server=str(home.id))
    assert "name another one in `OWNER_GUILD` first" in await asked(discord, here)
    left = await discord.slash(home.owner, home.newbies, "host leave", server=str(other.id))
    assert "I have left Lighthouse." in await asked(discord, left)
    assert list(discord.world.guild_ids()) == [home.id]
    log = await asked(discord, await discord.slash(home.owner, home.newbies, "host log"))
    for deed in ("changed how much a server may draw", "paused a server", "had me leave a server"):
        assert f"{home.owner.mention} {deed}" in log


async def test_a_notice_is_read_in_status_and_beside_the_next_picture(
    discord: Playground, bot: BotProcess
) -> None:
    home = discord.guild
    await bot.start(OWNERS=str(home.owner.id), OWNER_GUILD=str(home.id))
    put = await discord.slash(home.owner, home.newbies, "host notice", words="A new model comes tonight.")
    assert "Everybody reads this" in await asked(discord, put)
    status = await discord.slash(home.owner, home.newbies, "status")
    assert "📢 A new model comes tonight." in await asked(discord, status)
    await discord.slash(home.owner, home.newbies, "imagine", prompt="a fox")
    await discord.wait_for(
        lambda playground: (
            [one.content for one in playground.ephemerals(home.owner)][-1] == "📢 A new model comes tonight."
        )
    )


async def test_a_guild_that_is_not_served_is_told_so_and_left(discord: Playground, bot: BotProcess) -> None:
    home, before = discord.guild, discord.add_guild("Yesterday", owner="Olga")
    discord.world.backend.guilds[before.id].system_channel_id = before.general.id
    await bot.start(OWNERS=str(home.owner.id), OWNER_GUILD=str(home.id), GUILDS=str(home.id))
    await discord.wait_for(lambda playground: list(playground.world.guild_ids()) == [home.id])
    strangers = discord.add_guild("Strangers", owner="Hedy")
    await discord.wait_for(lambda playground: list(playground.world.guild_ids()) == [home.id])
    for guild in (before, strangers):
        await bot.logged(f"{guild.name}) is not in GUILDS")
    posts = [one.path for one in discord.requests if (one.method, one.path[-9:]) == ("POST", "/messages")]
    assert posts[0] == f"/channels/{before.general.id}/messages", "where such things are said"
    (letter,) = discord.messages(discord.direct_messages(strangers.owner))
    assert f"add the number {strangers.id} to my setting `GUILDS`" in letter.content
    log = await asked(discord, await discord.slash(home.owner, home.newbies, "host log"))
    assert "I left a server that `GUILDS` does not name (server: Strangers" in log
    mine = await (await discord.slash(home.owner, home.newbies, "imagine", prompt="a fox")).acknowledged()
    assert "a fox" in mine.content


async def test_without_a_guild_for_owners_host_is_nowhere(discord: Playground, bot: BotProcess) -> None:
    home = discord.guild
    await bot.start(OWNERS=str(home.owner.id), OWNER_GUILD=str(home.id))
    assert "host" in seen(discord, home.owner, home.newbies)
    await bot.stop()
    await bot.start(OWNERS=str(home.owner.id))
    assert "host" not in seen(discord, home.owner, home.newbies)


@pytest.mark.both_databases
async def test_the_command_line_does_the_same_while_the_bot_runs(
    discord: Playground, bot: BotProcess, nursery: Nursery, tmp_path: Path, tiny_checkpoint: Path
) -> None:
    home, other = discord.guild, discord.add_guild("Lighthouse", owner="Hedy")
    folder = tmp_path / "terminal"
    folder.mkdir()
    url = bot.environment["DATABASE_URL"]
    terminal = BotProcess(discord, nursery, folder, str(tiny_checkpoint), url)
    await bot.start()

    async def told(*arguments: str) -> list[str]:
        await terminal.spawn("host", *arguments, GUILDS=str(home.id))
        assert await terminal.ended() == 0, terminal.log
        return terminal.log.splitlines()

    assert (await told("cap", str(home.id), "4"))[-1] == f"{home.id}: at most 4 pictures a day"
    assert "paused" in (await told("pause", str(other.id), "The card is away."))[-1]
    assert (await told("notice", "Back at nine."))[-1] == "everybody reads: Back at nine."
    await discord.slash(home.owner, home.newbies, "imagine", prompt="a fox")
    await wait_for_grids(discord, home.newbies, 1)
    over = await asked(discord, await discord.slash(home.owner, home.newbies, "imagine", prompt="a pear"))
    assert "Whoever runs me lets this server draw 4 pictures a day" in over
    assert "📢 Back at nine." in over
    held = await discord.slash(other.owner, other.newbies, "imagine", prompt="a plum")
    assert "has paused drawing in this server: The card is away." in await asked(discord, held)
    head, mine, theirs, notice = (await told())[-4:]
    assert head.endswith("the last 7 days, UTC")
    assert mine.split()[:2] == [str(home.id), "4"]
    assert mine.endswith("at most 4 pictures a day")
    assert theirs.endswith("paused: The card is away.; not in GUILDS")
    assert notice == "the notice that stands: Back at nine."
    assert "left" in (await told("leave", str(other.id)))[-1]
    assert list(discord.world.guild_ids()) == [home.id]
    log = "\n".join((await told("log"))[-4:])
    assert f"The command line had me leave a server (server: {other.id})" in log


async def test_the_command_line_needs_a_database_of_this_version(
    discord: Playground, nursery: Nursery, tmp_path: Path
) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/none.db"
    terminal = BotProcess(discord, nursery, tmp_path, "sketch", url)
    await terminal.spawn("host")
    assert await terminal.ended() == 1
    assert terminal.log.strip() == (
        "The database is not of this version yet: start the bot once, python -m bot."
    )
    assert not (tmp_path / "none.db").exists(), "nothing is made by looking"
