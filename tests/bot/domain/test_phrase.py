"""Where the words of a phrase stand in a prompt."""

import pytest

from bot.domain.phrase import find

WORDS = ["A", "red", "hat", "on", "a", "cat", "in", "the", "red", "snow"]


@pytest.mark.parametrize(
    ("phrase", "places"),
    [
        ("hat", (2,)),
        ("the hat", (2,)),
        ("The red  HAT!", (1, 2)),
        ("red", (1, 8)),
        ("snow, cat", (5, 9)),
        ("the", (7,)),
        ("a dog", ()),
        ("red dog", ()),
        ("", ()),
        (" -- ", ()),
    ],
)
def test_a_phrase_is_found_side_by_side_or_word_by_word(phrase: str, places: tuple[int, ...]) -> None:
    assert find(phrase, WORDS) == places
