"""Who runs in this tick: speed class, fair share by tenant and key, age over work left, capped at the knee.

Pure.
"""

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from engine.api import Lora, Speed

RANK = {Speed.TURBO: 0, Speed.FAST: 1, Speed.RELAX: 2}
"""Who goes first."""
_LEAST_SECONDS = 1e-3
_FRONT = 2
"""So many of a line are served beside each other. With one, whoever asks for several waits long."""
_WORK_WEIGHT = 0.8
"""With more the longest renders wait too long on a busy device, with less the drafts do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What must be equal for two generations to share a forward pass."""

    model: str
    """Empty where no model is needed."""
    width: int
    height: int
    """In pixels, of what the model sees at once: of a picture, or of the windows that it is drawn in."""
    loras: tuple[Lora, ...] = ()
    """In one order, however they were asked for."""
    tiles: bool = False
    in_float32: bool = False
    """Whether the model's usual sixteen bits were not enough for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A request that could take a step now, as far as the policy cares."""

    ticket: int
    """Whose candidate it is; given out in order of arrival."""
    group: Group
    fairness_key: str
    speed: Speed
    rows: int
    """Rows that it has for the next pass."""
    queued_at: float
    seconds_left: float
    """Device seconds until it is finished, if it ran alone."""
    has_begun: bool = False
    """Whether it has taken a step."""
    under_way: tuple[int, int] = (0, 0)
    """Requests of its tenant, and of its key, that are drawn already, where those are no candidates."""
    least_rows: int | None = None
    """Rows that it has one by one, as windows of a large picture: of those, any number can go into a pass.
    None: all of its rows, or none."""

    def within(self, rows: int) -> "Candidate":
        """The same with no more rows than this, as far as it can do with fewer."""
        if self.least_rows is None or self.rows <= rows:
            return self
        return replace(self, rows=max(1, rows // self.least_rows) * self.least_rows)


Line: TypeAlias = tuple[str, Speed]
"""The requests of one key and speed wait in line for each other."""


def tenant_of(fairness_key: str) -> str:
    """Whose share a key's share is a part of: what stands before the slash, or a key without one itself."""
    return fairness_key.partition("/")[0]


class Share:
    """Device time among those who share it evenly: how many seconds each was given."""

    def __init__(self, *, quantum_seconds: float) -> None:
        self._quantum_seconds = quantum_seconds
        self._served: dict[str, float] = {}
        self._level = 0.0

    def __contains__(self, name: str) -> bool:
        """Whether it is still known what somebody was given."""
        return name in self._served

    def charge(self, name: str, seconds: float) -> None:
        """Note that somebody was given device time."""
        self._served[name] = self._served.get(name, 0.0) + seconds

    def ahead(self, active: Collection[str]) -> dict[str, float]:
        """By how many seconds each of the active is ahead of the least served of them.

        Who was idle comes back at most two quanta behind those who were busy meanwhile: for one quantum it
        goes before who draws all day, for another it is their equal. More than that nobody saves up.
        """
        busy = [self._served[name] for name in active if name in self._served]
        self._level = max(self._level, min(busy, default=self._level))
        floor = self._level - 2 * self._quantum_seconds
        recent = {name: served for name, served in self._served.items() if served > floor}
        self._served = recent | {name: max(self._served.get(name, floor), floor) for name in active}
        least = min((self._served[name] for name in active), default=self._level)
        return {name: self._served[name] - least for name in active}


class Policy:
    """Decides who runs, one tick at a time. What comes first weighs most:

    1. The speed class: turbo, fast, relax.
    2. The fair share among tenants, then among the keys of a tenant. Virtual time is the device seconds that
       were given; who is more than a quantum ahead of the least served waits.
    3. Whether it has begun: the first step comes at once, and with it the first preview.
    4. Where many devices draw: how much of its tenant, then of its key, is drawn already.
    5. The key's own line: only the front of it competes with the fronts of others.
    6. Age over work left: drafts overtake long renders, yet a long render's turn always comes. Age counts
       from when a request came to the front of its line, so that twenty requests weigh little more than two.
    """

    def __init__(self, *, quantum_seconds: float) -> None:
        self._quantum_seconds = quantum_seconds
        self._tenants = Share(quantum_seconds=quantum_seconds)
        self._keys: dict[str, Share] = {}
        self._front_since: dict[int, float] = {}
        self._full_at: dict[Line, float] = {}

    def rank(
        self, candidates: Sequence[Candidate], now: float, switch_seconds: Callable[[Group], float]
    ) -> list[Candidate]:
        """Everybody, most entitled first.

        `switch_seconds` is by how much a group whose model is not resident must be more urgent than others.
        """
        switches = {group: switch_seconds(group) for group in {candidate.group for candidate in candidates}}
        lines = _lines(candidates, now)
        ahead = self._ahead({key for key, _ in lines})
        self._mark_fronts(lines, now)

        def entitlement(
            place: int, candidate: Candidate
        ) -> tuple[int, list[int], bool, tuple[int, int], bool, float, int]:
            switch = switches[candidate.group]
            waited = now - self._front_since.get(candidate.ticket, candidate.queued_at) - switch
            return (
                RANK[candidate.speed],
                [int((s + switch) / self._quantum_seconds) for s in ahead[candidate.fairness_key]],
                candidate.has_begun or switch > 0,
                candidate.under_way,
                place >= _FRONT,
                -_urgency(candidate, waited),
                candidate.ticket,
            )

        places = [(place, candidate) for line in lines.values() for place, candidate in enumerate(line)]
        return [candidate for _, candidate in sorted(places, key=lambda one: entitlement(*one))]

    def charge(self, fairness_key: str, seconds: float) -> None:
        """Note that a key was given device time."""
        tenant = tenant_of(fairness_key)
        self._tenants.charge(tenant, seconds)
        self._share_of(tenant).charge(fairness_key, seconds)

    def _ahead(self, keys: Collection[str]) -> dict[str, tuple[float, float]]:
        """By how many seconds the tenant of each key is ahead of other tenants, and the key of its others."""
        active: dict[str, set[str]] = {}
        for key in keys:
            active.setdefault(tenant_of(key), set()).add(key)
        tenants = self._tenants.ahead(active.keys())
        self._keys = {tenant: share for tenant, share in self._keys.items() if tenant in self._tenants}
        return {
            key: (tenants[tenant], seconds)
            for tenant, own in active.items()
            for key, seconds in self._share_of(tenant).ahead(own).items()
        }

    def _share_of(self, tenant: str) -> "Share":
        return self._keys.setdefault(tenant, Share(quantum_seconds=self._quantum_seconds))

    def _mark_fronts(self, lines: dict[Line, list[Candidate]], now: float) -> None:
        """Note since when each request is in the front of its line: since it came, or found a place there."""
        since = {}
        for line, everybody in lines.items():
            for place, one in enumerate(everybody):
                if one.ticket in self._front_since:  # it keeps its age, even where a draft overtakes it
                    since[one.ticket] = self._front_since[one.ticket]
                elif place < _FRONT:
                    since[one.ticket] = max(one.queued_at, self._full_at.get(line, one.queued_at))
        self._front_since = since
        self._full_at = {line: now for line, everybody in lines.items() if len(everybody) >= _FRONT}


def choose(ranking: Sequence[Candidate], cap: Callable[[Group], int]) -> list[Candidate]:
    """The first in the ranking, and in order who may share its pass, while rows are left under the cap.

    The first runs even if it alone is over the cap. Who has windows takes as many rows as are left.
    """
    if not ranking:
        return []
    first, *others = ranking
    limit = cap(first.group)
    head = first.within(limit)
    chosen, rows = [head], head.rows
    for candidate in others:
        other = candidate.within(limit - rows)
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
    """Age over work left, both in seconds; work counts a little less than in proportion."""
    return waited / math.pow(max(candidate.seconds_left, _LEAST_SECONDS), _WORK_WEIGHT)
