"""A guild's settings as people write them."""

from dataclasses import replace

import pytest

from bot.domain.guild import GuildSettings
from bot.domain.guild_options import ROWS, InvalidSetting, changed, hint, written
from bot.domain.quota import Allowance, Period, Unit

DEFAULTS = GuildSettings()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("newbie-rooms", "3", 3),
        ("public-page", "on", True),
        ("public-page", "No", False),
        ("newbie-category", "First steps", "First steps"),
        (
            "moderators",
            "<@&123456789012345678> and <@&223456789012345678>",
            (123456789012345678, 223456789012345678),
        ),
        ("moderators", "none", ()),
        ("drawing-channels", "<#123456789012345678>", (123456789012345678,)),
        ("allowance", "100 pictures a day", Allowance(amount=100)),
        ("allowance", "40", Allowance(amount=40)),
        (
            "allowance",
            "600 gpu-seconds per week",
            Allowance(amount=600, unit=Unit.GPU_SECONDS, period=Period.WEEK),
        ),
        ("allowance", "none", None),
        ("allowance", "0", Allowance(amount=0)),  # nobody draws but by role; not: as before
        ("trial", "25 pictures", Allowance(amount=25, period=Period.ONCE)),
        ("trial", "30 GPU minutes", Allowance(amount=1800, unit=Unit.GPU_SECONDS, period=Period.ONCE)),
        ("allowance", "2 gpu-hours/week", Allowance(amount=7200, unit=Unit.GPU_SECONDS, period=Period.WEEK)),
        ("trial", "0", None),
        ("moderators-channel", "<#123456789012345678>", 123456789012345678),
        ("moderators-channel", "none", None),
        ("web-text", "We draw birds.", "We draw birds."),
        ("web-picture", "1234", 1234),
        ("web-picture", "#1234", 1234),
        ("web-picture", "https://art.example.org/servers/1/p/1234", 1234),
        ("web-picture", "none", None),
        ("running-jobs", "2", 2),
        ("running-jobs", "0", None),
        ("waiting-jobs", "1000", 1000),
        ("relax-free", "on", True),
        ("nudity", "on", True),
        ("time-zone", "europe/berlin", "Europe/Berlin"),
        ("time-zone", "america/new york", "America/New_York"),
        ("time-zone", "none", "UTC"),
        ("image-filter", "Spoiler", "spoiler"),
        ("image-filter", "none", "off"),
        ("strikes", "0, 90m 6h 3d 2w", (0, 90, 360, 4320, 20_160)),
        ("strikes", "0", (0,)),
        ("strikes", "none", DEFAULTS.strike_ladder),
        ("strike-days", "90", 90),
        ("strike-days", "0", 30),
    ],
)
def test_settings_are_read(name: str, text: str, value: object) -> None:
    settings = changed(DEFAULTS, {name: text})
    assert getattr(settings, ROWS[name].field) == value
    assert changed(DEFAULTS, {name: written(settings, ROWS[name]) or "none"}) == settings


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("newbie-rooms", "many"),
        ("newbie-rooms", "26"),
        ("newbie-rooms", "-1"),
        ("public-page", "maybe"),
        ("moderators", "@Moderators"),
        ("moderators-channel", "#moderators"),
        ("terms", "x" * 1501),
        ("web-text", "x" * 301),
        ("web-picture", "the fox"),
        ("web-picture", "1" * 19),
        ("allowance", "much"),
        ("colour", "red"),
        ("newbie-rooms", "9" * 5000),
        ("running-jobs", "101"),
        ("strike-days", "366"),
        ("strikes", "soon"),
        ("time-zone", "Berlin"),
        ("image-filter", "blur"),
    ],
)
def test_what_cannot_be_read_is_refused_with_an_example(name: str, text: str) -> None:
    with pytest.raises(InvalidSetting) as refusal:
        changed(DEFAULTS, {name: text})
    assert "`" in str(refusal.value)


def test_changed_terms_are_a_new_version() -> None:
    first = changed(DEFAULTS, {"terms": "Be kind."})
    assert first.terms_version == 1
    assert changed(first, {"terms": "Be kind."}).terms_version == 1
    without = changed(first, {"terms": "none"})
    assert (without.terms, without.terms_version) == ("", 1)
    assert changed(without, {"terms": "Be kind."}).terms_version == 2


def test_mistakes_are_told_together_and_nothing_is_changed() -> None:
    with pytest.raises(InvalidSetting) as refusal:
        changed(DEFAULTS, {"newbie-rooms": "many", "trial": "25", "account-days": "old"})
    assert len(refusal.value.sentences) == 2


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "newbie-rooms",
            "99",
            "**How many newbie rooms at least**: write a whole number from 0 to 25. You wrote `99`.",
        ),
        (
            "account-days",
            "old",
            (
                "**Days that an account must be old to draw**: write a whole number from 0 to 3650. "
                "You wrote `old`."
            ),
        ),
        (
            "allowance",
            "much",
            (
                "**What every member may draw**: write an amount like “100 pictures a day”, at most "
                "9999999. You wrote `much`."
            ),
        ),
        (
            "image-filter",
            "blur",
            (
                "**What happens to pictures that look nude**: write one of these: off, spoiler, moderators, "
                "block. You wrote `blur`."
            ),
        ),
        (
            "strikes",
            "soon",
            (
                "**How long each strike keeps from drawing**: write a time for each strike, like "
                "“0 1h 1d 1w”; 0 for none. You wrote `soon`."
            ),
        ),
    ],
)
def test_a_limit_stands_in_its_sentence_under_the_label_that_people_saw(
    name: str, text: str, told: str
) -> None:
    with pytest.raises(InvalidSetting) as refusal:
        changed(DEFAULTS, {name: text})
    assert str(refusal.value) == told


def test_fewer_rooms_when_busy_than_at_least_make_no_sense() -> None:
    with pytest.raises(InvalidSetting) as refusal:
        changed(DEFAULTS, {"newbie-rooms": "2", "max-newbie-rooms": "1"})
    assert str(refusal.value) == (
        "**How many newbie rooms when all are busy** (1) cannot be fewer than "
        "**How many newbie rooms at least** (2)."
    )
    for most in ("none", "2", "3"):
        assert changed(DEFAULTS, {"newbie-rooms": "2", "max-newbie-rooms": most}).newbie_rooms == 2
    odd = replace(DEFAULTS, newbie_rooms=2, max_newbie_rooms=1)  # of an older version
    assert changed(odd, {"terms": "Be kind."}).terms == "Be kind."


@pytest.mark.parametrize("name", ROWS)
def test_every_hint_fits_below_its_label(name: str) -> None:
    assert len(str(hint(ROWS[name]))) <= 100


def test_a_hint_says_what_holds_when_nothing_is_written() -> None:
    for name, empty in (("strikes", "0 1h 1d 1w"), ("newbie-category", "Newcomers"), ("terms", "nothing")):
        assert str(hint(ROWS[name])).endswith(f"Empty: {empty}.")
        assert changed(DEFAULTS, {name: "none"}) == DEFAULTS


def test_every_help_fits_a_label_of_a_form() -> None:
    assert all(len(str(option.help)) <= 45 for option in ROWS.values())
