"""One table row per setting of a guild: how it is written, what it may be, what it does."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any
from zoneinfo import available_timezones

from bot.domain.echo import echo_code
from bot.domain.errors import Unreadable
from bot.domain.guild import GuildSettings
from bot.domain.image_filter import ImageFilter
from bot.domain.people import to_ladder, written_ladder
from bot.domain.quota import Allowance, Period, Unit
from bot.domain.rooms import MAX_ROOMS
from bot.domain.sentences import Sentence, say

MAX_TERMS = 1500
MAX_NAME = 100  # Discord's limit of a channel's name
MAX_WEB_TEXT = 300
MAX_IDS = 25
MAX_NAMES = 25
MAX_MODEL = 100
MAX_WORDS = 200
"""Characters of a house style."""
MAX_AMOUNT = 9_999_999
MAX_TYPED = 60
"""Characters of what was typed that a refusal repeats."""
SWITCH = {"on": True, "yes": True, "off": False, "no": False}
DEFAULTS = GuildSettings()

_ROLE = re.compile(r"<@&(\d{15,20})>")
_CHANNEL = re.compile(r"<#(\d{15,20})>")
_PICTURE = re.compile(r"(?:https?://\S+/p/)?#?(\d{1,18})")
_ALLOWANCE = re.compile(
    r"(?P<amount>\d{1,7})\s*(?P<unit>pictures?|images?|gpu[ _-]?(?:seconds?|minutes?|hours?))?\s*"
    r"(?:(?:a|per|each|every|/)\s*)?(?P<period>day|week|month)?",
    re.IGNORECASE,
)
_GPU_SECONDS = {"second": 1, "minute": 60, "hour": 3600}


class InvalidSetting(Unreadable):
    """A setting cannot be read, with an example of how it is written."""


class Kind(Enum):
    """How a setting is written."""

    NUMBER = auto()
    SWITCH = auto()
    TEXT = auto()
    ROLES = auto()
    CHANNELS = auto()
    CHANNEL = auto()
    ALLOWANCE = auto()
    TRIAL = auto()
    PICTURE = auto()
    CHOICE = auto()
    ZONE = auto()
    LADDER = auto()
    NAMES = auto()
    PAIRS = auto()
    STYLES = auto()


_NOTHING = frozenset({"", "-", "none", "off"})
NOTHING: dict[Kind, frozenset[str]] = {
    **dict.fromkeys(Kind, _NOTHING | {"0"}),
    Kind.SWITCH: frozenset(),
    Kind.ALLOWANCE: _NOTHING,  # an allowance of 0 is one: only roles draw then
    Kind.LADDER: _NOTHING,  # 0 is a ladder that leads nowhere
}
"""Written to have a setting as it was in the beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A setting that people may change."""

    field: str
    """Of GuildSettings."""
    kind: Kind
    help: Sentence
    example: str
    empty: Sentence
    """What holds while nothing is chosen."""
    least: int = 0
    """The lowest number."""
    most: int = 0
    """The highest number, or the longest text."""
    choices: tuple[tuple[str, Sentence], ...] = ()
    """What there is to choose from, in words."""


ROWS = {
    "moderators": Option(
        field="moderator_role_ids",
        kind=Kind.ROLES,
        help=say("Roles that may moderate"),
        example="@Moderators",
        empty=say("only those with Manage Server"),
    ),
    "moderators-channel": Option(
        field="moderators_channel_id",
        kind=Kind.CHANNEL,
        help=say("Where appeals and reports arrive"),
        example="#moderators",
        empty=say("in /mod inbox alone"),
    ),
    "allowance": Option(
        field="allowance",
        kind=Kind.ALLOWANCE,
        help=say("What every member may draw"),
        example="100 pictures a day",
        empty=say("as this bot is set up"),
    ),
    "trial": Option(
        field="trial",
        kind=Kind.TRIAL,
        help=say("Trial: what everybody may draw in all, once"),
        example="25 pictures",
        empty=say("no trial: the same as every member"),
    ),
    "drawing-channels": Option(
        field="drawing_channel_ids",
        kind=Kind.CHANNELS,
        help=say("Where members draw"),
        example="#art #general",
        empty=say("everywhere"),
    ),
    "newbie-rooms": Option(
        field="newbie_rooms",
        kind=Kind.NUMBER,
        help=say("How many newbie rooms at least"),
        example="2",
        empty=say("none"),
        most=MAX_ROOMS,
    ),
    "max-newbie-rooms": Option(
        field="max_newbie_rooms",
        kind=Kind.NUMBER,
        help=say("How many newbie rooms when all are busy"),
        example="6",
        empty=say("never more"),
        most=MAX_ROOMS,
    ),
    "newbie-category": Option(
        field="newbie_category",
        kind=Kind.TEXT,
        help=say("The name of the newbie rooms' category"),
        example="Newcomers",
        empty=say("none"),
        most=MAX_NAME,
    ),
    "terms": Option(
        field="terms",
        kind=Kind.TEXT,
        help=say("What members accept before they draw"),
        example="Be kind. No nudity.",
        empty=say("nothing"),
        most=MAX_TERMS,
    ),
    "account-days": Option(
        field="min_account_days",
        kind=Kind.NUMBER,
        help=say("Days that an account must be old to draw"),
        example="7",
        empty=say("none"),
        most=3650,
    ),
    "member-minutes": Option(
        field="min_member_minutes",
        kind=Kind.NUMBER,
        help=say("Minutes after joining until one may draw"),
        example="10",
        empty=say("none"),
        most=100_000,
    ),
    "pictures": Option(
        field="takes_pictures",
        kind=Kind.SWITCH,
        help=say("Whether members may bring pictures"),
        example="on",
        empty=say("nobody may"),
    ),
    "picture-roles": Option(
        field="picture_role_ids",
        kind=Kind.ROLES,
        help=say("Roles that may bring pictures"),
        example="@Members",
        empty=say("everybody"),
    ),
    "picture-links": Option(
        field="takes_links",
        kind=Kind.SWITCH,
        help=say("Whether links to pictures count"),
        example="on",
        empty=say("attachments only"),
    ),
    "shared-pictures": Option(
        field="shares_pictures",
        kind=Kind.SWITCH,
        help=say("Whether members use each other's pictures"),
        example="on",
        empty=say("from their own only"),
    ),
    "recipes": Option(
        field="has_recipes",
        kind=Kind.SWITCH,
        help=say("Whether a picture's file says how it was made"),
        example="on",
        empty=say("off"),
    ),
    "press-others": Option(
        field="others_may_press",
        kind=Kind.SWITCH,
        help=say("Whether members press under others' pictures"),
        example="on",
        empty=say("off"),
    ),
    "running-jobs": Option(
        field="max_running_jobs",
        kind=Kind.NUMBER,
        help=say("Jobs of a member drawn at a time"),
        example="2",
        empty=say("as many as fit"),
        most=100,
    ),
    "waiting-jobs": Option(
        field="max_waiting_jobs",
        kind=Kind.NUMBER,
        help=say("Jobs of a member that may wait"),
        example="10",
        empty=say("any number"),
        most=1000,
    ),
    "relax-free": Option(
        field="is_relax_free",
        kind=Kind.SWITCH,
        help=say("Whether relaxed jobs are not counted"),
        example="on",
        empty=say("they are counted"),
    ),
    "turbo": Option(
        field="is_turbo_allowed",
        kind=Kind.SWITCH,
        help=say("Whether members may pay twice to go first"),
        example="on",
        empty=say("nobody goes first"),
    ),
    "time-zone": Option(
        field="time_zone",
        kind=Kind.ZONE,
        help=say("Where midnight begins days, weeks and months"),
        example="Europe/Berlin",
        empty=say("UTC"),
    ),
    "nudity": Option(
        field="is_nsfw_allowed",
        kind=Kind.SWITCH,
        help=say("Whether age-restricted rooms show nudity"),
        example="on",
        empty=say("no, nowhere"),
    ),
    "image-filter": Option(
        field="image_filter",
        kind=Kind.CHOICE,
        help=say("What happens to pictures that look nude"),
        example="spoiler",
        empty=say("nothing"),
        choices=(
            (ImageFilter.OFF.value, say("nothing")),
            (ImageFilter.SPOILER.value, say("behind a spoiler")),
            (ImageFilter.MODERATORS.value, say("behind a spoiler, and to the moderators")),
            (ImageFilter.BLOCK.value, say("deleted")),
        ),
    ),
    "models": Option(
        field="models",
        kind=Kind.NAMES,
        help=say("The models that members may use"),
        example="sketch, sdxl",
        empty=say("all that are loaded"),
        most=MAX_NAMES,
    ),
    "default-model": Option(
        field="default_model",
        kind=Kind.TEXT,
        help=say("The model that draws where nobody chose"),
        example="sdxl",
        empty=say("the first that may be used"),
        most=MAX_MODEL,
    ),
    "model-names": Option(
        field="model_aliases",
        kind=Kind.PAIRS,
        help=say("Other names of models, and versions"),
        example="6=sdxl, niji=anime",
        empty=say("none"),
        most=MAX_NAMES,
    ),
    "loras": Option(
        field="loras",
        kind=Kind.NAMES,
        help=say("The LoRAs that members may use"),
        example="ink, pixel",
        empty=say("all that fit the model"),
        most=MAX_NAMES,
    ),
    "house-styles": Option(
        field="house_styles",
        kind=Kind.STYLES,
        help=say("What --stylize adds, by model"),
        example="sdxl=film grain; anime=cel shading",
        empty=say("as each model has it"),
        most=MAX_WORDS,
    ),
    "usual-stylize": Option(
        field="usual_stylize",
        kind=Kind.NUMBER,
        help=say("--stylize where nobody says any"),
        example="100",
        empty=say("as each model has it"),
        most=1000,
    ),
    "strikes": Option(
        field="strike_ladder",
        kind=Kind.LADDER,
        help=say("How long each strike keeps from drawing"),
        example="0 1h 1d 1w",
        empty=say("nothing follows from strikes"),
    ),
    "strike-days": Option(
        field="strike_days",
        kind=Kind.NUMBER,
        help=say("Days that a strike counts"),
        example="30",
        empty=say("30"),
        least=1,
        most=365,
    ),
    "public-page": Option(
        field="is_public",
        kind=Kind.SWITCH,
        help=say("Whether the web page shows this server"),
        example="on",
        empty=say("off"),
    ),
    "web-text": Option(
        field="web_text",
        kind=Kind.TEXT,
        help=say("What the web page says of this server"),
        example="We draw birds, together, every evening.",
        empty=say("what this bot does"),
        most=MAX_WEB_TEXT,
    ),
    "web-picture": Option(
        field="web_picture",
        kind=Kind.PICTURE,
        help=say("The large picture there: its number or link"),
        example="1234",
        empty=say("one of the last week"),
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
    if not mistakes and ROOMS & values.keys():
        mistakes += _rooms_mistakes(settings)
    if mistakes:
        raise InvalidSetting(*mistakes)
    return settings


ROOMS = frozenset({"newbie-rooms", "max-newbie-rooms"})


def _rooms_mistakes(settings: GuildSettings) -> list[Sentence]:
    if not 0 < settings.max_newbie_rooms < settings.newbie_rooms:
        return []
    return [
        say(
            "**{most}** ({high}) cannot be fewer than **{least}** ({low}).",
            most=ROWS["max-newbie-rooms"].help,
            high=settings.max_newbie_rooms,
            least=ROWS["newbie-rooms"].help,
            low=settings.newbie_rooms,
        )
    ]


def _changed(settings: GuildSettings, name: str, text: str) -> GuildSettings:
    option = ROWS.get(name)
    if option is None:
        known = ", ".join(f"`{row}`" for row in ROWS)
        raise InvalidSetting(say("There is no such setting. These exist: {known}.", known=known))
    return _with_value(settings, option, _read(option, text.strip()))


def _with_value(settings: GuildSettings, option: Option, value: Any) -> GuildSettings:
    """The settings with a value; new terms are a new version of them."""
    version = settings.terms_version
    if option.field == "terms" and value not in {"", settings.terms}:
        version += 1
    return replace(settings, **{option.field: value}, terms_version=version)


def written(settings: GuildSettings, option: Option) -> str:
    """A setting's value as people write it; empty for nothing."""
    value = getattr(settings, option.field)
    return "" if value is None else _WRITE[option.kind](value)


