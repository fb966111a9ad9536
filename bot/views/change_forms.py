"""Forms under a picture: its prompt is changed before what a button asks for is drawn."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import discord

from bot.boundary import Interaction, asker_of, drawing_asker_of, guard, patience
from bot.domain.job import Job
from bot.domain.kinds import JobKind
from bot.domain.preferences import Preferences
from bot.domain.sentences import Sentence, say
from bot.messages import custom_ids
from bot.messages import rules as messages
from bot.messages.custom_ids import CHOOSE_REGION, CUSTOM_ZOOM, REMIX, JobPress, of_change
from bot.services.orders import Arrival, Press
from bot.services.orders.edit import CUSTOM
from bot.services.orders.press import unknown
from bot.services.orders.vary import preferred
from bot.views import forms, region_panel
from bot.views.drawing import PROMPT
from bot.views.forms import Choice, Form
from bot.views.rebuilt import Rebuilt
from bot.views.wired import wired

TITLES = {
    REMIX: say("Remix"),
    CUSTOM_ZOOM: say("Custom Zoom"),
    JobKind.VARY: say("Remix (Strong)"),
    JobKind.VARY_SUBTLE: say("Remix (Subtle)"),
    JobKind.REROLL: say("Draw it anew"),
    JobKind.ZOOM: say("Zoom Out"),
    JobKind.PAN: say("Pan"),
}
"""Every form, by what it asks for."""
HOW = {
    JobKind.VARY: (say("This picture, strongly varied"), say("Picture {number}, strongly varied")),
    JobKind.VARY_SUBTLE: (say("This picture, subtly varied"), say("Picture {number}, subtly varied")),
}
"""How a picture is remixed: a single one, and one of a grid."""
ANEW = say("Four new ones, from the words alone")
WHAT = say("What is drawn?")


class ChangeButton(Rebuilt, discord.ui.DynamicItem[discord.ui.Button[Any]], template=custom_ids.CHANGE):
    """Opens a form, or the panel where an area is chosen."""

    def __init__(self, item: discord.ui.Button[Any], match: re.Match[str]) -> None:
        super().__init__(item)
        self.press = custom_ids.job_press(match)

    async def callback(self, interaction: Interaction) -> None:
        """Show what was asked for."""
        async with guard(interaction):
            drawing_asker_of(interaction)  # or it is refused before anything is typed
            if self.press.action == CHOOSE_REGION:
                await region_panel.open_panel(interaction, self.press.job_id, self.press.index)
            else:
                await ask(interaction, self.press)


async def ask(interaction: Interaction, asked: JobPress, preferences: Preferences | None = None) -> None:
    """Open a form with the picture's prompt in it; of V, as its presser's settings have it.

    Raises: NotFound, NotAllowed.
    """
    parent = await _parent(interaction, asked)
    if preferences is not None and asked.action == JobKind.VARY:
        press = preferred(_press(asked, {}), parent, preferences)
        asked = replace(asked, action=press.kind)
    await forms.show(interaction, _form(asked, parent))


async def submitted(interaction: Interaction) -> None:
    """Draw what a form asks for; other interactions, and other forms, are none of our business."""
    asked = custom_ids.change_form(forms.custom_id_of(interaction) or "")
    if asked is None:
        return
    async with guard(interaction):
        client, asker = wired(interaction), drawing_asker_of(interaction)
        parent = await _parent(interaction, asked)
        values = forms.values_of(interaction, _form(asked, parent))
        press = replace(_press(asked, values), reply_to=_answered(interaction, parent))
        arrival = Arrival(asker=asker, press=press, text=values["prompt"])
        async with patience(interaction, client.services.arrivals.undecided(arrival)):
            job = await client.services.orders.take(arrival)
        if interaction.message is None or interaction.message.flags.ephemeral:
            await client.delivery.answer_in_place(interaction, job, messages.confirmed(asker.locale))
        else:
            await client.delivery.answer_press(interaction, job, _pressed(asked))


async def _parent(interaction: Interaction, asked: JobPress) -> Job:
    kind = JobKind.VARY if asked.action in {REMIX, CUSTOM_ZOOM} else _kind(asked.action)
    press = Press(kind=kind, job_id=asked.job_id, index=asked.index)
    return await wired(interaction).services.orders.parent(asker_of(interaction), press)


def _form(asked: JobPress, parent: Job) -> Form:
    """Raises: NotFound, where no version knows it."""
    title = TITLES.get(asked.action)
    if title is None:
        raise unknown()
    custom_id = of_change(asked)
    prompt = replace(PROMPT, value=_prefilled(asked, parent))
    fields = (prompt, _choice(parent)) if asked.action == REMIX else (prompt,)
    return Form(custom_id=custom_id, title=title, fields=fields, again=custom_id)


def _prefilled(asked: JobPress, parent: Job) -> str:
    zoomed = f"{parent.prompt} --zoom 2"
    return zoomed if asked.action == CUSTOM_ZOOM and len(zoomed) <= PROMPT.most else parent.prompt


def _choice(parent: Job) -> Choice:
    """What is to be drawn with the prompt: all anew, or one of the pictures varied."""
    answers: list[tuple[str, Sentence]] = []
    count = parent.recipe.num_images
    for index in range(count):
        for kind, (single, numbered) in HOW.items():
            answer = single if count == 1 else replace(numbered, values={"number": index + 1})
            answers.append((f"{kind}-{index}", answer))
    anew = (f"{JobKind.REROLL}-0", ANEW)
    answers = [*answers, anew] if count == 1 else [anew, *answers]
    return Choice(name="what", label=WHAT, answers=tuple(answers), value=answers[0][0])


def _press(asked: JobPress, values: Mapping[str, str]) -> Press:
    """Raises: NotFound, where something is asked for that no version knows."""
    if asked.action == CUSTOM_ZOOM:
        return Press(kind=JobKind.ZOOM, job_id=asked.job_id, index=asked.index, how=CUSTOM)
    if asked.action != REMIX:
        return Press(kind=_kind(asked.action), job_id=asked.job_id, index=asked.index, how=asked.how)
    match = re.fullmatch(r"([a-z]{1,16})-([0-3])", values["what"])
    if match is None:
        raise unknown()
    return Press(kind=_kind(match[1]), job_id=asked.job_id, index=int(match[2]))


def _kind(action: str) -> JobKind:
    """A kind that a form may ask for. Raises: NotFound."""
    if action in {REMIX, CUSTOM_ZOOM} or action not in TITLES:
        raise unknown()
    return JobKind(action)


def _answered(interaction: Interaction, parent: Job) -> int | None:
    """The message that the result replies to: the pressed one, or where the picture stands."""
    message = interaction.message
    return parent.result_message_id if message is None or message.flags.ephemeral else message.id


def _pressed(asked: JobPress) -> str:
    """The custom_id of the button that opened the form below a picture."""
    if asked.action in {REMIX, CUSTOM_ZOOM}:
        return of_change(asked)
    index = None if asked.action == JobKind.REROLL else asked.index
    return custom_ids.of_job(asked.job_id, JobKind(asked.action), index, asked.how)
