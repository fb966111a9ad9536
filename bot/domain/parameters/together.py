"""Parameters that say different things of the same: told together, before anything is drawn."""

from collections.abc import Iterable, Iterator

from bot.domain.parameters.table import ROWS
from bot.domain.sentences import Sentence, say

ONE_OF = (
    ("steps", "quality", "is_draft"),
    ("is_fast", "is_relaxed"),
    ("model", "version", "niji"),
)
"""The fields of which a prompt may give one."""


def contradictions(given: Iterable[str]) -> Iterator[Sentence]:
    """What cannot be together among the fields that were given."""
    known = set(given)
    for group in ONE_OF:
        names = [f"`--{ROWS[field].name}`" for field in group if field in known]
        if len(names) > 1:
            *others, last = names
            yield say(
                "{others} and {last} say the same thing differently: keep only one.",
                others=", ".join(others),
                last=last,
            )
