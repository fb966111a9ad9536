"""Who waits outside the device: a line for each key and speed, served in turn, at a cost no crowd raises."""

from collections.abc import Container, Iterable, Iterator
from itertools import chain, islice

from engine.api import Speed
from engine.policy import RANK
from engine.ticket import Ticket


class Waiting:
    """The tickets that have not begun."""

    def __init__(self) -> None:
        self._lines: dict[Speed, dict[str, dict[int, Ticket]]] = {
            speed: {} for speed in sorted(RANK, key=RANK.__getitem__)
        }
        self._tickets: dict[int, Ticket] = {}

    def __len__(self) -> int:
        return len(self._tickets)

    def __contains__(self, number: int) -> bool:
        return number in self._tickets

    def __getitem__(self, number: int) -> Ticket:
        return self._tickets[number]

    def add(self, ticket: Ticket) -> None:
        """Put a ticket at the end of its line; a new line goes behind the others."""
        lines, key = self._lines[ticket.request.speed], ticket.request.fairness_key
        self._tickets[ticket.number] = ticket
        lines.setdefault(key, {})[ticket.number] = ticket

    def begin(self, ticket: Ticket) -> None:
        """Take a ticket out whose turn has come; its line goes behind the others, whose turn it is now."""
        lines, key = self._lines[ticket.request.speed], ticket.request.fairness_key
        lines[key] = lines.pop(key)
        self.remove(ticket)

    def remove(self, ticket: Ticket) -> None:
        """Take a ticket out, if it is there; the others keep their turns."""
        if self._tickets.pop(ticket.number, None) is None:
            return
        lines, key = self._lines[ticket.request.speed], ticket.request.fairness_key
        del lines[key][ticket.number]
        if not lines[key]:
            del lines[key]

    def heads(self, most: int, speeds: Container[Speed]) -> list[Ticket]:
        """Whose turns come next: at most so many, of these speeds."""
        turns = (
            _in_turns(islice(lines.values(), most)) for speed, lines in self._lines.items() if speed in speeds
        )
        return list(islice(chain.from_iterable(turns), most))

    def in_order(self) -> list[Ticket]:
        """Everybody, by when their turn comes: the first of each line, then the second, and so on."""
        return [ticket for lines in self._lines.values() for ticket in _in_turns(lines.values())]


def _in_turns(lines: Iterable[dict[int, Ticket]]) -> Iterator[Ticket]:
    queues = [iter(line.values()) for line in lines]
    while queues:
        left = []
        for queue in queues:
            if (ticket := next(queue, None)) is not None:
                yield ticket
                left.append(queue)
        queues = left
