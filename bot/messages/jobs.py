"""What a job's messages say: waiting, running, done, failed, cancelled."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.domain.echo import echo, visible
from bot.domain.job import Failure, Job, JobStatus, Speed
from bot.domain.kinds import Origin
from bot.domain.quota_words import about, charged_to
from bot.domain.sentences import Sentence, Translations, say, say_n
from bot.domain.size import Size
from bot.messages.catalogue import translations
from bot.messages.custom_ids import of_again, of_cancel, of_cancel_all
from bot.messages.kinds import WORDS, heading_of
from bot.messages.payload import MAX_DESCRIPTION, Button, File, Payload
from bot.services.runs import JobUpdate

SPEEDS = {Speed.FAST: say("fast"), Speed.RELAX: say("relaxed"), Speed.TURBO: say("turbo")}

MAX_PROMPT = 300
"""Letters of a prompt above its picture; all of it is in the details."""
MAX_DESCRIBED = 950
"""Letters of a prompt in a picture's description, which Discord limits to 1,024."""
MAX_UNREAD = 120

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
    Failure.GONE: say("This cannot be made: the picture that it is made from is gone. Nothing was charged."),
    Failure.ENGINE: say("Drawing failed on our side. Try again; nothing was charged."),
    Failure.RESTORED: say("I was put back to an earlier day before this was drawn. Nothing was charged."),
    Failure.CRASHED: say(
        "This picture brought me down three times, so I gave up on it. Nothing was charged."
    ),
}
MAY_SUCCEED = frozenset({Failure.ENGINE, Failure.CRASHED, Failure.RESTORED})
"""What may not fail when it is tried again."""


def progress(update: JobUpdate) -> Payload:
    """The progress message: `**prompt** - @member (31%) (fast)`, with a Cancel button."""
    job = update.job
    words = translations(job.locale)
    if job.status is JobStatus.QUEUED:
        state = f"({say('Waiting to start').render(words)})"
    else:
        state = f"({update.progress:.0%}) ({SPEEDS[job.speed].render(words)})"
    cancel = Button(custom_id=of_cancel(job.id), label=say("Cancel").render(words), is_danger=True)
    buttons = [cancel]
    if job.batch_size > 1:
        label = say("Cancel all {count}", count=job.batch_size).render(words)
        buttons.append(Button(custom_id=of_cancel_all(job.id), label=label, is_danger=True))
    content = f"{_heading(job, words)} {state}" + _small(_place(update), words)
    return Payload(content=content, rows=(tuple(buttons),))


def late(job: Job) -> Payload:
    """What the asker alone reads when the answer took a while; the progress message is posted beside it."""
    words = translations(job.locale)
    sentence = say("There was a crowd, so this took a moment. Your picture is developing in this channel.")
    return Payload(content=sentence.render(words))


def result(
    job: Job, *, is_model_changed: bool = False, is_enlarged: bool = False, server: str = ""
) -> Payload:
    """The final post: `**prompt** - @member (fast)` and, under a grid, U1-U4 🔄 V1-V4.

    `server` is the name of the guild that is charged, which a direct message tells.
    """
    words = translations(job.locale)
    content = _heading(job, words)
    if job.kind.traits.is_drawn:
        content += f" ({SPEEDS[job.speed].render(words)})"
    notes = list(_notes(job, is_model_changed=is_model_changed, is_enlarged=is_enlarged))
    if job.is_direct_message:
        notes.append(charged_to(server))
    return Payload(content=content + _small(notes, words), rows=WORDS[job.kind].rows(job))


def result_without_prompt(job: Job) -> Payload:
    """The final post where Discord's own filter refused the text of the prompt."""
    words = translations(job.locale)
    note = say("This server's filter does not let me repeat the prompt.").render(words)
    return Payload(content=f"<@{job.user_id}>\n-# {note}", rows=WORDS[job.kind].rows(job))


def ended(job: Job) -> Payload:
    """What is left of the progress message of a cancelled or failed job."""
    words = translations(job.locale)
    if job.failure is None:
        free = _small([say("Nothing was charged.")], words)
        return Payload(content=f"{_heading(job, words)} ({say('Cancelled').render(words)}){free}")
    content = f"{_heading(job, words)}\n⚠️ {FAILURES[job.failure].render(words)}"
    if job.failure not in MAY_SUCCEED:
        return Payload(content=content)
    again = Button(custom_id=of_again(job.id), label=say("Draw again").render(words), emoji="🔄")
    return Payload(content=content, rows=((again,),))


def undeliverable(job: Job) -> Payload:
    """What the progress message becomes when the result cannot be posted beside it."""
    words = translations(job.locale)
    note = say("Your picture is finished, but I may not post it here. Use /show to bring it back.")
    return Payload(content=f"<@{job.user_id}> {note.render(words)}")


def already_there(job: Job) -> Payload:
    """For who picks a tile that they have picked here before."""
    words = translations(job.locale)
    number = job.parent.index + 1 if job.parent else 0
    link = link_to(job)
    if link is None:
        sentence = say("U{number} is being posted already.", number=number)
    else:
        sentence = say("U{number} is already here: {link}", number=number, link=link)
    return Payload(content=sentence.render(words))


def link_to(job: Job) -> str | None:
    """Where a job's result stands; None where it is not posted."""
    if job.result_message_id is None:
        return None
    place = "@me" if job.is_direct_message else job.guild_id
    return f"https://discord.com/channels/{place}/{job.channel_id}/{job.result_message_id}"


