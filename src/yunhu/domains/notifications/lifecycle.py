"""What an attempt's ending makes of its notification. The decision is pure; the writing is one function."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.notifications.events import FACT_OF, TOLD
from yunhu.domains.notifications.plans import DeliveryPlan
from yunhu.domains.notifications.states import NotificationState, check_transition
from yunhu.telephony.port import ResultClass

_STOPPED = {
    "superseded": NotificationState.SUPERSEDED,
    "cancelled": NotificationState.CANCELLED,
    "refused": NotificationState.REFUSED,
}
_SETTLED = {
    ResultClass.ANSWERED: NotificationState.DELIVERED,
    ResultClass.UNKNOWN: NotificationState.UNKNOWN,
}


class Attempted(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a notification whose attempt just ended."""

    attempts: int
    deadline: datetime
    stop_reason: str | None
    plan: DeliveryPlan


class Next(msgspec.Struct, frozen=True):
    """Where the notification goes."""

    state: NotificationState
    due_at: datetime | None = None
    """Set when it goes back to pending."""


def after_attempt(ended: Attempted, result: ResultClass, now: datetime) -> Next:
    """Decide what follows an attempt (law 3: a retry is a new attempt that dispatch decides)."""
    if result in _SETTLED:
        return Next(_SETTLED[result])
    if ended.stop_reason is not None:
        return Next(_STOPPED[ended.stop_reason])
    if result is ResultClass.CANCELLED:
        # A draining node gave up before the answer: another node may take it at once.
        due_at = now
    else:
        rule = ended.plan.retries.get(result)
        if rule is None or ended.attempts > rule.at_most:
            return Next(NotificationState.FAILED)
        due_at = now + timedelta(seconds=rule.after_seconds)
    if due_at >= ended.deadline:
        return Next(NotificationState.EXPIRED)
    return Next(NotificationState.PENDING, due_at)


_LOCK = text(
    """
    SELECT id, tenant_id, journey_id, client_reference, channel, purpose, state, result, attempts, revision,
           parameters, deadline, stop_reason, plan, callee_index
    FROM notifications WHERE id = :id FOR UPDATE
    """
)

# Timeline line and event are written by the same statement: a state without them cannot exist.
_MOVE = text(
    f"""
    WITH moved AS (
        UPDATE notifications
        SET state = CAST(:state AS text), result = :result, revision = revision + 1,
            due_at = coalesce(CAST(:due_at AS timestamptz), due_at),
            finished_at = CASE WHEN CAST(:state AS text) IN ('pending', 'active') THEN NULL
                               ELSE CAST(:now AS timestamptz) END
        WHERE id = :id
        RETURNING id, tenant_id, journey_id, client_reference, channel, purpose, state, result, attempts,
                  revision, parameters
    ), noted AS (
        INSERT INTO timeline_entries (notification_id, tenant_id, at, kind, detail)
        SELECT id, tenant_id, CAST(:now AS timestamptz), :kind, CAST(:detail AS jsonb) FROM moved
    ), published AS ({FACT_OF.format(rows="moved")})
    SELECT {TOLD} FROM moved
    """  # noqa: S608 constant text
)

_NOTE = text(
    """
    INSERT INTO timeline_entries (notification_id, tenant_id, at, kind, detail)
    VALUES (:id, :tenant_id, :now, :kind, CAST(:detail AS jsonb))
    """
)


async def lock(session: AsyncSession, notification_id: UUID) -> Any:
    """The notification's row, held until the transaction ends."""
    return (await session.execute(_LOCK, {"id": notification_id})).one()


async def move(
    session: AsyncSession, row: Any, target: Next, *, result: str, now: datetime, detail: dict[str, Any]
) -> None:
    """Take the step: state, timeline and event in one go. `row` comes from `lock`."""
    check_transition(NotificationState(row.state), target.state)
    retrying = target.state is NotificationState.PENDING
    kind = "retrying" if retrying else target.state.value
    more = {"retry_at": target.due_at} if retrying else {}
    values = {
        "id": row.id,
        "state": target.state.value,
        "result": result,
        "due_at": target.due_at,
        "now": now,
        "kind": kind,
        "detail": msgspec.json.encode(detail).decode(),
        "fact_type": f"notification.{kind}",
        "fact_detail": msgspec.json.encode({**detail, **more}).decode(),
    }
    (await session.execute(_MOVE, values)).one()


async def note(session: AsyncSession, row: Any, *, kind: str, now: datetime, detail: dict[str, Any]) -> None:
    """Add a line to the timeline without moving the notification."""
    await session.execute(
        _NOTE,
        {
            "id": row.id,
            "tenant_id": row.tenant_id,
            "now": now,
            "kind": kind,
            "detail": msgspec.json.encode(detail).decode(),
        },
    )


_ANNOUNCE = text(
    f"""
    WITH raised AS (
        UPDATE notifications SET revision = revision + 1 WHERE id = :id
        RETURNING id, tenant_id, journey_id, client_reference, channel, purpose, state, result, attempts, revision,
                  parameters
    ), noted AS (
        INSERT INTO timeline_entries (notification_id, tenant_id, at, kind, detail)
        SELECT id, tenant_id, CAST(:now AS timestamptz), :kind, CAST(:fact_detail AS jsonb) FROM raised
    ), published AS ({FACT_OF.format(rows="raised")})
    SELECT {TOLD} FROM raised
    """  # noqa: S608 constant text
)


async def announce(
    session: AsyncSession, notification_id: UUID, type_: str, *, now: datetime, detail: dict[str, Any]
) -> None:
    """Publish something about a notification that does not move it, and note it on the timeline.

    Locks the notification until the transaction ends.
    """
    values = {
        "id": notification_id,
        "now": now,
        "kind": type_.partition(".")[2],
        "fact_type": type_,
        "fact_detail": msgspec.json.encode(detail).decode(),
    }
    (await session.execute(_ANNOUNCE, values)).one()
