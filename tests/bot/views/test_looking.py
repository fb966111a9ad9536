"""Prompts that were found, pressed as Discord brings it."""

import pytest
from sqlalchemy import select

from bot.messages import looking as messages
from bot.storage.database import Database
from bot.storage.models import JobRow
from tests.bot.views.edge import Edge

PROMPTS = ("a red fox --ar 3:2", "a {wild} fox, at dawn --ar 3:2", "a snake_case fox", "four foxes --no cats")
SHOWN = messages.described(PROMPTS, "en-US").content


async def prompts_of(database: Database) -> list[str]:
    async with database.reading() as session:
        return list(await session.scalars(select(JobRow.prompt).order_by(JobRow.id)))


async def test_a_number_opens_its_prompt_to_be_changed_and_drawn(edge: Edge, database: Database) -> None:
    opened = await edge.press("looked:0:draw:3", content=SHOWN, is_ephemeral=False)
    assert opened.form == "draw:0:prompt"
    assert dict(opened.fields) == {"prompt": "a snake_case fox"}
    answer = await edge.submit("draw:0:prompt", prompt="a snake_case fox, asleep")
    first = answer.calls[0].body["data"]
    assert first["content"].startswith("**a snake\\_case fox, asleep** - <@100>")
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
