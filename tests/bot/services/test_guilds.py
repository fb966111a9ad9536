"""A guild's own settings: who changes them, and what becomes of what is deleted on Discord."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.audit import AuditFilter
from bot.domain.errors import NotAllowed
from bot.domain.guild import GuildSettings
from bot.domain.quota import Allowance, RoleAllowance
from bot.services import Services
from bot.services.guilds import Guilds
from tests.bot.services.community import ADA, MODERATOR, actions, change, now


async def test_a_deleted_role_gives_nobody_rights_or_pictures(services: Services) -> None:
    kept = RoleAllowance(role_id=8, allowance=Allowance(amount=5))
    await change(
        services,
        lambda settings: replace(
            settings,
            moderator_role_ids=(7, 8),
            role_allowances=(RoleAllowance(role_id=7, allowance=Allowance(amount=9)), kept),
        ),
    )
    await services.rules.room(MODERATOR, 10, role_ids=(7,))
    await services.guilds.role_deleted(1, 7)
    settings = await services.guilds.get(1)
    assert settings.moderator_role_ids == (8,)
    assert settings.role_allowances == (kept,)
    book = await services.rules.book(MODERATOR)
    assert book.rooms[10].role_ids == (7,)  # a room is not opened to everybody by it
    (entry, _) = (await services.audit.page(MODERATOR, AuditFilter(), 0)).entries
    assert (entry.actor_id, entry.action, entry.details) == (0, "role_deleted", {"role": "7"})


async def test_a_deleted_role_that_meant_nothing_leaves_no_trace(services: Services) -> None:
    await services.guilds.role_deleted(1, 7)
    assert await actions(services) == []


async def test_what_everybody_may_draw_is_told_without_the_trial(services: Services) -> None:
    settings = await services.guilds.get(ADA.guild_id or 0)
    trial = Allowance(amount=3)
    assert services.quotas.everybody(replace(settings, trial=trial)) == Allowance(amount=40)
    own = Allowance(amount=8)
    assert services.quotas.everybody(replace(settings, trial=trial, allowance=own)) == own


async def test_what_whoever_runs_the_bot_does_not_make_possible_is_not_switched_on(
    services: Services,
) -> None:
    with pytest.raises(NotAllowed, match="ALLOW_NSFW"):
        await services.guilds.set(MODERATOR, {"nudity": "on", "terms": "Be kind."})
    with pytest.raises(NotAllowed, match="`safety`"):
        await Guilds(services.guilds._database).set(MODERATOR, {"image-filter": "block"})
    assert (await services.guilds.get(1)) == GuildSettings()
    await change(services, lambda settings: replace(settings, is_nsfw_allowed=True, image_filter="block"))
    settings = await services.guilds.set(MODERATOR, {"terms": "Be kind."})  # what was possible once stays
    assert settings.is_nsfw_allowed
    assert (await services.guilds.set(MODERATOR, {"nudity": "off"})).is_nsfw_allowed is False


async def test_nobody_is_sent_to_a_deleted_channel_and_drawing_is_not_allowed_everywhere_by_it(
    services: Services,
) -> None:
    await change(
        services,
        lambda settings: replace(settings, drawing_channel_ids=(20, 21), moderators_channel_id=30),
    )
    await services.guilds.channel_deleted(1, 20)
    with pytest.raises(NotAllowed, match="<#21>"):
        await services.orders.imagine(now(ADA), "an apple")
    await services.guilds.channel_deleted(1, 21)
    with pytest.raises(NotAllowed, match="Nobody draws"):
        await services.orders.imagine(now(ADA), "an apple")
    assert (await services.guilds.get(1)).moderators_channel_id == 30
    await services.guilds.channel_deleted(1, 30)
    assert (await services.guilds.get(1)).moderators_channel_id is None
    assert await actions(services) == ["channel_deleted", "channel_deleted"]


async def test_of_two_settings_changed_in_the_same_moment_none_is_lost(services: Services) -> None:
    changes = ({"terms": "Be kind."}, {"time-zone": "Asia/Tokyo"}, {"turbo": "on"})
    for _ in range(2):  # in a guild that never set any, and in one that did
        await asyncio.gather(*(services.guilds.set(now(MODERATOR), values) for values in changes))
    settings = await services.guilds.get(1)
    assert (settings.time_zone, settings.is_turbo_allowed) == ("Asia/Tokyo", True)
    assert "Be kind." in settings.terms
