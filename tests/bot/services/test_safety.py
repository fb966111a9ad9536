"""The image filter: what a guild chose happens, once; without a classifier it cannot be chosen."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from bot.domain.errors import NotAllowed
from bot.domain.image_filter import THRESHOLD, ImageFilter, Withheld
from bot.domain.job import JobStatus
from bot.services import Services
from bot.services.safety import Judgement, Safety
from bot.storage.database import Database
from tests.bot.services.community import ADA, MODERATOR, OUTSIDER, actions, change, drawn

TILES = [Image.new("RGB", (8, 8))]


class Eye:
    """A classifier whose score the test sets."""

    score = 0.99

    def __call__(self, tiles: object) -> float:
        assert tiles is TILES
        return self.score


@pytest.fixture
def eye() -> Eye:
    return Eye()


@pytest.fixture
def safety(services: Services, database: Database, eye: Eye) -> Safety:
    return Safety(database, services.removals, eye, allows_nsfw=True)


async def test_nothing_is_looked_at_until_a_guild_wants_it(services: Services, safety: Safety) -> None:
    job = await drawn(services, ADA)
    assert await safety.judge(job, TILES, is_age_restricted=False) == Judgement()
    assert not await safety.is_filtered(job)


async def test_only_moderators_choose_and_only_where_something_can_look(
    services: Services, database: Database, safety: Safety
) -> None:
    with pytest.raises(NotAllowed):
        await safety.set_filter(ADA, ImageFilter.BLOCK)
    await safety.set_filter(OUTSIDER, ImageFilter.BLOCK)
    blind = Safety(database, services.removals, None)
    with pytest.raises(NotAllowed, match="extra `safety`"):
        await blind.set_filter(MODERATOR, ImageFilter.SPOILER)
    job = await drawn(services, ADA)
    assert not await safety.is_filtered(job)
    await safety.set_filter(MODERATOR, ImageFilter.SPOILER)
    assert await safety.is_filtered(job)
    assert not await blind.is_filtered(job)
    assert await actions(services) == ["image_filter"]


async def test_a_spoiler_is_only_for_what_scores_high(services: Services, safety: Safety, eye: Eye) -> None:
    await safety.set_filter(MODERATOR, ImageFilter.SPOILER)
    job = await drawn(services, ADA)
    assert await safety.judge(job, TILES, is_age_restricted=True) == Judgement(is_spoiler=True)
    eye.score = THRESHOLD - 0.01
    assert await safety.judge(job, TILES, is_age_restricted=False) == Judgement()


async def test_moderators_are_told_once(services: Services, safety: Safety) -> None:
    await change(services, lambda settings: replace(settings, moderators_channel_id=77))
    await safety.set_filter(MODERATOR, ImageFilter.MODERATORS)
    job = await drawn(services, ADA)
    first = await safety.judge(job, TILES, is_age_restricted=False)
    assert first.is_spoiler
    assert first.reported
    assert (first.reported.channel_id, first.reported.report.reason) == (77, "image filter: 0.99")
    assert await safety.judge(job, TILES, is_age_restricted=False) == Judgement(is_spoiler=True)
    assert len(await services.reports.list_open(MODERATOR, limit=5)) == 1
    assert await actions(services) == ["image_filter", "image_reported"]


async def test_a_withheld_picture_is_deleted(services: Services, safety: Safety, tmp_path: Path) -> None:
    await safety.set_filter(MODERATOR, ImageFilter.BLOCK)
    job = await drawn(services, ADA)
    for _ in range(2):
        with pytest.raises(Withheld):
            await safety.judge(job, TILES, is_age_restricted=False)
    assert (await services.runs.reload(job)).status is JobStatus.DELETED
    assert list((tmp_path / "images").glob("*/*.*")) == []
    assert await actions(services) == ["image_filter", "image_withheld"]


async def test_age_restricted_rooms_of_a_guild_that_allows_nudity_are_left_alone(
    services: Services, safety: Safety
) -> None:
    await safety.set_filter(MODERATOR, ImageFilter.BLOCK)
    await change(services, lambda settings: replace(settings, is_nsfw_allowed=True))
    job = await drawn(services, ADA)
    assert await safety.judge(job, TILES, is_age_restricted=True) == Judgement()
    with pytest.raises(Withheld):
        await safety.judge(job, TILES, is_age_restricted=False)


async def test_a_guild_is_not_left_alone_once_the_deployment_forbids_nudity(
    services: Services, database: Database, eye: Eye
) -> None:
    strict = Safety(database, services.removals, eye)
    await strict.set_filter(MODERATOR, ImageFilter.BLOCK)
    await change(services, lambda settings: replace(settings, is_nsfw_allowed=True))
    job = await drawn(services, ADA)
    with pytest.raises(Withheld):
        await strict.judge(job, TILES, is_age_restricted=True)


@pytest.mark.parametrize("chosen", [ImageFilter.SPOILER, ImageFilter.MODERATORS])
async def test_what_looks_like_nudity_never_hangs_in_the_gallery(
    services: Services, safety: Safety, chosen: ImageFilter
) -> None:
    await services.gallery.share(ADA, is_shown=True)
    await safety.set_filter(MODERATOR, chosen)
    job = await drawn(services, ADA)
    await services.outbox.delivered(job, 5000)
    assert [shown.job.id for shown in (await services.gallery.list_shown(1, [10])).pictures] == [job.id]
    await safety.judge(job, TILES, is_age_restricted=False)
    assert (await services.gallery.list_shown(1, [10])).pictures == ()