def expected(option: Option) -> Sentence:
    """How a setting is written, and its limit: what comes after "Write …"."""
    return _EXPECTED[option.kind](option)


def hint(option: Option) -> Sentence:
    """What stands below a setting's label in a form: how it is written, its limit, what holds without it."""
    return say("Write {expected}. Empty: {empty}.", expected=expected(option), empty=shown(DEFAULTS, option))


def shown(settings: GuildSettings, option: Option) -> Sentence | str:
    """What holds now, in words where there are some."""
    value = written(settings, option)
    if option.choices:
        return dict(option.choices)[value]
    return option.empty if value in {"", "0", "off"} else value


def _like(option: Option) -> Sentence:
    return say("something like “{example}”", example=option.example)


def _amount(option: Option) -> Sentence:
    return say("an amount like “{example}”, at most {most}", example=option.example, most=MAX_AMOUNT)


def _mentions(option: Option) -> Sentence:
    return say("mentions, like “{example}”, at most {most}", example=option.example, most=MAX_IDS)


_EXPECTED: dict[Kind, Callable[[Option], Sentence]] = {
    **dict.fromkeys(Kind, _like),
    Kind.NUMBER: lambda option: say(
        "a whole number from {least} to {most}", least=option.least, most=option.most
    ),
    Kind.TEXT: lambda option: say("at most {most} characters", most=option.most),
    Kind.ALLOWANCE: _amount,
    Kind.TRIAL: _amount,
    Kind.ROLES: _mentions,
    Kind.CHANNELS: _mentions,
    Kind.NAMES: lambda option: say(
        "names with commas between them, like “{example}”, at most {most}",
        example=option.example,
        most=option.most,
    ),
    Kind.PAIRS: lambda option: say("pairs like “{example}”; * is any version", example=option.example),
    Kind.STYLES: lambda option: say("a model's words, like “{example}”", example=option.example),
    Kind.CHOICE: lambda option: say("one of these: {choices}", choices=", ".join(dict(option.choices))),
    Kind.LADDER: lambda option: say(
        "a time for each strike, like “{example}”; 0 for none", example=option.example
    ),
}


