"""The loop of both dispatchers: tenants that were named, and every second those with something due."""

from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID

from yunhu.domains.dispatch import repository
from yunhu.foundation.clock import Clock
from yunhu.foundation.db import Database
from yunhu.foundation.woken import WokenLoop

_POLL_SECONDS: Final = 1.0


class DueTenants:
    """Calls `work` for one tenant after another. A database that is away is waited for, and all is looked for then."""

    def __init__(
        self, channel: str, database: Database, clock: Clock, work: Callable[[UUID], Awaitable[None]]
    ) -> None:
        self._channel = channel
        self._database = database
        self._clock = clock
        self._work = work
        self._named: set[UUID] = set()
        self._loop = WokenLoop(f"dispatch.{channel}", self._look)

    def start(self) -> None:
        """Look now, and from then on."""
        self._loop.start()

    async def stop(self) -> None:
        """Begin with no other tenant."""
        await self._loop.stop()

    def wake(self, tenant_id: UUID | None = None) -> None:
        """Something may be due for a tenant, or for anybody."""
        if tenant_id is not None:
            self._named.add(tenant_id)
        self._loop.wake()

    async def _look(self) -> float:
        due, self._named = self._named, set()
        if not due:
            async with self._database.transaction() as session:
                due = set(await repository.due_tenants(session, self._channel, self._clock.now()))
        for tenant_id in due:
            await self._work(tenant_id)
        return _POLL_SECONDS
