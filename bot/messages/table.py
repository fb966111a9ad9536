"""Tables for spreadsheets: CSV with a mark that says UTF-8, and no cell that is run as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a cell begins with that spreadsheets run; people choose their own names and words."""


def to_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The table as a file."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
