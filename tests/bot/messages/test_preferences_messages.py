"""What /settings says, in each of its states."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.domain.errors import Unreadable
from bot.domain.job import Speed
from bot.domain.preferences import Preferences, VariationMode
from bot.domain.sentences import say
from bot.messages import preferences as messages
from bot.messages.components import to_view
from bot.services.preferences import MemberPanel
from tests.bot.builders import RECIPE, job

PLAIN = MemberPanel(
    preferences=Preferences(), guild_id=1, models=("sketch",), is_turbo_allowed=False, is_relax_free=False
)
CHOSEN = replace(
    PLAIN,
    models=("sketch", "ink"),
    is_turbo_allowed=True,
    preferences=Preferences(
        model="ink",
        stylize=250,
        is_raw=True,
        variation=VariationMode.SUBTLE,
        speed=Speed.TURBO,
        is_remix=True,
        suffix="in `oil` --ar 3:2",
        ask_above=40,
    ),
)


async def test_the_panel_shows_in_green_what_is_chosen(snapshot: SnapshotAssertion) -> None:
    assert messages.panel(PLAIN, "en-US") == snapshot(name="defaults")
    assert messages.panel(CHOSEN, "en-US") == snapshot(name="everything chosen")
    assert messages.panel(PLAIN, "en-US", server="Darkroom") == snapshot(name="in a direct message")
    refused = Unreadable(say("`--arr` is nothing."), say("`--seed` needs a number."))
    told = messages.not_kept(refused, "en-US")
    assert messages.panel(PLAIN, "en-US", refused=told) == snapshot(name="a suffix that was not kept")
    for shown in (PLAIN, CHOSEN):
        assert len(to_view(messages.panel(shown, "en-US").rows).children) <= 25


@pytest.mark.parametrize("speed", Speed)
async def test_each_speed_says_what_it_means(speed: Speed, snapshot: SnapshotAssertion) -> None:
    shown = replace(PLAIN, preferences=Preferences(speed=speed))
    assert messages.speed_set(shown, "en-US") == snapshot
    assert messages.speed_set(replace(shown, is_relax_free=True), "en-US") == snapshot(
        name=f"{speed} is free"
    )


def test_a_remark_says_what_was_added_and_draws_without_the_suffix(snapshot: SnapshotAssertion) -> None:
    typed = "a red fox in the snow"
    drawn = job(recipe=replace(RECIPE, typed=typed))
    assert messages.remark(drawn, "en-US", has_suffix=True) == snapshot(name="a suffix")
    assert messages.remark(drawn, "en-US", has_suffix=False).rows == ()
