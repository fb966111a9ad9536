"""The edge to Discord: an interaction becomes an asker, an exception becomes a reply."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeAlias, TypeVar

import aiohttp
import discord
from discord import app_commands

from bot.domain.asker import Asker
from bot.domain.errors import (
    MissingPermissions,
    NotAllowed,
    NotFound,
    PromptError,
    Unreadable,
    UserError,
)
from bot.domain.sentences import say
from bot.messages import refusals
from bot.messages.components import to_embeds, to_file, to_view
from bot.messages.payload import File, Payload, Typed
from bot.services.arrivals import Undecided
from bot.storage.outage import is_disk_full, is_outage

log = logging.getLogger(__name__)

T = TypeVar("T")
Interaction: TypeAlias = discord.Interaction[discord.Client]

UNKNOWN_INTERACTION = 10062
TOO_LATE = frozenset({UNKNOWN_INTERACTION, 10015, 50027})  # unknown webhook, invalid webhook token
OUTDATED = (app_commands.CommandNotFound, app_commands.CommandSignatureMismatch)
"""What a client sends that still has the commands of an earlier version."""

LOST = (aiohttp.ClientError, OSError)
"""How a call *to Discord* ends of which nobody knows whether it took effect; TimeoutError is an OSError.

Around anything else an OSError is ours: a full disk, a database that is away.
"""

PROMISES = frozenset(
    {
        discord.InteractionResponseType.deferred_channel_message,
        discord.InteractionResponseType.deferred_message_update,
    }
)
KEPT = "kept"
"""In an interaction's extras, once the answer that was promised is given: Discord's library does not say."""

UNDECIDED = "undecided"
"""In an interaction's extras: what it asks for, until that is a job or its refusal is told."""

FORM = "form"
"""In an interaction's extras: what was typed into the form that it sends."""

PATIENCE_SECONDS = 1.0
"""After this long an interaction is acknowledged without its answer."""

CROWD = 10
"""With so many others under way an interaction is acknowledged first, and worked on then."""
_under_way: set[int] = set()
_being_told: set[asyncio.Task[None]] = set()

NEEDED = {
    "view_channel": say("View Channel"),
    "send_messages": say("Send Messages"),
    "attach_files": say("Attach Files"),
    "read_message_history": say("Read Message History"),
}


MODERATORS = discord.Permissions(manage_guild=True)
"""Whom Discord shows the moderators' commands; it wants every permission that is named, so one alone.

Who moderates by a role is shown them once the owner allows that role: `bot.messages.guild` says how.
"""


def asker_of(interaction: Interaction) -> Asker:
    """Who asks, from where, with which rights: as Discord computed them for this channel."""
    return Asker(
        source=str(interaction.id),
        guild_id=interaction.guild_id,
        channel_id=interaction.channel_id or 0,
        user_id=interaction.user.id,
        name="" if interaction.guild_id is None else interaction.user.display_name,
        is_manager=interaction.guild_id is not None and interaction.permissions.manage_guild,
        role_ids=role_ids_of(interaction.user),
        joined_at=getattr(interaction.user, "joined_at", None),
        is_age_restricted=is_age_restricted(interaction.channel),
        parent_channel_id=getattr(interaction.channel, "parent_id", None),
        locale=interaction.locale.value,
    )


def role_ids_of(user: discord.User | discord.Member) -> tuple[int, ...]:
    """The roles of a member; nobody has any in a direct message."""
    return tuple(role.id for role in user.roles) if isinstance(user, discord.Member) else ()


def in_guilds_and_dms(command: T) -> T:
    """A command of everybody's: in servers and in the bot's direct messages, not in those of others."""
    command = app_commands.allowed_installs(guilds=True, users=False)(command)
    return app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)(command)


def server_name(client: discord.Client, guild_id: int) -> str:
    """What a guild is called; empty where the bot is no longer in it."""
    guild = client.get_guild(guild_id)
    return "" if guild is None else guild.name


