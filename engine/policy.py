"""Who runs in this tick: speed class, fair share by key, age over work left, capped at the knee. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

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
    has_begun: bool = False
    """Whether it has taken a step."""


Line: TypeAlias = tuple[str, Speed]
"""The requests of one key and speed wait in line for each other."""


class Policy:
    """Decides who runs, one tick at a time. What comes first weighs most:

    1. The speed class: turbo, fast, relax.
    2. The fair share. A key's virtual time is the device seconds it was given; keys that are more than a
       quantum ahead of the least served wait.
    3. Whether it has begun: the first step comes at once, and with it the first preview.
    4. The place in the key's own line: nobody's second request goes before anybody's first.
    5. Age over work left: drafts overtake long renders, yet a long render's turn always comes. Age counts
       from when a request came to the head of its line, so that twenty requests weigh no more than one.
    """

    def __init__(self, *, quantum_seconds: float) -> None:
        self._quantum_seconds = quantum_seconds
        self._served: dict[str, float] = {}
        self._level = 0.0
        self._head_since: dict[int, float] = {}
        self._last_seen: dict[Line, float] = {}

    def rank(
        self, candidates: Sequence[Candidate], now: float, switch_seconds: Callable[[Group], float]
    ) -> list[Candidate]:
        """Everybody, most entitled first.

        `switch_seconds` is by how much a group whose model is not resident must be more urgent than others.
        """
        switches = {group: switch_seconds(group) for group in {candidate.group for candidate in candidates}}
        lines = _lines(candidates, now)
        least = self._admit_keys({key for key, _ in lines})
        self._mark_heads(lines, now)

        def entitlement(place: int, candidate: Candidate) -> tuple[int, int, bool, int, float, int]:
            switch = switches[candidate.group]
            ahead = self._served[candidate.fairness_key] - least + switch
            waited = now - self._head_since.get(candidate.ticket, candidate.queued_at) - switch
            return (
                _RANK[candidate.speed],
                int(ahead / self._quantum_seconds),
                candidate.has_begun or switch > 0,
                place,
                -_urgency(candidate, waited),
                candidate.ticket,
            )

        places = [(place, candidate) for line in lines.values() for place, candidate in enumerate(line)]
        return [candidate for _, candidate in sorted(places, key=lambda one: entitlement(*one))]

    def charge(self, fairness_key: str, seconds: float) -> None:
        """Note that a key was given device time."""
        self._served[fairness_key] = self._served.get(fairness_key, 0.0) + seconds

    def _admit_keys(self, active: set[str]) -> float:
        """The virtual time of the least served.

        Who was idle comes back at most two quanta behind those who were busy meanwhile: for one quantum it
        goes before who draws all day, for another it is their equal. More than that nobody saves up.
        """
        busy = [self._served[key] for key in active if key in self._served]
        self._level = max(self._level, min(busy, default=self._level))
        floor = self._level - 2 * self._quantum_seconds
        recent = {key: served for key, served in self._served.items() if served > floor}
        self._served = recent | {key: max(self._served.get(key, floor), floor) for key in active}
        return min((self._served[key] for key in active), default=self._level)

    def _mark_heads(self, lines: dict[Line, list[Candidate]], now: float) -> None:
        """Note since when each head of a line is that: since it came, or its line lost the one before it."""
        since = {one.ticket: self._head_since.get(one.ticket) for line in lines.values() for one in line}
        for line, (head, *_) in lines.items():
            if since[head.ticket] is None:
                since[head.ticket] = max(head.queued_at, self._last_seen.get(line, head.queued_at))
        self._head_since = {ticket: moment for ticket, moment in since.items() if moment is not None}
        self._last_seen = dict.fromkeys(lines, now)


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


def _lines(candidates: Iterable[Candidate], now: float) -> dict[Line, list[Candidate]]:
    """The candidates by line, each line by age over work left."""
    lines: dict[Line, list[Candidate]] = {}
    for one in sorted(candidates, key=lambda one: (-_urgency(one, now - one.queued_at), one.ticket)):
        lines.setdefault((one.fairness_key, one.speed), []).append(one)
    return lines


def _urgency(candidate: Candidate, waited: float) -> float:
    """Age over work left, both in seconds."""
    return waited / max(candidate.seconds_left, _LEAST_SECONDS)
