"""simcord's page is changed where it is the one that was changed, and otherwise refused with what to do."""

import pytest

from playground.page import PageChanged
from playground.page.changes import CHANGES, Change, changed_files


def test_every_change_is_made() -> None:
    served = changed_files()
    assert all(change.new in served[change.file] for change in CHANGES)


@pytest.mark.parametrize("found", ["", "one one"])
def test_a_text_that_has_changed_is_an_error_that_says_what_to_do(found: str) -> None:
    with pytest.raises(PageChanged, match=r"app.js of simcord's page has changed.*pyproject.toml"):
        Change(file="app.js", old="one", new="two").made_in(found)
