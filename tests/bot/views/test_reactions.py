"""✉️ ❌ ⭐ beside a picture, as the gateway brings them."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.cogs import reactions
from bot.domain.history import Shelf, Wanted
from bot.domain.job import JobStatus
from bot.messages import custom_ids
from bot.services import Services
from tests.bot.services.community import ADA, MODERATOR, delivered, now
from tests.bot.views.edge import BOT, CHANNEL, GUILD, POSTING, PRIVATE, Edge

BOB = replace(ADA, user_id=101)
JOINED = "2026-01-01T00:00:00+00:00"
LIKED = Wanted(shelf=Shelf.LIKED)


@pytest.fixture(autouse=True)
def nobody_moderates(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what everybody may do; the guild's owner does."""
    monkeypatch.setattr("bot.views.menus.NOTED_SECONDS", 0)
    home = None if edge.client is None else edge.client.get_guild(GUILD)
    assert home is not None
    home.default_role._permissions = POSTING


async def react(
    edge: Edge, sign: str, user: int = 100, *, message_id: int = 5000, added: bool = True, **changes: Any
) -> list[Any]:
    """What the bot did about a reaction."""
    assert edge.client is not None
    first = len(edge.calls)
    member: dict[str, Any] = {
        "user": {"id": str(user), "username": "a", "discriminator": "0", "avatar": None}
    }
    roles: dict[str, Any] = {
        "roles": [],
        "joined_at": "2026-01-01T00:00:00+00:00",
        "deaf": False,
        "mute": False,
    }
    payload: Any = {
        "user_id": str(user),
        "channel_id": str(CHANNEL),
        "message_id": str(message_id),
        "guild_id": str(GUILD),
        "message_author_id": BOT["id"],
        "emoji": {"id": None, "name": sign},
        "member": member | roles | {"flags": 0},
        "burst": False,
        "type": 0,
    } | changes
    before = asyncio.all_tasks()
    state = edge.client._connection
    (state.parse_message_reaction_add if added else state.parse_message_reaction_remove)(payload)
    await asyncio.gather(*(t for t in asyncio.all_tasks() - before if t.get_name().startswith("discord")))
    return edge.calls[first:]


async def test_a_star_likes_and_its_removal_no_longer(edge: Edge, services: Services) -> None:
    grid = await delivered(services, ADA, 5000)
    assert await react(edge, "⭐", BOB.user_id) == []
    assert [job.id for job in (await services.gallery.list_page(now(BOB), 0, LIKED)).jobs] == [grid.id]
    await react(edge, "⭐", BOB.user_id, added=False)
    assert not (await services.gallery.list_page(now(BOB), 0, LIKED)).jobs


async def test_a_cross_of_its_member_takes_the_picture_off_and_undo_posts_it_anew(
    edge: Edge, services: Services
) -> None:
    grid = await delivered(services, ADA, 5000)
    for user in (BOB.user_id, 9):
        assert await react(edge, "❌", user) == []
    calls = await react(edge, "❌")
    assert [(call.method, call.path.rsplit("/", 2)[-2:]) for call in calls] == [
        ("DELETE", ["messages", "5000"]),
        ("POST", [str(CHANNEL), "messages"]),
    ]
    assert custom_ids.of_picture(grid.id, "back") in str(calls[-1].body)
    assert (await services.runs.reload(grid)).status is JobStatus.BINNED
    forged = await edge.press(custom_ids.of_picture(grid.id, "back"), is_ephemeral=False, user=BOB.user_id)
    assert "nothing to bring back" in forged.content
    back = await edge.press(custom_ids.of_picture(grid.id, "back"), is_ephemeral=False)
    assert "comes back" in back.content
    assert edge.client is not None
    await asyncio.gather(*edge.client.delivery._tasks.values())
    assert (await services.runs.reload(grid)).status is JobStatus.DELIVERED


async def test_an_envelope_sends_the_grid_and_each_picture_with_number_and_seed(
    edge: Edge, services: Services
) -> None:
    grid = await delivered(services, ADA, 5000, "a red_apple --seed 7")
    calls = await react(edge, "✉️", BOB.user_id)
    letter = calls[-1].body
    assert calls[-1].path.endswith(f"/channels/{PRIVATE}/messages")
    assert letter["content"].splitlines()[:3] == [
        r"**a red\_apple --seed 7**",
        f"**Job ID**: {grid.id}",
        "**seed** 7",
    ]
    assert len(letter["attachments"]) == 5
    await services.taking_back.delete(now(ADA), grid.id)
    posts = await services.removals.list_posts()
    assert {post.channel_id for post in posts} == {CHANNEL, PRIVATE}


async def test_closed_direct_messages_are_told_in_the_channel_once_an_hour(
    edge: Edge, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    await delivered(services, ADA, 5000)
    edge.is_private_closed = True
    calls = await react(edge, "✉")
    assert "may not send you direct messages" in calls[-1].body["content"]
    assert calls[-1].body["allowed_mentions"]["users"] == [100]
    assert all(f"/{CHANNEL}/" not in call.path for call in await react(edge, "✉"))
    monkeypatch.setattr(reactions, "TOLD_SECONDS", 0.0)
    assert "may not send" in (await react(edge, "✉"))[-1].body["content"]


async def test_the_menu_gives_the_files_privately_where_direct_messages_are_closed(
    edge: Edge, services: Services
) -> None:
    await delivered(services, ADA, 5000)
    assert "in our direct messages: https://" in (await edge.choose("Send to me", 5000)).content
    edge.is_private_closed = True
    answer = await edge.choose("Send to me", 5000)
    assert "so here it is" in answer.content
    assert "attachments" in str(answer.calls[-1].body)


@pytest.mark.parametrize(
    "changes",
    [
        {"message_author_id": "77"},
        {"message_id": "4000"},
        {"guild_id": "2"},
        {"emoji": {"id": "5", "name": "⭐"}},
    ],
)
async def test_what_is_not_beside_our_own_pictures_is_left_alone(
    edge: Edge, services: Services, changes: dict[str, Any]
) -> None:
    await delivered(services, ADA, 5000)
    for sign in ("⭐", "❌", "✉️", "👍"):
        assert await react(edge, sign, **({"emoji": {"id": None, "name": sign}} | changes)) == []
    assert not (await services.gallery.list_page(now(ADA), 0, LIKED)).jobs


async def test_a_moderator_takes_off_by_a_cross_what_only_moderators_bring_back(
    edge: Edge, services: Services
) -> None:
    grid = await delivered(services, ADA, 5000)
    await services.binning.throw(now(MODERATOR), 5000)
    forged = await edge.press(custom_ids.of_picture(grid.id, "back"))
    assert "nothing to bring back" in forged.content
    pressed = await edge.press(custom_ids.of_picture(grid.id, "back"), is_manager=True, user=900)
    assert "comes back" in pressed.content
