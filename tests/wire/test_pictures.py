"""A picture's details, its description, and its end: over Discord's real protocol."""

from bot.domain.prompt import parse
from playground import Call, Playground, Status
from tests.wire.conftest import BotProcess
from tests.wire.test_path import grids, picture, wait_for_grids

PROMPT = "a red apple --seed 7"


async def test_a_picture_tells_how_it_was_made_and_draws_the_same_again(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    await discord.slash(ada, room, "imagine", prompt=PROMPT)
    (grid,) = await wait_for_grids(discord, room, 1)
    assert grid.attachments[0].description == f"4 pictures of: {PROMPT}"
    assert b"UNICODE\0" in grid.attachments[0].data
    bob = discord.add_member(discord.guild, "bob")
    call = await (await discord.context_menu(bob, room, "Details", grid)).acknowledged()
    await discord.wait_for(lambda _: "```" in call.content)
    assert call.ephemeral
    pasted = call.content.split("```")[1].strip()
    assert parse(pasted).parameters.seed == 7
    await discord.slash(bob, room, "imagine", prompt=pasted)
    again = (await wait_for_grids(discord, room, 2))[-1]
    assert picture(again).tobytes() == picture(grid).tobytes()


async def answer(discord: Playground, call: Call) -> str:
    """What a press is answered with, once it says something."""
    return await discord.wait_for(lambda _: call.content)


async def test_u_pressed_twice_leads_to_the_first_tile(discord: Playground, bot: BotProcess) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    await discord.slash(ada, room, "imagine", prompt=PROMPT)
    (grid,) = await wait_for_grids(discord, room, 1)
    await discord.press(ada, grid, label="U1")
    tile = (await wait_for_grids(discord, room, 2))[-1]
    assert tile.attachments[0].description == PROMPT
    link = f"https://discord.com/channels/{discord.guild.id}/{room.id}/{tile.id}"
    told = "U1 is being posted already."
    while told == "U1 is being posted already.":  # the tile is seen a moment before its bot knows that it is
        told = await answer(discord, await discord.press(ada, grid, label="U1"))
    assert told == f"U1 is already here: {link}"
    discord.delete_message(tile)
    await discord.press(ada, grid, label="U1")
    assert (await wait_for_grids(discord, room, 2))[-1].id != tile.id


async def test_a_deleted_picture_leaves_its_channel_even_if_the_bot_dies_in_between(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    await discord.slash(ada, room, "imagine", prompt=PROMPT)
    (grid,) = await wait_for_grids(discord, room, 1)
    mine = await (await discord.slash(ada, room, "mine")).acknowledged()
    assert mine.message
    shown = await (await discord.select(ada, mine.message, ["1"])).acknowledged()
    assert shown.message
    await (await discord.press(ada, shown.message, label="Delete or hide…")).acknowledged()
    asked = shown.message
    rule = discord.faults.add(Status(status=503), method="DELETE", path=f"*/messages/{grid.id}", times=None)
    pressed = await discord.press(ada, asked, label="Delete it")
    await discord.wait_for(lambda _: rule.hits)
    assert pressed.error is None
    await bot.kill()
    assert grids(discord, room)
    discord.faults.clear()
    await bot.start()
    await discord.wait_for(lambda d: grids(d, room) == [])
    gone = await (await discord.slash(ada, room, "show", picture=1)).acknowledged()
    assert "no finished picture" in gone.content


async def test_each_prompt_of_a_text_gets_a_grid_of_its_own(discord: Playground, bot: BotProcess) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    await discord.slash(ada, room, "imagine", prompt="a {red, green} apple")
    found = sorted(grid.content.split(" - ")[0] for grid in await wait_for_grids(discord, room, 2))
    assert found == ["**a green apple**", "**a red apple**"]
