"""/healthz, /readyz and /metrics: for supervisors and Prometheus."""

import asyncio
import shutil
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web
from prometheus_client import Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from bot.meters import Meters
from bot.services import Services
from bot.services.backups import newest_age

SAMPLE_SECONDS = 0.25
SICK_SECONDS = 5.0
"""An event loop that is this late is as good as dead: Discord gives up after three."""
PROOF_SECONDS = 300.0
"""Between two proofs of the ledger: the proof reads all of it."""


SCARCE_BYTES = 200e6
"""With less room than that, the next pictures may not be kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folders:
    """Where pictures are kept, and copies of the database; None where none are made."""

    data: Path
    backups: Path | None
    wal: Path | None = None
    """The write-ahead log of a SQLite database."""

    def free_bytes(self) -> int:
        """Room for pictures. Blocking."""
        return shutil.disk_usage(self.data).free

    def wal_bytes(self) -> int:
        """Size of the write-ahead log; it stays small while somebody can write it back. Blocking."""
        return self.wal.stat().st_size if self.wal is not None and self.wal.exists() else 0

    def backup_age(self) -> float | None:
        """Seconds since the last backup, where there is one. Blocking."""
        return None if self.backups is None else newest_age(self.backups)


class LoopLag:
    """How late the event loop is, measured all the time."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @asynccontextmanager
    async def measured(self) -> AsyncGenerator[None]:
        """Measure while inside."""
        task = asyncio.create_task(self._measure(), name="loop lag")
        try:
            yield
        finally:
            task.cancel()

    async def _measure(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + SAMPLE_SECONDS
            await asyncio.sleep(SAMPLE_SECONDS)
            self.seconds = max(0.0, loop.time() - due)


class HealthPages:
    """What machines ask about the bot."""

    def __init__(
        self,
        services: Services,
        meters: Meters,
        lag: LoopLag,
        *,
        folders: Folders,
        is_connected: Callable[[], bool],
    ) -> None:
        self._folders = folders
        self._services = services
        self._meters = meters
        self._lag = lag
        self._is_connected = is_connected
        self._mismatches = 0
        self._proven_at = float("-inf")
        registry = meters.registry
        self._jobs = Gauge("darkroom_jobs", "Jobs by state.", ["state"], registry=registry)
        self._wait = Gauge(
            "darkroom_queue_wait_seconds", "How long the next job to start has waited.", registry=registry
        )
        self._owed = Gauge(
            "darkroom_outbox_pending", "Results that are drawn and not posted yet.", registry=registry
        )
        self._owed_age = Gauge(
            "darkroom_outbox_age_seconds", "How long the oldest of them is owed.", registry=registry
        )
        self._late = Gauge(
            "darkroom_loop_lag_seconds", "How late the event loop was last.", registry=registry
        )
        self._unproven = Gauge(
            "darkroom_ledger_mismatches", "Accounts that their ledger does not prove.", registry=registry
        )
        self._connected = Gauge(
            "darkroom_gateway_ready", "Whether Discord's gateway is connected.", registry=registry
        )

        self._room = Gauge("darkroom_disk_free_bytes", "Room where pictures are kept.", registry=registry)
        self._backup_age = Gauge(
            "darkroom_backup_age_seconds",
            "How old the newest backup is; infinite without one, absent where none are made.",
            [],
            registry=registry,
        )
        self._wal = Gauge(
            "darkroom_sqlite_wal_bytes", "Write-ahead log of a SQLite database; else 0.", registry=registry
        )
        if folders.backups is None:
            registry.unregister(self._backup_age)

    def routes(self) -> list[web.RouteDef]:
        """The paths of this file."""
        return [
            web.get("/healthz", self._healthz),
            web.get("/readyz", self._readyz),
            web.get("/metrics", self._metrics),
        ]

    async def _healthz(self, _: web.Request) -> web.Response:
        """200 while the process is alive and its event loop turns."""
        is_well = self._lag.seconds < SICK_SECONDS
        body = {"alive": is_well, "loop_lag_seconds": round(self._lag.seconds, 4)}
        return web.json_response(body, status=200 if is_well else 503)

    async def _readyz(self, _: web.Request) -> web.Response:
        """200 when what is asked for comes: connected, database writable and ours, a device, room."""
        health = self._services.health
        checks = {
            "gateway": self._is_connected(),
            "database": await health.is_database_writable(),
            "lock": health.is_database_owned(),
            "engine": health.can_draw(),
            "disk": await asyncio.to_thread(self._folders.free_bytes) > SCARCE_BYTES,
        }
        status = 200 if all(checks.values()) else 503
        age = await asyncio.to_thread(self._folders.backup_age)
        told = {"backup_age_seconds": None if age is None else round(age)}
        return web.json_response(checks | told, status=status)

    async def _metrics(self, _: web.Request) -> web.Response:
        work = await self._services.health.workload()
        for status, number in work.jobs.items():
            self._jobs.labels(state=status.value).set(number)
        self._wait.set(work.oldest_waiting_seconds)
        self._owed.set(work.outbox_pending)
        self._owed_age.set(work.outbox_age_seconds)
        self._late.set(self._lag.seconds)
        self._connected.set(self._is_connected())
        self._unproven.set(await self._count_mismatches())
        self._room.set(await asyncio.to_thread(self._folders.free_bytes))
        self._wal.set(await asyncio.to_thread(self._folders.wal_bytes))
        age = await asyncio.to_thread(self._folders.backup_age)
        self._backup_age.set(float("inf") if age is None else age)
        body = generate_latest(self._meters.registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _count_mismatches(self) -> int:
        now = asyncio.get_running_loop().time()
        if now - self._proven_at > PROOF_SECONDS:
            self._proven_at = now
            self._mismatches = await self._services.health.count_mismatches()
        return self._mismatches
