"""A member's own words, shown to others inside a Discord message, as text and nothing but text.

Only what Discord would act upon is escaped, so that an ordinary prompt comes out as it went in.
"""

import re
import unicodedata

LIMIT = 1500
"""Discord allows 2,000 characters; the rest is for what stands around the prompt."""
CODE_LIMIT = 80
MAX_MARKS = 4
"""Combining marks on one letter: more than any script needs, less than stacked "zalgo" text."""
ELLIPSIS = "…"

_ESCAPED = re.compile(
    r"""
    [\\*_~`|\[\]<]                # styles, spoilers, code, masked links, <@1> <t:0:R> </cmd:1> <:emoji:1>
  | :(?=//|\w+:)                  # bare links would unfold; :emoji:
  | (?<=discord)\.(?=gg|com|media|new)
  | (?<=discordapp)\.(?=com)      # invites unfold even without https://
  | ^[#>+-]                       # headings, quotes, lists, small print: at the start of a line only
  | (?<=^\d)\. | (?<=^\d\d)\.     # numbered lists
    """,
    re.VERBOSE | re.IGNORECASE,
)
_UNESCAPED = re.compile(r"\\([\\*_~`|\[\]<:.#>+-])|(?<=@)\u200b(?=everyone|here)", re.IGNORECASE)
_EVERYONE = re.compile(r"@(?=everyone|here)", re.IGNORECASE)
_JOINERS = "\u200c\u200d"


def echo(text: str, *, limit: int = LIMIT) -> str:
    """The text as one line of Discord markdown that shows it literally, at most `limit` characters."""
    shown = _ESCAPED.sub(r"\\\g<0>", visible(text))
    # The server looks for these two words itself and knows no escape: a zero-width space parts them.
    return _cut(_EVERYONE.sub("@\u200b", shown), limit)


def unechoed(shown: str) -> str:
    """What `echo` was given, as far as one sees it, where nothing was cut off."""
    return _UNESCAPED.sub(lambda found: found[1] or "", shown)


def echo_code(text: str, *, limit: int = CODE_LIMIT) -> str:
    """The text as it may stand between two backticks, where Discord acts upon nothing else."""
    return _cut(visible(text).replace("`", "ˋ"), limit)


def visible(text: str) -> str:
    """The text on one line, without characters that hide, reorder or pile up what is read."""
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    kept: list[str] = []
    marks = 0
    for index, char in enumerate(text):
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= MAX_MARKS and not _is_hidden(char, text[index + 1 : index + 2]):
            kept.append(char)
    return " ".join("".join(kept).split())


def _is_hidden(char: str, following: str) -> bool:
    """Whether a reader cannot see the character, or sees something else because of it."""
    if char in _JOINERS:
        return following.isascii()  # between other letters they spell Persian, Hindi and family emoji
    return unicodedata.category(char) in {"Cc", "Cf", "Co", "Cs"} or ord(char) & 0xFFFE == 0xFFFE


def _cut(text: str, limit: int) -> str:
    """At most `limit` characters, with an ellipsis where something was left out."""
    return text if len(text) <= limit else text[: limit - len(ELLIPSIS)] + ELLIPSIS
