"""When the clock ticks: an absolute schedule, so that lateness never adds up."""

from typing import Final

PERIOD_NS: Final = 20_000_000
"""One packet (ptime 20)."""
_SHORTEST_GAP_NS: Final = 16_000_000
"""While catching up; still within 5 ms of the period, so that a stall does not turn into a burst."""
_LONGEST_CATCH_UP: Final = 10
"""Ticks. Whoever is later than that skips: the time stamps jump and the audio goes on where it stood."""
_MOST_SKIPPED: Final = 500
"""Ticks (10 s) that a skip is told as at most: a process that was stopped for an hour records no hour of silence."""


class Pacer:
    """Pure arithmetic over monotonic nanoseconds; the caller sleeps."""

    __slots__ = ("_due", "_last")

    def __init__(self, now: int) -> None:
        self._due = now
        self._last = now - PERIOD_NS

    @property
    def next_tick(self) -> int:
        """The moment of the next tick."""
        return max(self._due, self._last + _SHORTEST_GAP_NS)

    def begin(self, now: int) -> int:
        """A tick starts at `now`; returns how many whole ticks had to be given up before it, 500 at most."""
        skipped = (now - self._due) // PERIOD_NS
        if skipped <= _LONGEST_CATCH_UP:
            skipped = 0
        self._due += (skipped + 1) * PERIOD_NS
        self._last = now
        return min(skipped, _MOST_SKIPPED)
