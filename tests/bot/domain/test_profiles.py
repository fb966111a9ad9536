"""What `--stylize`, `--style raw`, `--weird` and a style by its number mean."""

from itertools import pairwise

import pytest

from bot.domain.profiles import (
    GENERAL,
    SKETCH,
    Profile,
    coded_style,
    house_style,
    profile_of,
    weirdness,
)
from bot.domain.style import Style, read_styles, together, written_styles

LEVELS = (0, 50, 100, 250, 500, 750, 1000)


def amount(profile: Profile, stylize: int | None, *, is_raw: bool = False) -> float:
    return sum(style.amount for style in house_style(profile, stylize=stylize, is_raw=is_raw))


@pytest.mark.parametrize("profile", [SKETCH, GENERAL])
def test_the_more_stylize_the_more_of_the_house_style(profile: Profile) -> None:
    amounts = [amount(profile, level) for level in LEVELS]
    assert amounts[0] == 0
    assert all(less < more for less, more in pairwise(amounts))
    assert amounts[-1] == profile.most


def test_the_embedded_model_was_measured_at_these_amounts() -> None:
    assert [round(amount(SKETCH, level), 2) for level in (0, 100, 250, 500, 1000)] == [
        0,
        0.4,
        0.73,
        1.05,
        1.4,
    ]


def test_nothing_is_added_where_nobody_says_anything() -> None:
    assert profile_of("sketch") is SKETCH
    assert profile_of("sdxl") is GENERAL
    assert house_style(SKETCH, stylize=None, is_raw=False) == ()
    assert house_style(GENERAL, stylize=None, is_raw=False) == ()


def test_raw_takes_away_what_is_usual_and_most_of_what_is_asked_for() -> None:
    usual = Profile(words="ink", usual=100)
    assert amount(usual, None) == amount(usual, 100) > 0
    assert amount(usual, None, is_raw=True) == 0
    assert 0 < amount(usual, 400, is_raw=True) == amount(usual, 100) < amount(usual, 400)


def test_a_style_by_its_number_is_the_same_for_ever_and_others_are_other() -> None:
    assert coded_style(GENERAL, 1234) == (
        Style(words="ink drawing", amount=0.5101),
        Style(words="long exposure photograph", amount=0.4899),
    )
    styles = {coded_style(GENERAL, code) for code in range(100)}
    assert len(styles) == 100
    for style in styles:
        assert 2 <= len(style) <= 3
        assert sum(one.amount for one in style) == pytest.approx(1.0, abs=0.001)


def test_the_more_of_its_weight_the_more_of_a_style_by_its_number() -> None:
    totals = [
        sum(one.amount for one in coded_style(SKETCH, 7, weight=weight)) for weight in (0, 25, 100, 400, 1000)
    ]
    assert totals[0] == 0
    assert all(less < more for less, more in pairwise(totals))


def test_weirdness_grows_to_all() -> None:
    assert weirdness(0) == 0
    assert weirdness(3000) == 1
    assert all(weirdness(less) < weirdness(more) for less, more in pairwise((0, 1, 250, 1000, 3000)))


def test_styles_are_written_so_that_they_are_read_again() -> None:
    styles = (Style(words="3d style", amount=0.7298), Style(words="on a blue background", amount=0.25))
    assert written_styles(styles) == "3d style = 0.7298; on a blue background = 0.25"
    assert read_styles(written_styles(styles)) == styles
    assert read_styles("nonsense; = 3; ink = x; gold = 1e9") == ()


def test_a_manner_that_is_asked_for_twice_is_once_in_the_recipe() -> None:
    ink, gold = Style(words="ink", amount=0.3), Style(words="gold", amount=0.5)
    assert together([ink, gold, ink]) == (Style(words="ink", amount=0.6), gold)
    assert len(together(Style(words=str(number), amount=1) for number in range(20))) == 8