def _read(option: Option, text: str) -> Any:
    if text.lower() in NOTHING[option.kind]:
        return getattr(DEFAULTS, option.field)
    value = _READ[option.kind](option, text)
    if value is None:
        raise InvalidSetting(
            say(
                "**{label}**: write {expected}. You wrote `{typed}`.",
                label=option.help,
                expected=expected(option),
                typed=echo_code(text, limit=MAX_TYPED),
            )
        )
    return value


def _number(option: Option, text: str) -> int | None:
    is_short = text.isdecimal() and len(text) < 10  # Python refuses to read numbers of thousands of digits
    return int(text) if is_short and option.least <= int(text) <= option.most else None


def _switch(_: Option, text: str) -> bool | None:
    return SWITCH.get(text.lower())


def _text(option: Option, text: str) -> str | None:
    return text if len(text) <= option.most else None


def _mentioned(mention: re.Pattern[str]) -> Callable[[Option, str], tuple[int, ...] | None]:
    def read(_: Option, text: str) -> tuple[int, ...] | None:
        return tuple(dict.fromkeys(map(int, mention.findall(text))))[:MAX_IDS] or None

    return read


def _channel(_: Option, text: str) -> int | None:
    found = _CHANNEL.fullmatch(text)
    return int(found[1]) if found else None


