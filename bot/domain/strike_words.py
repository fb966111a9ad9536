"""Strikes and blocks in words: why, how many, until when, and what comes next."""

from collections.abc import Sequence

from bot.domain.audit import RULE
from bot.domain.echo import echo, echo_code
from bot.domain.people import (
    MAX_TEXT,
    POINTS_PER_STRIKE,
    Sanction,
    SanctionKind,
    Standing,
    later_block,
    strikes_of,
)
from bot.domain.sentences import Sentence, calendar, moment, say, say_n

MAX_QUOTES = 4
MAX_QUOTE = 80
PARTS = {1: say("a third of a strike"), 2: say("two thirds of a strike")}


def span(minutes: int) -> Sentence:
    """A step of the ladder: `3 days`, `1 hour`, `90 minutes`, `nothing`."""
    if minutes == 0:
        return say("nothing")
    if minutes % 1440 == 0:
        return days(minutes // 1440)
    if minutes % 60 == 0:
        return say_n("{count} hour", "{count} hours", minutes // 60)
    return say_n("{count} minute", "{count} minutes", minutes)


def days(count: int) -> Sentence:
    """`1 day`, `30 days`."""
    return say_n("{count} day", "{count} days", count)


def tally(points: int) -> Sentence:
    """How many strikes so many points are: `2 strikes`, `1 strike and a third`, `a third of a strike`."""
    strikes, rest = strikes_of(points), points % POINTS_PER_STRIKE
    if rest == 0:
        return say_n("{count} strike", "{count} strikes", strikes)
    if strikes == 0:
        return PARTS[rest]
    if rest == 1:
        return say_n("{count} strike and a third", "{count} strikes and a third", strikes)
    return say_n("{count} strike and two thirds", "{count} strikes and two thirds", strikes)


def standing(now: Standing, *, added: int) -> list[Sentence]:
    """What so many points more count as, with those before, for how long, and what comes next."""
    told = [_counts(now, added)]
    later = later_block(now)
    if later is None:
        return told
    number, time = later
    without = span(int(time.total_seconds()) // 60)
    if number == strikes_of(now.points) + 1:
        return [*told, say("The next strike means {span} without drawing here.", span=without)]
    return [
        *told,
        say("Strike number {number} means {span} without drawing here.", number=number, span=without),
    ]


def _counts(now: Standing, added: int) -> Sentence:
    if now.points <= added:
        return say("This counts as {strikes} for {days}.", strikes=tally(added), days=days(now.days))
    return say(
        "This counts as {added}; with those before that makes {strikes}. Each counts for {days}.",
        added=tally(added),
        strikes=tally(now.points),
        days=days(now.days),
    )


def not_until(block: Sanction, reason: Sentence | str) -> Sentence:
    """What a blocked member reads: until when they may not draw, and why."""
    if block.until is None:
        return say("You may not draw in this server until the moderators lift it: {reason}", reason=reason)
    return say(
        "You may not draw in this server until {date} ({when}): {reason}",
        date=calendar(block.until),
        when=moment(block.until),
        reason=reason,
    )


def because(block: Sanction, causes: Sequence[Sanction], within_days: int) -> Sentence | str:
    """Why somebody is blocked: the moderators' words, or what their strikes were for."""
    if block.actor_id != RULE:
        return echo(block.reason, limit=MAX_TEXT)
    warned = [cause for cause in causes if cause.kind is SanctionKind.WARNING]
    broken = [cause for cause in causes if cause.kind is SanctionKind.STRIKE]
    warnings = say_n(
        "{count} warning ({texts})", "{count} warnings ({texts})", len(warned), texts=quoted(warned)
    )
    rules = say_n(
        "{count} prompt against the rules ({texts})",
        "{count} prompts against the rules ({texts})",
        len(broken),
        texts=quoted(broken),
    )
    within = days(within_days)
    if warned and broken:
        return say("{warnings} and {rules} within {days}", warnings=warnings, rules=rules, days=within)
    if warned or broken:
        return say("{causes} within {days}", causes=warnings if warned else rules, days=within)
    return say("too many strikes")


def told(unread: Sanction, now: Standing | None = None) -> list[Sentence]:
    """What moderators told a member, as they read it; with where a warning leads, if that is known."""
    text = echo(unread.reason, limit=MAX_TEXT)
    match unread.kind:
        case SanctionKind.WARNING:
            warning = say("The moderators of this server warn you: {text}", text=text)
            # Once an appeal was accepted it counts no longer.
            counts = standing(now, added=unread.points) if now and unread.points else []
            return [warning, *counts]
        case SanctionKind.ACCEPTED:
            lifted = say("Your appeal is accepted: the block is lifted, and your strikes are forgotten.")
            return [lifted, *they_write(unread.reason)]
        case SanctionKind.REJECTED:
            return [say("Your appeal is rejected: the block was not lifted."), *they_write(unread.reason)]
        case SanctionKind.NOTICE | SanctionKind.BLOCK | SanctionKind.STRIKE:
            return [say("The moderators of this server have a message for you: {text}", text=text)]


def they_write(text: str) -> list[Sentence]:
    """What moderators write with a decision; nothing, if they wrote nothing."""
    return [say("The moderators write: {text}", text=echo(text, limit=MAX_TEXT))] if text else []


def quoted(causes: Sequence[Sanction]) -> str:
    """What was said each time, the last ones first to be kept: `“rude”, “spam”`."""
    texts = [
        f"“{echo(cause.reason, limit=MAX_QUOTE)}”"
        if cause.kind is SanctionKind.WARNING
        else f"`{echo_code(cause.reason)}`"
        for cause in causes
    ]
    return ", ".join(["…"] * (len(texts) > MAX_QUOTES) + texts[-MAX_QUOTES:])
