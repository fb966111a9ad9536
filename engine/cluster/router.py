"""Which replica draws what, and when: as `policy` decides for one device, so this does for all. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from engine.api import Explain, Generate, Lora, ModelInfo, Queued, Request, Speed
from engine.cluster.work import Job, is_able, model_of, rows_of, seconds_of
from engine.policy import Candidate, Group, Policy, tenant_of
from engine.waiting import Waiting

QUANTUM_GRIDS = 18
"""How far a key may be ahead before it waits, as in the loop."""
MOST_HEADS = 64
"""Of those who wait, so many are weighed at a time."""
FILL = {Speed.TURBO: 3.0, Speed.FAST: 2.0, Speed.RELAX: 1.0}
"""How many full passes of rows a replica may hold at a time. With two nobody waits for a row while others
finish, and little is lost with a replica."""
FIRST_FILL = 3.0
"""The same for the first of a key that has nothing on any replica: nobody waits for the many of another."""
LEAST_JOBS = 2
"""That a replica may hold, however large they are."""
SUSPECT_DEATHS = 2
"""After so many lost replicas a job is drawn alone: it may be what they died of."""
_CHANGE_SECONDS = 0.1
"""What changing the LoRAs of a model costs a replica."""
_MEMORY = 0.3
"""How much one finished job tells of a replica's pace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """What is known of one device."""

    name: str
    models: dict[str, ModelInfo]
    """By name; at least one."""

    @property
    def rows(self) -> int:
        """Rows of a full pass of its default model."""
        return next(iter(self.models.values())).rows_per_pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Which replica is to draw a job now."""

    job: Job
    replica: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a replica can draw, and how much it has to do; of one that is not here, nothing."""

    models: tuple[str, ...] = ()
    num_jobs: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class _Load:
    """What a replica holds."""

    replica: Replica
    jobs: dict[int, "_Placed"] = field(default_factory=dict)
    pace: float = 1.0
    """Device seconds that its jobs took, over those that were expected."""
    rows: int = 0
    """Of all its jobs."""
    num_suspects: int = 0
    models: Counter[str | None] = field(default_factory=Counter)
    loras: Counter[tuple[Lora, ...]] = field(default_factory=Counter)
    """What its jobs use."""

    def put(self, placed: "_Placed") -> None:
        self.jobs[placed.job.number] = placed
        self._count(placed, 1)

    def take(self, number: int) -> "_Placed":
        placed = self.jobs.pop(number)
        self._count(placed, -1)
        return placed

    def _count(self, placed: "_Placed", by: int) -> None:
        self.rows += by * placed.rows
        self.num_suspects += by * (placed.job.deaths >= SUSPECT_DEATHS)
        self.models[model_of(placed.job.request)] += by
        self.loras[_loras(placed.job.request)] += by

    @property
    def seconds(self) -> float:
        """Until it has nothing left to do."""
        return self.pace * sum(placed.seconds * (1 - placed.share_done) for placed in self.jobs.values())

    @property
    def fullness(self) -> float:
        """Full passes of rows that it holds; without end while a suspect is drawn there, alone."""
        if self.num_suspects:
            return float("inf")
        return min(FILL[Speed.FAST] * len(self.jobs) / LEAST_JOBS, self.rows / self.replica.rows)


@dataclass(slots=True)
class _Placed:
    """A job on a replica."""

    job: Job
    seconds: float
    """That it is expected to take there."""
    rows: int
    share_done: float = 0.0


