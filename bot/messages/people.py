"""What is said about members: to them, and to the moderators who decide."""

from dataclasses import replace

from bot.domain.audit import RULE
from bot.domain.echo import echo
from bot.domain.errors import Decided
from bot.domain.job import Job
from bot.domain.next_steps import NextStep
from bot.domain.people import POINTS_PER_STRIKE, Appeal, History, Sanction, SanctionKind, Standing
from bot.domain.sentences import Sentence, Translations, moment, say, say_n
from bot.domain.strike_words import span, standing
from bot.domain.strike_words import told as told_by
from bot.imaging.encode import Encoded
from bot.messages.audit import member
from bot.messages.catalogue import translations
from bot.messages.custom_ids import of_moderation, of_step
from bot.messages.lists import fitted
from bot.messages.payload import MAX_CONTENT, Button, File, Payload
from bot.services.reports import ReportCase

MAX_QUOTE = 300
MAX_REASON = 80
MAX_NAME = 100
MAX_CAUSES = 4
"""Warnings and broken rules quoted with an appeal, the last ones."""

KINDS = {
    SanctionKind.BLOCK: say("blocked"),
    SanctionKind.WARNING: say("warned"),
    SanctionKind.NOTICE: say("told"),
    SanctionKind.STRIKE: say("broke a rule"),
    SanctionKind.ACCEPTED: say("appeal accepted"),
    SanctionKind.REJECTED: say("appeal rejected"),
}
INPUTS = "inputs"
ON_REPORTS = {
    "look": say("Look at it"),
    "delete": say("Delete the picture"),
    "warn": say("Warn"),
    "block": say("Block"),
    "dismiss": say("Dismiss"),
    INPUTS: say("Look at what it is made from"),
}
"""The buttons of a report; the last where there is such a thing."""
DECIDED = {
    "accept": say("Accepted: the block is lifted, and the strikes are forgotten."),
    "reject": say("Rejected: the block stays."),
    "delete": say("The picture is deleted."),
    "warn": say("The member is warned."),
    "block": say("The member is blocked."),
    "dismiss": say("Dismissed."),
    "allow": say("Allowed: it is drawn now."),
    "undrawn": say("Allowed. Something else is in the way of it; its member is told what."),
    "gone": say("Allowed, but its member is not here any more: nothing is drawn."),
    "refuse": say("It stays refused."),
}


def blocked(block: Sanction, locale: str) -> Payload:
    """To the moderator who blocked somebody."""
    words = translations(locale)
    who = f"<@{block.user_id}>"
    if block.until is None:
        return _one(say("{member} cannot draw here until you lift it.", member=who), words)
    again = say("{member} can draw here again {when}.", member=who, when=moment(block.until))
    return _one(again, words)


def warned(user_id: int, now: Standing, locale: str) -> Payload:
    """To the moderator who warned somebody: where that leaves them."""
    words = translations(locale)
    head = say("{member} will read this before their next picture.", member=f"<@{user_id}>")
    lines = [sentence.render(words) for sentence in (head, *standing(now, added=POINTS_PER_STRIKE))]
    if now.block is not None:
        lines.append(blocked(now.block, locale).content)
    return Payload(content="\n".join(lines))


def told(notice: Sanction, locale: str) -> Payload:
    """To the moderator who wrote a notice."""
    return _one(
        say("{member} must acknowledge this before their next picture.", member=f"<@{notice.user_id}>"),
        translations(locale),
    )


def unblocked(user_id: int, locale: str) -> Payload:
    """To the moderator who lifted a block."""
    return _one(say("{member} can draw here again.", member=f"<@{user_id}>"), translations(locale))


def acknowledged(block: Sanction | None, kept: NextStep | None, locale: str) -> Payload:
    """To a member who has read what they were told: with what they had asked for, or that a block holds."""
    words = translations(locale)
    if block is not None:
        return _one(say("Thank you. The block holds on."), words)
    thanks = _one(say("Thank you. You can draw again."), words)
    if kept is None:
        return thanks
    button = Button(custom_id=of_step(kept.action), label=kept.label.render(words), is_primary=True)
    return replace(thanks, rows=((button,),))


