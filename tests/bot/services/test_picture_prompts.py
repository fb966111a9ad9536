"""Pictures before a prompt, as its style, and as its character: looked at, or begun from."""

import io
from dataclasses import replace

import pytest
from PIL import Image

from bot.domain.asker import Asker
from bot.domain.errors import Impossible, PromptError, UserError
from bot.domain.job import Job
from bot.domain.kinds import JobKind
from bot.domain.recipe import ImageRef, UploadRef
from bot.domain.uploads import Bytes
from bot.imaging.encode import recipe_text
from bot.messages.jobs import blend_notes, described, file_name
from bot.services import Services
from bot.services.explaining import check_file
from bot.services.orders import Press
from engine.api import Capability, Generate, Mixture, Reference, Start
from tests.bot.hand_engine import HandEngine
from tests.bot.presses import reroll, vary
from tests.bot.services.community import drawn, finished, now

RED, BLUE = (200, 0, 0), (0, 0, 200)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """One kind of database is enough here: what differs is proved by the tests of uploads and jobs."""
    return sqlite_url


@pytest.fixture
def sees(engine: HandEngine) -> None:
    """The model can look at pictures."""
    engine.model = replace(engine.model, capabilities=frozenset({Capability.REFERENCES}))


def file(colour: tuple[int, int, int] = RED, size: tuple[int, int] = (96, 48)) -> Bytes:
    """A picture as it comes in."""
    data = io.BytesIO()
    Image.new("RGB", size, colour).save(data, "PNG")
    return Bytes(data=data.getvalue())


async def imagined(services: Services, asker: Asker, text: str, *files: Bytes) -> Job:
    for one in files:  # one by one, so that their numbers are known
        await services.uploads.bring(now(asker), one)
    return await finished(services, await services.orders.imagine(now(asker), text, files))


def looked_at(request: Generate) -> list[tuple[object, float, bool]]:
    """The middle of each picture that was looked at, how much it counts, and whether only its manner does."""
    return [(_middle(one), one.weight, one.style_only) for one in request.references]


