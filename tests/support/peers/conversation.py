"""Leads a call from the test: what to do at which event, and what came of it."""

import asyncio
from collections.abc import Callable

from yunhu.telephony.port import Call, CallEvent, Ended

Reaction = Callable[[Call, CallEvent], None]


class Conversation:
    """Reads every event of a call in the background; the only reader."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.events: list[CallEvent] = []
        self._changed = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._read())

    async def _read(self) -> None:
        async for event in self.call.events():
            self.events.append(event)
            self._changed.set()

    async def until(self, kind: type[CallEvent], count: int = 1, limit: float = 15.0) -> None:
        """Wait until `count` events of a kind came; TimeoutError shows what came instead."""

        def came() -> bool:
            return sum(isinstance(event, kind) for event in self.events) >= count

        try:
            async with asyncio.timeout(limit):
                while not came():
                    if self._task.done():
                        break
                    self._changed.clear()
                    waiter = asyncio.ensure_future(self._changed.wait())
                    await asyncio.wait({waiter, self._task}, return_when=asyncio.FIRST_COMPLETED)
                    waiter.cancel()
        except TimeoutError:
            raise TimeoutError(f"no {count} {kind.__name__} within {limit:g} s but {self.events}") from None
        assert came(), f"the call ended without {count} {kind.__name__}: {self.events}"

    async def to_the_end(self, limit: float = 20.0) -> list[CallEvent]:
        """Every event, once the stream is over; so nothing can follow `Ended`."""
        async with asyncio.timeout(limit):
            await self._task
        assert isinstance(self.events[-1], Ended), self.events
        return self.events

    @property
    def kinds(self) -> list[str]:
        """Names of the events so far."""
        return [type(event).__name__ for event in self.events]
