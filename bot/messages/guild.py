"""What /setup and /guild say: a guild's settings, and what became of its rooms."""

from dataclasses import dataclass

from bot.domain.guild import GuildSettings
from bot.domain.guild_options import ROWS, written
from bot.domain.rooms import Arranged
from bot.domain.sentences import Sentence, Translations, say
from bot.messages.catalogue import translations
from bot.messages.payload import MAX_CONTENT, Payload

MAX_VALUE = 90
"""Characters of a value; /guild show names every setting in one message."""


def settings(shown: GuildSettings, locale: str) -> Payload:
    """Every setting with its value, by the name that /guild set takes."""
    words = translations(locale)
    head = say("**The settings of this server**: change one with /guild set.").render(words)
    return Payload(content="\n".join([head, *_lines(shown, words)])[:MAX_CONTENT])


def changed(shown: GuildSettings, name: str, arranged: Arranged, locale: str) -> Payload:
    """One setting after it was changed."""
    words = translations(locale)
    lines = [_line(name, shown, words), *_arranged(arranged, words)]
    return Payload(content="\n".join(lines))


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupState:
    """What the panel of /setup tells beside the settings."""

    models: tuple[str, ...]
    """What is loaded."""
    missing: tuple[Sentence, ...]
    """Permissions that the bot lacks, by name."""
    arranged: Arranged | None = None
    """What was done to the rooms just now."""


def panel(shown: GuildSettings, state: SetupState, locale: str) -> Payload:
    """The panel of /setup, without its menus and buttons."""
    words = translations(locale)
    head = say("**Set up Darkroom.** Choose below; every choice is kept at once.")
    loaded = say("Checkpoint: {models}", models=", ".join(f"`{model}`" for model in state.models))
    summary = [f"{option.help.render(words)}: **{_value(name, shown)}**" for name, option in ROWS.items()]
    lines = [head.render(words), "", loaded.render(words), *summary, ""]
    if state.missing:
        names = ", ".join(name.render(words) for name in state.missing)
        lines.append(
            say("⚠️ To make rooms, my role still needs: {permissions}", permissions=names).render(words)
        )
    if state.arranged is None:
        foot = say("When all is as you want it, press **Make the rooms**. It never makes anything twice.")
        lines.append(foot.render(words))
    else:
        done = _arranged(state.arranged, words)
        lines += done or [say("The rooms are as they should be.").render(words)]
    return Payload(content="\n".join(lines)[:MAX_CONTENT])


def _lines(shown: GuildSettings, words: Translations) -> list[str]:
    return [_line(name, shown, words) for name in ROWS]


def _line(name: str, shown: GuildSettings, words: Translations) -> str:
    return f"- `{name}`: {_value(name, shown)} ({ROWS[name].help.render(words)})"


def _value(name: str, shown: GuildSettings) -> str:
    value = written(shown, ROWS[name]).replace("\n", " ")
    return (value if len(value) <= MAX_VALUE else f"{value[: MAX_VALUE - 1]}…") or "–"


def _arranged(done: Arranged, words: Translations) -> list[str]:
    deeds: list[tuple[tuple[int, ...], Sentence]] = [
        (done.made, say("New rooms: {channels}", channels=_channels(done.made))),
        (done.reopened, say("Opened again: {channels}", channels=_channels(done.reopened))),
        (done.closed, say("Closed, to be read only: {channels}", channels=_channels(done.closed))),
        (done.deleted, say("Deleted, never used: {number}", number=len(done.deleted))),
    ]
    return [sentence.render(words) for channels, sentence in deeds if channels]


def _channels(channel_ids: tuple[int, ...]) -> str:
    return " ".join(f"<#{channel_id}>" for channel_id in channel_ids)
