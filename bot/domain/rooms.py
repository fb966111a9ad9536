"""Newbie rooms: which one to point people to, when to open another, when to close one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

BUSY_JOBS = 8
"""Jobs within BUSY_MINUTES; beyond, pictures scroll away before they are seen."""
BUSY_MINUTES = 10
EMPTY_HOURS = 12
"""A room without a job for so long is empty."""
MAX_ROOMS = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A newbie room as it stands. A closed one can be read, but nobody draws in it."""

    channel_id: int
    number: int
    is_open: bool
    guide_message_id: int | None
    """The pinned guide; None until it is posted."""
    recent_jobs: int = 0
    """Jobs of the last BUSY_MINUTES."""
    last_job_at: datetime | None = None
    has_unfinished: bool = False

    @property
    def is_busy(self) -> bool:
        """Whether pictures scroll away here."""
        return self.recent_jobs >= BUSY_JOBS


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomPlan:
    """What must change, so that there are enough rooms and not too many."""

    create: tuple[int, ...] = ()
    """Numbers of rooms to make."""
    reopen: tuple[Room, ...] = ()
    close: tuple[Room, ...] = ()
    """To be made read-only: there is history in them."""
    delete: tuple[Room, ...] = ()
    """Nobody ever drew in them."""

    @property
    def is_needed(self) -> bool:
        """Whether anything must change."""
        return bool(self.create or self.reopen or self.close or self.delete)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomChanges:
    """What was done to a guild's rooms."""

    made: tuple[int, ...] = ()
    """The channels that are new."""
    adopted: tuple[int, ...] = ()
    """Channels that were there already, by their name, and are rooms now."""
    reopened: tuple[int, ...] = ()
    closed: tuple[int, ...] = ()
    deleted: tuple[int, ...] = ()


def least_busy(rooms: Sequence[Room]) -> Room | None:
    """The open room with the fewest recent jobs; of several the first."""
    return min(
        (room for room in rooms if room.is_open),
        key=lambda room: (room.recent_jobs, room.number),
        default=None,
    )


def plan_rooms(rooms: Sequence[Room], *, least: int, most: int, now: datetime) -> RoomPlan:
    """At least `least` open rooms, one more while all are busy, one less while the last ones are empty."""
    most = min(max(least, most), MAX_ROOMS)
    wanted = _wanted([room for room in rooms if room.is_open], least=min(least, most), most=most, now=now)
    opened = sorted((room for room in rooms if room.is_open), key=lambda room: room.number)
    closed = sorted((room for room in rooms if not room.is_open), key=lambda room: room.number)
    reopen = closed[: max(0, wanted - len(opened))]
    taken = {room.number for room in rooms}
    free = (number for number in range(1, 2 * MAX_ROOMS + 1) if number not in taken)
    missing = wanted - len(opened) - len(reopen)
    surplus = [room for room in opened[wanted:] if not room.has_unfinished]
    return RoomPlan(
        create=tuple(number for number, _ in zip(free, range(missing), strict=False)),
        reopen=tuple(reopen),
        close=tuple(room for room in surplus if room.last_job_at is not None),
        delete=tuple(room for room in surplus if room.last_job_at is None),
    )


def _wanted(opened: Sequence[Room], *, least: int, most: int, now: datetime) -> int:
    """How many rooms should be open."""
    number = min(max(len(opened), least), most)
    if len(opened) >= least and opened and all(room.is_busy for room in opened):
        return min(number + 1, most)
    for room in sorted(opened, key=lambda room: room.number, reverse=True):
        if number <= least or not _is_empty(room, now):
            break
        if all(other.is_busy for other in opened if other is not room):
            break
        number -= 1
    return number


def _is_empty(room: Room, now: datetime) -> bool:
    if room.has_unfinished:
        return False
    return room.last_job_at is None or now - room.last_job_at > timedelta(hours=EMPTY_HOURS)
