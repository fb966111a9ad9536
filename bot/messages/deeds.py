"""What each deed of the audit log is called, and its details, in words."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import reduce
from typing import Any

from bot.domain.audit import Deed
from bot.domain.echo import echo, echo_code
from bot.domain.guild_options import ROWS
from bot.domain.image_filter import ImageFilter
from bot.domain.quota import Unit, in_ledger
from bot.domain.quota_words import quantity
from bot.domain.sentences import Sentence, Translations, say
from bot.domain.strike_words import span
from bot.messages.rules import PLACES, WEIGHTS

MAX_DETAIL = 40
CHIPS = {"channel": "<#{}>", "role": "<@&{}>", "role_ids": "<@&{}>"}
"""Details that are ids, and how Discord shows them."""
MENTIONS = re.compile(r"<(?:#|@&)[0-9]{1,20}>(?: <(?:#|@&)[0-9]{1,20}>)*")
"""Settings that are channels or roles, as they are stored."""
UNKNOWN = say("{actor} did `{deed}`")
"""For what only an older version noted."""

SENTENCES: Mapping[Deed, Sentence] = {
    Deed.WARNING: say("{actor} warned {member}"),
    Deed.NOTICE: say("{actor} wrote to {member}"),
    Deed.BLOCK: say("{actor} blocked {member}"),
    Deed.UNBLOCK: say("{actor} lifted the block of {member}"),
    Deed.STRIKE: say("{actor} counted a strike, or a part of one, against {member}"),
    Deed.APPEAL_ACCEPTED: say("{actor} accepted the appeal of {member}"),
    Deed.APPEAL_REJECTED: say("{actor} rejected the appeal of {member}"),
    Deed.PROMPT_ALLOWED: say("{actor} allowed a prompt of {member} that a rule had refused"),
    Deed.PROMPT_REFUSED: say("{actor} left a prompt of {member} refused"),
    Deed.REPORT_ACCEPTED: say("{actor} acted on a report about {member}"),
    Deed.REPORT_REJECTED: say("{actor} dismissed a report about {member}"),
    Deed.LADDER: say("{actor} changed where strikes lead"),
    Deed.CHANNEL: say("{actor} chose where appeals and reports arrive"),
    Deed.QUOTA_SET: say("{actor} changed what everybody may draw"),
    Deed.QUOTA_TRIAL: say("{actor} changed the trial"),
    Deed.QUOTA_ROLE: say("{actor} changed what a role may draw"),
    Deed.QUOTA_LIMITS: say("{actor} changed how much may run and wait"),
    Deed.QUOTA_MEMBER: say("{actor} changed what {member} may draw"),
    Deed.QUOTA_GRANT: say("{actor} granted {member} more"),
    Deed.QUOTA_REVOKE: say("{actor} took back what was granted to {member}"),
    Deed.QUOTA_RESET: say("{actor} let the count of {member} begin anew"),
    Deed.RULE_ADD: say("{actor} set a rule"),
    Deed.RULE_REMOVE: say("{actor} removed a rule"),
    Deed.RULE_ASKED: say("{actor} asked {member} about a word"),
    Deed.RULE_REFUSED: say("{actor} refused a prompt of {member}"),
    Deed.NSFW: say("{actor} decided about nudity"),
    Deed.ROOM: say("{actor} changed what a room is for"),
    Deed.IMAGE_FILTER: say("{actor} changed the image filter"),
    Deed.IMAGE_REPORTED: say("{actor} reported a picture of {member}"),
    Deed.IMAGE_WITHHELD: say("{actor} kept back a picture of {member}"),
    Deed.UPLOAD_REPORTED: say("{actor} looked twice at a picture that {member} brought along"),
    Deed.UPLOAD_WITHHELD: say("{actor} turned down a picture that {member} brought along"),
    Deed.UPLOAD_REMOVED: say("{actor} removed a picture that {member} brought along"),
    Deed.PAUSE: say("{actor} paused drawing"),
    Deed.RESUME: say("{actor} let drawing go on"),
    Deed.CANCEL: say("{actor} cancelled a job of {member}"),
    Deed.DELETE_RESULT: say("{actor} deleted a picture of {member}"),
    Deed.BIN: say("{actor} took off a picture of {member}, to be deleted in a day"),
    Deed.UNBIN: say("{actor} brought back a picture of {member}"),
    Deed.SETTINGS: say("{actor} changed settings"),
    Deed.ROLE_DELETED: say("A role is gone, and with it what it was chosen for"),
    Deed.CHANNEL_DELETED: say("A channel is gone, and with it what it was chosen for"),
    Deed.USAGE_DIGEST: say("{actor} chose where the weekly report goes"),
    Deed.HOST_CAP: say("{actor} changed how much a server may draw"),
    Deed.HOST_PAUSE: say("{actor} paused a server"),
    Deed.HOST_RESUME: say("{actor} let a server draw again"),
    Deed.HOST_LEAVE: say("{actor} had me leave a server"),
    Deed.HOST_NOTICE: say("{actor} changed the notice for everybody"),
    Deed.HOST_UNLISTED: say("I left a server that `GUILDS` does not name"),
}

FILTERS = {
    ImageFilter.OFF: say("does nothing"),
    ImageFilter.SPOILER: say("hides behind a spoiler"),
    ImageFilter.MODERATORS: say("hides behind a spoiler, and tells the moderators"),
    ImageFilter.BLOCK: say("keeps back"),
}
LABELS = {
    "allowance": say("now {value}"),
    "cap": say("pictures a day: {value}"),
    "days": say("for {value} days"),
    "grants": say("grants: {value}"),
    "guild": say("server: {value}"),
    "models": say("models: {value}"),
    "num_required": say("words of the theme that a prompt needs: {value}"),
    "is_everywhere": say("in every server: {value}"),
    "relax_is_free": say("relaxed jobs are free: {value}"),
    "reports": say("reports: {value}"),
    "required": say("theme: {value}"),
    "running": say("drawn at a time: {value}"),
    "takes_pictures": say("pictures that members bring along: {value}"),
    "time_zone": say("time zone: {value}"),
    "waiting": say("may wait: {value}"),
    "words": say("words: {value}"),
}
"""Details that are named; settings are, by what they are for."""


def sentence(action: str, words: Translations, *, actor: str, member: str) -> str:
    """Who did what to whom; both as they are shown."""
    values = {"actor": actor, "member": member, "deed": echo_code(action)}
    known = SENTENCES.get(Deed(action)) if action in set(Deed) else None
    return replace(known or UNKNOWN, values=values).render(words)


def choice(action: str, words: Translations) -> str:
    """A kind of deed to choose, without its people."""
    somebody, member = say("somebody").render(words), say("a member").render(words)
    told = sentence(action, words, actor=somebody, member=member)
    return told[:1].upper() + told[1:]


def details(known: Mapping[str, object], words: Translations) -> list[str]:
    """What else is known of a deed, a few words each; what is empty is left out."""
    amount = known.get("amount"), known.get("unit")
    told = [] if None in amount else [_granted(*amount).render(words)]
    rest = {key: value for key, value in sorted(known.items()) if key not in {"amount", "unit"}}
    return told + [_detail(key, value, words) for key, value in rest.items() if value or value is False]


def _granted(amount: object, unit: object) -> Sentence:
    """What a grant was of, in words."""
    if not isinstance(amount, int) or unit not in set(Unit):
        return say("{amount} {unit}", amount=amount, unit=unit)
    return quantity(Unit(str(unit)), in_ledger(Unit(str(unit)), amount))


def _detail(key: str, value: object, words: Translations) -> str:
    """One detail in words: a channel or a role as a chip, a setting by what it is for."""
    if key in CHIPS:
        return " ".join(CHIPS[key].format(one) for one in (value if isinstance(value, list) else [value]))
    if key in WORDS:
        return WORDS[key](value).render(words)
    text = str(value) if MENTIONS.fullmatch(str(value)) else _text(value, words)
    if key in LABELS:
        return replace(LABELS[key], values={"value": text}).render(words)
    name = ROWS[key].help.render(words) if key in ROWS else key.replace("_", " ")
    return f"{name}: {text}"


def _text(value: object, words: Translations) -> str:
    if isinstance(value, bool):
        return (say("yes") if value else say("no")).render(words)
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return echo(text, limit=MAX_DETAIL) or "–"


def _uploads(value: Any) -> str:
    """Pictures that were brought along, as members name them."""
    numbers = value if isinstance(value, list) else [value]
    return ", ".join(f"`upload:{echo_code(str(number))}`" for number in numbers)


def _minutes(value: Any) -> Sentence:
    """How long a block is; or the steps of the ladder."""
    if isinstance(value, list):
        return reduce(
            lambda one, next_one: say("{one}, {next_one}", one=one, next_one=next_one), map(span, value)
        )
    return say("for {time}", time=span(value))


def _chosen(table: Mapping[Any, Sentence]) -> Callable[[Any], Sentence]:
    """From one of a few stored values to its words; another version may have had others."""
    return lambda value: {str(key): sentence for key, sentence in table.items()}.get(value, say("–"))


WORDS: Mapping[str, Callable[[Any], Sentence]] = {
    "filter": _chosen(FILTERS),
    "inputs": lambda value: say("made from {pictures}", pictures=_uploads(value)),
    "is_allowed": lambda value: say("allowed") if value else say("not allowed"),
    "job": lambda value: say("picture {number}", number=value),
    "minutes": _minutes,
    "phrase": lambda value: say("`{phrase}`", phrase=echo_code(value)),
    "place": _chosen(PLACES),
    "score": lambda value: say("{percent} % sure", percent=round(100 * value)),
    "upload": lambda value: say("{pictures}", pictures=_uploads(value)),
    "weight": _chosen(WEIGHTS),
}
"""Details that are words already, and need no label."""
