"""A member's own history, and what members show to everybody."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.domain.asker import Asker
from bot.domain.community import WebPages
from bot.services import Services
from bot.storage.database import Database
from bot.storage.models import GalleryMemberRow, KeptOrderRow, TermsAcceptanceRow
from tests.bot.conftest import MovableClock
from tests.bot.services.test_jobs import again, drawn
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
