"""How a cluster is, as its driver tells it: who draws what, how much each has to do, and who waits."""

from dataclasses import dataclass

from engine.api import ModelInfo
from engine.errors import EngineError


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaStatus:
    """One device that there should be."""

    name: str
    host: str = ""
    """The machine that it is on, where that is known."""
    models: tuple[str, ...] = ()
    """What it draws now; none while it does not answer, or loads."""
    num_jobs: int = 0
    seconds: float = 0.0
    """Until it has nothing left to do, as is reckoned."""
    num_dropped: int = 0
    """Requests that it dropped in its life, since the driver that had sent them was dead."""
    refusal: EngineError | None = None
    """Why it cannot draw at all."""

    @property
    def place(self) -> str:
        """Which one it is, to people."""
        return f"{self.name} at {self.host}" if self.host else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """All of them."""

    replicas: tuple[ReplicaStatus, ...] = ()
    num_waiting: int = 0
    """Requests that are on none."""
    models: tuple[ModelInfo, ...] | None = None
    """What all can be asked for; None where that is what was told last."""

    @property
    def num_drawing(self) -> int:
        """Devices that can draw now."""
        return sum(bool(one.models) for one in self.replicas)

    @property
    def refusal(self) -> EngineError | None:
        """Why nothing can be drawn: where every device refuses, what the first says."""
        refusals = [one.refusal for one in self.replicas]
        return None if None in refusals else next(iter(refusals), None)

    @property
    def is_settled(self) -> bool:
        """Whether each draws, or has said why it cannot."""
        return bool(self.replicas) and all(one.models or one.refusal for one in self.replicas)

    def __str__(self) -> str:
        told = f"{self.num_drawing} of {len(self.replicas)} replicas can draw"
        hosts = sorted({one.host for one in self.replicas if one.models and one.host})
        return f"{told}, on {', '.join(hosts)}" if hosts else told
