"""What /quota and /allowance say: a member's balance, and what a guild decided."""

from collections.abc import Iterator

from bot.domain.echo import echo
from bot.domain.quota import Allowance, Balance, Grant, Period, RoleAllowance, Source, in_ledger
from bot.domain.quota_words import charged_to, duration, left, not_during_trial, number, quantity, rate
from bot.domain.sentences import Sentence, calendar_day, moment, say, say_n
from bot.messages.catalogue import translations
from bot.messages.lists import fitted
from bot.messages.payload import Payload
from bot.services.quotas import House

BAR_LENGTH = 12
MAX_REASON = 150
SPANS = {
    Period.DAY: say("Today"),
    Period.WEEK: say("This week"),
    Period.MONTH: say("This month"),
    Period.ONCE: say("In the trial"),
}


def balance(
    balance: Balance, locale: str, *, member: int | None = None, server: str | None = None
) -> Payload:
    """Where a member stands.

    `member` is named when somebody else reads it, and `server` in a direct message: empty if not known.
    """
    words = translations(locale)
    drawn = say(
        "{period}: {spent} drawn, {reserved} being drawn, {time} of GPU time charged",
        period=SPANS[balance.allowance.period],
        spent=balance.spent.images,
        reserved=balance.reserved.images,
        time=duration(balance.spent.gpu_ms),
    )
    named = "" if member is None else f"<@{member}>: "
    head = "\n".join([named + left(balance).render(words), bar(balance), drawn.render(words)])
    grants = [_grant(grant).render(words) for grant in balance.grants]
    last = [reset(balance, is_own=member is None)]
    if server is not None:
        last.append(charged_to(server))
    return Payload(content=fitted(words, head, grants, [sentence.render(words) for sentence in last]))


def house(house: House, locale: str) -> Payload:
    """Everything that a guild decided about allowances and limits."""
    words = translations(locale)
    settings = house.settings
    title = say("**Allowances of this server**")
    head = "\n".join([title.render(words), *(line.render(words) for line in _everybody(house))])
    rows = [_of_role(row, house).render(words) for row in settings.role_allowances]
    rows += [_line(f"<@{user_id}>", allowance).render(words) for user_id, allowance in house.members]
    limits = [sentence.render(words) for sentence in _limits(house)]
    return Payload(content=fitted(words, head, rows, limits))


def _everybody(house: House) -> Iterator[Sentence]:
    amount = rate(house.everybody)
    if house.settings.trial is not None:
        yield say(
            "Everybody: {allowance}, as a trial. Then a role, or a moderator, must give them more.",
            allowance=amount,
        )
        if house.settings.allowance is not None:
            yield not_during_trial(house.settings.allowance)
    elif house.settings.allowance is None:
        yield say("Everybody: {allowance}, as this bot is set up.", allowance=amount)
    else:
        yield say("Everybody: {allowance}.", allowance=amount)


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


def _of_role(row: RoleAllowance, house: House) -> Sentence:
    line = _line(f"<@&{row.role_id}>", row.allowance)
    if row.role_id not in house.idle_roles:
        return line
    return say("{line} (changes nothing: everybody has more)", line=line)


def _line(who: str, allowance: Allowance) -> Sentence:
    return say("{who}: {allowance}", who=who, allowance=rate(allowance))


def _grant(grant: Grant) -> Sentence:
    return say(
        "Granted: {left} of {amount} left, until {day} ({reason})",
        left=number(grant.unit, grant.left),
        amount=quantity(grant.unit, in_ledger(grant.unit, grant.amount)),
        day=calendar_day(grant.expires_at),
        reason=echo(grant.reason, limit=MAX_REASON),
    )


def reset(balance: Balance, *, is_own: bool) -> Sentence:
    """When there is more again, or how."""
    if not balance.used and balance.allowance.limit:
        return say("Nothing of it is used.")
    if balance.resets_at is not None and balance.allowance.limit:
        return say("Full again {when}.", when=moment(balance.resets_at))
    if balance.source is Source.OWN:
        return say("Only a grant adds to this.")
    if balance.resets_at is not None:
        return say("Nothing is given by itself here: only roles and grants let members draw.")
    if is_own:
        return say("The trial is given once. A moderator can give you more.")
    return say("The trial is given once. `/allowance grant` gives them more.")


def bar(balance: Balance) -> str:
    """How much is left of everything that the member was given, in the unit in which there is most to see."""
    unit = balance.allowance.unit
    if not balance.left and balance.grants and not balance.granted(unit):
        unit = balance.grants[0].unit
    granted = [grant for grant in balance.grants if grant.unit is unit]
    rest, used = sum(grant.left for grant in granted), sum(grant.used for grant in granted)
    if unit is balance.allowance.unit:
        rest, used = rest + balance.left, used + min(balance.used, balance.allowance.limit)
    filled = max(1, round(BAR_LENGTH * rest / (used + rest))) if rest else 0  # a little is not nothing
    return "▰" * filled + "▱" * (BAR_LENGTH - filled)
