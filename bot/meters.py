"""What is measured while the bot runs; read at /metrics. No labels that tell who somebody is."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

ATTEMPTS = Counter(
    "darkroom_job_attempts",
    "Jobs on the engine, by outcome: begun, finished, failed, returned to the queue, stale (thrown away).",
    ["outcome"],
    registry=None,
)
JOBS_ENDED = Counter(
    "darkroom_jobs_ended", "Jobs that ended, by kind and how.", ["kind", "status"], registry=None
)
JOB_SECONDS = Histogram(
    "darkroom_job_seconds",
    "From asking to the end of a job, by kind.",
    ["kind"],
    buckets=(1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600),
    registry=None,
)
DEVICE_SECONDS = Counter(
    "darkroom_device_seconds", "Device time of jobs that ended.", ["kind"], registry=None
)
OF_JOBS = (ATTEMPTS, JOBS_ENDED, JOB_SECONDS, DEVICE_SECONDS)
"""Of this process, however many bots were in it."""

ANSWER_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0)
"""Discord gives up after three seconds."""


class Meters:
    """What one bot counts, in a registry of its own, with what its process counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        for metric in OF_JOBS:
            self.registry.register(metric)
        ProcessCollector(namespace="darkroom", registry=self.registry)
        self.answer_seconds = Histogram(
            "darkroom_interaction_ack_seconds",
            "From the arrival of an interaction to Discord's word that our answer came in time.",
            buckets=ANSWER_BUCKETS,
            registry=self.registry,
        )
        self.refused_answers = Counter(
            "darkroom_interactions_refused",
            "Answers that Discord did not take, mostly because they came too late.",
            registry=self.registry,
        )
        self.discord_requests = Counter(
            "darkroom_discord_requests",
            "Requests to Discord, by route without ids and by status; status none: there was no answer.",
            ["route", "status"],
            registry=self.registry,
        )
        self.identifies = Counter(
            "darkroom_gateway_identifies",
            "New sessions at Discord's gateway; Discord allows a thousand a day.",
            registry=self.registry,
        )
        self.resumes = Counter(
            "darkroom_gateway_resumes",
            "Sessions at Discord's gateway that went on after a break.",
            registry=self.registry,
        )
        self.gateway_latency = Gauge(
            "darkroom_gateway_latency_seconds",
            "From a heartbeat to its answer.",
            registry=self.registry,
        )
        self.memory_free = Gauge(
            "darkroom_device_memory_free_bytes",
            "Memory of the device that nobody uses.",
            registry=self.registry,
        )
        self.memory_total = Gauge(
            "darkroom_device_memory_bytes", "Memory of the device, used or not.", registry=self.registry
        )
