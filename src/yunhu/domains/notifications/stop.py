"""Stop notifications: what waits ends at once; a running attempt is told to end."""

from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.notifications.events import STOP_CHANNEL
from yunhu.domains.notifications.repository_record import Record
from yunhu.domains.notifications.states import NotificationState, Purpose
from yunhu.foundation.db import BareStatement


class StopReason(StrEnum):
    """Why; also the final state of a notification that was pending."""

    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    REFUSED = "refused"


class Stopped(msgspec.Struct, frozen=True):
    """What stopping did."""

    ended: list[UUID]
    """Were pending and are final now."""
    ending: list[UUID]
    """Had an attempt in the air, which was told to end."""
    by_journey: dict[UUID, list[UUID]]
    """The same ids by the visit that they belong to."""


# Rows are locked in the order of their ids, so that two transactions never wait for each other in a ring.
# The first reason given to a running attempt stands. One statement for each way of naming them: a condition with
# OR would read the whole table once it has grown.
def _stop_where(condition: str) -> str:
    return f"""
    WITH open AS (
        SELECT id FROM notifications
        WHERE {condition} AND state IN ('pending', 'active')
        ORDER BY id FOR UPDATE
    )
    UPDATE notifications AS n
    SET state = CASE n.state WHEN 'pending' THEN CAST(:reason AS text) ELSE n.state END,
        result = CASE n.state WHEN 'pending' THEN CAST(:reason AS text) ELSE n.result END,
        finished_at = CASE n.state WHEN 'pending' THEN CAST(:now AS timestamptz) END,
        stop_reason = CASE n.state WHEN 'active' THEN CAST(:reason AS text) ELSE n.stop_reason END,
        revision = n.revision + CASE n.state WHEN 'pending' THEN 1 ELSE 0 END
    FROM open
    WHERE n.id = open.id AND n.state IN ('pending', 'active')
      AND (n.state = 'pending' OR n.stop_reason IS NULL)
    RETURNING n.id, n.tenant_id, n.journey_id, n.client_reference, n.channel, n.purpose, n.state, n.result,
              n.attempts, n.revision, n.parameters
    """  # noqa: S608 constant text


_STOP_BY_ID = text(_stop_where("id = ANY(CAST(:ids AS uuid[])) AND tenant_id = :tenant_id"))
# The visits are the tenant's already; its id here would let the planner take an index of everything the tenant has.
_STOP_BY_JOURNEY = BareStatement(_stop_where("journey_id = ANY(CAST(:ids AS uuid[]))"))

_OPEN_OF_CALLEE = text(
    """
    SELECT id FROM notifications
    WHERE callee_index = :callee_index AND tenant_id = :tenant_id AND state IN ('pending', 'active')
      AND (CAST(:purposes AS text[]) IS NULL OR purpose = ANY(CAST(:purposes AS text[])))
    """
)

_TENANTS_OF_CALLEE = text(
    """
    SELECT DISTINCT tenant_id FROM notifications
    WHERE callee_index = :callee_index AND state IN ('pending', 'active') ORDER BY tenant_id
    """
)


async def stop_notifications(
    session: AsyncSession, tenant_id: UUID, reason: StopReason, record: Record, *, ids: Collection[UUID] = ()
) -> Stopped:
    """Stop those of a tenant's notifications that are open, and put what happened on the record."""
    if not ids:
        return Stopped([], [], {})
    values = {"tenant_id": tenant_id, "reason": reason.value, "now": record.now, "ids": list(ids)}
    return _put_on_record((await session.execute(_STOP_BY_ID, values)).all(), reason, record)


async def stop_superseded(
    connection: asyncpg.Connection, journeys: Collection[UUID], record: Record
) -> Stopped:
    """Stop what is open of these visits, which the transaction holds locked."""
    reason = StopReason.SUPERSEDED
    values = {"reason": reason.value, "now": record.now, "ids": list(journeys)}
    return _put_on_record(await _STOP_BY_JOURNEY.all(connection, values), reason, record)


def _put_on_record(rows: Iterable[Any], reason: StopReason, record: Record) -> Stopped:
    stopped = Stopped([], [], {})
    for row in rows:
        if row.journey_id is not None:
            stopped.by_journey.setdefault(row.journey_id, []).append(row.id)
        if row.state == NotificationState.ACTIVE:
            stopped.ending.append(row.id)
            record.line(row.id, row.tenant_id, "stop_requested", {"reason": reason.value})
            record.wake(STOP_CHANNEL, str(row.id))
        else:
            stopped.ended.append(row.id)
            record.line(row.id, row.tenant_id, reason.value, {})
            record.event(f"notification.{reason.value}", row)
    return stopped


async def stop_for_callee(
    session: AsyncSession,
    tenant_id: UUID,
    callee_index: bytes,
    reason: StopReason,
    record: Record,
    *,
    purposes: Collection[Purpose] | None = None,
) -> Stopped:
    """Stop what is open for one person: everything, or what has one of these purposes."""
    values = {
        "tenant_id": tenant_id,
        "callee_index": callee_index,
        "purposes": None if purposes is None else [purpose.value for purpose in purposes],
    }
    found = await session.scalars(_OPEN_OF_CALLEE, values)
    return await stop_notifications(session, tenant_id, reason, record, ids=found.all())


async def stop_everywhere_for_callee(
    session: AsyncSession, callee_index: bytes, reason: StopReason, record: Record
) -> None:
    """Stop everything that is open for one person at any tenant."""
    for tenant_id in (await session.scalars(_TENANTS_OF_CALLEE, {"callee_index": callee_index})).all():
        await stop_for_callee(session, tenant_id, callee_index, reason, record)
