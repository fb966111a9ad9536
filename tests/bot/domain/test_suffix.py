"""What a member's own settings add to a prompt."""

import pytest

from bot.domain.errors import PromptError
from bot.domain.preferences import Preferences
from bot.domain.prompt import parse
from bot.domain.suffix import SuffixMisfit, added, applied, read_suffix

ADDED = {
    ("a fox", "--ar 3:2"): "a fox --ar 3:2",
    ("a fox", "oil painting"): "a fox oil painting",
    ("a fox --seed 7", ", oil painting --tile"): "a fox, oil painting --seed 7 --tile",
    ("a fox --ar 1:2", "--ar 3:2 --chaos 5"): "a fox --ar 1:2 --chaos 5",
    ("a fox --no text", "--no text, blur"): "a fox --no text, blur",
    ("a fox --steps 5", "--quality 2 --tile"): "a fox --tile --steps 5",
    ("a fox::2 snow", "in oil"): "a fox::2 snow in oil",
    ("a fox::2", "in oil"): "a fox::2 in oil",
    ("a fox", "fog::0.5 --tile"): "a fox:: fog::0.5 --tile",
    ("a fox", ""): "a fox",
}
"""What a prompt and a suffix are together."""


@pytest.mark.parametrize(("typed", "suffix"), ADDED)
def test_a_suffix_goes_behind_the_text_and_loses_to_what_was_typed(typed: str, suffix: str) -> None:
    whole = applied(parse(typed), Preferences(suffix=suffix))
    assert str(whole) == ADDED[typed, suffix]
    assert parse(str(whole)) == whole


def test_a_suffix_counts_before_the_other_settings() -> None:
    chosen = Preferences(suffix="--model other", model="sketch")
    assert str(applied(parse("a fox"), chosen)) == "a fox --model other"
    assert str(applied(parse("a fox --model third"), chosen)) == "a fox --model third"


@pytest.mark.parametrize(
    ("typed", "suffix", "told"),
    [
        ("a fox --seed 7", ", in oil --ar 3:2", ", in oil --ar 3:2"),
        ("a fox::2 snow", "in oil", "in oil"),
        ("a fox --no text", "--no blur", "--no text, blur"),
        ("a fox", "fog::0.5", "fog"),
        ("a fox --ar 3:2", "--ar 3:2", ""),
    ],
)
def test_what_was_added_is_told(typed: str, suffix: str, told: str) -> None:
    assert added(parse(typed), applied(parse(typed), Preferences(suffix=suffix))) == told


@pytest.mark.parametrize(
    ("suffix", "told"),
    [
        ("--arr 3:2 --seed x", ["`--arr`", "not `x`"]),
        ("{red, blue} light", ["A suffix is one"]),
        ("in oil --relax", ["A suffix says nothing of speed"]),
        ("--repeat 3", ["A suffix does not repeat"]),
        ("--steps 3 --draft", ["keep only one"]),
    ],
)
def test_every_mistake_of_a_suffix_is_told_when_it_is_set(suffix: str, told: list[str]) -> None:
    with pytest.raises(PromptError) as refused:
        read_suffix(suffix)
    assert all(part in str(refused.value) for part in told), str(refused.value)


def test_a_prompt_that_a_suffix_does_not_fit_can_be_drawn_as_it_was_typed() -> None:
    long = "fox " * 990
    with pytest.raises(SuffixMisfit) as refused:
        applied(parse(long), Preferences(suffix="in oil " * 20))
    assert refused.value.without == long.strip()
    assert "/settings" in str(refused.value)
