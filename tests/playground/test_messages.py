"""Messages by bot token: nonces, limits, permissions, history, files."""

from typing import Any

import aiohttp
import pytest

from playground import Call, Channel, Guild, Playground

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.usefixtures("bot")]


async def post(playground: Playground, guild: Guild, channel: Channel, **options: Any) -> Call:
    """Let the bot post a file; the result is what became of it."""
    call = await playground.slash(guild.owner, channel, "post", **options)
    await playground.wait_for(lambda _: call.content not in ("", "posting"))
    return call


async def test_a_nonce_makes_one_message_within_minutes(playground: Playground, guild: Guild) -> None:
    first = await post(playground, guild, guild.general, nonce="outbox-1")
    playground.clock.advance(4 * 60)
    second = await post(playground, guild, guild.general, nonce="outbox-1")
    assert first.content == second.content
    (message,) = playground.messages(guild.general)
    assert message.nonce == "outbox-1"


async def test_a_nonce_is_forgotten_after_minutes(playground: Playground, guild: Guild) -> None:
    first = await post(playground, guild, guild.general, nonce="outbox-2")
    playground.clock.advance(6 * 60)
    second = await post(playground, guild, guild.general, nonce="outbox-2")
    assert first.content != second.content
    assert len(playground.messages(guild.general)) == 2


async def test_a_file_over_the_limit_is_refused(playground: Playground, guild: Guild) -> None:
    playground.upload_limit = 1000
    assert (await post(playground, guild, guild.general, nonce="s", size=1000)).content.startswith("made")
    assert (await post(playground, guild, guild.general, nonce="b", size=1001)).content == "refused 413 40005"
    playground.upload_limit = 10 * 1024 * 1024


async def test_the_default_limit_is_ten_mebibytes(playground: Playground, guild: Guild) -> None:
    over = 10 * 1024 * 1024 + 1
    assert (await post(playground, guild, guild.general, nonce="d", size=over)).content == "refused 413 40005"
    boosted = playground.add_guild("Boosted", premium_tier=2)
    assert (await post(playground, boosted, boosted.general, nonce="e", size=over)).content.startswith("made")


@pytest.mark.parametrize(
    ("denied", "code"), [("send_messages", 50013), ("attach_files", 50013), ("view_channel", 50001)]
)
async def test_permissions_are_enforced(playground: Playground, guild: Guild, denied: str, code: int) -> None:
    playground.set_permissions(guild.general, deny=[denied])
    result = await post(playground, guild, guild.general, nonce=denied)
    assert result.content == f"refused 403 {code}"
    assert playground.messages(guild.general) == []


async def test_content_has_two_thousand_characters(playground: Playground, guild: Guild) -> None:
    result = await post(playground, guild, guild.general, nonce="long", text="x" * 2001)
    assert result.content == "refused 400 50035"


async def test_deleted_things_are_unknown(playground: Playground, guild: Guild) -> None:
    call = await (await playground.slash(guild.owner, guild.general, "late")).acknowledged()
    assert call.message
    playground.delete_message(call.message)
    await playground.slash(guild.owner, guild.newbies, "release")
    await playground.wait_for(lambda p: [m for m in p.messages(guild.general) if "10008" in m.content])
    await playground.slash(guild.owner, guild.general, "late")
    await playground.wait_for(lambda p: [m for m in p.messages(guild.general) if m.content == "first"])
    playground.delete_channel(guild.general)
    await playground.slash(guild.owner, guild.newbies, "release")
    path = f"/channels/{guild.general.id}/messages"
    await playground.wait_for(lambda p: (path, 404) in [(item.path, item.status) for item in p.requests])


async def test_a_guild_that_was_left_is_out_of_reach(playground: Playground, guild: Guild) -> None:
    await (await playground.slash(guild.owner, guild.general, "late")).acknowledged()
    playground.remove_guild(guild)
    other = playground.add_guild("Other")
    await playground.slash(other.owner, other.general, "release")
    path = f"/channels/{guild.general.id}/messages"
    await playground.wait_for(lambda p: (path, 403) in [(item.path, item.status) for item in p.requests])


async def test_history_shows_the_bots_own_files(playground: Playground, guild: Guild) -> None:
    await post(playground, guild, guild.general, nonce="h")
    playground.say(guild.owner, guild.general, "a word that the bot may not read")
    call = await (await playground.slash(guild.owner, guild.general, "history")).acknowledged()
    assert call.content == "x.bin"


