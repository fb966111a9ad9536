"""The main path, as a member lives it: type, watch, receive, press."""

import io

import pytest
from PIL import Image

from playground import Playground
from playground.views import Channel, Message
from tests.wire.conftest import BotProcess


def grids(discord: Playground, channel: Channel) -> list[Message]:
    """The results in a channel: messages with U and V buttons, or a single tile."""
    return [
        message
        for message in discord.messages(channel)
        if message.attachments and not any(item.label == "Cancel" for item in message.components)
    ]


async def wait_for_grids(
    discord: Playground, channel: Channel, count: int, seconds: float = 20.0
) -> list[Message]:
    """The results in a channel, once there are as many."""
    await discord.wait_for(lambda d: len(grids(d, channel)) == count, seconds)
    return grids(discord, channel)


def picture(message: Message) -> Image.Image:
    """The message's one picture."""
    (attachment,) = message.attachments
    return Image.open(io.BytesIO(attachment.data))


@pytest.mark.both_databases
async def test_imagine_answers_at_once_and_delivers_a_grid_that_mentions_the_member(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    call = await (
        await discord.slash(ada, room, "imagine", prompt="a red apple --ar 3:2 --seed 7")
    ).acknowledged()
    assert call.error is None
    assert not call.ephemeral
    (grid,) = await wait_for_grids(discord, room, 1)
    assert grid.content == f"**a red apple --ar 3:2 --seed 7** - {ada.mention} (fast)"
    assert grid.mentions == (ada.id,)
    assert [[c.label or c.emoji for c in grid.components if c.row == row] for row in (0, 1)] == [
        ["U1", "U2", "U3", "U4", "🔄"],
        ["V1", "V2", "V3", "V4", "Remix"],
    ]
    width, height = picture(grid).size
    assert width > height
    assert grid.attachments[0].content_type == "image/webp"
    await discord.wait_for(lambda d: call.message is None)  # the progress message goes
    assert "Welcome" in call.followups[0].content
    assert call.followups[0].ephemeral


async def test_u3_is_the_third_cell_as_png_with_its_recipe(discord: Playground, bot: BotProcess) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    await discord.slash(ada, room, "imagine", prompt="a red apple --seed 40 --no leaf")
    (grid,) = await wait_for_grids(discord, room, 1)
    await discord.press(ada, grid, label="U3")
    tile = (await wait_for_grids(discord, room, 2))[-1]
    opened = picture(tile)
    assert opened.format == "PNG"
    assert min(opened.size) >= 512
    recipe = opened.info["parameters"]
    assert recipe.startswith("a red apple\nNegative prompt: leaf\nSteps: ")
    assert "Seed: 42," in recipe
    small = opened.resize((8, 8))
    cells = picture(grid).convert("RGB")
    half = (cells.width // 2, cells.height // 2)
    distances = []
    for index in range(4):
        row, column = divmod(index, 2)
        box = (column * half[0], row * half[1], (column + 1) * half[0], (row + 1) * half[1])
        cell = cells.crop(box).resize((8, 8))
        pairs = zip(cell.tobytes(), small.convert("RGB").tobytes(), strict=True)
        distances.append(sum(abs(a - b) for a, b in pairs))
    assert min(range(4), key=distances.__getitem__) == 2


async def test_somebody_else_may_press_and_pays_for_it(discord: Playground, bot: BotProcess) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    bob = discord.add_member(discord.guild, "bob")
    await discord.slash(ada, room, "imagine", prompt="a red apple")
    (grid,) = await wait_for_grids(discord, room, 1)
    await discord.press(bob, grid, label="V1")
    found = await wait_for_grids(discord, room, 2)
    assert found[-1].mentions == (bob.id,)
    assert f"Variations (Strong) by {bob.mention}" in found[-1].content
    quota = await (await discord.slash(bob, room, "quota")).acknowledged()
    assert quota.ephemeral
    assert "96 of 100 pictures left" in quota.content


async def test_progress_shows_previews_and_cancel_stops_and_refunds(
    discord: Playground, slow_bot: BotProcess
) -> None:
    await slow_bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    call = await (await discord.slash(ada, room, "imagine", prompt="a red apple --steps 100")).acknowledged()
    shown = await discord.wait_for(
        lambda d: call.message if call.message and call.message.attachments else None, 60
    )
    assert "%) (fast)" in shown.content
    assert shown.attachments[0].content_type == "image/jpeg"
    mallory = discord.add_member(discord.guild, "mallory")
    refused = await (await discord.press(mallory, shown, label="Cancel")).acknowledged()
    assert refused.ephemeral
    assert "Only the member who asked" in refused.content
    await discord.press(ada, shown, label="Cancel")
    await discord.wait_for(lambda d: call.message and "(Cancelled)" in call.message.content)
    assert call.message
    assert call.message.components == ()
    quota = await (await discord.slash(ada, room, "quota")).acknowledged()
    assert "100 of 100" in quota.content


async def test_mistakes_are_told_together_to_the_member_alone(discord: Playground, bot: BotProcess) -> None:
    await bot.start()
    room = discord.guild.newbies
    call = await discord.slash(discord.guild.owner, room, "imagine", prompt="a fox --ar16:9 --sed 4")
    await call.acknowledged()
    assert call.ephemeral
    assert "`--ar 16:9`" in call.content
    assert "`--seed" in call.content
    assert "a fox --ar16:9 --sed 4" in call.content  # to copy
    assert discord.messages(room) == []


@pytest.mark.both_databases
async def test_a_refusal_inside_a_button_reaches_the_presser(discord: Playground, bot: BotProcess) -> None:
    await bot.start(DAILY_IMAGES="4")
    ada, room = discord.guild.owner, discord.guild.newbies
    await discord.slash(ada, room, "imagine", prompt="a red apple")
    (grid,) = await wait_for_grids(discord, room, 1)
    call = await (await discord.press(ada, grid, label="V2")).acknowledged()
    assert call.ephemeral
    assert "0 of 4 pictures left today" in call.content
    forged = await (await discord.press(ada, grid, custom_id="job:999999:pick:1", forged=True)).acknowledged()
    assert forged.ephemeral or forged.error


async def test_a_direct_message_works_and_says_where_it_counts(discord: Playground, bot: BotProcess) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    refused = await (await discord.slash(ada, None, "imagine", prompt="a red apple")).acknowledged()
    assert "Use me in a server once first" in refused.content
    await discord.slash(ada, room, "imagine", prompt="a red apple")
    await wait_for_grids(discord, room, 1)
    alone = discord.direct_messages(ada)
    await discord.slash(ada, None, "imagine", prompt="a red apple")
    (grid,) = await wait_for_grids(discord, alone, 1)
    assert f"Counted in {discord.guild.name}, the server where you last used me" in grid.content
    quota = await (await discord.slash(ada, None, "quota")).acknowledged()
    assert "92 of 100 pictures left today" in quota.content
    assert f"Counted in {discord.guild.name}, the server" in quota.content
    await discord.press(ada, grid, label="U1")
    await wait_for_grids(discord, alone, 2)


async def test_usage_is_for_moderators(discord: Playground, bot: BotProcess) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    bob = discord.add_member(discord.guild, "bob")
    await discord.slash(bob, room, "imagine", prompt="a red apple")
    await wait_for_grids(discord, room, 1)
    seen = await discord.slash(ada, room, "usage show")
    await discord.wait_for(lambda _: f"{bob.mention}: 4 pictures in 1 job," in seen.content)
    refused = await discord.slash(bob, room, "usage show", forged=True)
    await discord.wait_for(lambda _: "Manage Server" in refused.content)
    assert refused.ephemeral


async def test_show_brings_a_picture_back(discord: Playground, bot: BotProcess) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    await discord.slash(ada, room, "imagine", prompt="a red apple")
    (grid,) = await wait_for_grids(discord, room, 1)
    discord.delete_message(grid)
    call = await (await discord.slash(ada, room, "show", picture=1)).acknowledged()
    shown = await discord.wait_for(
        lambda d: call.message if call.message and call.message.attachments else None
    )
    await discord.press(ada, shown, label="U1")
    await discord.wait_for(lambda d: any("Image #1" in message.content for message in d.messages(room)))
