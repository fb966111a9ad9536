"""A small real discord.py bot for the playground's own tests; it knows nothing of the playground."""

import asyncio
import io
import os
import re
import sys
from typing import Any

if "NO_ZSTD" in os.environ:
    sys.modules["zstandard"] = None  # type: ignore[assignment]  # discord.py then falls back to zlib-stream

import aiohttp
import discord
import yarl
from discord import app_commands
from discord.ext import commands
from PIL import Image

BASE = os.environ["DISCORD_API_BASE"]
discord.http.Route.BASE = f"{BASE}/api/v10"
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(f"ws{BASE.removeprefix('http')}/gateway")
discord.asset.Asset.BASE = f"{BASE}/cdn"


def picture(colour: str, size: int = 64) -> discord.File:
    data = io.BytesIO()
    Image.new("RGB", (size, size // 2), colour).save(data, "PNG")
    data.seek(0)
    return discord.File(data, filename=f"{colour}.png", description=f"all {colour}")


def buttons(job: int) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for index in range(4):
        view.add_item(JobButton(job, "upscale", f"U{index + 1}", row=0, argument=index))
    view.add_item(JobButton(job, "again", None, row=0, emoji="🔄"))
    for index in range(4):
        view.add_item(JobButton(job, "vary", f"V{index + 1}", row=1, argument=index))
    return view


class JobButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"job:(?P<job>\d+):(?P<action>\w+):(?P<argument>\d+)",
):
    def __init__(
        self,
        job: int,
        action: str,
        label: str | None,
        *,
        row: int,
        argument: int = 0,
        emoji: str | None = None,
    ) -> None:
        self.job, self.action, self.argument = job, action, argument
        custom_id = f"job:{job}:{action}:{argument}"
        super().__init__(discord.ui.Button(label=label, custom_id=custom_id, row=row, emoji=emoji))

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> "JobButton":
        row = item.row or 0
        return cls(int(match["job"]), match["action"], "x", row=row, argument=int(match["argument"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        if self.action == "upscale":
            await interaction.response.send_message(f"upscaled {self.argument} of {self.job}")
        elif self.action == "again":
            await interaction.response.edit_message(content="again")
        else:
            await interaction.response.send_modal(Remix())


class Remix(discord.ui.Modal, title="Remix"):
    prompt: discord.ui.TextInput["Remix"] = discord.ui.TextInput(label="New prompt", custom_id="prompt")

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"remixed: {self.prompt.value}", ephemeral=True)


class SampleBot(commands.AutoShardedBot):
    def __init__(self) -> None:
        super().__init__(
            command_prefix=commands.when_mentioned,
            intents=discord.Intents._from_value(1 | int(os.environ.get("INTENTS", "0"))),
            guild_ready_timeout=0.1,
            heartbeat_timeout=float(os.environ.get("HEARTBEAT_TIMEOUT", "60")),
        )

    async def setup_hook(self) -> None:
        self.add_dynamic_items(JobButton)
        if "SKIP_SYNC" not in os.environ:
            await self.tree.sync()

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        """Send whoever asks for it what is in a message of ours, and say under it that it was done."""
        assert self.user is not None
        if event.message_author_id != self.user.id or event.user_id == self.user.id:
            return
        message = self.get_partial_messageable(event.channel_id).get_partial_message(event.message_id)
        if event.emoji.name == "✉️":
            user = await self.fetch_user(event.user_id)
            found = await message.fetch()
            await user.send(found.content, file=await found.attachments[0].to_file())
            await message.add_reaction("✅")

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        message = self.get_partial_messageable(event.channel_id).get_partial_message(event.message_id)
        assert self.user is not None
        if event.user_id != self.user.id:
            await message.remove_reaction("✅", self.user)


bot = SampleBot()


@bot.tree.command(description="Draw a picture")
@app_commands.describe(prompt="What to draw", reference="A picture to start from")
async def imagine(
    interaction: discord.Interaction, prompt: str, reference: discord.Attachment | None = None
) -> None:
    response = await interaction.response.send_message(f"**{prompt}** (Waiting to start)")
    assert isinstance(interaction.channel, discord.abc.Messageable)
    assert isinstance(response, discord.InteractionCallbackResponse)
    assert response.message_id is not None
    channel = bot.get_partial_messageable(interaction.channel_id or 0)
    try:
        size = len(await reference.read()) if reference else 0
    except discord.HTTPException as error:
        await channel.send(f"the picture cannot be read: {error.status}")
        return
    progress = channel.get_partial_message(response.message_id)
    for percent, colour in ((31, "red"), (62, "orange")):
        await progress.edit(content=f"**{prompt}** ({percent}%)", attachments=[picture(colour)])
    text = f"**{prompt}** - {interaction.user.mention} (fast)" + (f" {size}" if size else "")
    await channel.send(
        text, file=picture("green", 128), view=buttons(812), nonce=f"job-{interaction.id}"[:25]
    )
    await progress.delete()


@bot.tree.command(description="Answer late, as deferred")
async def deferred(interaction: discord.Interaction, seconds: float = 0.0) -> None:
    await interaction.response.defer(thinking=True)
    await asyncio.sleep(seconds)
    await interaction.edit_original_response(content="done", attachments=[picture("blue")])
    await interaction.followup.send("and more", ephemeral=True)


@bot.tree.command(description="Refuse, so that only you see it")
@app_commands.default_permissions(manage_guild=True)
async def refuse(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("not for you", ephemeral=True)


@bot.tree.command(description="Never answer")
async def silent(interaction: discord.Interaction) -> None:
    pass


@bot.tree.command(description="Report what came with the interaction")
async def context(interaction: discord.Interaction) -> None:
    permissions = interaction.app_permissions
    await interaction.response.send_message(
        f"guild={interaction.guild_id} locale={interaction.locale.value} limit={interaction.filesize_limit} "
        f"attach={permissions.attach_files} send={permissions.send_messages} "
        f"member={isinstance(interaction.user, discord.Member)}"
    )


@bot.tree.command(description="Post a file of this size with a nonce, and tell what became of it")
async def post(
    interaction: discord.Interaction, nonce: str = "n", size: int = 10, text: str = "posted"
) -> None:
    await interaction.response.send_message("posting", ephemeral=True)
    channel = bot.get_partial_messageable(interaction.channel_id or 0)
    file = discord.File(io.BytesIO(b"x" * size), filename="x.bin")
    try:
        message = await channel.send(text, file=file, nonce=nonce)
        result = f"made {message.id}"
    except discord.HTTPException as error:
        result = f"refused {error.status} {error.code}"
    except aiohttp.ClientError as error:
        result = f"lost {type(error).__name__}"
    await interaction.edit_original_response(content=result)


@bot.tree.command(description="Say something through the interaction after a while")
async def late(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("first")
    await asyncio.sleep(0)
    wait = bot.loop.create_future()
    WAITING.append(wait)
    await wait
    try:
        await interaction.edit_original_response(content="second")
        result = "edited"
    except discord.HTTPException as error:
        result = f"refused {error.status} {error.code}"
    await bot.get_partial_messageable(interaction.channel_id or 0).send(result)


WAITING: list[asyncio.Future[None]] = []


@bot.tree.command(description="Release what waits in /late")
async def release(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("released")
    while WAITING:
        WAITING.pop().set_result(None)


@bot.tree.command(description="Count the bot's own attachments in this channel")
async def history(interaction: discord.Interaction) -> None:
    channel = bot.get_partial_messageable(interaction.channel_id or 0)
    names = [file.filename async for message in channel.history() for file in message.attachments]
    await interaction.response.send_message(" ".join(names) or "nothing")


@bot.tree.command(description="Name this thread and its channel")
async def where(interaction: discord.Interaction) -> None:
    thread = interaction.channel
    assert isinstance(thread, discord.Thread)
    await interaction.response.send_message(f"{thread.name} in {thread.parent}")


@bot.tree.command(description="Choose a style")
async def style(interaction: discord.Interaction, name: str) -> None:
    await interaction.response.send_message(name)


@style.autocomplete("name")
async def suggest(_: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    names = ("ink", "oil", "watercolour")
    return [app_commands.Choice(name=name, value=name) for name in names if name.startswith(typed)]


@bot.tree.command(description="Name what was chosen")
async def name(
    interaction: discord.Interaction, member: discord.Member, role: discord.Role, channel: discord.TextChannel
) -> None:
    await interaction.response.send_message(f"{member.display_name} {role.name} {channel.name}")


@bot.tree.command(description="Blend pictures")
@app_commands.describe(first="A picture", second="Another", third="And one more", shape="How wide it is")
@app_commands.choices(
    shape=[
        app_commands.Choice(name="tall", value="2:3"),
        app_commands.Choice(name="wide", value="3:2"),
    ]
)
async def blend(
    interaction: discord.Interaction,
    first: discord.Attachment,
    second: discord.Attachment,
    third: discord.Attachment | None = None,
    shape: str = "1:1",
) -> None:
    given = [picture for picture in (first, second, third) if picture]
    sizes = [len(await picture.read()) for picture in given]
    names = " + ".join(f"{file.filename} ({size})" for file, size in zip(given, sizes, strict=True))
    await interaction.response.send_message(f"{names} as {shape}", ephemeral=True)


STRENGTHS = ("subtle", "strong")


class Mask(discord.ui.Modal, title="Vary region"):
    what: discord.ui.Label[Any] = discord.ui.Label(
        text="What shall be there?", component=discord.ui.TextInput(custom_id="what", required=False)
    )
    mask: discord.ui.Label[Any] = discord.ui.Label(
        text="Mask",
        description="White where it changes",
        component=discord.ui.FileUpload(custom_id="mask", max_values=2, required=False),
    )
    how: discord.ui.Label[Any] = discord.ui.Label(
        text="How strongly?",
        component=discord.ui.Select(
            custom_id="how", options=[discord.SelectOption(label=name) for name in STRENGTHS]
        ),
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        what, mask, how = self.what.component, self.mask.component, self.how.component
        assert isinstance(what, discord.ui.TextInput)
        assert isinstance(mask, discord.ui.FileUpload)
        assert isinstance(how, discord.ui.Select)
        told = [f"{file.filename} ({len(await file.read())})" for file in mask.values]
        text = f"{what.value}: {', '.join(told) or 'no mask'}, {how.values[0]}"
        await interaction.response.send_message(text, ephemeral=True)


@bot.tree.command(description="Ask for a mask")
async def region(interaction: discord.Interaction) -> None:
    await interaction.response.send_modal(Mask())


@bot.tree.command(description="Show the most that a message can hold")
async def rows(interaction: discord.Interaction) -> None:
    view = discord.ui.View(timeout=None)
    for index in range(20):
        view.add_item(discord.ui.Button(label=f"Button {index}", custom_id=f"b{index}", row=index // 5))
    view.add_item(discord.ui.Select(options=[discord.SelectOption(label="A choice")], custom_id="s", row=4))
    frames = [Image.new("RGB", (256, 256), colour) for colour in ("red", "green", "blue")]
    data = io.BytesIO()
    frames[0].save(data, "WEBP", save_all=True, append_images=frames[1:], duration=300, loop=0)
    data.seek(0)
    here = f"https://discord.com/channels/{interaction.guild_id}/{interaction.channel_id}"
    link = discord.ui.Button[Any](label="Jump", url=f"{here}/{interaction.id}")
    file = discord.File(data, filename="denoising.webp")
    await interaction.response.send_message(f"rows {here}", file=file, view=view, ephemeral=True)
    await interaction.followup.send("a link", view=discord.ui.View().add_item(link), ephemeral=True)


for extra in ("Cancel or delete", "Use as…", "Details", "Send to me"):

    @bot.tree.context_menu(name=extra)
    async def _(interaction: discord.Interaction, message: discord.Message) -> None:
        names = " ".join(file.filename for file in message.attachments)
        await interaction.response.send_message(f"of {names or 'nothing'}", ephemeral=True)


@bot.tree.context_menu(name="Describe")
async def describe(interaction: discord.Interaction, message: discord.Message) -> None:
    await interaction.response.send_message(f"{len(message.attachments)} files by {message.author.name}")


class Menu(discord.ui.View):
    @discord.ui.select(
        custom_id="speed", options=[discord.SelectOption(label=label) for label in ("fast", "relax")]
    )
    async def choose(self, interaction: discord.Interaction, menu: discord.ui.Select["Menu"]) -> None:
        await interaction.response.edit_message(content=f"speed: {menu.values[0]}", view=None)


quota = app_commands.Group(name="quota", description="What is left")


@quota.command(name="menu", description="Choose a speed")
async def menu(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("choose", view=Menu())


bot.tree.add_command(quota)


class Panel(discord.ui.View):
    """Two pages with a menu each, in the same place; nothing that is chosen is kept."""

    def __init__(self, page: str) -> None:
        super().__init__()
        options = [discord.SelectOption(label=f"Page {name}", value=name) for name in ("one", "two")]
        for option in options:
            option.default = option.value == page
        self.pages: discord.ui.Select[Panel] = discord.ui.Select(options=options)
        self.pages.callback = self.turn  # type: ignore[method-assign]
        self.add_item(self.pages)
        if page == "one":
            self.rooms: discord.ui.ChannelSelect[Panel] = discord.ui.ChannelSelect(placeholder="Which room?")
            self.rooms.callback = self.refuse  # type: ignore[method-assign]
            self.add_item(self.rooms)
        else:
            ink = discord.SelectOption(label="Style: ink", default=True)
            self.add_item(discord.ui.Select(options=[ink, discord.SelectOption(label="Style: oil")]))

    async def turn(self, interaction: discord.Interaction) -> None:
        page = self.pages.values[0]
        await interaction.response.edit_message(content=f"This is page {page}.", view=Panel(page))

    async def refuse(self, interaction: discord.Interaction) -> None:
        await interaction.response.edit_message(content="That was not kept.", view=Panel("one"))


@bot.tree.command(description="Turn pages")
async def panel(interaction: discord.Interaction) -> None:
    await interaction.response.send_message("This is page one.", view=Panel("one"))


if __name__ == "__main__":
    bot.run(os.environ["DISCORD_TOKEN"])
