"""What people do reaches the bot, and what it answers is seen."""

import asyncio

import pytest

from playground import Guild, Message, Playground, Refused

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]


async def grid(playground: Playground, guild: Guild) -> Message:
    """A finished picture with its buttons in #general."""
    call = await playground.slash(guild.owner, guild.general, "imagine", prompt="a red fox")
    await playground.wait_for(lambda p: call.message is None and p.messages(guild.general))
    return playground.messages(guild.general)[-1]


async def test_a_command_is_acknowledged_edited_and_finished(playground: Playground, guild: Guild) -> None:
    seen: list[str] = []

    def look(p: Playground) -> bool:
        shown = p.messages(guild.general)
        seen.extend(message.content for message in shown if message.content not in seen)
        return bool(shown and shown[-1].components)

    call = await playground.slash(guild.owner, guild.general, "imagine", prompt="a red fox")
    await playground.wait_for(look)
    assert call.kind == "message"
    assert call.ack_seconds is not None
    assert call.ack_seconds < 3
    assert seen == [
        "**a red fox** (Waiting to start)",
        "**a red fox** (31%)",
        "**a red fox** (62%)",
        f"**a red fox** - {guild.owner.mention} (fast)",
    ]


async def test_a_finished_picture_shows_its_file_and_buttons(playground: Playground, guild: Guild) -> None:
    message = await grid(playground, guild)
    (picture,) = message.attachments
    assert (picture.filename, picture.content_type) == ("green.png", "image/png")
    assert (picture.width, picture.height, picture.description) == (128, 64, "all green")
    assert picture.size == len(picture.data)
    assert picture.data.startswith(b"\x89PNG")
    rows = [[item.label or item.emoji for item in message.components if item.row == row] for row in (0, 1)]
    assert rows == [["U1", "U2", "U3", "U4", "🔄"], ["V1", "V2", "V3", "V4"]]
    assert message.component("U2").custom_id == "job:812:upscale:1"
    assert message.mentions == (guild.owner.id,)
    assert message.author_id == playground.bot_id


async def test_a_press_reaches_the_dynamic_item(playground: Playground, guild: Guild) -> None:
    message = await grid(playground, guild)
    call = await (await playground.press(guild.owner, message, label="U2")).acknowledged()
    assert call.content == "upscaled 1 of 812"
    assert call.message
    assert call.message.interaction_id == call.id


async def test_a_press_may_edit_its_message(playground: Playground, guild: Guild) -> None:
    message = await grid(playground, guild)
    call = await (await playground.press(guild.owner, message, label="🔄")).acknowledged()
    assert call.kind == "update"
    (edited,) = playground.messages(guild.general)
    assert (edited.content, edited.attachments) == ("again", message.attachments)
    assert edited.edited_at is not None


async def test_a_form_is_shown_and_submitted(playground: Playground, guild: Guild) -> None:
    message = await grid(playground, guild)
    shown = await (await playground.press(guild.owner, message, label="V1")).acknowledged()
    assert shown.kind == "modal"
    assert shown.modal
    assert shown.modal["title"] == "Remix"
    call = await (await playground.submit(guild.owner, shown, {"prompt": "a blue fox"})).acknowledged()
    assert (call.content, call.ephemeral) == ("remixed: a blue fox", True)
    assert [item.content for item in playground.ephemerals(guild.owner)] == ["remixed: a blue fox"]


async def test_a_form_takes_files_and_a_choice(playground: Playground, guild: Guild) -> None:
    shown = await (await playground.slash(guild.owner, guild.general, "region")).acknowledged()
    files = [("a.png", b"1"), ("b.png", b"22")]
    with pytest.raises(Refused, match="between 1 and 2 files"):
        await playground.submit(guild.owner, shown, {"mask": [*files, *files], "how": ["strong"]})
    given = {"what": "a hat", "mask": files, "how": ["strong"]}
    call = await (await playground.submit(guild.owner, shown, given)).acknowledged()
    assert call.content == "a hat: a.png (1), b.png (2), strong"


async def test_what_only_one_sees_has_files_and_five_rows_too(playground: Playground, guild: Guild) -> None:
    call = await (await playground.slash(guild.owner, guild.general, "rows")).acknowledged()
    await playground.wait_for(lambda _: call.followups)
    assert call.message
    assert call.message.ephemeral
    assert [item.filename for item in call.message.attachments] == ["denoising.webp"]
    assert {item.row for item in call.message.components} == set(range(5))
    assert call.followups[0].component("Jump").url


async def test_a_deferred_answer_is_completed_and_followed_up(playground: Playground, guild: Guild) -> None:
    call = await (await playground.slash(guild.owner, guild.general, "deferred")).acknowledged()
    await playground.wait_for(lambda _: call.content and call.followups)
    assert call.content == "done"
    assert call.message
    assert [item.filename for item in call.message.attachments] == ["blue.png"]
    (followup,) = call.followups
    assert (followup.content, followup.ephemeral) == ("and more", True)


async def test_only_the_member_sees_an_ephemeral_answer(playground: Playground, guild: Guild) -> None:
    grace = playground.add_member(guild, "Grace")
    call = await (await playground.slash(guild.owner, guild.general, "refuse")).acknowledged()
    assert call.ephemeral
    assert [item.content for item in playground.ephemerals(guild.owner)] == ["not for you"]
    assert playground.ephemerals(grace) == []
    assert playground.messages(guild.general) == []


