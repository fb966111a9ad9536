"""Each job that ends is a line in the owner's log (whose, how, how long; no prompt), and is counted."""

import logging
from datetime import datetime

from bot.domain.job import Job, JobStatus
from bot.meters import DEVICE_SECONDS, JOB_SECONDS, JOBS_ENDED

log = logging.getLogger(__name__)


def log_end(job: Job, status: JobStatus, *, now: datetime) -> None:
    """Write the line of a job that has just ended so, and count it."""
    seconds = (now - job.created_at).total_seconds()
    JOBS_ENDED.labels(kind=job.kind.value, status=status.value).inc()
    JOB_SECONDS.labels(kind=job.kind.value).observe(seconds)
    DEVICE_SECONDS.labels(kind=job.kind.value).inc((job.gpu_ms or 0) / 1000)
    log.info(
        "job %d (%s) of member %d in guild %d is %s%s, %.0f s after it was asked for%s",
        job.id,
        job.kind,
        job.user_id,
        job.guild_id,
        status,
        "" if job.failure is None else f" ({job.failure})",
        seconds,
        "" if job.gpu_ms is None else f"; {job.gpu_ms / 1000:.1f} s on the device",
        extra={"job": job.id, "guild": job.guild_id},
    )
