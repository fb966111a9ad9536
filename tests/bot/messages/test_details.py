"""What is read of one picture in private, word for word."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from bot.domain.canvas import Box
from bot.domain.job import Job, JobStatus
from bot.domain.kinds import JobKind
from bot.domain.prompt import parse
from bot.domain.recipe import Blend, Canvas, Control, Edit, Enlargement, ImageRef, Start, Variation
from bot.messages import details as messages
from bot.messages.payload import MAX_CONTENT
from bot.services.shown import Details
from bot.services.taking_back import Choice
from tests.bot.builders import RECIPE, job

LOCALE = "en-US"
PARENT = ImageRef(job_id=800, index=1)
GRID = job(status=JobStatus.DELIVERED, result_message_id=5000)
TILE = replace(GRID, kind=JobKind.PICK, parent=PARENT, recipe=RECIPE.only(1), result_message_id=5001)
VARIED = replace(
    GRID, kind=JobKind.VARY, parent=PARENT, recipe=replace(RECIPE, start=Start(image=PARENT, strength=0.7))
)
SUBTLE = replace(
    GRID,
    kind=JobKind.VARY_SUBTLE,
    parent=PARENT,
    recipe=replace(RECIPE, variation=Variation(seed=9, strength=0.2)),
)
PANNED = replace(
    GRID,
    kind=JobKind.PAN,
    parent=PARENT,
    recipe=replace(
        RECIPE,
        edit=Edit(
            image=PARENT,
            canvas=Canvas(width=384, height=256),
            place=Box(left=0, top=0, width=256, height=256),
            window=Box(left=128, top=0, width=256, height=256),
        ),
    ),
)
UPSCALED = replace(
    GRID,
    kind=JobKind.UPSCALE_SUBTLE,
    parent=PARENT,
    recipe=replace(RECIPE.only(1), enlargement=Enlargement(image=PARENT, factor=2)),
)
UPSCALED_CREATIVELY = replace(
    GRID,
    kind=JobKind.UPSCALE_CREATIVE,
    parent=PARENT,
    recipe=replace(
        RECIPE.only(1),
        canvas=Canvas(width=512, height=512),
        start=Start(image=PARENT, strength=0.3),
        window=256,
    ),
)
STEERED = replace(
    GRID, recipe=replace(RECIPE, control=Control(image=PARENT, kind="edges", name="edges-xl", scale=0.8))
)
OLD = replace(GRID, id=800)


def details(of: object = GRID, **changes: object) -> Details:
    """Details of somebody else's picture."""
    return replace(
        Details(job=GRID, parent=None, is_own=False, is_model_changed=False),
        job=of,  # type: ignore[arg-type]
        **changes,  # type: ignore[arg-type]
    )


def test_details(snapshot: SnapshotAssertion) -> None:
    long = job(prompt="a wide harbour at dawn, " * 100)
    assert {
        "grid": messages.details(details(), LOCALE),
        "one's own": messages.details(details(is_own=True), LOCALE),
        "tile": messages.details(details(TILE, parent=OLD), LOCALE),
        "variations": messages.details(details(VARIED, parent=OLD), LOCALE),
        "subtle variations": messages.details(details(SUBTLE, parent=OLD), LOCALE),
        "pan": messages.details(details(PANNED, parent=OLD), LOCALE),
        "steered": messages.details(details(STEERED), LOCALE),
        "upscaled": messages.details(details(UPSCALED, parent=OLD), LOCALE),
        "upscaled creatively": messages.details(details(UPSCALED_CREATIVELY, parent=OLD), LOCALE),
        "drawn anew from what is not posted": messages.details(
            details(
                replace(GRID, kind=JobKind.REROLL, parent=PARENT), parent=replace(OLD, result_message_id=None)
            ),
            LOCALE,
        ),
        "of what is gone": messages.details(details(TILE), LOCALE),
        "after a change of the model": messages.details(details(is_model_changed=True), LOCALE),
        "too long": messages.details(details(long), LOCALE)[0],
    } == snapshot


