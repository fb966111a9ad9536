"""How a prompt is read, without drawing anything."""

import json
import sys
from collections.abc import Iterator

from bot.domain.prompt.reading import Reading
from bot.domain.prompt.reading import read as read_prompt


def read(text: str, *, as_json: bool) -> int:
    """Say how a prompt is read; 1 where it cannot be drawn as it is."""
    reading = read_prompt(text)
    if as_json:
        sys.stdout.write(json.dumps(reading.to_json(), ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in _lines(reading))
    return 1 if reading.mistakes else 0


def _lines(reading: Reading) -> Iterator[str]:
    for prompt in reading.prompts:
        yield str(prompt)
        if len(prompt.parts) > 1:
            yield from (f"  {part.weight:g} × {part.text}" for part in prompt.parts)
        yield from map(str, prompt.remarks)
    yield from map(str, reading.mistakes)
    if reading.fixed is not None:
        yield f"Meant is probably: {reading.fixed}"
    if reading.without is not None:
        yield f"Without what is not here: {reading.without}"
