"""What phones, web pages and other tools put around a prompt is taken off before it is read."""

import re
import unicodedata

_JOINERS = "\u200c\u200d"
_ESCAPED = re.compile(r"(?<!\\)\\++([\\*_~`|\[\]<:.#>+-])")
"""As our own echo escapes what Discord would act upon; "Copy Text" on a phone gives it back so."""
_COMMAND = re.compile(r"^/imagine(?:\s++prompt\b)?\s*+:?\s*+", re.IGNORECASE)
_POST = re.compile(r"^\*\*(?P<prompt>[^*]++(?:\*(?!\*)[^*]*+)*+)\*\* - [^\n]*?<?@[^\n]*+$")
"""One of our own posts, copied whole: `**prompt** - @member (fast)`."""
_WRAPS = (("**", "**"), ("__", "__"), ('"', '"'), ("“", "”"), ("„", "“"), ("«", "»"), ("`", "`"), ("'", "'"))


def clean(text: str) -> str:
    """On one line, as it is seen: without what cannot be, and without what was put around it."""
    text = _visible(" ".join(text.split()))
    if post := _POST.match(text):
        text = post["prompt"]
    text = _COMMAND.sub("", text)
    return " ".join(_ESCAPED.sub(r"\1", text).split())


def unwrapped(text: str) -> str:
    """Without quotation marks, or marks of bold, around all of it."""
    for begin, end in _WRAPS:
        inner = text[len(begin) : len(text) - len(end)]
        if text.startswith(begin) and text.endswith(end) and inner.strip() and begin not in inner:
            return inner.strip()
    return text


def _visible(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    kept = [char for index, char in enumerate(text) if not _is_hidden(char, text, index)]
    return " ".join("".join(kept).split())


def _is_hidden(char: str, text: str, index: int) -> bool:
    if char in _JOINERS:  # between letters they spell Persian, Hindi and family emoji
        return text[index + 1 : index + 2].isascii() or text[max(0, index - 1) : index].isascii()
    return unicodedata.category(char) in {"Cc", "Cf", "Cs"}
