"""Everybody's place and time, told at most once a second, where it has changed, and a few in each tick."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice

from engine.api import Queued
from engine.policy import Candidate
from engine.ticket import Running, Ticket
from engine.waiting import Waiting

_TOLD_PER_TICK = 32
"""So that telling a crowd holds nobody up, here or in the event loop."""


class Places:
    """Who is not drawn just now is told how many come before, and when it will be finished.

    Those who have begun and pause come first, as they are ranked; then those who wait, as their turns come.
    """

    def __init__(self, waiting: Waiting[Ticket], running: Mapping[int, Running], *, seconds: float) -> None:
        self._waiting = waiting
        self._running = running
        self._seconds = seconds
        self._round: Iterator[tuple[Ticket, Queued]] | None = None
        self._round_at = float("-inf")

    def first(self, ticket: Ticket, now: float) -> Queued:
        """The place of a ticket that has just come, behind everybody."""
        ahead = sum(one.ticket.position > 0 for one in self._running.values()) + len(self._waiting)
        ticket.position, ticket.told_at = max(1, ahead), now
        begun_seconds = sum(running.share_seconds() for running in self._running.values())
        return Queued(position=ticket.position, eta_seconds=begun_seconds + ticket.share_seconds * ahead)

    def told(
        self, ranking: Sequence[Candidate], drawn: Collection[int], now: float
    ) -> list[tuple[Ticket, Queued]]:
        """What is to be told in this tick, in which those of these numbers were drawn."""
        if self._round is None:
            if now - self._round_at < self._seconds or not (self._running or self._waiting):
                return []
            self._round, self._round_at = self._everybody(ranking, drawn, now), now
        told = list(islice(self._round, _TOLD_PER_TICK))
        if (
            len(told) < _TOLD_PER_TICK
        ):  # a round ends before the next begins, or the last in line hear nothing
            self._round = None
        return [one for one in told if self._is_news(*one, now)]

    def _everybody(
        self, ranking: Sequence[Candidate], drawn: Collection[int], now: float
    ) -> Iterator[tuple[Ticket, Queued]]:
        """One round: the places as they are now, told in this tick and the next ones."""
        position, seconds = 0, 0.0
        begun = [self._running[one.ticket] for one in ranking if one.ticket in self._running]
        in_order = self._waiting.in_order()
        for running in begun:
            seconds += running.share_seconds()
            if running.ticket.number not in drawn and now - running.drawn_at >= self._seconds:
                position += 1
                if running.ticket.number in self._running:
                    yield running.ticket, Queued(position=position, eta_seconds=seconds)
        for ticket in in_order:
            position += 1
            seconds += ticket.share_seconds
            if ticket.number in self._waiting:
                yield ticket, Queued(position=position, eta_seconds=seconds)

    def _is_news(self, ticket: Ticket, place: Queued, now: float) -> bool:
        if ticket.position == place.position or now - ticket.told_at < self._seconds:
            return False
        ticket.position, ticket.told_at = place.position, now
        return True