def _middle(one: Reference) -> object:
    return one.picture.getpixel((one.picture.width // 2, one.picture.height // 2))


@pytest.mark.usefixtures("sees")
async def test_pictures_that_are_brought_stand_before_the_text_and_are_looked_at(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    job = await imagined(services, ada, "a fox --ar 3:2", file(RED), file(BLUE))
    assert job.prompt == "upload:1 upload:2 a fox --ar 3:2"
    (request,) = engine.requests
    assert looked_at(request) == [(RED, 0.175, False), (BLUE, 0.175, False)]
    assert request.start is None
    assert [part.text for part in request.prompts] == ["a fox"]
    again = await imagined(services, ada, job.prompt)
    assert again.recipe.references == job.recipe.references


@pytest.mark.usefixtures("sees")
async def test_weights_say_how_much_each_counts_and_iw_how_much_all(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    await imagined(services, ada, "a fox", file(RED), file(BLUE))
    await imagined(services, ada, "upload:1::3 upload:2 a fox --iw 2")
    assert looked_at(engine.requests[-1]) == [(RED, 0.525, False), (BLUE, 0.175, False)]
    await imagined(services, ada, "upload:1 a fox --iw 3")
    assert looked_at(engine.requests[-1]) == [(RED, 1.0, False)]
    await imagined(services, ada, "upload:1 a fox --iw 0")
    assert looked_at(engine.requests[-1]) == [(RED, 0.0, False)]


@pytest.mark.usefixtures("sees")
async def test_two_pictures_without_a_text_count_as_much_as_one(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    job = await imagined(services, ada, "--ar 2:3", file(RED), file(BLUE))
    assert looked_at(engine.requests[-1]) == [(RED, 0.5, False), (BLUE, 0.5, False)]
    assert [part.text for part in engine.requests[-1].prompts] == [""]
    assert job.prompt == "upload:1 upload:2 --ar 2:3"
    with pytest.raises(PromptError, match="One picture alone"):
        await services.orders.imagine(now(ada), "--ar 2:3", [file(RED)])


@pytest.mark.usefixtures("sees")
async def test_of_a_style_only_the_manner_counts_and_of_a_character_as_much_as_is_said(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    await imagined(services, ada, "x", file(RED), file(BLUE))
    await imagined(services, ada, "a fox --sref upload:1 --cref upload:2")
    assert looked_at(engine.requests[-1]) == [(RED, 0.8, True), (BLUE, 0.7, False)]
    await imagined(services, ada, "a fox --sref upload:1 --sw 0 --cref upload:2 --cw 0")
    assert looked_at(engine.requests[-1]) == [(RED, 0.0, True), (BLUE, 0.3, False)]
    weights = []
    for weight in (50, 100, 400, 1000):
        await imagined(services, ada, f"a fox --sref upload:1 --sw {weight}")
        weights.append(engine.requests[-1].references[0].weight)
    assert weights == sorted(weights)
    assert weights[-1] < 2


async def test_a_model_that_cannot_look_begins_from_the_picture_in_the_shape_to_be_drawn_and_says_so(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    job = await imagined(services, ada, "a fox", file(RED))
    (request,) = engine.requests
    assert not request.references
    assert isinstance(request.start, Start)
    assert isinstance(request.start.source, Mixture)
    assert [one.size for one in request.start.source.pictures] == [(64, 64)]
    assert [str(note) for note in blend_notes(job)] == [
        "This model has no IP-Adapter to look at pictures with: it began from yours."
    ]
    strengths = [request.start.strength]
    for weight in (2, 3):
        await imagined(services, ada, f"upload:1 a fox --iw {weight}")
        start = engine.requests[-1].start
        assert isinstance(start, Start)
        strengths.append(start.strength)
    assert strengths == [0.75, 0.5, pytest.approx(0.25, abs=1e-5)]
    await imagined(services, ada, "upload:1 a fox --iw 0")
    assert engine.requests[-1].start is None


async def test_what_needs_eyes_is_refused_without_them_and_drawn_without_it_by_a_press(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    await services.uploads.bring(now(ada), file(RED))
    with pytest.raises(PromptError, match="`--sref`, `--cref` cannot be followed") as refusal:
        await services.orders.imagine(now(ada), "a fox --sref upload:1 --cref upload:1 --cw 20 --seed 7")
    (step,) = refusal.value.steps
    job = await services.orders.release(now(ada), step.action.kept_id)  # type: ignore[union-attr]
    assert job.prompt == "a fox --seed 7"
    await finished(services, job)
    assert len(engine.requests) == 1


@pytest.mark.usefixtures("sees")
async def test_own_tiles_are_pictures_too_and_stay_named(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    parent = await drawn(services, ada)
    job = await imagined(services, ada, f"picture:{parent.id}.3 a fox")
    assert job.recipe.references[0].image == ImageRef(job_id=parent.id, index=2)
    assert job.prompt == f"picture:{parent.id}.3 a fox"
    assert len(engine.requests[-1].references) == 1


@pytest.mark.usefixtures("sees")
async def test_what_is_made_of_it_goes_on_looking(services: Services, engine: HandEngine, ada: Asker) -> None:
    job = await imagined(services, ada, "a fox", file(RED))
    again = await finished(services, await reroll(services, now(ada), job.id))
    assert again.recipe.references == job.recipe.references
    assert again.prompt == job.prompt
    varied = await finished(services, await vary(services, now(ada), job.id, 1))
    assert varied.recipe.references == job.recipe.references
    assert looked_at(engine.requests[-1]) == [(RED, 0.35, False)]


@pytest.mark.usefixtures("sees")
async def test_a_batch_brings_each_picture_once(services: Services, engine: HandEngine, ada: Asker) -> None:
    await services.uploads.bring(now(ada), file(RED))
    job = await services.orders.imagine(now(ada), "{upload:1, upload:1} a {red, blue} fox")
    batch = [job, *await services.jobs.list_siblings(job)]
    for one in batch:
        await finished(services, one)
    assert [one.prompt for one in batch] == [
        "upload:1 a red fox",
        "upload:1 a blue fox",
        "upload:1 a red fox",
        "upload:1 a blue fox",
    ]
    assert [looked_at(request) for request in engine.requests] == [[(RED, 0.35, False)]] * 4


@pytest.mark.usefixtures("sees")
async def test_many_jobs_with_pictures_are_asked_about_and_drawn_by_a_press(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    with pytest.raises(UserError, match="This makes 5 prompts") as refusal:
        await services.orders.imagine(now(ada), "a fox --repeat 5", [file(RED)])
    (step,) = refusal.value.steps
    job = await services.orders.release(now(ada), step.action.kept_id)  # type: ignore[union-attr]
    for one in (job, *await services.jobs.list_siblings(job)):
        await finished(services, one)
    assert [looked_at(request) for request in engine.requests] == [[(RED, 0.35, False)]] * 5


async def test_all_pictures_that_cannot_be_had_are_told_and_the_rest_drawn_by_a_press(
    services: Services, ada: Asker
) -> None:
    await services.uploads.bring(now(ada), file(RED))
    with pytest.raises(PromptError) as refusal:
        await services.orders.imagine(now(ada), "upload:1 upload:88 picture:99.1 a fox --ar 3:2")
    assert len(refusal.value.mistakes) == 2
    assert refusal.value.without == "upload:1 a fox --ar 3:2"
    (step,) = refusal.value.steps
    job = await services.orders.release(now(ada), step.action.kept_id)  # type: ignore[union-attr]
    assert job.prompt == "upload:1 a fox --ar 3:2"


async def test_nobody_draws_from_what_somebody_else_brought_nor_in_another_guild(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    await services.uploads.bring(now(ada), file(RED))
    for other in (replace(now(ada), user_id=777), replace(now(ada), guild_id=77)):
        with pytest.raises(UserError):
            await services.orders.imagine(other, "upload:1 a fox")
    assert not engine.requests


async def test_too_many_pictures_are_refused_before_any_is_fetched(services: Services, ada: Asker) -> None:
    links = ", ".join(f"https://a.example/{number}.png" for number in range(20))
    with pytest.raises(PromptError, match="names 20 pictures"):
        await services.orders.imagine(now(ada), f"{{{links}}} a fox")


@pytest.mark.usefixtures("sees")
async def test_files_hold_neither_links_nor_numbers_of_pictures(services: Services, ada: Asker) -> None:
    await services.uploads.bring(now(ada), file(RED))
    job = await imagined(services, ada, "upload:1 a fox --sref upload:1 --cref upload:1")
    assert "Pictures looked at: 3" in recipe_text(job)
    with pytest.raises(Impossible, match="others were looked at"):
        check_file(recipe_text(job))
    for text in (recipe_text(job), file_name(job, "token", "webp"), described(job)):
        assert "upload" not in text
        assert "fox" in text


async def test_several_are_blended_from_what_is_brought(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    for one in (file(RED), file(BLUE)):
        await services.uploads.bring(now(ada), one)
    job = await finished(services, await services.orders.blend_from(now(ada), [file(RED), file(BLUE)], None))
    assert job.prompt == "upload:1 upload:2"
    assert job.recipe.blend is not None
    assert job.recipe.blend.images == (UploadRef(upload_id=1), UploadRef(upload_id=2))
    start = engine.requests[-1].start
    assert isinstance(start, Start)
    assert isinstance(start.source, Mixture)


async def remixed(services: Services, asker: Asker, job: Job, kind: JobKind, text: str) -> Job:
    press = Press(kind=kind, job_id=job.id, index=0)
    return await finished(services, await services.orders.remix(now(asker), press, text))


@pytest.mark.usefixtures("sees")
async def test_a_remix_changes_how_much_pictures_count_adds_some_and_leaves_some_out(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    await services.uploads.bring(now(ada), file(RED))
    await services.uploads.bring(now(ada), file(BLUE))
    job = await imagined(services, ada, "upload:1 a fox")
    await remixed(services, ada, job, JobKind.VARY, "upload:1 a dog")
    assert looked_at(engine.requests[-1]) == [(RED, 0.35, False)]
    await remixed(services, ada, job, JobKind.VARY, "upload:1 a dog --iw 2")
    assert looked_at(engine.requests[-1]) == [(RED, 0.7, False)]
    await remixed(services, ada, job, JobKind.REROLL, "upload:1 upload:2::3 a dog")
    assert looked_at(engine.requests[-1]) == [(RED, 0.0875, False), (BLUE, 0.2625, False)]
    await remixed(services, ada, job, JobKind.VARY, "a dog")
    assert looked_at(engine.requests[-1]) == []


async def test_a_remix_of_a_beginning_is_no_other_beginning_by_mistake(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    job = await imagined(services, ada, "a fox", file(RED))
    await remixed(services, ada, job, JobKind.REROLL, "upload:1 a fox --iw 2")
    start = engine.requests[-1].start
    assert isinstance(start, Start)
    assert (start.strength, isinstance(start.source, Mixture)) == (0.5, True)
    await remixed(services, ada, job, JobKind.VARY, "upload:1 a dog")
    start = engine.requests[-1].start
    assert isinstance(start, Start)
    assert isinstance(start.source, bytes)
    await services.uploads.bring(now(ada), file(BLUE))
    with pytest.raises(PromptError, match="begins from the picture above"):
        await remixed(services, ada, job, JobKind.VARY, "upload:2 a dog")
    brought = await services.orders.edit_from(now(ada), file(RED), "a wall")
    await remixed(services, ada, brought, JobKind.VARY, "upload:1 a house")
    assert [part.text for part in engine.requests[-1].prompts] == ["a house"]
    assert engine.requests[-1].width * engine.requests[-1].height < 2 * 64**2


@pytest.mark.usefixtures("sees")
async def test_a_style_by_its_number_needs_no_eyes_and_stands_beside_pictures(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    job = await imagined(services, ada, "a fox --sref 12 upload:1", file(RED))
    assert looked_at(engine.requests[-1]) == [(RED, 0.35, False), (RED, 0.8, True)]
    assert engine.requests[-1].styles
    engine.model = replace(engine.model, capabilities=frozenset())
    with pytest.raises(PromptError) as refusal:
        await services.orders.imagine(now(ada), job.prompt)
    assert refusal.value.without == "upload:1 a fox --sref 12"
    anyhow = await imagined(services, ada, "a fox --sref random")
    (style,) = anyhow.recipe.prompt.parameters.style_references
    assert style.code is not None
    assert engine.requests[-1].styles
