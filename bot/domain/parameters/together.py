"""Parameters that say different things of the same: told together, before anything is drawn."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.domain.parameters.seeds import SameSeed
from bot.domain.parameters.table import ROWS
from bot.domain.sentences import Sentence, say

ONE_OF = (
    ("steps", "quality", "is_draft"),
    ("is_fast", "is_relaxed", "is_turbo"),
    ("model", "version", "niji"),
)
"""The fields of which a prompt may give one."""
BESIDE = {"style_weight": "style_references", "character_weight": "character_references"}
"""Fields that count only beside another."""
IMAGE_WEIGHT = "image_weight"
"""The field that counts only beside pictures in front of the text."""


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


def seeds_that_differ(values: Mapping[str, Any]) -> Iterator[Sentence]:
    """What is said of two seeds, where `--sameseed` names another than `--seed`."""
    seed, same = values.get("seed"), values.get("same_seed")
    if isinstance(same, SameSeed) and same.seed is not None and seed not in {None, same.seed}:
        yield say(
            "`--seed {seed}` and `--sameseed {same}` name two seeds: keep one of them.",
            seed=seed,
            same=same.seed,
        )


def lonely(given: Iterable[str], *, has_images: bool) -> Iterator[str]:
    """The fields among those that were given that count for nothing, for want of what they go with."""
    known = set(given)
    yield from (field for field, other in BESIDE.items() if field in known and other not in known)
    if IMAGE_WEIGHT in known and not has_images:
        yield IMAGE_WEIGHT


def loneliness(field: str) -> Sentence:
    """What is said of one of them."""
    if field == IMAGE_WEIGHT:
        return say(
            "`--iw` says how much pictures count, and there is none: put a link before the text, or leave it "
            "out."
        )
    return say(
        "`--{name}` says how much `--{other}` counts, and there is none: add one, or leave it out.",
        name=ROWS[field].name,
        other=ROWS[BESIDE[field]].name,
    )


def without_contradictions(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values less those that say the same as a later one."""
    settled = dict(values)
    for group in ONE_OF:
        for field in [field for field in values if field in group][:-1]:
            del settled[field]
    for _ in seeds_that_differ(settled):
        del settled["seed"]
    return settled
