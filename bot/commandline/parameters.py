"""The README's table of parameters, from the rows that read them."""

import sys
from collections.abc import Iterator
from typing import Any

from bot.domain.parameters import ROWS, Parameter, Subject

BEGIN, END = "<!-- parameters -->", "<!-- /parameters -->"
"""What the table stands between."""
_TITLES = {
    Subject.LOOK: "What the picture is like",
    Subject.PICTURES: "Pictures and styles",
    Subject.WORK: "Models, work and speed",
}


def parameters() -> int:
    """Write the table."""
    sys.stdout.write(f"{table()}\n")
    return 0


def table() -> str:
    """A row for each parameter, by what they are about."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "| parameter | values | left out | what it does |"
    yield "|---|---|---|---|"
    for subject, title in _TITLES.items():
        yield f"| **{title}** | | | |"
        yield from (_line(row) for row in ROWS.values() if row.subject is subject)


def _line(row: Parameter[Any]) -> str:
    names = " ".join(f"`--{name}`" for name in (row.name, *row.aliases, *row.short))
    cells = [
        names,
        "–" if row.words == 0 else str(row.range),
        str(row.default),
        f"{row.help} `{row.example}`",
    ]
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