def appealed(locale: str) -> Payload:
    """To a member whose appeal is on its way."""
    return _one(say("Your appeal is with the moderators of this server."), translations(locale))


def reported(locale: str) -> Payload:
    """To a member who reported a picture."""
    return _one(
        say("Thank you. The moderators of this server will see to it; nobody is told that it was you."),
        translations(locale),
    )


def ladder(minutes: tuple[int, ...], locale: str) -> Payload:
    """Where strikes lead."""
    words = translations(locale)
    if not any(minutes):
        return _one(say("Strikes are counted, and nothing follows from them."), words)
    lines = [say("A member who collects strikes does not draw for:").render(words)]
    for number, step in enumerate(minutes, start=1):
        lines.append(f"{number}. {span(step).render(words)}")
    return Payload(content="\n".join(lines))


def history(found: History, locale: str) -> Payload:
    """Everything that was said to a member."""
    words = translations(locale)
    title = say_n(
        "**{member}: {count} strike that counts**",
        "**{member}: {count} strikes that count**",
        found.strikes,
        member=f"<@{found.user_id}>",
    ).render(words)
    lines = [_said(sanction, words) for sanction in found.sanctions]
    if not lines:
        lines = [say("Nothing was ever said to this member.").render(words)]
    return Payload(content=fitted(words, title, lines, [_older(words)] if found.has_more else []))


def verdict(decision: Sanction, guild_name: str, locale: str) -> Payload:
    """To a member in private: what their appeal came to."""
    words = translations(locale)
    head = say("**{server}**: about your appeal", server=echo(guild_name, limit=MAX_NAME))
    lines = [sentence.render(words) for sentence in (head, *told_by(decision))]
    read = Button(
        custom_id=of_moderation("notice", decision.id, "acknowledge"),
        label=say("I have read it").render(words),
        is_primary=True,
    )
    return Payload(content="\n".join(lines), rows=((read,),))


def _older(words: Translations) -> str:
    return "-# " + say("What is older stands in /audit, with this member.").render(words)


def appeal(appeal: Appeal, locale: str) -> Payload:
    """An appeal, as the moderators read it."""
    words = translations(locale)
    lines = [
        say("**Appeal** by {member}", member=f"<@{appeal.user_id}>").render(words),
        _said(appeal.sanction, words),
        *(f"- {_said(cause, words)}" for cause in appeal.causes[-MAX_CAUSES:]),
        f"> {echo(appeal.text, limit=MAX_QUOTE)}",
    ]
    row = (
        Button(custom_id=of_moderation("appeal", appeal.id, "accept"), label=say("Accept").render(words)),
        Button(
            custom_id=of_moderation("appeal", appeal.id, "reject"),
            label=say("Reject").render(words),
            is_danger=True,
        ),
    )
    return Payload(content="\n".join(lines), rows=(row,))


def report(reported: ReportCase, locale: str) -> Payload:
    """A report, as the moderators read it. Who reported is not in it."""
    words = translations(locale)
    report, job = reported.report, reported.job
    lines = [
        say("**Report** on a picture by {member}: {link}", member=f"<@{job.user_id}>", link=link(job)).render(
            words
        )
    ]
    if report.reason:
        lines.append(say("Reason: {reason}", reason=echo(report.reason, limit=MAX_QUOTE)).render(words))
    if job.prompt:
        lines.append(f"> {echo(job.prompt, limit=MAX_QUOTE)}")
    else:
        lines.append(say("Its member has taken the picture back, with its prompt.").render(words))
    if job.inputs:
        brought = ", ".join(f"`upload:{number}`" for number in job.inputs)
        lines.append(say("Made from what was brought along: {pictures}", pictures=brought).render(words))
    asked = [_on_report(report.id, action, words) for action in ON_REPORTS if action != INPUTS]
    rows = (tuple(asked), (_on_report(report.id, INPUTS, words),)) if job.inputs else (tuple(asked),)
    return Payload(content="\n".join(lines), rows=rows)


def _on_report(report_id: int, action: str, words: Translations) -> Button:
    return Button(
        custom_id=of_moderation("report", report_id, action),
        label=ON_REPORTS[action].render(words),
        is_danger=action == "delete",
    )


