"""Use as…: the menu, its panel and its forms, as Discord brings them."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.domain.uploads import Bytes
from bot.services import Services
from bot.storage.database import Database
from bot.storage.models import JobRow
from engine.api import Capability
from tests.bot.hand_engine import HandEngine
from tests.bot.services.community import ADA, change, delivered, now
from tests.bot.services.test_picture_prompts import file
from tests.bot.views.edge import Edge, attached


@pytest.fixture
def eyes(engine: HandEngine) -> None:
    """An engine that looks at pictures, and can put them into words."""
    both = frozenset({Capability.DESCRIBING, Capability.REFERENCES})
    engine.model = replace(engine.model, capabilities=both)


async def prompts_of(database: Database) -> list[str]:
    async with database.reading() as session:
        return list(await session.scalars(select(JobRow.prompt).order_by(JobRow.id)))


@pytest.mark.usefixtures("eyes")
async def test_a_picture_of_a_grid_is_chosen_and_drawn_from(
    edge: Edge, services: Services, database: Database
) -> None:
    job = await delivered(services, ADA, 700)
    which = await edge.choose("Use as…", 700)
    assert which.custom_ids == [f"use:{job.id}:choose:{index}" for index in range(4)]
    panel = await edge.press(f"use:{job.id}:choose:2")
    assert f"`picture:{job.id}.3`" in panel.content
    assert list(panel.buttons) == ["Image prompt", "Style", "Describe"]
    form = await edge.press(f"use:{job.id}:prompt:2")
    assert form.form == f"use:{job.id}:prompt:2"
    assert form.fields == {"prompt": f"picture:{job.id}.3 "}
    await edge.submit(f"use:{job.id}:prompt:2", prompt=f"picture:{job.id}.3::2 a fox")
    styled = await edge.press(f"use:{job.id}:style:2")
    assert styled.fields == {"prompt": ""}
    await edge.submit(f"use:{job.id}:style:2", prompt="a boat")
    assert (await prompts_of(database))[1:] == [
        f"picture:{job.id}.3::2 a fox",
        f"a boat --sref picture:{job.id}.3",
    ]


@pytest.mark.usefixtures("eyes")
async def test_it_is_put_into_words_in_private(edge: Edge, services: Services) -> None:
    job = await delivered(services, ADA, 700)
    told = await edge.press(f"use:{job.id}:describe:0")
    assert told.content.startswith("1️⃣ a of 64 by 64")
    assert "looked:0:again:1" in told.custom_ids
    flags = [call.body.get("flags", call.body.get("data", {}).get("flags")) for call in told.calls]
    assert 64 in flags


async def test_a_message_without_a_picture_is_told_so(edge: Edge) -> None:
    answer = await edge.choose("Use as…", 701)
    assert answer.content == "I see no picture in this message."


@pytest.mark.parametrize("custom_id", ["brought:1:prompt", "brought:1:style", "use:1:prompt:0"])
async def test_a_form_for_somebody_else_s_picture_draws_nothing(
    edge: Edge, services: Services, database: Database, custom_id: str
) -> None:
    await services.uploads.bring(now(ADA), _brought())
    name = "picture:1.1" if custom_id.startswith("use") else "upload:1"
    answer = await edge.submit(custom_id, user=101, prompt=f"{name} a fox")
    assert answer.is_acknowledged
    assert await prompts_of(database) == []


def _brought() -> Bytes:
    return file()


BOB = {"id": "101", "username": "bob", "discriminator": "0", "avatar": None}


async def test_somebody_s_posted_picture_is_used_where_the_guild_shares_them(
    edge: Edge, services: Services, database: Database, fetched: list[str]
) -> None:
    panel = await edge.choose("Use as…", 702, files=[attached()], author=BOB)
    assert "`upload:1`" in panel.content
    form = await edge.press("brought:1:prompt")
    assert form.fields == {"prompt": "upload:1 "}
    await edge.submit("brought:1:prompt", prompt="upload:1 a fox")
    assert await prompts_of(database) == ["upload:1 a fox"]
    await change(services, lambda settings: replace(settings, shares_pictures=False))
    refused = await edge.choose("Use as…", 702, files=[attached()], author=BOB)
    assert refused.content == "In this server everybody draws from their own pictures only."
    assert len(fetched) == 1
