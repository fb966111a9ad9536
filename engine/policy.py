"""Who runs in this tick: speed class, fair share by key, age over work left, capped at the knee. Pure."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.api import Lora, Speed

_RANK = {Speed.TURBO: 0, Speed.FAST: 1, Speed.RELAX: 2}
_LEAST_SECONDS = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What must be equal for two generations to share a forward pass."""

    model: str
    width: int
    height: int
    loras: tuple[Lora, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A request that could take a step now, as far as the policy cares."""

    ticket: int
    """Whose candidate it is; given out in order of arrival."""
    group: Group
    fairness_key: str
    speed: Speed
    rows: int
    """Rows of its next step."""
    queued_at: float
    seconds_left: float
    """Device seconds until it is finished, if it ran alone."""


class Policy:
    """Decides who runs, one tick at a time; remembers only how much each key has been served.

    Each fairness key has a virtual time: the device seconds it was given. Keys that are more than a quantum
    ahead of the least served wait. Among equals the keys take turns, each with the request that has waited
    longest for the work it still needs: drafts overtake long renders, yet a long render's turn always comes.
    """

    def __init__(self, *, quantum_seconds: float) -> None:
        self._quantum_seconds = quantum_seconds
        self._served: dict[str, float] = {}
        self._level = 0.0

    def rank(
        self, candidates: Sequence[Candidate], now: float, switch_seconds: Callable[[Group], float]
    ) -> list[Candidate]:
        """Everybody, most entitled first. `switch_seconds` is what it costs to make a group resident."""
        switches = {group: switch_seconds(group) for group in {candidate.group for candidate in candidates}}
        self._admit_keys({candidate.fairness_key for candidate in candidates})

        def urgency(candidate: Candidate) -> tuple[float, int]:
            waited = now - candidate.queued_at - switches[candidate.group]
            return -waited / max(candidate.seconds_left, _LEAST_SECONDS), candidate.ticket

        places: dict[int, tuple[int, int, int]] = {}
        turns: Counter[tuple[str, Speed]] = Counter()
        by_urgency = sorted(candidates, key=urgency)
        for candidate in by_urgency:
            line = candidate.fairness_key, candidate.speed
            ahead = self._served[candidate.fairness_key] - self._level + switches[candidate.group]
            places[candidate.ticket] = _RANK[candidate.speed], int(ahead / self._quantum_seconds), turns[line]
            turns[line] += 1
        return sorted(by_urgency, key=lambda candidate: places[candidate.ticket])

    def charge(self, fairness_key: str, seconds: float) -> None:
        """Note that a key was given device time."""
        self._served[fairness_key] = self._served.get(fairness_key, 0.0) + seconds

    def _admit_keys(self, active: set[str]) -> None:
        """A newcomer starts level with the least served: being idle earns nothing and costs nothing."""
        known = [self._served[key] for key in active if key in self._served]
        self._level = max(self._level, min(known, default=self._level))
        ahead = {key: served for key, served in self._served.items() if served > self._level}
        self._served = ahead | {key: max(self._served.get(key, 0.0), self._level) for key in active}


def choose(ranking: Sequence[Candidate], cap: Callable[[Group], int]) -> list[Candidate]:
    """The first in the ranking, and in order who may share its pass, while rows are left under the cap.

    The first runs even if it alone is over the cap.
    """
    if not ranking:
        return []
    head, *others = ranking
    chosen, rows, limit = [head], head.rows, cap(head.group)
    for other in others:
        if other.group == head.group and _may_join(other, head) and rows + other.rows <= limit:
            chosen.append(other)
            rows += other.rows
    return chosen


def _may_join(candidate: Candidate, head: Candidate) -> bool:
    """Relaxed work fills no rows beside others: it would slow them down. It runs when nobody else waits."""
    return candidate.speed != Speed.RELAX or head.speed == Speed.RELAX
