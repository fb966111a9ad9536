"""What is measured while the bot runs; read at /metrics. No labels that tell who somebody is."""

from prometheus_client import CollectorRegistry, Counter, Histogram

ANSWER_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0)
"""Discord gives up after three seconds."""


class Meters:
    """The counters of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
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
