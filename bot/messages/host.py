"""What is said of the owners' decisions: to them by /host, and to the members whom they concern."""

from collections.abc import Iterator, Mapping, Sequence

from bot.domain.audit import RULE, AuditEntry, Deed
from bot.domain.echo import echo
from bot.domain.hosting import HostedGuild, Hosting, HostReport, HostState
from bot.domain.quota_words import duration
from bot.domain.sentences import Sentence, Translations, moment, say, say_n
from bot.domain.usage import NOTHING
from bot.messages.audit import member
from bot.messages.catalogue import translations
from bot.messages.deeds import details, sentence
from bot.messages.lists import fitted
from bot.messages.payload import MAX_CHOICE, Payload

MAX_NAME = 60
Names = Mapping[int, str]
"""What the guilds that the bot is in are called."""


def told(state: HostState) -> Iterator[Sentence]:
    """What members read in /info and /status of what was decided about their guild, and for all."""
    hosting = state.hosting
    if hosting.is_paused:
        yield _paused(hosting.words)
    if hosting.cap is not None and state.resets_at is not None:
        yield say(
            "Whoever runs me lets this server draw {cap} pictures a day, all its members together: {used} "
            "are drawn or on their way. The next day begins {when}.",
            cap=hosting.cap,
            used=state.num_used,
            when=moment(state.resets_at),
        )
    if state.notice:
        yield standing(state.notice)


def standing(notice: str) -> Sentence:
    """The notice for everybody."""
    return say("📢 {words}", words=echo(notice))


def notice(words: str, locale: str) -> Payload:
    """The notice beside an answer."""
    return Payload(content=standing(words).render(translations(locale)))


def report(found: HostReport, names: Names, locale: str) -> Payload:
    """Which guilds used how much, what was decided about each, and what holds for all."""
    words = translations(locale)
    title = say_n("**Who used the GPU today**", "**Who used the GPU in the last {count} days**", found.days)
    known = {one.hosting.guild_id for one in found.guilds}
    idle = [HostedGuild(hosting=Hosting(guild_id=guild_id)) for guild_id in names if guild_id not in known]
    rows = [_row(one, found, names, words) for one in [*found.guilds, *idle]]
    foot = [*([""] if rows else []), *(line.render(words) for line in _foot(found))]
    return Payload(content=fitted(words, title.render(words), rows, foot))


def cap_set(hosting: Hosting, names: Names, locale: str) -> Payload:
    """How much a guild may draw from now on."""
    server = _name(hosting.guild_id, names)
    if hosting.cap is None:
        lifted = say(
            "There is no cap for {server} any more: its members' allowances alone count.", server=server
        )
        return Payload(content=lifted.render(translations(locale)))
    capped = say(
        "{server} may draw {cap} pictures a day, all its members together. A day begins at midnight UTC; "
        "who asks for more reads that whoever runs me said so, and until when.",
        server=server,
        cap=hosting.cap,
    )
    return Payload(content=capped.render(translations(locale)))


def paused(hosting: Hosting, names: Names, locale: str, *, cancelled: int | None = None) -> Payload:
    """That a guild is paused; `cancelled` is how many of its jobs were, where that was asked for."""
    words, server = translations(locale), _name(hosting.guild_id, names)
    lines = [
        say("{server} is paused. Its members read:", server=server),
        say("> {sentence}", sentence=_paused(hosting.words)),
    ]
    if cancelled is None:
        lines.append(say("What waits there already is still drawn."))
    else:
        lines.append(
            say_n(
                "{count} job that waited there is cancelled and refunded.",
                "{count} jobs that waited there are cancelled and refunded.",
                cancelled,
            )
        )
    return Payload(content="\n".join(line.render(words) for line in lines))


def resumed(hosting: Hosting, names: Names, locale: str) -> Payload:
    """That a guild draws again."""
    again = say("{server} draws again.", server=_name(hosting.guild_id, names))
    return Payload(content=again.render(translations(locale)))


def left(guild_id: int, names: Names, locale: str) -> Payload:
    """That the bot is no longer in a guild."""
    gone = say(
        "I have left {server}. What waited there is cancelled and refunded; its settings and pictures stay.",
        server=_name(guild_id, names),
    )
    return Payload(content=gone.render(translations(locale)))


