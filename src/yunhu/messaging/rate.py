"""A token bucket that hands out moments rather than sleeping itself."""

from collections.abc import Callable


class TokenBucket:
    """`rate` tokens a second, `burst` at most in store. `monotonic` gives seconds."""

    def __init__(self, rate: float, burst: float, monotonic: Callable[[], float]) -> None:
        self._rate = rate
        self._burst = burst
        self._monotonic = monotonic
        self._tokens = burst
        self._at = monotonic()

    def take(self) -> float:
        """Take one token and say how many seconds to wait before using it; takers are served in order."""
        now = self._monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate) - 1
        self._at = now
        return max(0.0, -self._tokens / self._rate)

    def pause(self, seconds: float) -> None:
        """Let nobody pass for this long: the store is emptied and owes that time."""
        now = self._monotonic()
        available = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._tokens = min(available, -seconds * self._rate)
        self._at = now
