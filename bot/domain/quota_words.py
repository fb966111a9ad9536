"""Amounts and periods in words, and the refusal of a job that no allowance covers."""

from bot.domain.charges import Charge
from bot.domain.quota import Allowance, Balance, Period, Unit, in_unit
from bot.domain.sentences import Sentence, moment, say, say_n

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


def refusal(balance: Balance, charge: Charge) -> tuple[Sentence, ...]:
    """Why a job is not drawn: what is left, what it needs, and when or how there will be more."""
    allowance = balance.allowance
    exceeded = say(
        "You have {left} of {allowance} left {period}, and this needs {needed}.",
        left=number(allowance.unit, balance.left),
        allowance=quantity(allowance.unit, allowance.limit),
        period=PERIODS[allowance.period],
        needed=number(allowance.unit, in_unit(allowance.unit, charge)),
    )
    granted = [
        say("A grant has {left} left, which does not cover it either.", left=quantity(grant.unit, grant.left))
        for grant in balance.grants
    ]
    return exceeded, *granted, _cure(balance)


def left(balance: Balance) -> Sentence:
    """What a member has left: `You have 4 of 8 pictures left of the trial.`"""
    allowance = balance.allowance
    return say(
        "You have {left} of {allowance} left {period}.",
        left=number(allowance.unit, balance.left),
        allowance=quantity(allowance.unit, allowance.limit),
        period=PERIODS[allowance.period],
    )


def _cure(balance: Balance) -> Sentence:
    if balance.resets_at is None:
        return say("The trial is given once. Ask a moderator: they can grant you more.")
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


def number(unit: Unit, amount: int) -> str:
    """The same without the noun."""
    return str(amount) if unit is Unit.IMAGES else duration(amount)


def duration(milliseconds: int) -> str:
    """Device time as people read it: `0.8 s`, `12 s`, `3 min 20 s`, `2 h 5 min`."""
    seconds = milliseconds / 1000
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"
