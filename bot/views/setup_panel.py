"""The panel of /setup: menus that keep what is chosen at once, forms, and the button that makes the rooms."""

import re
from collections.abc import Callable, Iterable
from typing import Any, cast

import discord

from bot.boundary import MODERATORS, Interaction, asker_of, check_posting, guard, patience
from bot.domain.asker import Asker
from bot.domain.errors import NotFound
from bot.domain.guild import GuildSettings
from bot.domain.guild_options import MAX_IDS, ROWS, Kind, written
from bot.domain.rooms import RoomChanges
from bot.domain.sentences import Sentence, Translations, say
from bot.messages import custom_ids
from bot.messages import guild as messages
from bot.messages.catalogue import translations
from bot.views.rebuilt import Rebuilt
from bot.views.wired import wired

FORMS: dict[str, tuple[Sentence, tuple[str, ...]]] = {
    "allowances": (say("Allowances…"), ("allowance", "trial", "account-days", "member-minutes")),
    "rooms": (say("Rooms…"), ("newbie-rooms", "max-newbie-rooms", "newbie-category")),
    "terms": (say("Terms…"), ("terms",)),
    "web": (say("Words of the page…"), ("web-text", "web-picture")),
}
"""Forms by action: the button's label and the settings in them; five at most, as Discord has it."""

MAX_LINE = 100
MAX_LABEL = 45  # Discord's limit


def panel(
    interaction: Interaction, settings: GuildSettings, arranged: RoomChanges | None = None
) -> tuple[str, discord.ui.View]:
    """The panel as it stands: its text and what can be pressed."""
    services = wired(interaction).services
    asker = asker_of(interaction)
    state = messages.SetupState(
        models=services.health.list_models(),
        everybody=services.quotas.everybody(settings),
        unseeing=unseeing(settings, interaction.guild),
        page_url=services.gallery.pages.of_guild(asker.guild_id or 0),
        missing=wired(interaction).rooms.missing(asker.guild_id or 0),
        arranged=arranged,
    )
    controls = _controls(settings, asker, interaction.guild)
    return messages.panel(settings, state, asker.locale).content, controls


def unseeing(settings: GuildSettings, guild: discord.Guild | None) -> tuple[int, ...]:
    """The chosen roles that lack what Discord asks for before it shows a moderator's command.

    What the owner allowed them by hand in Discord's own settings is not looked at.
    """
    roles = [guild.get_role(role_id) for role_id in settings.moderator_role_ids] if guild else []
    return tuple(role.id for role in roles if role and not _is_shown(role.permissions))


def _is_shown(granted: discord.Permissions) -> bool:
    return granted.administrator or granted >= MODERATORS


def _controls(settings: GuildSettings, asker: Asker, guild: discord.Guild | None) -> discord.ui.View:
    words = translations(asker.locale)
    view = discord.ui.View(timeout=None)
    for item in _menus(settings, words, guild) if guild else ():
        item.custom_id = custom_ids.of_setup(asker.guild_id, item.custom_id)
        view.add_item(item)
    public = say("Web page: on") if settings.is_public else say("Web page: off")
    buttons = [(action, label) for action, (label, _) in FORMS.items()] + [("public-page", public)]
    for action, label in buttons:
        view.add_item(
            discord.ui.Button(
                custom_id=custom_ids.of_setup(asker.guild_id, action), label=label.render(words), row=3
            )
        )
    make = say("Make the rooms").render(words)
    style = discord.ButtonStyle.success
    view.add_item(
        discord.ui.Button(
            custom_id=custom_ids.of_setup(asker.guild_id, "apply"), label=make, style=style, row=4
        )
    )
    view.stop()  # answered by pattern, restart or not
    return view


def _menus(
    settings: GuildSettings, words: Translations, guild: discord.Guild
) -> list[discord.ui.RoleSelect[Any] | discord.ui.ChannelSelect[Any]]:
    """What is chosen from lists. Roles and channels that are deleted by now cannot be shown as chosen."""
    desk = () if settings.moderators_channel_id is None else (settings.moderators_channel_id,)
    return [
        discord.ui.RoleSelect(
            custom_id="moderators",
            placeholder=say("Roles that moderate").render(words),
            min_values=0,
            max_values=MAX_IDS,
            default_values=_known(guild.get_role, settings.moderator_role_ids),
            row=0,
        ),
        discord.ui.ChannelSelect(
            custom_id="moderators-channel",
            channel_types=[discord.ChannelType.text],
            placeholder=say("Where appeals and reports arrive").render(words),
            min_values=0,
            default_values=_known(guild.get_channel, desk),
            row=1,
        ),
        discord.ui.ChannelSelect(
            custom_id="drawing-channels",
            channel_types=[discord.ChannelType.text],
            placeholder=say("Channels where members draw; none: everywhere").render(words),
            min_values=0,
            max_values=MAX_IDS,
            default_values=_known(guild.get_channel, settings.drawing_channel_ids),
            row=2,
        ),
    ]


