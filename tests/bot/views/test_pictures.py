"""Details, taking back and the gallery, as Discord brings them: menus of messages, a list, buttons."""

from dataclasses import replace

import pytest

from bot.delivery.calls import CallLost
from bot.domain.asker import Asker
from bot.domain.errors import NotFound
from bot.domain.job import JobStatus
from bot.domain.kinds import JobKind
from bot.domain.sentences import say
from bot.messages import custom_ids
from bot.services import Services
from bot.services.shown import Details
from bot.storage.database import Database
from bot.views.picture_buttons import DEEDS
from tests.bot.conftest import MovableClock
from tests.bot.hand_engine import HandEngine
from tests.bot.presses import pick
from tests.bot.services.community import ADA, delivered, now
from tests.bot.views.edge import LIST, PRIVATE, Edge
from tests.bot.views.test_presses import kinds_in

BOB = replace(ADA, user_id=101)
CANCEL_OR_DELETE = "Cancel or delete"


async def test_details_come_from_the_menu_and_lead_to_taking_back(edge: Edge, services: Services) -> None:
    job = await delivered(services, ADA, 5000, "a red apple --seed 7")
    answer = await edge.choose("Details", 5000)
    assert "a red apple --seed 7 --steps 4" in answer.content
    again, ask = (
        custom_ids.of_job(job.id, JobKind.REROLL, 0, custom_ids.SAME),
        custom_ids.of_picture(job.id, "ask"),
    )
    assert answer.custom_ids == [again, ask]
    assert (await edge.choose("Details", 5000, user=BOB.user_id)).custom_ids == [again]
    assert "This deletes the grid of 4 pictures for good" in (await edge.press(ask)).content


