"""Reactions over the wire, direct messages that follow from them, and threads."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from playground import Call, Guild, Message, Playground, Refused
from tests.playground.conftest import sample_bot, until_ready

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]

REACTIONS = (1 << 10) | (1 << 13)  # in guilds, and in direct messages


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(playground: Playground) -> AsyncIterator[asyncio.subprocess.Process]:
    """A bot that asks for reactions."""
    async with sample_bot(playground, INTENTS=str(REACTIONS)) as process:
        await until_ready(playground, process)
        yield process


async def drawn(playground: Playground, guild: Guild) -> Message:
    """A picture of the bot's in the guild."""
    await playground.slash(guild.owner, guild.general, "imagine", prompt="a fox")
    return await playground.wait_for(
        lambda p: next((item for item in p.messages(guild.general) if item.components), None)
    )


def shown(playground: Playground, guild: Guild, message: Message) -> dict[str, int]:
    """What stands under a message now, with its counts."""
    now = next(item for item in playground.messages(guild.general) if item.id == message.id)
    return {reaction.emoji: reaction.count for reaction in now.reactions}


async def test_a_reaction_reaches_the_bot_and_it_answers_with_a_direct_message_and_one_of_its_own(
    playground: Playground, guild: Guild
) -> None:
    message = await drawn(playground, guild)
    await playground.react(guild.owner, message, "✉️")
    await playground.wait_for(lambda p: shown(p, guild, message) == {"✉️": 1, "✅": 1})
    (sent,) = playground.messages(playground.direct_messages(guild.owner))
    assert sent.attachments[0].data == message.attachments[0].data
    await playground.unreact(guild.owner, message, "✉️")
    await playground.wait_for(lambda p: not shown(p, guild, message))


async def test_who_wants_no_direct_messages_gets_none(playground: Playground, guild: Guild) -> None:
    message = await drawn(playground, guild)
    playground.close_direct_messages(guild.owner)
    await playground.react(guild.owner, message, "✉️")
    private = playground.direct_messages(guild.owner)
    refused = (f"/channels/{private.id}/messages", 403)
    await playground.wait_for(lambda p: refused in [(item.path, item.status) for item in p.requests])
    assert playground.messages(private) == []


async def test_what_stands_under_a_message_of_somebody_else_concerns_nobody(
    playground: Playground, guild: Guild
) -> None:
    message = playground.say(guild.owner, guild.general, "a word")
    await playground.react(guild.owner, message, "✉️")
    call: Call = await (await playground.slash(guild.owner, guild.general, "context")).acknowledged()
    assert call.kind == "message"
    assert shown(playground, guild, message) == {"✉️": 1}


async def test_the_client_lets_nobody_react_to_what_they_alone_see(
    playground: Playground, guild: Guild
) -> None:
    call = await (await playground.slash(guild.owner, guild.general, "refuse")).acknowledged()
    assert call.message
    with pytest.raises(Refused, match="only they see"):
        await playground.react(guild.owner, call.message, "⭐")


async def test_what_the_bot_may_not_do_with_reactions_is_refused(
    playground: Playground, guild: Guild
) -> None:
    message = playground.say(guild.owner, guild.general, "a word")
    playground.set_permissions(guild.general, deny=["add_reactions", "manage_messages"])
    await playground.react(guild.owner, message, "⭐")
    base = f"{playground.base_url}/api/v10/channels/{guild.general.id}/messages/{message.id}/reactions"
    headers = {"Authorization": f"Bot {playground.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        async with session.put(f"{base}/%E2%9D%A4/@me") as answer:
            assert (answer.status, (await answer.json())["code"]) == (403, 50013)
        async with session.put(f"{base}/%E2%AD%90/@me") as answer:
            assert answer.status == 204  # it stands there: whoever reads may join
        async with session.delete(f"{base}/%E2%AD%90/{guild.owner.id}") as answer:
            assert answer.status == 403
        async with session.get(f"{base}/%E2%AD%90") as answer:
            assert [user["username"] for user in await answer.json()] == ["Ada", "Darkroom"]


async def test_the_bot_answers_in_a_thread_and_knows_whose_it_is(
    playground: Playground, guild: Guild
) -> None:
    message = await drawn(playground, guild)
    thread = playground.open_thread(guild.owner, guild.general, "foxes", message)
    alone = playground.open_thread(guild.owner, guild.general, "owls")
    for place in (thread, alone):
        call = await (await playground.slash(guild.owner, place, "where")).acknowledged()
        assert call.content == f"{place.name} in general"
    with pytest.raises(Refused, match="already"):
        playground.open_thread(guild.owner, guild.general, "again", message)


async def test_a_bot_that_connects_later_finds_the_threads_that_there_are(
    playground: Playground, guild: Guild
) -> None:
    thread = playground.open_thread(guild.owner, guild.general, "foxes")
    identifies = playground.gateway.identifies
    playground.gateway.invalidate(resumable=False)
    await playground.wait_for(lambda p: p.gateway.identifies > identifies)
    await playground.bot_ready()
    call = await (await playground.slash(guild.owner, thread, "where")).acknowledged()
    assert call.content == "foxes in general"