def direct_server(interaction: Interaction, guild_id: int) -> str | None:
    """In a direct message, what the server is called that it is about; None in a server."""
    return server_name(interaction.client, guild_id) if interaction.guild_id is None else None


def is_age_restricted(channel: object) -> bool:
    """Threads inherit it from their channel; direct messages never are."""
    places = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread
    return channel.is_nsfw() if isinstance(channel, places) else False


def drawing_asker_of(interaction: Interaction) -> Asker:
    """The asker, once it is sure that they may speak, and the result be posted, in this channel.

    Raises: NotAllowed, MissingPermissions.
    """
    if isinstance(interaction.user, discord.Member) and interaction.user.is_timed_out():
        raise NotAllowed(say("You are timed out in this server: draw again when that is over."))
    if interaction.guild_id is not None:
        _check_permissions(interaction)
    return asker_of(interaction)


def is_read_by_all(channel: discord.abc.GuildChannel) -> bool:
    """Whether everybody in its guild can read a channel."""
    return channel.permissions_for(channel.guild.default_role).view_channel


def check_posting(channel: object) -> None:
    """Whether the bot can post in a channel that somebody chose.

    Raises: MissingPermissions, by name.
    """
    if not isinstance(channel, discord.abc.GuildChannel):
        raise NotFound(say("I do not see that channel. Choose another one."))
    granted = channel.permissions_for(channel.guild.me)
    missing = [name for flag, name in NEEDED.items() if not getattr(granted, flag)]
    if missing:
        raise MissingPermissions(
            say("I cannot post in {channel}. Give me these permissions there:", channel=channel.mention),
            *missing,
        )


def _check_permissions(interaction: Interaction) -> None:
    granted = interaction.app_permissions
    names = dict(NEEDED)
    if isinstance(interaction.channel, discord.Thread):
        del names["send_messages"]
        names["send_messages_in_threads"] = say("Send Messages in Threads")
    missing = [name for flag, name in names.items() if not getattr(granted, flag)]
    if missing:
        raise MissingPermissions(
            say("I cannot post pictures in this channel. Ask a moderator to give me these permissions:"),
            *missing,
        )


async def reply_to_failure(interaction: Interaction, error: Exception) -> None:
    """Tell the person what to do next; log only what is our fault."""
    try:
        await _tell_failure(interaction, error)
    finally:
        _decided(interaction)


async def _tell_failure(interaction: Interaction, error: Exception) -> None:
    cause = getattr(error, "original", error)
    if isinstance(cause, discord.HTTPException) and cause.code in TOO_LATE:
        log.warning("interaction %s was answered too late", interaction.id)
        return
    if _is_lost(interaction, cause):
        log.warning("the answer to interaction %s was lost: %s", interaction.id, cause)
        return
    if is_outage(cause) and _is_answered(interaction):
        log.warning("after the answer to interaction %s the database was away: %s", interaction.id, cause)
        return
    refused = cause if isinstance(cause, UserError) else _unexpected(interaction, cause)
    typed, again = interaction.extras.get(FORM, ((), None))
    if _is_final(cause) or (isinstance(cause, PromptError) and again is None):
        typed, again = (), None
    # What a form brought is shown below in frames, to be mended there.
    refused.prompt = "" if typed else refused.prompt or interaction.namespace.prompt or ""
    locale = interaction.locale.value
    payload = refusals.refusal(refused, locale)
    file = refusals.prompt_file(refused, payload, locale)
    try:
        await reply(interaction, refusals.with_again(payload, again, locale), file=file, typed=typed)
    except (discord.HTTPException, *LOST) as failure:
        log.warning("interaction %s could not be told: %s", interaction.id, failure)


def _is_final(error: Exception) -> bool:
    """Whether nothing that a form brought can be mended in it."""
    return isinstance(error, UserError) and not isinstance(error, Unreadable | PromptError)


