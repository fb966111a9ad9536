"""Whatever dies, and whenever: every job is delivered once, and once only."""

import asyncio
import fcntl
from typing import Any

import pytest

from playground import Playground
from playground.faults import Drop, Hold, Status
from tests.wire.conftest import BotProcess
from tests.wire.test_brought import png
from tests.wire.test_path import grids, picture, wait_for_grids

POSTS = "/channels/*/messages"


async def test_every_button_of_a_grid_works_after_a_restart(discord: Playground, bot: BotProcess) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    await discord.slash(ada, room, "imagine", prompt="a red apple")
    (grid,) = await wait_for_grids(discord, room, 1)
    await discord.wait_for(lambda d: len(d.messages(room)) == 1)
    await bot.kill()
    await bot.start()
    drawing = [item for item in grid.components if item.label != "Remix"]
    for number, item in enumerate(drawing, start=2):
        call = await (await discord.press(ada, grid, custom_id=item.custom_id)).acknowledged()
        assert call.error is None
        found = await wait_for_grids(discord, room, number)
        assert found[-1].reference == grid.id
    pressed = next(message for message in discord.messages(room) if message.id == grid.id)
    assert {item.style for item in pressed.components if item.label != "Remix"} == {1}  # blue
    assert len(pressed.attachments) == 1
    tiles = [message for message in grids(discord, room) if "Image #" in message.content]
    assert [message.content.split("Image ")[1][:2] for message in tiles] == ["#1", "#2", "#3", "#4"]


async def test_jobs_that_wait_or_run_when_the_process_dies_are_drawn_from_their_seeds(
    discord: Playground, slow_bot: BotProcess
) -> None:
    await slow_bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    calls = [
        await discord.slash(ada, room, "imagine", prompt=f"a red apple --steps 60 --seed {seed}")
        for seed in (7, 8)
    ]
    for call in calls:
        await call.acknowledged()
    await discord.wait_for(lambda d: any("%)" in message.content for message in d.messages(room)), 60)
    await slow_bot.kill()
    assert set(await slow_bot.statuses()) <= {"queued", "running"}
    await slow_bot.start()
    found = await wait_for_grids(discord, room, 2, 120)
    await discord.wait_for(lambda d: len(d.messages(room)) == 2)  # their progress messages are gone
    assert sorted(message.content for message in found) == [
        f"**a red apple --seed {seed} --steps 60** - {ada.mention} (fast)" for seed in (7, 8)
    ]
    await slow_bot.stop()
    assert await slow_bot.statuses() == ["delivered", "delivered"]


@pytest.mark.both_databases
async def test_a_kill_right_after_the_answer_loses_nothing(discord: Playground, bot: BotProcess) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    call = await (await discord.slash(ada, room, "imagine", prompt="a red apple")).acknowledged()
    assert call.error is None
    await bot.kill()
    await bot.start()
    await wait_for_grids(discord, room, 1)
    await discord.wait_for(lambda d: len(d.messages(room)) == 1)
    await bot.has("delivered")


