"""Other words for what a button draws: what stays of the picture, what changes, and who may press at all."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from bot.domain.asker import Asker
from bot.domain.errors import Impossible, NotAllowed, PromptError, PromptRefused, UserError
from bot.domain.job import Job
from bot.domain.kinds import JobKind
from bot.domain.rules import Place, Weight
from bot.messages import jobs as messages
from bot.services import Services
from bot.services.orders import Press
from engine import api
from tests.bot.hand_engine import HandEngine
from tests.bot.presses import pick, vary
from tests.bot.services.community import MODERATOR, drawn, finished
from tests.bot.services.test_edits import now
from tests.bot.services.test_picture_prompts import RED, file


async def remixed(
    services: Services, asker: Asker, job: Job, text: str, kind: JobKind = JobKind.VARY, how: str = ""
) -> Job:
    """A finished remix of a job's second picture."""
    press = Press(kind=kind, job_id=job.id, index=1, how=how)
    return await finished(services, await services.orders.remix(now(asker), press, text))


async def test_a_remix_begins_from_the_picture_with_other_words_and_parameters(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    grid = await drawn(services, ada, "a red apple --ar 3:2")
    job = await remixed(services, ada, grid, "a green apple --ar 3:2 --seed 12 --chaos 20 --no leaf")
    request = engine.requests[-1]
    assert request.start is not None
    assert request.start.source == grid.recipe.seeds[1].to_bytes(4)
    assert request.prompts[0].text == "a green apple"
    assert (request.negative_prompt, request.seeds[0]) == ("leaf", 12)
    assert request.spread is not None
    assert job.recipe.canvas == grid.recipe.canvas
    assert messages.result(job).content.startswith(
        "**a green apple --ar 3:2 --no leaf --seed 12 --chaos 20**"
    )
    assert "Remix (Strong) by <@100>" in messages.result(job).content


@pytest.mark.parametrize("kind", [JobKind.VARY, JobKind.VARY_SUBTLE, JobKind.REROLL])
async def test_without_a_change_it_is_the_plain_press(services: Services, ada: Asker, kind: JobKind) -> None:
    grid = await drawn(services, ada, "a red apple --seed 7")
    job = await remixed(services, ada, grid, "a red  apple --seed 7", kind)
    plain = await finished(
        services, await services.orders.press(now(ada), Press(kind=kind, job_id=grid.id, index=1))
    )
    assert replace(job.recipe, seed=0) == replace(plain.recipe, seed=0)
    assert job.recipe.seed != 7
    assert "Remix" not in messages.result(job).content


async def test_another_shape_is_obeyed_and_the_picture_cut_to_it(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    grid = await drawn(services, ada, "a red apple")
    for kind in (JobKind.VARY, JobKind.VARY_SUBTLE):
        job = await remixed(services, ada, grid, "a red apple --ar 2:1", kind)
        request = engine.requests[-1]
        assert request.width == 2 * request.height
        assert request.start is not None
        assert isinstance(request.start.source, Image.Image)
        assert request.start.source.size == (request.width, request.height)
        assert request.variation is None
        assert "It had another shape: its middle was taken." in messages.result(job).content


async def test_a_reroll_with_other_words_draws_from_them_alone(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    grid = await drawn(services, ada, "a red apple")
    await remixed(services, ada, grid, "a pear --steps 3", JobKind.REROLL)
    request = engine.requests[-1]
    assert (request.start, request.prompts[0].text, request.num_inference_steps) == (None, "a pear", 3)


async def test_a_pan_with_other_words_says_the_shape_that_comes_of_it(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    grid = await drawn(services, ada, "a red apple")
    job = await remixed(services, ada, grid, "a pear", JobKind.PAN, "right")
    assert job.prompt == "a pear --ar 3:2"
    assert engine.requests[-1].mask is not None
    assert "Pan Right by <@100>" in messages.result(job).content
    with pytest.raises(PromptError, match="leave `--ar` as it was"):
        await remixed(services, ada, grid, "a pear --ar 1:2", JobKind.PAN, "right")


async def test_a_remix_is_one_prompt_and_its_mistakes_can_be_mended(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    grid = await drawn(services, ada)
    for text, sentence in (
        ("a {red, blue} apple", "here can be one only"),
        ("a pear --repeat 3", "one prompt"),
    ):
        with pytest.raises(PromptError, match=sentence):
            await remixed(services, ada, grid, text)
    with pytest.raises(UserError) as refusal:
        await remixed(services, ada, grid, "a pear --ar 3:2 --chaos 200")
    assert refusal.value.prompt == "a pear --ar 3:2 --chaos 200"
    steps = refusal.value.steps
    assert steps
    job = await finished(services, await services.orders.release(now(ada), steps[-1].action.kept_id))  # type: ignore[union-attr]
    assert (job.kind, job.recipe.is_remixed) == (JobKind.VARY, True)
    assert engine.requests[-1].start is not None


async def test_words_of_a_remix_are_the_presser_s_own(services: Services, ada: Asker) -> None:
    grid = await drawn(services, ada)
    await services.rules.add(MODERATOR, "pear", weight=Weight.SOFT, place=Place.ANYWHERE)
    bob = replace(ada, user_id=101)
    with pytest.raises(PromptRefused, match="careful with `pear`"):
        await remixed(services, bob, grid, "a pear")
    with pytest.raises(UserError, match=r"minors|children|young"):
        await remixed(services, bob, grid, "a nude child")


async def test_what_goes_on_from_a_remix_is_no_remix(services: Services, ada: Asker) -> None:
    grid = await drawn(services, ada)
    job = await remixed(services, ada, grid, "a pear")
    for child in (
        await pick(services, now(ada), job.id, 0),
        await finished(services, await vary(services, now(ada), job.id, 0)),
    ):
        assert not child.recipe.is_remixed


async def test_where_others_may_not_press_only_its_member_goes_on_from_a_picture(
    services: Services, ada: Asker
) -> None:
    grid = await drawn(services, ada)
    bob = replace(ada, user_id=101)
    await services.guilds.set(MODERATOR, {"press-others": "off"})
    only_its_own = "only the member who asked for a picture"
    with pytest.raises(NotAllowed, match=only_its_own):
        await vary(services, now(bob), grid.id, 0)
    with pytest.raises(NotAllowed, match=only_its_own):
        await pick(services, now(bob), grid.id, 0)
    with pytest.raises(NotAllowed, match=only_its_own):
        await remixed(services, bob, grid, "a pear")
    await pick(services, now(ada), grid.id, 0)
    await services.guilds.set(MODERATOR, {"press-others": "on"})
    await pick(services, now(bob), grid.id, 0)


@pytest.mark.parametrize(
    ("text", "canvas", "place"),
    [
        ("a red apple --zoom 1.6", (64, 64), (40, 40)),
        ("a red apple", (64, 64), (32, 32)),
        ("a pear --zoom 1 --ar 2:1", (128, 64), (64, 64)),
        ("a red apple --zoom 2 --ar 1:2", (64, 128), (32, 32)),
        ("a pear --zoom 2 --ar 21:9", (149, 64), (32, 32)),
    ],
)
async def test_a_custom_zoom_goes_as_far_and_into_the_shape_that_its_prompt_says(
    services: Services, ada: Asker, text: str, canvas: tuple[int, int], place: tuple[int, int]
) -> None:
    grid = await drawn(services, ada)
    job = await remixed(services, ada, grid, text, JobKind.ZOOM, "custom")
    edit = job.recipe.edit
    assert edit is not None
    assert (edit.canvas.width, edit.canvas.height) == canvas
    assert (edit.place.width, edit.place.height) == place
    assert "zoom" not in job.prompt
    old = (await services.pictures.make_print(grid)).tiles[1].resize(place, Image.Resampling.LANCZOS)
    tile = (await services.pictures.make_print(job)).tiles[0]
    assert (np.asarray(tile.crop(edit.place.corners)) == np.asarray(old)).all()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a red apple --zoom 3", "from 1 to 2"),
        ("a red apple --zoom far", "--zoom"),
        ("a red apple --zoom 1", "nothing around this picture"),
    ],
)
async def test_a_custom_zoom_that_cannot_be_is_said(
    services: Services, ada: Asker, text: str, sentence: str
) -> None:
    grid = await drawn(services, ada)
    with pytest.raises(UserError, match=sentence):
        await remixed(services, ada, grid, text, JobKind.ZOOM, "custom")


async def test_a_picture_that_was_brought_is_remixed_and_repainted_like_any_other(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    job = await services.orders.edit_from(now(ada), file(RED, (96, 48)), "a red wall")
    for kind in (JobKind.VARY, JobKind.VARY_SUBTLE):
        press = Press(kind=kind, job_id=job.id)
        made = await finished(services, await services.orders.remix(now(ada), press, "upload:1 a blue wall"))
        assert made.prompt == "upload:1 a blue wall"
        start = engine.requests[-1].start
        assert start is not None
        assert isinstance(start.source, Image.Image)
        assert start.source.size == (96, 48)
    press = Press(kind=JobKind.REGION, job_id=job.id)
    painted = await finished(services, await services.regions.in_cells(now(ada), press, 1, job.prompt))
    tile = (await services.pictures.make_print(painted)).tiles[0]
    assert tile.getpixel((90, 40)) == RED
    with pytest.raises(Impossible, match="not drawn from words"):
        await services.regions.by_words(now(ada), press, "wall", job.prompt)


async def test_a_remix_may_look_at_another_picture_where_the_model_can(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    grid = await drawn(services, ada)
    await services.uploads.bring(now(ada), file(RED))
    with pytest.raises(PromptError, match="begins from the picture above already"):
        await remixed(services, ada, grid, "upload:1 a pear")
    engine.model = replace(engine.model, capabilities=frozenset({api.Capability.REFERENCES}))
    job = await remixed(services, ada, grid, "upload:1 a pear")
    request = engine.requests[-1]
    assert request.start is not None
    (seen,) = request.references
    assert seen.picture.getpixel((5, 5)) == RED
    again = await remixed(services, ada, job, "upload:1 a plum")
    assert again.recipe.references == job.recipe.references
    assert not (await remixed(services, ada, job, "a plum")).recipe.references
