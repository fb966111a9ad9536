"""Pictures that are attached to commands: fetched from the CDN, drawn from, and worked on."""

import io

from PIL import Image

from playground import Playground
from tests.wire.conftest import BotProcess
from tests.wire.test_path import wait_for_grids


def png(colour: str, size: tuple[int, int] = (96, 64)) -> tuple[str, bytes]:
    data = io.BytesIO()
    Image.new("RGB", size, colour).save(data, "PNG")
    return f"{colour}.png", data.getvalue()


async def test_attached_pictures_are_drawn_from_and_blended_and_one_is_worked_on(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    await discord.slash(ada, room, "imagine", prompt="a fox", image1=png("red"), aspect="3:2")
    grid = (await wait_for_grids(discord, room, 1))[-1]
    assert grid.content.startswith("**upload:1 a fox --ar 3:2** - ")
    assert "it began from yours" in grid.content
    await discord.slash(ada, room, "imagine", prompt="upload:1 a fox")
    await wait_for_grids(discord, room, 2)
    await discord.slash(ada, room, "blend", image1=png("red"), image2=png("blue"), dimensions="Landscape")
    blend = (await wait_for_grids(discord, room, 3))[-1]
    assert blend.content.startswith("**upload:1 upload:2 --ar 3:2** - Blend by ")
    call = await (await discord.slash(ada, room, "edit", image=png("red"))).acknowledged()
    edited = (await wait_for_grids(discord, room, 4))[-1]
    assert call.ephemeral
    assert edited.content.startswith("**upload:1** - Brought by ")
    await discord.press(ada, edited, label="Zoom Out 2x")
    assert "Zoom Out by" in (await wait_for_grids(discord, room, 5))[-1].content
    refused = await (await discord.slash(ada, room, "describe", image=png("red"))).acknowledged()
    assert "CAPTIONER" in refused.content
