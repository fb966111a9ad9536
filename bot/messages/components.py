"""From a payload's rows and frames to discord.py's view and embeds, and back."""

import io
from collections.abc import Sequence

import discord

from bot.messages.payload import MAX_CHOICE, MAX_DESCRIPTION, Button, Choice, File, Menu, Switch, Typed


def to_file(file: File, *, is_spoiler: bool = False) -> discord.File:
    """The file as it is uploaded, with what it says to those who cannot see it."""
    description = file.description[:MAX_DESCRIPTION] or None
    hidden = is_spoiler or file.is_spoiler
    return discord.File(io.BytesIO(file.data), file.name, spoiler=hidden, description=description)


def to_view(rows: Sequence[Sequence[Button | Menu]], *, pressed: str | None = None) -> discord.ui.View:
    """A view of plain buttons and menus; the pressed button is shown in blue.

    It is stopped at once: discord.py would keep a live view in memory for every message, while ours are
    answered by pattern (`DynamicItem`), restart or not.
    """
    view = discord.ui.View(timeout=None)
    for number, row in enumerate(rows):
        for item in row:
            if isinstance(item, Menu):
                view.add_item(_menu(item, number))
            else:
                view.add_item(_button(item, number, is_pressed=item.custom_id == pressed))
    view.stop()
    return view


def _menu(menu: Menu, row: int) -> discord.ui.Select[discord.ui.View]:
    chosen = menu.chosen if isinstance(menu, Choice) else None
    options = [
        discord.SelectOption(value=value, label=text[:MAX_CHOICE], default=value == chosen)
        for value, text in menu.choices
    ]
    return discord.ui.Select(custom_id=menu.custom_id, placeholder=menu.placeholder, options=options, row=row)


def _button(button: Button, row: int, *, is_pressed: bool) -> discord.ui.Button[discord.ui.View]:
    plain = discord.ButtonStyle.danger if button.is_danger else discord.ButtonStyle.secondary
    plain = discord.ButtonStyle.success if isinstance(button, Switch) and button.is_on else plain
    return discord.ui.Button(
        style=discord.ButtonStyle.primary if is_pressed or button.is_primary else plain,
        label=button.label,
        emoji=button.emoji,
        custom_id=button.custom_id,
        row=row,
    )


def with_pressed(message: discord.Message, custom_id: str) -> discord.ui.View:
    """The message's own buttons, with one more shown as pressed."""
    view = discord.ui.View(timeout=None)
    for number, row in enumerate(message.components):
        for button in row.children if isinstance(row, discord.ActionRow) else ():
            if isinstance(button, discord.Button):
                view.add_item(_copy(button, number, is_pressed=button.custom_id == custom_id))
    view.stop()
    return view


def with_label(message: discord.Message, custom_id: str, label: str | None) -> discord.ui.View:
    """The message's own buttons, one of them with another label."""
    view = with_pressed(message, "")
    for button in view.children:
        if isinstance(button, discord.ui.Button) and button.custom_id == custom_id:
            button.label = label
    return view


def _copy(button: discord.Button, row: int, *, is_pressed: bool) -> discord.ui.Button[discord.ui.View]:
    return discord.ui.Button(
        style=discord.ButtonStyle.primary if is_pressed else button.style,
        label=button.label,
        emoji=button.emoji,
        custom_id=button.custom_id,
        disabled=button.disabled,
        row=row,
    )


def to_embeds(typed: tuple[Typed, ...]) -> list[discord.Embed]:
    """A frame for each field of a form, with what was typed into it."""
    return [discord.Embed(title=field.label, description=field.text.strip() or None) for field in typed]


def typed_in(message: discord.Message | None) -> dict[str, str]:
    """What a message shows as typed into a form, by label; nothing, where it shows none.

    Discord brings the message with the press, so that nothing has to be remembered.
    """
    if message is None or not message.flags.ephemeral:
        return {}
    return {embed.title: embed.description or "" for embed in message.embeds if embed.title}
