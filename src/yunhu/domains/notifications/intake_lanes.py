"""Group commit: single events that arrive while a transaction works share the next one.

A transaction costs about as much as ten events in it. Nobody waits for company: an event that finds its lane idle goes
at once. A lane works on one transaction at a time; while that one waits for the disk, the next begins.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from yunhu.domains.notifications.intake import Outcome
from yunhu.domains.notifications.intake_events import Incoming

_MOST_TOGETHER = 200
_MOST_RUNS = 3
"""Transactions of one tenant at a time, all but one of them waiting for the disk."""

Written = Callable[[], None]
"""Told by a transaction that has only its commit before it."""
Commit = Callable[[UUID, Sequence[Incoming], Written], Awaitable[list[Outcome]]]
_Waiting = tuple[Incoming, asyncio.Future[Outcome]]


class _Lane:
    """What one tenant has under way."""

    __slots__ = ("is_working", "runs", "tenant_id", "waiting")

    def __init__(self, tenant_id: UUID) -> None:
        self.tenant_id = tenant_id
        self.waiting: list[_Waiting] = []
        self.is_working = False
        self.runs = 0


class Lanes:
    """One lane a tenant."""

    def __init__(self, commit: Commit) -> None:
        self._commit = commit
        self._lanes: dict[UUID, _Lane] = {}
        self._runs: set[asyncio.Task[None]] = set()

    async def submit(self, tenant_id: UUID, event: Incoming) -> Outcome:
        """The outcome of one event, after the transaction that holds it was committed."""
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        lane = self._lanes.get(tenant_id)
        if lane is None:
            lane = self._lanes[tenant_id] = _Lane(tenant_id)
        lane.waiting.append((event, future))
        self._go(lane)
        return await future

    def _go(self, lane: _Lane) -> None:
        if not lane.waiting:
            if not lane.runs:
                self._lanes.pop(lane.tenant_id, None)
        elif not lane.is_working and lane.runs < _MOST_RUNS:
            lane.is_working = True
            lane.runs += 1
            run = asyncio.create_task(self._run(lane), name="intake-lane")
            self._runs.add(run)
            run.add_done_callback(self._runs.discard)

    async def _run(self, lane: _Lane) -> None:
        together, lane.waiting = lane.waiting[:_MOST_TOGETHER], lane.waiting[_MOST_TOGETHER:]
        works = True

        def written() -> None:
            nonlocal works
            if works:
                works = lane.is_working = False
                self._go(lane)

        try:
            await self._settle(lane.tenant_id, together, written)
        finally:
            lane.runs -= 1
            written()
            self._go(lane)

    async def _settle(self, tenant_id: UUID, together: Sequence[_Waiting], written: Written) -> None:
        try:
            outcomes = await self._commit(tenant_id, [event for event, _ in together], written)
        except Exception as error:
            if len(together) > 1:
                # One of them may have spoilt it for all: each gets a transaction of its own.
                for alone in together:
                    await self._settle(tenant_id, [alone], written)
            elif not together[0][1].done():
                together[0][1].set_exception(error)
            return
        for (_, future), outcome in zip(together, outcomes, strict=True):
            if not future.done():
                future.set_result(outcome)