def _unexpected(interaction: Interaction, error: Exception) -> UserError:
    """What is said of an error that is no refusal; the log has the rest."""
    if is_disk_full(error):
        log.error("interaction %s: the disk is full; make room", interaction.id, exc_info=error)
        return refusals.disk_full()
    if is_outage(error):
        log.error("interaction %s: the database is away", interaction.id, exc_info=error)
        return refusals.database_away()
    if isinstance(error, OUTDATED):
        log.warning("interaction %s is of a command as it was before: %s", interaction.id, error)
        return refusals.outdated_command()
    log.error("interaction %s failed", interaction.id, exc_info=error)
    return refusals.our_fault(interaction.id)


def filled(interaction: Interaction, typed: tuple[Typed, ...], again: str | None) -> None:
    """Remember what a form brought: a refusal that is not final gives it back, with the button `again`."""
    interaction.extras[FORM] = typed, again


def _is_lost(interaction: Interaction, error: Exception) -> bool:
    """Whether an answer did not get through: the connection broke, or a bot that is stopped has closed it.

    Only Discord is spoken to through aiohttp here; any other OSError is ours.
    """
    is_closed = isinstance(error, RuntimeError) and interaction.client.is_closed()
    return isinstance(error, aiohttp.ClientError) or is_closed


def _is_answered(interaction: Interaction) -> bool:
    """Whether there was an answer already, and not only the promise of one."""
    is_kept = interaction.response.type not in PROMISES or KEPT in interaction.extras
    return interaction.response.is_done() and is_kept


async def _keep_promise(interaction: Interaction, **content: Any) -> None:
    await interaction.edit_original_response(**content)
    interaction.extras[KEPT] = True


async def reply(
    interaction: Interaction,
    payload: Payload,
    *,
    file: File | None = None,
    uploads: Sequence[discord.File] = (),
    typed: tuple[Typed, ...] = (),
) -> None:
    """Answer privately, whether or not an answer was promised already; with files, or frames."""
    view = to_view(payload.rows) if payload.rows else discord.utils.MISSING
    files = [*uploads] if file is None else [to_file(file), *uploads]
    embeds = to_embeds(typed)
    promised = discord.InteractionResponseType.deferred_channel_message
    if interaction.response.type is promised and not _is_answered(interaction):
        await _keep_promise(interaction, content=payload.content, view=view, attachments=files, embeds=embeds)
    elif interaction.response.is_done():
        await interaction.followup.send(
            payload.content, view=view, files=files, embeds=embeds, ephemeral=True
        )
    else:
        await interaction.response.send_message(
            payload.content, view=view, files=files, embeds=embeds, ephemeral=True
        )


async def reply_to_all(
    interaction: Interaction, payload: Payload, *, file: File, is_spoiler: bool, promised: Payload
) -> None:
    """Answer so that everybody in the channel reads it; who was promised a private answer gets `promised`."""
    view = to_view(payload.rows) if payload.rows else discord.utils.MISSING
    files = [to_file(file, is_spoiler=is_spoiler)]
    nobody = discord.AllowedMentions.none()
    if not interaction.response.is_done():
        await interaction.response.send_message(
            payload.content, view=view, files=files, allowed_mentions=nobody
        )
        return
    await reply(interaction, promised)
    await interaction.followup.send(payload.content, view=view, files=files, allowed_mentions=nobody)


async def answer(interaction: Interaction, found: Awaitable[T], render: Callable[[T, str], Payload]) -> None:
    """Answer a command privately with what a use case finds, in time however long it takes."""
    async with patience(interaction):
        payload = render(await found, interaction.locale.value)
    await reply(interaction, payload)


async def turn_into(interaction: Interaction, payload: Payload) -> None:
    """Turn the pressed message into this; a forged press, on a message for all, gets a private answer."""
    message = interaction.message
    if message is not None and message.flags.ephemeral:
        await edit_pressed(interaction, payload)
    else:
        await reply(interaction, payload)


def editing(interaction: Interaction) -> Callable[..., Awaitable[object]]:
    """What edits the pressed message, whether or not that was promised already."""
    is_promised = interaction.response.is_done()
    return interaction.edit_original_response if is_promised else interaction.response.edit_message


