"""What other tools understand and we do not, never read as text: `{a|b}`, `(x:1.3)`, tags and mentions."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.echo import echo_code
from bot.domain.sentences import Sentence, say

MAX_NAMED = 3
MAX_NESTED = 8
"""Forms within forms, `{a, {b, c}}`, that are taken out one after another."""


@dataclass(frozen=True, slots=True)
class Syntax:
    """One form, what is said of it, and what is left of the text without it."""

    pattern: re.Pattern[str]
    sentence: Callable[[str], Sentence]
    without: Callable[[re.Match[str]], str]


def _first_choice(braces: re.Match[str]) -> str:
    return re.split("[,|]", braces[0][1:-1])[0].strip()


SYNTAXES = (
    Syntax(
        re.compile(r"<(?:lora|lyco|hypernet)\b:?[^<>]{0,200}+>", re.IGNORECASE),
        lambda found: say(
            "I cannot read {tags}. A LoRA is `--lora name:0.8` here, and /models tells which there are.",
            tags=found,
        ),
        lambda _: "",
    ),
    Syntax(
        re.compile(r"<(?:@[!&]?|#|t:)[0-9]{6,22}(?::[A-Za-z])?>|<a?:(?P<name>\w{2,32}):[0-9]{6,22}>"),
        lambda found: say("I cannot see who or what {marks} is: say it in words.", marks=found),
        lambda match: (match["name"] or "").replace("_", " "),
    ),
    Syntax(
        re.compile(r"(?<!\\)\{[^{}|]*+\|[^{}]*+\}"),
        lambda found: say(
            "{braces} chooses by chance in other tools. Here `{{red, blue}}`, with commas, draws each.",
            braces=found,
        ),
        _first_choice,
    ),
    Syntax(
        re.compile(r"[(\[](?=[\W\d_]{0,40}[^\W\d_])(?P<text>[^()\[\]:]{1,300}+):\s*+[+-]?[0-9.]++\s*+[)\]]"),
        lambda found: say(
            "{weights} weighs words as other tools do; here it is `a fox::2 snow::1`.", weights=found
        ),
        lambda match: match["text"],
    ),
)


def find(text: str) -> tuple[str, list[Sentence]]:
    """The text without any of it, and a sentence for each form that was found."""
    found: dict[Syntax, dict[str, None]] = {}
    for _ in range(MAX_NESTED):
        before = text
        for syntax in SYNTAXES:
            if matches := [match[0] for match in syntax.pattern.finditer(text)]:
                found.setdefault(syntax, {}).update(dict.fromkeys(matches))
                text = " ".join(syntax.pattern.sub(syntax.without, text).split())
        if text == before:
            break
    return text, [syntax.sentence(_named(list(forms))) for syntax, forms in found.items()]


def _named(forms: list[str]) -> str:
    return ", ".join(f"`{echo_code(one, limit=60)}`" for one in forms[:MAX_NAMED])
