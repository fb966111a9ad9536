"""A job's messages, whatever Discord says to them: in the process of the test, on a Discord that obeys it."""

import asyncio

import pytest
from aiohttp import web

from bot.delivery import post
from bot.delivery.calls import BLOCKED_BY_FILTER, MISSING_ACCESS
from bot.delivery.progress import ToPost
from bot.domain.asker import Asker
from bot.domain.job import Job, JobStatus
from bot.services import Services
from engine.errors import OutOfMemory
from tests.bot.hand_engine import HandEngine
from tests.bot.services.community import finished
from tests.bot.views.edge import BOT, CHANNEL, Call, Edge, found, message, refusal

WAIT_SECONDS = 10
MESSAGES = f"/channels/{CHANNEL}/messages"


async def followed(edge: Edge, services: Services, job: Job) -> Job:
    """The job, once delivery has nothing more to do for it."""
    assert edge.client is not None
    edge.client.delivery.follow(job, ToPost())
    following = [task for task in asyncio.all_tasks() if task.get_name() == f"delivery {job.id}"]
    await asyncio.wait_for(asyncio.gather(*following), WAIT_SECONDS)
    return await services.runs.reload(job)


def is_result(call: Call) -> bool:
    """Whether a call posts pictures."""
    return call.method == "POST" and call.path.endswith(MESSAGES) and "attachments" in call.body


def results(edge: Edge) -> list[Call]:
    """The calls that posted pictures."""
    return [call for call in edge.calls if is_result(call)]


@pytest.fixture
async def drawn(services: Services, ada: Asker) -> Job:
    """A job that is drawn and owed to its channel."""
    return await finished(services, await services.orders.imagine(ada, "a red apple"))


async def test_the_result_takes_the_place_of_the_progress_message(
    edge: Edge, services: Services, engine: HandEngine, ada: Asker
) -> None:
    engine.hold()
    job = await services.orders.imagine(ada, "a red apple")
    await engine.is_held.wait()
    engine.release()
    job = await followed(edge, services, job)
    assert job.status is JobStatus.DELIVERED
    posted, drawn = [call for call in edge.calls if call.method == "POST" and call.path.endswith(MESSAGES)]
    assert "(Waiting to start)" in posted.body["content"]
    assert drawn.body["content"].startswith("**a red apple** - <@100>")
    assert [call.path for call in edge.calls if call.method == "DELETE"]
    assert job.message_id is None


async def test_a_post_whose_answer_was_lost_is_found_by_its_files_name(
    edge: Edge, services: Services, drawn: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post, "UPLOAD_SECONDS", 0.2)
    monkeypatch.setattr(post, "RETRY_SECONDS", (0.01,))

    async def loses_the_answer(call: Call) -> web.Response | None:
        if is_result(call):
            await asyncio.sleep(WAIT_SECONDS)
        if call.method == "GET" and call.path.endswith(MESSAGES):
            name = results(edge)[0].body["attachments"][0]["filename"]
            file = {"id": "1", "filename": name, "size": 1, "url": "u", "proxy_url": "u"}
            return found(message(4321) | {"attachments": [file], "author": BOT})
        return None

    edge.script = loses_the_answer
    job = await followed(edge, services, drawn)
    assert (job.status, job.result_message_id) == (JobStatus.DELIVERED, 4321)
    assert len(results(edge)) == 1


async def test_a_channel_that_takes_nothing_keeps_the_picture_for_show(
    edge: Edge, services: Services, drawn: Job
) -> None:
    async def closed(call: Call) -> web.Response | None:
        return refusal(403, MISSING_ACCESS) if is_result(call) else None

    edge.script = closed
    assert (await followed(edge, services, drawn)).status is JobStatus.UNDELIVERABLE
    told = [call.body["content"] for call in edge.calls if call.method == "PATCH"]
    assert "/show" in told[-1]
    assert len((await services.pictures.make_print(drawn)).tiles) == 4


async def test_a_prompt_that_discord_filters_is_left_out(edge: Edge, services: Services, drawn: Job) -> None:
    async def filters(call: Call) -> web.Response | None:
        is_filtered = is_result(call) and "apple" in call.body["content"]
        return refusal(400, min(BLOCKED_BY_FILTER)) if is_filtered else None

    edge.script = filters
    assert (await followed(edge, services, drawn)).status is JobStatus.DELIVERED
    assert "apple" not in results(edge)[-1].body["content"]


async def test_a_token_that_is_refused_is_noticed_and_the_picture_stays_owed(
    edge: Edge, services: Services, drawn: Job
) -> None:
    async def refuses(call: Call) -> web.Response | None:
        return refusal(401, 0) if is_result(call) else None

    edge.script = refuses
    assert (await followed(edge, services, drawn)).status is JobStatus.RENDERED
    assert edge.client is not None
    assert edge.client.delivery.token_refused.is_set()


async def test_a_failed_job_ends_in_a_sentence_that_says_what_to_do(
    edge: Edge, services: Services, engine: HandEngine, ada: Asker
) -> None:
    engine.fails_with = OutOfMemory("too large")
    job = await followed(edge, services, await services.orders.imagine(ada, "a red apple"))
    assert job.status is JobStatus.FAILED
    (told,) = [call.body for call in edge.calls if call.method == "PATCH"]
    assert "a red apple" in told["content"]
    assert "components" not in told or not told["components"]
    assert "nothing was charged" in told["content"].lower()
