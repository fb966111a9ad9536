"""Who waits outside the device: a line for each key and speed, at a cost no crowd raises.

Tenants are served in turn, and within each of them its keys.
"""

from collections.abc import Container, Iterable, Iterator
from itertools import chain, islice
from typing import Generic, Protocol, TypeAlias, TypeVar

from engine.api import Request, Speed
from engine.policy import RANK, tenant_of


class Waits(Protocol):
    """Whatever waits for its turn."""

    @property
    def number(self) -> int:
        """In order of arrival."""
        ...

    @property
    def request(self) -> Request:
        """What it wants, and for whom."""
        ...


Ticket = TypeVar("Ticket", bound=Waits)
Line: TypeAlias = dict[int, Ticket]
"""The tickets of one key, by their numbers, in order of arrival."""


class Waiting(Generic[Ticket]):
    """The tickets that have not begun."""

    def __init__(self) -> None:
        self._lines: dict[Speed, dict[str, dict[str, Line[Ticket]]]] = {
            speed: {} for speed in sorted(RANK, key=RANK.__getitem__)
        }
        """By speed, tenant and key; whose turn comes next stands first."""
        self._tickets: Line[Ticket] = {}

    def __len__(self) -> int:
        return len(self._tickets)

    def __contains__(self, number: int) -> bool:
        return number in self._tickets

    def __getitem__(self, number: int) -> Ticket:
        return self._tickets[number]

    def add(self, ticket: Ticket) -> None:
        """Put a ticket at the end of its line; a new line goes behind the others."""
        tenants, tenant, key = self._place_of(ticket)
        self._tickets[ticket.number] = ticket
        tenants.setdefault(tenant, {}).setdefault(key, {})[ticket.number] = ticket

    def begin(self, ticket: Ticket) -> None:
        """Take a ticket out whose turn has come; its line goes behind the others, whose turn it is now."""
        tenants, tenant, key = self._place_of(ticket)
        tenants[tenant] = lines = tenants.pop(tenant)
        lines[key] = lines.pop(key)
        self.remove(ticket)

    def remove(self, ticket: Ticket) -> None:
        """Take a ticket out, if it is there; the others keep their turns."""
        if self._tickets.pop(ticket.number, None) is None:
            return
        tenants, tenant, key = self._place_of(ticket)
        del tenants[tenant][key][ticket.number]
        if not tenants[tenant][key]:
            del tenants[tenant][key]
        if not tenants[tenant]:
            del tenants[tenant]

    def heads(self, most: int, speeds: Container[Speed]) -> list[Ticket]:
        """Whose turns come next: at most so many, of these speeds."""
        turns = (_of_speed(tenants, most) for speed, tenants in self._lines.items() if speed in speeds)
        return list(islice(chain.from_iterable(turns), most))

    def in_order(self) -> list[Ticket]:
        """Everybody, by when their turn comes: the first of each tenant, then the second, and so on."""
        return [ticket for tenants in self._lines.values() for ticket in _of_speed(tenants, None)]

    def _place_of(self, ticket: Ticket) -> tuple[dict[str, dict[str, Line[Ticket]]], str, str]:
        """All that waits at its speed, and the names under which it stands in there."""
        key = ticket.request.fairness_key
        return self._lines[ticket.request.speed], tenant_of(key), key


def _of_speed(tenants: dict[str, dict[str, Line[Ticket]]], most: int | None) -> Iterator[Ticket]:
    """The tickets by when their turn comes; of no more than so many tenants, and lines of each."""
    by_tenant = islice(tenants.values(), most)
    return _in_turns(_in_turns(line.values() for line in islice(lines.values(), most)) for lines in by_tenant)


def _in_turns(lines: Iterable[Iterable[Ticket]]) -> Iterator[Ticket]:
    queues = [iter(line) for line in lines]
    while queues:
        left = []
        for queue in queues:
            if (ticket := next(queue, None)) is not None:
                yield ticket
                left.append(queue)
        queues = left
