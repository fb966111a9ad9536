"""/edit and /describe: a picture that a member brings along is worked on, or put into words."""

from dataclasses import replace

import pytest
from PIL import Image

from bot.domain.asker import Asker
from bot.domain.errors import Impossible, NotAllowed, NotFound, PromptError, PromptRefused, Unavailable
from bot.domain.job import Job, JobStatus
from bot.domain.kinds import JobKind
from bot.domain.recipe import Recipe
from bot.domain.uploads import Link
from bot.messages.kinds import WORDS
from bot.services import Services
from bot.services.orders import Press
from engine import api
from engine.api import Start
from tests.bot.hand_engine import HandEngine
from tests.bot.presses import vary
from tests.bot.services.community import MODERATOR, drawn, finished, now, spent
from tests.bot.services.test_picture_prompts import BLUE, RED, file


@pytest.fixture
def eyes(engine: HandEngine) -> None:
    """An engine that can put pictures into words."""
    engine.model = replace(engine.model, capabilities=frozenset({api.Capability.DESCRIBING}))


async def edited(services: Services, asker: Asker, text: str = "", size: tuple[int, int] = (96, 48)) -> Job:
    return await services.orders.edit_from(now(asker), file(RED, size), text)


async def pressed(services: Services, asker: Asker, job: Job, kind: JobKind, how: str = "") -> Job:
    press = Press(kind=kind, job_id=job.id, index=0, how=how)
    return await finished(services, await services.orders.press(now(asker), press))


async def test_a_picture_that_is_brought_is_posted_free_with_the_buttons_of_a_single_one(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    job = await edited(services, ada, "a red wall")
    assert (job.kind, job.status, job.prompt) == (JobKind.EDIT, JobStatus.RENDERED, "upload:1 a red wall")
    assert await spent(services, ada) == (0, 0)
    shown = await services.pictures.make_print(job)
    assert [(tile.size, tile.getpixel((5, 5))) for tile in shown.tiles] == [((96, 48), RED)]
    assert not engine.requests
    labels = [button.label or button.emoji for row in WORDS[job.kind].rows(job) for button in row]
    assert {"Vary (Subtle)", "Vary (Strong)", "Zoom Out 2x", "Make Square", "⬅️"} <= set(labels)
    assert not {"🔄", "How it was made"} & set(labels)
    assert not shown.recipe
    assert Recipe.from_json(job.recipe.to_json()) == job.recipe


async def test_what_is_made_of_it_begins_with_its_pixels(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    job = await edited(services, ada, "a red wall", size=(200, 100))
    varied = await finished(services, await vary(services, now(ada), job.id, 0))
    (request,) = engine.requests
    assert (request.width % 8, request.height % 8) == (0, 0)
    assert request.width * request.height < 2 * 64**2
    assert isinstance(request.start, Start)
    assert isinstance(request.start.source, Image.Image)
    assert request.start.source.getpixel((5, 5)) == RED
    assert [part.text for part in request.prompts] == ["a red wall"]
    assert varied.recipe.brought is None
    assert not varied.recipe.is_imported
    zoomed = await pressed(services, ada, job, JobKind.ZOOM, "2")
    (tile, *_) = (await services.pictures.make_print(zoomed)).tiles
    assert (tile.size, tile.getpixel((100, 50))) == ((200, 100), RED)
    await pressed(services, ada, job, JobKind.PAN, "left")
    await pressed(services, ada, job, JobKind.SQUARE)
    larger = await pressed(services, ada, job, JobKind.UPSCALE_SUBTLE)
    (tile,) = (await services.pictures.make_print(larger)).tiles
    assert (tile.size, tile.getpixel((9, 9))) == ((400, 200), RED)


async def test_without_words_it_is_drawn_on_without_any(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    job = await edited(services, ada)
    assert job.prompt == "upload:1"
    await pressed(services, ada, job, JobKind.ZOOM, "1.5")
    assert [part.text for part in engine.requests[-1].prompts] == [""]


async def test_it_takes_words_alone_and_a_picture_that_was_not_drawn_here(
    services: Services, ada: Asker
) -> None:
    with pytest.raises(PromptError, match="Words alone"):
        await edited(services, ada, "https://a.example/b.png a fox")
    with pytest.raises(PromptError, match="--nope"):
        await edited(services, ada, "a fox --nope")
    own = await drawn(services, ada)
    with pytest.raises(Impossible, match="drawn here"):
        await services.orders.edit_from(now(ada), Link(url=f"picture:{own.id}.1"), "")


@pytest.mark.usefixtures("eyes")
async def test_a_picture_is_put_into_words_and_into_others_at_the_next_turn(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    seen = await services.looking.look(now(ada), file(BLUE))
    assert seen.prompts[0] == "a of 96 by 48 --ar 2:1"
    assert (seen.is_own, seen.is_spoiler, seen.picture.getpixel((3, 3))) == (True, False, BLUE)
    await services.looking.look(now(ada), file(BLUE), turn=2)
    assert [request.seed for request in engine.looked if isinstance(request, api.Describe)] == [0, 2]
    assert await spent(services, ada) == (0, 0)


@pytest.mark.usefixtures("eyes")
async def test_a_tile_is_put_into_words_for_who_may_use_it(services: Services, ada: Asker) -> None:
    own = await drawn(services, ada)
    link = Link(url=f"picture:{own.id}.2")
    assert not (await services.looking.look(now(ada), link)).is_own
    with pytest.raises(NotFound):
        await services.looking.look(replace(now(ada), guild_id=77), link)


@pytest.mark.usefixtures("eyes")
async def test_no_words_are_said_that_nobody_may_draw(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    engine.captions = ("a nude child", "b", "c", "d")
    with pytest.raises(PromptRefused):
        await services.looking.look(now(ada), file())


async def test_without_eyes_nothing_is_fetched(services: Services, ada: Asker) -> None:
    with pytest.raises(Unavailable, match="CAPTIONER"):
        await services.looking.look(now(ada), Link(url="https://a.example/b.png"))


@pytest.mark.usefixtures("eyes")
async def test_who_is_blocked_has_nothing_described(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    await services.sanctions.block(MODERATOR, ada.user_id, span=None, reason="spam")
    with pytest.raises(NotAllowed, match="spam"):
        await services.looking.look(now(ada), file())
    assert not engine.looked
