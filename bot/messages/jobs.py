"""What a job's messages say: waiting, running, done, failed, cancelled."""

from bot.domain.echo import echo
from bot.domain.job import Failure, Job, JobStatus, Speed
from bot.domain.kinds import JobKind
from bot.domain.sentences import Sentence, Translations, say
from bot.messages.catalogue import translations
from bot.messages.payload import Button, Payload
from bot.services.runs import JobUpdate

SPEEDS = {Speed.FAST: say("fast"), Speed.RELAX: say("relaxed"), Speed.TURBO: say("turbo")}

FAILURES = {
    Failure.INVALID_REQUEST: say(
        "This model cannot draw that size or number of steps. Try other parameters; nothing was charged."
    ),
    Failure.OUT_OF_MEMORY: say(
        "The picture did not fit into the graphics card's memory. Try a smaller size; nothing was charged."
    ),
    Failure.MODEL_NOT_FOUND: say(
        "The model for this picture is not loaded any more. Draw it anew with /imagine; nothing was charged."
    ),
    Failure.ENGINE: say("Drawing failed on our side. Try again; nothing was charged."),
    Failure.CRASHED: say(
        "This picture brought me down three times, so I gave up on it. Nothing was charged."
    ),
}


def progress(update: JobUpdate) -> Payload:
    """The progress message: `**prompt** - @member (31%) (fast)`, with a Cancel button."""
    job = update.job
    words = translations(job.locale)
    if job.status is JobStatus.QUEUED:
        state = f"({_waiting(update.position).render(words)})"
    else:
        state = f"({update.progress:.0%}) ({SPEEDS[job.speed].render(words)})"
    cancel = Button(custom_id=f"job:{job.id}:cancel", label=say("Cancel").render(words), is_danger=True)
    return Payload(content=f"{_heading(job, words)} {state}", rows=((cancel,),))


def late(job: Job) -> Payload:
    """What the asker alone reads when the answer took a while; the progress message is posted beside it."""
    words = translations(job.locale)
    sentence = say("There was a crowd, so this took a moment. Your picture is developing in this channel.")
    return Payload(content=sentence.render(words))


def result(job: Job, *, is_model_changed: bool = False, is_enlarged: bool = False) -> Payload:
    """The final post: `**prompt** - @member (fast)` and, under a grid, U1-U4 🔄 V1-V4."""
    words = translations(job.locale)
    if job.kind is JobKind.PICK:
        return Payload(content=_heading(job, words) + _notes(job, words, is_model_changed, is_enlarged))
    content = f"{_heading(job, words)} ({SPEEDS[job.speed].render(words)})"
    return Payload(content=content + _notes(job, words, is_model_changed, is_enlarged), rows=grid_rows(job))


def result_without_prompt(job: Job) -> Payload:
    """The final post where Discord's own filter refused the text of the prompt."""
    words = translations(job.locale)
    note = say("This server's filter does not let me repeat the prompt.").render(words)
    return Payload(content=f"<@{job.user_id}>\n-# {note}", rows=grid_rows(job))


def grid_rows(job: Job) -> tuple[tuple[Button, ...], ...]:
    """The buttons under a grid; a picked tile has none yet."""
    if job.kind is JobKind.PICK:
        return ()
    numbers = range(job.recipe.num_images)
    picks = tuple(Button(custom_id=f"job:{job.id}:pick:{i}", label=f"U{i + 1}") for i in numbers)
    varies = tuple(Button(custom_id=f"job:{job.id}:vary:{i}", label=f"V{i + 1}") for i in numbers)
    return ((*picks, Button(custom_id=f"job:{job.id}:reroll", emoji="🔄")), varies)


def ended(job: Job) -> Payload:
    """What is left of the progress message of a cancelled or failed job."""
    words = translations(job.locale)
    if job.failure is None:
        return Payload(content=f"{_heading(job, words)} ({say('Cancelled').render(words)})")
    return Payload(content=f"{_heading(job, words)}\n⚠️ {FAILURES[job.failure].render(words)}")


def undeliverable(job: Job) -> Payload:
    """What the progress message becomes when the result cannot be posted beside it."""
    words = translations(job.locale)
    note = say("Your picture is finished, but I may not post it here. Use /show to bring it back.")
    return Payload(content=f"<@{job.user_id}> {note.render(words)}")


def file_name(job: Job, token: str, extension: str) -> str:
    """The attachment's name: words of the prompt, and the token by which the post is found again."""
    words = "".join(c if c.isascii() and c.isalnum() else "_" for c in job.prompt.lower())
    slug = "_".join(part for part in words.split("_") if part)[:48]
    return f"{slug or 'picture'}_{token}.{extension}"


def _waiting(position: int | None) -> Sentence:
    if position is None or position <= 1:
        return say("Waiting to start")
    return say("Waiting to start, number {position} in the queue", position=position)


def _heading(job: Job, words: Translations) -> str:
    mention = f"<@{job.user_id}>"
    heading = f"**{echo(job.prompt)}** - "
    number = job.parent.index + 1 if job.parent else 0
    match job.kind:
        case JobKind.VARY:
            return heading + say("Variations of #{number} by {member}", number=number, member=mention).render(
                words
            )
        case JobKind.PICK:
            return heading + say("Image #{number} {member}", number=number, member=mention).render(words)
        case JobKind.IMAGINE | JobKind.REROLL:
            return heading + mention


def _notes(job: Job, words: Translations, is_model_changed: bool, is_enlarged: bool) -> str:  # noqa: FBT001
    notes = []
    if is_enlarged:
        notes.append(say("Enlarged from {width}×{height}.", width=job.recipe.width, height=job.recipe.height))
    if is_model_changed:
        notes.append(say("The model has changed since the first picture, so this one may differ."))
    if job.is_direct_message:
        notes.append(say("Counted in the server where you last used me."))
    return "".join(f"\n-# {note.render(words)}" for note in notes)
