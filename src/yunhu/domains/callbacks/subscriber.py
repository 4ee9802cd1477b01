"""Reads the outbox and makes deliveries of what endpoints want to know."""

import asyncio
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.callbacks import repository
from yunhu.domains.callbacks.catalogue import BY_NAME, OFFERED
from yunhu.foundation.clock import Clock
from yunhu.foundation.db import Database
from yunhu.foundation.outbox import ReceivedEvent, read_batch
from yunhu.foundation.woken import WokenLoop

SUBSCRIBER = "callbacks"

_POLL_SECONDS = 1.0
_GATHER_SECONDS = 0.05
"""At least this long between two looks: what is published meanwhile is read together."""
# A fact is readable only when every older transaction has ended; nobody notifies of that.
_SETTLE_SECONDS = 0.05


class CallbackSubscriber:
    """Wake it on NOTIFY `yunhu_outbox` (`foundation.outbox.CHANNEL`). Any number may run; one reads at a time."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._loop = WokenLoop("callbacks.subscriber", self._look)
        self._settling = False

    def start(self) -> None:
        """Begin to read."""
        self._loop.start()

    async def stop(self) -> None:
        """Stop; what was not committed is read again by whoever comes next."""
        await self._loop.stop()

    def wake(self, _payload: str = "") -> None:
        """Something was published."""
        self._settling = True
        self._loop.wake()

    async def read(self) -> int:
        """Read one batch, in a transaction of its own. Returns how many facts it held."""
        async with self._database.transaction() as session:
            return await read_batch(session, SUBSCRIBER, self._deliver)

    async def _look(self) -> float:
        if await self.read():
            await asyncio.sleep(_GATHER_SECONDS)
            return 0.0
        settling, self._settling = self._settling, False
        return _SETTLE_SECONDS if settling else _POLL_SECONDS

    async def _deliver(self, session: AsyncSession, events: Sequence[ReceivedEvent]) -> None:
        ids = [event.id for event in events]
        await repository.fan_out(session, ids, OFFERED, BY_NAME, self._clock.now())
