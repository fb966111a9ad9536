"""Parameters that say different things of the same: told together, before anything is drawn."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.domain.parameters.table import ROWS
from bot.domain.sentences import Sentence, say

ONE_OF = (
    ("steps", "quality", "is_draft"),
    ("is_fast", "is_relaxed", "is_turbo"),
    ("model", "version", "niji"),
)
"""The fields of which a prompt may give one."""


def contradictions(given: Iterable[str]) -> Iterator[Sentence]:
    """What cannot be together among the fields that were given, in the order in which they were."""
    known = list(given)
    for group in ONE_OF:
        meant = [field for field in known if field in group]
        if len(meant) > 1:
            *others, last = [f"`--{ROWS[field].name}`" for field in group if field in meant]
            yield say(
                "{others} and {last} say the same thing differently: keep only one, such as `--{kept}`.",
                others=", ".join(others),
                last=last,
                kept=ROWS[meant[-1]].name,
            )


def without_contradictions(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values less those that say the same as a later one."""
    settled = dict(values)
    for group in ONE_OF:
        for field in [field for field in values if field in group][:-1]:
            del settled[field]
    return settled
