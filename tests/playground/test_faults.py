"""Faults on demand, as the unmodified client meets them."""

import pytest

from playground import Call, Delay, Drop, Guild, Hold, Playground, RateLimited, Status

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]
MESSAGES = "/channels/*/messages"


async def post(playground: Playground, guild: Guild, nonce: str) -> Call:
    call = await playground.slash(guild.owner, guild.general, "post", nonce=nonce)
    await playground.wait_for(lambda _: call.content not in ("", "posting"), 20)
    return call


async def test_a_refusal_with_a_code(playground: Playground, guild: Guild) -> None:
    rule = playground.faults.add(Status(status=400, code=240000), method="POST", path=MESSAGES)
    assert (await post(playground, guild, "a")).content == "refused 400 240000"
    assert rule.hits == 1
    assert (await post(playground, guild, "a")).content.startswith("made")


async def test_the_first_requests_may_be_spared(playground: Playground, guild: Guild) -> None:
    playground.faults.add(Status(status=403, code=50013), method="POST", path=MESSAGES, after=1)
    assert (await post(playground, guild, "b1")).content.startswith("made")
    assert (await post(playground, guild, "b2")).content == "refused 403 50013"


async def test_a_503_is_raised_at_once(playground: Playground, guild: Guild) -> None:
    playground.faults.add(Status(status=503), method="POST", path=MESSAGES)
    assert (await post(playground, guild, "c")).content == "refused 503 0"


async def test_a_429_is_waited_out(playground: Playground, guild: Guild) -> None:
    rule = playground.faults.add(RateLimited(retry_after=0.1), method="POST", path=MESSAGES, times=2)
    assert (await post(playground, guild, "d")).content.startswith("made")
    assert rule.hits == 2


async def test_a_429_without_via_is_a_ban(playground: Playground, guild: Guild) -> None:
    playground.faults.add(RateLimited(via=False), method="POST", path=MESSAGES)
    assert (await post(playground, guild, "e")).content.startswith("refused 429")


async def test_an_answer_lost_after_success_is_repeated_under_the_same_nonce(
    playground: Playground, guild: Guild
) -> None:
    playground.faults.add(Status(status=500, processed=True), method="POST", path=MESSAGES)
    assert (await post(playground, guild, "f")).content.startswith("made")
    assert len(playground.messages(guild.general)) == 1
    posts = [item for item in playground.requests if item.path == f"/channels/{guild.general.id}/messages"]
    assert [item.status for item in posts] == [500, 200]


@pytest.mark.parametrize("processed", [False, True])
async def test_a_dropped_connection_is_an_error(
    playground: Playground, guild: Guild, *, processed: bool
) -> None:
    playground.faults.add(Drop(processed=processed), method="POST", path=MESSAGES)
    assert (await post(playground, guild, f"g{processed}")).content.startswith("lost")
    assert len(playground.messages(guild.general)) == processed


async def test_a_delay_holds_the_answer_up(playground: Playground, guild: Guild) -> None:
    playground.faults.add(Delay(seconds=0.2), path="/interactions/*/callback")
    call = await (await playground.slash(guild.owner, guild.general, "context")).acknowledged()
    assert call.ack_seconds is not None
    assert call.ack_seconds >= 0.2


async def test_a_request_is_held_until_released(playground: Playground, guild: Guild) -> None:
    hold = Hold(processed=True)
    playground.faults.add(hold, method="POST", path=MESSAGES)
    call = await playground.slash(guild.owner, guild.general, "post", nonce="h")
    await playground.wait_for(lambda p: p.messages(guild.general))
    assert call.content == "posting"
    hold.released.set()
    await playground.wait_for(lambda _: call.content.startswith("made"))


async def test_a_late_callback_finds_its_interaction_gone(playground: Playground, guild: Guild) -> None:
    hold = Hold()
    playground.faults.add(hold, path="/interactions/*/callback")
    call = await playground.slash(guild.owner, guild.general, "context")
    playground.clock.advance(3.1)
    assert (await call.acknowledged()).error == "The application did not respond"
    hold.released.set()
    path = f"/interactions/{call.id}/"
    await playground.wait_for(
        lambda p: [item for item in p.requests if item.path.startswith(path) and item.status == 404]
    )
    assert playground.messages(guild.general) == []


async def test_the_cdn_can_fail(playground: Playground, guild: Guild) -> None:
    rule = playground.faults.add(Status(status=404), path="/cdn/attachments/*")
    file = ("fox.png", b"x")
    call = await playground.slash(guild.owner, guild.general, "imagine", prompt="a fox", reference=file)
    await call.acknowledged()
    told = "the picture cannot be read: 404"
    await playground.wait_for(lambda p: told in [m.content for m in p.messages(guild.general)])
    assert rule.hits == 1
