"""What the bot spares Discord: requests that would be refused, and storms of them."""

import asyncio
import json
from dataclasses import dataclass, field, replace
from typing import Any

import discord
import pytest
from aiohttp import web

from bot.client import Darkroom
from bot.delivery import progress
from bot.delivery.access import LOOK, MOST_REFUSALS, POST, SAY, Access
from bot.delivery.budget import Budget
from bot.delivery.calls import MISSING_ACCESS, MISSING_PERMISSIONS, CallLost, ChannelClosed
from bot.delivery.progress import Known, Pace, ToFind, ToPost
from bot.domain.asker import Asker
from bot.domain.job import Job, JobStatus
from bot.services import Services
from playground.limits import RateLimits
from tests.bot.delivery.test_posts import WAIT_SECONDS, is_result
from tests.bot.hand_engine import HandEngine
from tests.bot.services.community import finished, now
from tests.bot.views.edge import BOT, CHANNEL, DESK, GUILD, Call, Edge, found, guild, message, refusal

MANY = 500
FEW = 100
"""Refusals that Discord's patience is held under: a hundredth of what it takes."""
ENOUGH_POSTS = 40


MORTAL = {"permissions": str(2**53 - 1 & ~discord.Permissions(administrator=True).value)}
"""Permissions for whom overwrites count."""


def is_of(call: Call, *methods: str) -> bool:
    return call.method in methods and "/channels/" in call.path


@pytest.fixture
def ready(edge: Edge) -> Darkroom:
    """A client that the gateway has told everything."""
    assert edge.client is not None
    data: Any = guild()
    data["roles"][0] |= MORTAL
    edge.client._connection._add_guild_from_data(data)
    edge.client._ready.set()
    edge.calls.clear()
    return edge.client


def deny(client: discord.Client, channel: dict[str, Any], *, bits: int) -> None:
    """What the gateway tells when a permission is taken from everybody in a channel."""
    overwrite = {"id": channel["guild_id"], "type": 0, "allow": "0", "deny": str(bits)}
    changed: Any = channel | {"permission_overwrites": [overwrite]}
    client._connection.parse_channel_update(changed)


async def follow(client: Darkroom, *jobs: Job, where: Known | ToPost | ToFind) -> list[asyncio.Task[Any]]:
    """The tasks that keep these jobs' messages."""
    for job in jobs:
        client.delivery.follow(job, where)
    names = {f"delivery {job.id}" for job in jobs}
    return [task for task in asyncio.all_tasks() if task.get_name() in names]


async def drawn(services: Services, asker: Asker, **changes: Any) -> Job:
    return await finished(services, await services.orders.imagine(now(asker, **changes), "a red apple"))


async def test_nothing_is_posted_where_the_gateway_told_that_it_would_be_refused(
    ready: Darkroom, edge: Edge, services: Services, ada: Asker
) -> None:
    job = await drawn(services, ada)
    deny(ready, guild()["channels"][0], bits=SAY.value)
    await asyncio.wait_for(asyncio.gather(*await follow(ready, job, where=Known(77))), WAIT_SECONDS)
    assert (await services.runs.reload(job)).status is JobStatus.UNDELIVERABLE
    assert len((await services.pictures.make_print(job)).tiles) == 4
    assert not [call for call in edge.calls if "/channels/" in call.path]


async def test_where_the_bot_may_still_look_its_message_points_to_show(
    ready: Darkroom, edge: Edge, services: Services, ada: Asker
) -> None:
    job = await drawn(services, ada)
    deny(ready, guild()["channels"][0], bits=POST.value & ~SAY.value)
    await asyncio.wait_for(asyncio.gather(*await follow(ready, job, where=Known(77))), WAIT_SECONDS)
    (told,) = [call for call in edge.calls if "/channels/" in call.path]
    assert told.method == "PATCH"
    assert "/show" in told.body["content"]


async def test_a_thread_asks_for_the_permission_of_threads(ready: Darkroom) -> None:
    home = ready.get_guild(GUILD)
    assert home is not None
    thread: Any = {"id": "12", "type": 11, "guild_id": str(GUILD), "parent_id": str(CHANNEL), "name": "t"}
    times = {"archived": False, "auto_archive_duration": 60, "archive_timestamp": "2026-03-01T12:00:00+00:00"}
    thread |= {"owner_id": "100", "message_count": 0, "member_count": 1, "thread_metadata": times}
    home._add_thread(discord.Thread(guild=home, state=ready._connection, data=thread))
    place = ready.get_partial_messageable(12, guild_id=GUILD)
    speak, speak_in_threads = 1 << 11, 1 << 38
    deny(ready, guild()["channels"][0], bits=speak)
    assert not ready.access._is_shut(place, POST)
    deny(ready, guild()["channels"][0], bits=speak_in_threads)
    assert ready.access._is_shut(place, POST)
    assert not ready.access._is_shut(place, LOOK)


