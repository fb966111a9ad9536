"""Jobs, posts, kept orders and the ledger under everything that happens to them, in any order.

`pytest tests/bot/services/test_lives.py --steps 10000` goes on for so many steps on each database, and looks
for new ways each time.
"""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from functools import wraps
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from bot.domain.asker import Asker
from bot.domain.custody import LONE_DEATHS, Custody
from bot.domain.errors import UserError
from bot.domain.guild import GuildSettings
from bot.domain.job import Failure, JobStatus
from bot.domain.kinds import JobKind
from bot.domain.next_steps import Accept, Draw, NextStep
from bot.domain.quota import Unit
from bot.domain.rules import Place, Weight
from bot.services import Services, build_services, runs
from bot.services.arrivals import Left
from bot.services.orders import Arrival, Press
from bot.services.quotas import Gift
from bot.storage import guilds, kept_orders
from bot.storage import jobs as jobs_table
from bot.storage.database import Database, owned_database
from bot.storage.images import ImageFiles
from bot.storage.models import KeptOrderRow
from engine.errors import DeviceLost, EngineError, EngineStopped, GenerationFailed, OutOfMemory
from tests.bot.conftest import MovableClock
from tests.bot.services import proofs
from tests.bot.services.mortal import CountingThreads, Died, MortalDatabase, WorkedEngine, until_all_wait

T = TypeVar("T")
STEPS = 120
"""As many on each database, where nobody asks for more."""
STEPS_PER_EXAMPLE = 30
DAILY_IMAGES = 36
LATER = 2.0**40
"""Seconds (Unix); after everything."""
TEXTS = (
    "an apple",
    "a pear --relax",
    "a plum --turbo",
    "a {red, blue} bird",
    "an apple --repeat 3",
    "a clown",
    "a gun",
    "a nude child",
    "a fox --seed 7 --sampler eular",
    "a fox --ar16:9",
)
"""Ordinary, urgent, many, asked about, refused, refused for good, mended."""

nth = st.integers(0, 7)
members = st.integers(0, 2)
MODERATOR = 2