@pytest.mark.both_databases
async def test_who_was_only_told_to_wait_when_the_process_died_gets_a_grid_once(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    room = discord.guild.newbies
    members = [discord.add_member(discord.guild, f"member{number}") for number in range(30)]
    prompt: dict[str, Any] = {"prompt": "a red apple"}
    pictures: dict[str, Any] = {"image1": png("red"), "image2": png("blue")}
    calls = [
        await (
            discord.slash(member, room, "imagine", **prompt)
            if number % 6
            else discord.slash(member, room, "blend", **pictures)
        )
        for number, member in enumerate(members)
    ]
    await discord.wait_for(lambda _: any(call.kind == "deferred" for call in calls))
    await bot.kill()
    await bot.start()
    promised = [call.member.mention for call in calls if call.error is None and not call.is_open]
    assert "deferred" in {call.kind for call in calls}

    def drawn(mention: str) -> int:
        return sum(mention in grid.content for grid in grids(discord, room))

    await discord.wait_for(lambda _: all(map(drawn, promised)), 120)
    await discord.wait_for(lambda d: len(d.messages(room)) == len(grids(d, room)), 60)
    assert max(drawn(member.mention) for member in members) == 1


@pytest.mark.both_databases
async def test_a_rendered_job_is_delivered_by_the_next_process(discord: Playground, bot: BotProcess) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    held = Hold()
    rule = discord.faults.add(held, method="POST", path=POSTS, times=None)
    await discord.slash(ada, room, "imagine", prompt="a red apple --seed 7")
    await discord.wait_for(lambda d: rule.hits)
    async with asyncio.timeout(60):  # what is held first may be the message that says that it is drawn
        while await bot.statuses() != ["rendered"]:
            await asyncio.sleep(0.05)
    await bot.kill()
    discord.faults.clear()
    await bot.start()
    await wait_for_grids(discord, room, 1)
    await discord.wait_for(lambda d: len(d.messages(room)) == 1)


@pytest.mark.both_databases
async def test_a_kill_between_the_post_and_its_commit_posts_nothing_twice(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    discord.faults.add(Hold(processed=True), method="POST", path=POSTS, times=None)
    await discord.slash(ada, room, "imagine", prompt="a red apple")
    await wait_for_grids(discord, room, 1)
    assert await bot.statuses() == ["rendered"]
    await bot.kill()
    discord.faults.clear()
    discord.clock.advance(3600)  # Discord has forgotten the nonce
    await bot.start()
    await discord.wait_for(lambda d: len(d.messages(room)) == 1)
    await bot.has("delivered")
    assert len(grids(discord, room)) == 1


async def test_sigterm_returns_running_jobs_to_the_queue_and_exits_with_zero(
    discord: Playground, slow_bot: BotProcess
) -> None:
    await slow_bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    call = await (await discord.slash(ada, room, "imagine", prompt="a red apple --steps 100")).acknowledged()
    await discord.wait_for(lambda d: call.message and "%)" in call.message.content, 60)
    assert await slow_bot.stop() == 0
    assert await slow_bot.statuses() == ["queued"]
    await slow_bot.start()
    (grid,) = await wait_for_grids(discord, room, 1, 120)
    assert picture(grid).size[0] > 0


async def test_sigterm_lets_an_answer_that_is_under_way_be_finished(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    held = Hold()
    rule = discord.faults.add(held, method="POST", path="/interactions/*/callback")
    call = await discord.slash(ada, room, "imagine", prompt="a red apple")
    await discord.wait_for(lambda d: rule.hits)
    stopping = asyncio.create_task(bot.stop())
    await asyncio.wait([stopping], timeout=0.5)
    assert not stopping.done()
    held.released.set()
    assert await stopping == 0
    assert call.error is None
    await bot.start()
    await wait_for_grids(discord, room, 1)
    await discord.wait_for(lambda d: len(d.messages(room)) == 1)


@pytest.mark.both_databases
async def test_a_second_process_on_the_same_database_says_who_holds_it_and_stops(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    no_model = "/no/such/model"  # it does not even look for one
    second = BotProcess(discord, bot.nursery, bot.folder, no_model, bot.environment["DATABASE_URL"])
    await second.spawn()
    assert await second.ended() == 1
    assert "in use by" in bot.log
    assert "MODEL" not in bot.log
    ada, room = discord.guild.owner, discord.guild.newbies
    await discord.slash(ada, room, "imagine", prompt="a red apple")
    await wait_for_grids(discord, room, 1)


async def test_commands_are_sent_only_when_they_changed(discord: Playground, bot: BotProcess) -> None:
    await bot.start()
    await bot.stop()
    await bot.start()
    syncs = [r for r in discord.requests if r.method == "PUT" and r.path.endswith("/commands")]
    assert len(syncs) == 1


@pytest.mark.both_databases
async def test_an_answer_lost_after_success_and_a_death_make_one_result(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    discord.faults.add(Drop(processed=True), method="POST", path=POSTS)
    discord.faults.add(Status(status=503), method="POST", path=POSTS, times=None)
    discord.faults.add(Status(status=503), method="GET", path=POSTS, times=None)
    await discord.slash(ada, room, "imagine", prompt="a red apple")
    await wait_for_grids(discord, room, 1)
    await bot.kill()
    discord.faults.clear()
    await bot.start()
    await discord.wait_for(lambda d: len(d.messages(room)) == 1)
    assert len(grids(discord, room)) == 1


@pytest.mark.sqlite_alone("the lock is a file; PostgreSQL's own is in tests/bot/storage/test_ownership.py")
async def test_a_process_whose_database_another_one_owns_ends_and_says_so(bot: BotProcess) -> None:
    await bot.start()
    path = bot.folder / "darkroom.db.lock"
    path.unlink()
    with path.open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        other.write("another host, process 1")
        other.flush()
        assert await bot.ended() == 75
    assert "in use by another host, process 1" in bot.log
