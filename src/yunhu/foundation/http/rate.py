"""Rate limits: a token bucket a caller, in the memory of one process."""

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable

import msgspec

_NAMES = (b"ratelimit-limit", b"ratelimit-remaining", b"ratelimit-reset")
_OLDER_NAMES = tuple(b"x-" + name for name in _NAMES)


class Allowance(msgspec.Struct, frozen=True):
    """What a bucket says to one request."""

    allowed: bool
    limit: int
    """Requests a minute."""
    remaining: int
    reset_seconds: int
    """Until the bucket is full again."""
    retry_after: int
    """Whole seconds until the next request can pass; 0 when this one did."""

    def headers(self) -> list[tuple[bytes, bytes]]:
        """`RateLimit-*`, and the same under the older `X-RateLimit-*` names, as they go over the wire."""
        values = (b"%d" % self.limit, b"%d" % self.remaining, b"%d" % self.reset_seconds)
        return [*zip(_NAMES, values, strict=True), *zip(_OLDER_NAMES, values, strict=True)]


class TokenBuckets:
    """Buckets that hold a minute's worth of requests and refill evenly.

    Counted per process and not in the database: an intake request must not cost a second commit. The limit of a
    key is divided by the number of HTTP processes, so that all of them together never let more through.
    """

    def __init__(
        self, monotonic: Callable[[], float], *, processes: int = 1, most_buckets: int = 10_000
    ) -> None:
        self._monotonic = monotonic
        self._processes = processes
        self._most_buckets = most_buckets
        self._buckets: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()

    def take(self, key: Hashable, per_minute: int) -> Allowance:
        """Take one token from the bucket of `key`."""
        limit = max(1, per_minute // self._processes)
        now = self._monotonic()
        tokens, at = self._buckets.pop(key, (float(limit), now))
        tokens = min(float(limit), tokens + (now - at) * limit / 60)
        allowed = tokens >= 1
        if allowed:
            tokens -= 1
        self._buckets[key] = (tokens, now)
        if len(self._buckets) > self._most_buckets:
            self._buckets.popitem(last=False)
        return Allowance(
            allowed=allowed,
            limit=limit,
            remaining=int(tokens),
            reset_seconds=math.ceil((limit - tokens) * 60 / limit),
            retry_after=0 if allowed else max(1, math.ceil((1 - tokens) * 60 / limit)),
        )