def _picture(_: Option, text: str) -> int | None:
    found = _PICTURE.fullmatch(text)
    return int(found[1]) if found else None


def _choice(option: Option, text: str) -> str | None:
    return text.lower() if text.lower() in dict(option.choices) else None


def _zone(_: Option, text: str) -> str | None:
    known = {zone.lower(): zone for zone in available_timezones()}
    return known.get(text.lower().replace(" ", "_"))


def _ladder(_: Option, text: str) -> tuple[int, ...] | None:
    try:
        return to_ladder(text)
    except Unreadable:
        return None


def _trial(_: Option, text: str) -> Allowance | None:
    allowance = _allowance(_, text)
    return allowance and replace(allowance, period=Period.ONCE)


def _allowance(_: Option, text: str) -> Allowance | None:
    given = _ALLOWANCE.fullmatch(text)
    if given is None:
        return None
    period = Period((given["period"] or "day").lower())
    seconds = _GPU_SECONDS.get((given["unit"] or "").lower().removeprefix("gpu").strip(" _-").rstrip("s"))
    if seconds is None:
        return Allowance(amount=int(given["amount"]), period=period)
    return Allowance(amount=int(given["amount"]) * seconds, unit=Unit.GPU_SECONDS, period=period)


def _names(option: Option, text: str) -> tuple[str, ...] | None:
    found = tuple(dict.fromkeys(" ".join(name.split()) for name in text.split(",") if name.strip()))
    is_short = len(found) <= option.most and all(len(name) <= MAX_MODEL for name in found)
    return found if found and is_short else None


