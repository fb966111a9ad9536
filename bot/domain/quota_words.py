"""Amounts and periods in words, what a member has left, and the refusal of a job that no allowance covers."""

from collections.abc import Iterable, Iterator
from functools import reduce

from bot.domain.charges import Charge
from bot.domain.echo import echo
from bot.domain.quota import Allowance, Balance, Period, Source, Unit, in_unit
from bot.domain.sentences import Sentence, calendar_day, moment, say, say_n

PERIODS = {
    Period.DAY: say("today"),
    Period.WEEK: say("this week"),
    Period.MONTH: say("this month"),
    Period.ONCE: say("of the trial"),
}
EVERY = {
    Period.DAY: say("a day"),
    Period.WEEK: say("a week"),
    Period.MONTH: say("a month"),
    Period.ONCE: say("once"),
}


MAX_NAME = 60
MAX_GRANTS = 3
"""Grants that are named one by one; a message holds only so much."""


def left(balance: Balance) -> Sentence:
    """What a member has left, in the words that stand everywhere: `4 of 8 pictures left of the trial`.

    With grants: `200 pictures left (trial used up; 200 granted until 3 December)`.
    """
    head, notes = _head(balance), [*_of_period(balance), *_by_whom(balance), *_granted(balance)]
    if not notes:
        return say("**{left}**", left=head)
    return say("**{left}** ({notes})", left=head, notes=reduce(_then, notes))


def refusal(balance: Balance, charge: Charge) -> tuple[Sentence, ...]:
    """Why a job is not drawn: what is left, what it needs, and when or how there will be more."""
    counted = {balance.allowance.unit, *(grant.unit for grant in balance.grants)}
    needed = _together(quantity(unit, in_unit(unit, charge)) for unit in Unit if unit in counted)
    if not balance.grants:
        return say("{left}. This needs {needed}.", left=left(balance), needed=needed), _cure(balance, charge)
    exceeded = say(
        "{left}. This needs {needed} at once: neither the allowance nor one grant alone has so much.",
        left=left(balance),
        needed=needed,
    )
    return exceeded, _cure(balance, charge)


def charged_to(server: str) -> Sentence:
    """Where a direct message counts; the name of the server is empty where it is not known."""
    if not server:
        return say("Counted in the server where you last used me.")
    name = echo(server, limit=MAX_NAME)
    return say("Counted in {server}, the server where you last used me.", server=name)


def not_during_trial(allowance: Allowance) -> Sentence:
    """What an allowance for everybody changes while there is a trial: nothing yet."""
    return say(
        "**{allowance} counts only when there is no trial any more**: end it with `/allowance trial`, "
        "without an amount.",
        allowance=rate(allowance),
    )


def _head(balance: Balance) -> Sentence:
    """How much there is, from wherever."""
    unit, limit = balance.allowance.unit, balance.allowance.limit
    if balance.grants:
        amounts = {one: balance.granted(one) + (balance.left if one is unit else 0) for one in Unit}
        both = _together(quantity(one, amount) for one, amount in amounts.items() if amount)
        return say("{amount} left", amount=both)
    if not limit:
        return say("{amount} left", amount=quantity(unit, 0))
    return say(
        "{left} of {allowance} left {period}",
        left=number(unit, balance.left),
        allowance=quantity(unit, limit),
        period=PERIODS[balance.allowance.period],
    )


def _of_period(balance: Balance) -> Iterator[Sentence]:
    """What of it the allowance still has, where grants are beside it."""
    allowance = balance.allowance
    if not balance.grants or not allowance.limit:
        return
    if allowance.period is Period.ONCE and not balance.left:
        yield say("trial used up")
        return
    yield say(
        "{left} of {allowance} {period}",
        left=number(allowance.unit, balance.left),
        allowance=number(allowance.unit, allowance.limit),
        period=PERIODS[allowance.period],
    )


def _by_whom(balance: Balance) -> Iterator[Sentence]:
    if balance.source is Source.ROLE:
        yield say("by a role")
    elif balance.source is Source.OWN:
        yield say("set by a moderator")


def _granted(balance: Balance) -> Iterator[Sentence]:
    unit = balance.allowance.unit
    for grant in balance.grants[:MAX_GRANTS]:
        amount = number(unit, grant.left) if grant.unit is unit else quantity(grant.unit, grant.left)
        yield say("{amount} granted until {day}", amount=amount, day=calendar_day(grant.expires_at))
    if (rest := len(balance.grants) - MAX_GRANTS) > 0:
        yield say_n("{count} more grant", "{count} more grants", rest)


def _together(amounts: Iterable[Sentence]) -> Sentence:
    return reduce(lambda first, second: say("{first} and {second}", first=first, second=second), amounts)


def _then(before: Sentence, after: Sentence) -> Sentence:
    return say("{before}; {after}", before=before, after=after)


def _cure(balance: Balance, charge: Charge) -> Sentence:
    if balance.resets_at is None:
        return say("The trial is given once. Ask a moderator: they can grant you more.")
    if not balance.will_cover(charge):
        return say("Waiting does not help: the allowance is too small. Ask a moderator for a grant.")
    return say("Your allowance is full again {when}.", when=moment(balance.resets_at))


def rate(allowance: Allowance) -> Sentence:
    """An allowance in words: `40 pictures a day`."""
    return say(
        "{amount} {period}",
        amount=quantity(allowance.unit, allowance.limit),
        period=EVERY[allowance.period],
    )


def about(seconds: float) -> Sentence:
    """A time to wait, as roughly as it is known: `20 s`, `3 minutes`, `2 hours`."""
    if seconds < 90:
        return say("{count} s", count=max(5, 5 * round(seconds / 5)))
    if seconds < 90 * 60:
        return say_n("{count} minute", "{count} minutes", round(seconds / 60))
    return say_n("{count} hour", "{count} hours", round(seconds / 3600))


def quantity(unit: Unit, amount: int) -> Sentence:
    """Pictures, or milliseconds, in words: `4 pictures`, `12 s of GPU time`."""
    if unit is Unit.IMAGES:
        return say_n("{count} picture", "{count} pictures", amount)
    return say("{time} of GPU time", time=duration(amount))


def number(unit: Unit, amount: int) -> Sentence | str:
    """The same without the noun."""
    return str(amount) if unit is Unit.IMAGES else duration(amount)


def duration(milliseconds: int) -> Sentence:
    """Device time as people read it: `0.8 s`, `12 s`, `3 min 20 s`, `2 h 5 min`."""
    seconds = milliseconds / 1000
    if seconds < 59.5:
        return say("{seconds} s", seconds=f"{seconds:.1f}" if seconds < 9.95 else f"{seconds:.0f}")
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return _with_rest(say("{minutes} min", minutes=minutes), say("{seconds} s", seconds=rest), rest)
    hours, rest = divmod(minutes, 60)
    return _with_rest(say("{hours} h", hours=hours), say("{minutes} min", minutes=rest), rest)


def _with_rest(whole: Sentence, part: Sentence, rest: int) -> Sentence:
    return say("{whole} {part}", whole=whole, part=part) if rest else whole