async def test_who_is_let_in_again_is_served_at_once(ready: Darkroom, edge: Edge) -> None:
    place = ready.get_partial_messageable(CHANNEL, guild_id=GUILD)

    async def closed(call: Call) -> web.Response | None:
        return refusal(403, MISSING_PERMISSIONS) if is_of(call, "POST") else None

    edge.script = closed
    for _ in range(5):
        await tried(ready.access, place, method="POST")
    assert len(edge.calls) == 1
    await tried(ready.access, place, method="PATCH")  # what needs less was not refused
    assert len(edge.calls) == 2
    ready.access.opened(CHANNEL)
    edge.script = None
    assert await tried(ready.access, place, method="POST")


async def tried(access: Access, place: discord.PartialMessageable, *, method: str) -> bool:
    """Whether a post, an edit or a look got through."""
    try:
        if method == "POST":
            async with access.call(place, POST):
                await place.send("a picture")
        elif method == "PATCH":
            async with access.call(place, LOOK):
                await place.get_partial_message(5).edit(content="(50%)")
        else:
            async with access.call(place, LOOK):
                _ = [message async for message in place.history(limit=1)]
    except (ChannelClosed, CallLost):
        return False
    return True


async def everything_at_once(client: Darkroom, places: list[discord.PartialMessageable]) -> None:
    """What delivery wants in each place, at the same time everywhere."""
    for method in ("PATCH", "POST", "GET", "POST"):
        await asyncio.gather(*(tried(client.access, place, method=method) for place in places))


def revoked(edge: Edge, *, but: int = 0) -> list[int]:
    """Discord refuses everything in every channel but one; each time that it had to is kept."""
    refused: list[int] = []

    async def script(call: Call) -> web.Response | None:
        if "/channels/" not in call.path or f"/channels/{but}/" in call.path:
            return None
        refused.append(1)
        return refusal(403, MISSING_ACCESS)

    edge.script = script
    return refused


