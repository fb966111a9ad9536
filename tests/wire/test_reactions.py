"""✉️ and ❌ beside a picture, over Discord's real protocol."""

from playground import Playground
from tests.wire.conftest import BotProcess
from tests.wire.test_path import grids, wait_for_grids


async def test_a_picture_is_sent_taken_off_and_brought_back_by_reactions(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    await discord.slash(ada, room, "imagine", prompt="a red apple --seed 7")
    (grid,) = await wait_for_grids(discord, room, 1)
    await discord.react(ada, grid, "✉️")
    private = discord.direct_messages(ada)
    letter = (await discord.wait_for(lambda d: d.messages(private)))[-1]
    assert letter.content.splitlines()[:3] == ["**a red apple --seed 7**", "**Job ID**: 1", "**seed** 7"]
    assert len(letter.attachments) == 5
    await discord.react(ada, grid, "❌")
    notice = await discord.wait_for(
        lambda d: next((one for one in d.messages(room) if "took this picture off" in one.content), None)
    )
    assert grids(discord, room) == []
    await discord.press(ada, notice, label="Undo")
    (again,) = await wait_for_grids(discord, room, 1)
    assert (again.content, again.id == grid.id) == (grid.content, False)
