"""Forms and panels under a picture, pressed as Discord brings them, against real services."""

import random
import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.domain.job import Job
from bot.domain.kinds import JobKind
from bot.imaging.canvas import written_area
from bot.imaging.regions import area_of
from bot.messages import custom_ids
from bot.messages.custom_ids import JobPress, RegionPress, of_change, of_job, of_region
from bot.messages.kinds import WORDS
from bot.services import Services
from bot.storage.database import Database
from bot.storage.models import JobRow
from tests.bot.services.community import ADA, delivered, now
from tests.bot.views.edge import Edge

PRIMARY = 1


async def jobs_in(database: Database) -> list[JobRow]:
    async with database.reading() as session:
        return list(await session.scalars(select(JobRow).order_by(JobRow.id)))


def under(job: Job, action: str, index: int = 0, how: str = "") -> str:
    return of_change(JobPress(job_id=job.id, action=action, index=index, how=how))


def part(job: Job, action: str, cells: int = 0, cell: int | None = None) -> str:
    return of_region(RegionPress(job_id=job.id, action=action, index=0, cells=cells, cell=cell))


async def test_remix_opens_a_form_with_the_prompt_and_draws_what_is_changed(
    edge: Edge, services: Services, database: Database
) -> None:
    job = await delivered(services, ADA, 5000, prompt="a red apple --ar 3:2")
    opened = await edge.press(under(job, "remix"), is_ephemeral=False)
    assert opened.fields == {"prompt": "a red apple --ar 3:2"}
    assert opened.form == under(job, "remix")
    assert opened.menus[:3] == [
        "Four new ones, from the words alone",
        "Picture 1, strongly varied",
        "Picture 1, subtly varied",
    ]
    await edge.submit(under(job, "remix"), prompt="a pear --ar 3:2", what="subtle-2")
    made = (await jobs_in(database))[-1]
    assert (made.kind, made.parent_index, made.reply_to) == (JobKind.VARY_SUBTLE, 2, 5000)
    assert made.recipe["is_remixed"]


async def test_in_remix_mode_v_asks_for_the_prompt_first(
    edge: Edge, services: Services, database: Database
) -> None:
    job = await delivered(services, ADA, 5000)
    await services.preferences.change(now(ADA), lambda wanted: replace(wanted, is_remix=True))
    for kind, how in ((JobKind.VARY, ""), (JobKind.REROLL, ""), (JobKind.PAN, "left")):
        opened = await edge.press(of_job(job.id, kind, 0, how), is_ephemeral=False)
        assert opened.form == under(job, kind, 0, how)
        assert opened.fields == {"prompt": "a red apple"}
    assert len(await jobs_in(database)) == 1
    await edge.submit(under(job, JobKind.PAN, 0, "left"), prompt="a pear")
    assert [made.kind for made in await jobs_in(database)] == ["imagine", "pan"]


async def test_custom_zoom_is_filled_with_a_zoom_that_can_be_changed(
    edge: Edge, services: Services, database: Database
) -> None:
    job = await delivered(services, ADA, 5000)
    opened = await edge.press(under(job, "custom_zoom"), is_ephemeral=False)
    assert opened.fields == {"prompt": "a red apple --zoom 2"}
    await edge.submit(under(job, "custom_zoom"), prompt="a red apple --zoom 1 --ar 2:1")
    made = (await jobs_in(database))[-1]
    assert made.kind == JobKind.ZOOM
    assert made.recipe["edit"]["canvas"] == {"width": 128, "height": 64}


async def test_a_mistake_in_a_form_is_told_with_what_was_typed_and_the_way_back(
    edge: Edge, services: Services, database: Database
) -> None:
    job = await delivered(services, ADA, 5000)
    refused = await edge.submit(under(job, "remix"), prompt="a pear --chaos 300", what="vary-1")
    assert "--chaos" in refused.content
    assert "Your prompt" not in refused.content
    assert under(job, "remix") in refused.custom_ids
    frames = {frame["title"]: frame["description"] for frame in refused.frames}
    assert frames == {"Prompt": "a pear --chaos 300", "What is drawn?": "Picture 2, strongly varied"}
    again = await edge.press(under(job, "remix"), frames=refused.frames)
    assert again.fields == {"prompt": "a pear --chaos 300"}
    (fix,) = [found for found in refused.custom_ids if found.startswith("kept:")][:1]
    await edge.press(fix)
    assert [made.kind for made in await jobs_in(database)] == ["imagine", "vary"]