class Router:
    """Keeps the jobs that wait, and gives each to a replica when its turn comes.

    Whose turn it is, the loop's own policy says: speed class, fair share of a key over all replicas, age over
    work left. Where it goes is where it will be finished first: what that replica still has to do, whether
    it has the model on its device and the LoRAs in it, how fast it is. A job waits for a replica that is full
    if it is finished sooner so; others go past it to those that are not. A slow replica is longer full, and
    so gets less.
    """

    def __init__(self) -> None:
        self._waiting: Waiting[Job] = Waiting()
        self._loads: dict[str, _Load] = {}
        self._known: dict[str, ModelInfo] = {}
        self._at: dict[int, str] = {}
        self._placed_of: Counter[str] = Counter()
        """Jobs on replicas, by key."""
        self._placed_of_tenant: Counter[str] = Counter()
        self._policy: Policy | None = None

    @property
    def num_waiting(self) -> int:
        """Jobs that are on no replica."""
        return len(self._waiting)

    def models(self, order: Iterable[str] = ()) -> tuple[ModelInfo, ...]:
        """What all replicas together can be asked for; names in `order` come first."""
        infos: dict[str, ModelInfo] = {}
        for load in self._loads.values():
            for name, info in load.replica.models.items():
                if info.hash == self._known[name].hash:
                    infos[name] = _together(infos[name], info) if name in infos else info
        first = [name for name in order if name in infos]
        return tuple(infos[name] for name in [*first, *(name for name in infos if name not in first)])

    def load_of(self, replica: str) -> Load:
        """What a replica is asked for, and how much it has to do."""
        load = self._loads.get(replica)
        if load is None:
            return Load()
        models = tuple(name for name in load.replica.models if name not in self.others_called(replica))
        return Load(models=models, num_jobs=len(load.jobs), seconds=load.seconds)

    def others_called(self, replica: str) -> list[str]:
        """The models of a replica whose names other weights have elsewhere: it is not asked for those."""
        models = self._loads[replica].replica.models
        return [name for name, info in models.items() if info.hash != self._known[name].hash]

    def set_replica(self, replica: Replica) -> None:
        """Count on a replica, or learn what has changed in it."""
        if replica.name in self._loads:
            self._loads[replica.name].replica = replica
        else:
            self._loads[replica.name] = _Load(replica)
        self._learn()

    def remove_replica(self, name: str) -> list[int]:
        """It is lost: its jobs wait again, as old as they are. Their numbers."""
        load = self._loads.pop(name, None)
        if load is None:
            return []
        for number, placed in load.jobs.items():
            del self._at[number]
            self._count(placed.job, -1)
            self._charge(placed.job, -placed.seconds * (1 - placed.share_done))
            self._waiting.add(replace(placed.job, deaths=placed.job.deaths + 1))
        self._learn()
        return list(load.jobs)

    def was_alone(self, number: int) -> bool:
        """Whether a job on a replica is drawn alone, because it may be what others died of."""
        name = self._at.get(number)
        return name is not None and self._loads[name].jobs[number].job.deaths >= SUSPECT_DEATHS

    def add(self, job: Job) -> None:
        """A job that waits from now on."""
        self._waiting.add(job)

    def progress(self, number: int, share_done: float) -> None:
        """How much of a job is done, from 0 to 1."""
        if number in self._at:
            self._loads[self._at[number]].jobs[number].share_done = share_done

    def remove(self, number: int, *, device_seconds: float | None = None) -> None:
        """A job is over, having taken so many device seconds, or was given up."""
        if number in self._waiting:
            self._waiting.remove(self._waiting[number])
        name = self._at.pop(number, None)
        if name is None:
            return
        load = self._loads[name]
        placed = load.take(number)
        self._count(placed.job, -1)
        if device_seconds is None:
            self._charge(placed.job, -placed.seconds * (1 - placed.share_done))
        else:
            self._charge(placed.job, device_seconds - placed.seconds)
            pace = device_seconds / max(placed.seconds, 1e-6)
            load.pace += _MEMORY * (min(10.0, max(0.1, pace)) - load.pace)

    def assign(self, now: float) -> list[Assignment]:
        """Whom to give to which replica now; they are taken to be there from now on."""
        assigned: list[Assignment] = []
        while self._least_full() < FIRST_FILL:
            placed = self._assign_heads(now)
            assigned += placed
            if not placed:
                break
        return assigned

    def first_place(self, job: Job) -> Queued:
        """Behind everybody, as if each were as large; reckoned in the same time for a crowd."""
        ahead, seconds = self._before_all()
        position = ahead + self.num_waiting
        seconds += self._seconds_anywhere(job) * self.num_waiting
        return Queued(position=position, eta_seconds=seconds / max(1, len(self._loads)))

    def _before_all(self) -> tuple[int, float]:
        """Of what is on replicas, how many have not begun, and how many seconds all of it takes."""
        seconds = sum(load.seconds for load in self._loads.values())
        ahead = sum(placed.share_done == 0 for load in self._loads.values() for placed in load.jobs.values())
        return ahead, seconds

    def places(self) -> list[tuple[Job, Queued]]:
        """Of everybody who is on no replica, the place and the time, as their turns come."""
        replicas = max(1, len(self._loads))
        ahead, seconds = self._before_all()
        told = []
        for position, job in enumerate(self._waiting.in_order(), ahead + 1):
            seconds += self._seconds_anywhere(job)
            told.append((job, Queued(position=position, eta_seconds=seconds / replicas)))
        return told

    def can_draw(self, request: Request) -> bool:
        """Whether a replica is here that could draw it."""
        return any(self._is_able(request, load) for load in self._loads.values())

    def _assign_heads(self, now: float) -> list[Assignment]:
        """Once through the heads of the lines: each goes where it is finished first, if there is room."""
        backlog = {name: load.seconds for name, load in self._loads.items()}
        least = self._least_full()
        assigned = []
        for job in self._ranked(now):
            if self._fill(job) <= least:
                continue  # no replica has room for it: where it would go need not be weighed
            best = self._best(job, backlog)
            if best is None:
                continue
            load = self._loads[best]
            if self._may_begin(job, load):
                self._place(job, load)
                assigned.append(Assignment(job=job, replica=best))
                least = self._least_full()
            backlog[best] += load.pace * seconds_of(job.request, load.replica.models)
        return assigned

    def _ranked(self, now: float) -> list[Job]:
        if self._policy is None:
            return []
        heads = {job.number: job for job in self._waiting.heads(MOST_HEADS, frozenset(Speed))}
        ranking = self._policy.rank([self._candidate(job) for job in heads.values()], now, lambda _: 0.0)
        return [heads[one.ticket] for one in ranking]

    def _candidate(self, job: Job) -> Candidate:
        key = job.request.fairness_key
        return Candidate(
            ticket=job.number,
            group=Group(model=model_of(job.request) or "", width=0, height=0),
            fairness_key=key,
            under_way=(self._placed_of_tenant[tenant_of(key)], self._placed_of[key]),
            speed=job.request.speed,
            rows=rows_of(job.request),
            queued_at=job.queued_at,
            seconds_left=self._seconds_anywhere(job),
        )

    def _best(self, job: Job, backlog: dict[str, float]) -> str | None:
        """Where a job would be finished first."""
        costs = {
            name: seconds + self._cost(job, self._loads[name])
            for name, seconds in backlog.items()
            if self._is_able(job.request, self._loads[name])
        }
        return min(costs, key=costs.__getitem__, default=None)

    def _cost(self, job: Job, load: _Load) -> float:
        """Seconds until it is finished on a replica that has nothing else to do."""
        models, name = load.replica.models, model_of(job.request)
        seconds = load.pace * seconds_of(job.request, models)
        is_there = name is not None and (load.models[name] > 0 or models[name].is_resident)
        loading = 0.0 if name is None or is_there else models[name].seconds_to_load
        changes = _CHANGE_SECONDS if load.jobs and not load.loras[_loras(job.request)] else 0.0
        return seconds + loading + changes

    def _may_begin(self, job: Job, load: _Load) -> bool:
        if job.deaths >= SUSPECT_DEATHS:
            return not load.jobs
        return load.fullness < self._fill(job)

    def _fill(self, job: Job) -> float:
        """How full a replica may be that is still to be given this job."""
        fill = FILL[job.request.speed]
        is_first = not self._placed_of[job.request.fairness_key]
        return max(fill, FIRST_FILL) if is_first and job.request.speed is not Speed.RELAX else fill

    def _least_full(self) -> float:
        return min((load.fullness for load in self._loads.values()), default=float("inf"))

    def _place(self, job: Job, load: _Load) -> None:
        seconds = seconds_of(job.request, load.replica.models)
        rows = min(rows_of(job.request), load.replica.rows)
        load.put(_Placed(job, seconds, rows))
        self._at[job.number] = load.replica.name
        self._count(job, 1)
        self._waiting.begin(job)
        self._charge(job, seconds)

    def _count(self, job: Job, by: int) -> None:
        key = job.request.fairness_key
        for counts, name in ((self._placed_of, key), (self._placed_of_tenant, tenant_of(key))):
            counts[name] += by
            if not counts[name]:
                del counts[name]

    def _charge(self, job: Job, seconds: float) -> None:
        if self._policy is not None:
            self._policy.charge(job.request.fairness_key, seconds)

    def _is_able(self, request: Request, load: _Load) -> bool:
        return is_able(request, load.replica.models, self._known)

    def _seconds_anywhere(self, job: Job) -> float:
        """Of a job that is on no replica: what it would take where it can be drawn."""
        able = (load for load in self._loads.values() if self._is_able(job.request, load))
        return next((load.pace * seconds_of(job.request, load.replica.models) for load in able), 0.0)

    def _learn(self) -> None:
        """What all know together. The weights that had a name first keep it."""
        for load in self._loads.values():
            for name, info in load.replica.models.items():
                known = self._known.get(name)
                if known is None or known.hash == info.hash:
                    self._known[name] = info if known is None else _together(known, info)
        if self._policy is None and self._loads:
            info = next(iter(self._known.values()))
            grid = info.estimate_seconds(
                width=info.native_size,
                height=info.native_size,
                steps=info.default_steps,
                num_images=4,
            )
            self._policy = Policy(quantum_seconds=QUANTUM_GRIDS * grid)


def _loras(request: Request) -> tuple[Lora, ...]:
    """What changes the model's weights, in one order."""
    drawing = request.drawing if isinstance(request, Explain) else request
    return tuple(sorted(drawing.loras, key=lambda one: one.name)) if isinstance(drawing, Generate) else ()


def _together(one: ModelInfo, other: ModelInfo) -> ModelInfo:
    """A model that two replicas have: what either can, at the pace of the faster."""
    fast = min(one, other, key=lambda info: info.seconds_per_image_step)
    loras = tuple(dict.fromkeys([*one.loras, *other.loras]))
    embeddings = tuple(dict.fromkeys([*one.embeddings, *other.embeddings]))
    return replace(
        fast,
        loras=loras,
        embeddings=embeddings,
        refused_loras=tuple(refusal for refusal in fast.refused_loras if refusal.name not in loras),
        refused_embeddings=tuple(r for r in fast.refused_embeddings if r.name not in embeddings),
        controls=tuple(dict.fromkeys([*one.controls, *other.controls])),
        capabilities=one.capabilities | other.capabilities,
        is_resident=one.is_resident or other.is_resident,
    )
