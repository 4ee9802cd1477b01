"""Timers that can be injected: the event loop's in production, a hand-moved one in tests."""

import asyncio
from collections.abc import Callable
from typing import Protocol

import msgspec


class Timer(Protocol):
    """A running timer."""

    def cancel(self) -> None:
        """Stop it; harmless when it has fired."""


class Timers(Protocol):
    """Where every layer gets its timers from."""

    def now(self) -> float:
        """Monotonic seconds."""

    def later(self, delay: float, callback: Callable[[], None]) -> Timer:
        """Call back once after `delay` seconds."""


class LoopTimers:
    """Timers of the running event loop."""

    __slots__ = ("_loop",)

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def now(self) -> float:
        """The loop's monotonic seconds."""
        return self._loop.time()

    def later(self, delay: float, callback: Callable[[], None]) -> Timer:
        """`call_later` of the loop."""
        return self._loop.call_later(delay, callback)


class Timing(msgspec.Struct, frozen=True):
    """Base intervals in seconds (RFC 3261 §17.1.1.1, table 4)."""

    t1: float = 0.5
    """Round-trip estimate."""
    t2: float = 4.0
    """Longest interval between retransmissions of anything but an INVITE."""
    t4: float = 5.0
    """Longest time that a message stays in the network."""

    @property
    def patience(self) -> float:
        """64 T1: timers B, D, F, H, J, L and M."""
        return 64 * self.t1
