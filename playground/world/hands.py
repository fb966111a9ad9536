"""What people do that simcord's actors cannot: menus and reactions in direct messages too, threads, files.

Each raises SetupError or BackendError where Discord's client, or Discord, would not let the person.
"""

from collections.abc import Sequence
from typing import Any

from simcord.actors import MemberActor, _dispatch_actor_interaction, _resolve_visible_command
from simcord.backend import serializers
from simcord.backend.errors import SetupError
from simcord.enums import AppCommandType, ChannelType, InteractionType

MAX_NAME = 100
"""Letters of a thread's name."""

File = tuple[str, bytes]


async def use_menu(actor: Any, channel: Any, name: str, message: Any) -> Any:
    """Use a command of a message's menu; simcord's result of it."""
    if isinstance(actor, MemberActor):
        return await actor.context_menu(channel, name, message)
    backend = actor._env.backend  # noqa: SLF001
    command = _resolve_visible_command(actor, channel.id, name, AppCommandType.MESSAGE)
    stored = backend.get_message(channel.id, message.id)
    data = {
        "id": command["id"],
        "name": command["name"],
        "type": int(AppCommandType.MESSAGE),
        "target_id": str(stored.id),
        "resolved": {"messages": {str(stored.id): dict(serializers.message_payload(backend, stored))}},
    }
    return await _dispatch_actor_interaction(actor, InteractionType.APPLICATION_COMMAND, channel, data)


async def set_reaction(actor: Any, message: Any, emoji: str, *, reacted: bool) -> None:
    """Put an emoji under a message, or take one's own away."""
    if message.ephemeral:
        raise SetupError("nobody can react to a message that only they see")
    if isinstance(actor, MemberActor):
        await actor.set_reaction(message, emoji, reacted=reacted)
    else:
        actor._env.backend.set_reaction(message.channel_id, message.id, emoji, actor.id, reacted)  # noqa: SLF001


def open_thread(actor: Any, channel: Any, name: str, message: Any, *, private: bool = False) -> Any:
    """Open a thread in a guild's channel, at a message or on its own; the world's record of it."""
    backend = actor._env.backend  # noqa: SLF001
    stored = backend.get_channel(channel.id)
    if not isinstance(actor, MemberActor) or stored.type != ChannelType.TEXT:
        raise SetupError("threads are opened in the channels of a server")
    if message is not None and (message.ephemeral or message.id in backend.channels):
        raise SetupError("that message cannot have a thread, or has one already")
    if not 1 <= len(name) <= MAX_NAME:
        raise SetupError(f"a thread's name has between 1 and {MAX_NAME} letters")
    wanted = "create_private_threads" if private else "create_public_threads"
    backend.require_permissions(stored.guild_id, actor.id, stored.id, wanted)
    kind = ChannelType.PRIVATE_THREAD if private else ChannelType.PUBLIC_THREAD
    start = message.id if message is not None else None
    # A message shows its own thread; a thread without one is told of in the channel.
    is_told = message is None and not private
    thread = backend.create_thread(stored.id, name, actor.id, type=kind, message_id=start, broadcast=is_told)
    if not is_told:
        backend.announce_thread_create(thread)
    return thread


def post(actor: Any, channel: Any, content: str, files: Sequence[File]) -> Any:
    """Post a message with files in it; the world's record of it."""
    backend = actor._env.backend  # noqa: SLF001
    stored = backend.get_channel(channel.id)
    if stored.guild_id is not None:
        wanted = "send_messages_in_threads" if stored.is_thread else "send_messages"
        needed = (wanted, "attach_files") if files else (wanted,)
        backend.require_permissions(stored.guild_id, actor.id, stored.id, *needed)
    attachments = backend.store_attachments(stored.id, files)
    return backend.create_message(stored.id, actor.id, content, attachments=attachments)
