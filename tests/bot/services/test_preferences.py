"""A member's own settings: read, changed, apart in each guild, applied to what they draw, forgotten."""

from dataclasses import replace

from bot.domain.asker import Asker
from bot.domain.job import Speed
from bot.domain.preferences import Preferences, VariationMode
from bot.services import Services
from tests.bot.services.community import drawn

CHOSEN = Preferences(speed=Speed.RELAX, variation=VariationMode.SUBTLE, suffix="--ar 3:2", is_remix=True)


async def test_each_guild_has_preferences_of_its_own_and_a_direct_message_those_of_the_last(
    services: Services, ada: Asker
) -> None:
    elsewhere = replace(ada, guild_id=2)
    await services.preferences.change(elsewhere, lambda mine: replace(mine, is_remix=True))
    await services.preferences.change(ada, lambda _: CHOSEN)
    assert await services.preferences.get(ada) == CHOSEN
    assert await services.preferences.get(replace(ada, guild_id=None)) == CHOSEN
    assert await services.preferences.get(elsewhere) == Preferences(is_remix=True)
    assert await services.preferences.get(replace(ada, user_id=7)) == Preferences()


async def test_preferences_are_forgotten_with_their_member(services: Services, ada: Asker) -> None:
    await drawn(services, ada)
    await services.preferences.change(ada, lambda _: CHOSEN)
    await services.forgetting.forget(ada)
    assert await services.preferences.get(ada) == Preferences()


def test_preferences_of_another_version_are_read_as_far_as_they_are_known() -> None:
    assert Preferences.from_json(CHOSEN.to_json()) == CHOSEN
    assert Preferences().to_json() == {}
    newer = {"speed": "warp", "variation": "wild", "suffix": "--tile", "colour": "red"}
    assert Preferences.from_json(newer) == Preferences(suffix="--tile")
