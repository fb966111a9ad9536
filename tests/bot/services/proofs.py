"""What must hold of a guild's jobs, whatever was done to them: each breach in a sentence."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.domain.job import Failure, JobStatus
from bot.domain.kinds import JobKind
from bot.domain.recipe import ImageRef
from bot.storage.ledger import Entry, list_mismatches
from bot.storage.models import AccountRow, BinRow, ImageRow, JobRow, LedgerRow, OutboxRow

NEXT = {
    JobStatus.QUEUED: {JobStatus.RUNNING, JobStatus.FAILED, JobStatus.CANCELLED},
    JobStatus.RUNNING: {JobStatus.QUEUED, JobStatus.RENDERED, JobStatus.FAILED, JobStatus.CANCELLED},
    JobStatus.RENDERED: {JobStatus.DELIVERED, JobStatus.UNDELIVERABLE, JobStatus.DELETED},
    JobStatus.DELIVERED: {JobStatus.BINNED, JobStatus.DELETED},
    JobStatus.UNDELIVERABLE: {JobStatus.BINNED, JobStatus.DELETED},
    JobStatus.BINNED: {JobStatus.RENDERED, JobStatus.DELETED},
    JobStatus.FAILED: set[JobStatus](),
    JobStatus.CANCELLED: set[JobStatus](),
    JobStatus.DELETED: set[JobStatus](),
}
"""Where a job may go next."""
UNDRAWN = {JobStatus.QUEUED, JobStatus.RUNNING}
KEPT = {JobStatus.RENDERED, JobStatus.DELIVERED, JobStatus.UNDELIVERABLE, JobStatus.BINNED}
CLOSED = {JobStatus.DELIVERED, JobStatus.UNDELIVERABLE, JobStatus.BINNED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that is stored of a guild's jobs."""

    jobs: dict[int, JobRow]
    movements: dict[int, dict[Entry, LedgerRow]]
    accounts: list[AccountRow]
    outbox: dict[int, OutboxRow]
    binned: set[int]
    images: set[ImageRef]


async def collected(session: AsyncSession, guild_id: int) -> Facts:
    """Read it."""
    jobs = {row.id: row for row in await session.scalars(select(JobRow).filter_by(guild_id=guild_id))}
    of_jobs = select(JobRow.id).where(JobRow.guild_id == guild_id)
    movements: dict[int, dict[Entry, LedgerRow]] = {}
    for row in await session.scalars(select(LedgerRow).where(LedgerRow.job_id.in_(of_jobs))):
        movements.setdefault(row.job_id, {})[Entry(row.entry)] = row
    outbox = await session.scalars(select(OutboxRow).where(OutboxRow.job_id.in_(of_jobs)))
    images = await session.scalars(select(ImageRow).where(ImageRow.job_id.in_(of_jobs)))
    return Facts(
        jobs=jobs,
        movements=movements,
        accounts=list(await session.scalars(select(AccountRow).filter_by(guild_id=guild_id))),
        outbox={row.job_id: row for row in outbox},
        binned=set(await session.scalars(select(BinRow.job_id).where(BinRow.job_id.in_(of_jobs)))),
        images={ImageRef(job_id=row.job_id, index=row.index) for row in images},
    )


async def unproven(session: AsyncSession) -> list[str]:
    """Balances that the ledger does not prove."""
    return [f"account {one.account_id} says {one}" for one in await list_mismatches(session)]


def breaches(facts: Facts) -> Iterator[str]:
    """What does not hold."""
    yield from _uncharged(facts)
    yield from _misreserved(facts)
    yield from _torn_requests(facts)
    yield from _misposted(facts)
    yield from _mispictured(facts)


def missteps(before: dict[int, JobStatus], facts: Facts) -> Iterator[str]:
    """Jobs that went where they may not go, or that are gone."""
    for job_id, status in before.items():
        row = facts.jobs.get(job_id)
        if row is None:
            yield f"job {job_id} is gone"
        elif JobStatus(row.status) not in _reachable(status):
            yield f"job {job_id} went from {status} to {row.status}"


