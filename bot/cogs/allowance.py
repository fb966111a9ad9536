"""/allowance: what moderators decide about who may draw how much."""

from functools import partial
from zoneinfo import available_timezones

import discord
from discord import app_commands
from discord.app_commands import Choice, locale_str
from discord.ext import commands

from bot.boundary import MODERATORS, Interaction, answer, asker_of, role_ids_of
from bot.domain.quota import Allowance, Period, Unit
from bot.messages import quotas as messages
from bot.messages import usage as usage_messages
from bot.services import Services
from bot.services.quotas import Gift, Limits

UNITS = [
    Choice(name=locale_str("pictures"), value=Unit.IMAGES.value),
    Choice(name=locale_str("GPU seconds"), value=Unit.GPU_SECONDS.value),
]
PERIODS = [
    Choice(name=locale_str("day"), value=Period.DAY.value),
    Choice(name=locale_str("week"), value=Period.WEEK.value),
    Choice(name=locale_str("month"), value=Period.MONTH.value),
]
MAX_AMOUNT = 10_000_000
MAX_CHOICES = 25  # Discord's limit
Amount = app_commands.Range[int, 0, MAX_AMOUNT]
Reason = app_commands.Range[str, 1, 300]
LEADERS = 10

AMOUNT = locale_str("How many; leave out to take the allowance back")
UNIT = locale_str("Counted in what; pictures if left out")
PERIOD = locale_str("Per day, week or month; a day if left out")
MEMBER = locale_str("Which member")
REASON = locale_str("Why: the member and the audit log will say it")


