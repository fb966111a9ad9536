"""What /info and /status say: where a member stands, and how the bot is."""

from bot.domain.echo import echo, visible
from bot.domain.job import Job, JobStatus, Speed
from bot.domain.quota_words import about, charged_to, duration, left
from bot.domain.sentences import Sentence, Translations, moment, say, say_n
from bot.domain.usage import NOTHING
from bot.messages.catalogue import translations
from bot.messages.custom_ids import of_info
from bot.messages.host import told
from bot.messages.lists import fitted
from bot.messages.payload import Button, Menu, Payload
from bot.messages.preferences import SPEEDS
from bot.messages.quotas import bar, reset
from bot.services.info import MemberInfo, Status
from bot.services.runs import JobUpdate

MAX_CHOICES = 25
MAX_PROMPT = 80


def info(found: MemberInfo, locale: str, *, server: str | None = None) -> Payload:
    """Where a member stands. `server` is named in a direct message."""
    words = translations(locale)
    sentences = [
        reset(found.balance, is_own=True),
        *told(found.host),
        *_used(found),
        say("Speed: {speed}. /settings has more.", speed=SPEEDS[found.preferences.speed or Speed.FAST]),
        _count(len(found.jobs)),
    ]
    lines = [left(found.balance).render(words), bar(found.balance)]
    head = "\n".join([*lines, *(sentence.render(words) for sentence in sentences)])
    foot = [] if server is None else [f"-# {charged_to(server).render(words)}"]
    rows = [_line(update, words) for update in found.jobs]
    return Payload(content=fitted(words, head, rows, foot), rows=_controls(found, words))


def status(found: Status, version: str, locale: str) -> Payload:
    """How the bot is, without anything that is only its owner's business."""
    words = translations(locale)
    waiting = () if found.host.is_closed else _waiting(found)
    lines = [*_ready(found), *waiting, *told(found.host), _since(found, version)]
    return Payload(content="\n".join(line.render(words) for line in lines))


def _used(found: MemberInfo) -> list[Sentence]:
    """All that was ever drawn, and what of it in other speeds."""
    total = sum(found.used.values(), start=NOTHING)
    told = [
        say_n(
            "Drawn here so far: {count} picture ({time} of GPU time)",
            "Drawn here so far: {count} pictures ({time} of GPU time)",
            total.images,
            time=duration(total.gpu_ms),
        )
    ]
    if relaxed := found.used.get(Speed.RELAX):
        told.append(
            say_n(
                "Of them relaxed: {count} picture ({time})",
                "Of them relaxed: {count} pictures ({time})",
                relaxed.images,
                time=duration(relaxed.gpu_ms),
            )
        )
    return told


def _count(count: int) -> Sentence:
    if not count:
        return say("Nothing of yours waits or is drawn.")
    return say_n("**{count} job of yours:**", "**{count} jobs of yours:**", count)


def _line(update: JobUpdate, words: Translations) -> str:
    """A job with its true place, and the way to it."""
    job = update.job
    place = _place(update).render(words)
    return f"- `{job.id}` {place} · {_where(job)} · {echo(job.prompt, limit=MAX_PROMPT)}"


def _place(update: JobUpdate) -> Sentence:
    if update.own_jobs_before:
        return say_n(
            "after {count} other job of yours", "after {count} other jobs of yours", update.own_jobs_before
        )
    if update.position is not None:
        return say(
            "number {position} in the queue, about {time} left",
            position=update.position,
            time=about(update.eta_seconds or 0.0),
        )
    if update.job.status is JobStatus.QUEUED:
        return say("waiting")
    return say("drawing, {percent} %", percent=round(100 * update.progress))


def _where(job: Job) -> str:
    """Its progress message, or its channel where that is not known."""
    if job.message_id is None:
        return f"<#{job.channel_id}>"
    place = "@me" if job.is_direct_message else job.guild_id
    return f"https://discord.com/channels/{place}/{job.channel_id}/{job.message_id}"


def _controls(found: MemberInfo, words: Translations) -> tuple[tuple[Button | Menu, ...], ...]:
    again = Button(custom_id=of_info("show"), label=say("Look again").render(words), emoji="🔄")
    if not found.jobs:
        return ((again,),)
    choices = tuple(
        (str(update.job.id), f"{update.job.id} · {visible(update.job.prompt)}")
        for update in found.jobs[:MAX_CHOICES]
    )
    menu = Menu(
        custom_id=of_info("cancel"), placeholder=say("Cancel one of them").render(words), choices=choices
    )
    everything = say_n("Cancel the one", "Cancel all {count}", len(found.jobs)).render(words)
    return (menu,), (Button(custom_id=of_info("all"), label=everything, is_danger=True), again)


def _ready(found: Status) -> list[Sentence]:
    if not found.models:
        return [say("I am starting: no model is loaded yet. What you ask for now waits.")]
    names = ", ".join(f"`{name}`" for name in found.models)
    return [say("**I am drawing** with {models}.", models=names)]


def _waiting(found: Status) -> list[Sentence]:
    if not found.num_running and not found.num_waiting:
        return [say("Nobody waits: what you ask for now is drawn at once.")]
    told = [
        say(
            "{running} being drawn, {waiting} waiting",
            running=say_n("{count} job", "{count} jobs", found.num_running),
            waiting=say_n("{count} job", "{count} jobs", found.num_waiting),
        )
    ]
    if found.num_waiting and found.wait_seconds is not None:
        told.append(say("The last of them is finished in about {time}.", time=about(found.wait_seconds)))
    return told


def _since(found: Status, version: str) -> Sentence:
    return say("Darkroom {version}, started {when}", version=version, when=moment(found.started_at))
