"""What may be drawn with where somebody is: the models and LoRAs of their guild and room, and their names."""

from dataclasses import dataclass

from bot.domain.asker import Asker
from bot.domain.guild import GuildSettings
from bot.domain.maps import MapKind
from bot.domain.profiles import Profile, profile_of
from bot.domain.rules import ANYTHING_GOES, RoomPolicy
from bot.domain.studio import EVERYTHING, Studio
from bot.services.allowances import guild_of
from bot.services.models import Models
from bot.storage import guilds, rules
from bot.storage.database import Database
from engine.api import Capability, ModelInfo

MOST_SUGGESTED = 25
"""Discord shows no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedModel:
    """A model that may be used somewhere, as it is there."""

    name: str
    aliases: tuple[str, ...]
    is_usual: bool
    """Whether it draws where nobody chose."""
    native_size: int
    """Side in pixels."""
    seconds_per_grid: float
    """Estimate: device seconds of four pictures of its native size."""
    seconds_to_load: float
    """Estimate: how long it is loaded first; 0 where it is on the device."""
    profile: Profile
    loras: tuple[str, ...]
    embeddings: tuple[str, ...]
    map_kinds: tuple[str, ...]
    """What the maps may show that it follows (`bot.domain.maps.MapKind`)."""
    looks_at_pictures: bool
    repaints: bool
    """Whether it was trained to repaint parts of pictures."""
    is_instructed: bool
    """Whether its texts say how a picture is to be changed."""


class Studios:
    """Reads what guilds and rooms have decided about models."""

    def __init__(self, database: Database, models: Models) -> None:
        self._database = database
        self._models = models

    async def of(self, asker: Asker) -> Studio:
        """What the asker may draw with where they ask; in a direct message, in the guild that is charged."""
        async with self._database.reading() as session:
            guild_id = await guild_of(session, asker)
            if guild_id is None:
                return EVERYTHING
            settings = await guilds.recall_settings(session, guild_id)
            policy = await rules.recall_policy(
                session, guild_id=guild_id, channel_id=asker.channel_id, parent_id=asker.parent_channel_id
            )
        return studio_of(settings, policy)

    async def list_models(self, asker: Asker) -> tuple[OfferedModel, ...]:
        """The models that the asker may use there, the usual one first."""
        studio = await self.of(asker)
        offered = self._models.offered(studio)
        return tuple(self._offered(info, studio, is_usual=place == 0) for place, info in enumerate(offered))

    def _offered(self, info: ModelInfo, studio: Studio, *, is_usual: bool) -> OfferedModel:
        return OfferedModel(
            name=info.name,
            aliases=studio.aliases_of(info.name),
            is_usual=is_usual,
            native_size=info.native_size,
            seconds_per_grid=self._models.grid_seconds(info),
            seconds_to_load=0.0 if info.is_resident else info.seconds_to_load,
            profile=studio.profile(info.name, profile_of(info.family)),
            loras=tuple(name for name in info.loras if studio.allows_lora(name)),
            embeddings=info.embeddings,
            map_kinds=tuple(kind.value for kind in MapKind if any(map(kind.is_read_by, info.controls))),
            looks_at_pictures=Capability.REFERENCES in info.capabilities,
            repaints=Capability.INPAINTING in info.capabilities,
            is_instructed=Capability.INSTRUCTIONS in info.capabilities,
        )

    async def suggest_models(self, asker: Asker, typed: str) -> list[str]:
        """The names that begin as typed, then those that hold it: models and their other names."""
        offered = await self.list_models(asker)
        return _suggested([name for one in offered for name in (one.name, *one.aliases)], typed)


def studio_of(settings: GuildSettings, policy: RoomPolicy = ANYTHING_GOES) -> Studio:
    """What a guild and a room have decided. Where the usual model may not draw, the room's first one does."""
    default = settings.default_model
    if policy.models and default.casefold() not in {model.casefold() for model in policy.models}:
        default = policy.models[0]
    return Studio(
        models=settings.models,
        room_models=policy.models,
        default=default,
        aliases=dict(settings.model_aliases),
        loras=settings.loras,
        house_styles=dict(settings.house_styles),
        usual_stylize=settings.usual_stylize or None,
    )


def _suggested(names: list[str], typed: str) -> list[str]:
    wanted = typed.casefold().strip()
    known = [name for name in dict.fromkeys(names) if wanted in name.casefold()]
    return sorted(known, key=lambda name: not name.casefold().startswith(wanted))[:MOST_SUGGESTED]
