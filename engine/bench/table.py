"""Results as Markdown, ready for RESULTS.md."""

import sys
from collections.abc import Iterable, Sequence


def print_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a Markdown table to standard output."""
    lines = [header, ["---"] * len(header), *rows]
    sys.stdout.write("\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines))
    sys.stdout.flush()
