"""The owner's log has one line for each job that ends: whose, how, and how long it took. No prompt."""

import logging
from datetime import datetime

from bot.domain.job import Job, JobStatus

log = logging.getLogger(__name__)


def log_end(job: Job, status: JobStatus, *, now: datetime) -> None:
    """Write the line of a job that has just ended so."""
    log.info(
        "job %d (%s) of member %d in guild %d is %s%s, %.0f s after it was asked for%s",
        job.id,
        job.kind,
        job.user_id,
        job.guild_id,
        status,
        "" if job.failure is None else f" ({job.failure})",
        (now - job.created_at).total_seconds(),
        "" if job.gpu_ms is None else f"; {job.gpu_ms / 1000:.1f} s on the device",
        extra={"job": job.id, "guild": job.guild_id},
    )