class World:
    """A database, and the loop that it lives in, for all examples of one run."""

    def __init__(self, url: str, folder: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self.threads = CountingThreads(max_workers=2)
        self.loop.set_default_executor(self.threads)
        self.loop.set_exception_handler(_without_the_dead)
        self.folder = folder
        self._stack = AsyncExitStack()
        self.database: Database = self.run(self._stack.enter_async_context(owned_database(url)))
        self.guild_ids = count(1)
        self.steps = 0

    def run(self, deed: Awaitable[T]) -> T:
        """Wait for a coroutine."""
        return self.loop.run_until_complete(deed)

    def close(self) -> None:
        """Close everything."""
        self.run(self._stack.aclose())
        self.loop.close()


Condition = Callable[["Lives"], object]


def where(condition: Condition) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Do the deed where it can be done; else let what is under way go on.

    No `precondition` of hypothesis: which of two jobs is begun first is decided by threads, and rules that
    come and go with that cannot be repeated.
    """

    def wrap(deed: Callable[..., None]) -> Callable[..., None]:
        @wraps(deed)
        def tried(machine: "Lives", **arguments: Any) -> None:
            if condition(machine):
                deed(machine, **arguments)
            else:
                machine.go_on()

        return tried

    return wrap


def stands(*statuses: JobStatus) -> Condition:
    """Any job stands so."""
    return lambda machine: machine._jobs(*statuses)


class Lives(RuleBasedStateMachine):
    """Three members, of whom one moderates; processes come and go; one guild per example."""

    world: World
    database: MortalDatabase
    engine: WorkedEngine
    services: Services

    def __init__(self) -> None:
        super().__init__()
        self.guild_id = next(self.world.guild_ids)
        self.folder = self.world.folder / str(self.guild_id)
        self.folder.mkdir()
        self.clock = MovableClock()
        self.numbers = count(self.guild_id * 100_000)
        self.user_ids = [next(self.numbers) for _ in range(3)]
        self.forgotten: set[int] = set()
        self.seen: dict[int, JobStatus] = {}
        self.lone_deaths: dict[int, int] = {}
        self.accepted: list[tuple[Asker, str, int]] = []
        self.steps_offered: list[tuple[int, NextStep]] = []
        self.released: dict[int, int] = {}
        self.tickets: list[int] = []
        self.died_half_way = False
        self.facts = proofs.Facts(jobs={}, movements={}, accounts=[], outbox={}, binned=set(), images=set())

    @initialize()
    def open(self) -> None:
        self.world.run(self._begin())
        self._do(self._configure(max_running_jobs=2, max_waiting_jobs=4, is_turbo_allowed=True))
        for word, weight in (("clown", Weight.SOFT), ("gun", Weight.LIGHT)):
            self._do(self.services.rules.add(self._asker(MODERATOR), word, weight, Place.ANYWHERE))

    def teardown(self) -> None:
        """Nothing is left for the next example."""
        try:
            self._die()
            self._do(self.services.queue.clear(self._asker(MODERATOR), None))
            self._read()
            for job_id in self._jobs(JobStatus.RENDERED):
                self._do(self._undeliverable(job_id))
            self.everything_holds()
            assert not self._jobs(JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.RENDERED)
        finally:
            self.world.run(self._leave())
            shutil.rmtree(self.folder)

    # What members ask for

    @rule(member=members)
    def imagine_an_apple(self, member: int) -> None:
        self.imagine(member, "an apple")

    @rule(member=members, text=st.sampled_from(TEXTS))
    def imagine_anything(self, member: int, text: str) -> None:
        self.imagine(member, text)

    def imagine(self, member: int, text: str) -> None:
        asker = self._asker(member)
        job = self._do(self.services.orders.imagine(asker, text))
        if job is not None:
            self.accepted.append((asker, text, job.id))

    @rule(member=members, text=st.sampled_from(TEXTS), is_begun=st.booleans())
    def be_told_to_wait_by_a_process_that_dies(self, member: int, text: str, *, is_begun: bool) -> None:
        """Whether or not it became a job before, the next process makes it one; or refuses it."""
        arrival = Arrival(asker=self._asker(member), text=text)
        self._do(self.services.arrivals.undecided(arrival).keep())
        if is_begun and not self.database.is_dead:
            self._do(self.services.orders.take(arrival))
        self._die()

    @rule(number=nth)
    @where(lambda self: self.accepted)
    def receive_an_interaction_again(self, number: int) -> None:
        if self.accepted:
            asker, text, job_id = self.accepted[number % len(self.accepted)]
            before = len(self.facts.jobs)
            job = self._do(self.services.orders.imagine(asker, text))
            self._read()
            assert len(self.facts.jobs) == before
            assert job is None or job.id == job_id

    @rule(
        member=members,
        number=nth,
        index=st.integers(0, 3),
        kind=st.sampled_from([JobKind.VARY, JobKind.REROLL, JobKind.PICK, JobKind.VARY_SUBTLE]),
        text=st.sampled_from(["", "", "a peach", "a clown"]),
    )
    @where(stands(*proofs.KEPT, JobStatus.FAILED))
    def press(self, member: int, number: int, index: int, kind: JobKind, text: str) -> None:
        job_id = self._nth(number, *proofs.KEPT, JobStatus.FAILED)
        if job_id is not None:
            press = Press(kind=kind, job_id=job_id, index=index)
            orders = self.services.orders
            asker = self._asker(member)
            is_remix = text and kind is not JobKind.PICK
            self._do(orders.remix(asker, press, text) if is_remix else orders.press(asker, press))

    @rule(member=members, number=nth)
    @where(stands(*JobStatus))
    def draw_again(self, member: int, number: int) -> None:
        job_id = self._nth(number, *JobStatus)
        if job_id is not None:
            self._do(self.services.orders.again(self._asker(member), job_id))

    @rule(number=nth)
    @where(lambda self: self.steps_offered)
    def press_what_a_refusal_offers(self, number: int) -> None:
        if self.steps_offered:
            member, step = self.steps_offered[-1 - number % len(self.steps_offered)]
            asker, action = self._asker(member), step.action
            assert isinstance(action, Draw | Accept)
            if isinstance(action, Draw):
                job = self._do(self.services.orders.release(asker, action.kept_id))
            else:
                job = self._do(self.services.onboarding.accept(asker, action.kept_id, action.version))
            if job is not None:
                assert self.released.setdefault(action.kept_id, job.id) == job.id

    # What becomes of it

    @rule(number=nth)
    @where(lambda self: self.engine.held)
    def finish(self, number: int) -> None:
        self._end(number, None)

    @rule(number=nth)
    @where(lambda self: self.engine.held)
    def finish_the_oldest(self, number: int) -> None:
        for _ in range(1 + number % 3):
            self._end(0, None)

    @rule(
        number=nth,
        error=st.sampled_from([OutOfMemory("large"), GenerationFailed("bad"), EngineStopped("stopping")]),
    )
    @where(lambda self: self.engine.held)
    def fail(self, number: int, error: EngineError) -> None:
        self._end(number, error)

    @rule(number=nth)
    @where(lambda self: self.engine.held)
    def lose_the_device(self, number: int) -> None:
        if self.engine.held:
            self._end(number, DeviceLost("gone"))
            self._die()

    @rule(member=members, number=nth, is_batch=st.booleans())
    @where(stands(*proofs.UNDRAWN))
    def cancel(self, member: int, number: int, *, is_batch: bool) -> None:
        job_id = self._nth(number, *proofs.UNDRAWN)
        if job_id is not None:
            jobs = self.services.jobs
            asker = self._asker(member)
            self._do(jobs.cancel_batch(asker, job_id) if is_batch else jobs.cancel(asker, job_id))

    @rule(number=nth)
    @where(stands(JobStatus.RUNNING))
    def cancel_as_it_ends(self, number: int) -> None:
        """Both at the same moment: one of them is too late."""
        job_id = self._nth(number, JobStatus.RUNNING)
        if job_id is not None and self.engine.held:
            self.engine.finish(number % len(self.engine.held))
            self._do(self.services.queue.cancel(self._asker(MODERATOR), job_id))

    @rule(member=members)
    @where(stands(*proofs.UNDRAWN))
    def clear_the_queue_of(self, member: int) -> None:
        self._do(self.services.queue.clear(self._asker(MODERATOR), self.user_ids[member]))

    @rule(number=nth)
    @where(stands(JobStatus.RENDERED))
    def begin_to_post(self, number: int) -> None:
        job_id = self._nth(number, JobStatus.RENDERED)
        if job_id is not None and job_id not in self.tickets:
            assert self._do(self._ticket(job_id)) is not None or self.database.is_dead
            self.tickets.append(job_id)

    @rule(number=nth, times=st.integers(1, 2))
    @where(lambda self: self.tickets)
    def be_posted(self, number: int, times: int) -> None:
        if self.tickets:
            job_id = self.tickets.pop(number % len(self.tickets))
            for _ in range(times):
                self._do(self._delivered(job_id))

    @rule(number=nth)
    @where(lambda self: self.tickets)
    def be_undeliverable(self, number: int) -> None:
        if self.tickets:
            self._do(self._undeliverable(self.tickets.pop(number % len(self.tickets))))

    @rule(member=members, number=nth)
    @where(stands(JobStatus.DELIVERED))
    def throw(self, member: int, number: int) -> None:
        job_id = self._nth(number, JobStatus.DELIVERED)
        if job_id is not None:
            message_id = self.facts.jobs[job_id].result_message_id
            assert message_id is not None
            self._do(self.services.binning.throw(self._asker(member), message_id))

    @rule(member=members, number=nth)
    @where(stands(JobStatus.BINNED))
    def bring_back(self, member: int, number: int) -> None:
        job_id = self._nth(number, JobStatus.BINNED)
        if job_id is not None:
            self._do(self.services.binning.bring_back(self._asker(member), job_id))

    @rule(member=members, number=nth)
    @where(stands(*proofs.KEPT))
    def delete(self, member: int, number: int) -> None:
        job_id = self._nth(number, *proofs.KEPT)
        if job_id is not None:
            self._do(self.services.taking_back.delete(self._asker(member), job_id))

    @rule(member=members)
    @where(stands(*JobStatus))
    def forget(self, member: int) -> None:
        self._forget(member)

    @rule(number=nth)
    @where(stands(JobStatus.RENDERED))
    def be_forgotten_while_it_is_posted(self, number: int) -> None:
        """The post that was under way brings nothing back."""
        job_id = self._nth(number, JobStatus.RENDERED)
        if job_id is not None and (owner := self.facts.jobs[job_id].user_id) in self.user_ids:
            self._do(self._ticket(job_id))
            self._forget(self.user_ids.index(owner))
            self._do(self._delivered(job_id))

    def _forget(self, member: int) -> None:
        user_id = self.user_ids[member]
        if self._do(self.services.forgetting.forget(self._asker(member))) is not None:
            self.forgotten.add(user_id)
            self.accepted = [one for one in self.accepted if one[0].user_id != user_id]
            self.steps_offered = [one for one in self.steps_offered if one[0] != member]
            self.user_ids[member] = next(self.numbers)

    # What moderators and the clock do

    @rule(is_paused=st.booleans())
    def pause(self, *, is_paused: bool) -> None:
        self._do(self.services.queue.pause(self._asker(MODERATOR), is_paused=is_paused))

    @rule(version=st.integers(0, 2))
    def change_the_terms(self, version: int) -> None:
        self._do(self._configure(terms="Be kind." if version else "", terms_version=version))

    @rule(member=members)
    @where(stands(*JobStatus))
    def reset(self, member: int) -> None:
        self.clock.advance(seconds=1)
        self._do(self.services.quotas.reset(self._asker(MODERATOR), self.user_ids[member], (), ""))

    @rule(member=members, amount=st.integers(1, 12))
    def grant(self, member: int, amount: int) -> None:
        gift = Gift(amount=amount, unit=Unit.IMAGES, reason="", days=3)
        self._do(self.services.quotas.grant(self._asker(MODERATOR), self.user_ids[member], (), gift))

    @rule(hours=st.integers(1, 30))
    def let_time_pass(self, hours: int) -> None:
        self.clock.advance(hours=hours)
        self._do(self.services.kept.sweep())
        self._do(self.services.binning.sweep())

    # What processes do

    @rule(commits=st.integers(1, 4))
    def die_soon(self, commits: int) -> None:
        self.database.commits_left = commits

    @rule(commits=st.none() | st.integers(1, 3))
    def die(self, commits: int | None) -> None:
        """Where `commits` is given, the next process dies as it starts."""
        self._die(commits)

    @rule(turns=st.integers(0, 40))
    def restart(self, turns: int) -> None:
        """As it should be, while somebody is being drawn; nobody is a suspect for it."""
        if self.engine.held:
            self.engine.finish(0)
        self._do(self._drain(turns))
        self._read()
        assert self.database.is_dead or not self._jobs(JobStatus.RUNNING)
        self._die()

    async def _drain(self, turns: int) -> None:
        for _ in range(turns):
            await asyncio.sleep(0)
        self.services.jobs.drain()
        await self.services.runs.drain()

    # What must hold, whatever happened

    @invariant()
    def everything_holds(self) -> None:
        self.world.steps += 1
        if not hasattr(self, "database"):
            return
        if self.database.is_dead:
            self._die()
        self._read()
        files = set(ImageFiles(self.folder / "images").list_older_than(LATER))
        wrong = [
            *proofs.missteps(self.seen, self.facts),
            *proofs.breaches(self.facts),
            *proofs.misfiled(self.facts, files, is_whole=not self.died_half_way),
            *self._wrongly_blamed(),
            *self.world.run(self._unproven()),
        ]
        self.seen = {job_id: JobStatus(row.status) for job_id, row in self.facts.jobs.items()}
        assert wrong == []

    def _wrongly_blamed(self) -> Iterator[str]:
        """Who crashed was alone at three deaths."""
        for job_id, row in self.facts.jobs.items():
            if row.failure == Failure.CRASHED and self.lone_deaths.get(job_id, 0) < LONE_DEATHS:
                yield f"job {job_id} is blamed for {self.lone_deaths.get(job_id, 0)} deaths alone"

    async def _unproven(self) -> list[str]:
        async with self.world.database.reading() as session:
            nameless = [
                f"a kept order of {row.user_id}, who was forgotten"
                for row in await session.scalars(select(KeptOrderRow))
                if row.user_id in self.forgotten
            ]
            undecided = [
                f"request {kept.source}, which nothing was decided of"
                for kept in await kept_orders.list_arrived(session)
                if kept.guild_id == self.guild_id and self.database.commits_left is None
            ]
            return [*nameless, *undecided, *await proofs.unproven(session)]

    # How it is done

    def go_on(self) -> None:
        """What is usual: to be posted, to be drawn, to be asked for."""
        if rendered := self._jobs(JobStatus.RENDERED):
            self._do(self._delivered(rendered[0]))
        elif self.engine.held:
            self._end(0, None)
        else:
            self.imagine(0, "an apple")

    def _do(self, deed: Awaitable[T]) -> T | None:
        """What comes of a deed: None where it was refused, or the process died of it."""
        return self.world.run(self._attempt(deed))

    async def _attempt(self, deed: Awaitable[T]) -> T | None:
        try:
            return await deed
        except UserError as refusal:
            self._remember(refusal)
        except Died:
            pass
        finally:
            await until_all_wait(self.database, self.world.threads)
        return None

    def _remember(self, refusal: UserError) -> None:
        mendable = [step for step in refusal.steps if isinstance(step.action, Draw | Accept)]
        self.steps_offered.extend((self.last_member, step) for step in mendable)

    def _end(self, number: int, error: EngineError | None) -> None:
        if self.engine.held:
            self.engine.finish(number % len(self.engine.held), error)
            self.world.run(until_all_wait(self.database, self.world.threads))

    def _die(self, commits: int | None = None) -> None:
        self.world.run(self._leave())
        self.world.run(self._begin(commits))

    async def _leave(self) -> None:
        """Nobody writes any more. Who waits is taken off the loop."""
        self.died_half_way |= self.database.is_dead
        self.database.is_dead = True
        tasks = list(self.services.runs._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await until_all_wait(self.database, self.world.threads)
        self.tickets.clear()

    async def _begin(self, commits: int | None = None) -> None:
        """A new process on the same database and files."""
        async with self.world.database.reading() as session:
            facts = await proofs.collected(session, self.guild_id)
        for job_id, row in facts.jobs.items():
            if row.custody == Custody.ALONE and JobStatus(row.status) in proofs.UNDRAWN:
                self.lone_deaths[job_id] = self.lone_deaths.get(job_id, 0) + 1
        self.database = MortalDatabase(self.world.database)
        self.engine = WorkedEngine()
        self.services = build_services(
            self.database, self.engine, data_dir=self.folder, daily_images=DAILY_IMAGES, now=self.clock
        )
        self.database.commits_left = commits
        await self._attempt(self._recover())

    async def _recover(self) -> None:
        """What a process does as it starts."""
        await self.services.removals.sweep_orphans(LATER)
        await self.services.removals.sweep_files()
        for job in await self.services.runs.recover():
            if job.status is JobStatus.QUEUED:
                self.services.runs.start(job)
        for left in await self.services.arrivals.list_left():
            await self._decide(left)

    async def _decide(self, left: Left) -> None:
        try:
            await self.services.arrivals.submit(left)
        except UserError:
            await self.services.arrivals.forget(left.arrival)

    async def _configure(self, **values: Any) -> None:
        async with self.database.transaction() as session:
            changed: GuildSettings = replace(await guilds.get_settings(session, self.guild_id), **values)
            await guilds.update_settings(session, self.guild_id, changed, now=datetime.now(UTC))

    def _read(self) -> None:
        self.facts = self.world.run(self._collected())

    async def _collected(self) -> proofs.Facts:
        async with self.world.database.reading() as session:
            return await proofs.collected(session, self.guild_id)

    def _jobs(self, *statuses: JobStatus) -> list[int]:
        return sorted(job_id for job_id, row in self.facts.jobs.items() if row.status in statuses)

    def _nth(self, number: int, *statuses: JobStatus) -> int | None:
        """One of the jobs that stand so; None where none does."""
        jobs = self._jobs(*statuses)
        return jobs[-1 - number % len(jobs)] if jobs else None

    def _asker(self, member: int) -> Asker:
        self.last_member = member
        return Asker(
            source=str(next(self.numbers)),
            guild_id=self.guild_id,
            channel_id=self.guild_id,
            user_id=self.user_ids[member],
            is_manager=member == MODERATOR,
        )

    async def _ticket(self, job_id: int) -> object:
        return await self.services.outbox.take_ticket(await self._job(job_id))

    async def _delivered(self, job_id: int) -> None:
        await self.services.outbox.delivered(await self._job(job_id), next(self.numbers))

    async def _undeliverable(self, job_id: int) -> None:
        await self.services.outbox.undeliverable(await self._job(job_id))

    async def _job(self, job_id: int) -> Any:
        async with self.database.reading() as session:
            return await jobs_table.get(session, job_id)


def live(url: str, folder: Path, config: pytest.Config) -> None:
    """Run the machine on a new database, until it has made as many steps as are asked for."""
    asked = config.getoption("--steps")
    world = World(url, folder)
    machine = type("Machine", (Lives,), {"world": world, "TestCase": None})
    try:
        while world.steps < (asked or STEPS):
            run_state_machine_as_test(machine, settings=_options(is_repeatable=asked is None))
    finally:
        world.close()


def _options(*, is_repeatable: bool) -> settings:
    return settings(
        max_examples=5 if is_repeatable else 20,
        stateful_step_count=STEPS_PER_EXAMPLE if is_repeatable else 2 * STEPS_PER_EXAMPLE,
        derandomize=is_repeatable,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )


def _without_the_dead(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What dies with its process is no news."""
    if not isinstance(context.get("exception"), Died):
        loop.default_exception_handler(context)


@pytest.fixture(autouse=True)
def no_quiet_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process need not have lived before it tries a suspect again."""
    monkeypatch.setattr(runs, "QUIET_SECONDS", (0.0,) * LONE_DEATHS)


@pytest.mark.timeout(3600)
def test_whatever_happens_in_whatever_order_on_sqlite(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    live(f"sqlite+aiosqlite:///{tmp_path}/lives.db", tmp_path, pytestconfig)


@pytest.mark.timeout(3600)
def test_whatever_happens_in_whatever_order_on_postgresql(
    postgresql_url: str, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    live(postgresql_url, tmp_path, pytestconfig)
