"""The light a place is seen in: a time of day and its weather, and people's words for it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Colour: TypeAlias = tuple[int, int, int]


class Season(StrEnum):
    """What trees and meadows wear."""

    SPRING = "spring"
    SUMMER = "summer"
    AUTUMN = "autumn"
    WINTER = "winter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """A time of day and its weather: the sky, and what it does to the colours under it."""

    sky: tuple[Colour, Colour]
    """Above, and at the horizon."""
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """What colours near by are multiplied with."""
    after: tuple[str, ...] = ("",)
    """Words behind a place or a thing: `… at sunset`."""
    before: tuple[str, ...] = ()
    """Words before a place: `misty …`."""
    haze: float = 0.55
    """How far the farthest land has taken the colour of the horizon."""
    sun: float | None = None
    """The sun's height over the horizon, as a share of the sky; none is seen without one."""
    is_dark: bool = False
    """Lamps are lit."""
    moon: float = 0.0
    stars: int = 0
    clouds: float = 0.0
    weather: str = ""


DAY = Light(sky=((92, 176, 244), (208, 236, 252)), clouds=0.7)
SUNNY = Light(
    sky=((70, 165, 245), (200, 234, 252)),
    sun=0.75,
    clouds=0.3,
    after=(" on a sunny day", " in the sunshine"),
    before=("sunny ",),
)
MORNING = Light(
    sky=((132, 178, 232), (255, 214, 168)),
    tint=(0.98, 0.9, 0.84),
    sun=0.12,
    after=(" at sunrise", " in the morning", " at dawn"),
)
SUNSET = Light(
    sky=((98, 66, 148), (255, 152, 74)),
    tint=(0.62, 0.45, 0.52),
    sun=0.16,
    after=(" at sunset", " at sunset", " in the evening", " in the evening light", " at golden hour"),
)
DUSK = Light(
    sky=((44, 48, 108), (232, 132, 140)),
    tint=(0.46, 0.4, 0.58),
    stars=8,
    is_dark=True,
    after=(" at dusk", " at twilight"),
)
NIGHT = Light(
    sky=((14, 20, 56), (52, 70, 128)),
    tint=(0.3, 0.36, 0.58),
    stars=34,
    moon=0.55,
    is_dark=True,
    after=(" at night", " at night", " under the stars", " under a starry sky", " in the moonlight"),
)
AURORA = Light(
    sky=((10, 18, 50), (30, 62, 92)),
    tint=(0.32, 0.44, 0.58),
    stars=24,
    is_dark=True,
    weather="aurora",
    after=(" under the northern lights", " with aurora"),
)
FOG = Light(
    sky=((196, 205, 214), (224, 229, 233)),
    tint=(0.84, 0.86, 0.88),
    haze=0.9,
    weather="fog",
    after=(" in the fog", " in the mist"),
    before=("foggy ", "misty "),
)
RAIN = Light(
    sky=((112, 126, 146), (178, 188, 200)),
    tint=(0.7, 0.75, 0.82),
    weather="rain",
    after=(" in the rain", " on a rainy day"),
    before=("rainy ",),
)
SNOWFALL = Light(
    sky=((150, 178, 208), (222, 232, 242)),
    tint=(0.86, 0.9, 0.97),
    weather="snow",
    after=(" in the snow", " in winter", " on a snowy day"),
    before=("snowy ",),
)
STORM = Light(
    sky=((48, 54, 78), (118, 126, 146)),
    tint=(0.5, 0.54, 0.64),
    weather="storm",
    after=(" in a thunderstorm", " in a storm"),
    before=("stormy ",),
)
RAINBOW = Light(
    sky=((110, 182, 240), (214, 238, 250)),
    weather="rainbow",
    after=(" with a rainbow", " under a rainbow"),
)
NEON = Light(
    sky=((28, 14, 60), (150, 40, 130)),
    tint=(0.38, 0.3, 0.6),
    is_dark=True,
    weather="neon",
    after=("", " at night", " with neon lights"),
)
LIGHTS = (
    DAY,
    DAY,
    DAY,
    SUNNY,
    MORNING,
    SUNSET,
    SUNSET,
    DUSK,
    NIGHT,
    NIGHT,
    AURORA,
    FOG,
    RAIN,
    STORM,
    RAINBOW,
)
"""What may be over any land, the usual ones more often."""
OVER = {
    SUNSET: ("sunset", "sunset"),
    MORNING: ("sunrise",),
    NIGHT: ("night sky", "starry sky"),
    STORM: ("thunderstorm",),
    RAINBOW: ("rainbow",),
}
"""What people call a light that is over a land."""
