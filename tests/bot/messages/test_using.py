"""Use as…, as people read it."""

from dataclasses import replace

from syrupy.assertion import SnapshotAssertion

from bot.domain.kinds import JobKind
from bot.domain.recipe import ImageRef, UploadRef
from bot.messages import jobs, looking, using
from tests.bot.builders import RECIPE, job


def test_the_panel(snapshot: SnapshotAssertion) -> None:
    assert {
        "of a grid": using.panel(job(), "en-US"),
        "of a single picture": using.panel(job(recipe=RECIPE.only(0)), "en-US"),
        "of a tile": using.panel(ImageRef(job_id=12, index=2), "en-US"),
        "of what somebody posted": using.panel(UploadRef(upload_id=7), "en-US"),
        "what was brought": looking.brought("en-US"),
        "what stands below": looking.posted("en-US"),
    } == snapshot


def test_a_picture_that_was_brought(snapshot: SnapshotAssertion) -> None:
    brought = job(
        kind=JobKind.EDIT,
        prompt="a red wall",
        recipe=replace(RECIPE.only(0), brought=UploadRef(upload_id=7), is_imported=True),
    )
    assert jobs.result(brought, is_enlarged=True) == snapshot
