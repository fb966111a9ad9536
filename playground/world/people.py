"""What people do in the world: each deed fires one event, and gives the id of its interaction."""

from collections.abc import Mapping, Sequence
from typing import Any

from simcord import interactions
from simcord._modal import _submit_modal
from simcord.actors import (
    MemberActor,
    _autocomplete_result,
    _component_click,
    _component_select,
    _dispatch_actor_interaction,
    _resolve_visible_command,
)
from simcord.backend import serializers
from simcord.backend.errors import BackendError, SetupError
from simcord.builders import ChannelHandle, GuildHandle, RoleHandle, UserHandle
from simcord.enums import AppCommandType, InteractionType
from simcord.results import InteractionResult, ResponseMessage

from playground.views import Channel, Member, Message, Role
from playground.world import hands
from playground.world.state import Payload, World


class Refused(Exception):
    """Something that Discord's own client would not let a person do."""


class People:
    """The hands of the people in the world, with what Discord's client would not let them do."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._backend = world.backend

    async def slash(
        self, member: Member, channel: Channel, name: str, options: Mapping[str, Any], *, forged: bool
    ) -> int:
        actor, handle = self._actor(member, channel)
        root_name, *path = name.split()
        with _Refusals():
            root = self._command(actor, handle, root_name, forged=forged)
            leaf, nesting = interactions.walk_to_subcommand(root, path)
            values = {key: self._option(value) for key, value in options.items()}
            built, resolved = interactions.build_options(actor, name, leaf, values, channel_id=handle.id)
            data = {
                "id": root["id"],
                "name": root["name"],
                "type": int(AppCommandType.CHAT_INPUT),
                "options": interactions.nest_options(root, nesting, built),
                **({"resolved": resolved} if resolved else {}),
            }
            result = await _dispatch_actor_interaction(
                actor, InteractionType.APPLICATION_COMMAND, handle, data
            )
        return _id_of(result)

    def commands(self, member: Member, channel: Channel) -> list[str]:
        """The slash commands that Discord's client offers to a person in a channel, subcommands in full."""
        with _Refusals():
            visible = self._backend.visible_commands(user_id=member.id, channel_id=channel.id)
            return [" ".join(path) for root in visible for path, _ in interactions.command_leaves(root)]

    def _command(self, actor: Any, channel: Any, name: str, *, forged: bool) -> Payload:
        if not forged:
            return dict(_resolve_visible_command(actor, channel.id, name, AppCommandType.CHAT_INPUT))
        command = self._backend.find_command(name, None)
        if command is None:
            raise Refused(f"no command is called {name!r}")
        return dict(command)

    async def autocomplete(
        self,
        member: Member,
        channel: Channel,
        name: str,
        option: str,
        value: str,
        filled: Mapping[str, Any],
    ) -> int:
        actor, handle = self._actor(member, channel)
        with _Refusals():
            values = {key: self._option(item) for key, item in filled.items()}
            result = await _autocomplete_result(actor, handle, name, option, value, values)
        return _id_of(result)

    async def context_menu(self, member: Member, channel: Channel, name: str, message: Message) -> int:
        actor, handle = self._actor(member, channel)
        with _Refusals():
            target = self._response(message)
            result = await hands.use_menu(actor, handle, name, target)
        return _id_of(result)

    async def press(
        self, member: Member, message: Message, *, custom_id: str | None, label: str | None
    ) -> int:
        actor, _ = self._actor(member, self._channel_of(message))
        if custom_id is None and label is not None and label in [item.emoji for item in message.components]:
            custom_id, label = message.component(label).custom_id, None  # simcord knows no buttons by emoji
        with _Refusals():
            target = self._response(message)
            result = await _component_click(actor, target, label=label, custom_id=custom_id)
        return _id_of(result)

    async def press_forged(self, member: Member, message: Message, custom_id: str) -> int:
        """Press a button that the message does not show, or no longer shows, or shows disabled."""
        actor, handle = self._actor(member, self._channel_of(message))
        stored = self._backend.get_message(message.channel_id, message.id)
        payload = dict(serializers.message_payload(self._backend, stored))
        if custom_id not in [component.custom_id for component in message.components]:
            # Clients look for the button in the message: a forgery must show it to get through to the bot.
            button = {"type": 2, "style": 2, "label": "forged", "custom_id": custom_id}
            payload["components"] = [*payload["components"], {"type": 1, "components": [button]}]
        with _Refusals():
            result = await _dispatch_actor_interaction(
                actor,
                InteractionType.MESSAGE_COMPONENT,
                handle,
                {"custom_id": custom_id, "component_type": 2},
                extra={"message": payload},
                source_message_id=stored.id,
            )
        return _id_of(result)

    async def select(
        self, member: Member, message: Message, values: Sequence[Any], custom_id: str | None
    ) -> int:
        actor, _ = self._actor(member, self._channel_of(message))
        with _Refusals():
            target = self._response(message)
            chosen = [self._option(value) for value in values]
            result = await _component_select(actor, target, chosen, custom_id=custom_id)
        return _id_of(result)

    async def submit(self, member: Member, interaction_id: int, values: Mapping[str, Any]) -> int:
        """Fill in the form that an interaction was answered with, and send it."""
        record = self._world.interaction(interaction_id)
        channel = self._backend.get_channel(record.channel_id)
        actor, _ = self._actor(member, Channel(id=channel.id, name="", guild_id=channel.guild_id))
        with _Refusals():
            filled = {key: self._option(value) for key, value in values.items()}
            result = await _submit_modal(actor, InteractionResult(self._world.env, record), filled)
        return _id_of(result)

    async def react(self, member: Member, message: Message, emoji: str, *, reacted: bool) -> None:
        """Put an emoji under a message, or take one's own away."""
        actor, _ = self._actor(member, self._channel_of(message))
        with _Refusals():
            await hands.set_reaction(actor, self._response(message), emoji, reacted=reacted)

    def open_thread(
        self, member: Member, channel: Channel, name: str, message: Message | None, *, private: bool
    ) -> Channel:
        """Open a thread in a channel, at a message or on its own."""
        actor, handle = self._actor(member, channel)
        with _Refusals():
            target = self._response(message) if message else None
            thread = hands.open_thread(actor, handle, name, target, private=private)
        return Channel(id=thread.id, name=thread.name, guild_id=channel.guild_id, parent_id=channel.id)

    def say(self, member: Member, channel: Channel, content: str, files: Sequence[hands.File]) -> int:
        """Post a plain message, with files in it or not; its id."""
        actor, handle = self._actor(member, channel)
        with _Refusals():
            return int(hands.post(actor, handle, content, files).id)

    def _actor(self, member: Member, channel: Channel) -> tuple[Any, Any]:
        """simcord's actor for a person, and its handle for the channel where they act."""
        user = UserHandle(self._world.env, self._backend.get_user(member.id))
        stored = self._backend.channels.get(channel.id)
        if stored is None:
            raise Refused("that channel is gone")
        if channel.guild_id is None:
            return user, ChannelHandle(self._world.env, None, stored)
        guild = GuildHandle(self._world.env, self._backend.get_guild(channel.guild_id))
        return MemberActor(self._world.env, guild, user), ChannelHandle(self._world.env, guild, stored)

    def _channel_of(self, message: Message) -> Channel:
        stored = self._backend.get_channel(message.channel_id)
        return Channel(id=stored.id, name=stored.name or "", guild_id=stored.guild_id)

    def _response(self, message: Message) -> Any:
        return ResponseMessage(self._world.env, self._backend.get_message(message.channel_id, message.id))

    def _option(self, value: Any) -> Any:
        """An option's value as simcord takes it: views become its handles."""
        match value:
            case [*items] if not isinstance(value, tuple):  # a tuple is a file
                return [self._option(item) for item in items]
            case Member():
                actor, _ = self._actor(value, self._first_channel(value.guild_id))
                return actor
            case Role():
                guild = self._backend.get_guild(value.guild_id)
                return RoleHandle(self._world.env, GuildHandle(self._world.env, guild), guild.roles[value.id])
            case Channel(guild_id=int(guild_id)):
                guild = GuildHandle(self._world.env, self._backend.get_guild(guild_id))
                return ChannelHandle(self._world.env, guild, self._backend.get_channel(value.id))
            case _:
                return value

    def _first_channel(self, guild_id: int) -> Channel:
        stored = self._backend.channels[self._backend.get_guild(guild_id).channel_ids[0]]
        return Channel(id=stored.id, name=stored.name, guild_id=guild_id)


class _Refusals:
    """Turns simcord's complaints about a person's deed into `Refused`."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, (SetupError, BackendError)):
            raise Refused(str(error)) from error


def _id_of(result: Any) -> int:
    return int(result._interaction.id)  # noqa: SLF001
