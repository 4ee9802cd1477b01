"""Call nodes: heartbeats, and what others do when one falls silent.

A lost node's calls are concluded as `unknown` and never repeated: they may have been heard. Its robots are free
again. A node that finds itself given up for lost stops at once; it would otherwise speak for calls that others
have already concluded.
"""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.calls.public import Facts, live_on_nodes
from yunhu.domains.dispatch import metrics, repository
from yunhu.domains.dispatch.attempts import Attempts
from yunhu.domains.dispatch.gate import snapshot_of
from yunhu.domains.dispatch.rules import judge
from yunhu.domains.dispatch.scribe import conclude
from yunhu.domains.notifications.public import DeliveryPlan, Next, NotificationState, lock, move
from yunhu.domains.numbers.public import clock_columns
from yunhu.foundation.clock import Clock
from yunhu.foundation.db import Database
from yunhu.foundation.verdicts import Outcome
from yunhu.telephony.port import EndedBy, ResultClass, Termination

log = structlog.get_logger()

HEARTBEAT_SECONDS = 1.5
LOST_AFTER_SECONDS = 8
_ORPHAN_AFTER_SECONDS = 10
_EXPIRY_BATCH = 200

# The database's clock judges heartbeats: nodes' own clocks may differ.
_REGISTER = text(
    "INSERT INTO nodes (id, name, state, started_at, heartbeat_at) VALUES (:id, :name, 'running', now(), now())"
)
_BEAT = text(
    """
    UPDATE nodes SET heartbeat_at = clock_timestamp(), state = :state
    WHERE id = :id AND state IN ('running', 'draining') RETURNING id
    """
)
_LEAVE = text("UPDATE nodes SET state = 'stopped' WHERE id = :id AND state IN ('running', 'draining')")
_FIND_LOST = text(
    """
    UPDATE nodes SET state = 'lost' WHERE id IN (
        SELECT id FROM nodes WHERE state IN ('running', 'draining')
          AND heartbeat_at < clock_timestamp() - make_interval(secs => :seconds)
        FOR UPDATE SKIP LOCKED)
    RETURNING id, name
    """
)
# Also the calls of a node that was marked lost by somebody who died before concluding them.
_GONE_WITH_CALLS = text(
    """
    SELECT DISTINCT c.node_id FROM calls AS c JOIN nodes AS n ON n.id = c.node_id
    WHERE c.state <> 'ended' AND n.state IN ('lost', 'stopped')
    """
)
_OWN_ORPHANS = text(
    """
    SELECT id, notification_id FROM calls
    WHERE state <> 'ended' AND node_id = :node_id AND reserved_at < now() - make_interval(secs => :seconds)
      AND id <> ALL(CAST(:carried AS uuid[]))
    """
)
_TO_STOP = text(
    """
    SELECT id, stop_reason FROM notifications
    WHERE state = 'active' AND stop_reason IS NOT NULL AND id = ANY(CAST(:ids AS uuid[]))
    """
)


class NodeLostError(Exception):
    """Others gave this node up for lost and concluded its calls; it must not go on."""