def looked_at(reported: ReportCase, picture: Encoded, locale: str) -> tuple[Payload, File]:
    """To the moderator who looks at a reported picture: behind a spoiler, whatever it shows."""
    words = translations(locale)
    said = say("What {member} drew.", member=f"<@{reported.job.user_id}>").render(words)
    name = f"reported-{reported.job.id}.{picture.extension}"
    described = say("A picture that was reported").render(words)
    file = File(name=name, data=picture.data, description=described, is_spoiler=True)
    return Payload(content=said), file


def decided(
    content: str,
    action: str,
    moderator_id: int,
    locale: str,
    *,
    written: str = "",
    undeleted: int | None = None,
) -> Payload:
    """An appeal or report once somebody decided it: as it was, and what was decided and written.

    `undeleted` is the number of a report whose picture may still be deleted.
    """
    words = translations(locale)
    sentence = DECIDED[action].render(words)
    rows = () if undeleted is None else ((_on_report(undeleted, "delete", words),),)
    quote = f"\n> {echo(written, limit=MAX_QUOTE)}" if written else ""
    # The empty line ends the quote above it.
    kept = f"{content[: MAX_CONTENT - 200 - len(quote)]}\n\n" if content else ""
    return Payload(content=f"{kept}✅ {sentence} (<@{moderator_id}>){quote}", rows=rows)


def decided_elsewhere(content: str, late: Decided, locale: str) -> Payload:
    """An appeal or report that was decided, and not where it is read: as it was, and that."""
    (sentence,) = late.sentences
    return Payload(content=f"{content[: MAX_CONTENT - 200]}\n\n✅ {sentence.render(translations(locale))}")


def channel(channel_id: int | None, locale: str, *, is_public: bool = False) -> Payload:
    """Where appeals and reports arrive from now on; with a warning where everybody reads them."""
    words = translations(locale)
    if channel_id is None:
        return _one(say("Appeals and reports wait in /mod inbox."), words)
    lines = [say("Appeals and reports arrive in {channel}.", channel=f"<#{channel_id}>").render(words)]
    if is_public:
        lines.append(say("⚠️ Everybody can read that channel: hide it from your members.").render(words))
    return Payload(content="\n".join(lines))


def inbox(open_cases: int, locale: str, *, has_more: bool = False) -> Payload:
    """How much waits for the moderators."""
    words = translations(locale)
    if not open_cases:
        return _one(say("Nothing waits for you: no appeals, no reports."), words)
    if has_more:
        more = say("The {count} oldest cases; decide them and call me again: more wait.", count=open_cases)
        return _one(more, words)
    return _one(say_n("{count} case waits for you:", "{count} cases wait for you:", open_cases), words)


def link(job: Job) -> str:
    """Where a job's result stands."""
    message_id = job.result_message_id or job.message_id
    place = f"https://discord.com/channels/{job.guild_id}/{job.channel_id}"
    return f"{place}/{message_id}" if message_id else place


def _said(sanction: Sanction, words: Translations) -> str:
    kind = KINDS[sanction.kind].render(words)
    line = f"<t:{int(sanction.created_at.timestamp())}:f> **{kind}** ({member(sanction.actor_id, words)})"
    if sanction.kind is SanctionKind.BLOCK and sanction.actor_id == RULE:
        line += f": {say('for strikes').render(words)}"
    elif sanction.reason:
        line += f": {echo(sanction.reason, limit=MAX_REASON)}"
    notes = []
    if sanction.points and sanction.points < POINTS_PER_STRIKE:
        notes.append(say("a third of a strike"))
    if sanction.closed_at is not None:
        is_block = sanction.kind is SanctionKind.BLOCK
        notes.append(say("lifted") if is_block else say("acknowledged"))
    elif sanction.until is not None:
        notes.append(say("until {when}", when=moment(sanction.until)))
    return line + "".join(f" · {note.render(words)}" for note in notes)


def _one(sentence: Sentence, words: Translations) -> Payload:
    return Payload(content=sentence.render(words))
