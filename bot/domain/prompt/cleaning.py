"""What phones, web pages and other tools put around a prompt is taken off before it is read."""

import re
import unicodedata

MAX_LAYERS = 4
"""What is wrapped more often stays as it is."""

_JOINERS = "\u200c\u200d"
_ESCAPED = re.compile(r"(?<!\\)\\++([\\*_~`|\[\]<:.#>+-])")
"""As our own echo escapes what Discord would act upon; "Copy Text" on a phone gives it back so."""
_DOUBLED = re.compile(r"\\{2,}")
"""A backslash, escaped likewise."""
_COMMAND = re.compile(
    r"""
      (?: </imagine[^<>]{0,40}> | /\s?imagine\b ) (?:\s++prompt\b)? \s*+ :? \s*+
    | (?:\*\*)? (?:midjourney\s)? (?:imagine\s)? (?:prompt|imagine) \s? : (?:\*\*)? \s*+
    | >{1,3}\s++
    | [0-9]\ufe0f?\u20e3 \s*+
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""The command before a prompt, the word that announces it, a quotation's mark, the number in a list."""
_POST = re.compile(r"^\*\*(?P<prompt>[^*]++(?:\*(?!\*)[^*]*+)*+)\*\* - [^\n]*?<?@[^\n]*+$")
"""One of our own posts, copied whole: `**prompt** - @member (fast)`."""
_MODE = (
    r"\((?:fast|relax(?:ed)?|turbo|edited|paused|waiting to start|stopped|cancelled|[0-9]{1,3}%)[^()]{0,20}\)"
)
_SHOWN_POST = re.compile(
    rf"\s-\s(?:[^@()]{{1,40}}\s)?<?@[^()@]{{1,40}}(?:\s?{_MODE}){{1,3}}$|\s-\sImage\s\#[1-4]\s<?@[^()@]{{1,40}}$",
    re.IGNORECASE,
)
"""The end of one that was copied as it is shown, without its marks."""
_SHOWN_MODE = re.compile(rf"\s{_MODE}$", re.IGNORECASE)
_WRAPS = (
    *(("```", "```"), ("**", "**"), ("__", "__"), ("||", "||"), ("~~", "~~"), ('"', '"'), ("“", "”")),
    *(("„", "“"), ("«", "»"), ("「", "」"), ("『", "』"), ("`", "`"), ("'", "'"), ("‘", "’"), ("*", "*")),
)
_ENTITIES = {
    "&amp;": "&",
    "&lt;": "<",
    "&gt;": ">",
    "&quot;": '"',
    "&#39;": "'",
    "&apos;": "'",
    "&nbsp;": " ",
}
_ENTITY = re.compile("|".join(_ENTITIES))
_COLONS = re.compile(r"[:：]{2,}")
_WIDE_WEIGHT = re.compile(r"(?<=::)[０-９．－＋]+")
_OTHER_COLON = re.compile(r"(?<=[0-9０-９])[∶꞉ː˸](?=[0-9０-９])")


_FRONT = re.compile(r"(?:(?:upload|picture):[0-9.]++\s)++", re.IGNORECASE)
"""Pictures that were brought along with a text stand in front of it, and of what is around it."""


def clean(text: str) -> str:
    """On one line, as it is seen: without what cannot be, and without what was put around it."""
    if front := _FRONT.match(text):
        return f"{front[0]}{clean(text[front.end() :])}"
    for _ in range(MAX_LAYERS):
        before, text = text, _without_a_layer(_visible(" ".join(text.split())))
        if text == before:
            break
    return text


def unwrapped(text: str) -> str:
    """Without quotation marks, or marks of bold, around all of it."""
    for begin, end in _WRAPS:
        inner = text[len(begin) : len(text) - len(end)]
        if text.startswith(begin) and text.endswith(end) and inner.strip() and begin not in inner:
            return inner.strip()
    return text


def narrow(text: str) -> str:
    """Wide letters, and digits of any script, as parameters have them."""
    text = unicodedata.normalize("NFKC", text)
    if text.isascii():
        return text
    return "".join(str(unicodedata.digit(char)) if char.isdecimal() else char for char in text)


def _without_a_layer(text: str) -> str:
    if post := _POST.match(text):
        text = post["prompt"]
    text = _SHOWN_POST.sub("", text)
    if " --" in text:
        text = _SHOWN_MODE.sub("", text)
    while command := _COMMAND.match(text):
        text = text[command.end() :]
    text = _ENTITY.sub(lambda entity: _ENTITIES[entity[0]], _DOUBLED.sub(r"\\", _ESCAPED.sub(r"\1", text)))
    return " ".join(_with_plain_colons(text).split())


def _with_plain_colons(text: str) -> str:
    text = _OTHER_COLON.sub(":", _COLONS.sub("::", text))
    return _WIDE_WEIGHT.sub(lambda weight: narrow(weight[0]), text)


def _visible(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    kept = [char for index, char in enumerate(text) if not _is_hidden(char, text, index)]
    return " ".join("".join(kept).split())


def _is_hidden(char: str, text: str, index: int) -> bool:
    if char in _JOINERS:  # between letters they spell Persian, Hindi and family emoji
        return text[index + 1 : index + 2].isascii() or text[max(0, index - 1) : index].isascii()
    return unicodedata.category(char) in {"Cc", "Cf", "Cs"}