async def test_an_option_takes_a_file(playground: Playground, guild: Guild) -> None:
    file = ("fox.png", b"x" * 321)
    await playground.slash(guild.owner, guild.general, "imagine", prompt="a fox", reference=file)
    await playground.wait_for(lambda p: [m for m in p.messages(guild.general) if "(fast) 321" in m.content])


async def test_a_suggestion_is_asked_for(playground: Playground, guild: Guild) -> None:
    call = await playground.autocomplete(guild.owner, guild.general, "style", "name", "wat")
    await call.acknowledged()
    assert [choice["value"] for choice in call.choices] == ["watercolour"]


async def test_options_take_members_roles_and_channels(playground: Playground, guild: Guild) -> None:
    grace = playground.add_member(guild, "Grace")
    artist = playground.add_role(guild, "Artist")
    call = await playground.slash(
        guild.owner, guild.general, "name", member=grace, role=artist, channel=guild.newbies
    )
    assert (await call.acknowledged()).content == "Grace Artist newbies-1"


async def test_a_message_has_a_menu_of_commands(playground: Playground, guild: Guild) -> None:
    message = await grid(playground, guild)
    call = await playground.context_menu(guild.owner, guild.general, "Describe", message)
    assert (await call.acknowledged()).content == "1 files by Darkroom"


async def test_so_has_a_message_of_somebody_else_with_its_files_and_one_in_direct_messages(
    playground: Playground, guild: Guild
) -> None:
    for place in (guild.general, playground.direct_messages(guild.owner)):
        message = playground.say(guild.owner, place, "mine", files=[("mine.png", b"123")])
        call = await playground.context_menu(guild.owner, place, "Use as…", message)
        assert (await call.acknowledged()).content == "of mine.png"


async def test_a_choice_is_made_from_a_menu(playground: Playground, guild: Guild) -> None:
    shown = await (await playground.slash(guild.owner, guild.general, "quota menu")).acknowledged()
    assert shown.message
    call = await playground.select(guild.owner, shown.message, ["relax"], custom_id="speed")
    await call.acknowledged()
    (message,) = playground.messages(guild.general)
    assert (message.content, message.components) == ("speed: relax", ())


async def test_direct_messages_have_no_guild(playground: Playground, guild: Guild) -> None:
    call = await (await playground.slash(guild.owner, None, "context")).acknowledged()
    assert call.content == "guild=None locale=en-US limit=10485760 attach=True send=False member=False"
    (message,) = playground.messages(playground.direct_messages(guild.owner))
    assert message.content == call.content


async def test_the_context_of_an_interaction_is_told(playground: Playground) -> None:
    guild = playground.add_guild("Boosted", premium_tier=2)
    yuki = playground.add_member(guild, "Yuki", locale="ja")
    playground.set_permissions(guild.general, deny=["attach_files"])
    call = await (await playground.slash(yuki, guild.general, "context")).acknowledged()
    assert call.content == (f"guild={guild.id} locale=ja limit=52428800 attach=False send=True member=True")


async def test_a_client_offers_only_what_the_member_may_use(playground: Playground, guild: Guild) -> None:
    grace = playground.add_member(guild, "Grace")
    with pytest.raises(Refused, match="not visible"):
        await playground.slash(grace, guild.general, "refuse")
    assert "refuse" not in playground.commands(grace, guild.general)
    forged = await playground.slash(grace, guild.general, "refuse", forged=True)
    assert (await forged.acknowledged()).content == "not for you"
    moderator = playground.add_member(guild, "Alan", manage_guild=True)
    assert {"refuse", "quota menu"} <= set(playground.commands(moderator, guild.general))
    assert (await (await playground.slash(moderator, guild.general, "refuse")).acknowledged()).error is None


async def test_a_timed_out_member_has_no_commands(playground: Playground, guild: Guild) -> None:
    grace = playground.add_member(guild, "Grace")
    playground.time_out(grace, 60)
    with pytest.raises(Refused):
        await playground.slash(grace, guild.general, "context")
    playground.clock.advance(61)
    assert (await (await playground.slash(grace, guild.general, "context")).acknowledged()).error is None


async def test_a_forged_press_reaches_the_bot(playground: Playground, guild: Guild) -> None:
    message = await grid(playground, guild)
    with pytest.raises(Refused):
        await playground.press(guild.owner, message, custom_id="job:999:upscale:3")
    call = await playground.press(guild.owner, message, custom_id="job:999:upscale:3", forged=True)
    assert (await call.acknowledged()).content == "upscaled 3 of 999"


async def test_no_answer_within_three_seconds_is_an_error(playground: Playground, guild: Guild) -> None:
    call = await playground.slash(guild.owner, guild.general, "silent")
    playground.clock.advance(3)
    assert (await call.acknowledged()).error == "The application did not respond"


async def test_a_hundred_at_once_are_answered(playground: Playground, guild: Guild) -> None:
    playground.answer_within = 30  # how fast this machine is proves nothing here
    calls = [await playground.slash(guild.owner, guild.newbies, "context") for _ in range(100)]
    await asyncio.gather(*(call.acknowledged() for call in calls))
    assert [call.error for call in calls] == [None] * 100
    playground.answer_within = 3
    assert len(playground.messages(guild.newbies)) == 100
