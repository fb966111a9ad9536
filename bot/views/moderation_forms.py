"""The forms of moderation: what a member answers, what moderators write with a decision."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from bot.boundary import Interaction, asker_of, edit_pressed, guard, patience, reply
from bot.domain.errors import Decided, NotFound
from bot.domain.people import MAX_BLOCK, AppealStatus
from bot.domain.sentences import Sentence, say, say_n
from bot.messages import custom_ids
from bot.messages import people as messages
from bot.messages import queue as queue_messages
from bot.messages.components import typed_in
from bot.messages.custom_ids import Numbered, of_moderation
from bot.views import forms
from bot.views.forms import Field, Form
from bot.views.wired import wired

MAX_SPAN = 20
STATUS = {"accept": AppealStatus.ACCEPTED, "reject": AppealStatus.REJECTED}
Answer = Callable[[Interaction, int, Mapping[str, str]], Awaitable[None]]

READ = Field(name="reason", label=say("What will they read? Not who reported."))
NOTE = Field(
    name="reason",
    label=say("What will they read? (optional)"),
    hint=say("They are told the decision in any case."),
    is_required=False,
)
SPAN = Field(
    name="span",
    label=say("How long? 1h, 1d, 2w; empty: for good"),
    hint=say("At most {days} days.", days=MAX_BLOCK.days),
    is_required=False,
    is_short=True,
    most=MAX_SPAN,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A form of moderation: its title, its questions, and what is done with the answers."""

    title: Sentence
    fields: tuple[Field, ...]
    answer: Answer
    has_button: bool = True
    """Whether a button opens it; else a command does."""


def form_of(about: Numbered) -> Form:
    """The form on something, to do something with it.

    Raises: NotFound, where no version knows it.
    """
    sheet = SHEETS.get((about.kind, about.action))
    if sheet is None:
        raise NotFound(say("I do not know this form any more. Ask for it anew."))
    custom_id = of_moderation(about.kind, about.number, about.action)
    again = custom_id if sheet.has_button else None
    return Form(custom_id=custom_id, title=sheet.title, fields=sheet.fields, again=again)


async def ask(interaction: Interaction, kind: str, number: int, action: str) -> None:
    """Show the form on something."""
    await forms.show(interaction, form_of(Numbered(kind=kind, number=number, action=action)))


async def ask_clear(interaction: Interaction, count: int, reason: str) -> None:
    """Ask a moderator whether a whole queue is to be cancelled: sending the form in is the confirmation."""
    form = form_of(Numbered(kind="queue", number=interaction.guild_id or 0, action="clear"))
    title = say_n("Cancel the one job of this server?", "Cancel all {count} jobs of this server?", count)
    why = replace(SHEETS["queue", "clear"].fields[0], value=reason)
    await forms.show(interaction, replace(form, title=title, fields=(why,)))


async def submitted(interaction: Interaction) -> None:
    """Do what a form asks for; other interactions, and other forms, are none of our business."""
    about = custom_ids.form(forms.custom_id_of(interaction) or "")
    if about is None:
        return
    async with guard(interaction):
        values = forms.values_of(interaction, form_of(about))
        await SHEETS[about.kind, about.action].answer(interaction, about.number, values)


async def _appeal(interaction: Interaction, sanction_id: int, values: Mapping[str, str]) -> None:
    client, asker = wired(interaction), asker_of(interaction)
    async with patience(interaction):
        made = await client.services.appeals.appeal(asker, sanction_id, values["text"])
    await reply(interaction, messages.appealed(asker.locale))
    letter = messages.appeal(made.appeal, (interaction.guild_locale or interaction.locale).value)
    await client.moderators.tell(made.appeal.guild_id, made.channel_id, letter)


async def _accept(interaction: Interaction, appeal_id: int, values: Mapping[str, str]) -> None:
    await _decide(interaction, appeal_id, "accept", values["reason"])


async def _reject(interaction: Interaction, appeal_id: int, values: Mapping[str, str]) -> None:
    await _decide(interaction, appeal_id, "reject", values["reason"])


