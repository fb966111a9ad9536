"""✉️ and ❌ beside a picture, and the buttons under a single one, over Discord's real protocol."""

from collections.abc import Sequence
from io import BytesIO

import numpy as np
from PIL import Image

from playground import Message, Playground
from tests.wire.conftest import BotProcess
from tests.wire.test_path import grids, wait_for_grids


def first(message: Message) -> Image.Image:
    """The picture itself, whatever stands beside it."""
    return Image.open(BytesIO(message.attachments[0].data))


def labels(messages: Sequence[Message]) -> list[str | None]:
    """What stands on all buttons."""
    return [part.label for one in messages for part in one.components]


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


async def test_under_a_single_picture_one_likes_it_sees_how_it_came_about_and_draws_it_again(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    await discord.slash(ada, room, "imagine", prompt="a red apple --seed 7 --video")
    (grid,) = await wait_for_grids(discord, room, 1)
    assert len(grid.attachments) == 2
    await discord.press(ada, grid, label="U2")
    tile = (await wait_for_grids(discord, room, 2))[-1]
    await discord.press(ada, tile, label="❤️")
    await discord.wait_for(
        lambda d: "1" in [part.label for one in d.messages(room) for part in one.components]
    )
    made = await (await discord.press(ada, tile, label="How it was made")).acknowledged()
    await discord.wait_for(lambda _: made.message is not None and len(made.message.attachments) == 2, 30.0)
    details = await (await discord.press(ada, tile, label="Details")).acknowledged()
    assert details.message
    await discord.press(ada, details.message, label="Same again")
    again = (await wait_for_grids(discord, room, 3))[-1]
    pixels = [np.asarray(first(one).convert("RGB"), dtype=float) for one in (again, tile)]
    assert np.abs(pixels[0] - pixels[1]).mean() < 0.1  # alone, and as one of four