async def test_details_of_what_was_posted_this_moment_wait_for_its_note(
    edge: Edge, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await delivered(services, ADA, 5000)
    tile = await pick(services, now(ADA), job.id, 0)
    monkeypatch.setattr("bot.views.menus.NOTED_SECONDS", 0)
    find, noted = services.shown.details, False

    async def noting(asker: Asker, message_id: int) -> Details:
        nonlocal noted
        if not noted:
            noted = True
            with pytest.raises(NotFound):
                await find(asker, message_id)
            await services.outbox.delivered(tile, message_id)
            raise NotFound(say("Not yet."))
        return await find(asker, message_id)

    monkeypatch.setattr(services.shown, "details", noting)
    assert f"**Picture {tile.id}**" in (await edge.choose("Details", 5001)).content


async def test_deleting_removes_every_post(edge: Edge, services: Services) -> None:
    job = await delivered(services, ADA, 5000)
    await services.gallery.shown_again(job, channel_id=10, message_id=8000)
    asked = await edge.choose(CANCEL_OR_DELETE, 5000)
    assert asked.custom_ids == [custom_ids.of_picture(job.id, do) for do in ("delete", "hide")]
    answer = await edge.press(asked.custom_ids[0])
    assert "What was used stays counted" in answer.content
    removed = [call.path.rpartition("/")[2] for call in edge.calls if call.method == "DELETE"]
    assert sorted(removed) == ["5000", "8000"]
    assert await services.removals.list_posts() == []
    assert "deleted already" in (await edge.press(asked.custom_ids[0])).content


async def test_a_member_is_told_in_private_what_a_moderator_deleted(edge: Edge, services: Services) -> None:
    job = await delivered(services, ADA, 5000)
    answer = await edge.press(custom_ids.of_picture(job.id, "delete"), user=BOB.user_id, is_manager=True)
    assert "written down in /audit" in answer.content
    (letter,) = [
        call for call in edge.calls if call.method == "POST" and f"/channels/{PRIVATE}/messages" in call.path
    ]
    assert "a moderator deleted a picture of yours" in str(letter.body)
    assert "a red apple" in str(letter.body)


async def test_a_post_that_discord_does_not_answer_for_is_removed_later(
    edge: Edge, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await delivered(services, ADA, 5000)

    def lost(*_: object) -> None:
        raise CallLost("no answer")

    with monkeypatch.context() as outage:
        outage.setattr("discord.http.HTTPClient.delete_message", lost)
        assert "Deleted" in (await edge.press(custom_ids.of_picture(job.id, "delete"))).content
    assert [post.message_id for post in await services.removals.list_posts()] == [5000]
    assert edge.client is not None
    await edge.client.remover.remove()
    assert await services.removals.list_posts() == []


async def test_the_menu_cancels_what_is_not_drawn_yet(
    edge: Edge, services: Services, engine: HandEngine
) -> None:
    engine.hold()
    job = await services.orders.imagine(now(ADA), "a red apple")
    await services.outbox.progress_message(job, 7000)
    assert "somebody else's" in (await edge.choose(CANCEL_OR_DELETE, 7000, user=BOB.user_id)).content
    assert "costs nothing" in (await edge.choose(CANCEL_OR_DELETE, 7000)).content
    assert (await services.runs.reload(job)).status is JobStatus.CANCELLED


async def test_hiding_and_showing_again(edge: Edge, services: Services) -> None:
    job = await delivered(services, ADA, 5000)
    hidden = await edge.press(custom_ids.of_picture(job.id, "hide"))
    assert hidden.custom_ids == [custom_ids.of_picture(job.id, "unhide")]
    assert (await services.runs.reload(job)).is_hidden
    asked = await edge.choose(CANCEL_OR_DELETE, 5000)
    assert asked.custom_ids[1:] == [custom_ids.of_picture(job.id, "unhide")]
    await edge.press(hidden.custom_ids[0])
    assert not (await services.runs.reload(job)).is_hidden


@pytest.mark.parametrize("action", [*DEEDS, "explode"])
async def test_a_forged_button_does_nothing_to_a_picture_of_others(
    edge: Edge, services: Services, action: str
) -> None:
    job = await delivered(services, ADA, 5000)
    answer = await edge.press(custom_ids.of_picture(job.id, action), user=BOB.user_id)
    refusals = ("somebody else's", "do not know this button", "nothing to bring back")
    assert any(refusal in answer.content for refusal in refusals)
    stored = await services.runs.reload(job)
    assert (stored.status, stored.is_hidden) == (JobStatus.DELIVERED, False)


async def test_a_picture_is_chosen_from_the_list_of_ones_own(edge: Edge, services: Services) -> None:
    mine = await delivered(services, ADA, 5000, "a red apple")
    theirs = await delivered(services, BOB, 5001)
    chosen = {"values": [str(mine.id)]}
    answer = await edge.press(custom_ids.of_choose(0), kind=LIST, data=chosen)
    assert f"**Picture {mine.id}**" in answer.content
    for forged in (str(theirs.id), "9" * 19, "x"):
        answer = await edge.press(custom_ids.of_choose(0), kind=LIST, data={"values": [forged]})
        assert "**Picture" not in answer.content
        assert answer.is_acknowledged


@pytest.mark.parametrize(("since", "shown"), [("now", 0), ("all", 1)])
async def test_the_gallery_is_joined_from_now_on_or_with_older_ones(
    edge: Edge, services: Services, clock: MovableClock, since: str, shown: int
) -> None:
    await delivered(services, ADA, 5000)
    clock.advance(minutes=1)
    answer = await edge.press(custom_ids.of_gallery(since))
    assert ("older ones too" in answer.content) == bool(shown)
    assert len((await services.gallery.list_shown(1, {10})).pictures) == shown


async def test_u_pressed_twice_says_where_it_is(edge: Edge, services: Services, database: Database) -> None:
    grid = await delivered(services, ADA, 5000)
    tile = await pick(services, now(ADA), grid.id, 1)
    u2 = custom_ids.of_job(grid.id, JobKind.PICK, 1)
    assert "U2 is being posted already" in (await edge.press(u2, is_ephemeral=False)).content
    await services.outbox.delivered(tile, 5001)
    answer = await edge.press(u2, is_ephemeral=False)
    assert answer.content == "U2 is already here: https://discord.com/channels/1/10/5001"
    assert await kinds_in(database) == [JobKind.IMAGINE, JobKind.PICK]
    await edge.press(u2, is_ephemeral=False, user=BOB.user_id)
    assert await kinds_in(database) == [JobKind.IMAGINE, JobKind.PICK, JobKind.PICK]


async def test_u_is_posted_again_where_the_first_is_gone(
    edge: Edge, services: Services, database: Database
) -> None:
    grid = await delivered(services, ADA, 5000)
    await services.outbox.delivered(await pick(services, now(ADA), grid.id, 1), 5001)
    edge.gone.add(5001)
    answer = await edge.press(custom_ids.of_job(grid.id, JobKind.PICK, 1), is_ephemeral=False)
    assert "already" not in answer.content
    assert await kinds_in(database) == [JobKind.IMAGINE, JobKind.PICK, JobKind.PICK]


async def test_a_like_is_told_by_the_number_on_its_button_and_costs_no_other_call(
    edge: Edge, services: Services
) -> None:
    grid = await delivered(services, ADA, 5000)
    like = custom_ids.of_picture(grid.id, "like")
    answer = await edge.press(like, is_ephemeral=False)
    assert answer.buttons == {"1": 2}
    assert len(answer.calls) == 1
    assert (await edge.press(like, is_ephemeral=False)).is_acknowledged
    assert (await services.likes.toggle(now(BOB), 5000)).count == 1
    assert "do not know this button" in (await edge.press(like)).content


async def test_details_come_from_the_button_too(edge: Edge, services: Services) -> None:
    grid = await delivered(services, ADA, 5000, "a red apple --seed 7")
    answer = await edge.press(custom_ids.of_picture(grid.id, "details"), is_ephemeral=False, user=BOB.user_id)
    assert "a red apple --seed 7 --steps 4" in answer.content


async def test_how_it_was_made_is_promised_at_once_and_comes_as_two_pictures(
    edge: Edge, services: Services
) -> None:
    grid = await delivered(services, ADA, 4999, "a red fox")
    tile = await pick(services, now(ADA), grid.id, 0)
    await services.outbox.delivered(tile, 5000)
    answer = await edge.press(custom_ids.of_picture(tile.id, "made"), is_ephemeral=False)
    assert [call.body.get("type") for call in answer.calls][:1] == [5]
    assert f"**How picture {tile.id} was made**" in answer.content
    assert "words_" in str(answer.calls[-1].body)
    assert "denoising_" in str(answer.calls[-1].body)