def _known(find: Callable[[int], object], ids: Iterable[int]) -> list[discord.Object]:
    return [discord.Object(number) for number in ids if find(number) is not None]


class SetupItem(
    Rebuilt,
    discord.ui.DynamicItem[discord.ui.Item[Any]],
    template=custom_ids.SETUP,
):
    """Any part of the panel. Who may use it, and in which guild, comes from the interaction alone."""

    def __init__(self, item: discord.ui.Item[Any], match: re.Match[str]) -> None:
        super().__init__(item)
        self.action = match["action"]

    async def callback(self, interaction: Interaction) -> None:
        """Keep the choice, open the form, or make the rooms."""
        async with guard(interaction):
            services = wired(interaction).services
            settings = await services.guilds.managed(asker_of(interaction))
            if self.action in FORMS:
                await interaction.response.send_modal(Form(self.action, settings, interaction.locale.value))
            elif self.action == "apply":
                await _apply(interaction)
            elif self.action not in ROWS:
                raise NotFound(say("I do not know this button any more."))
            else:
                self._check(interaction.guild)
                await _keep(interaction, {self.action: self._chosen(settings)})

    def _check(self, guild: discord.Guild | None) -> None:
        """Whether the bot can write where moderators are to read. Raises: NotFound, MissingPermissions."""
        if self.action == "moderators-channel" and isinstance(self.item, discord.ui.ChannelSelect):
            for channel_id in _picked(self.item):
                check_posting(guild and guild.get_channel(channel_id))

    def _chosen(self, settings: GuildSettings) -> str:
        """The choice as it is written; a button toggles. Raises: NotFound."""
        if isinstance(self.item, discord.ui.RoleSelect):
            return " ".join(f"<@&{role_id}>" for role_id in _picked(self.item)) or "none"
        if isinstance(self.item, discord.ui.ChannelSelect):
            return " ".join(f"<#{channel_id}>" for channel_id in _picked(self.item)) or "none"
        option = ROWS.get(self.action)
        return "off" if option and option.kind is Kind.SWITCH and getattr(settings, option.field) else "on"


def _picked(menu: discord.ui.RoleSelect[Any] | discord.ui.ChannelSelect[Any]) -> list[int]:
    """The ids of what was chosen. What is gone meanwhile, Discord does not resolve. Raises: NotFound."""
    values: list[object] = list(menu.values)
    ids = [value.id for value in values if isinstance(value, discord.abc.Snowflake)]
    if len(ids) < len(values):
        raise NotFound(say("What you chose is gone. Choose again."))
    return ids


class Form(discord.ui.Modal):
    """Settings to be written; it lives as long as the process, which is longer than anybody types."""

    def __init__(self, action: str, settings: GuildSettings, locale: str) -> None:
        words = translations(locale)
        title, names = FORMS[action]
        super().__init__(
            title=title.render(words).removesuffix("…"), custom_id=custom_ids.of_setup_form(action)
        )
        for name in names:
            option = ROWS[name]
            is_long = option.kind is Kind.TEXT and option.most > MAX_LINE
            self.add_item(
                discord.ui.TextInput(
                    custom_id=name,
                    label=option.help.render(words)[:MAX_LABEL],
                    style=discord.TextStyle.paragraph if is_long else discord.TextStyle.short,
                    default=written(settings, option),
                    placeholder=option.example,
                    required=False,
                    max_length=option.most if option.kind is Kind.TEXT else MAX_LINE,
                )
            )

    async def on_submit(self, interaction: Interaction, /) -> None:
        """Keep what was written."""
        async with guard(interaction):
            fields = [cast("discord.ui.TextInput[Any]", item) for item in self.children]
            await _keep(interaction, {field.custom_id: field.value or "none" for field in fields})


async def _keep(interaction: Interaction, values: dict[str, str]) -> None:
    services = wired(interaction).services
    async with patience(interaction):
        settings = await services.guilds.set(asker_of(interaction), values)
    content, view = panel(interaction, settings)
    is_deferred = interaction.response.is_done()
    edit = interaction.edit_original_response if is_deferred else interaction.response.edit_message
    await edit(content=content, view=view)


async def _apply(interaction: Interaction) -> None:
    services = wired(interaction).services
    await interaction.response.defer()
    arranged = await wired(interaction).rooms.arrange(interaction.guild_id or 0, is_asked=True)
    settings = await services.guilds.managed(asker_of(interaction))
    content, view = panel(interaction, settings, arranged)
    await interaction.edit_original_response(content=content, view=view)
