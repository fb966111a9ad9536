"""Rate limits: one bucket per route and major parameter, and fifty requests a second in all."""

import hashlib
import math
import re
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """So many requests in so many seconds, for one method and path; the groups are the bucket."""

    method: str
    path: re.Pattern[str]
    requests: int
    seconds: float


def _limit(method: str, path: str, requests: int, seconds: float) -> Limit:
    return Limit(method=method, path=re.compile(path), requests=requests, seconds=seconds)


# Discord does not publish these: they are what clients have seen, and clients must read them from headers.
LIMITS = (
    _limit("POST", r"/channels/(\d+)/messages", 5, 5.0),
    _limit("PATCH", r"/channels/(\d+)/messages/\d+", 5, 5.0),
    _limit("DELETE", r"/channels/(\d+)/messages/\d+", 5, 1.0),
    _limit("GET", r"/channels/(\d+)/messages(?:/\d+)?", 5, 1.0),
    _limit("*", r"/channels/(\d+)/messages/\d+/reactions(?:/.+)?", 1, 0.25),
    _limit("*", r"/webhooks/(\d+/[^/]+)(?:/messages/.+)?", 5, 2.0),
)
OLD_EDITS = _limit("PATCH", r"/channels/(\d+)/messages/\d+", 3, 20.0)  # of messages older than an hour
GLOBAL = _limit("*", r"/(?!interactions/|webhooks/).*", 50, 1.0)


@dataclass(slots=True)
class Window:
    """What is left of a limit until `ends_at` (monotonic seconds)."""

    remaining: int
    ends_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a request may pass, and the headers that tell the client where it stands."""

    headers: dict[str, str]
    retry_after: float | None = None
    is_global: bool = False
    code: int = 0


class RateLimits:
    """Counts requests; `enabled` may be cleared where a test has no use for waiting."""

    def __init__(self) -> None:
        self.enabled = True
        self._windows: dict[str, Window] = {}

    def count(self, method: str, path: str, *, edits_old: bool = False) -> Verdict:
        """Count a request against its bucket and the global limit."""
        if not self.enabled:
            return Verdict(headers={})
        if edits_old and (match := OLD_EDITS.path.fullmatch(path)):
            window = self._take(f"old:{match[1]}", OLD_EDITS)
            if window.remaining < 0:
                return Verdict(headers={}, retry_after=_left(window), code=30046)
        if GLOBAL.path.fullmatch(path):
            window = self._take("global", GLOBAL)
            if window.remaining < 0:
                return Verdict(headers={}, retry_after=_left(window), is_global=True)
        limit, match = _find(method, path)
        if limit is None or match is None:
            return Verdict(headers={})
        bucket = hashlib.sha256(f"{limit.method} {limit.path.pattern}".encode()).hexdigest()[:32]
        window = self._take(f"{bucket}:{match.groups()}", limit)
        headers = _headers(bucket, limit, window)
        return Verdict(headers=headers, retry_after=_left(window) if window.remaining < 0 else None)

    def _take(self, key: str, limit: Limit) -> Window:
        now = time.monotonic()
        window = self._windows.get(key)
        if window is None or window.ends_at <= now:
            if len(self._windows) > 1000:
                self._windows = {key: old for key, old in self._windows.items() if old.ends_at > now}
            window = self._windows[key] = Window(remaining=limit.requests, ends_at=now + limit.seconds)
        window.remaining -= 1
        return window


def _find(method: str, path: str) -> tuple[Limit | None, re.Match[str] | None]:
    for limit in LIMITS:
        if limit.method in ("*", method) and (match := limit.path.fullmatch(path)):
            return limit, match
    return None, None


def _left(window: Window) -> float:
    # Rounded up: a client that comes back exactly then must find the bucket refilled.
    return math.ceil((window.ends_at - time.monotonic()) * 1000) / 1000


def _headers(bucket: str, limit: Limit, window: Window) -> dict[str, str]:
    left = max(0.0, _left(window))
    return {
        "X-RateLimit-Bucket": bucket,
        "X-RateLimit-Limit": str(limit.requests),
        "X-RateLimit-Remaining": str(max(0, window.remaining)),
        "X-RateLimit-Reset": f"{time.time() + left:.3f}",
        "X-RateLimit-Reset-After": f"{left:.3f}",
    }
