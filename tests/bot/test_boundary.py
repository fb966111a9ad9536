"""What a person is told when something fails: only a broken call to Discord is a lost answer."""

import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from types import SimpleNamespace
from typing import cast

import aiohttp
import discord
import pytest

from bot.boundary import CROWD, Interaction, patience, reply, reply_to_failure
from bot.domain.errors import MissingPermissions
from bot.domain.sentences import say
from bot.messages.payload import Payload
from bot.services.arrivals import Undecided
from bot.storage.outage import is_disk_full
from tests.bot.outages import OUTAGES


class Response:
    """Takes the answer to an interaction, as Discord would."""

    def __init__(self) -> None:
        self.type: discord.InteractionResponseType | None = None
        self.told: list[str] = []

    def is_done(self) -> bool:
        return self.type is not None

    async def send_message(self, content: str, **_: object) -> None:
        self.type = discord.InteractionResponseType.channel_message
        self.told.append(content)

    async def defer(self, **_: object) -> None:
        self.type = discord.InteractionResponseType.deferred_channel_message

    async def follow_up(self, content: str, **_: object) -> None:
        self.told.append(f"and: {content}")


async def told(error: Exception, response: Response | None = None) -> list[str]:
    """What somebody reads of an error."""
    response = response or Response()
    await reply_to_failure(interaction_with(response), error)
    return response.told


def interaction_with(response: Response) -> Interaction:
    """An interaction that is answered through this."""

    async def edit_original_response(*, content: str, **_: object) -> None:
        response.told.append(content)

    interaction = SimpleNamespace(
        id=7,
        response=response,
        extras={},
        edit_original_response=edit_original_response,
        followup=SimpleNamespace(send=response.follow_up),
        client=SimpleNamespace(is_closed=lambda: False),
        locale=discord.Locale.american_english,
        namespace=SimpleNamespace(prompt="a red apple"),
    )
    return cast("Interaction", interaction)


@pytest.mark.parametrize("error", OUTAGES.values(), ids=OUTAGES)
async def test_an_outage_is_told_and_logged_with_its_traceback(
    error: Callable[[], Exception], caplog: pytest.LogCaptureFixture
) -> None:
    (sentence,) = await told(error())
    assert ("The disk" if is_disk_full(error()) else "cannot reach my database") in sentence
    assert "nothing was charged" in sentence
    assert "a red apple" in sentence  # nothing typed is lost
    assert [bool(record.exc_info) for record in caplog.records] == [True]


async def test_a_refusal_before_the_prompt_was_read_gives_it_back_too() -> None:
    (sentence,) = await told(MissingPermissions(say("I cannot post here.")))
    assert sentence == "I cannot post here.\nYour prompt:\n```\na red apple\n```"


async def test_an_outage_after_the_answer_says_nothing_more(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    response = Response()
    response.type = discord.InteractionResponseType.channel_message
    assert await told(ConnectionRefusedError(111, "refused"), response) == []
    assert "database was away" in caplog.text


async def test_a_promise_is_kept_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    response = Response()
    response.type = discord.InteractionResponseType.deferred_channel_message
    interaction = interaction_with(response)
    for content in ("It is developing.", "A remark."):
        await reply(interaction, Payload(content=content))
    await reply_to_failure(interaction, ConnectionRefusedError(111, "refused"))
    assert response.told == ["It is developing.", "and: A remark."]
    assert "database was away" in caplog.text


@pytest.mark.parametrize("error", [RuntimeError("ours"), FileNotFoundError(2, "ours")])
async def test_what_is_our_fault_is_told(error: Exception) -> None:
    (sentence,) = await told(error)
    assert "Something broke on our side" in sentence


@pytest.mark.parametrize("name", ["no space", "disk full"])
async def test_a_full_disk_is_called_by_its_name(name: str) -> None:
    (sentence,) = await told(OUTAGES[name]())
    assert "is full. Tell whoever runs me" in sentence


async def test_a_broken_call_to_discord_is_a_lost_answer() -> None:
    assert await told(aiohttp.ServerDisconnectedError()) == []


async def test_in_a_crowd_a_request_is_acknowledged_before_it_is_worked_on() -> None:
    def asked(number: int) -> tuple[Interaction, Response]:
        response = Response()
        kind = discord.InteractionType.application_command
        double = SimpleNamespace(id=number, type=kind, message=None, response=response)
        return cast("Interaction", double), response

    async with AsyncExitStack() as crowd:
        for number in range(CROWD):
            interaction, response = asked(number)
            await crowd.enter_async_context(patience(interaction))
            assert not response.is_done()
        interaction, response = asked(CROWD)
        async with patience(interaction):
            assert response.is_done()
    interaction, response = asked(CROWD + 1)
    async with patience(interaction):
        assert not response.is_done()


async def test_a_command_of_an_earlier_version_is_no_fault_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    (said,) = await told(discord.app_commands.CommandNotFound("dream", []))
    assert "Restart Discord" in said
    assert "Traceback" not in caplog.text


class Kept:
    """Notes what becomes of an undecided request."""

    def __init__(self, response: Response) -> None:
        self.response = response
        self.noted: list[str] = []

    async def keep(self) -> None:
        self.noted.append("kept" if not self.response.is_done() else "kept too late")

    def over(self) -> None:
        self.noted.append(f"over, told {len(self.response.told)}")


async def test_what_is_only_promised_is_kept_before_and_until_its_refusal_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.boundary.CROWD", 0)
    response = Response()
    interaction, kept = interaction_with(response), Kept(response)
    interaction.type = discord.InteractionType.application_command
    interaction.message = None

    async def fail() -> None:
        async with patience(interaction, cast("Undecided", kept)):
            assert response.is_done()
            raise RuntimeError("ours")

    with pytest.raises(RuntimeError, match="ours") as failure:
        await fail()
    assert kept.noted == ["kept"]
    await reply_to_failure(interaction, failure.value)
    assert kept.noted == ["kept", "over, told 1"]


async def test_what_became_a_job_is_kept_no_longer() -> None:
    response = Response()
    interaction, kept = interaction_with(response), Kept(response)
    async with patience(interaction, cast("Undecided", kept)):
        pass
    assert kept.noted == ["over, told 0"]
