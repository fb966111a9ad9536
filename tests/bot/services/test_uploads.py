"""Pictures that members bring along: whose they are, who may, and what becomes of them."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bot.domain.asker import Asker
from bot.domain.audit import AuditFilter
from bot.domain.errors import Gone, NotAllowed, NotFound, UserError
from bot.domain.image_filter import ImageFilter
from bot.domain.job import Failure, Job, JobStatus
from bot.domain.kinds import JobKind
from bot.domain.order import Order
from bot.domain.prompt import parse
from bot.domain.recipe import ImageRef, Picture, Start, UploadRef
from bot.domain.uploads import MOST_BYTES, Attachment, Incoming, Link, Unusable, written
from bot.imaging.clean import clean
from bot.imaging.fetch import Fetcher
from bot.messages import uploads as messages
from bot.messages.catalogue import translations
from bot.messages.components import to_file
from bot.messages.deeds import details
from bot.messages.people import report as report_letter
from bot.services import Services
from bot.services import uploads as uploads_service
from bot.services.orders import Press
from bot.services.recipes import Recipes
from tests.bot.builders import picture_file
from tests.bot.conftest import MovableClock
from tests.bot.hand_engine import HandEngine
from tests.bot.presses import reroll, vary
from tests.bot.services.community import (
    ADA,
    MODERATOR,
    OUTSIDER,
    actions,
    change,
    delivered,
    drawn,
    finished,
    now,
)

BO = replace(ADA, user_id=101)
OWNER = replace(OUTSIDER, user_id=7, is_manager=False)
RED = (255, 0, 0)


class Net(Fetcher):
    """A network in which every link leads to the same picture."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    async def fetch(self, link: str) -> bytes:
        """The picture."""
        self.links.append(link)
        return picture_file("navy").data


@pytest.fixture
def net(services: Services) -> Net:
    """Where links lead."""
    found = Net()
    services.uploads._fetcher = found
    return found


def kept(folder: Path) -> list[Path]:
    return [path for path in (folder / "uploads").glob("*/*") if path.is_file()]


async def made_from(services: Services, asker: Asker, image: Picture) -> Job:
    """A job that begins from a picture."""
    recipe = Recipes(services.models).new(parse("a fox"))
    order = Order(
        kind=JobKind.IMAGINE, text="a fox", recipe=replace(recipe, start=Start(image=image, strength=0.5))
    )
    return await finished(services, await services.jobs.draw(now(asker), order))


def start_of(engine: HandEngine) -> tuple[int, ...]:
    """The colour that the last request begins from."""
    start = engine.requests[-1].start
    assert start is not None
    assert isinstance(start.source, Image.Image)
    colour = start.source.getpixel((5, 5))
    assert isinstance(colour, tuple)
    return colour


