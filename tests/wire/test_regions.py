"""What is chosen and worded before it is drawn: panels and forms under a picture, over the real protocol."""

import io

from PIL import Image

from playground import Call, Message, Playground
from tests.wire.conftest import BotProcess
from tests.wire.test_path import picture, wait_for_grids

PROMPT = "a red apple --seed 7"


def mask() -> tuple[str, bytes]:
    data = io.BytesIO()
    area = Image.new("L", (256, 256))
    area.paste(255, (0, 0, 128, 256))
    area.save(data, "PNG")
    return "mask.png", data.getvalue()


async def said(discord: Playground, call: Call, words: str) -> Message:
    """The private message that answers a call, once it says so."""
    await discord.wait_for(lambda _: words in call.content)
    assert call.ephemeral
    assert call.message is not None
    return call.message


async def test_an_area_is_chosen_in_cells_or_by_a_mask_and_drawn_through_a_restart(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    await discord.slash(ada, room, "imagine", prompt=PROMPT)
    (grid,) = await wait_for_grids(discord, room, 1)
    await discord.press(ada, grid, label="U1")
    tile = (await wait_for_grids(discord, room, 2))[-1]
    opened = await discord.press(ada, tile, label="Vary (Region)")
    panel = await said(discord, opened, "What is to be drawn")
    assert panel.attachments[0].filename == "cells.jpg"
    before = panel.attachments[0].data
    await bot.stop()  # all that is chosen stands in the message
    await bot.start()
    await (await discord.press(ada, panel, label="5")).acknowledged()
    await discord.wait_for(lambda _: opened.message and opened.message.attachments[0].data != before)
    panel = await said(discord, opened, "What is to be drawn")
    form = await (await discord.press(ada, panel, label="Draw…")).acknowledged()
    assert form.kind == "modal"
    await (await discord.submit(ada, form, {"prompt": "a green apple"})).acknowledged()
    region = (await wait_for_grids(discord, room, 3))[-1]
    assert region.content.startswith("**a green apple** - Remix (Region) by ")
    assert region.reference == tile.id
    opened = await discord.press(ada, tile, label="Vary (Region)")
    panel = await said(discord, opened, "What is to be drawn")
    form = await (await discord.press(ada, panel, label="Mask…")).acknowledged()
    sent = await discord.submit(ada, form, {"prompt": PROMPT, "mask": [mask()]})
    found = await said(discord, sent, "50% of the picture")
    await discord.press(ada, found, label="Draw it")
    half = (await wait_for_grids(discord, room, 4))[-1]
    assert "Variations (Region) by " in half.content
    size = picture(half).size
    same = picture(half).crop((size[0] // 4 + 8, 0, size[0] // 2 - 8, size[1] // 2))
    assert same.getbbox()


async def test_words_and_shape_are_changed_in_a_form_and_the_mistakes_in_it_mended(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    await discord.slash(ada, room, "imagine", prompt=PROMPT)
    (grid,) = await wait_for_grids(discord, room, 1)
    form = await (await discord.press(ada, grid, label="Remix")).acknowledged()
    await (await discord.submit(ada, form, {"prompt": "a green apple", "what": ["vary-1"]})).acknowledged()
    remix = (await wait_for_grids(discord, room, 2))[-1]
    assert remix.content.startswith("**a green apple** - Remix (Strong) by ")
    assert remix.reference == grid.id
    await discord.press(ada, grid, label="U1")
    tile = (await wait_for_grids(discord, room, 3))[-1]
    form = await (await discord.press(ada, tile, label="Custom Zoom")).acknowledged()
    refused = await discord.submit(ada, form, {"prompt": f"{PROMPT} --zoom 9"})
    told = await said(discord, refused, "--zoom")
    form = await (await discord.press(ada, told, label="Open the form again")).acknowledged()
    assert form.kind == "modal"
    await (await discord.submit(ada, form, {"prompt": f"{PROMPT} --zoom 1 --ar 2:1"})).acknowledged()
    zoomed = (await wait_for_grids(discord, room, 4))[-1]
    assert "Zoom Out by " in zoomed.content
    assert "--ar 2:1" in zoomed.content
    assert picture(zoomed).width == 2 * picture(zoomed).height
    assert zoomed.reference == tile.id
