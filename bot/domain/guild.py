"""What a guild has decided for itself. Every field has a default: a guild works before it is set up."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import tzinfo
from typing import Any, Self
from zoneinfo import ZoneInfo

from bot.domain.asker import Asker
from bot.domain.errors import NotAllowed
from bot.domain.quota import Allowance, Counted, RoleAllowance, Source, best
from bot.domain.sentences import say


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildSettings:
    """One guild's settings. Stored as JSON: a new setting is a new field with a default, and nothing else."""

    moderator_role_ids: tuple[int, ...] = ()
    """Roles that may do what Manage Server may, inside this bot."""
    time_zone: str = "UTC"
    """The IANA name of the zone in which days, weeks and months begin."""
    allowance: Allowance | None = None
    """What every member may draw; None: as the deployment has it."""
    role_allowances: tuple[RoleAllowance, ...] = ()
    """What members of a role may draw instead, where that is more; of several the best counts."""
    trial: Allowance | None = None
    """Given once, instead of `allowance`, to members without one of their own or by a role."""
    is_relax_free: bool = False
    """Whether relax jobs are drawn without being counted against an allowance."""
    is_turbo_allowed: bool = False
    """Whether members may draw before everybody else, at twice the price."""
    max_running_jobs: int | None = None
    """How many jobs of one member are drawn at a time; further ones wait. None: as many as fit."""
    max_waiting_jobs: int | None = None
    """How many jobs of one member may wait; further ones are refused. None: any number."""

    terms: str = ""
    """What members accept before their first job; empty: nothing is asked."""
    terms_version: int = 0
    """Counted up whenever the terms change; an acceptance is of one version."""
    min_account_days: int = 0
    """How old a Discord account must be to draw."""
    min_member_minutes: int = 0
    """How long somebody must be a member to draw; who joins again waits again."""
    drawing_channel_ids: tuple[int, ...] = ()
    """Where drawing is allowed, beside the newbie rooms; empty: everywhere."""
    newbie_rooms: int = 0
    """How many newbie rooms there are at least; 0: none are kept."""
    max_newbie_rooms: int = 0
    """How many there may be while all are busy."""
    newbie_category: str = "Newcomers"
    """The name of the category in which new rooms are made."""
    newbie_category_id: int = 0
    """That category, once it is made."""
    is_public: bool = False
    """Whether the web page shows this guild: its counts, an invitation, and what members share."""
    web_text: str = ""
    """What the web page says of this guild; empty: what this bot is."""
    web_picture: int | None = None
    """The job whose picture is the large one there, while it is shown; None: one of the last week."""
    moderators_channel_id: int | None = None
    """Where appeals and reports arrive; None: they wait in /mod inbox."""
    strike_ladder: tuple[int, ...] = (0, 60, 1440, 10_080)
    """Minutes that the bot does not draw for a member at their first strike, second, and so on."""
    strike_days: int = 30
    """How long a strike counts."""
    is_nsfw_allowed: bool = False
    """Whether age-restricted rooms may be drawn in accordingly, where the deployment allows it."""
    models: tuple[str, ...] = ()
    """The models that members may use, by name; empty: all that are loaded."""
    default_model: str = ""
    """What draws where nobody chose; empty: the first that may be used."""
    model_aliases: tuple[tuple[str, str], ...] = ()
    """Other names of models, such as a version: (`6`, `sdxl`)."""
    loras: tuple[str, ...] = ()
    """The LoRAs that members may use; empty: all that fit."""
    house_styles: tuple[tuple[str, str], ...] = ()
    """Words by the name of the model whose house style they are."""
    usual_stylize: int = 0
    """How much of the house style there is where nobody says anything, as `--stylize` counts."""
    image_filter: str = "off"
    """What happens to pictures that look like nudity; see `bot.domain.image_filter.ImageFilter`."""
    takes_pictures: bool = True
    """Whether members may bring pictures along to draw from."""
    picture_role_ids: tuple[int, ...] = ()
    """Roles that may; empty: everybody."""
    takes_links: bool = True
    """Whether a link to a picture will do, beside the picture itself."""
    shares_pictures: bool = True
    """Whether members may draw from each other's pictures, beside their own."""
    has_recipes: bool = True
    """Whether the files of pictures say how these were made."""
    others_may_press: bool = True
    """Whether members may draw on from each other's pictures, with the buttons under them."""
    is_paused: bool = False
    """Whether new jobs are refused; what waits and runs is still drawn."""

    def to_json(self) -> dict[str, Any]:
        """Plain values, for a JSON column."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The settings that `to_json` wrote, by this version or another one."""
        known = {field.name: field for field in fields(cls)}
        return cls(
            **{name: _READERS.get(name, _plain)(value) for name, value in values.items() if name in known}
        )

    def without_role(self, role_id: int) -> Self:
        """The settings once a role is deleted. What was for it alone stays closed to everybody else."""
        bringing = tuple(known for known in self.picture_role_ids if known != role_id)
        return replace(
            self,
            picture_role_ids=bringing or self.picture_role_ids,
            moderator_role_ids=tuple(known for known in self.moderator_role_ids if known != role_id),
            role_allowances=tuple(row for row in self.role_allowances if row.role_id != role_id),
        )

    def without_channel(self, channel_id: int) -> Self:
        """The settings once a channel is deleted. The last one for drawing stays: it was not all of them."""
        left = tuple(known for known in self.drawing_channel_ids if known != channel_id)
        is_desk = self.moderators_channel_id == channel_id
        return replace(
            self,
            drawing_channel_ids=left or self.drawing_channel_ids,
            moderators_channel_id=None if is_desk else self.moderators_channel_id,
        )

    @property
    def zone(self) -> tzinfo:
        """The time zone, to calculate with."""
        return ZoneInfo(self.time_zone)


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _allowance(value: Any) -> Allowance | None:
    return None if value is None else Allowance.from_json(value)


