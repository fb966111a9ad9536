"""Bars: promises that can be tried, and what became of each."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic

from tests.chaos.ground import Ground


class CannotRun(Exception):
    """A bar has nothing to run on here; the text says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a bar measured."""

    figure: str
    is_met: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A promise, and how it is tried."""

    promise: str
    databases: tuple[str, ...]
    """`sqlite`, `postgresql`; empty where none is used."""
    seconds: float
    run: Callable[[Ground], Awaitable[Found]]
    shortfall: str
    """What an owner should know while it is missed."""

    @property
    def name(self) -> str:
        """As `--only` takes it."""
        return self.run.__name__


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the table."""

    bar: str
    database: str
    figure: str
    verdict: str
    seconds: float


BARS: list[Bar] = []
BOTH = ("sqlite", "postgresql")
Run = Callable[[Ground], Awaitable[Found]]


def bar(
    promise: str, *, databases: tuple[str, ...] = (), seconds: float = 120, shortfall: str = ""
) -> Callable[[Run], Run]:
    """A bar of the table; it is given up after so long."""

    def listed(run: Run) -> Run:
        BARS.append(Bar(promise=promise, databases=databases, seconds=seconds, run=run, shortfall=shortfall))
        return run

    return listed


async def tried(one: Bar, ground: Ground, *, patience: float) -> Row:
    """The line of a bar: met, missed, or why it could not be tried."""
    begin = monotonic()
    try:
        async with asyncio.timeout(patience * one.seconds):
            found = await one.run(ground)
        figure, verdict = found.figure, "met" if found.is_met else "MISSED"
    except CannotRun as error:
        figure, verdict = str(error), "not run"
    except TimeoutError as error:
        figure, verdict = f"given up: {str(error) or f'not within {patience * one.seconds:g} s'}", "MISSED"
    except Exception as error:  # noqa: BLE001 - a bar that breaks is a bar that is missed
        figure, verdict = f"{type(error).__name__}: {error}", "MISSED"
    if verdict == "MISSED" and one.shortfall:
        figure += f". {one.shortfall}"
    seconds = monotonic() - begin
    line = " ".join(figure.replace("|", "/").split())[:600]
    return Row(bar=one.promise, database=ground.kind or "–", figure=line, verdict=verdict, seconds=seconds)
