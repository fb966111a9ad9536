"""From a payload's rows to discord.py's view."""

import discord

from bot.messages.payload import Button


def to_view(rows: tuple[tuple[Button, ...], ...], *, pressed: str | None = None) -> discord.ui.View:
    """A view of plain buttons; the pressed one is shown in blue.

    It is stopped at once: discord.py would keep a live view in memory for every message, while ours are
    answered by pattern (`DynamicItem`), restart or not.
    """
    view = discord.ui.View(timeout=None)
    for number, row in enumerate(rows):
        for button in row:
            view.add_item(_button(button, number, is_pressed=button.custom_id == pressed))
    view.stop()
    return view


def _button(button: Button, row: int, *, is_pressed: bool) -> discord.ui.Button[discord.ui.View]:
    style = discord.ButtonStyle.danger if button.is_danger else discord.ButtonStyle.secondary
    return discord.ui.Button(
        style=discord.ButtonStyle.primary if is_pressed else style,
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


def _copy(button: discord.Button, row: int, *, is_pressed: bool) -> discord.ui.Button[discord.ui.View]:
    return discord.ui.Button(
        style=discord.ButtonStyle.primary if is_pressed else button.style,
        label=button.label,
        emoji=button.emoji,
        custom_id=button.custom_id,
        disabled=button.disabled,
        row=row,
    )
