"""What /setup and /guild say: a guild's settings, and what became of its rooms."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import Unreadable
from bot.domain.guild import GuildSettings
from bot.domain.guild_options import ROWS, Kind
from bot.domain.guild_options import shown as value_of
from bot.domain.quota import Allowance
from bot.domain.quota_words import rate
from bot.domain.rooms import RoomChanges
from bot.domain.sentences import Sentence, Translations, moment, say
from bot.domain.usage import Digest
from bot.messages.catalogue import translations
from bot.messages.lists import mentions
from bot.messages.payload import MAX_CONTENT, Payload
from bot.messages.refusals import refusal

FOR_ROLES = ("/allowance", "/audit", "/mod", "/queue", "/rules", "/usage")
"""The moderators' commands that a moderator's role is enough for."""
DIGEST = "digest"
"""The weekly report has a table of its own, but is chosen on the panel like any setting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one page of the panel shows: settings by group, each with an emoji and a title."""

    title: Sentence
    groups: tuple[tuple[str, Sentence, tuple[str, ...]], ...]


PAGES = {
    "basics": Page(
        title=say("the first things"),
        groups=(
            ("🛡️", say("Moderators"), ("moderators", "moderators-channel")),
            ("🎨", say("Drawing"), ("allowance", "drawing-channels")),
            (
                "🌱",
                say("Newcomers"),
                (
                    "trial",
                    "terms",
                    "newbie-rooms",
                    "max-newbie-rooms",
                    "newbie-category",
                    "account-days",
                    "member-minutes",
                ),
            ),
            ("🌐", say("Web page"), ("public-page",)),
        ),
    ),
    "more": Page(
        title=say("limits, safety, weekly report"),
        groups=(
            ("⏱️", say("Limits"), ("running-jobs", "waiting-jobs", "relax-free", "turbo", "time-zone")),
            ("🔞", say("Safety"), ("nudity", "image-filter", "strikes", "strike-days")),
            ("📊", say("Weekly report"), (DIGEST,)),
        ),
    ),
    "pictures": Page(
        title=say("pictures that members bring"),
        groups=(
            (
                "📎",
                say("Pictures that members bring"),
                ("pictures", "picture-roles", "picture-links", "shared-pictures"),
            ),
        ),
    ),
    "models": Page(
        title=say("models, house style"),
        groups=(
            ("🧠", say("Models"), ("models", "default-model", "model-names", "loras")),
            ("🎨", say("House style"), ("house-styles", "usual-stylize")),
        ),
    ),
    "looks": Page(
        title=say("web page, files, buttons"),
        groups=(
            ("🌐", say("Web page"), ("web-text", "web-picture")),
            ("🖼️", say("Files"), ("recipes",)),
            ("🖌️", say("Buttons"), ("press-others",)),
        ),
    ),
}
"""The pages of /setup's panel; every setting stands on one of them."""
MAX_VALUE = 90
"""Characters of a value; /guild show names every setting in one message."""


def settings(shown: GuildSettings, locale: str) -> Payload:
    """Every setting with its value, by the name that /guild set takes; explained, as far as there is room."""
    words = translations(locale)
    head = say("**The settings of this server**: change one with /guild set.").render(words)
    lines = {name: _line(name, shown, words) for name in ROWS}
    for name in sorted(ROWS, key=lambda name: len(lines[name]), reverse=True):
        if len(head) + sum(len(line) + 1 for line in lines.values()) <= MAX_CONTENT:
            break
        # The longest lose their explanation first.
        lines[name] = _named(name, shown, words) + _remark(name, shown, words)
    return Payload(content="\n".join([head, *lines.values()])[:MAX_CONTENT])


def changed(
    shown: GuildSettings, name: str, arranged: RoomChanges, locale: str, *, unseeing: Sequence[int] = ()
) -> Payload:
    """One setting after it was changed; `unseeing` as in `SetupState`."""
    words = translations(locale)
    lines = [_line(name, shown, words), *_arranged(arranged, words)]
    if unseeing:
        lines += ["", how_roles_see(unseeing, words)]  # the empty line ends the list
    return Payload(content="\n".join(lines))


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupState:
    """What the panel of /setup tells beside the settings."""

    models: tuple[str, ...]
    """What is loaded."""
    everybody: Allowance
    """What counts where the guild has no allowance of its own."""
    missing: tuple[Sentence, ...]
    """Permissions that the bot lacks, by name."""
    page: str = "basics"
    """Which of `PAGES` is open."""
    digest: Digest | None = None
    """Where the weekly report goes."""
    is_desk_public: bool = False
    """Whether everybody can read where appeals and reports arrive."""
    unseeing: tuple[int, ...] = ()
    """Moderators' roles to which Discord does not show the commands of moderators by itself."""
    page_url: str | None = None
    """The address of the guild's web page, where one is known."""
    arranged: RoomChanges | None = None
    """What was done to the rooms just now."""


def panel(shown: GuildSettings, state: SetupState, locale: str) -> Payload:
    """The panel of /setup, without its menus and buttons."""
    words = translations(locale)
    head = say("**Set up Darkroom.** Choose below; every choice is kept at once.")
    loaded = say(
        "Checkpoint: {models}; whoever runs this bot chooses it (MODEL).",
        models=", ".join(f"`{model}`" for model in state.models),
    )
    lines = [head.render(words), f"-# {loaded.render(words)}"]
    for emoji, title, names in PAGES[state.page].groups:
        lines.append(f"### {emoji} {title.render(words)}")
        lines += [f"- {_entry(name, shown, state, words)}" for name in names]
    if shown.is_public and state.page == "basics":
        lines.append(f"- {_address(state).render(words)}")
    foot = _foot(state, words)
    return Payload(content="\n".join([*lines, *([""] if foot else []), *foot])[:MAX_CONTENT])


