"""Prompts as members of other bots write them: read as meant, or offered so that one press does it."""

import contextlib
import json
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.domain.echo import echo
from bot.domain.errors import PromptError
from bot.domain.parameters import FIELDS
from bot.domain.prompt import MAX_LENGTH, Prompt, parse
from bot.domain.prompt.foreign import FOREIGN
from bot.domain.prompt.reading import read

PROMPTS: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parent / "prompts" / "members.jsonl").read_text("utf-8").splitlines()
]
"""What was typed, and the prompts that it is read as, or what a press draws: `fix` as it was meant, `without`
what cannot be done."""
NUM_FUZZED = int(os.environ.get("FUZZED", "2000"))
"""`FUZZED=10000` before a release, or after a change of the grammar."""


@pytest.mark.parametrize("wanted", PROMPTS, ids=[ascii(one["typed"])[:60] for one in PROMPTS])
def test_a_prompt_of_members_is_read_as_meant_or_offered_so(wanted: dict[str, Any]) -> None:
    reading = read(wanted["typed"])
    if "read" in wanted:
        assert list(map(str, reading.prompts)) == wanted["read"]
    elif "fix" in wanted:
        assert reading.fixed == wanted["fix"]
    elif "without" in wanted:
        assert (reading.fixed, reading.without) == (None, wanted["without"])
    else:
        assert (reading.prompts, reading.fixed, reading.without) == ((), None, None)
    assert bool(reading.mistakes) != bool(reading.prompts)


def test_at_most_one_in_twenty_needs_more_than_a_press() -> None:
    assert len(PROMPTS) >= 120
    assert sum("refused" in one for one in PROMPTS) / len(PROMPTS) <= 0.05


def pieces() -> list[str]:
    """What prompts are put together from: words of members, names, marks, and what breaks them."""
    words = [word for one in PROMPTS for word in one["typed"].split()]
    names = [f"--{name}" for name in [*FIELDS, *FOREIGN]]
    return [
        *words,
        *words,
        *names,
        "--",
        "—",
        "::",
        ":",
        ",",
        "{",
        "}",
        "\\",
        '"',
        "\u200b",
        "\0",
        "é",
        "漢",
        "🦊",
    ]


def fuzzed() -> Iterator[str]:
    """Prompts that nobody would write, the same every time."""
    chance, known = random.Random(7), pieces()
    for _ in range(NUM_FUZZED):
        chosen = chance.choices(known, k=chance.randint(1, 12))
        text = chance.choice([" ", " ", " ", ""]).join(chosen)
        at = chance.randrange(len(text) + 1)
        yield (text[:at] + chance.choice(["", "", "-", ":", "{", "\\"]) + text[at:])[:MAX_LENGTH]


def test_whatever_is_typed_is_read_quickly_or_refused_and_what_is_written_is_read_again() -> None:
    costs: list[float] = []
    read_ones: list[Prompt] = []
    for text in fuzzed():
        begin = time.thread_time()
        with contextlib.suppress(PromptError):
            read_ones.append(parse(text))
        costs.append(time.thread_time() - begin)
    costs.sort()
    assert costs[int(len(costs) * 0.99)] < 0.005
    assert len(read_ones) > NUM_FUZZED / 10
    for prompt in read_ones[::2]:
        assert parse(str(prompt)) == prompt
        assert parse(echo(str(prompt), limit=10 * MAX_LENGTH)) == prompt
