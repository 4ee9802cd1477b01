"""The events of one call, from the callbacks that make them to the one reader that takes them."""

import asyncio
from collections import deque

from yunhu.telephony.port.events import CallEvent, Ended

MAX_WAITING = 256
"""Most events kept for a reader who does not read; later ones are dropped, `Ended` never."""


class EventQueue:
    """Bounded, for one reader, ends after `Ended`."""

    __slots__ = ("_finished", "_items", "_waiter", "dropped")

    def __init__(self) -> None:
        self._items: deque[CallEvent] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._finished = False
        self.dropped = 0

    def put(self, event: CallEvent) -> None:
        """Add an event; nothing is added after `Ended`."""
        if self._finished:
            return
        if isinstance(event, Ended):
            self._finished = True
        elif len(self._items) >= MAX_WAITING:
            self.dropped += 1
            return
        self._items.append(event)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def __aiter__(self) -> "EventQueue":
        return self

    async def __anext__(self) -> CallEvent:
        """The next event in order."""
        while not self._items:
            if self._finished:
                raise StopAsyncIteration
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        return self._items.popleft()