class Allowances(commands.Cog):
    """Allowances, grants and limits, for moderators; the services check it."""

    group = app_commands.Group(
        name=locale_str("allowance"),
        description=locale_str("Who may draw how much in this server"),
        guild_only=True,
        default_permissions=MODERATORS,
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )

    def __init__(self, services: Services) -> None:
        self.services = services

    @group.command(name=locale_str("show"), description=locale_str("What a member has left"))
    @app_commands.describe(member=MEMBER)
    async def show(self, interaction: Interaction, member: discord.User) -> None:
        """Show a member's balance."""
        found = self.services.quotas.balance_of(asker_of(interaction), member.id, role_ids_of(member))
        await answer(interaction, found, partial(messages.balance, member=member.id))

    @group.command(name=locale_str("rules"), description=locale_str("Who may draw how much in this server"))
    async def rules(self, interaction: Interaction) -> None:
        """Show a moderator everything that the guild decided."""
        await answer(interaction, self.services.quotas.house(asker_of(interaction)), messages.house)

    @group.command(name=locale_str("set"), description=locale_str("What every member may draw"))
    @app_commands.describe(amount=AMOUNT, unit=UNIT, period=PERIOD)
    @app_commands.choices(unit=UNITS, period=PERIODS)
    async def set(
        self,
        interaction: Interaction,
        amount: Amount | None = None,
        unit: str = Unit.IMAGES,
        period: str = Period.DAY,
    ) -> None:
        """Change the guild's own allowance."""
        allowance = _allowance(amount, unit, period)
        changed = self.services.quotas.set_guild(asker_of(interaction), allowance)
        await answer(interaction, changed, messages.house)

    @group.command(name=locale_str("role"), description=locale_str("What members of a role may draw"))
    @app_commands.describe(role=locale_str("Which role"), amount=AMOUNT, unit=UNIT, period=PERIOD)
    @app_commands.choices(unit=UNITS, period=PERIODS)
    async def role(
        self,
        interaction: Interaction,
        role: discord.Role,
        amount: Amount | None = None,
        unit: str = Unit.IMAGES,
        period: str = Period.DAY,
    ) -> None:
        """Change a role's allowance."""
        allowance = _allowance(amount, unit, period)
        changed = self.services.quotas.set_role(asker_of(interaction), role.id, allowance)
        await answer(interaction, changed, messages.house)

    @group.command(name=locale_str("member"), description=locale_str("What one member may draw"))
    @app_commands.describe(member=MEMBER, amount=AMOUNT, unit=UNIT, period=PERIOD, reason=REASON)
    @app_commands.choices(unit=UNITS, period=PERIODS)
    async def member(
        self,
        interaction: Interaction,
        member: discord.User,
        amount: Amount | None = None,
        unit: str = Unit.IMAGES,
        period: str = Period.DAY,
        reason: Reason = "",
    ) -> None:
        """Change a member's own allowance."""
        allowance = _allowance(amount, unit, period)
        changed = self.services.quotas.set_member(
            asker_of(interaction), member.id, role_ids_of(member), allowance, reason
        )
        await answer(interaction, changed, partial(messages.balance, member=member.id))

    @group.command(name=locale_str("grant"), description=locale_str("Give a member something on top, once"))
    @app_commands.describe(
        member=MEMBER,
        amount=locale_str("How many"),
        reason=REASON,
        unit=UNIT,
        days=locale_str("For how many days; 30 if left out"),
    )
    @app_commands.choices(unit=UNITS)
    async def grant(
        self,
        interaction: Interaction,
        member: discord.User,
        amount: app_commands.Range[int, 1, MAX_AMOUNT],
        reason: Reason,
        unit: str = Unit.IMAGES,
        days: app_commands.Range[int, 1, 365] = 30,
    ) -> None:
        """Give a grant."""
        asker, gift = asker_of(interaction), Gift(amount=amount, unit=Unit(unit), days=days, reason=reason)
        granted = self.services.quotas.grant(asker, member.id, role_ids_of(member), gift)
        await answer(interaction, granted, partial(messages.balance, member=member.id))

    @group.command(name=locale_str("revoke"), description=locale_str("Take back what is left of grants"))
    @app_commands.describe(member=MEMBER, reason=REASON)
    async def revoke(self, interaction: Interaction, member: discord.User, reason: Reason) -> None:
        """End a member's grants."""
        revoked = self.services.quotas.revoke(asker_of(interaction), member.id, role_ids_of(member), reason)
        await answer(interaction, revoked, partial(messages.balance, member=member.id))

    @group.command(name=locale_str("trial"), description=locale_str("What newcomers may draw, once"))
    @app_commands.describe(amount=AMOUNT, unit=UNIT)
    @app_commands.choices(unit=UNITS)
    async def trial(
        self, interaction: Interaction, amount: Amount | None = None, unit: str = Unit.IMAGES
    ) -> None:
        """Change the trial."""
        trial = _allowance(amount, unit, Period.ONCE)
        changed = self.services.quotas.set_trial(asker_of(interaction), trial)
        await answer(interaction, changed, messages.house)

    @group.command(
        name=locale_str("limits"), description=locale_str("How many jobs at a time, and when days begin")
    )
    @app_commands.describe(
        running=locale_str("Jobs of a member drawn at a time; 0: as many as fit"),
        waiting=locale_str("Jobs of a member that may wait; 0: any number"),
        relax_is_free=locale_str("Whether relaxed jobs are not counted"),
        time_zone=locale_str("The time zone in which days begin, such as Europe/Berlin"),
    )
    async def limits(
        self,
        interaction: Interaction,
        running: app_commands.Range[int, 0, 100] | None = None,
        waiting: app_commands.Range[int, 0, 1000] | None = None,
        relax_is_free: bool | None = None,  # noqa: FBT001 - options of a command come by name
        time_zone: str | None = None,
    ) -> None:
        """Change the guild's limits."""
        limits = Limits(
            max_running_jobs=running,
            max_waiting_jobs=waiting,
            is_relax_free=relax_is_free,
            time_zone=time_zone,
        )
        changed = self.services.quotas.set_limits(asker_of(interaction), limits)
        await answer(interaction, changed, messages.house)

    @limits.autocomplete("time_zone")
    async def zones(self, interaction: Interaction, typed: str) -> list[Choice[str]]:
        """The time zones that have this in their name."""
        del interaction
        wanted = typed.lower().replace(" ", "_")
        found = sorted(zone for zone in available_timezones() if wanted in zone.lower())
        return [Choice(name=zone, value=zone) for zone in found[:MAX_CHOICES]]

    @group.command(
        name=locale_str("reset"), description=locale_str("Count a member's usage anew from now on")
    )
    @app_commands.describe(member=MEMBER, reason=REASON)
    async def reset(self, interaction: Interaction, member: discord.User, reason: Reason = "") -> None:
        """Fill a member's allowance, trial included."""
        asker = asker_of(interaction)
        changed = self.services.quotas.reset(asker, member.id, role_ids_of(member), reason)
        await answer(interaction, changed, partial(messages.balance, member=member.id))

    @group.command(name=locale_str("leaderboard"), description=locale_str("Who used most"))
    @app_commands.describe(days=locale_str("How many days back, 1 to 90"))
    async def leaderboard(self, interaction: Interaction, days: app_commands.Range[int, 1, 90] = 7) -> None:
        """Show a moderator the members who used most."""
        found = self.services.usage.leaderboard(asker_of(interaction), days=days, limit=LEADERS)
        await answer(interaction, found, partial(usage_messages.leaderboard, days=days))


def _allowance(amount: int | None, unit: str, period: str) -> Allowance | None:
    return None if amount is None else Allowance(amount=amount, unit=Unit(unit), period=Period(period))
