"""What a list of one's own pictures offers for what is typed."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.domain.history import Shelf, Wanted
from bot.domain.prompt import parse
from bot.messages.mine import choices, page
from bot.services.gallery import HistoryPage
from tests.bot.builders import RECIPE, job

JOBS = [
    replace(job(recipe=replace(RECIPE, prompt=parse(prompt))), id=number)
    for number, prompt in ((12, "a wren"), (8, "a house --steps 100"), (2, "an owl"), (1, "two apples"))
]


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [("", [12, 8, 2, 1]), ("1", [1, 12]), ("8", [8]), ("100", []), ("owl", [2]), ("A ", [12, 8])],
)
def test_a_number_is_that_of_a_picture_and_words_are_those_of_its_prompt(
    typed: str, numbers: list[int]
) -> None:
    assert list(choices(JOBS, typed, "en-US")) == numbers


@pytest.mark.parametrize("shelf", Shelf)
@pytest.mark.parametrize("search", ["", "a `fox` --chaos 20"])
def test_what_was_looked_for_is_said_and_stays_in_the_buttons(
    shelf: Shelf, search: str, snapshot: SnapshotAssertion
) -> None:
    wanted = Wanted(search=search, shelf=shelf)
    found = HistoryPage(number=1, jobs=tuple(JOBS[:1]), has_more=True, wanted=wanted)
    nothing = HistoryPage(number=0, jobs=(), has_more=False, wanted=wanted)
    assert [page(found, "en-US"), page(nothing, "en-US")] == snapshot
