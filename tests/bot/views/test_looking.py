"""Prompts that were found, pressed as Discord brings it."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.messages import looking as messages
from bot.storage.database import Database
from bot.storage.models import JobRow
from engine.api import Capability, Describe
from tests.bot.hand_engine import HandEngine
from tests.bot.views.edge import Edge, attached

PROMPTS = ("a red fox --ar 3:2", "a {wild} fox, at dawn --ar 3:2", "a snake_case fox", "four foxes --no cats")
SHOWN = messages.described(PROMPTS, "en-US").content


async def prompts_of(database: Database) -> list[str]:
    async with database.reading() as session:
        return list(await session.scalars(select(JobRow.prompt).order_by(JobRow.id)))


async def test_a_number_opens_its_prompt_to_be_changed_and_drawn(edge: Edge, database: Database) -> None:
    opened = await edge.press("looked:0:draw:3", content=SHOWN, is_ephemeral=False)
    assert opened.form == "draw:0:prompt"
    assert dict(opened.fields) == {"prompt": "a snake_case fox"}
    await edge.submit("draw:0:prompt", prompt="a snake_case fox, asleep")
    assert await prompts_of(database) == ["a snake_case fox, asleep"]


async def test_all_of_them_are_one_batch(edge: Edge, database: Database) -> None:
    await edge.press("looked:0:all", content=SHOWN, is_ephemeral=False)
    assert await prompts_of(database) == list(PROMPTS)
    async with database.reading() as session:
        assert len(set(await session.scalars(select(JobRow.source)))) == 1


@pytest.mark.parametrize("custom_id", ["looked:0:draw:5", "looked:0:all", "looked:0:draw"])
async def test_a_press_on_what_is_not_offered_draws_nothing(
    edge: Edge, database: Database, custom_id: str
) -> None:
    answer = await edge.press(custom_id, content="" if custom_id.endswith("all") else SHOWN)
    assert "do not know this button" in answer.content
    assert await prompts_of(database) == []


async def test_what_a_form_holds_is_refused_with_what_was_typed(edge: Edge) -> None:
    answer = await edge.submit("draw:0:prompt", prompt="a fox --nope")
    assert "--nope" in answer.content
    assert "```\na fox --nope\n```" in answer.content


@pytest.fixture
def eyes(engine: HandEngine) -> None:
    """An engine that can put pictures into words."""
    engine.model = replace(engine.model, capabilities=frozenset({Capability.DESCRIBING}))


@pytest.mark.usefixtures("eyes")
async def test_a_picture_is_described_for_all_and_in_other_words_by_a_press(
    edge: Edge, fetched: list[str], engine: HandEngine
) -> None:
    told = await edge.run("describe", image=attached())
    assert told.content.startswith("1️⃣ a of 96 by 48 --ar 2:1\n\n2️⃣ b of 96 by 48")
    shown = [
        body for call in told.calls if "1️⃣" in (body := call.body.get("data", call.body)).get("content", "")
    ]
    assert [file["filename"] for file in shown[0]["attachments"]] == ["picture.png"]
    assert not shown[0].get("flags")
    assert told.custom_ids[-2:] == ["looked:0:again:1", "looked:0:all"]
    again = await edge.press(
        "looked:0:again:1", content=told.content, files=[attached("picture.png")], is_ephemeral=False
    )
    assert again.custom_ids[-2:] == ["looked:0:again:2", "looked:0:all"]
    assert [request.seed for request in engine.looked if isinstance(request, Describe)] == [0, 1]
    assert len(fetched) == 2
    gone = await edge.press("looked:0:again:1", content=told.content)
    assert "The picture is gone" in gone.content


async def test_a_description_needs_one_picture(edge: Edge, fetched: list[str]) -> None:
    assert "Which picture?" in (await edge.run("describe")).content
    both = await edge.run("describe", image=attached(), link="picture:1.1")
    assert "There are two pictures" in both.content
    assert not fetched


async def test_what_is_chosen_beside_a_prompt_is_written_behind_it(
    edge: Edge, database: Database, fetched: list[str]
) -> None:
    await edge.run("imagine", prompt="a fox --no cats", image1=attached(), aspect="3:2")
    assert await prompts_of(database) == ["upload:1 a fox --ar 3:2 --no cats"]
    twice = await edge.run("imagine", prompt="a fox --ar 2:3", aspect="3:2")
    assert "`--ar` appears 2 times" in twice.content
    assert len(fetched) == 1
