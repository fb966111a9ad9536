"""Discord at its worst: refusals, delays, lost answers, a broken gateway."""

from itertools import pairwise

import pytest
from sqlalchemy import delete

from bot.delivery.progress import WAITING_EDIT_SECONDS
from bot.storage.models import CommandSyncRow
from playground import Playground
from playground.faults import Delay, Drop, Hold, RateLimited, Status
from playground.rest import Request
from playground.views import Channel, Member
from tests.wire.conftest import BotProcess
from tests.wire.test_path import grids, picture, wait_for_grids

POSTS = "/channels/*/messages"
CALLBACKS = "/interactions/*/callback"


def edits_of(discord: Playground, room: Channel) -> list[Request]:
    """The edits in a channel, in order."""
    place = f"/channels/{room.id}/messages/"
    return [r for r in discord.requests if r.method == "PATCH" and r.path.startswith(place)]


async def ask_for_two_long_jobs(discord: Playground, slow_bot: BotProcess) -> tuple[Member, Channel]:
    """Start the bot; who asked for two jobs of 100 steps, and where."""
    await slow_bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    for _ in range(2):
        await discord.slash(ada, room, "imagine", prompt="a red apple --steps 100")
    return ada, room


@pytest.mark.parametrize(
    "fault",
    [
        RateLimited(retry_after=0.5),
        Status(status=500),
        Status(status=503),
        Status(status=500, processed=True),
        Drop(),
        Drop(processed=True),
        Delay(seconds=0.5),
    ],
    ids=["429", "500", "503", "500 after success", "dropped", "dropped after success", "slow"],
)
async def test_a_fault_at_the_final_post_ends_in_exactly_one_result(
    discord: Playground, bot: BotProcess, fault: Status | RateLimited | Drop | Delay
) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    rule = discord.faults.add(fault, method="POST", path=POSTS)
    await discord.slash(ada, room, "imagine", prompt="a red apple")
    await wait_for_grids(discord, room, 1, 30)
    await discord.wait_for(lambda d: len(d.messages(room)) == 1, 30)
    assert rule.hits == 1
    assert len(grids(discord, room)) == 1
    await bot.has("delivered")


