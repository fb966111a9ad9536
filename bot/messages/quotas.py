"""What /quota says: a member's balance, and what a guild decided."""

from bot.domain.echo import echo
from bot.domain.quota import Allowance, Balance, Grant, in_unit
from bot.domain.quota_words import PERIODS, duration, number, quantity, rate
from bot.domain.sentences import Sentence, Translations, moment, say, say_n
from bot.messages.catalogue import translations
from bot.messages.lists import fitted
from bot.messages.payload import Payload
from bot.services.quotas import House

BAR_LENGTH = 12
MAX_REASON = 150


def balance(balance: Balance, locale: str, *, member: int | None = None) -> Payload:
    """Where a member stands; `member` is named when somebody else reads it."""
    words = translations(locale)
    allowance = balance.allowance
    used = in_unit(allowance.unit, balance.spent) + in_unit(allowance.unit, balance.reserved)
    title = say(
        "**{left} of {allowance} left {period}**",
        left=number(allowance.unit, balance.left),
        allowance=quantity(allowance.unit, allowance.limit),
        period=PERIODS[allowance.period],
    )
    drawn = say(
        "Drawn: {spent} · being drawn: {reserved} · GPU time: {time}",
        spent=balance.spent.images,
        reserved=balance.reserved.images,
        time=duration(balance.spent.gpu_ms),
    )
    named = "" if member is None else f"<@{member}>: "
    head = "\n".join([named + title.render(words), _bar(used, allowance.limit), drawn.render(words)])
    grants = [_grant(grant).render(words) for grant in balance.grants]
    reset = _reset(balance, is_own=member is None)
    return Payload(content=fitted(words, head, grants, [reset.render(words)]))


def house(house: House, locale: str) -> Payload:
    """Everything that a guild decided about allowances and limits."""
    words = translations(locale)
    settings = house.settings
    title = say("**Allowances of this server**")
    head = f"{title.render(words)}\n{_everybody(house).render(words)}"
    rows = [_line(f"<@&{row.role_id}>", row.allowance, words) for row in settings.role_allowances]
    rows += [_line(f"<@{user_id}>", allowance, words) for user_id, allowance in house.members]
    limits = [sentence.render(words) for sentence in _limits(house)]
    return Payload(content=fitted(words, head, rows, limits))


def _everybody(house: House) -> Sentence:
    amount = rate(house.everybody)
    if house.settings.trial is not None:
        return say(
            "Everybody: {allowance}, as a trial. Then a role, or a moderator, must give them more.",
            allowance=amount,
        )
    if house.settings.allowance is None:
        return say("Everybody: {allowance}, as this bot is set up.", allowance=amount)
    return say("Everybody: {allowance}.", allowance=amount)


def _limits(house: House) -> list[Sentence]:
    settings = house.settings
    sentences = []
    if settings.max_running_jobs is not None:
        sentences.append(
            say_n(
                "{count} job of a member is drawn at a time.",
                "{count} jobs of a member are drawn at a time.",
                settings.max_running_jobs,
            )
        )
    if settings.max_waiting_jobs is not None:
        sentences.append(
            say_n(
                "{count} job of a member may wait.",
                "{count} jobs of a member may wait.",
                settings.max_waiting_jobs,
            )
        )
    if settings.is_relax_free:
        sentences.append(say("Relaxed jobs are free."))
    sentences.append(say("Days, weeks and months begin at midnight in `{zone}`.", zone=settings.time_zone))
    return sentences


def _line(who: str, allowance: Allowance, words: Translations) -> str:
    return f"{who}: {rate(allowance).render(words)}"


def _grant(grant: Grant) -> Sentence:
    return say(
        "Granted on top: {left}, until {when} ({reason})",
        left=quantity(grant.unit, grant.left),
        when=moment(grant.expires_at),
        reason=echo(grant.reason, limit=MAX_REASON),
    )


def _reset(balance: Balance, *, is_own: bool) -> Sentence:
    if balance.resets_at is None:
        if is_own:
            return say("The trial is given once. A moderator can give you more.")
        return say("The trial is given once. /quota grant gives them more.")
    return say("Full again {when}.", when=moment(balance.resets_at))


def _bar(used: int, limit: int) -> str:
    filled = BAR_LENGTH if limit == 0 else min(BAR_LENGTH, round(BAR_LENGTH * used / limit))
    return "▰" * filled + "▱" * (BAR_LENGTH - filled)