@pytest.mark.parametrize("is_told", [True, False], ids=["told by the gateway", "unknown to the cache"])
@pytest.mark.parametrize("num_guilds", [1, MANY])
async def test_five_hundred_revoked_channels_cost_few_refusals(
    ready: Darkroom, edge: Edge, num_guilds: int, *, is_told: bool
) -> None:
    places = []
    for number in range(num_guilds):
        home = guild() | {"id": str(GUILD if num_guilds == 1 else 1000 + number)}
        own = {"id": home["id"]}
        home["roles"] = [home["roles"][0] | own | MORTAL]
        template = home["channels"][0] | {"guild_id": home["id"]}
        home["channels"] = [
            template | {"id": str(10_000 + number * MANY + other)} for other in range(MANY // num_guilds)
        ]
        client_data: Any = home
        ready._connection._add_guild_from_data(client_data)
        for channel in home["channels"]:
            places.append(ready.get_partial_messageable(int(channel["id"]), guild_id=int(home["id"])))
            if is_told:
                deny(ready, channel, bits=LOOK.value)
    refused = revoked(edge)
    await everything_at_once(ready, places)
    assert len(places) == MANY
    assert len(refused) < FEW
    assert not is_told or not refused


async def test_a_bot_that_was_thrown_out_knocks_no_more(ready: Darkroom, edge: Edge) -> None:
    refused = revoked(edge)
    await everything_at_once(ready, [ready.get_partial_messageable(5, guild_id=404)])
    assert refused == []


async def test_under_suspicion_a_place_that_takes_things_is_served_on(ready: Darkroom, edge: Edge) -> None:
    refused = revoked(edge, but=CHANNEL)
    strange = [
        ready.get_partial_messageable(10_000 + number, guild_id=GUILD) for number in range(MOST_REFUSALS)
    ]
    await asyncio.gather(*(tried(ready.access, place, method="POST") for place in strange))
    assert len(refused) == MOST_REFUSALS
    here = ready.get_partial_messageable(CHANNEL, guild_id=GUILD)
    assert [await tried(ready.access, here, method="POST") for _ in range(3)] == [True] * 3
    other = ready.get_partial_messageable(DESK, guild_id=GUILD)
    assert not await tried(ready.access, other, method="POST")  # its turn has not come


async def test_a_post_without_an_answer_holds_up_no_other_channel(
    ready: Darkroom, edge: Edge, services: Services, ada: Asker
) -> None:
    lost = await drawn(services, ada)
    others = [await drawn(services, ada, channel_id=channel) for channel in (DESK, DESK, DESK)]
    held, arrived = asyncio.Event(), asyncio.Event()

    async def black_hole(call: Call) -> web.Response | None:
        if is_result(call):
            arrived.set()
            await held.wait()
        return None

    edge.script = black_hole
    (waiting,) = await follow(ready, lost, where=ToPost())
    await asyncio.wait_for(arrived.wait(), WAIT_SECONDS)
    tasks = await follow(ready, *others, where=ToPost())
    await asyncio.wait_for(asyncio.gather(*tasks), WAIT_SECONDS)
    assert not waiting.done()
    assert {(await services.runs.reload(job)).status for job in others} == {JobStatus.DELIVERED}
    held.set()
    await asyncio.wait_for(waiting, WAIT_SECONDS)


async def test_an_edit_without_an_answer_does_not_hold_up_the_result(
    ready: Darkroom,
    edge: Edge,
    services: Services,
    engine: HandEngine,
    ada: Asker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("EDIT_SECONDS", "WAITING_EDIT_SECONDS", "LAST_EDIT_SECONDS"):
        monkeypatch.setattr(progress, name, 0.0)
    arrived, held = asyncio.Event(), asyncio.Event()

    async def black_hole(call: Call) -> web.Response | None:
        if is_of(call, "PATCH"):
            arrived.set()
            await held.wait()
        return None

    edge.script = black_hole
    engine.hold()
    job = await services.orders.imagine(now(ada), "a red apple")
    tasks = await follow(ready, job, where=Known(77))
    await asyncio.wait_for(arrived.wait(), WAIT_SECONDS)
    engine.release()
    await asyncio.wait_for(asyncio.gather(*tasks), WAIT_SECONDS)
    held.set()
    assert (await services.runs.reload(job)).status is JobStatus.DELIVERED


@dataclass(kw_only=True)
class Strict:
    """A Discord that limits."""

    num_posts: int = 0
    num_refused: int = 0
    has_many_posts: asyncio.Event = field(default_factory=asyncio.Event)
    _limits: RateLimits = field(default_factory=RateLimits)

    async def __call__(self, call: Call) -> web.Response:
        """Take a call, or not."""
        self.num_posts += is_of(call, "POST")
        if self.num_posts >= ENOUGH_POSTS:
            self.has_many_posts.set()
        verdict = self._limits.count(call.method, call.path.removeprefix("/api/v10"))
        if verdict.retry_after is None:
            answer = found() if is_of(call, "GET") else said()
            answer.headers.update(verdict.headers)
            return answer
        self.num_refused += 1
        body = {"retry_after": verdict.retry_after, "global": verdict.is_global, "message": "slow down"}
        headers = {**verdict.headers, "Via": "1.1 discord"}
        return web.Response(
            status=429, headers=headers, content_type="application/json", body=json.dumps(body).encode()
        )


@pytest.fixture
def strict(edge: Edge) -> Strict:
    """The limits of the playground, of which the bot knows nothing."""
    edge.script = Strict()
    return edge.script


def said() -> web.Response:
    shown = message(4321) | {"author": BOT}
    return web.Response(body=json.dumps(shown).encode(), content_type="application/json")


async def test_a_start_with_many_waiting_jobs_is_no_storm(
    ready: Darkroom, edge: Edge, services: Services, engine: HandEngine, ada: Asker, strict: Strict
) -> None:
    engine.hold()
    job = await services.orders.imagine(now(ada), "a red apple")
    for number in range(150):
        one = replace(job, id=1000 + number, channel_id=CHANNEL if number < 75 else 5000 + number)
        services.runs._runs[one.id] = services.runs._runs[job.id]
        ready.delivery.follow(one, ToFind())
    await asyncio.wait_for(strict.has_many_posts.wait(), WAIT_SECONDS)
    here = f"/channels/{CHANNEL}/"
    assert len([call for call in edge.calls if is_of(call, "GET") and here in call.path]) <= 3
    assert strict.num_refused <= 3


def test_a_job_that_waits_takes_no_moment_from_one_that_is_drawn() -> None:
    pace = Pace()
    moments = [pace.reserve_waiting(now=100.0) for _ in range(1000)]
    assert moments[-1] < 160.0
    assert pace.reserve(CHANNEL, now=100.0) == 100.0
    assert pace.next_free(CHANNEL, now=100.0) == pace.next_free(CHANNEL, now=100.0) == 101.0


def test_no_second_holds_more_requests_than_discord_takes() -> None:
    budget = Budget()
    moments = [budget.reserve(now=100.0) for _ in range(300)]
    assert moments[0] == moments[5] == 100.0
    assert max(sum(at <= other < at + 1 for other in moments) for at in moments) < 50
