"""What /settings shows: one small panel, in green what is chosen; and what a prompt got from there."""

from bot.domain.echo import echo_code
from bot.domain.errors import Unreadable
from bot.domain.job import Job, Speed
from bot.domain.preferences import ASK_ABOVE_CHOICES, STYLIZE, Preferences, VariationMode
from bot.domain.prompt import MAX_PROMPTS, parse
from bot.domain.quota_words import charged_to
from bot.domain.sentences import Sentence, Translations, say, say_n
from bot.domain.suffix import MAX_SUFFIX, added
from bot.messages.catalogue import translations
from bot.messages.custom_ids import of_no_suffix, of_settings
from bot.messages.payload import Button, Choice, Payload, Switch
from bot.services.preferences import ANY_MODEL, MemberPanel

MAX_ADDED = 300
"""Letters of what was added to a prompt that a remark repeats."""
LEVELS = dict(
    zip(
        STYLIZE,
        (say("Stylize low"), say("Stylize med"), say("Stylize high"), say("Stylize very high")),
        strict=True,
    )
)
VARIATIONS = {
    VariationMode.STRONG: say("Strong variations"),
    VariationMode.SUBTLE: say("Subtle variations"),
}
SPEEDS = {Speed.FAST: say("Fast"), Speed.RELAX: say("Relax"), Speed.TURBO: say("Turbo")}

FROM_NOW_ON = {
    Speed.FAST: say("From now on you draw **fast**: in your turn."),
    Speed.RELAX: say("From now on you draw **relaxed**: while nobody else waits. It counts all the same."),
    Speed.TURBO: say("From now on you draw in **turbo**: before all others, and each picture counts twice."),
}
RELAX_FREE = say("From now on you draw **relaxed**: while nobody else waits, and free of charge.")


def panel(shown: MemberPanel, locale: str, *, server: str | None = None, refused: str = "") -> Payload:
    """The panel. `server` is named in a direct message; `refused` says why a suffix was not kept."""
    words = translations(locale)
    mine = shown.preferences
    lines = [say("**Your settings**: they hold for all that you draw here.").render(words)]
    lines += [refused] if refused else []
    lines.append(_suffix(mine).render(words))
    lines += [] if server is None else [f"-# {charged_to(server).render(words)}"]
    lines.append(f"-# {say('What a prompt says itself counts first.').render(words)}")
    rows = (
        (_models(shown, words),),
        _stylize(mine, words),
        (*_variations(mine, words), *_speeds(shown, words)),
        (_asking(mine, words),),
        _last(mine, words, is_refused=bool(refused)),
    )
    return Payload(content="\n".join(lines), rows=rows)


def not_kept(refused: Unreadable, locale: str) -> str:
    """Why a suffix was not kept, every mistake of it."""
    words = translations(locale)
    told = say("⚠️ This was not kept as your suffix:").render(words)
    return "\n".join([told, *(f"- {sentence.render(words)}" for sentence in refused.sentences), ""])


def speed_set(shown: MemberPanel, locale: str) -> Payload:
    """The answer to /fast, /relax and /turbo."""
    speed = shown.preferences.speed or Speed.FAST
    is_free = speed is Speed.RELAX and shown.is_relax_free
    told = RELAX_FREE if is_free else FROM_NOW_ON[speed]
    return Payload(content=told.render(translations(locale)))


def remark(job: Job, locale: str, *, has_suffix: bool) -> Payload:
    """What the settings of its member added to a job's prompt, and how it is drawn without."""
    words = translations(locale)
    more = echo_code(added(parse(job.recipe.typed), job.recipe.prompt), limit=MAX_ADDED)
    label = say("Draw without my suffix").render(words)
    rows = ((Button(custom_id=of_no_suffix(job.id), label=label),),) if has_suffix else ()
    return Payload(content=say("Added by your /settings: `{added}`", added=more).render(words), rows=rows)


def _suffix(mine: Preferences) -> Sentence:
    if not mine.suffix:
        return say("No suffix: nothing is added to your prompts.")
    return say("Suffix: `{suffix}`", suffix=echo_code(mine.suffix, limit=MAX_SUFFIX))


def _models(shown: MemberPanel, words: Translations) -> Choice:
    usual = say("Model: what is usual here").render(words)
    named = [(name, say("Model: {model}", model=name).render(words)) for name in shown.models]
    return Choice(
        custom_id=of_settings("model"),
        placeholder=say("Your model is gone: choose another").render(words),
        choices=((ANY_MODEL, usual), *named[:24]),
        chosen=shown.preferences.model or ANY_MODEL,
    )


def _stylize(mine: Preferences, words: Translations) -> tuple[Switch, ...]:
    levels = [
        _button("stylize", label.render(words), level, is_on=mine.stylize == level)
        for level, label in LEVELS.items()
    ]
    return (*levels, _button("raw", say("Style raw").render(words), is_on=mine.is_raw))


def _variations(mine: Preferences, words: Translations) -> list[Switch]:
    return [
        _button("variation", label.render(words), mode.value, is_on=mine.variation is mode)
        for mode, label in VARIATIONS.items()
    ]


def _speeds(shown: MemberPanel, words: Translations) -> list[Switch]:
    chosen = shown.preferences.speed or Speed.FAST
    return [
        _button("speed", label.render(words), speed.value, is_on=chosen is speed)
        for speed, label in SPEEDS.items()
        if speed is not Speed.TURBO or shown.is_turbo_allowed
    ]


def _asking(mine: Preferences, words: Translations) -> Choice:
    choices = tuple((str(count), _asks_above(count).render(words)) for count in ASK_ABOVE_CHOICES)
    return Choice(
        custom_id=of_settings("ask"),
        placeholder=say("When am I to ask first?").render(words),
        choices=choices,
        chosen=str(mine.ask_above),
    )


def _asks_above(count: int) -> Sentence:
    if count == MAX_PROMPTS:
        return say("Many at once: never ask me")
    return say_n("Ask me before more than {count} job", "Ask me before more than {count} jobs", count)


def _last(mine: Preferences, words: Translations, *, is_refused: bool) -> tuple[Button, ...]:
    remix = say("Remix: V and 🔄 ask for the prompt").render(words)
    return (
        _button("remix", remix, is_on=mine.is_remix),
        Button(custom_id=of_settings("suffix"), label=say("Suffix…").render(words), is_primary=is_refused),
        Button(custom_id=of_settings("reset"), label=say("Reset").render(words)),
    )


def _button(action: str, label: str, value: str | int | None = None, *, is_on: bool) -> Switch:
    return Switch(custom_id=of_settings(action, value), label=label, is_on=is_on)
