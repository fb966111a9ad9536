"""What people do on our page beside what simcord's can: menus of messages, reactions, threads, files."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from simcord.backend.errors import BackendError, SetupError
from simcord.enums import AppCommandType
from simcord.results import ResponseMessage

from playground.world import hands

if TYPE_CHECKING:
    from playground.page.channels import ChannelPage

Body = Mapping[str, Any]
Answer = dict[str, Any]

GONE = "That message is not there any more."


class Deeds:
    """The deeds in one channel; who does them is who looks at the page."""

    def __init__(self, channel: "ChannelPage") -> None:
        self._channel = channel
        self._kinds: Mapping[object, Callable[[Any, Body], Awaitable[Answer]]] = {
            "menu": self._menu,
            "react": self._react,
            "thread": self._thread,
            "post": self._post,
        }

    def knows(self, body: Any) -> bool:
        """Whether a request of the browser is for one of these, and not for simcord."""
        return isinstance(body, Mapping) and body.get("kind") in self._kinds

    async def do(self, looker: Any, body: Body) -> Answer:
        """Do it, and say what came of it: `refused` where Discord's client would not have let them."""
        try:
            answer = await self._kinds[body["kind"]](looker, body)
        except (SetupError, BackendError, KeyError, TypeError, ValueError) as error:
            return {"refused": str(error)}
        self._channel.publish(looker)
        return answer

    async def _menu(self, looker: Any, body: Body) -> Answer:
        """What is in the menu of a message, its links too; or what one of the names does to the message."""
        channel, message = self._channel, self._message(looker, body)
        place = {"user_id": looker.viewer.id, "channel_id": channel.channel.id}
        shown = channel.env.backend.visible_commands(**place, type=AppCommandType.MESSAGE)
        names = [command["name"] for command in shown]
        if body.get("name") in names:
            result = await hands.use_menu(looker.viewer, channel.channel, body["name"], message)
            if result.modal is not None:
                looker.modal, looker.modal_handle = result, f"m_{secrets.token_urlsafe(12)}"
        return {"names": names, "links": self._links(message)}

    def _links(self, message: ResponseMessage) -> list[tuple[str, str]]:
        """What can be copied of a message, as Discord's client names it: its own link, and its pictures'."""
        place = self._channel.place
        own = f"https://discord.com/channels/{place.guild_id or '@me'}/{place.id}/{message.id}"
        pictures = [
            item["url"]
            for item in message._message.attachments  # noqa: SLF001
            if str(item.get("content_type")).startswith("image/")
        ]
        numbered = [f"Copy Image Link {number}" for number in range(1, len(pictures) + 1)]
        names = ["Copy Image Link"] if len(pictures) == 1 else numbered
        return [("Copy Message Link", own), *zip(names, pictures, strict=True)]

    async def _react(self, looker: Any, body: Body) -> Answer:
        message = self._message(looker, body)
        await hands.set_reaction(looker.viewer, message, str(body["emoji"]), reacted=body["reacted"] is True)
        return {}

    async def _thread(self, looker: Any, body: Body) -> Answer:
        """Open a thread, at a message or on its own; `address` is where it then is."""
        message = self._message(looker, body) if body.get("target_id") else None
        name = " ".join(str(body["name"]).split())
        thread = hands.open_thread(looker.viewer, self._channel.channel, name, message)
        return {"address": await self._channel.address_of_room(thread.id, looker.viewer.id)}

    async def _post(self, looker: Any, body: Body) -> Answer:
        """Post the files that were chosen, with the text that was typed beside them."""
        hands.post(looker.viewer, self._channel.channel, str(body["content"]), body["values"]["files"])
        return {}

    def _message(self, looker: Any, body: Body) -> ResponseMessage:
        try:
            found = self._channel.find_message(looker, int(body["target_id"]))
        except (SetupError, BackendError):
            raise SetupError(GONE) from None
        return ResponseMessage(self._channel.env, found)
