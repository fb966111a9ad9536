"""Where the words of a phrase stand among those of a prompt."""

import re
from collections.abc import Sequence

_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
SMALL_WORDS = frozenset({"a", "an", "the", "this", "that", "its", "her", "his", "their", "my", "of", "and"})
"""What people say around the word that they mean, whether the prompt says so or not."""


def find(phrase: str, words: Sequence[str]) -> tuple[int, ...]:
    """The places of a phrase's words: side by side where they stand so, else wherever they stand.

    Empty where one of them is not there. Small words do not matter, unless there are no others.
    """
    typed = _WORD.findall(phrase.casefold())
    wanted = [word for word in typed if word not in SMALL_WORDS] or typed
    known = [word.casefold() for word in words]
    if not wanted or not set(wanted) <= set(known):
        return ()
    count = len(wanted)
    starts = [start for start in range(len(known)) if known[start : start + count] == wanted]
    if starts:
        return tuple(place for start in starts for place in range(start, start + count))
    return tuple(place for place, word in enumerate(known) if word in wanted)
