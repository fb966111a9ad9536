"""A member's own history, and what members show to everybody."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.domain.asker import Asker
from bot.domain.community import WebPages
from bot.domain.history import Shelf, Wanted
from bot.services import Services
from bot.storage.database import Database
from bot.storage.models import GalleryMemberRow, KeptOrderRow, TermsAcceptanceRow
from tests.bot.conftest import MovableClock
from tests.bot.services.community import drawn
from tests.bot.services.community import now as again
from tests.bot.services.test_onboarding import asked, configured


@pytest.fixture
def daily_images() -> int:
    return 1000


async def test_history_comes_in_pages_of_ones_own(services: Services, ada: Asker) -> None:
    mine = [(await drawn(services, ada, f"apple number {number}")).id for number in range(10)]
    await drawn(services, again(ada, user_id=7))
    await drawn(services, again(ada, guild_id=2))
    first, second = [await services.gallery.list_page(ada, number) for number in (0, 1)]
    assert [job.id for job in (*first.jobs, *second.jobs)] == mine[::-1]
    assert (first.has_more, second.has_more) == (True, False)
    assert not (await services.gallery.list_page(ada, 2)).jobs
    alone = await services.gallery.list_page(again(ada, guild_id=None), 0)
    assert alone.jobs[0].guild_id == 2


async def test_who_joins_from_now_on_shows_no_older_picture(
    services: Services, ada: Asker, clock: MovableClock
) -> None:
    async def shown() -> list[int]:
        return [one.job.id for one in (await services.gallery.list_shown(1, {ada.channel_id})).pictures]

    old = await drawn(services, ada, "an old regret")
    await services.outbox.delivered(old, 1)
    clock.advance(minutes=1)
    await services.gallery.share(again(ada), is_shown=True, is_from_now=True)
    new = await drawn(services, again(ada))
    await services.outbox.delivered(new, 2)
    assert await shown() == [new.id]
    await services.gallery.share(again(ada), is_shown=True)
    assert await shown() == [new.id, old.id]
    await services.gallery.share(again(ada), is_shown=False)
    assert await shown() == []


async def test_a_forgotten_member_hangs_nowhere_and_nothing_of_theirs_waits(
    services: Services, database: Database, ada: Asker
) -> None:
    await services.gallery.share(replace(ada, name="Ada"), is_shown=True)
    job = await drawn(services, ada)
    await services.outbox.delivered(job, 1)
    await configured(services, ada, terms="Be kind.", terms_version=1)
    kept, version = await asked(services, ada, "a kept pear")
    await services.onboarding.accept(again(ada), kept, version)
    await configured(services, ada, terms="Be kinder.", terms_version=2)
    await asked(services, ada, "a secret pear")
    assert (await services.gallery.list_shown(1, {ada.channel_id})).pictures
    await services.forgetting.forget(again(ada))
    assert not (await services.gallery.list_shown(1, {ada.channel_id})).pictures
    async with database.reading() as session:
        for table in (GalleryMemberRow, KeptOrderRow, TermsAcceptanceRow):
            assert not (await session.execute(select(table).filter_by(user_id=ada.user_id))).all()


async def test_the_address_of_a_page_is_told_where_there_is_one(services: Services, ada: Asker) -> None:
    await configured(services, ada, is_public=True)
    assert await services.gallery.page_url(1) is None  # nobody has said where the pages are
    services.gallery.pages = WebPages(public_url="https://art.example.org")
    assert await services.gallery.page_url(1) == "https://art.example.org/servers/1"
    await configured(services, ada, is_public=False)
    assert await services.gallery.page_url(1) is None


async def test_a_search_finds_words_and_parameters_in_ones_own_prompts_and_nothing_else(
    services: Services, ada: Asker
) -> None:
    async def found(search: str, asker: Asker = ada) -> list[int]:
        page = await services.gallery.list_page(asker, 0, Wanted(search=search))
        return [job.id for job in page.jobs]

    fox = (await drawn(services, ada, "a red Fox --chaos 20 --ar 3:2")).id
    wild = (await drawn(services, again(ada), "a fox_trot at 100% --chaos 2 --tile")).id
    apple = (await drawn(services, again(ada), "ÄPFEL im Schnee")).id
    await drawn(services, again(ada, user_id=7), "a red fox")
    await drawn(services, again(ada, guild_id=2), "a red fox")
    assert await found("fox") == [wild, fox]
    assert await found("FOX red") == [fox]
    assert await found("--chaos 2") == [wild]
    assert await found("--c 20") == [fox]
    assert await found("fox —chaos") == [wild, fox]
    assert await found("—aspect 3:2 fox") == [fox]
    assert await found("--tile") == [wild]
    assert await found("äpfel") == [apple]
    assert await found("x_t") == await found("0%") == [wild]
    assert await found("%") == [wild]
    assert await found("'; --") == []


async def test_what_one_likes_is_found_with_what_others_drew(services: Services, ada: Asker) -> None:
    bob = again(ada, user_id=7)
    theirs, mine = await drawn(services, bob, "a red fox"), await drawn(services, again(ada), "an owl")
    for message_id, job in ((5000, theirs), (5001, mine)):
        await services.outbox.delivered(job, message_id)
        await services.likes.toggle(again(ada), message_id)
    liked = Wanted(shelf=Shelf.LIKED)
    assert [job.id for job in (await services.gallery.list_page(ada, 0, liked)).jobs] == [mine.id, theirs.id]
    found = await services.gallery.list_page(ada, 0, replace(liked, search="fox"))
    assert [job.id for job in found.jobs] == [theirs.id]
    assert (await services.shown.details_listed(ada, theirs.id)).job.id == theirs.id
    in_private = again(ada, guild_id=None)
    assert [job.id for job in (await services.gallery.list_page(in_private, 0, liked)).jobs] == [mine.id]
    assert not (await services.gallery.list_page(bob, 0, liked)).jobs
