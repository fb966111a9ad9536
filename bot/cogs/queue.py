"""/queue: what waits and runs in a server, in its moderators' hands."""

from functools import partial

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.boundary import MODERATORS, Interaction, answer, asker_of, reply
from bot.messages import queue as messages
from bot.services import Services
from bot.views.moderation_forms import ask_clear

MAX_CHOICES = 25
Reason = app_commands.Range[str, 1, 300]


class Queue(commands.Cog):
    """For moderators; the services check it."""

    queue = app_commands.Group(
        name=locale_str("queue"),
        description=locale_str("What waits and runs in this server"),
        guild_only=True,
        default_permissions=MODERATORS,
        allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
    )

    def __init__(self, services: Services) -> None:
        self.services = services

    @queue.command(name=locale_str("show"), description=locale_str("What waits and runs"))
    async def show(self, interaction: Interaction) -> None:
        """Show the queue."""
        await answer(interaction, self.services.queue.show(asker_of(interaction)), messages.state)

    @queue.command(name=locale_str("cancel"), description=locale_str("Cancel and refund any job"))
    @app_commands.describe(job=locale_str("Which one"), reason=locale_str("Why, for the audit log"))
    async def cancel(
        self, interaction: Interaction, job: app_commands.Range[int, 1], reason: Reason = ""
    ) -> None:
        """Cancel one job."""
        asker = asker_of(interaction)
        await answer(interaction, self.services.queue.cancel(asker, job, reason=reason), messages.cancelled)

    @cancel.autocomplete("job")
    async def waiting(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[int]]:
        """The jobs that wait or run."""
        found = await self.services.queue.list_choices(asker_of(interaction))
        names = {job.id: messages.choice(job, name) for job, name in found}
        return [
            app_commands.Choice(name=name, value=job_id)
            for job_id, name in names.items()
            if typed.lower() in name.lower()
        ][:MAX_CHOICES]

    @queue.command(name=locale_str("pause"), description=locale_str("Refuse new jobs; draw what waits"))
    async def pause(self, interaction: Interaction) -> None:
        """Drain the queue."""
        state = self.services.queue.pause(asker_of(interaction), is_paused=True)
        await answer(interaction, state, messages.state)

    @queue.command(name=locale_str("resume"), description=locale_str("Take new jobs again"))
    async def resume(self, interaction: Interaction) -> None:
        """End the pause."""
        state = self.services.queue.pause(asker_of(interaction), is_paused=False)
        await answer(interaction, state, messages.resumed)

    @queue.command(name=locale_str("clear"), description=locale_str("Cancel all jobs, of a member or of all"))
    @app_commands.describe(
        member=locale_str("Whose; left out: everybody's, after a question"),
        reason=locale_str("Why, for the audit log"),
    )
    async def clear(
        self, interaction: Interaction, member: discord.User | None = None, reason: Reason = ""
    ) -> None:
        """Cancel everything that a member waits for; or ask whether everybody's is meant."""
        asker = asker_of(interaction)
        if member is not None:
            count = self.services.queue.clear(asker, member.id, reason=reason)
            await answer(interaction, count, partial(messages.cleared, member.id))
            return
        waiting = len((await self.services.queue.show(asker)).jobs)
        if waiting:
            await ask_clear(interaction, waiting, reason)
        else:
            await reply(interaction, messages.cleared(None, 0, asker.locale))