async def test_a_retry_an_hour_after_a_lost_answer_finds_its_own_post(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    held = Hold()
    discord.faults.add(Drop(processed=True), method="POST", path=POSTS)
    rule = discord.faults.add(held, method="GET", path=POSTS)
    await discord.slash(ada, room, "imagine", prompt="a red apple")
    await discord.wait_for(lambda d: rule.hits)
    discord.clock.advance(3600)
    held.released.set()
    await discord.wait_for(lambda d: len(d.messages(room)) == 1)
    assert len(grids(discord, room)) == 1
    await bot.has("delivered")


async def test_a_late_retry_looks_through_a_busy_channel(discord: Playground, bot: BotProcess) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    refused = discord.faults.add(Status(status=503), method="POST", path=POSTS)
    discord.faults.add(Drop(processed=True), method="POST", path=POSTS)
    held = Hold()
    rule = discord.faults.add(held, method="GET", path=POSTS, after=2)  # two pages before the second attempt
    await discord.slash(ada, room, "imagine", prompt="a red apple")
    await discord.wait_for(lambda d: refused.hits)
    for number in range(120):
        discord.say(ada, room, f"meanwhile, {number}")
    await discord.wait_for(lambda d: rule.hits, 30)
    discord.clock.advance(3600)  # Discord has forgotten the nonce
    held.released.set()
    await bot.has("delivered")
    assert len(grids(discord, room)) == 1


@pytest.mark.parametrize(
    "fault",
    [
        RateLimited(retry_after=0.5),
        Status(status=500),
        Status(status=500, processed=True),
        Drop(),
        Drop(processed=True),
    ],
    ids=["429", "500", "500 after success", "dropped", "dropped after success"],
)
async def test_a_fault_at_the_answer_leaves_one_result_and_nothing_that_waits(
    discord: Playground, bot: BotProcess, fault: Status | RateLimited | Drop
) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    rule = discord.faults.add(fault, method="POST", path=CALLBACKS)
    await discord.slash(ada, room, "imagine", prompt="a red apple")
    await wait_for_grids(discord, room, 1, 30)
    await discord.wait_for(lambda d: len(d.messages(room)) == 1, 30)
    assert rule.hits == 1
    assert len(grids(discord, room)) == 1
    await bot.has("delivered")


async def test_a_token_that_is_refused_ends_the_process_and_keeps_what_is_owed(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    discord.faults.add(Status(status=401), method="POST", path=POSTS)
    await discord.slash(ada, room, "imagine", prompt="a red apple")
    assert await bot.ended() == 1
    assert "does not accept the bot's token" in bot.log
    await discord.bot_gone()
    assert await bot.statuses() == ["rendered"]
    await bot.start()
    await wait_for_grids(discord, room, 1)
    await bot.has("delivered")


async def test_edits_are_coalesced_within_the_budget_of_the_channel(
    discord: Playground, slow_bot: BotProcess
) -> None:
    ada, room = await ask_for_two_long_jobs(discord, slow_bot)
    edits = await discord.wait_for(lambda d: many if len(many := edits_of(d, room)) >= 6 else None, 120)
    for message in discord.messages(room):
        if "Cancel" in [button.label for button in message.components]:  # else it is drawn by now
            await discord.press(ada, message, label="Cancel")
    developing = edits[2:]  # the first tell at once that drawing has begun
    for path in {edit.path for edit in developing}:
        own = [edit.at for edit in developing if edit.path == path]
        assert all(later - sooner > 2.0 for sooner, later in pairwise(own))
    assert all(later.at - sooner.at > 0.7 for sooner, later in pairwise(developing))


async def test_a_job_that_had_to_wait_a_moment_holds_up_no_preview_in_its_channel(
    discord: Playground, slow_bot: BotProcess
) -> None:
    _, room = await ask_for_two_long_jobs(discord, slow_bot)
    first_of_each_and_two_more = 4
    before_another_word_on_its_place = WAITING_EDIT_SECONDS - 1
    await discord.wait_for(
        lambda d: len(edits_of(d, room)) >= first_of_each_and_two_more, before_another_word_on_its_place
    )


async def test_a_job_longer_than_the_interaction_token_is_delivered(
    discord: Playground, slow_bot: BotProcess
) -> None:
    await slow_bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    call = await (await discord.slash(ada, room, "imagine", prompt="a red apple --steps 60")).acknowledged()
    assert call.error is None
    await discord.wait_for(lambda _: call.content)  # where it was only deferred, its token was still needed
    discord.clock.advance(16 * 60)
    await wait_for_grids(discord, room, 1, 120)
    await discord.wait_for(lambda d: len(d.messages(room)) == 1)


async def test_an_answer_that_comes_too_late_takes_the_job_back_uncharged(
    discord: Playground, slow_bot: BotProcess
) -> None:
    bot = slow_bot
    await bot.start(DAILY_IMAGES="4")
    ada, room = discord.guild.owner, discord.guild.newbies
    discord.faults.add(Delay(seconds=3.2), method="POST", path=CALLBACKS)
    prompt = "a red apple --steps 100"
    call = await (await discord.slash(ada, room, "imagine", prompt=prompt)).acknowledged()
    assert call.error == "The application did not respond"
    await bot.has("cancelled")
    quota = await (await discord.slash(ada, room, "quota")).acknowledged()
    assert "4 of 4 pictures left" in quota.content


async def test_an_interaction_during_a_gateway_gap_is_answered(discord: Playground, bot: BotProcess) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    discord.gateway.cut()
    call = await (await discord.slash(ada, room, "imagine", prompt="a red apple")).acknowledged()
    assert call.error is None
    await wait_for_grids(discord, room, 1)


async def test_an_invalid_session_is_survived(discord: Playground, bot: BotProcess) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    discord.gateway.invalidate(resumable=False)
    await discord.bot_gone()
    await discord.bot_ready(30)
    await discord.slash(ada, room, "imagine", prompt="a red apple")
    await wait_for_grids(discord, room, 1, 30)


async def test_a_duplicated_interaction_makes_one_job(discord: Playground, bot: BotProcess) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    discord.gateway.duplicate("INTERACTION_CREATE")
    call = await discord.slash(ada, room, "imagine", prompt="a red apple")
    callback = f"/interactions/{call.id}/"
    await discord.wait_for(lambda d: sum(r.path.startswith(callback) for r in d.requests) == 2)
    await wait_for_grids(discord, room, 1)
    await discord.wait_for(lambda d: len(d.messages(room)) == 1)
    await bot.has("delivered")


@pytest.mark.parametrize("code", [50083, 50013], ids=["locked thread", "no permission"])
async def test_an_answer_that_is_surely_refused_takes_the_job_back_uncharged(
    discord: Playground, bot: BotProcess, code: int
) -> None:
    await bot.start()
    ada, room, elsewhere = discord.guild.owner, discord.guild.newbies, discord.guild.general
    refused = Status(status=400, code=code)
    discord.faults.add(refused, method="POST", path=CALLBACKS)
    discord.faults.add(refused, method="POST", path=f"/channels/{room.id}/messages", times=None)
    await discord.slash(ada, room, "imagine", prompt="a red apple")
    await bot.has("cancelled")
    quota = await (await discord.slash(ada, elsewhere, "quota")).acknowledged()
    assert "100 of 100" in quota.content
    assert bot.log.count("is withdrawn") == 1


async def test_a_tile_whose_press_was_answered_too_late_is_posted_all_the_same(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    await discord.slash(ada, room, "imagine", prompt="a red apple")
    (grid,) = await wait_for_grids(discord, room, 1)
    discord.faults.add(Status(status=404, code=10062), method="POST", path=CALLBACKS)
    await discord.press(ada, grid, label="U2")
    await wait_for_grids(discord, room, 2)
    await bot.has("delivered", "delivered")


async def test_the_daily_limit_of_commands_is_named_and_the_bot_goes_on(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    await bot.stop()
    await forget_commands(bot)  # as a new version's would be
    limit = Status(status=400, code=30034, message="Max number of daily application command creates reached")
    discord.faults.add(limit, method="PUT", path="/applications/*/commands", times=None)
    await bot.start()
    await bot.logged("I go on with yesterday's")
    ada, room = discord.guild.owner, discord.guild.newbies
    await discord.slash(ada, room, "imagine", prompt="a red apple")
    await wait_for_grids(discord, room, 1)


async def forget_commands(bot: BotProcess) -> None:
    """Let the bot think that Discord knows none of its commands."""
    async with bot.opened_database() as database, database.transaction() as session:
        await session.execute(delete(CommandSyncRow))


async def test_the_prompt_given_back_is_whole(discord: Playground, bot: BotProcess) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    prompt = "a wide harbour at dawn, " * 60 + "and a lighthouse --steps 500"
    call = await (await discord.slash(ada, room, "imagine", prompt=prompt)).acknowledged()
    assert "--steps 500" in call.content.split("```")[1]
    fences = "`" * 3900 + " --steps 500"
    call = await (await discord.slash(ada, room, "imagine", prompt=fences)).acknowledged()
    await discord.wait_for(lambda _: call.message and call.message.attachments)
    assert call.message
    assert call.message.attachments[0].data == fences.encode()


async def test_a_grid_over_the_upload_limit_falls_back_to_a_smaller_encoding(
    discord: Playground, slow_bot: BotProcess
) -> None:
    await slow_bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    await discord.slash(ada, room, "imagine", prompt="a red apple")
    (grid,) = await wait_for_grids(discord, room, 1, 60)
    discord.upload_limit = grid.attachments[0].size - 1
    await discord.slash(ada, room, "imagine", prompt="a red apple")
    found = await wait_for_grids(discord, room, 2, 60)
    assert found[-1].attachments[0].size < grid.attachments[0].size
    assert picture(found[-1]).format in {"WEBP", "JPEG"}


async def test_a_deleted_progress_message_stops_nothing(discord: Playground, slow_bot: BotProcess) -> None:
    await slow_bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    call = await (await discord.slash(ada, room, "imagine", prompt="a red apple --steps 60")).acknowledged()
    assert call.message
    discord.delete_message(call.message)
    await wait_for_grids(discord, room, 1, 120)


async def test_a_job_whose_channel_is_gone_keeps_its_picture_for_show(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    ada, general = discord.guild.owner, discord.guild.general
    room = discord.add_channel(discord.guild, "short-lived")
    held = Hold()
    rule = discord.faults.add(held, method="POST", path=POSTS)
    await discord.slash(ada, room, "imagine", prompt="a red apple")
    await discord.wait_for(lambda d: rule.hits)
    discord.delete_channel(room)
    held.released.set()
    await bot.has("undeliverable")
    call = await (await discord.slash(ada, general, "show", picture=1)).acknowledged()
    await discord.wait_for(lambda d: call.message and call.message.attachments)


async def test_missing_permissions_refuse_the_job_by_name_before_it_is_charged(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    discord.set_permissions(room, deny=["attach_files", "read_message_history"])
    call = await (await discord.slash(ada, room, "imagine", prompt="a red apple")).acknowledged()
    assert call.ephemeral
    assert "Attach Files" in call.content
    assert "Read Message History" in call.content
    assert "Send Messages" not in call.content
    assert await bot.statuses() == []


async def test_a_busy_database_is_acknowledged_in_time_and_answered_when_it_is_free(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    async with bot.held_database():
        call = await (await discord.slash(ada, room, "imagine", prompt="a red apple")).acknowledged()
        assert call.kind == "deferred"
        assert call.ephemeral
    (grid,) = await wait_for_grids(discord, room, 1)
    await discord.wait_for(lambda d: len(d.messages(room)) == 1)
    async with bot.held_database():
        press = await (await discord.press(ada, grid, label="V1")).acknowledged()
        assert press.kind == "deferred_update"
    await wait_for_grids(discord, room, 2)
    pressed = next(message for message in discord.messages(room) if message.id == grid.id)
    assert pressed.component("V1").style == 1
    assert len(pressed.attachments) == 1


async def test_a_late_refusal_is_still_for_the_member_alone(discord: Playground, bot: BotProcess) -> None:
    await bot.start(DAILY_IMAGES="0")
    ada, room = discord.guild.owner, discord.guild.newbies
    async with bot.held_database():
        call = await (await discord.slash(ada, room, "imagine", prompt="a red apple")).acknowledged()
        assert call.kind == "deferred"
        assert call.ephemeral
    await discord.wait_for(lambda d: "This needs 4 pictures" in call.content)
    assert discord.messages(room) == []
