"""The catalogue holds every sentence that people can read."""

from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[3]
KEYWORDS = {"say": (1,), "say_n": (1, 2), "locale_str": (1,)}


def test_the_catalogue_is_what_the_code_says() -> None:
    extracted = {
        message
        for _, _, message, _, _ in extract_from_dir(str(ROOT / "bot"), keywords=KEYWORDS, options_map={})
    }
    with (ROOT / "bot/messages/locale/darkroom.pot").open("rb") as file:
        known = {tuple(m.id) if isinstance(m.id, list | tuple) else m.id for m in read_po(file) if m.id}
    assert known == extracted, "run: make catalogue"
