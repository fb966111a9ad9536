"""Vary (Region): cells, words and masks become an area that is drawn anew, for whom and from what."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from bot.domain.asker import Asker
from bot.domain.errors import Impossible, NotAllowed, TooManyJobs, Unreadable, UserError
from bot.domain.job import Job
from bot.domain.kinds import JobKind
from bot.domain.next_steps import Draw, NextStep
from bot.domain.sentences import say
from bot.messages import jobs as messages
from bot.services import Services
from bot.services.orders import Press
from tests.bot.hand_engine import HandEngine
from tests.bot.presses import pick
from tests.bot.services.community import MODERATOR, delivered, drawn, finished
from tests.bot.services.test_edits import changed, now, tiles

WORDS = "cat wearing red hat"


def region(job: Job, index: int = 0) -> Press:
    return Press(kind=JobKind.REGION, job_id=job.id, index=index)


async def released(services: Services, asker: Asker, step: NextStep) -> Job:
    assert isinstance(step.action, Draw)
    return await finished(services, await services.orders.release(now(asker), step.action.kept_id))


async def test_chosen_cells_are_drawn_anew_and_nothing_else(services: Services, ada: Asker) -> None:
    grid = await delivered(services, ada, 5000, WORDS)
    tile = await pick(services, now(ada), grid.id, 2)
    job = await finished(
        services, await services.regions.in_cells(now(ada), region(tile), 1 << 4, "cat wearing blue hat")
    )
    old = (await tiles(services, grid))[2]
    middle = np.zeros((64, 64), dtype=bool)
    middle[21:43, 21:43] = True
    for new in await tiles(services, job):
        assert (new[~middle] == old[~middle]).all()
        assert (new[middle] != old[middle]).any()
    assert "Remix (Region) by <@100>" in messages.result(job).content
    plain = await services.regions.in_cells(now(ada), region(grid, 2), 1, WORDS)
    assert "Variations (Region) by <@100>" in messages.result(plain).content
    assert plain.reply_to == 5000


async def test_no_cell_is_a_sentence(services: Services, ada: Asker) -> None:
    grid = await drawn(services, ada)
    with pytest.raises(Unreadable, match="No cell is chosen"):
        await services.regions.in_cells(now(ada), region(grid), 0, "a pear")


async def test_words_are_found_and_shown_before_they_are_drawn(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    grid = await drawn(services, ada, WORDS)
    before = len(engine.requests)
    found = await services.regions.by_words(now(ada), region(grid, 1), "the red hat", "cat wearing blue hat")
    assert len(engine.requests) == before
    assert engine.explained[-1].drawing.seeds == (grid.recipe.seeds[1],)
    assert 0.1 < found.share < 0.6
    assert found.picture.startswith(b"\xff\xd8")
    job = await released(services, ada, found.step)
    assert (job.kind, job.user_id, job.prompt) == (JobKind.REGION, 100, "cat wearing blue hat")
    mask = engine.requests[-1].mask
    assert mask is not None
    assert np.asarray(mask.area)[50:].mean() > 200


async def test_a_mask_is_shown_before_it_is_drawn(services: Services, engine: HandEngine, ada: Asker) -> None:
    grid = await drawn(services, ada)
    mask = Image.new("RGB", (640, 640))
    mask.paste((255, 255, 255), (0, 0, 320, 640))
    found = await services.regions.by_mask(now(ada), region(grid), mask, "a pear")
    assert found.share == pytest.approx(0.5, abs=0.01)
    await released(services, ada, found.step)
    drawn_anew = engine.requests[-1].mask
    assert drawn_anew is not None
    assert np.asarray(drawn_anew.area)[:, :32].min() == 255
    assert np.asarray(drawn_anew.area)[:, 32:].max() == 0


@pytest.mark.parametrize(
    ("mask", "sentence"),
    [(Image.new("L", (64, 64)), "marks nothing"), (Image.new("L", (64, 128), 255), "another shape")],
    ids=["black", "tall"],
)
async def test_a_mask_that_is_none_is_said(
    services: Services, ada: Asker, mask: Image.Image, sentence: str
) -> None:
    grid = await drawn(services, ada)
    with pytest.raises(Unreadable, match=sentence):
        await services.regions.by_mask(now(ada), region(grid), mask, "a pear")


async def test_what_is_no_picture_of_ones_own_making_is_refused_before_it_is_looked_for(
    services: Services, engine: HandEngine, ada: Asker
) -> None:
    grid = await drawn(services, ada, WORDS)
    bob = replace(ada, user_id=101)
    await services.guilds.set(MODERATOR, {"press-others": "off"})
    with pytest.raises(NotAllowed):
        await services.regions.show(now(bob), region(grid), 0)
    with pytest.raises(NotAllowed):
        await services.regions.by_words(now(bob), region(grid), "hat", WORDS)
    with pytest.raises(UserError):
        await services.regions.by_words(now(ada), region(grid), "hat", "a nude child")
    await services.sanctions.block(MODERATOR, 100, span=None, reason="spam")
    with pytest.raises(NotAllowed, match="spam"):
        await services.regions.by_words(now(ada), region(grid), "hat", WORDS)
    assert not engine.explained


async def test_words_are_looked_for_once_at_a_time(services: Services, ada: Asker) -> None:
    grid = await drawn(services, ada, WORDS)
    with (
        services.regions._looking.serving(ada.user_id, NotAllowed(say("not reached"))),
        pytest.raises(TooManyJobs, match="still looking"),
    ):
        await services.regions.by_words(now(ada), region(grid), "hat", WORDS)
    await services.regions.by_words(now(ada), region(grid), "hat", WORDS)


async def test_an_upscaled_picture_has_no_areas_to_choose(services: Services, ada: Asker) -> None:
    large = await changed(services, ada, await drawn(services, ada), JobKind.UPSCALE_SUBTLE)
    with pytest.raises(Impossible, match="upscaled picture"):
        await services.regions.show(now(ada), region(large), 0)
