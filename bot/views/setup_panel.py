"""The panel of /setup: menus that keep what is chosen at once, forms, and the button that makes the rooms."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

import discord

from bot.boundary import MODERATORS, Interaction, asker_of, check_posting, guard, is_read_by_all, patience
from bot.domain.errors import NotFound, Unreadable
from bot.domain.guild import GuildSettings
from bot.domain.guild_options import MAX_IDS, ROWS, Kind, hint, written
from bot.domain.image_filter import ImageFilter
from bot.domain.rooms import RoomChanges
from bot.domain.sentences import Sentence, Translations, say
from bot.messages import custom_ids
from bot.messages import guild as messages
from bot.messages.catalogue import translations
from bot.messages.components import to_embeds
from bot.messages.guild import DIGEST
from bot.messages.payload import Typed
from bot.views import forms
from bot.views.forms import Field, Form
from bot.views.rebuilt import Rebuilt, chosen_in
from bot.views.wired import wired

FORMS: dict[str, tuple[Sentence, tuple[str, ...]]] = {
    "allowances": (say("Allowances…"), ("allowance", "trial", "account-days", "member-minutes")),
    "rooms": (say("Rooms…"), ("newbie-rooms", "max-newbie-rooms", "newbie-category")),
    "terms": (say("Terms…"), ("terms",)),
    "web": (say("Words of the page…"), ("web-text", "web-picture")),
    "models": (say("Models…"), ("models", "default-model", "model-names", "loras")),
    "house-style": (say("House style…"), ("house-styles", "usual-stylize")),
    "limits": (say("Limits…"), ("running-jobs", "waiting-jobs", "time-zone")),
    "strike-steps": (say("Strikes…"), ("strikes", "strike-days")),
}
"""Forms by action: the button's label and the settings in them; five at most, as Discord has it."""
SWITCHES = {
    "public-page": (say("Web page: on"), say("Web page: off")),
    "nudity": (say("Nudity: on"), say("Nudity: off")),
    "relax-free": (say("Relaxed jobs: free"), say("Relaxed jobs: counted")),
    "turbo": (say("Turbo: on"), say("Turbo: off")),
    "pictures": (say("Bringing pictures: on"), say("Bringing pictures: off")),
    "picture-links": (say("Links to pictures: on"), say("Links to pictures: off")),
    "shared-pictures": (say("Others' pictures: may be used"), say("Others' pictures: may not be used")),
    "recipes": (say("Recipes in files: on"), say("Recipes in files: off")),
    "press-others": (say("Others' buttons: on"), say("Others' buttons: off")),
}
"""Buttons that toggle a setting, by its name: what they say while it is on, and off."""
PLACEHOLDERS = {
    "moderators": say("Roles that moderate"),
    "moderators-channel": say("Where appeals and reports arrive"),
    "drawing-channels": say("Channels to draw in (none: everywhere)"),
    "picture-roles": say("Roles that bring pictures (none: everybody)"),
    DIGEST: say("Where the weekly report goes"),
}
"""What a menu says while nothing is chosen; it has the width of a menu, about 44 letters."""
CHOICES = {
    "image-filter": {
        ImageFilter.OFF.value: say("Looks nude: nothing happens"),
        ImageFilter.SPOILER.value: say("Looks nude: behind a spoiler"),
        ImageFilter.MODERATORS.value: say("Looks nude: spoiler, moderators are told"),
        ImageFilter.BLOCK.value: say("Looks nude: deleted"),
    },
}
"""What can be chosen from a menu that always has a choice, by its setting; each says what it is about."""
APPLY, PAGE = "apply", "page"
Menu: TypeAlias = discord.ui.RoleSelect[Any] | discord.ui.ChannelSelect[Any] | discord.ui.Select[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """What can be pressed on a page, below the choice of pages: at most three menus, and a row of buttons."""

    menus: tuple[str, ...]
    buttons: tuple[str, ...]


CONTROLS = {
    "basics": Controls(
        menus=("moderators", "moderators-channel", "drawing-channels"),
        buttons=("allowances", "rooms", "terms", "public-page", APPLY),
    ),
    "more": Controls(
        menus=("image-filter", DIGEST),
        buttons=("limits", "strike-steps", "nudity", "relax-free", "turbo"),
    ),
    "pictures": Controls(
        menus=("picture-roles",),
        buttons=("pictures", "picture-links", "shared-pictures"),
    ),
    "models": Controls(menus=(), buttons=("models", "house-style")),
    "looks": Controls(menus=(), buttons=("web", "recipes", "press-others")),
}
"""By the pages of `bot.messages.guild.PAGES`."""
BUTTON_ROW = 4  # the last one of Discord's five
MAX_LINE = 100


def page_of(action: str) -> str:
    """The page on which something is pressed; the first one, for what is on none."""
    shown = (name for name, controls in CONTROLS.items() if action in (*controls.menus, *controls.buttons))
    return next(shown, next(iter(CONTROLS)))


async def panel(
    interaction: Interaction,
    settings: GuildSettings,
    *,
    page: str = "basics",
    arranged: RoomChanges | None = None,
    to_mend: str = "",
) -> tuple[str, discord.ui.View]:
    """A page of the panel as it stands: its text and what can be pressed. `to_mend`, a form, stands out."""
    services = wired(interaction).services
    asker = asker_of(interaction)
    state = messages.SetupState(
        models=services.health.list_models(),
        everybody=services.quotas.everybody(settings),
        unseeing=unseeing(settings, interaction.guild),
        page_url=services.gallery.pages.of_guild(asker.guild_id or 0),
        missing=wired(interaction).rooms.missing(asker.guild_id or 0),
        page=page,
        digest=await services.usage.digest(asker),
        is_desk_public=_is_public(settings.moderators_channel_id, interaction.guild),
        arranged=arranged,
    )
    view = _Panel(settings, state, translations(asker.locale), interaction, to_mend=to_mend).build()
    return messages.panel(settings, state, asker.locale).content, view


def _is_public(channel_id: int | None, guild: discord.Guild | None) -> bool:
    channel = guild.get_channel(channel_id) if guild and channel_id else None
    return channel is not None and is_read_by_all(channel)


def unseeing(settings: GuildSettings, guild: discord.Guild | None) -> tuple[int, ...]:
    """The chosen roles that lack what Discord asks for before it shows a moderator's command.

    What the owner allowed them by hand in Discord's own settings is not looked at.
    """
    roles = [guild.get_role(role_id) for role_id in settings.moderator_role_ids] if guild else []
    return tuple(role.id for role in roles if role and not _is_shown(role.permissions))


def _is_shown(granted: discord.Permissions) -> bool:
    return granted.administrator or granted >= MODERATORS


class _Panel:
    """The controls of one page, in the reader's language."""

    def __init__(
        self,
        settings: GuildSettings,
        state: messages.SetupState,
        words: Translations,
        interaction: Interaction,
        *,
        to_mend: str,
    ) -> None:
        self._settings = settings
        self._to_mend = to_mend
        self._state = state
        self._words = words
        self._guild = interaction.guild
        self._guild_id = interaction.guild_id

    def build(self) -> discord.ui.View:
        """One row for each menu, the last one for the buttons."""
        view = discord.ui.View(timeout=None)
        controls = CONTROLS[self._state.page]
        menus = [self._pages(), *map(self._menu, controls.menus)] if self._guild else []
        for row, item in enumerate(menus):
            item.row = row
            view.add_item(item)
        for action in controls.buttons:
            view.add_item(self._button(action))
        view.stop()  # answered by pattern, restart or not
        return view

    def _custom_id(self, action: str) -> str:
        return custom_ids.of_setup(self._guild_id, action)

    def _pages(self) -> discord.ui.Select[Any]:
        pages = messages.PAGES
        options = [
            discord.SelectOption(
                label=say(
                    "Page {number} of {count}: {title}", number=number, count=len(pages), title=page.title
                ).render(self._words)[:MAX_LINE],
                value=name,
                default=name == self._state.page,
            )
            for number, (name, page) in enumerate(pages.items(), start=1)
        ]
        return discord.ui.Select(custom_id=self._custom_id(PAGE), options=options)

    def _menu(self, name: str) -> Menu:
        """What is chosen from a list."""
        if name == DIGEST:
            digest = self._state.digest
            return self._channels(name, () if digest is None else (digest.channel_id,), most=1)
        option, value = ROWS[name], getattr(self._settings, ROWS[name].field)
        if option.kind is Kind.ROLES:
            return self._roles(name, value)
        if option.kind is Kind.CHANNELS:
            return self._channels(name, value, most=MAX_IDS)
        if option.kind is Kind.CHANNEL:
            return self._channels(name, () if value is None else (value,), most=1)
        return self._choices(name)

    def _roles(self, name: str, ids: Iterable[int]) -> discord.ui.RoleSelect[Any]:
        return discord.ui.RoleSelect(
            custom_id=self._custom_id(name),
            placeholder=PLACEHOLDERS[name].render(self._words),
            min_values=0,
            max_values=MAX_IDS,
            default_values=self._known(ids),
        )

    def _channels(self, name: str, ids: Iterable[int], *, most: int) -> discord.ui.ChannelSelect[Any]:
        return discord.ui.ChannelSelect(
            custom_id=self._custom_id(name),
            channel_types=[discord.ChannelType.text],
            placeholder=PLACEHOLDERS[name].render(self._words),
            min_values=0,
            max_values=most,
            default_values=self._known(ids),
        )

    def _choices(self, name: str) -> discord.ui.Select[Any]:
        """One of a few values."""
        chosen = written(self._settings, ROWS[name])
        options = [
            discord.SelectOption(
                label=words.render(self._words)[:MAX_LINE], value=value, default=value == chosen
            )
            for value, words in CHOICES[name].items()
        ]
        return discord.ui.Select(custom_id=self._custom_id(name), options=options)

    def _known(self, ids: Iterable[int]) -> list[discord.Object]:
        """Roles and channels that are deleted by now cannot be shown as chosen."""
        guild = self._guild
        if guild is None:
            return []
        return [discord.Object(known) for known in ids if guild.get_channel(known) or guild.get_role(known)]

    def _button(self, action: str) -> discord.ui.Button[Any]:
        style = discord.ButtonStyle.success if action == APPLY else discord.ButtonStyle.secondary
        style = discord.ButtonStyle.primary if action == self._to_mend else style
        return discord.ui.Button(
            custom_id=self._custom_id(action),
            label=self._label(action).render(self._words),
            style=style,
            row=BUTTON_ROW,
        )

    def _label(self, action: str) -> Sentence:
        if action == APPLY:
            return say("Make the rooms")
        if action in FORMS:
            return FORMS[action][0]
        on, off = SWITCHES[action]
        return on if getattr(self._settings, ROWS[action].field) else off


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
        """Keep the choice, open the form or another page, or make the rooms."""
        async with guard(interaction):
            settings = await wired(interaction).services.guilds.managed(asker_of(interaction))
            if self.action in FORMS:
                await forms.show(interaction, form_of(self.action, settings, interaction.guild_id))
            elif self.action == PAGE:
                await _turn(interaction, settings, self._value())
            elif self.action == APPLY:
                await _apply(interaction)
            elif self.action == DIGEST:
                self._check(interaction.guild)
                await _keep_digest(interaction, settings, self._channel())
            elif self.action not in ROWS:
                raise NotFound(say("I do not know this button any more."))
            else:
                self._check(interaction.guild)
                await _keep(interaction, {self.action: self._chosen(settings)}, page_of(self.action))

    def _check(self, guild: discord.Guild | None) -> None:
        """Whether the bot can write where it is to. Raises: NotFound, MissingPermissions."""
        if self.action in {"moderators-channel", DIGEST} and isinstance(self.item, discord.ui.ChannelSelect):
            for channel_id in _picked(self.item):
                check_posting(guild and guild.get_channel(channel_id))

    def _chosen(self, settings: GuildSettings) -> str:
        """The choice as it is written; a button toggles. Raises: NotFound."""
        if isinstance(self.item, discord.ui.RoleSelect):
            return " ".join(f"<@&{role_id}>" for role_id in _picked(self.item)) or "none"
        if isinstance(self.item, discord.ui.ChannelSelect):
            return " ".join(f"<#{channel_id}>" for channel_id in _picked(self.item)) or "none"
        if isinstance(self.item, discord.ui.Select):
            return self._value()
        option = ROWS.get(self.action)
        return "off" if option and option.kind is Kind.SWITCH and getattr(settings, option.field) else "on"

    def _value(self) -> str:
        """What was chosen of a few; nothing, for a press that chose nothing."""
        return chosen_in(self.item)

    def _channel(self) -> int | None:
        picked = _picked(self.item) if isinstance(self.item, discord.ui.ChannelSelect) else []
        return picked[0] if picked else None


def _picked(menu: discord.ui.RoleSelect[Any] | discord.ui.ChannelSelect[Any]) -> list[int]:
    """The ids of what was chosen. What is gone meanwhile, Discord does not resolve. Raises: NotFound."""
    values: list[object] = list(menu.values)
    ids = [value.id for value in values if isinstance(value, discord.abc.Snowflake)]
    if len(ids) < len(values):
        raise NotFound(say("What you chose is gone. Choose again."))
    return ids


def form_of(action: str, settings: GuildSettings, guild_id: int | None) -> Form:
    """Settings to be written, as they are now."""
    title, names = FORMS[action]
    return Form(
        custom_id=custom_ids.of_setup_form(action),
        title=title,
        fields=tuple(_field(name, settings) for name in names),
        again=custom_ids.of_setup(guild_id, action),
    )


def _field(name: str, settings: GuildSettings) -> Field:
    option = ROWS[name]
    is_text = option.kind is Kind.TEXT
    return Field(
        name=name,
        label=option.help,
        hint=hint(option),
        example=option.example,
        value=written(settings, option),
        is_required=False,
        is_short=not is_text or option.most <= MAX_LINE,
        most=option.most if is_text else MAX_LINE,
    )


async def submitted(interaction: Interaction) -> None:
    """Keep what was written into a form of the panel; other interactions are none of our business."""
    action = custom_ids.setup_form(forms.custom_id_of(interaction) or "")
    if action is None:
        return
    async with guard(interaction):
        if action not in FORMS:
            raise NotFound(say("I do not know this form any more. Ask for it anew."))
        form = form_of(action, GuildSettings(), interaction.guild_id)
        values = forms.values_of(interaction, form)
        try:
            await _keep(interaction, {name: text or "none" for name, text in values.items()}, page_of(action))
        except Unreadable as refused:
            await _give_back(
                interaction, action, refused, form.typed(values, translations(interaction.locale.value))
            )


async def _keep(interaction: Interaction, values: dict[str, str], page: str) -> None:
    async with patience(interaction):
        settings = await wired(interaction).services.guilds.set(asker_of(interaction), values)
        shown = await panel(interaction, settings, page=page)
    await _show(interaction, *shown)


async def _give_back(
    interaction: Interaction, action: str, refused: Unreadable, typed: tuple[Typed, ...]
) -> None:
    """Say in the panel itself what is wrong with its form, with what was typed: there is only one panel."""
    settings = await wired(interaction).services.guilds.managed(asker_of(interaction))
    _, view = await panel(interaction, settings, page=page_of(action), to_mend=action)
    content = messages.not_kept(refused, FORMS[action][0], asker_of(interaction).locale).content
    await _show(interaction, content, view, typed)


async def _keep_digest(interaction: Interaction, settings: GuildSettings, channel_id: int | None) -> None:
    async with patience(interaction):
        await wired(interaction).services.usage.set_digest(asker_of(interaction), channel_id)
        shown = await panel(interaction, settings, page=page_of(DIGEST))
    await _show(interaction, *shown)


async def _turn(interaction: Interaction, settings: GuildSettings, page: str) -> None:
    async with patience(interaction):
        shown = await panel(interaction, settings, page=page if page in CONTROLS else page_of(page))
    await _show(interaction, *shown)


async def _apply(interaction: Interaction) -> None:
    await interaction.response.defer()
    arranged = await wired(interaction).rooms.arrange(interaction.guild_id or 0, is_asked=True)
    settings = await wired(interaction).services.guilds.managed(asker_of(interaction))
    await _show(interaction, *await panel(interaction, settings, page=page_of(APPLY), arranged=arranged))


async def _show(
    interaction: Interaction, content: str, view: discord.ui.View, typed: tuple[Typed, ...] = ()
) -> None:
    """Make the pressed message the panel, with frames only where a form is to be mended."""
    is_deferred = interaction.response.is_done()
    edit = interaction.edit_original_response if is_deferred else interaction.response.edit_message
    await edit(content=content, view=view, embeds=to_embeds(typed))