def _role_allowances(value: Any) -> tuple[RoleAllowance, ...]:
    return tuple(
        RoleAllowance(role_id=row["role_id"], allowance=Allowance.from_json(row["allowance"]))
        for row in value
    )


def _pairs(value: Any) -> tuple[tuple[str, str], ...]:
    return tuple((name, text) for name, text in value)


_READERS: dict[str, Callable[[Any], Any]] = {
    "model_aliases": _pairs,
    "house_styles": _pairs,
    "allowance": _allowance,
    "trial": _allowance,
    "role_allowances": _role_allowances,
}


def allowance_of(
    settings: GuildSettings,
    *,
    own: Allowance | None,
    role_ids: Collection[int],
    deployment: Allowance,
    image_seconds: float,
) -> Counted:
    """The one allowance that counts for a member.

    Their own; else the best of their roles' and of what everybody has, which is the guild's or else the
    deployment's. While there is a trial everybody has that instead, and a role's takes its place: a trial
    ends, so it is never the better one.
    """
    if own is not None:
        return Counted(allowance=own, source=Source.OWN)
    everybody = settings.allowance or deployment
    by_role = [row.allowance for row in settings.role_allowances if row.role_id in role_ids]
    if by_role:
        rivals = by_role if settings.trial is not None else [*by_role, everybody]
        chosen = best(rivals, image_seconds=image_seconds)
        return Counted(allowance=chosen, source=Source.ROLE if chosen in by_role else Source.EVERYBODY)
    if settings.trial is not None:
        return Counted(allowance=settings.trial, source=Source.TRIAL)
    return Counted(allowance=everybody, source=Source.EVERYBODY)


def idle_roles(settings: GuildSettings, *, everybody: Allowance, image_seconds: float) -> frozenset[int]:
    """The roles whose allowance changes nothing, because everybody has more."""
    if settings.trial is not None:
        return frozenset()
    return frozenset(
        row.role_id
        for row in settings.role_allowances
        if best([row.allowance, everybody], image_seconds=image_seconds) != row.allowance
    )


def check_possible(
    before: GuildSettings, after: GuildSettings, *, allows_nsfw: bool = False, can_classify: bool = False
) -> None:
    """Whether whoever runs the bot makes possible what a guild switches on.

    Raises: NotAllowed.
    """
    if after.is_nsfw_allowed and not before.is_nsfw_allowed and not allows_nsfw:
        raise NotAllowed(say("Whoever runs this bot does not allow it (the setting ALLOW_NSFW)."))
    if after.image_filter not in {before.image_filter, "off"} and not can_classify:
        raise NotAllowed(
            say("I cannot look at pictures yet: whoever runs this bot must install its extra `safety` first.")
        )


def is_moderator(asker: Asker, settings: GuildSettings) -> bool:
    """Whether the asker moderates the guild they ask in."""
    if asker.guild_id is None:
        return False
    return asker.is_manager or not set(asker.role_ids).isdisjoint(settings.moderator_role_ids)


def require_manager(asker: Asker) -> int:
    """The id of the guild that the asker manages: a moderator role is not enough.

    Raises: NotAllowed.
    """
    if asker.guild_id is None:
        raise NotAllowed(say("This belongs to a server: ask me there."))
    if not asker.is_manager:
        raise NotAllowed(say("Only members with the Manage Server permission may do this."))
    return asker.guild_id


def require_moderator(asker: Asker, settings: GuildSettings) -> int:
    """The id of the guild that the asker moderates.

    Raises: NotAllowed.
    """
    if asker.guild_id is None:
        raise NotAllowed(say("This belongs to a server: ask me there."))
    if not is_moderator(asker, settings):
        raise NotAllowed(
            say("Only members with the Manage Server permission, or a moderator role, may do this.")
        )
    return asker.guild_id