def described(job: Job, *, is_preview: bool = False, says_prompt: bool = True) -> str:
    """What a picture shows, for those who cannot see it: its prompt as text, unless that is kept back."""
    words = translations(job.locale)
    if not says_prompt:
        return say("A picture").render(words)
    prompt = visible(job.recipe.worded)
    if not prompt:
        return say("A picture").render(words)
    prompt = prompt if len(prompt) <= MAX_DESCRIBED else f"{prompt[: MAX_DESCRIBED - 1]}…"
    if is_preview:
        return say("Preview of: {prompt}", prompt=prompt).render(words)[:MAX_DESCRIPTION]
    if job.recipe.num_images == 1:
        return prompt
    grid = say("{count} pictures of: {prompt}", count=job.recipe.num_images, prompt=prompt)
    return grid.render(words)[:MAX_DESCRIPTION]


def film(job: Job, token: str, data: bytes, *, says_prompt: bool = True) -> File:
    """The denoising of a job as a file beside its result."""
    words = translations(job.locale)
    return File(
        name=file_name(job, token, "webp", says_prompt=says_prompt),
        data=data,
        description=say("How the picture came out of noise, step by step").render(words),
    )


def file_name(job: Job, token: str, extension: str, *, says_prompt: bool = True) -> str:
    """The attachment's name: words of the prompt, and the token by which the post is found again."""
    prompt = job.recipe.worded if says_prompt else ""
    words = "".join(c if c.isascii() and c.isalnum() else "_" for c in prompt.lower())
    slug = "_".join(part for part in words.split("_") if part)[:48]
    return f"{slug or 'picture'}_{token}.{extension}"


def _place(update: JobUpdate) -> Iterator[Sentence]:
    """What a job waits for. Not beside the state: tools look for `(Waiting to start)` as it is."""
    if update.is_database_away:
        yield say("Waiting for the database: it is away just now, and this goes on once it is back.")
    elif update.is_engine_away:
        yield say(
            "Nothing that could draw this answers just now. It goes on by itself, perhaps in about {time}.",
            time=about(update.eta_seconds or 0.0),
        )
    elif update.own_jobs_before:
        yield say_n(
            "Begins after {count} other job of yours.",
            "Begins after {count} other jobs of yours.",
            update.own_jobs_before,
        )
    elif update.position is not None and (update.position > 1 or update.job.status is JobStatus.RUNNING):
        time = about(update.eta_seconds or 0.0)
        yield say("Number {position} in the queue, about {time} left.", position=update.position, time=time)
    if update.loading_seconds:
        yield say(
            "{model} is loaded first, in about {time}.",
            model=echo(update.job.recipe.weights.name, limit=60),
            time=about(update.loading_seconds),
        )
    if update.job.unread:
        yield _unread(update.job.unread)


def _heading(job: Job, words: Translations) -> str:
    number = job.parent.index + 1 if job.parent else 0
    values = {"member": f"<@{job.user_id}>", "number": number}
    prompt = echo(job.prompt, limit=MAX_PROMPT)
    return f"**{prompt}** - {replace(heading_of(job), values=values).render(words)}"


def _notes(job: Job, *, is_model_changed: bool, is_enlarged: bool) -> Iterator[Sentence]:
    yield from _made_from(job)
    yield from _sized(job)
    yield from blend_notes(job)
    if is_enlarged:
        canvas = job.recipe.shown
        yield say("Enlarged from {width}×{height}.", width=canvas.width, height=canvas.height)
    if len(job.prompt) > MAX_PROMPT:
        yield say("The whole prompt: Apps → Details.")
    if job.unread:
        yield _unread(job.unread)
    if is_model_changed:
        yield say("The model has changed since the first picture, so this one may differ.")


def _made_from(job: Job) -> Iterator[Sentence]:
    """Which picture it was made from, and what it was really drawn with: nobody typed that."""
    recipe, traits = job.recipe, job.kind.traits
    if not traits.is_drawn:
        return
    is_of_tile = traits.origin is Origin.TILE and job.parent is not None
    number = job.parent.index + 1 if job.parent else 0
    if is_of_tile and recipe.enlargement is not None:
        yield say("From image {number}.", number=number)
        return
    drawn = {"seed": recipe.seed, "width": recipe.shown.width, "height": recipe.shown.height}
    if is_of_tile:
        yield say("From image {number}; seed {seed}, {width}×{height}.", number=number, **drawn)
    elif job.parent is not None or job.batch_size > 1:
        yield say("Seed {seed}, {width}×{height}.", **drawn)


def _sized(job: Job) -> Iterator[Sentence]:
    """Where the size is another one than was asked for."""
    recipe = job.recipe
    asked = recipe.prompt.parameters.aspect_ratio
    if not job.kind.traits.is_drawn or recipe.edit is not None or recipe.is_upscaled:
        return
    if recipe.start is not None and recipe.start.is_cut:
        yield say("It had another shape: its middle was taken.")
    canvas = recipe.canvas
    if asked is not None and canvas.width * asked.height != canvas.height * asked.width:
        drawn = Size(width=canvas.width, height=canvas.height)
        yield say(
            "Drawn at {size}, which is {ratio}: the nearest to {asked} that this model draws well.",
            size=str(drawn),
            ratio=str(drawn.ratio),
            asked=str(asked),
        )


def blend_notes(job: Job) -> Iterator[Sentence]:
    """How it was made, where the model could not look at its pictures."""
    blend = job.recipe.blend
    if blend is None or blend.strength is None:
        return
    if len(blend.images) == 1:
        yield say("This model has no IP-Adapter to look at pictures with: it began from yours.")
    else:
        yield say("This model has no IP-Adapter to look at pictures with: it began from a mixture of them.")


def _unread(text: str) -> Sentence:
    end = echo(text, limit=MAX_UNREAD)
    return say("The model reads only the beginning of so long a text. It does not see: …{end}", end=end)


def _small(notes: Iterable[Sentence], words: Translations) -> str:
    """Each on a small line of its own."""
    return "".join(f"\n-# {note.render(words)}" for note in notes)