async def edit_pressed(interaction: Interaction, payload: Payload, *, file: File | None = None) -> None:
    """Turn the pressed message into this, for everybody who sees it; its files stay, unless there is one."""
    shown: dict[str, Any] = {
        "content": payload.content,
        "view": to_view(payload.rows) if payload.rows else None,
        "embeds": [],
    }
    if file is not None:
        shown["attachments"] = [to_file(file)]
    if interaction.response.is_done():
        await _keep_promise(interaction, **shown)
    else:
        await interaction.response.edit_message(**shown)


@asynccontextmanager
async def patience(interaction: Interaction, undecided: Undecided | None = None) -> AsyncIterator[None]:
    """Acknowledge in time what takes long: Discord waits for three seconds, and a crowd keeps us busy.

    What is `undecided` is kept before that, until there is a job of it, or its refusal is told.
    """
    if len(_under_way) >= CROWD and not interaction.response.is_done():
        await _acknowledge_in_crowd(interaction, undecided)
    is_over = asyncio.Event()
    acknowledging = asyncio.create_task(_acknowledge_unless(is_over, interaction, undecided))
    _under_way.add(interaction.id)
    if undecided is not None:
        interaction.extras[UNDECIDED] = undecided
    try:
        yield
    finally:
        _under_way.discard(interaction.id)
        is_over.set()
        await acknowledging
    if undecided is not None:
        _decided(interaction)


async def _acknowledge_in_crowd(interaction: Interaction, undecided: Undecided | None) -> None:
    """Work, which keeps the database busy, begins once those who came at the same time are told, too."""
    telling = asyncio.create_task(_keep_and_acknowledge(interaction, undecided), name="acknowledging")
    _being_told.add(telling)
    telling.add_done_callback(_being_told.discard)
    await telling
    if _being_told:
        await asyncio.wait(tuple(_being_told), timeout=PATIENCE_SECONDS)


async def _keep_and_acknowledge(interaction: Interaction, undecided: Undecided | None) -> None:
    if undecided is not None:
        await undecided.keep()
    await _acknowledge(interaction)


async def _acknowledge_unless(
    is_over: asyncio.Event, interaction: Interaction, undecided: Undecided | None
) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_SECONDS if undecided is None else PATIENCE_SECONDS / 2):
            await is_over.wait()
    if undecided is not None and not is_over.is_set() and not interaction.response.is_done():
        await undecided.keep()  # which takes its time, too
    if not is_over.is_set() and not interaction.response.is_done():
        await _acknowledge(interaction)


def _decided(interaction: Interaction) -> None:
    undecided: Undecided | None = interaction.extras.pop(UNDECIDED, None)
    if undecided is not None:
        undecided.over()


async def _acknowledge(interaction: Interaction) -> None:
    """Promise an answer."""
    try:
        # Private for a command, since it may yet be refused; on a press it is the pressed message that waits.
        # A form that a menu opened has no message of its own, so that an answer must be promised.
        is_form = interaction.type is discord.InteractionType.modal_submit
        await interaction.response.defer(ephemeral=True, thinking=is_form and interaction.message is None)
    except (discord.HTTPException, *LOST) as error:
        log.warning("interaction %s could not be deferred: %s", interaction.id, error)


@asynccontextmanager
async def guard(interaction: Interaction) -> AsyncIterator[None]:
    """For buttons that outlive restarts: discord.py logs what their callbacks raise, and tells nobody."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - this is the boundary of a press
        await reply_to_failure(interaction, error)


class Tree(app_commands.CommandTree[discord.Client]):
    """The slash commands, with every failure brought to the one place that answers it."""

    is_served: Callable[[int | None], bool] = staticmethod(lambda _: True)
    """Whether a guild, by its id, may use the bot at all."""

    async def interaction_check(self, interaction: Interaction) -> bool:
        """Refuse every command of a guild that the bot does not serve."""
        if self.is_served(interaction.guild_id):
            return True
        if interaction.type is not discord.InteractionType.autocomplete:
            await reply_to_failure(interaction, refusals.not_served())
        return False

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError) -> None:
        """Answer a failed command."""
        await reply_to_failure(interaction, error)
