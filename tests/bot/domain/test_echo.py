"""Nothing that a member writes acts upon Discord when their words are shown again."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.echo import echo, echo_code

ACTS = re.compile(
    r"""
    (?<!\\)<                                  # mentions, timestamps, commands, emoji, quiet links
  | @(?:everyone|here)
  | (?<!\\)\[[^\]]*\]\(                       # masked links
  | https?://
  | discord(?:app)?\.(?:gg|com|media|new)
  | (?<!\\):\w+:
  | (?<!\\)(?:\\\\)*(?:`|\*\*|__|~~|\|\|)
  | ^(?:[#>+-]|\d+\.)
  | [\u202a-\u202e\u2066-\u2069\u200e\u200f\u200b\u2060\ufeff](?<!@\u200b)
  | [\0-\x1f\x7f-\x9f]
    """,
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)

PAYLOADS = {
    "user": ("<@123456789012345678>", r"\<@123456789012345678>"),
    "nickname": ("<@!1>", r"\<@!1>"),
    "role": ("<@&1>", r"\<@&1>"),
    "channel": ("<#1>", r"\<#1>"),
    "command": ("</imagine:1>", r"\</imagine:1>"),
    "guild page": ("<id:customize>", r"\<id:customize>"),
    "timestamp": ("<t:1700000000:R>", r"\<t\:1700000000:R>"),
    "emoji": ("<:cat:1> <a:cat:1>", r"\<\:cat:1> \<a\:cat:1>"),
    "emoji code": ("a :skull: b", r"a \:skull: b"),
    "everyone": ("@everyone", "@\u200beveryone"),
    "here": ("look @HERE", "look @\u200bHERE"),
    "hidden everyone": ("@\u200b\u2060everyone", "@\u200beveryone"),
    "masked link": ("[free nitro](https://evil.example)", r"\[free nitro\](https\://evil.example)"),
    "quiet link": ("<https://evil.example>", r"\<https\://evil.example>"),
    "bare link": ("see http://evil.example/a_b", r"see http\://evil.example/a\_b"),
    "invite": ("discord.gg/abc DISCORDAPP.com/x", r"discord\.gg/abc DISCORDAPP\.com/x"),
    "heading": ("# big", r"\# big"),
    "small print": ("-# small", r"\-# small"),
    "quote": (">>> all", r"\>>> all"),
    "list": ("- a", r"\- a"),
    "starred list": ("* a", r"\* a"),
    "numbered list": ("12. a", r"12\. a"),
    "heading in a later line": ("a\n\n\n# big", "a # big"),
    "code block": ("```ansi\n\x1b[31mred```", r"\`\`\`ansi \[31mred\`\`\`"),
    "code": ("`a`", r"\`a\`"),
    "bold, underlined, struck, hidden": (
        "**a** __b__ ~~c~~ ||d||",
        r"\*\*a\*\* \_\_b\_\_ \~\~c\~\~ \|\|d\|\|",
    ),
    "ready escape": (r"\<@1> \\<@1>", r"\\\<@1> \\\\\<@1>"),
    "turned around": ("a \u202eexe.gpj\u202c b", "a exe.gpj b"),
    "isolated": ("\u2066<@1>\u2069", r"\<@1>"),
    "invisible": ("a\u200bb\u2060c\ufeffd\u00ade", "abcde"),
    "control": ("a\0b\x1b[0m\x7f", r"ab\[0m"),
    "fifty lines": ("a" + "\n" * 50 + "b", "a b"),
    "half surrogate": ("a\ud800b", "ab"),
    "private use": ("a\ue000b\uf8ff", "ab"),
    "piled marks": ("z" + "\u0335" * 40, "z" + "\u0335" * 4),
}


@pytest.mark.parametrize(("payload", "shown"), PAYLOADS.values(), ids=PAYLOADS)
def test_payloads_are_shown_as_text(payload: str, shown: str) -> None:
    assert echo(payload) == shown
    assert not ACTS.search(echo(payload).replace("\\\\", ""))


@pytest.mark.parametrize(
    "prompt",
    [
        "a red apple --ar 3:2 --seed 7",
        "hot::2 dog::-0.5, 35mm, f/1.8 (detailed:1.2) @ home & away — 100% #1!",
        "ein Mädchen mit Hut; 漢字 ひらがな नमस्ते שלום مرحبا",
        "👨‍👩‍👧 ❤️ 🏳️‍🌈",
        "کتاب\u200cها",
    ],
)
def test_ordinary_prompts_come_out_as_they_went_in(prompt: str) -> None:
    assert echo(prompt) == unicodedata.normalize("NFC", prompt)


def test_the_length_is_capped() -> None:
    assert len(echo("*" * 4000)) == 1500
    assert echo("abcdef", limit=4) == "abc…"
    assert echo("abcd", limit=4) == "abcd"


def test_code_cannot_be_left() -> None:
    assert echo_code("a`\n``b <@1>") == "aˋ ˋˋb <@1>"
    assert len(echo_code("x" * 1000)) == 80


@given(st.text(max_size=300) | st.lists(st.sampled_from([p for p, _ in PAYLOADS.values()])).map("".join))
def test_nothing_acts_upon_discord(text: str) -> None:
    assert not ACTS.search(echo(text).replace("\\\\", "").replace("\\…", "…"))
    assert "`" not in echo_code(text)
