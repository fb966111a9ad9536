"""A guild's settings as people write them."""

import pytest

from bot.domain.guild import GuildSettings
from bot.domain.guild_options import ROWS, InvalidSetting, changed, written
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


def test_every_help_fits_a_label_of_a_form() -> None:
    assert all(len(str(option.help)) <= 45 for option in ROWS.values())