def misfiled(facts: Facts, files: Collection[ImageRef], *, is_whole: bool) -> Iterator[str]:
    """Files that no picture is left for; and, where no process died half-way, pictures without theirs."""
    if strangers := set(files) - facts.images:
        yield f"files of nobody: {strangers}"
    if is_whole and (missing := facts.images - set(files)):
        yield f"pictures without a file: {missing}"


def _reachable(status: JobStatus) -> set[JobStatus]:
    reached, edge = {status}, {status}
    while edge:
        edge = {later for one in edge for later in NEXT[one]} - reached
        reached |= edge
    return reached


def _uncharged(facts: Facts) -> Iterator[str]:
    """Each job that costs something is reserved once, and then settled or refunded once."""
    for job_id, row in facts.jobs.items():
        status = JobStatus(row.status)
        expected = {Entry.RESERVE}
        if JobKind(row.kind).traits.is_free:
            expected = set()
        elif status in {JobStatus.FAILED, JobStatus.CANCELLED}:
            expected.add(Entry.REFUND)
        elif status not in UNDRAWN:
            expected.add(Entry.SETTLE)
        if (found := set(facts.movements.get(job_id, {}))) != expected:
            yield f"job {job_id} is {status}, and its ledger has {sorted(found)}"


def _misreserved(facts: Facts) -> Iterator[str]:
    """What accounts hold is what their unfinished jobs were estimated at."""
    held: Counter[int] = Counter()
    for job_id, entries in facts.movements.items():
        if JobStatus(facts.jobs[job_id].status) in UNDRAWN and Entry.RESERVE in entries:
            held[entries[Entry.RESERVE].account_id] += facts.jobs[job_id].reserved_images
    for account in facts.accounts:
        if account.reserved_images != held[account.id]:
            yield f"account {account.id} holds {account.reserved_images}, its jobs {held[account.id]}"
        if min(account.spent_images, account.reserved_images, account.spent_gpu_ms) < 0:
            yield f"account {account.id} is below nothing"


def _torn_requests(facts: Facts) -> Iterator[str]:
    """All jobs of a request are there, each once."""
    ordinals: dict[str, list[int]] = {}
    for row in facts.jobs.values():
        ordinals.setdefault(row.source, []).append(row.ordinal)
    for row in facts.jobs.values():
        if sorted(ordinals[row.source]) != list(range(row.batch_size)):
            yield f"request {row.source} of {row.batch_size} jobs has {ordinals[row.source]}"


def _misposted(facts: Facts) -> Iterator[str]:
    """What is RENDERED is owed, and nothing else is; what is in the bin says so."""
    for job_id, row in facts.jobs.items():
        status = JobStatus(row.status)
        owed = facts.outbox.get(job_id)
        if (status is JobStatus.RENDERED) != (owed is not None and owed.closed_at is None):
            yield f"job {job_id} is {status}, and its post is {owed and (owed.closed_at or 'owed')}"
        if status in CLOSED and owed is None:
            yield f"job {job_id} is {status}, and was never owed"
        if (status is JobStatus.BINNED) != (job_id in facts.binned):
            yield f"job {job_id} is {status}, and {'in' if job_id in facts.binned else 'not in'} the bin"
        if row.failure == Failure.CRASHED and status is not JobStatus.FAILED:
            yield f"job {job_id} crashed, and is {status}"


def _mispictured(facts: Facts) -> Iterator[str]:
    """Who is kept and was drawn here has all its pictures; who was never drawn has none."""
    for job_id, row in facts.jobs.items():
        found = {image.index for image in facts.images if image.job_id == job_id}
        is_drawn = JobKind(row.kind).traits.is_drawn
        status = JobStatus(row.status)
        if status in KEPT and is_drawn and found != set(range(4)):
            yield f"job {job_id} is {status}, and has the pictures {found}"
        if status not in KEPT and found:
            yield f"job {job_id} is {status}, and has the pictures {found}"