def _pairs(option: Option, text: str) -> tuple[tuple[str, str], ...] | None:
    return _paired(text, ",", most=option.most, longest=MAX_MODEL)


def _styles(option: Option, text: str) -> tuple[tuple[str, str], ...] | None:
    return _paired(text, ";", most=MAX_NAMES, longest=option.most)


def _paired(text: str, mark: str, *, most: int, longest: int) -> tuple[tuple[str, str], ...] | None:
    """`a=b, c=d` by what parts the pairs; None where one is none."""
    parted = [one.partition("=") for one in text.split(mark) if one.strip()]
    pairs = {" ".join(name.split()): " ".join(value.split()) for name, _, value in parted}
    is_short = all(0 < len(name) <= MAX_MODEL and 0 < len(value) <= longest for name, value in pairs.items())
    return tuple(pairs.items()) if pairs and len(pairs) <= most and is_short else None


def _written_allowance(value: Allowance) -> str:
    unit = "pictures" if value.unit is Unit.IMAGES else "gpu-seconds"
    return f"{value.amount} {unit}" + ("" if value.period is Period.ONCE else f" a {value.period}")


_READ: dict[Kind, Callable[[Option, str], Any]] = {
    Kind.NUMBER: _number,
    Kind.SWITCH: _switch,
    Kind.TEXT: _text,
    Kind.ROLES: _mentioned(_ROLE),
    Kind.CHANNELS: _mentioned(_CHANNEL),
    Kind.CHANNEL: _channel,
    Kind.ALLOWANCE: _allowance,
    Kind.TRIAL: _trial,
    Kind.PICTURE: _picture,
    Kind.CHOICE: _choice,
    Kind.ZONE: _zone,
    Kind.LADDER: _ladder,
    Kind.NAMES: _names,
    Kind.PAIRS: _pairs,
    Kind.STYLES: _styles,
}
"""What was written as a value; None where it cannot be read."""
_WRITE: dict[Kind, Callable[[Any], str]] = {
    Kind.NUMBER: str,
    Kind.SWITCH: lambda value: "on" if value else "off",
    Kind.TEXT: str,
    Kind.ROLES: lambda ids: " ".join(f"<@&{role_id}>" for role_id in ids),
    Kind.CHANNELS: lambda ids: " ".join(f"<#{channel_id}>" for channel_id in ids),
    Kind.CHANNEL: lambda channel_id: f"<#{channel_id}>",
    Kind.ALLOWANCE: _written_allowance,
    Kind.TRIAL: _written_allowance,
    Kind.PICTURE: str,
    Kind.CHOICE: str,
    Kind.ZONE: str,
    Kind.LADDER: written_ladder,
    Kind.NAMES: ", ".join,
    Kind.PAIRS: lambda pairs: ", ".join(f"{name}={value}" for name, value in pairs),
    Kind.STYLES: lambda pairs: "; ".join(f"{name}={value}" for name, value in pairs),
}
