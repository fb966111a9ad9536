"""The kinds of jobs in words: how each is headed, what may be pressed under it, what reports call it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.domain.canvas import MAX_SIDE, UPSCALE, Side
from bot.domain.job import Job
from bot.domain.kinds import JobKind, Outcome
from bot.domain.sentences import Sentence, say
from bot.messages.catalogue import translations
from bot.messages.custom_ids import (
    CHOOSE_REGION,
    CUSTOM_ZOOM,
    REMIX,
    SAME,
    JobPress,
    of_change,
    of_job,
    of_picture,
)
from bot.messages.payload import Button

Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KindWords:
    """What people read of a kind of job."""

    heading: Sentence
    """What follows the prompt; {member} and {number} are filled in."""
    label: Sentence
    """In reports."""
    name: Sentence
    """In a member's own list; {number} is filled in."""
    rows: Callable[[Job], Rows]
    """The buttons under the result."""
    remixed: Sentence | None = None
    """The heading where its asker wrote other words; none, where it is the same."""
    help: Sentence | None = None
    """In the manual: which button asks for it, and what it does."""


PANNED: Mapping[Side, Sentence] = {
    "left": say("Pan Left by {member}"),
    "right": say("Pan Right by {member}"),
    "up": say("Pan Up by {member}"),
    "down": say("Pan Down by {member}"),
}
"""The heading of a pan, by the side to which the picture goes on."""
ARROWS = {"left": "⬅️", "right": "➡️", "up": "⬆️", "down": "⬇️"}


def grid_rows(job: Job) -> Rows:
    """U1–U4 🔄, V1–V4; below one alone, what belongs under a single picture."""
    if job.recipe.num_images == 1:
        return tile_rows(job)
    numbers = range(job.recipe.num_images)
    picks = tuple(Button(custom_id=of_job(job.id, JobKind.PICK, i), label=f"U{i + 1}") for i in numbers)
    varies = tuple(Button(custom_id=of_job(job.id, JobKind.VARY, i), label=f"V{i + 1}") for i in numbers)
    return ((*picks, _reroll(job)), (*varies, _asking(job, REMIX, "Remix", "✏️")))


def tile_rows(job: Job) -> Rows:
    """What can be made of a single picture: vary it, draw it anew, go back from it, go on beside it."""
    shown = job.recipe.shown
    zooms = [_change(job, JobKind.ZOOM, f"Zoom Out {factor}x", "🔍", factor) for factor in ("2", "1.5")]
    square = [_change(job, JobKind.SQUARE, "Make Square", "🔲")] if shown.width != shown.height else []
    custom = _asking(job, CUSTOM_ZOOM, "Custom Zoom", "🔍")
    region = [] if job.recipe.is_upscaled else [_asking(job, CHOOSE_REGION, "Vary (Region)", "🖌️")]
    vary = (
        _change(job, JobKind.VARY_SUBTLE, "Vary (Subtle)", "🪄"),
        _change(job, JobKind.VARY, "Vary (Strong)", "🪄"),
        *region,
        _reroll(job),
        _asking(job, REMIX, "Remix", "✏️"),
    )
    pans = tuple(_change(job, JobKind.PAN, None, emoji, side) for side, emoji in ARROWS.items())
    return *_upscale_rows(job), vary, (*zooms, custom, *square), pans, *own_rows(job)


def brought_rows(job: Job) -> Rows:
    """The same under a picture that was not drawn here, and so cannot be drawn anew, nor explained."""
    idle = {of_job(job.id, JobKind.REROLL), of_picture(job.id, "made")}
    return tuple(tuple(one for one in row if one.custom_id not in idle) for row in tile_rows(job))


def own_rows(job: Job) -> Rows:
    """What belongs to every single picture: like it, take it back, see how it was drawn."""
    words = translations(job.locale)
    details, made = say("Details").render(words), say("How it was made").render(words)
    return (
        (
            Button(custom_id=of_picture(job.id, "like"), emoji="❤️"),
            Button(custom_id=of_picture(job.id, "ask"), emoji="🗑️"),
            Button(custom_id=of_picture(job.id, "details"), label=details),
            Button(custom_id=of_picture(job.id, "made"), label=made),
        ),
    )


def again_button(job: Job, label: str) -> Button:
    """Draws the same once more, with its seed."""
    return Button(custom_id=of_job(job.id, JobKind.REROLL, 0, SAME), label=label, emoji="🔁")


def _upscale_rows(job: Job) -> Rows:
    """Nothing under what is too large for it."""
    shown = job.recipe.shown
    if UPSCALE * max(shown.width, shown.height) > MAX_SIDE:
        return ()
    subtle = _change(job, JobKind.UPSCALE_SUBTLE, "Upscale (Subtle)", None)
    return ((subtle, _change(job, JobKind.UPSCALE_CREATIVE, "Upscale (Creative)", None)),)


