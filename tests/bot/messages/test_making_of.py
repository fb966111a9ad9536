"""What stands beside the maps of a picture's words, word for word."""

from dataclasses import replace

from syrupy.assertion import SnapshotAssertion

from bot.messages.making_of import made
from bot.services.making_of import MakingOf
from tests.bot.builders import RECIPE, job
from tests.bot.messages.test_details import PANNED, UPSCALED


def test_how_a_picture_was_made(snapshot: SnapshotAssertion) -> None:
    alone = RECIPE.only(1)
    of = MakingOf(job=job(recipe=alone), recipe=alone, words=b"1", denoising=b"2")
    assert {
        "as it is": made(of, "en-US"),
        "enlarged": made(replace(of, job=UPSCALED), "en-US")[0],
        "a part": made(replace(of, recipe=PANNED.recipe.only(0)), "en-US")[0],
        "too long": made(replace(of, recipe=job(prompt="a fox " * 400).recipe), "en-US")[0],
    } == snapshot
