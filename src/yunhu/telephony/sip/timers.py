"""Timers that can be injected: the event loop's in production, a hand-moved one in tests."""

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

import msgspec

_SHARED_FROM: Final = 3.0
"""Seconds from which a timer may be late."""
_SHARED_SECONDS: Final = 0.25


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
    """Timers of the running event loop.

    A call starts six of several seconds and stops most of them before their time. Those share handles of the loop, one
    for each quarter of a second, and are late by that much at most: a handle of its own costs the loop ten times as much.
    """

    __slots__ = ("_loop", "_slots")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._slots: dict[int, list[_Shared]] = {}

    def now(self) -> float:
        """The loop's monotonic seconds."""
        return self._loop.time()

    def later(self, delay: float, callback: Callable[[], None]) -> Timer:
        """Call back once; up to 0.25 s late where `delay` is 3 s or more."""
        if delay < _SHARED_FROM:
            return self._loop.call_later(delay, callback)
        slot = int((self._loop.time() + delay) / _SHARED_SECONDS) + 1
        waiting = self._slots.get(slot)
        if waiting is None:
            waiting = self._slots[slot] = []
            self._loop.call_at(slot * _SHARED_SECONDS, self._fire, slot)
        timer = _Shared(callback)
        waiting.append(timer)
        return timer

    def _fire(self, slot: int) -> None:
        for timer in self._slots.pop(slot):
            if timer.callback is not None:
                # By the loop, so that one that fails does not keep the others from their turn.
                self._loop.call_soon(timer.fire)


class _Shared:
    """A timer without a handle of its own."""

    __slots__ = ("callback",)

    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        """Forget what was to be called."""
        self.callback = None

    def fire(self) -> None:
        """Call back, unless it was stopped meanwhile; once."""
        callback, self.callback = self.callback, None
        if callback is not None:
            callback()


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