class NodeRegister:
    """This node's place among the others."""

    def __init__(
        self, database: Database, clock: Clock, attempts: Attempts, *, node_id: UUID, name: str
    ) -> None:
        self.node_id = node_id
        self.draining = False
        self._database = database
        self._clock = clock
        self._attempts = attempts
        self._name = name
        self._task: asyncio.Task[None] | None = None

    async def start(self, on_lost: Callable[[], None]) -> None:
        """Register and begin to beat; `on_lost` is called when others gave this node up."""
        async with self._database.transaction() as session:
            await session.execute(_REGISTER, {"id": self.node_id, "name": self._name})
        self._task = asyncio.create_task(self._run(on_lost), name="node-register")

    async def stop(self) -> None:
        """Leave in good order."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        async with self._database.transaction() as session:
            await session.execute(_LEAVE, {"id": self.node_id})

    async def stop_requested(self, notification_id: UUID) -> None:
        """A later event wants the running attempt of a notification to end."""
        if notification_id in self._attempts.notification_ids:
            await self._obey_stops([notification_id])

    async def _run(self, on_lost: Callable[[], None]) -> None:
        while True:
            try:
                await self._beat()
                await self._obey_stops(list(self._attempts.notification_ids))
                await self._rescue()
                await self._expire()
            except NodeLostError:
                log.error("node.given_up_for_lost")
                on_lost()
                return
            except (DBAPIError, InterfaceError, OSError) as error:
                log.warning("node.database_trouble", error=type(error).__name__, detail=str(error)[:200])
            await asyncio.sleep(HEARTBEAT_SECONDS)

    async def _beat(self) -> None:
        state = "draining" if self.draining else "running"
        async with self._database.transaction() as session:
            alive = (await session.execute(_BEAT, {"id": self.node_id, "state": state})).one_or_none()
        if alive is None:
            raise NodeLostError

    async def _obey_stops(self, ids: list[UUID]) -> None:
        if not ids:
            return
        async with self._database.transaction() as session:
            rows = (await session.execute(_TO_STOP, {"ids": ids})).all()
        for row in rows:
            self._attempts.stop_call(row.id, row.stop_reason)

    async def _rescue(self) -> None:
        async with self._database.transaction() as session:
            lost = (await session.execute(_FIND_LOST, {"seconds": LOST_AFTER_SECONDS})).all()
        for node in lost:
            metrics.NODES_LOST.inc()
            log.warning("node.lost", lost_node_id=str(node.id), lost_node=node.name)
        async with self._database.transaction() as session:
            gone = (await session.execute(_GONE_WITH_CALLS)).scalars().all()
            orphans = list(await live_on_nodes(session, gone)) if gone else []
            orphans += await self._own_orphans(session)
        for orphan in orphans:
            async with self._database.transaction() as session:
                facts = Facts(ended_at=self._clock.now(), termination=_NODE_LOST)
                await conclude(session, orphan.id, orphan.notification_id, facts, self._clock.now())

    async def _own_orphans(self, session: AsyncSession) -> list[object]:
        # A commit whose answer was lost leaves a reserved call that nobody carries.
        carried = list(self._attempts.call_ids)
        values = {"node_id": self.node_id, "seconds": _ORPHAN_AFTER_SECONDS, "carried": carried}
        return list((await session.execute(_OWN_ORPHANS, values)).all())

    async def _expire(self) -> None:
        now = self._clock.now()
        async with self._database.transaction() as session:
            for notification_id in await repository.overdue(session, now, _EXPIRY_BATCH):
                row = await lock(session, notification_id)
                target = Next(NotificationState.EXPIRED)
                result = row.result or "expired"
                await move(
                    session, row, target, result=result, now=now, detail=await _in_vain(session, row, now)
                )


async def _in_vain(session: AsyncSession, row: Any, now: datetime) -> dict[str, Any]:
    """Why a notification could not leave in time. Nothing is picked while every robot is leased, so that a want of
    robots shows only here; it is what shortfalls are measured by (row C13)."""
    if row.channel != "voice":
        return {"reason": "deadline"}
    last = row.deadline - timedelta(microseconds=1)
    values = {**clock_columns(now), "id": row.id, "tenant_id": row.tenant_id}
    waiting = await repository.snapshot_of_waiting(session, values)
    plan = msgspec.convert(row.plan, DeliveryPlan)
    verdict = judge(snapshot_of(waiting, plan, "voice", last))
    if verdict.outcome is not Outcome.REFUSED:
        return {"reason": "deadline"}
    return {"reason": verdict.reason, "verdict": msgspec.to_builtins(verdict)}


_NODE_LOST = Termination(result=ResultClass.UNKNOWN, ended_by=EndedBy.NODE, reason="node_lost")
