"""Lists that may be longer than a message: as many rows as fit, and how many more there are."""

from collections.abc import Sequence

from bot.domain.sentences import Translations, say_n
from bot.messages.payload import MAX_CONTENT

RESERVE = 30
"""Characters for the line that counts what was left out."""
CHIPS = 5
"""Mentions shown one after the other; a server may have chosen many."""


def fitted(
    words: Translations, head: str, rows: Sequence[str], foot: Sequence[str] = (), *, most: int | None = None
) -> str:
    """Head, rows and foot as one message: head and foot whole, of the rows as many as fit, at most `most`."""
    room = MAX_CONTENT - len(head) - sum(len(line) + 1 for line in foot) - RESERVE
    kept: list[str] = []
    for row in rows[:most]:
        room -= len(row) + 1
        if room < 0:
            break
        kept.append(row)
    left_out = len(rows) - len(kept)
    return "\n".join([head, *kept, *([more(words, left_out)] if left_out else []), *foot])


def more(words: Translations, count: int) -> str:
    """How many there are beside those that are shown."""
    return say_n("… and {count} more", "… and {count} more", count).render(words)


def mentions(words: Translations, chips: Sequence[str]) -> str:
    """Mentions of roles or channels, never cut in two."""
    left_out = len(chips) - CHIPS
    return " ".join([*chips[:CHIPS], *([more(words, left_out)] if left_out > 0 else [])])
