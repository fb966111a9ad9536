"""One table row per setting of a guild: how it is written, what it may be, what it does."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

from bot.domain.errors import UserError
from bot.domain.guild import GuildSettings
from bot.domain.quota import Allowance, Period, Unit
from bot.domain.rooms import MAX_ROOMS
from bot.domain.sentences import Sentence, say

MAX_TERMS = 1500
MAX_NAME = 100  # Discord's limit of a channel's name
MAX_IDS = 25
NOTHING = {"", "-", "none", "off", "0"}
"""Written to have a setting as it was in the beginning."""
DEFAULTS = GuildSettings()

_ROLE = re.compile(r"<@&(\d{15,20})>")
_CHANNEL = re.compile(r"<#(\d{15,20})>")
_ALLOWANCE = re.compile(
    r"(?P<amount>\d{1,7})\s*(?P<unit>pictures?|images?|gpu[ _-]?seconds?)?\s*"
    r"(?:(?:a|per|each|every|/)\s*)?(?P<period>day|week|month)?",
    re.IGNORECASE,
)


class InvalidSetting(UserError):
    """A setting cannot be read, with an example of how it is written."""


class Kind(Enum):
    """How a setting is written."""

    NUMBER = auto()
    SWITCH = auto()
    TEXT = auto()
    ROLES = auto()
    CHANNELS = auto()
    ALLOWANCE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A setting that people may change."""

    field: str
    """Of GuildSettings."""
    kind: Kind
    help: Sentence
    example: str
    most: int = 0
    """The highest number, or the longest text."""


ROWS = {
    "moderators": Option(
        field="moderator_role_ids",
        kind=Kind.ROLES,
        help=say("Roles that may moderate"),
        example="@Moderators",
    ),
    "allowance": Option(
        field="allowance",
        kind=Kind.ALLOWANCE,
        help=say("What every member may draw"),
        example="100 pictures a day",
    ),
    "trial": Option(
        field="trial",
        kind=Kind.ALLOWANCE,
        help=say("What a newcomer may draw, once"),
        example="25 pictures",
    ),
    "drawing-channels": Option(
        field="drawing_channel_ids",
        kind=Kind.CHANNELS,
        help=say("Where members draw; none: everywhere"),
        example="#art #general",
    ),
    "newbie-rooms": Option(
        field="newbie_rooms",
        kind=Kind.NUMBER,
        help=say("How many newbie rooms at least"),
        example="2",
        most=MAX_ROOMS,
    ),
    "max-newbie-rooms": Option(
        field="max_newbie_rooms",
        kind=Kind.NUMBER,
        help=say("How many newbie rooms when all are busy"),
        example="6",
        most=MAX_ROOMS,
    ),
    "newbie-category": Option(
        field="newbie_category",
        kind=Kind.TEXT,
        help=say("The name of the newbie rooms' category"),
        example="Newcomers",
        most=MAX_NAME,
    ),
    "terms": Option(
        field="terms",
        kind=Kind.TEXT,
        help=say("What members accept before they draw"),
        example="Be kind. No nudity.",
        most=MAX_TERMS,
    ),
    "account-days": Option(
        field="min_account_days",
        kind=Kind.NUMBER,
        help=say("Days that an account must be old to draw"),
        example="7",
        most=3650,
    ),
    "member-minutes": Option(
        field="min_member_minutes",
        kind=Kind.NUMBER,
        help=say("Minutes after joining until one may draw"),
        example="10",
        most=100_000,
    ),
    "public-page": Option(
        field="is_public",
        kind=Kind.SWITCH,
        help=say("Whether the web page shows this server"),
        example="on",
    ),
}


def changed(settings: GuildSettings, values: Mapping[str, str]) -> GuildSettings:
    """The settings with some of them set to what was written, by name.

    Raises: InvalidSetting, with all mistakes.
    """
    mistakes: list[Sentence] = []
    for name, text in values.items():
        try:
            settings = _changed(settings, name, text)
        except InvalidSetting as error:
            mistakes += error.sentences
    if mistakes:
        raise InvalidSetting(*mistakes)
    return settings


def _changed(settings: GuildSettings, name: str, text: str) -> GuildSettings:
    option = ROWS.get(name)
    if option is None:
        known = ", ".join(f"`{row}`" for row in ROWS)
        raise InvalidSetting(say("There is no such setting. These exist: {known}.", known=known))
    return _with_value(settings, option, _read(option, name, text.strip()))


def _with_value(settings: GuildSettings, option: Option, value: Any) -> GuildSettings:
    """The settings with a value; new terms are a new version of them."""
    version = settings.terms_version
    if option.field == "terms" and value not in {"", settings.terms}:
        version += 1
    return replace(settings, **{option.field: value}, terms_version=version)


def written(settings: GuildSettings, option: Option) -> str:
    """A setting's value as people write it."""
    value = getattr(settings, option.field)
    match option.kind:
        case Kind.SWITCH:
            return "on" if value else "off"
        case Kind.ROLES:
            return " ".join(f"<@&{role_id}>" for role_id in value)
        case Kind.CHANNELS:
            return " ".join(f"<#{channel_id}>" for channel_id in value)
        case Kind.ALLOWANCE if value is None:
            return ""
        case Kind.ALLOWANCE:
            unit = "pictures" if value.unit is Unit.IMAGES else "gpu-seconds"
            return f"{value.amount} {unit}" + ("" if value.period is Period.ONCE else f" a {value.period}")
        case Kind.NUMBER | Kind.TEXT:
            return str(value)


def _read(option: Option, name: str, text: str) -> Any:
    if text.lower() in NOTHING and option.kind is not Kind.SWITCH:
        return getattr(DEFAULTS, option.field)
    match option.kind:
        case Kind.NUMBER if text.isdecimal() and int(text) <= option.most:
            return int(text)
        case Kind.SWITCH if text.lower() in {"on", "yes", "off", "no"}:
            return text.lower() in {"on", "yes"}
        case Kind.TEXT if len(text) <= option.most:
            return text
        case Kind.ROLES | Kind.CHANNELS:
            found = (_ROLE if option.kind is Kind.ROLES else _CHANNEL).findall(text)
            if found:
                return tuple(dict.fromkeys(map(int, found)))[:MAX_IDS]
        case Kind.ALLOWANCE:
            if allowance := _allowance(text, is_trial=name == "trial"):
                return allowance
        case _:
            pass
    raise InvalidSetting(
        say(
            "I cannot read that value of `{name}`. Write it as: `{example}`",
            name=name,
            example=option.example,
        )
    )


def _allowance(text: str, *, is_trial: bool) -> Allowance | None:
    given = _ALLOWANCE.fullmatch(text)
    if given is None:
        return None
    in_seconds = (given["unit"] or "").lower().startswith("gpu")
    period = Period.ONCE if is_trial else Period((given["period"] or "day").lower())
    return Allowance(
        amount=int(given["amount"]), unit=Unit.GPU_SECONDS if in_seconds else Unit.IMAGES, period=period
    )
