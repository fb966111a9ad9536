"""Pictures that come with an interaction: attached to a command or a message, or named in words."""

from collections.abc import Iterable

import discord

from bot.domain.errors import Unreadable
from bot.domain.sentences import say
from bot.domain.uploads import Attachment, Incoming, Link


def attached(file: discord.Attachment) -> Attachment:
    """A file that was attached in Discord."""
    return Attachment(url=file.url, name=file.filename, size=file.size)


def all_attached(files: Iterable[discord.Attachment | None]) -> list[Incoming]:
    """Those that were attached to a command, of all that could be."""
    return [attached(file) for file in files if file is not None]


def one_of(file: discord.Attachment | None, link: str | None) -> Incoming:
    """The one picture that a command is about.

    Raises: Unreadable, where none is named, or two are.
    """
    if file is not None and link is not None:
        raise Unreadable(say("There are two pictures: attach one, or name one by its link."))
    if file is not None:
        return attached(file)
    if link is not None:
        return Link(url=link)
    raise Unreadable(say("Which picture? Attach one, or write its link or one of mine, as `picture:12.1`."))


def first_picture(message: discord.Message) -> discord.Attachment | None:
    """The first picture that is attached to a message."""
    pictures = (file for file in message.attachments if (file.content_type or "").startswith("image/"))
    return next(pictures, None)