async def _decide(interaction: Interaction, appeal_id: int, action: str, reason: str) -> None:
    """Decide an appeal; its member reads it in private, and in any case before their next picture."""
    client, asker = wired(interaction), asker_of(interaction)
    async with patience(interaction):
        verdict = await client.services.appeals.decide(asker, appeal_id, STATUS[action], reason=reason)
    await decided(interaction, action, written=reason)
    name = interaction.guild.name if interaction.guild else ""
    letter = messages.verdict(verdict.decision, name, (interaction.guild_locale or interaction.locale).value)
    await client.moderators.tell_member(verdict.appeal.user_id, letter)


async def _report(interaction: Interaction, message_id: int, values: Mapping[str, str]) -> None:
    client, asker = wired(interaction), asker_of(interaction)
    async with patience(interaction):
        made = await client.services.reports.report(asker, message_id, values["reason"])
    await reply(interaction, messages.reported(asker.locale))
    letter = messages.report(made, (interaction.guild_locale or interaction.locale).value)
    await client.moderators.tell(made.report.guild_id, made.channel_id, letter)


async def _warn(interaction: Interaction, report_id: int, values: Mapping[str, str]) -> None:
    client, asker = wired(interaction), asker_of(interaction)
    async with patience(interaction):
        await client.services.reports.warn(asker, report_id, reason=values["reason"])
    await decided(interaction, "warn", undeleted=report_id)


async def _block(interaction: Interaction, report_id: int, values: Mapping[str, str]) -> None:
    client, asker = wired(interaction), asker_of(interaction)
    async with patience(interaction):
        span = values["span"].strip() or None
        await client.services.reports.block(asker, report_id, span=span, reason=values["reason"])
    await decided(interaction, "block", undeleted=report_id)


async def _clear(interaction: Interaction, number: int, values: Mapping[str, str]) -> None:
    del number
    client, asker = wired(interaction), asker_of(interaction)
    async with patience(interaction):
        count = await client.services.queue.clear(asker, None, reason=values["reason"])
    await reply(interaction, queue_messages.cleared(None, count, asker.locale))


async def decided(
    interaction: Interaction, action: str, *, written: str = "", undeleted: int | None = None
) -> None:
    """Say in the letter what was decided, and by whom, to all who read it; its buttons go, but that which
    deletes the picture of a report whose number is given.

    Where the form was opened again below its refusal, there is no letter to keep, only the decision to say.
    """
    message, locale = interaction.message, interaction.guild_locale or interaction.locale
    content = "" if message is None or typed_in(message) else message.content
    await edit_pressed(
        interaction,
        messages.decided(
            content, action, interaction.user.id, locale.value, written=written, undeleted=undeleted
        ),
    )


async def decided_elsewhere(interaction: Interaction, late: Decided) -> None:
    """Say in a letter that is pressed too late that it was decided; its buttons go, for everybody."""
    locale = interaction.guild_locale or interaction.locale
    content = interaction.message.content if interaction.message else ""
    await edit_pressed(interaction, messages.decided_elsewhere(content, late, locale.value))


SHEETS: Mapping[tuple[str, str], Sheet] = {
    ("block", "appeal"): Sheet(
        title=say("Appeal"),
        fields=(Field(name="text", label=say("Why should you draw again?")),),
        answer=_appeal,
    ),
    ("appeal", "accept"): Sheet(title=say("Accept the appeal"), fields=(NOTE,), answer=_accept),
    ("appeal", "reject"): Sheet(title=say("Reject the appeal"), fields=(NOTE,), answer=_reject),
    ("report", "send"): Sheet(
        title=say("Report this picture"),
        fields=(Field(name="reason", label=say("What is wrong with it? (optional)"), is_required=False),),
        answer=_report,
        has_button=False,
    ),
    ("report", "warn"): Sheet(title=say("Warn the member"), fields=(READ,), answer=_warn),
    ("report", "block"): Sheet(title=say("Block the member"), fields=(SPAN, READ), answer=_block),
    ("queue", "clear"): Sheet(
        title=say("Cancel all jobs of this server?"),
        fields=(
            Field(
                name="reason",
                label=say("Why? For the audit log (optional)"),
                hint=say("Everything that waits or runs is cancelled, and refunded."),
                is_required=False,
                most=300,
            ),
        ),
        answer=_clear,
        has_button=False,
    ),
}
