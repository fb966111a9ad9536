"""What driver and replica hand each other."""

from dataclasses import dataclass
from typing import TypeAlias

from engine.api import ModelInfo
from engine.cluster.wire import Parcel
from engine.errors import EngineError

Key: TypeAlias = tuple[int, int]
"""Which request of a driver, and which attempt at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A driver wants a request drawn; without a parcel, not any more."""

    key: Key
    parcel: Parcel | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What became of a request: an event, or the error that ended it."""

    number: int
    """Grows by one from each to the next that a driver is told."""
    key: Key
    parcel: Parcel


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How a replica is."""

    host: str = ""
    """The machine that it is on, where that is known."""
    models: tuple[ModelInfo, ...] = ()
    """What it can be asked for; none while it loads."""
    refusal: EngineError | None = None
    """Why it cannot draw at all."""
    num_dropped: int = 0
    """Requests of drivers that were not heard of any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a driver is told that asks."""

    session: str
    """Another one, where all that was ordered before is forgotten."""
    state: State
    said: tuple[Said, ...] = ()