def test_taking_back(snapshot: SnapshotAssertion) -> None:
    assert {
        "grid": messages.question(Choice(job=GRID, is_own=True), LOCALE),
        "with tiles": messages.question(Choice(job=GRID, is_own=True, own_tiles=1, other_tiles=2), LOCALE),
        "hidden": messages.question(Choice(job=replace(GRID, is_hidden=True), is_own=True), LOCALE),
        "tile": messages.question(Choice(job=TILE, is_own=True), LOCALE),
        "in a direct message": messages.question(
            Choice(job=replace(GRID, is_direct_message=True), is_own=True), LOCALE
        ),
        "by a moderator": messages.question(Choice(job=GRID, is_own=False), LOCALE),
        "deleted": messages.deleted(Choice(job=GRID, is_own=True), LOCALE),
        "deleted by a moderator": messages.deleted(Choice(job=GRID, is_own=False), LOCALE),
        "now hidden": messages.hidden(GRID, LOCALE, is_hidden=True),
        "shown again": messages.hidden(GRID, LOCALE, is_hidden=False),
        "cancelled": messages.cancelled(LOCALE),
    } == snapshot


@pytest.mark.parametrize("of", [GRID, TILE, VARIED, PANNED, UPSCALED])
def test_what_the_line_draws_is_said_before_the_line(of: Job) -> None:
    before, _, after = messages.details(details(of), LOCALE)[0].content.split("```")
    is_other = "made from another picture" in before
    assert is_other is (of not in {GRID, TILE})
    assert "draw" in before.splitlines()[1]
    assert "prompt and seed" not in after


@pytest.mark.parametrize(
    ("choice", "first"),
    [
        (
            Choice(job=GRID, is_own=True, own_tiles=2, other_tiles=1),
            "**This deletes the grid and the 2 pictures that were picked from it for good.**",
        ),
        (
            Choice(job=GRID, is_own=False, own_tiles=2, other_tiles=1),  # a moderator takes all of it
            (
                "**This deletes the grid and the 3 pictures that were picked from it for good.** "
                "It belongs to <@3>; /audit will name you."
            ),
        ),
        (Choice(job=TILE, is_own=True), "**This deletes the picture for good.**"),
    ],
)
def test_the_question_before_deleting_begins_with_all_that_goes(choice: Choice, first: str) -> None:
    assert messages.question(choice, LOCALE).content.splitlines()[0] == first


@pytest.mark.parametrize("prompt", ["a red apple --ar 3:2 --no text, blur", "hot::2 dog::1", "a ``` fox"])
def test_what_is_pasted_asks_for_the_same(prompt: str) -> None:
    recipe = replace(RECIPE, prompt=parse(prompt), seed=99)
    payload, file = messages.details(details(replace(GRID, recipe=recipe)), LOCALE)
    pasted = file.data.decode() if file else payload.content.split("```")[1].strip()
    again = parse(pasted)
    assert again.parts == recipe.prompt.parts
    assert again.parameters == replace(recipe.prompt.parameters, seed=99, steps=recipe.sampling.steps)


@given(prompt=st.text(min_size=1, max_size=4000))
def test_no_prompt_makes_details_too_long_or_loses_any_of_it(prompt: str) -> None:
    shown = job(prompt=prompt, status=JobStatus.DELIVERED)
    payload, file = messages.details(details(shown), LOCALE)
    assert len(payload.content) <= MAX_CONTENT
    assert (file is not None) or payload.content.count("```") == 2
    assert (
        len(messages.question(Choice(job=shown, is_own=True, own_tiles=3, other_tiles=9), LOCALE).content)
        < 1500
    )


def test_a_blend_says_whether_its_pictures_were_looked_at() -> None:
    def shown(strength: float | None) -> str:
        blend = Blend(images=(PARENT, PARENT), weights=(0.5, 0.5), strength=strength)
        blended = replace(GRID, kind=JobKind.BLEND, recipe=replace(RECIPE, blend=blend))
        return messages.details(details(blended), LOCALE)[0].content

    assert "- Blended from 2 pictures, which the model looked at" in shown(None)
    assert "- Began between 2 pictures, at strength 0.6" in shown(0.6)
    assert "its prompt and seed alone draw a different one" in shown(None)
