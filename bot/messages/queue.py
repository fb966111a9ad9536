"""What /queue shows."""

from dataclasses import replace

from bot.domain.echo import echo, visible
from bot.domain.job import Job, JobStatus
from bot.domain.sentences import Translations, moment, say, say_n
from bot.messages.catalogue import translations
from bot.messages.lists import fitted
from bot.messages.payload import MAX_CHOICE, MAX_CONTENT, Payload
from bot.services.queue import QueueState

MAX_ROWS = 15
MAX_PROMPT = 60


def state(state: QueueState, locale: str) -> Payload:
    """What waits and runs in a guild."""
    words = translations(locale)
    head = say_n("**{count} job waits or runs**", "**{count} jobs wait or run**", len(state.jobs))
    paused = say("⏸ Paused: what waits is still drawn, new jobs are refused until /queue resume.")
    rows = [_line(job, words, is_pausing=job.id in state.pausing) for job in state.jobs]
    foot = [paused.render(words)] if state.is_paused else []
    return Payload(content=fitted(words, head.render(words), rows, foot, most=MAX_ROWS))


def resumed(state_: QueueState, locale: str) -> Payload:
    """The pause is over."""
    shown = state(state_, locale)
    goes_on = say("▶️ New jobs are taken again.").render(translations(locale))
    return replace(shown, content=f"{goes_on}\n{shown.content}"[:MAX_CONTENT])


def cancelled(job: Job, locale: str) -> Payload:
    """One job that was stopped."""
    sentence = say(
        "Job {number} of {member} is cancelled and refunded.", number=job.id, member=f"<@{job.user_id}>"
    )
    return Payload(content=sentence.render(translations(locale)))


def cleared(user_id: int | None, count: int, locale: str) -> Payload:
    """All jobs of a member, or of everybody, that were stopped."""
    words = translations(locale)
    if user_id is None:
        everybodys = say_n(
            "{count} job of this server is cancelled and refunded.",
            "{count} jobs of this server are cancelled and refunded.",
            count,
        )
        nothing = say("Nothing waits or runs in this server.")
        return Payload(content=(everybodys if count else nothing).render(words))
    sentence = say_n(
        "{count} job of {member} is cancelled and refunded.",
        "{count} jobs of {member} are cancelled and refunded.",
        count,
        member=f"<@{user_id}>",
    )
    return Payload(content=sentence.render(words))


def choice(job: Job, name: str) -> str:
    """A job in the list to choose from, with its member's name, where that is known."""
    return " · ".join(filter(None, [str(job.id), visible(name), _prompt(job)]))[:MAX_CHOICE]


def _line(job: Job, words: Translations, *, is_pausing: bool) -> str:
    doing = say("drawing") if job.status is JobStatus.RUNNING else say("waiting")
    if is_pausing:
        doing = say("pausing")
    where = f"<#{job.channel_id}>" if not job.is_direct_message else say("direct message").render(words)
    return (
        f"`{job.id}` {doing.render(words)} · <@{job.user_id}> · {where} · {moment(job.created_at)} · "
        f"{_prompt(job)}"
    )


def _prompt(job: Job) -> str:
    """What is drawn in private is nobody else's business, even where the guild pays for it."""
    return "…" if job.is_direct_message else echo(job.prompt, limit=MAX_PROMPT)