def _change(job: Job, kind: JobKind, label: str | None, emoji: str | None, how: str = "") -> Button:
    return Button(custom_id=of_job(job.id, kind, 0, how), label=label, emoji=emoji)


def _asking(job: Job, action: str, label: str, emoji: str) -> Button:
    """A button that opens a form, or a panel."""
    return Button(custom_id=of_change(JobPress(job_id=job.id, action=action)), label=label, emoji=emoji)


def _reroll(job: Job) -> Button:
    return Button(custom_id=of_job(job.id, JobKind.REROLL), emoji="🔄")


WORDS = {
    JobKind.IMAGINE: KindWords(
        heading=say("{member}"), label=say("new pictures"), name=say("grid"), rows=grid_rows
    ),
    JobKind.PICK: KindWords(
        heading=say("Image #{number} {member}"),
        label=say("picked tiles"),
        name=say("U{number}"),
        rows=tile_rows,
        help=say("**U1**–**U4** give you one of them by itself, as a file to keep."),
    ),
    JobKind.VARY: KindWords(
        heading=say("Variations (Strong) by {member}"),
        remixed=say("Remix (Strong) by {member}"),
        label=say("variations"),
        name=say("Variations (Strong)"),
        rows=grid_rows,
        help=say(
            "**V1**–**V4** draw four variations of one of them; under a single picture it is "
            "**Vary (Strong)** 🪄."
        ),
    ),
    JobKind.REROLL: KindWords(
        heading=say("{member}"),
        label=say("🔄"),
        name=say("🔄 drawn anew"),
        rows=grid_rows,
        help=say("🔄 draws four new pictures of the same prompt; ✏️ **Remix** lets you change it first."),
    ),
    JobKind.VARY_SUBTLE: KindWords(
        heading=say("Variations (Subtle) by {member}"),
        remixed=say("Remix (Subtle) by {member}"),
        label=say("subtle variations"),
        name=say("Variations (Subtle)"),
        rows=grid_rows,
        help=say("**Vary (Subtle)** 🪄 draws four that hardly differ from it."),
    ),
    JobKind.UPSCALE_SUBTLE: KindWords(
        heading=say("Upscaled (Subtle) by {member}"),
        label=say("upscaled pictures"),
        name=say("Upscaled (Subtle)"),
        rows=tile_rows,
        help=say("**Upscale (Subtle)** makes it twice as large, with sharp edges and nothing new in it."),
    ),
    JobKind.UPSCALE_CREATIVE: KindWords(
        heading=say("Upscaled (Creative) by {member}"),
        label=say("creative upscales"),
        name=say("Upscaled (Creative)"),
        rows=tile_rows,
        help=say(
            "**Upscale (Creative)** makes it twice as large and draws it once more, near to what it is, with "
            "finer edges."
        ),
    ),
    JobKind.BLEND: KindWords(
        heading=say("Blend by {member}"), label=say("blends"), name=say("Blend"), rows=grid_rows
    ),
    JobKind.EDIT: KindWords(
        heading=say("Brought by {member}"),
        label=say("pictures that were brought"),
        name=say("Brought along"),
        rows=brought_rows,
    ),
    JobKind.ZOOM: KindWords(
        heading=say("Zoom Out by {member}"),
        label=say("zooms"),
        name=say("Zoom Out"),
        rows=grid_rows,
        help=say(
            "**Zoom Out** 🔍 keeps the picture, smaller, and draws what lies around it, four times; **Custom "
            "Zoom** asks how far, and in which shape."
        ),
    ),
    JobKind.PAN: KindWords(
        heading=PANNED["right"],
        label=say("pans"),
        name=say("Pan"),
        rows=grid_rows,
        help=say("⬅️ ➡️ ⬆️ ⬇️ keep the picture, and draw how it goes on to that side, four times."),
    ),
    JobKind.SQUARE: KindWords(
        heading=say("Make Square by {member}"),
        label=say("made square"),
        name=say("Make Square"),
        rows=grid_rows,
        help=say("**Make Square** 🔲 does the same above and below, or left and right."),
    ),
    JobKind.REGION: KindWords(
        heading=say("Variations (Region) by {member}"),
        remixed=say("Remix (Region) by {member}"),
        label=say("repainted areas"),
        name=say("Variations (Region)"),
        rows=grid_rows,
        help=say(
            "**Vary (Region)** 🖌️ draws a part of it anew, four times: you choose it, say it in words, or "
            "bring a mask."
        ),
    ),
}


def heading_of(job: Job) -> Sentence:
    """What follows a job's prompt; {member} and {number} are still to be filled in."""
    written = WORDS[job.kind]
    if job.kind.traits.outcome is Outcome.TILE and job.parent is None:  # its grid was taken back
        return say("Image {member}")
    if job.recipe.is_remixed and written.remixed is not None:
        return written.remixed
    if job.kind is JobKind.PAN and job.recipe.edit is not None:
        return PANNED[job.recipe.edit.side]
    return written.heading
