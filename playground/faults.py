"""What can go wrong on demand: answers refused, delayed, held or lost, and a clock that can be moved."""

import asyncio
import fnmatch
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal


class Clock:
    """The world's time: the real time plus whatever has been added by `advance`."""

    def __init__(self) -> None:
        self.elapsed = 0.0
        self.on_advance: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.elapsed)

    def advance(self, seconds: float) -> None:
        """Jump forward; tokens, deadlines and the nonce window age at once."""
        self.elapsed += seconds
        self.on_advance()


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Answer with this status; with `processed`, only after the request has had its effect."""

    status: int
    code: int = 0
    message: str = "An injected fault"
    processed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimited:
    """Answer 429. Without `via` the client must take it for a ban by Cloudflare."""

    retry_after: float = 0.2
    scope: Literal["user", "shared", "global"] = "user"
    via: bool = True
    processed: Literal[False] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """Wait before processing the request, or, with `processed`, before answering it."""

    seconds: float
    processed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """Cut the connection before the request has its effect or, with `processed`, after it."""

    processed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Keep the request waiting until `released` is set; with `processed`, only its answer."""

    processed: bool = False
    released: asyncio.Event = field(default_factory=asyncio.Event)


Fault = Status | RateLimited | Delay | Drop | Hold


@dataclass(slots=True, kw_only=True)
class Rule:
    """A fault and the requests that it strikes; `hits` counts those it has struck."""

    fault: Fault
    method: str
    path: str
    times: int | None
    after: int
    hits: int = 0

    def strikes(self, method: str, path: str) -> bool:
        if self.times == self.hits:
            return False
        if self.method not in ("*", method) or not fnmatch.fnmatchcase(path, self.path):
            return False
        if self.after > 0:
            self.after -= 1
            return False
        self.hits += 1
        return True


class Faults:
    """The rules in force; the first that matches a request strikes it."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def add(
        self, fault: Fault, *, method: str = "*", path: str = "*", times: int | None = 1, after: int = 0
    ) -> Rule:
        """Strike `times` requests (None: all) whose path matches the glob, sparing the first `after`.

        Paths are written without `/api/v10`; those of the CDN begin with `/cdn/`.
        """
        rule = Rule(fault=fault, method=method, path=path, times=times, after=after)
        self._rules.append(rule)
        return rule

    def clear(self) -> None:
        self._rules.clear()

    def strike(self, method: str, path: str) -> Fault | None:
        return next((rule.fault for rule in self._rules if rule.strikes(method, path)), None)