def notice_set(hosting: Hosting, locale: str) -> Payload:
    """What everybody reads from now on."""
    words = translations(locale)
    if not hosting.words:
        return Payload(content=say("No notice stands any more.").render(words))
    told = say(
        "Everybody reads this in /info and /status, beside their next picture, and where I refuse one:"
    )
    return Payload(content=f"{told.render(words)}\n> {standing(hosting.words).render(words)}")


def log(entries: Sequence[AuditEntry], names: Names, locale: str) -> Payload:
    """What the owners did lately, and which guilds the bot left by itself."""
    words = translations(locale)
    title = say("**What was done with /host**").render(words)
    rows = [f"{moment(entry.created_at)} {deed(entry, names, words)}" for entry in entries]
    return Payload(content=fitted(words, title, rows or [say("Nothing yet.").render(words)]))


def deed(entry: AuditEntry, names: Names, words: Translations) -> str:
    """One row of the owners' log, without its time."""
    actor = say("The command line").render(words) if entry.actor_id == RULE else member(entry.actor_id, words)
    told = sentence(entry.action, words, actor=actor, member="")
    known = dict(entry.details)
    former = str(known.pop("name", ""))
    if guild := str(known.get("guild", "")):
        name = names.get(int(guild), former)
        known["guild"] = f"{name} ({guild})" if name else guild
    about = details(known, words)
    if entry.action == Deed.HOST_CAP and known.get("cap") is None:
        about.append(say("no cap").render(words))
    if entry.action == Deed.HOST_NOTICE and not known.get("words"):
        about.append(say("none stands now").render(words))
    return f"{told} ({'; '.join(about)})" if about else told


def farewell(guild_id: int, name: str, locale: str) -> Payload:
    """What is said in a guild that the bot does not serve, before it leaves."""
    sentence = say(
        "I draw only in servers that whoever runs me has chosen, and {server} is none of them: so I leave "
        "again. Ask them to add the number {number} to my setting `GUILDS`, and invite me once more then.",
        server=echo(name, limit=MAX_NAME),
        number=guild_id,
    )
    return Payload(content=sentence.render(translations(locale)))


def choices(names: Names, typed: str) -> list[tuple[str, str]]:
    """The guilds that a search finds: what is read of each, and its number."""
    found = sorted((f"{name} ({guild_id})", str(guild_id)) for guild_id, name in names.items())
    return [(name[:MAX_CHOICE], value) for name, value in found if typed.lower() in name.lower()]


def _paused(words: str) -> Sentence:
    if not words:
        return say("Whoever runs me has paused drawing in this server.")
    return say("Whoever runs me has paused drawing in this server: {words}", words=echo(words))


def _row(one: HostedGuild, found: HostReport, names: Names, words: Translations) -> str:
    hosting, spent = one.hosting, one.usage
    used = say_n(
        "{count} picture, {time} of GPU time",
        "{count} pictures, {time} of GPU time",
        spent.images,
        time=duration(spent.gpu_ms),
    )
    about = [say("nothing") if spent == NOTHING else used]
    if hosting.cap is not None:
        about.append(say("at most {cap} pictures a day", cap=hosting.cap))
    if hosting.is_paused:
        about.append(say("paused"))
    if found.listed and hosting.guild_id not in found.listed:
        about.append(say("not in `GUILDS`"))
    elif hosting.guild_id not in names:
        about.append(say("I am not there"))
    return f"- **{_name(hosting.guild_id, names)}**: " + " · ".join(part.render(words) for part in about)


def _foot(found: HostReport) -> Iterator[Sentence]:
    total = sum((one.usage for one in found.guilds), NOTHING)
    yield say_n(
        "Together: {count} picture, {time} of GPU time.",
        "Together: {count} pictures, {time} of GPU time.",
        total.images,
        time=duration(total.gpu_ms),
    )
    if not found.listed:
        yield say("`GUILDS` is empty: whoever has the invitation can add me to a server of their own.")
    if found.notice:
        yield say("The notice that stands: {words}", words=echo(found.notice))


def _name(guild_id: int, names: Names) -> str:
    return echo(names.get(guild_id, str(guild_id)), limit=MAX_NAME)
