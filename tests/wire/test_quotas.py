"""A trial runs out, a moderator grants more and reads the week; no other server sees any of it."""

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

from PIL import Image
from sqlalchemy import update

from bot.storage.models import DigestRow
from playground import Delay, Drop, Playground
from playground.server import Call
from playground.views import Attachment, Channel, Member, Message
from tests.wire.conftest import BotProcess
from tests.wire.test_path import wait_for_grids

POSTS = "/channels/*/messages"


async def said(
    discord: Playground,
    member: Member,
    place: Channel,
    command: str,
    /,
    *,
    forged: bool = False,
    **options: Any,
) -> str:
    """What a command is answered with; `forged` if Discord does not show it to them."""
    call = await (await discord.slash(member, place, command, forged=forged, **options)).acknowledged()
    assert call.error is None
    assert call.ephemeral
    await discord.wait_for(lambda _: call.content)
    return call.content


async def reported(discord: Playground, member: Member, place: Channel, /, **options: Any) -> Call:
    """A report, once its files are there."""
    call = await discord.slash(member, place, "usage show", **options)
    await discord.wait_for(lambda _: call.message and call.message.attachments)
    return call


def named(call: Call, ending: str) -> Attachment:
    """The one file of an answer with this ending."""
    assert call.message
    (found,) = [file for file in call.message.attachments if file.filename.endswith(ending)]
    return found


async def test_a_trial_is_exhausted_and_a_grant_with_a_reason_goes_on(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    grace = discord.add_member(discord.guild, "grace")
    assert "8 pictures once, as a trial" in await said(discord, ada, room, "allowance trial", amount=8)
    for number in (1, 2):
        await discord.slash(grace, room, "imagine", prompt=f"a red apple --seed {number}")
        await wait_for_grids(discord, room, number)
    refused = await said(discord, grace, room, "imagine", prompt="a red apple")
    assert "0 of 8 pictures left of the trial" in refused
    assert "Ask a moderator" in refused

    seen = await said(discord, ada, room, "allowance show", member=grace)
    assert f"{grace.mention}: **0 of 8 pictures left of the trial**" in seen
    refusals: list[tuple[str, dict[str, Any]]] = [
        ("allowance show", {"member": ada}),
        ("allowance grant", {"member": grace, "amount": 20, "reason": "I like me"}),
        ("allowance set", {"amount": 1000}),
        ("allowance reset", {"member": grace}),
        ("allowance leaderboard", {}),
        ("usage show", {}),
        ("usage digest", {"channel": room}),
    ]
    for command, options in refusals:
        assert "Manage Server" in await said(discord, grace, room, command, forged=True, **options)

    granted = await said(
        discord, ada, room, "allowance grant", member=grace, amount=20, reason="for *this* fox"
    )
    assert "**20 pictures left** (trial used up; 20 granted until <t:" in granted
    own = await said(discord, grace, room, "quota")
    assert r"(for \*this\* fox)" in own
    await discord.slash(grace, room, "imagine", prompt="a red fox")
    await wait_for_grids(discord, room, 3)
    own = await said(discord, grace, room, "quota")
    assert "**16 pictures left** (trial used up; 16 granted until <t:" in own
    assert f"granted <@{grace.id}> more" in await said(discord, ada, room, "audit", member=grace)


async def test_the_weeks_chart_is_for_this_servers_moderators_alone(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    ada, room = discord.guild.owner, discord.guild.newbies
    other = discord.add_guild("Elsewhere", owner="Olga")
    grace = discord.add_member(discord.guild, "grace")
    await said(discord, ada, room, "allowance set", amount=8)
    await discord.slash(grace, room, "imagine", prompt="a red fox in the snow")
    await wait_for_grids(discord, room, 1)

    by_member = await reported(discord, ada, room)
    assert f"1. {grace.mention}: 4 pictures in 1 job," in by_member.content
    assert "For: new pictures" in by_member.content
    assert "- a red fox in the snow (" in by_member.content
    chart = Image.open(io.BytesIO(named(by_member, ".png").data))
    assert (chart.format, chart.width) == ("PNG", 990)
    table = csv.DictReader(io.StringIO(named(by_member, ".csv").data.decode("utf-8-sig")))
    assert [(row["member"], row["name"], row["pictures"]) for row in table] == [(str(grace.id), "grace", "4")]
    by_channel = await reported(discord, ada, room, by="channel")
    assert f"1. <#{room.id}>: 4 pictures" in by_channel.content
    assert b"#" + room.name.encode() in named(by_channel, ".csv").data
    by_day = await reported(discord, ada, room, by="day", days=30)
    assert "**: 4 pictures in 1 job" in by_day.content
    assert len(named(by_day, ".csv").data.splitlines()) == 31

    there = other.newbies
    nothing = await discord.slash(other.owner, there, "usage show")
    await discord.wait_for(lambda _: "Nobody has drawn anything yet." in nothing.content)
    assert "100 pictures a day, as this bot is set up" in await said(
        discord, other.owner, there, "allowance rules"
    )
    assert "100 of 100 pictures left today" in await said(
        discord, other.owner, there, "allowance show", member=other.owner
    )
    assert "8 pictures a day" in await said(discord, ada, room, "allowance rules")
    assert discord.messages(there) == []


def digests(discord: Playground, channel: Channel) -> list[Message]:
    """The weekly reports in a channel."""
    return [message for message in discord.messages(channel) if "Who drew what" in message.content]


async def make_due(bot: BotProcess) -> None:
    """As if the week were over."""
    async with bot.opened_database() as database, database.transaction() as session:
        await session.execute(update(DigestRow).values(due_at=datetime.now(UTC) - timedelta(days=1)))


async def test_a_weekly_digest_comes_once_though_its_answer_was_lost(
    discord: Playground, bot: BotProcess
) -> None:
    await bot.start()
    ada, room, general = discord.guild.owner, discord.guild.newbies, discord.guild.general
    assert f"goes to <#{general.id}>" in await said(discord, ada, room, "usage digest", channel=general)
    assert f"goes to <#{general.id}>" in await said(
        discord, ada, room, "usage digest"
    )  # and is not ended by it
    assert digests(discord, general) == []
    await bot.stop()
    await make_due(bot)
    discord.faults.add(Drop(processed=True), method="POST", path=POSTS)
    await bot.start()
    await bot.logged("is tried again")
    (digest,) = digests(discord, general)
    assert digest.mentions == ()
    assert [file.filename.rsplit(".", 1)[1] for file in digest.attachments] == ["csv"]  # nobody drew
    discord.clock.advance(3600)
    await bot.stop()
    reads = discord.faults.add(Delay(seconds=0), method="GET", path=POSTS)
    await bot.start()
    await discord.wait_for(lambda _: reads.hits)  # it looks whether it was posted
    await said(discord, ada, room, "allowance rules")
    await bot.stop()
    reads = discord.faults.add(Delay(seconds=0), method="GET", path=POSTS)
    await bot.start()
    await said(discord, ada, room, "allowance rules")
    assert (reads.hits, len(digests(discord, general))) == (0, 1)  # nothing is due any more
