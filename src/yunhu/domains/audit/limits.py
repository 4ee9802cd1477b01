"""How often somebody may look at whole phone numbers."""

import time

from yunhu.foundation.actor import Actor
from yunhu.foundation.http import RateLimitedError, Services
from yunhu.foundation.http.rate import TokenBuckets

PER_MINUTE = 20
"""Reveals of one person or program: enough to work, too few to copy a register."""


class RevealLimits:
    """The buckets of one way to whole numbers in this process."""

    def __init__(self, services: Services) -> None:
        self._buckets = TokenBuckets(time.monotonic, processes=services.settings.http_workers)

    def take(self, actor: Actor) -> None:
        """Raises `RateLimitedError`."""
        allowance = self._buckets.take((actor.kind, actor.id, actor.name), PER_MINUTE)
        if not allowance.allowed:
            raise RateLimitedError(retry_after=allowance.retry_after)
