"""How pictures of a channel came about: for whom it is drawn once more, and when it is not."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bot.domain.errors import Impossible, NotAllowed, NotFound, Unavailable
from bot.domain.job import Job
from bot.domain.kinds import JobKind
from bot.domain.recipe import Recipe
from bot.imaging.sheet import sheet
from bot.services import Services
from bot.services.explaining import Explanation
from bot.services.orders import Press
from engine.errors import GenerationFailed
from tests.bot.hand_engine import HandEngine
from tests.bot.services.community import ADA, OUTSIDER, change, delivered, finished, now, spent
from tests.bot.services.test_taking_back import files, picked

BOB = replace(ADA, user_id=101)


async def tile(services: Services) -> Job:
    """The second picture of a grid, whose message is 5001."""
    return await picked(services, await delivered(services, ADA, 5000, "a red fox"), 5001)


async def test_it_is_drawn_once_kept_with_the_picture_and_free(
    services: Services, engine: HandEngine, tmp_path: Path
) -> None:
    shown = await tile(services)
    made = await services.makings_of.get(now(ADA), 5001)
    assert made.recipe == shown.recipe
    with Image.open(BytesIO(made.words)) as sheet, Image.open(BytesIO(made.denoising)) as film:
        assert (sheet.format, film.format) == ("WEBP", "WEBP")
        assert getattr(film, "n_frames", 1) == 2
    again = await services.makings_of.get(now(BOB), 5001)
    assert (again, len(engine.explained)) == (made, 1)
    assert await spent(services, ADA) == (4, 0)
    assert [name for name in files(tmp_path) if name.endswith(".webp")] == [
        f"{shown.parent.job_id}-1.denoising.webp" if shown.parent else "",
        f"{shown.parent.job_id}-1.words.webp" if shown.parent else "",
    ]
    await services.taking_back.delete(now(ADA), 1)
    assert files(tmp_path) == []


async def test_a_word_that_is_read_otherwise_stands_there_with_what_is_read(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    await picked(services, await delivered(services, ADA, 5000, "a knight"), 5001)
    labels: list[str] = []

    def noted(picture: Image.Image, words: Sequence[tuple[str, Image.Image]]) -> bytes:
        labels.extend(word for word, _ in words)
        return sheet(picture, words)

    monkeypatch.setattr("bot.services.making_of.sheet", noted)
    await services.makings_of.get(now(ADA), 5001)
    assert labels == ["a", "knight → prince"]


async def test_one_at_a_time_for_each_member_and_one_drawing_for_all_who_ask(
    services: Services, engine: HandEngine
) -> None:
    await tile(services)
    asked = [asyncio.create_task(services.makings_of.get(now(one), 5001)) for one in (ADA, BOB)]
    while len(services.makings_of._busy) < 2:
        await asyncio.sleep(0)
    with pytest.raises(NotAllowed, match="one at a time"):
        await services.makings_of.get(now(ADA), 5001)
    first, second = await asyncio.gather(*asked)
    assert (first.words, len(engine.explained)) == (second.words, 1)


async def test_what_was_enlarged_is_told_as_it_was_before(services: Services, engine: HandEngine) -> None:
    shown = await tile(services)
    press = Press(kind=JobKind.UPSCALE_SUBTLE, job_id=shown.id)
    large = await finished(services, await services.orders.press(now(ADA), press))
    await services.outbox.delivered(large, 5002)
    made = await services.makings_of.get(now(ADA), 5002)
    assert (made.job.id, made.recipe) == (large.id, shown.recipe)
    assert engine.explained[0].drawing.seeds == shown.recipe.seeds


async def test_it_is_refused_in_words(services: Services, engine: HandEngine) -> None:
    await tile(services)
    with pytest.raises(Impossible, match="single pictures"):
        await services.makings_of.get(now(ADA), 5000)
    with pytest.raises(NotFound):
        await services.makings_of.get(now(OUTSIDER), 5001)
    engine.fails_with = GenerationFailed("not now")
    with pytest.raises(Unavailable):
        await services.makings_of.get(now(ADA), 5001)
    engine.fails_with = None
    await change(services, lambda settings: replace(settings, is_paused=True))
    with pytest.raises(Unavailable, match="paused"):
        await services.makings_of.get(now(ADA), 5001)


async def test_another_picture_than_the_one_that_is_kept_is_not_shown_as_it(
    services: Services, tmp_path: Path
) -> None:
    await tile(services)
    for path in (tmp_path / "images").glob("*/*-1.png"):
        Image.new("RGB", (64, 64), "white").save(path)
    with pytest.raises(Impossible, match="another picture"):
        await services.makings_of.get(now(ADA), 5001)


async def test_what_is_kept_for_a_while_goes_after_it(services: Services) -> None:
    await tile(services)
    await services.makings_of.get(now(ADA), 5001)
    assert await services.makings_of.purge() == 0


async def test_of_a_picture_that_is_taken_back_meanwhile_nothing_is_kept(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tile(services)
    explain = services.explaining.explain

    async def forgetting(recipe: Recipe, *, fairness_key: str) -> Explanation:
        told = await explain(recipe, fairness_key=fairness_key)
        await services.forgetting.forget(now(ADA))
        return told

    monkeypatch.setattr(services.explaining, "explain", forgetting)
    with pytest.raises(NotFound):
        await services.makings_of.get(now(BOB), 5001)
    assert files(tmp_path) == []