async def test_a_picture_is_kept_by_what_it_shows_for_whoever_brings_it(
    services: Services, tmp_path: Path
) -> None:
    mine = await services.uploads.bring(now(ADA), picture_file())
    assert await services.uploads.bring(now(ADA), picture_file(extension="GIF")) == mine
    theirs = await services.uploads.bring(now(BO), picture_file())
    assert theirs != mine
    assert await services.uploads.bring(now(ADA, guild_id=2), picture_file()) not in {mine, theirs}
    (path,) = kept(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    picture = await services.uploads.image(mine)
    assert (picture.mode, picture.size, picture.getpixel((5, 5))) == ("RGB", (64, 48), RED)


async def test_pictures_are_brought_by_link_and_as_attachments(services: Services, net: Net) -> None:
    link = "https://cdn.discordapp.com/attachments/1/2/x.png"
    ref = await services.uploads.resolve(now(ADA), f"<{link}>")
    assert await services.uploads.bring(now(ADA), Attachment(url=link, name="x.png", size=100)) == ref
    assert net.links == [link, link]
    with pytest.raises(Unusable, match="more than 8 MB"):
        await services.uploads.bring(now(ADA), Attachment(url=link, size=MOST_BYTES + 1))
    assert len(net.links) == 2


async def test_only_ones_own_are_found_by_their_number_and_only_in_their_guild(services: Services) -> None:
    await drawn(services, ADA)  # from then on it is known whose guild a direct message belongs to
    mine = await services.uploads.bring(now(ADA), picture_file())
    assert await services.uploads.resolve(now(ADA), written(mine)) == mine
    assert await services.uploads.resolve(now(ADA, guild_id=None), f" Upload:{mine.upload_id} ") == mine
    for other in (BO, MODERATOR, replace(ADA, guild_id=2), OUTSIDER):
        with pytest.raises(NotFound, match="no picture of yours"):
            await services.uploads.resolve(now(other), written(mine))
    with pytest.raises(NotFound):
        await services.uploads.resolve(now(ADA), "upload:999999999999999999")


async def test_a_tile_is_found_by_whoever_can_see_it(services: Services) -> None:
    job = await drawn(services, ADA)
    third = f"picture:{job.id}.3"
    image = ImageRef(job_id=job.id, index=2)
    assert written(image) == third
    for asker in (ADA, BO, replace(ADA, channel_id=11), replace(ADA, guild_id=None, channel_id=500)):
        assert await services.uploads.resolve(now(asker), third) == image
    assert (
        await services.uploads.resolve(now(BO, channel_id=11), third, sees=lambda place: place == 10) == image
    )
    for asker in (replace(BO, channel_id=11), OUTSIDER, replace(ADA, guild_id=2), replace(BO, guild_id=None)):
        with pytest.raises(NotFound):
            await services.uploads.resolve(now(asker), third)
    with pytest.raises(NotFound, match=rf"has 4 pictures: write `picture:{job.id}\.1`"):
        await services.uploads.resolve(now(ADA), f"picture:{job.id}")
    await services.outbox.delivered(job, 5000)
    await services.taking_back.delete(now(ADA), job.id)
    with pytest.raises(NotFound):
        await services.uploads.resolve(now(ADA), third)


async def test_others_pictures_are_used_only_where_the_guild_shares_them(services: Services) -> None:
    job = await drawn(services, ADA)
    await change(services, lambda settings: replace(settings, shares_pictures=False))
    assert await services.uploads.resolve(now(ADA), f"picture:{job.id}.1") is not None
    with pytest.raises(NotAllowed, match="their own pictures only"):
        await services.uploads.resolve(now(BO), f"picture:{job.id}.1")


async def test_what_was_drawn_in_an_age_restricted_room_is_used_there_alone(services: Services) -> None:
    job = await drawn(services, replace(ADA, is_age_restricted=True))
    name = f"picture:{job.id}.1"
    assert await services.uploads.resolve(now(ADA, is_age_restricted=True), name) is not None
    with pytest.raises(NotAllowed, match="age-restricted"):
        await services.uploads.resolve(now(ADA), name)


BRINGS: Sequence[Incoming] = (
    Link(url="https://cdn.discordapp.com/x.png"),
    Attachment(url="https://x"),
    picture_file(),
)


async def test_a_guild_says_who_may_bring_pictures_before_anything_is_fetched(
    services: Services, net: Net
) -> None:
    mine = await services.uploads.bring(now(ADA), picture_file())
    link, *others = BRINGS
    await change(services, lambda settings: replace(settings, takes_links=False))
    with pytest.raises(NotAllowed, match="takes no links"):
        await services.uploads.bring(now(ADA), link)
    for source in others:
        await services.uploads.bring(now(ADA), source)
    net.links.clear()
    await change(services, lambda settings: replace(settings, takes_links=True, picture_role_ids=(5, 6)))
    for source in BRINGS:
        with pytest.raises(NotAllowed, match="only <@&5>, <@&6> may"):
            await services.uploads.bring(now(ADA, role_ids=(1,)), source)
        await services.uploads.bring(now(ADA, role_ids=(6,)), source)
    net.links.clear()
    await change(services, lambda settings: replace(settings, takes_pictures=False))
    for source in BRINGS:
        with pytest.raises(NotAllowed, match="nobody brings"):
            await services.uploads.bring(now(ADA, role_ids=(6,)), source)
    with pytest.raises(NotAllowed):
        await services.uploads.resolve(now(ADA), written(mine))
    with pytest.raises(NotAllowed, match="nobody brings"):
        await made_from(services, ADA, mine)
    assert net.links == []
    await services.uploads.bring(now(ADA, guild_id=2), picture_file())


async def test_a_room_may_be_for_words_alone(services: Services, net: Net) -> None:
    mine = await services.uploads.bring(now(ADA), picture_file())
    await services.rules.room(MODERATOR, 10, takes_pictures=False)
    for asker in (ADA, replace(ADA, channel_id=77, parent_channel_id=10)):
        for source in BRINGS:
            with pytest.raises(NotAllowed, match="words alone"):
                await services.uploads.bring(now(asker), source)
        with pytest.raises(NotAllowed, match="words alone"):
            await made_from(services, asker, mine)
    assert net.links == []
    await made_from(services, replace(ADA, channel_id=11), mine)


async def test_what_is_made_from_a_picture_goes_on_from_it(services: Services, engine: HandEngine) -> None:
    mine = await services.uploads.bring(now(ADA), picture_file())
    job = await made_from(services, ADA, mine)
    assert (job.status, job.inputs, start_of(engine)) == (JobStatus.RENDERED, [mine.upload_id], RED)
    await change(services, lambda settings: replace(settings, takes_pictures=False))
    again = await finished(services, await reroll(services, now(BO), job.id))
    assert (again.inputs, start_of(engine)) == ([mine.upload_id], RED)


async def test_nothing_is_made_again_from_a_picture_that_is_gone(
    services: Services, engine: HandEngine, tmp_path: Path
) -> None:
    mine = await services.uploads.bring(now(ADA), picture_file())
    job = await made_from(services, ADA, mine)
    await services.uploads.forget(now(ADA))
    asked = len(engine.requests)
    await services.pictures.make_print(job)
    with pytest.raises(Gone, match="cannot be made again: the picture that it was made from is gone"):
        await reroll(services, now(ADA), job.id)
    with pytest.raises(Gone):
        await made_from(services, ADA, mine)
    for path in (tmp_path / "images").rglob(f"{job.id}-0.*"):
        path.unlink()
    with pytest.raises(Gone):
        await services.pictures.make_print(job)
    assert len(engine.requests) == asked
    await finished(
        services, await vary(services, now(ADA), job.id, 1)
    )  # which begins from a tile that is there


async def test_a_picture_that_goes_while_its_job_waits_is_said_to_be_why(
    services: Services, engine: HandEngine
) -> None:
    mine = await services.uploads.bring(now(ADA), picture_file())
    await change(services, lambda settings: replace(settings, max_running_jobs=1))
    engine.hold()
    await services.orders.imagine(now(ADA), "a boat")
    recipe = replace(Recipes(services.models).new(parse("a fox")), start=Start(image=mine, strength=0.5))
    order = Order(kind=JobKind.IMAGINE, text="a fox", recipe=recipe)
    job = await services.jobs.draw(now(ADA), order)
    await services.uploads.forget(now(ADA))
    engine.release()
    ended = await finished(services, job)
    assert (ended.status, ended.failure) == (JobStatus.FAILED, Failure.GONE)
    assert (await services.quotas.balance(ADA)).reserved.images == 0


async def test_what_goes_on_from_a_picture_that_was_brought_keeps_it_and_ends_with_it(
    services: Services, clock: MovableClock
) -> None:
    job = await services.orders.edit_from(now(ADA), picture_file(), "a hat")
    zoom = Press(kind=JobKind.ZOOM, job_id=job.id, index=0, how="2")
    clock.advance(days=20)
    await finished(services, await services.orders.press(now(BO), zoom))
    clock.advance(days=20)
    assert await services.uploads.sweep() == 0
    await services.uploads.remove(MODERATOR, job.inputs[0])
    with pytest.raises(Gone):
        await services.orders.press(now(BO), zoom)


async def test_nobody_draws_from_a_picture_of_another_guild(services: Services) -> None:
    theirs = await services.uploads.bring(now(OUTSIDER), picture_file())
    with pytest.raises(Gone):
        await made_from(services, ADA, theirs)


async def test_a_picture_stays_while_it_is_used_and_its_file_goes_with_the_last_row(
    services: Services, tmp_path: Path, clock: MovableClock
) -> None:
    mine = await services.uploads.bring(now(ADA), picture_file())
    theirs = await services.uploads.bring(now(BO), picture_file())
    await services.uploads.bring(now(BO), picture_file("blue"))
    clock.advance(days=20)
    await made_from(services, ADA, mine)
    clock.advance(days=11)
    assert await services.uploads.sweep() == 1
    assert len(kept(tmp_path)) == 1
    assert await services.uploads.image(mine) is not None
    with pytest.raises(Gone):
        await services.uploads.image(theirs)
    clock.advance(days=20)
    assert await services.uploads.sweep() == 1
    assert kept(tmp_path) == []


async def test_files_that_no_row_is_about_are_swept(services: Services) -> None:
    mine = await services.uploads.bring(now(ADA), picture_file())
    services.uploads._files.add("ab" * 32, b"left by a process that died")
    assert await services.uploads.sweep() == 1
    assert await services.uploads.image(mine) is not None


async def test_bringing_and_deleting_at_once_leaves_no_row_without_its_picture_file(
    services: Services,
) -> None:
    async def back_and_forth(asker: Asker) -> UploadRef:
        for _ in range(3):
            await services.uploads.bring(now(asker), picture_file())
            await services.uploads.forget(now(asker))
        return await services.uploads.bring(now(asker), picture_file())

    members = [replace(ADA, user_id=200 + number) for number in range(5)]
    for ref in await asyncio.gather(*map(back_and_forth, members)):
        assert (await services.uploads.image(ref)).size == (64, 48)


async def test_a_member_keeps_so_much_and_is_told_what_to_do(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await services.uploads.bring(now(ADA), picture_file())
    monkeypatch.setattr(uploads_service, "MOST_KEPT_BYTES", len(clean(picture_file().data).data))
    with pytest.raises(Unusable, match=r"have not used them for 30 days\.\n/forget pictures"):
        await services.uploads.bring(now(ADA, guild_id=2), picture_file("blue"))
    assert await services.uploads.bring(now(ADA), picture_file()) == first
    await services.uploads.bring(now(BO), picture_file("blue"))


async def test_the_filter_judges_what_comes_in_for_each_guild_by_its_own_rule(services: Services) -> None:
    services.uploads._classify = lambda images: 0.9
    before = await services.uploads.bring(now(ADA), picture_file())
    await change(services, lambda settings: replace(settings, image_filter=ImageFilter.BLOCK.value))
    for _ in range(2):
        with pytest.raises(NotAllowed, match="takes this picture for nudity"):
            await services.uploads.bring(now(ADA), picture_file("blue"))
    with pytest.raises(NotAllowed, match="takes this picture for nudity"):
        await services.uploads.resolve(now(ADA), written(before))
    there = await services.uploads.bring(now(ADA, guild_id=2), picture_file("blue"))
    assert not await services.uploads.must_be_hidden(replace(ADA, guild_id=2), there)
    await change(services, lambda settings: replace(settings, image_filter=ImageFilter.MODERATORS.value))
    shown = await services.uploads.bring(now(ADA), picture_file("blue"))
    assert await services.uploads.must_be_hidden(ADA, shown)
    assert await actions(services) == ["upload_withheld"] * 3 + ["upload_reported"]
    assert await actions(services, OUTSIDER) == []


async def test_who_is_forgotten_leaves_no_picture_behind_that_they_alone_brought(
    services: Services, tmp_path: Path
) -> None:
    await services.uploads.bring(now(ADA), picture_file())
    await services.uploads.bring(now(ADA, guild_id=2), picture_file("blue"))
    theirs = await services.uploads.bring(now(BO), picture_file())
    await services.forgetting.forget(now(ADA))
    assert len(kept(tmp_path)) == 1
    assert await services.uploads.image(theirs) is not None


async def test_a_moderator_removes_a_picture_for_the_guild_and_nobody_brings_it_again(
    services: Services, tmp_path: Path
) -> None:
    mine = await services.uploads.bring(now(ADA), picture_file())
    theirs = await services.uploads.bring(now(BO), picture_file())
    elsewhere = await services.uploads.bring(now(BO, guild_id=2), picture_file())
    job = await made_from(services, ADA, mine)
    seen = await services.uploads.look(MODERATOR, mine.upload_id)
    assert (seen.picture.size, seen.upload.user_id, seen.is_owner) == ((64, 48), ADA.user_id, False)
    await services.uploads.remove(MODERATOR, mine.upload_id)
    for ref in (mine, theirs):
        with pytest.raises(Gone):
            await services.uploads.image(ref)
    for asker in (ADA, replace(ADA, user_id=300)):
        with pytest.raises(NotAllowed, match="cannot be brought again"):
            await services.uploads.bring(now(asker), picture_file(extension="GIF"))
    with pytest.raises(Gone):
        await reroll(services, now(ADA), job.id)
    assert await services.uploads.image(elsewhere) is not None
    assert len(kept(tmp_path)) == 1
    (entry,) = (await services.audit.page(MODERATOR, AuditFilter(), 0)).entries
    assert (entry.action, entry.target_id) == ("upload_removed", ADA.user_id)
    assert details(entry.details, translations("en-US")) == [f"`upload:{mine.upload_id}`"]


async def test_nobody_else_looks_at_it_or_removes_it(services: Services) -> None:
    mine = await services.uploads.bring(now(ADA), picture_file())
    lost = replace(MODERATOR, is_manager=False)
    for asker in (ADA, BO, OUTSIDER, replace(MODERATOR, guild_id=None), lost):
        with pytest.raises(UserError):
            await services.uploads.look(now(asker), mine.upload_id)
        for is_everywhere in (False, True):
            with pytest.raises(UserError):
                await services.uploads.remove(now(asker), mine.upload_id, is_everywhere=is_everywhere)
    with pytest.raises(NotAllowed, match="OWNERS"):
        await services.uploads.remove(now(MODERATOR), mine.upload_id, is_everywhere=True)
    assert await services.uploads.image(mine) is not None


async def test_whoever_runs_the_bot_removes_it_everywhere_for_good(
    services: Services, tmp_path: Path
) -> None:
    services.uploads._owners = frozenset({OWNER.user_id})
    mine = await services.uploads.bring(now(ADA), picture_file())
    await services.uploads.bring(now(ADA, guild_id=2), picture_file())
    await services.uploads.remove(OWNER, mine.upload_id, is_everywhere=True)
    assert kept(tmp_path) == []
    for guild_id in (1, 2, 3):
        with pytest.raises(NotAllowed):
            await services.uploads.bring(now(ADA, guild_id=guild_id), picture_file())


async def test_a_report_and_the_log_say_what_a_picture_was_made_from(services: Services) -> None:
    mine = await services.uploads.bring(now(ADA), picture_file())
    job = await made_from(services, ADA, mine)
    await services.outbox.delivered(job, 5000)
    case = await services.reports.report(now(BO), 5000, "that is me")
    letter = report_letter(case, "en-US")
    assert f"Made from what was brought along: `upload:{mine.upload_id}`" in letter.content
    assert letter.rows[1][0].custom_id == f"report:{case.report.id}:inputs"
    await services.reports.delete_result(MODERATOR, case.report.id)
    for entry in (await services.audit.page(MODERATOR, AuditFilter(), 0)).entries:
        assert f"made from `upload:{mine.upload_id}`" in details(entry.details, translations("en-US"))
    plain = await delivered(services, ADA, 6000)
    case = await services.reports.report(now(BO), 6000, "ugly")
    assert len(report_letter(case, "en-US").rows) == 1
    assert plain.inputs == []


async def test_who_judges_reads_whose_it_is_and_sees_it_small(services: Services) -> None:
    mine = await services.uploads.bring(now(ADA), picture_file(size=(1600, 400)))
    seen = await services.uploads.look(MODERATOR, mine.upload_id)
    payload = messages.seen(seen, "en-US")
    assert f"`upload:{mine.upload_id}`, brought along by <@100>" in payload.content
    assert [button.custom_id for button in payload.rows[0]] == [f"upload:{mine.upload_id}:remove"]
    owner = messages.seen(replace(seen, is_owner=True), "en-US")
    assert owner.rows[0][1].custom_id == f"upload:{mine.upload_id}:erase"
    shown = messages.seen_file(seen, seen.encode(), "en-US")
    with Image.open(BytesIO(shown.data)) as small:
        assert small.size == (768, 192)
    nude = replace(seen, upload=replace(seen.upload, score=0.9))
    assert to_file(messages.seen_file(nude, b"", "en-US")).filename.startswith("SPOILER_")