async def test_cells_are_chosen_in_a_private_panel_and_drawn_with_the_prompt(
    edge: Edge, services: Services, database: Database
) -> None:
    job = await delivered(services, ADA, 5000)
    opened = await edge.press(under(job, "choose_region"), is_ephemeral=False)
    assert opened.calls[0].body["data"]["flags"] == 64
    assert [label for label, style in opened.buttons.items() if style == PRIMARY] == []
    chosen = await edge.press(part(job, "toggle", 0, 5))
    chosen = await edge.press(part(job, "toggle", 1 << 4, 9))
    assert [label for label, style in chosen.buttons.items() if style == PRIMARY] == ["5", "9"]
    cells = 1 << 4 | 1 << 8
    form = await edge.press(part(job, "draw", cells))
    assert form.fields == {"prompt": "a red apple"}
    said = await edge.submit(part(job, "draw", cells), prompt="a pear")
    assert said.content == "It is drawn in a message of its own."
    made = (await jobs_in(database))[-1]
    assert (made.kind, made.reply_to) == (JobKind.REGION, 5000)
    assert made.recipe["edit"]["area"] == written_area(area_of(cells, (64, 64)))


async def test_words_are_looked_for_and_shown_and_a_press_draws_them(
    edge: Edge, services: Services, database: Database
) -> None:
    job = await delivered(services, ADA, 5000, prompt="cat wearing red hat")
    form = await edge.press(part(job, "words"))
    assert form.fields == {"words": "", "prompt": "cat wearing red hat"}
    found = await edge.submit(part(job, "words"), words="the hat", prompt="cat wearing blue hat")
    assert found.is_acknowledged
    assert "This is drawn anew" in found.content
    (draw,) = [one for one in found.custom_ids if one.startswith("kept:")]
    await edge.press(draw)
    assert (await jobs_in(database))[-1].kind == JobKind.REGION
    unknown = await edge.submit(part(job, "words"), words="the boat", prompt="cat wearing red hat")
    assert "`the boat` is not in the prompt" in unknown.content


async def test_no_altered_button_draws_or_breaks_anything(
    edge: Edge, services: Services, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """A thousand, of every button under a picture and of its panel: letters and numbers are changed."""
    job = await delivered(services, ADA, 5000)
    before = len(await jobs_in(database))
    real = [
        *(button.custom_id for row in WORDS[JobKind.PICK].rows(job) for button in row),
        *(button.custom_id for row in WORDS[JobKind.IMAGINE].rows(job) for button in row),
        *(part(job, action, 3, None) for action in ("draw", "words", "mask")),
        part(job, "toggle", 3, 2),
    ]
    chance = random.Random(13)
    stranger = job.id + 10**6
    tried = set[str]()
    while len(tried) < 1000:
        kind, _, *rest = chance.choice(real).split(":")
        altered = ":".join([kind, str(chance.choice([stranger, 10**17, 0])), *rest])
        place = chance.randrange(len(altered))
        letter = chance.choice("0123456789abcz:-_.%\u0660 ")
        altered = chance.choice([altered, altered[:place] + letter + altered[place + 1 :]])
        if f":{job.id}:" not in altered and chance.random() < 0.9:
            tried.add(altered + chance.choice(["", "0", ":0", ":0:x", "-9"]))
    patterns = (custom_ids.JOB, custom_ids.CHANGE, custom_ids.REGION, custom_ids.PICTURE)
    for altered in tried:
        known = any(re.fullmatch(pattern, altered) for pattern in patterns)
        answer = await edge.press(altered, user=101)
        assert answer.is_acknowledged == known
        assert answer.form is None
    assert len(await jobs_in(database)) == before
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
