"""A stranger arrives: terms, the first picture, rooms, and finding it all again."""

import aiohttp

from bot.delivery.rooms import MAX_GREETINGS
from playground import Playground
from playground.server import Call
from playground.views import Channel, Member, Message, Role
from tests.wire.conftest import BotProcess
from tests.wire.test_pages import free_port
from tests.wire.test_path import grids, wait_for_grids

MEMBERS_INTENT = 1 << 1
SEND_MESSAGES = 1 << 11
MANAGE_CHANNELS = 1 << 4


async def test_a_stranger_accepts_the_terms_and_their_prompt_runs_by_itself(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    stranger = discord.add_member(discord.guild, "grace")
    told = await (
        await discord.slash(ada, room, "guild set", setting="terms", value="Be kind.")
    ).acknowledged()
    await discord.wait_for(lambda d: "`terms`" in told.content)
    asked = await (
        await discord.slash(stranger, room, "imagine", prompt="a red apple --seed 7")
    ).acknowledged()
    assert asked.ephemeral
    assert "> Be kind." in asked.content
    assert discord.messages(room) == []
    await bot.stop()  # the prompt survives
    await bot.start()
    assert asked.message
    pressed = await (await discord.press(stranger, asked.message, label="Accept and draw")).acknowledged()
    assert pressed.error is None
    (grid,) = await wait_for_grids(discord, room, 1)
    assert grid.content == f"**a red apple --seed 7** - {stranger.mention} (fast)"
    assert "Welcome to the darkroom" in asked.content
    assert "**96 of 100 pictures left today**" in asked.content
    assert asked.message.components == ()
    await discord.slash(stranger, room, "imagine", prompt="a green apple")
    await wait_for_grids(discord, room, 2)
    mallory = discord.add_member(discord.guild, "mallory")
    forged = await discord.press(mallory, grid, custom_id="terms:1:accept:1", forged=True)
    assert "drawn already" in (await forged.acknowledged()).content


async def test_the_terms_of_one_server_are_nothing_to_another(discord: Playground, bot: BotProcess) -> None:
    other = discord.add_guild("Lighthouse", owner="Hedy")
    await bot.start()
    ada, room, there = discord.guild.owner, discord.guild.newbies, other.newbies
    moderator = discord.add_member(discord.guild, "maud", permissions=["moderate_members"])
    refused = await discord.slash(
        moderator, room, "guild set", forged=True, setting="terms", value="Obey Maud."
    )
    await told_so(discord, moderator, 1)
    assert refused.ephemeral
    told = await discord.slash(ada, room, "guild set", setting="terms", value="Be kind.")
    await discord.wait_for(lambda d: "`terms`: Be kind." in told.content)
    grace, rosa = discord.add_member(discord.guild, "grace"), discord.add_member(other, "rosa")
    asked = await (await discord.slash(grace, room, "imagine", prompt="a red apple")).acknowledged()
    assert asked.message
    await discord.slash(rosa, there, "imagine", prompt="a green pear")
    (grid,) = await wait_for_grids(discord, there, 1)
    custom_id = asked.message.component("Accept and draw").custom_id
    forged = await discord.press(rosa, grid, custom_id=custom_id, forged=True)
    assert "drawn already" in (await forged.acknowledged()).content
    shown = await (await discord.slash(other.owner, there, "guild show")).acknowledged()
    assert "`terms`: nothing" in shown.content
    assert len(discord.messages(room)) == 0
    await discord.press(grace, asked.message, label="Accept and draw")
    await wait_for_grids(discord, room, 1)


async def test_start_shows_the_guide_with_an_example_that_works(discord: Playground, bot: BotProcess) -> None:
    await bot.start()
    room = discord.guild.newbies
    grace = discord.add_member(discord.guild, "grace")
    guide = await (await discord.slash(grace, room, "start")).acknowledged()
    assert guide.ephemeral
    assert guide.message
    await discord.press(grace, guide.message, label="a red fox in the snow")
    (grid,) = await wait_for_grids(discord, room, 1)
    assert grid.content.startswith("**a red fox in the snow**")
    assert grid.mentions == (grace.id,)


def rooms(discord: Playground) -> dict[str, int]:
    """The channels of the guild by name, categories too; a name that is there twice breaks the test."""
    backend = discord.world.backend
    listed = [backend.channels[number] for number in backend.guilds[discord.guild.id].channel_ids]
    named = {channel.name: channel.id for channel in listed}
    assert len(named) == len(listed), [channel.name for channel in listed]
    return named


async def set_up(discord: Playground, member: Member, place: Channel) -> Call:
    """Open the panel and make the rooms; the panel."""
    shown = await (await discord.slash(member, place, "setup")).acknowledged()
    assert shown.message
    await (await discord.press(member, shown.message, label="Make the rooms")).acknowledged()
    return shown


async def test_setup_makes_rooms_with_guides_and_twice_makes_nothing_twice(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    ada, general = discord.guild.owner, discord.guild.general
    shown = await (await discord.slash(ada, general, "setup")).acknowledged()
    assert shown.ephemeral
    assert "Checkpoint: `tiny" in shown.content
    assert shown.message
    form = await (await discord.press(ada, shown.message, label="Rooms…")).acknowledged()
    filled = {"newbie-rooms": "2", "max-newbie-rooms": "1", "newbie-category": "First steps"}
    await (await discord.submit(ada, form, filled)).acknowledged()
    await discord.wait_for(lambda d: "cannot be fewer than" in shown.content)
    await bot.stop()  # what was typed stands in the message
    await bot.start()
    form = await (await discord.press(ada, shown.message, label="Rooms…")).acknowledged()
    assert form.modal
    inputs = [label["component"] for label in form.modal["components"]]
    assert {field["custom_id"]: field["value"] for field in inputs} == filled
    await discord.submit(ada, form, filled | {"max-newbie-rooms": "3"})
    # Acknowledged is not yet stored: a busy bot defers first.
    await discord.wait_for(lambda d: "How many newbie rooms at least: **2**" in shown.content, 20)
    await (await discord.press(ada, shown.message, label="Make the rooms")).acknowledged()
    await discord.wait_for(lambda d: "New rooms" in shown.content)
    made = rooms(discord)
    assert {"First steps", "newbies-1", "newbies-2"} <= made.keys()
    backend = discord.world.backend
    assert backend.channels[made["newbies-2"]].parent_id == made["First steps"]
    second = Channel(id=made["newbies-2"], name="newbies-2", guild_id=discord.guild.id)
    guide = guide_in(discord, second)
    assert backend.messages[second.id][guide.id].pinned
    again = await set_up(discord, ada, general)
    await discord.wait_for(lambda d: "as they should be" in again.content)
    assert rooms(discord) == made
    assert guide_in(discord, second) == guide
    discord.delete_message(guide)  # by a moderator, by mistake
    await set_up(discord, ada, general)
    await discord.wait_for(lambda d: any(message.components for message in d.messages(second)), 20)
    assert guide_in(discord, second).content == guide.content
    discord.delete_channel(second)
    third = await set_up(discord, ada, general)
    await discord.wait_for(lambda d: "New rooms" in third.content)
    remade = rooms(discord)
    assert remade.keys() == made.keys()
    assert remade["newbies-2"] != made["newbies-2"]
    grace = discord.add_member(discord.guild, "grace")
    room = Channel(id=remade["newbies-2"], name="newbies-2", guild_id=discord.guild.id)
    await discord.press(grace, guide_in(discord, room), label="a red fox in the snow")
    await wait_for_grids(discord, room, 1)


def guide_in(discord: Playground, room: Channel) -> Message:
    """The one guide of a room."""
    (guide,) = [message for message in discord.messages(room) if message.components]
    return guide


async def test_setup_names_what_the_bot_may_not_do(discord: Playground, bot: BotProcess) -> None:
    await bot.start()
    ada, general = discord.guild.owner, discord.guild.general
    backend = discord.world.backend
    role = next(role for role in backend.guilds[discord.guild.id].roles.values() if role.managed)
    backend.edit_role(discord.guild.id, role.id, {"permissions": role.permissions & ~MANAGE_CHANNELS})
    before = rooms(discord)
    call = await discord.slash(ada, general, "guild set", setting="newbie-rooms", value="1")
    await call.acknowledged()
    await discord.wait_for(
        lambda d: "Manage Channels" in call.content + "".join(m.content for m in call.followups)
    )
    assert rooms(discord) == before


async def told_so(discord: Playground, member: Member, times: int) -> None:
    """Wait until somebody was told that Manage Server is needed."""
    await discord.wait_for(
        lambda d: sum("Manage Server" in message.content for message in d.ephemerals(member)) == times
    )


async def test_setup_is_for_those_with_manage_server(discord: Playground, bot: BotProcess) -> None:
    await bot.start()
    general = discord.guild.general
    mallory = discord.add_member(discord.guild, "mallory")
    commands: dict[str, dict[str, str]] = {
        "setup": {},
        "guild show": {},
        "guild set": {"setting": "terms", "value": "Obey."},
    }
    for number, (command, options) in enumerate(commands.items(), start=1):
        await discord.slash(mallory, general, command, forged=True, **options)
        await told_so(discord, mallory, number)
    grid = discord.say(mallory, general, "hello")
    custom_id = f"setup:{discord.guild.id}:public-page"
    pressed = await discord.press(mallory, grid, custom_id=custom_id, forged=True)
    assert "Manage Server" in (await pressed.acknowledged()).content


async def test_menus_keep_what_is_chosen_and_people_are_pointed_to_rooms(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    ada, general, room = discord.guild.owner, discord.guild.general, discord.guild.newbies
    role = discord.add_role(discord.guild, "Guides")
    shown = await (await discord.slash(ada, general, "setup")).acknowledged()
    assert shown.message
    here = f"setup:{discord.guild.id}"
    await discord.select(ada, shown.message, [role], custom_id=f"{here}:moderators")
    await discord.wait_for(lambda d: f"<@&{role.id}>" in shown.content)
    await discord.select(ada, shown.message, [room], custom_id=f"{here}:drawing-channels")
    await discord.wait_for(lambda d: f"<#{room.id}>" in shown.content)
    grace = discord.add_member(discord.guild, "grace")
    refused = await (await discord.slash(grace, general, "imagine", prompt="a red apple")).acknowledged()
    assert refused.ephemeral
    assert f"Come to <#{room.id}>" in refused.content
    await discord.slash(grace, room, "imagine", prompt="a red apple")
    (grid,) = await wait_for_grids(discord, room, 1)
    within = discord.open_thread(grace, room, "apples", grid)
    beside = discord.open_thread(grace, general, "elsewhere")
    refused = await (await discord.slash(grace, beside, "imagine", prompt="a red apple")).acknowledged()
    assert f"Come to <#{room.id}>" in refused.content  # a thread is of its channel
    await discord.slash(grace, within, "imagine", prompt="a green apple")
    await wait_for_grids(discord, within, 1)


async def test_mine_turns_pages_with_links_to_every_picture(discord: Playground, bot: BotProcess) -> None:
    await bot.start()
    room = discord.guild.newbies
    grace = discord.add_member(discord.guild, "grace")
    for number in range(9):
        await discord.slash(grace, room, "imagine", prompt=f"apple number {number}")
        await wait_for_grids(discord, room, number + 1)
    await bot.has(*["delivered"] * 9)
    shown = await (await discord.slash(grace, room, "mine")).acknowledged()
    assert shown.ephemeral
    newest = link_to(discord, room, 8)
    assert newest in shown.content
    assert shown.message
    await (await discord.press(grace, shown.message, label="▶️")).acknowledged()
    await discord.wait_for(lambda d: "apple number 0" in shown.content)
    assert link_to(discord, room, 0) in shown.content
    mallory = discord.add_member(discord.guild, "mallory")
    before = grids(discord, room)[0]
    forged = await discord.press(mallory, before, custom_id="mine:0:page", forged=True)
    assert "no pictures of yours" in (await forged.acknowledged()).content
    assert forged.ephemeral
    assert grids(discord, room)[0].content == before.content


def link_to(discord: Playground, room: Channel, number: int) -> str:
    """The link to the n-th result in a room."""
    return f"https://discord.com/channels/{room.guild_id}/{room.id}/{grids(discord, room)[number].id}"


async def test_who_joins_is_greeted_in_a_room_with_examples(discord: Playground, bot: BotProcess) -> None:
    discord.gateway.approved_intents = MEMBERS_INTENT
    await bot.start(MEMBERS_INTENT="true")
    ada, general = discord.guild.owner, discord.guild.general
    await (await discord.slash(ada, general, "guild set", setting="newbie-rooms", value="1")).acknowledged()
    await discord.wait_for(lambda d: told(d, "There already, and newbie rooms now"), 20)
    grace = discord.add_member(discord.guild, "grace")
    room = discord.guild.newbies  # the channel that had the name of a room before
    await discord.wait_for(lambda d: any(grace.id in message.mentions for message in d.messages(room)))
    greeting = next(message for message in discord.messages(room) if grace.id in message.mentions)
    await discord.press(grace, greeting, label="a red apple on a blue table")
    await wait_for_grids(discord, room, 1)
    raid = [discord.add_member(discord.guild, f"raider{number}") for number in range(MAX_GREETINGS + 5)]

    def greeted() -> set[int]:
        return {number for message in discord.messages(room) for number in message.mentions}

    raiders = {member.id for member in raid}
    await discord.wait_for(lambda _: len(greeted() & raiders) >= MAX_GREETINGS - 1, 30)  # with Grace enough
    await (await discord.slash(grace, room, "quota")).acknowledged()
    assert len(greeted() & raiders) == MAX_GREETINGS - 1


def told(discord: Playground, words: str) -> bool:
    """Whether the owner was told these words."""
    return any(words in message.content for message in discord.ephemerals(discord.guild.owner))


async def test_the_page_shows_counts_pictures_and_the_way_in(discord: Playground, bot: BotProcess) -> None:
    port = free_port()
    await bot.start(WEB_PORT=str(port), PUBLIC_URL="https://art.example.org")
    ada, general, room = discord.guild.owner, discord.guild.general, discord.guild.newbies
    for setting, value in (("public-page", "on"), ("newbie-rooms", "2")):
        await (await discord.slash(ada, general, "guild set", setting=setting, value=value)).acknowledged()
    grace = discord.add_member(discord.guild, "grace")
    asked = await (await discord.slash(grace, room, "gallery join")).acknowledged()
    assert asked.message
    joined = await (await discord.press(grace, asked.message, label="Older ones too")).acknowledged()
    await discord.wait_for(lambda _: "older ones too. /gallery leave" in joined.content)
    assert f"<https://art.example.org/servers/{discord.guild.id}>" in joined.content
    for member, prompt in ((grace, "a shown apple"), (ada, "a private pear")):
        await discord.slash(member, room, "imagine", prompt=prompt)
    await bot.has("delivered", "delivered")
    await discord.wait_for(lambda d: len(rooms(d)) == 4, 20)  # general, newbies-1, the category, newbies-2
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
        page = await (await session.get("/")).text()
        assert "a shown apple" in page
        assert "private pear" not in page
        assert "2 online" in page  # Ada and Grace; the bot is not counted
        answer = await session.get(f"/servers/{discord.guild.id}/join", allow_redirects=False)
        assert answer.status == 302
        invites = discord.world.backend.invites
        code = answer.headers["Location"].rpartition("/")[2]
        assert invites[code].channel_id == rooms(discord)["newbies-2"]  # the less busy one
        again = await session.get(f"/servers/{discord.guild.id}/join", allow_redirects=False)
        assert again.headers["Location"] == answer.headers["Location"]
        picture = page.split('src="')[1].split('"')[0]
        assert (await session.get(picture)).content_type == "image/webp"
        await (await discord.slash(grace, room, "gallery leave")).acknowledged()
        assert (await session.get(picture)).status == 404


async def keep_rooms(discord: Playground, number: int) -> dict[str, int]:
    """Have the owner ask for so many rooms; the channels once the bot has answered."""
    ada, general = discord.guild.owner, discord.guild.general
    call = await discord.slash(ada, general, "guild set", setting="newbie-rooms", value=str(number))
    await call.acknowledged()
    await discord.wait_for(lambda d: f"`newbie-rooms`: {number}" in call.content, 20)
    return rooms(discord)


async def test_rooms_are_closed_without_losing_what_was_said_and_opened_again(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    ada, grace = discord.guild.owner, discord.add_member(discord.guild, "grace")
    made = await keep_rooms(discord, 4)
    first, second, third, _ = (
        Channel(id=made[f"newbies-{number}"], name=f"newbies-{number}", guild_id=discord.guild.id)
        for number in range(1, 5)
    )
    await discord.slash(grace, second, "imagine", prompt="a red apple")
    await wait_for_grids(discord, second, 1)
    await bot.has("delivered")
    discord.say(ada, third, "remember this")
    left = await keep_rooms(discord, 1)
    assert left.keys() == made.keys() - {"newbies-4"}  # nobody ever spoke in that one
    refused = await (await discord.slash(grace, second, "imagine", prompt="a pear")).acknowledged()
    assert f"Come to <#{first.id}>" in refused.content
    assert [message.content for message in discord.messages(third)][-1] == "remember this"
    backend = discord.world.backend
    everybody = discord.guild.id
    for room in (second, third):
        closed = next(item for item in backend.channels[room.id].overwrites if item.target_id == everybody)
        assert closed.deny & SEND_MESSAGES
    assert await keep_rooms(discord, 2) == left
    await discord.slash(grace, second, "imagine", prompt="a pear")
    await wait_for_grids(discord, second, 2)


async def test_pressing_twice_at_once_makes_every_room_once(discord: Playground, bot: BotProcess) -> None:
    await bot.start()
    ada, general = discord.guild.owner, discord.guild.general
    shown = await (await discord.slash(ada, general, "setup")).acknowledged()
    assert shown.message
    form = await (await discord.press(ada, shown.message, label="Rooms…")).acknowledged()
    await discord.submit(ada, form, {"newbie-rooms": "3"})
    # Acknowledged is not yet stored: a busy bot defers first.
    await discord.wait_for(lambda d: "How many newbie rooms at least: **3**" in shown.content, 20)
    presses = [await discord.press(ada, shown.message, label="Make the rooms") for _ in range(2)]
    for press in presses:
        await press.acknowledged()
    await discord.wait_for(lambda d: "as they should be" in shown.content, 20)  # the second has come
    assert rooms(discord).keys() == {"general", "Newcomers", "newbies-1", "newbies-2", "newbies-3"}


async def test_a_closed_channel_of_a_rooms_name_is_opened_when_it_becomes_the_room(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    room = discord.guild.newbies
    everybody = Role(id=discord.guild.id, name="@everyone", guild_id=discord.guild.id)
    discord.set_permissions(room, deny=["send_messages"], target=everybody)
    made = await keep_rooms(discord, 1)
    assert made["newbies-1"] == room.id
    overwrites = discord.world.backend.channels[room.id].overwrites
    opened = next(item for item in overwrites if item.target_id == everybody.id)
    assert opened.allow & SEND_MESSAGES
    assert not opened.deny
    assert "This room is for first pictures" in guide_in(discord, room).content


async def test_a_setting_is_kept_although_the_rooms_cannot_be_looked_after(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    ada, general = discord.guild.owner, discord.guild.general
    backend = discord.world.backend
    role = next(role for role in backend.guilds[discord.guild.id].roles.values() if role.managed)
    backend.edit_role(discord.guild.id, role.id, {"permissions": role.permissions & ~MANAGE_CHANNELS})
    rooms_set = await discord.slash(ada, general, "guild set", setting="newbie-rooms", value="1")
    await discord.wait_for(lambda d: "Manage Channels" in rooms_set.content)
    trial_set = await discord.slash(ada, general, "guild set", setting="trial", value="8")
    await discord.wait_for(lambda d: "`trial`: 8 pictures" in trial_set.content)
    shown = await (await discord.slash(ada, general, "guild show")).acknowledged()
    assert "`newbie-rooms`: 1 " in shown.content
    assert "`trial`: 8 pictures" in shown.content