def not_kept(refused: Unreadable, form: Sentence, locale: str) -> Payload:
    """What the panel says instead after a mistake in one of its forms; its button opens it again, filled."""
    words = translations(locale)
    again = say(
        "Nothing of it was kept. Press **{form}** to correct it: what you wrote is still there.", form=form
    ).render(words)
    mistakes = refusal(refused, locale).content[: MAX_CONTENT - len(again) - 2]
    return Payload(content=f"{mistakes}\n\n{again}")


def how_roles_see(role_ids: Sequence[int], words: Translations) -> str:
    """What only an owner can do, in Discord: show the moderators' commands to roles without Manage Server."""
    sentence = say(
        "⚠️ Discord shows {commands} only to members with Manage Server. So that {roles} see them too, the "
        "owner opens Server Settings → Integrations → this bot, presses each of these commands, then "
        "**Add Roles or Members**, and adds the role.",
        roles=mentions(words, [f"<@&{role_id}>" for role_id in role_ids]),
        commands=" ".join(FOR_ROLES),
    )
    return sentence.render(words)


def _entry(name: str, shown: GuildSettings, state: SetupState, words: Translations) -> str:
    """One setting of the panel: what it is for, and what holds now."""
    if name == DIGEST:
        return _digest(state.digest).render(words)
    value = _value(name, shown, words)
    if name == "allowance" and shown.allowance is None:
        value = f"{rate(state.everybody).render(words)}, {value}"
    line = f"{ROWS[name].help.render(words)}: **{value}**"
    return f"{line}{_remark(name, shown, words)}"


def _remark(name: str, shown: GuildSettings, words: Translations) -> str:
    """What is to be known of a setting that changes nothing for now."""
    if name != "allowance" or shown.trial is None:
        return ""
    return say(" (not in force while there is a trial: empty the trial to use it)").render(words)


def _address(state: SetupState) -> Sentence:
    """Where the web page is, or who can say so."""
    if state.page_url is None:
        return say(
            "Members are not told its address yet: whoever runs this bot can set it (PUBLIC_URL; WEB_PORT "
            "must not be 0)."
        )
    return say("It is here: {address}", address=f"<{state.page_url}>")


def _digest(digest: Digest | None) -> Sentence:
    if digest is None:
        return say("Where the report of each week goes: **nowhere**")
    return say(
        "Where the report of each week goes: **{channel}**, the next one {when}",
        channel=f"<#{digest.channel_id}>",
        when=moment(digest.due_at),
    )


def _foot(state: SetupState, words: Translations) -> list[str]:
    lines = []
    if state.missing:
        names = ", ".join(name.render(words) for name in state.missing)
        lacking = say("⚠️ To make rooms, my role still needs: {permissions}", permissions=names)
        lines.append(lacking.render(words))
    if state.unseeing:
        lines.append(how_roles_see(state.unseeing, words))
    if state.page != "basics":
        return lines
    if state.is_desk_public:
        warning = say(
            "⚠️ Everybody can read where appeals and reports arrive: hide that channel from members."
        )
        lines.append(warning.render(words))
    if state.arranged is None:
        foot = say("When all is as you want it, press **Make the rooms**. It never makes anything twice.")
        return [*lines, foot.render(words)]
    done = _arranged(state.arranged, words) or [say("The rooms are as they should be.").render(words)]
    return lines + done


def _line(name: str, shown: GuildSettings, words: Translations) -> str:
    explained = f"{_named(name, shown, words)} ({ROWS[name].help.render(words)})"
    return f"{explained}{_remark(name, shown, words)}"


def _named(name: str, shown: GuildSettings, words: Translations) -> str:
    return f"- `{name}`: {_value(name, shown, words)}"


def _value(name: str, shown: GuildSettings, words: Translations) -> str:
    """What holds now, on one line."""
    option, value = ROWS[name], value_of(shown, ROWS[name])
    if isinstance(value, Sentence):
        return value.render(words)
    if option.kind in {Kind.ROLES, Kind.CHANNELS}:
        return mentions(words, value.split())
    line = value.replace("\n", " ")
    return line if len(line) <= MAX_VALUE else f"{line[: MAX_VALUE - 1]}…"


def _arranged(done: RoomChanges, words: Translations) -> list[str]:
    deeds: list[tuple[tuple[int, ...], Sentence]] = [
        (done.made, say("New rooms: {channels}", channels=_channels(done.made))),
        (
            done.adopted,
            say(
                "There already, and newbie rooms now: {channels}",
                channels=_channels(done.adopted),
            ),
        ),
        (done.reopened, say("Opened again: {channels}", channels=_channels(done.reopened))),
        (done.closed, say("Closed, to be read only: {channels}", channels=_channels(done.closed))),
        (done.deleted, say("Deleted, never used: {number}", number=len(done.deleted))),
    ]
    return [sentence.render(words) for channels, sentence in deeds if channels]


def _channels(channel_ids: tuple[int, ...]) -> str:
    return " ".join(f"<#{channel_id}>" for channel_id in channel_ids)
