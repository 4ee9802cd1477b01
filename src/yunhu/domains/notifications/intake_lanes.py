"""Group commit: single events that arrive while a transaction runs share the next one.

A transaction costs about a dozen statements whatever it holds; measured with 16 clients, one transaction an event
gave 168 events a second. Nobody waits for company: an event that finds its lane idle goes at once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from yunhu.domains.notifications.intake import Outcome
from yunhu.domains.notifications.intake_events import Incoming

_MOST_TOGETHER = 200
_MOST_RUNS = 2
"""Transactions of one tenant at a time: while one waits for the disk, the other works."""

Commit = Callable[[UUID, Sequence[Incoming]], Awaitable[list[Outcome]]]
_Waiting = tuple[Incoming, asyncio.Future[Outcome]]


class Lanes:
    """One lane a tenant, each with at most two transactions at a time."""

    def __init__(self, commit: Commit) -> None:
        self._commit = commit
        self._waiting: dict[UUID, list[_Waiting]] = {}
        self._running: dict[UUID, int] = {}
        self._runs: set[asyncio.Task[None]] = set()

    async def submit(self, tenant_id: UUID, event: Incoming) -> Outcome:
        """The outcome of one event, after the transaction that holds it was committed."""
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(tenant_id, []).append((event, future))
        running = self._running.get(tenant_id, 0)
        if running < _MOST_RUNS:
            self._running[tenant_id] = running + 1
            run = asyncio.create_task(self._run(tenant_id), name="intake-lane")
            self._runs.add(run)
            run.add_done_callback(self._runs.discard)
        return await future

    async def _run(self, tenant_id: UUID) -> None:
        while lane := self._waiting.pop(tenant_id, []):
            if len(lane) > _MOST_TOGETHER:
                self._waiting[tenant_id] = lane[_MOST_TOGETHER:]
            await self._settle(tenant_id, lane[:_MOST_TOGETHER])
        self._running[tenant_id] -= 1
        if not self._running[tenant_id]:
            del self._running[tenant_id]

    async def _settle(self, tenant_id: UUID, together: Sequence[_Waiting]) -> None:
        try:
            outcomes = await self._commit(tenant_id, [event for event, _ in together])
        except Exception as error:
            if len(together) > 1:
                # One of them may have spoilt it for all: each gets a transaction of its own.
                for alone in together:
                    await self._settle(tenant_id, [alone])
            elif not together[0][1].done():
                together[0][1].set_exception(error)
            return
        for (_, future), outcome in zip(together, outcomes, strict=True):
            if not future.done():
                future.set_result(outcome)