async def test_files_are_served_from_the_cdn(playground: Playground, guild: Guild) -> None:
    await post(playground, guild, guild.general, nonce="cdn", size=77)
    (attachment,) = playground.messages(guild.general)[0].attachments
    async with aiohttp.ClientSession() as session, session.get(attachment.url) as response:
        assert await response.read() == b"x" * 77
    async with aiohttp.ClientSession() as session:
        missing = f"{playground.base_url}/cdn/attachments/1/2/none.png"
        async with session.get(missing) as response:
            assert response.status == 404


async def test_an_interaction_token_dies_after_fifteen_minutes(playground: Playground, guild: Guild) -> None:
    call = await (await playground.slash(guild.owner, guild.general, "late")).acknowledged()
    playground.clock.advance(901)
    await playground.slash(guild.owner, guild.newbies, "release")
    await playground.wait_for(lambda p: len(p.messages(guild.general)) == 2)
    assert playground.messages(guild.general)[1].content == "refused 401 50027"
    assert call.content == "first"


async def test_rate_limits_are_told_and_enforced(playground: Playground, guild: Guild) -> None:
    playground.rate_limits.enabled = True
    headers = {"Authorization": f"Bot {playground.token}"}
    url = f"{playground.base_url}/api/v10/channels/{guild.general.id}/messages"
    async with aiohttp.ClientSession(headers=headers) as session:
        remaining = []
        for number in range(5):
            async with session.post(url, json={"content": str(number)}) as response:
                remaining.append((response.status, response.headers["X-RateLimit-Remaining"]))
        async with session.post(url, json={"content": "too many"}) as refused:
            body = await refused.json()
    playground.rate_limits.enabled = False
    assert remaining == [(200, "4"), (200, "3"), (200, "2"), (200, "1"), (200, "0")]
    assert refused.status == 429
    assert refused.headers["Via"]
    assert refused.headers["X-RateLimit-Scope"] == "user"
    assert 0 < body["retry_after"] <= 5
    assert body["global"] is False


async def test_old_messages_are_edited_sparsely(playground: Playground, guild: Guild) -> None:
    await post(playground, guild, guild.general, nonce="old")
    (message,) = playground.messages(guild.general)
    headers = {"Authorization": f"Bot {playground.token}"}
    url = f"{playground.base_url}/api/v10/channels/{guild.general.id}/messages/{message.id}"
    playground.rate_limits.enabled = True
    playground.clock.advance(3601)
    async with aiohttp.ClientSession(headers=headers) as session:
        answers = []
        for number in range(4):
            async with session.patch(url, json={"content": str(number)}) as response:
                answers.append((response.status, (await response.json()).get("code")))
    playground.rate_limits.enabled = False
    assert answers == [(200, None), (200, None), (200, None), (429, 30046)]


BAD_MESSAGES = {
    "empty": ({"content": ""}, 50006),
    "six buttons in a row": (
        {
            "content": "x",
            "components": [
                {
                    "type": 1,
                    "components": [
                        {"type": 2, "style": 1, "label": "a", "custom_id": str(index)} for index in range(6)
                    ],
                }
            ],
        },
        50035,
    ),
    "the same custom_id twice": (
        {
            "content": "x",
            "components": [
                {
                    "type": 1,
                    "components": [
                        {"type": 2, "style": 1, "label": "a", "custom_id": "same"} for _ in range(2)
                    ],
                }
            ],
        },
        50035,
    ),
    "a long custom_id": (
        {
            "content": "x",
            "components": [
                {"type": 1, "components": [{"type": 2, "style": 1, "label": "a", "custom_id": "x" * 101}]}
            ],
        },
        50035,
    ),
    "six rows": (
        {
            "content": "x",
            "components": [
                {"type": 1, "components": [{"type": 2, "style": 1, "label": "a", "custom_id": str(index)}]}
                for index in range(6)
            ],
        },
        50035,
    ),
}


@pytest.mark.parametrize("case", BAD_MESSAGES)
async def test_malformed_messages_are_refused(playground: Playground, guild: Guild, case: str) -> None:
    message, code = BAD_MESSAGES[case]
    headers = {"Authorization": f"Bot {playground.token}"}
    url = f"{playground.base_url}/api/v10/channels/{guild.general.id}/messages"
    async with aiohttp.ClientSession(headers=headers) as session, session.post(url, json=message) as response:
        assert (response.status, (await response.json())["code"]) == (400, code)
        assert response.headers["Content-Type"] == "application/json"
    playground.violations.clear()  # the requests were meant to be wrong
    assert playground.messages(guild.general) == []


async def test_only_the_bots_token_is_let_in(playground: Playground, guild: Guild) -> None:
    headers = {"Authorization": "Bot another"}
    url = f"{playground.base_url}/api/v10/channels/{guild.general.id}/messages"
    async with aiohttp.ClientSession(headers=headers) as session, session.get(url) as response:
        assert response.status == 401
