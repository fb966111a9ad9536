"""The panel of /settings, pressed as Discord brings it; and the remark under a prompt that it added to."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.domain.job import Speed
from bot.domain.preferences import Preferences, VariationMode
from bot.messages import custom_ids
from bot.services import Services
from tests.bot.hand_engine import HandEngine
from tests.bot.services.community import ADA, MODERATOR, delivered, now
from tests.bot.views.edge import BUTTON, LIST, Answer, Edge

GREEN, BLUE = 3, 1
"""The styles of buttons: chosen, and to be pressed next."""
PRESSES: Mapping[tuple[str, str | int | None], tuple[str, Any]] = {
    ("stylize", 250): ("stylize", 250),
    ("raw", None): ("is_raw", True),
    ("variation", "subtle"): ("variation", VariationMode.SUBTLE),
    ("speed", "relax"): ("speed", Speed.RELAX),
    ("remix", None): ("is_remix", True),
}


async def press(edge: Edge, action: str, value: str | int | None = None, **changes: Any) -> Answer:
    """Press a part of the panel."""
    return await edge.press(custom_ids.of_settings(action, value), **changes)


async def choose(edge: Edge, action: str, value: str) -> Answer:
    """Choose from a menu of the panel."""
    return await press(edge, action, kind=LIST, data={"values": [value]})


async def mine(services: Services) -> Preferences:
    """Ada's own settings."""
    return await services.preferences.get(ADA)


@pytest.mark.parametrize("pressed", PRESSES)
async def test_each_press_keeps_a_choice_and_shows_it_in_green(
    edge: Edge, services: Services, pressed: tuple[str, str | int | None]
) -> None:
    field, value = PRESSES[pressed]
    before = (await press(edge, "reset")).buttons
    shown = (await press(edge, *pressed)).buttons
    assert getattr(await mine(services), field) == value
    turned = [label for label in shown if before[label] != shown[label] == GREEN]
    assert len(turned) == 1


async def test_what_is_pressed_twice_is_taken_back_and_reset_takes_back_all(
    edge: Edge, services: Services
) -> None:
    for action, value in (("stylize", 50), ("stylize", 50), ("raw", None), ("raw", None)):
        await press(edge, action, value)
    assert await mine(services) == Preferences()
    await choose(edge, "ask", "20")
    await choose(edge, "model", services.models.default.name)
    assert await mine(services) == Preferences(ask_above=20, model=services.models.default.name)
    await choose(edge, "model", "-")
    assert await mine(services) == Preferences(ask_above=20)
    await press(edge, "reset")
    assert await mine(services) == Preferences()


async def test_turbo_is_there_where_the_moderators_allow_it_and_goes_when_they_end_it(
    edge: Edge, services: Services
) -> None:
    assert "Turbo" not in (await press(edge, "reset")).buttons
    assert "no turbo" in (await press(edge, "speed", "turbo")).content
    await services.guilds.set(now(MODERATOR), {"turbo": "on"})
    assert (await press(edge, "speed", "turbo")).buttons["Turbo"] == GREEN
    assert (await mine(services)).speed is Speed.TURBO
    await services.guilds.set(now(MODERATOR), {"turbo": "off"})
    assert (await mine(services)).speed is None


async def test_a_suffix_is_written_in_a_form_and_every_mistake_of_it_is_told_in_the_panel(
    edge: Edge, services: Services
) -> None:
    opened = await press(edge, "suffix")
    assert (opened.form, opened.fields) == (custom_ids.SUFFIX_FORM, {"suffix": ""})
    refused = await edge.submit(custom_ids.SUFFIX_FORM, suffix="--arr 3:2 --seed x")
    assert "`--arr`" in refused.content
    assert "not `x`" in refused.content
    assert refused.buttons["Suffix…"] == BLUE
    assert [frame["description"] for frame in refused.frames] == ["--arr 3:2 --seed x"]
    again = await press(edge, "suffix", frames=refused.frames)
    assert again.fields == {"suffix": "--arr 3:2 --seed x"}
    kept = await edge.submit(custom_ids.SUFFIX_FORM, suffix=" in oil  --ar 3:2 ")
    assert "Suffix: `in oil --ar 3:2`" in kept.content
    assert (await mine(services)).suffix == "in oil --ar 3:2"
    assert (await press(edge, "suffix")).fields == {"suffix": "in oil --ar 3:2"}
    await edge.submit(custom_ids.SUFFIX_FORM, suffix="  ")
    assert (await mine(services)).suffix == ""


@pytest.mark.parametrize(
    "custom_id",
    [
        *("settings:0:stylize:251", "settings:0:variation:wild", "settings:0:speed:warp", "settings:0:ask:7"),
        *("settings:0:colour", "settings:0:model:gone", "settings:0:stylize"),
    ],
)
async def test_a_choice_that_there_is_not_is_refused(edge: Edge, services: Services, custom_id: str) -> None:
    for kind in (BUTTON, LIST):
        data = {"values": ["../../gone"]} if kind == LIST else {}
        assert "no such choice" in (await edge.press(custom_id, kind=kind, data=data)).content
    assert await mine(services) == Preferences()


async def test_everybody_presses_for_themselves_alone(edge: Edge, services: Services) -> None:
    await press(edge, "remix", user=101, is_ephemeral=False)
    assert await mine(services) == Preferences()


async def test_the_button_of_a_remark_draws_what_was_typed(edge: Edge, services: Services) -> None:
    await services.preferences.set_suffix(now(ADA), "in oil")
    job = await delivered(services, ADA, 5000, prompt="a fox")
    assert job.prompt == "a fox in oil"
    answer = await edge.press(custom_ids.of_no_suffix(job.id))
    assert answer.content.startswith("**a fox** - <@100>")
    stranger = await edge.press(custom_ids.of_no_suffix(job.id), user=101)
    assert "no such prompt of yours" in stranger.content


async def test_info_shows_own_jobs_and_cancels_one_or_all(
    edge: Edge, services: Services, engine: HandEngine
) -> None:
    engine.hold()
    first, second, third = [
        await services.orders.imagine(now(ADA), prompt) for prompt in ("a fox", "a pear", "a plum")
    ]
    shown = await edge.press("info:0:show")
    assert {str(one.id) for one in (first, second, third)} <= {
        line.split("`")[1] for line in shown.content.splitlines() if line.startswith("- `")
    }
    after = await edge.press("info:0:cancel", kind=LIST, data={"values": [str(second.id)]})
    assert "a pear" not in after.content
    assert (await edge.press("info:0:all", user=101)).content.startswith("Nothing of yours waits")
    assert "Nothing of yours waits" in (await edge.press("info:0:all")).content
    for custom_id, data in (("info:0:cancel", {"values": ["../1"]}), ("info:0:other", {})):
        assert "do not know this button" in (await edge.press(custom_id, kind=LIST, data=data)).content
