"""A prompt, typed after a command or into a form, is drawn; what its member should know is said beside it."""

from collections.abc import Sequence
from dataclasses import replace

from bot.boundary import Interaction, drawing_asker_of, guard, patience, reply
from bot.domain.asker import Asker
from bot.domain.job import Job
from bot.domain.sentences import say
from bot.domain.uploads import Incoming
from bot.messages import guide, host, preferences
from bot.messages.custom_ids import PROMPT_FORM
from bot.services.orders import Arrival
from bot.views import forms
from bot.views.forms import Field, Form
from bot.views.wired import wired

MAX_PROMPT = 4000
"""Letters; what a form of Discord's can hold."""
PROMPT = Field(name="prompt", label=say("Prompt"), most=MAX_PROMPT)
FORM = Form(custom_id=PROMPT_FORM, title=say("Draw this"), fields=(PROMPT,))


async def draw(interaction: Interaction, text: str, sources: Sequence[Incoming] = ()) -> None:
    """Draw what a text stands for, with pictures before it, and answer with it, for all to see.

    Raises: UserError, with the text in it.
    """
    client, asker = wired(interaction), drawing_asker_of(interaction)
    arrival = Arrival(asker=asker, text=text, sources=tuple(sources))
    async with patience(interaction, client.services.arrivals.undecided(arrival)):
        job = await client.services.orders.take(arrival)
    await answered(interaction, asker, job)


async def answered(interaction: Interaction, asker: Asker, job: Job) -> None:
    """Answer with a job that was asked for, and with what its member should know."""
    if await wired(interaction).delivery.answer(interaction, job):
        await remark(interaction, asker, job)


async def remark(interaction: Interaction, asker: Asker, job: Job) -> None:
    """Say beside a job what its member should know: how it was read, a notice, a welcome."""
    client = wired(interaction)
    if remarks := job.recipe.prompt.remarks:
        await reply(interaction, guide.remarks(remarks, job.locale))
    if job.recipe.typed:
        mine = await client.services.preferences.get(asker)
        added = preferences.remark(job, job.locale, has_suffix=bool(mine.suffix))
        await reply(interaction, added)
    if notice := await client.services.host.unread_notice(asker.user_id):
        await reply(interaction, host.notice(notice, job.locale))
    if await client.services.onboarding.greet_first_use(job):
        await reply(interaction, guide.welcome(await client.services.quotas.balance(asker), job.locale))


async def ask(interaction: Interaction, prompt: str) -> None:
    """Show a prompt in a form, to be changed and drawn."""
    await forms.show(interaction, replace(FORM, fields=(replace(PROMPT, value=prompt),)))


async def submitted(interaction: Interaction) -> None:
    """Draw what a form holds; other interactions, and other forms, are none of our business."""
    if forms.custom_id_of(interaction) != PROMPT_FORM:
        return
    async with guard(interaction):
        await draw(interaction, forms.values_of(interaction, FORM)["prompt"])
