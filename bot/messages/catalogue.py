"""The catalogue: every sentence that people read, in their language."""

import gettext
from functools import cache
from pathlib import Path

from bot.domain.sentences import Translations

FOLDER = Path(__file__).parent / "locale"
DOMAIN = "darkroom"


@cache
def translations(locale: str) -> Translations:
    """The sentences in a language (Discord's name of it, as `en-US` or `ja`); English where there is none."""
    languages = [locale.replace("-", "_"), locale.split("-", maxsplit=1)[0]]
    return gettext.translation(DOMAIN, FOLDER, languages=languages, fallback=True)
