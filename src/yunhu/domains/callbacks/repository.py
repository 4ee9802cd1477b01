"""Every query of the sending side, named and commented."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.callbacks.client import Answer
from yunhu.domains.callbacks.rules import GIVE_UP_AFTER, LEASE, WAIT_AT_MOST, After, Verdict

CHANNEL = "yunhu_callbacks"
"""NOTIFY channel: something may be due to be sent."""

# Paused endpoints get their deliveries, too: they wait. Identity values follow ORDER BY, so deliveries of one
# subject are numbered as their facts were. NOTIFY goes out only when there is something.
_FAN_OUT = text(
    """
    WITH made AS (
        INSERT INTO callback_deliveries (endpoint_id, tenant_id, outbox_id, type, subject_id, payload, occurred_at,
            state, next_attempt_at, give_up_at, created_at)
        SELECT e.id, o.tenant_id, o.id, o.type, o.subject_id, o.payload, o.at, 'pending', :now, :give_up_at, :now
        FROM outbox AS o
        JOIN callback_endpoints AS e ON e.tenant_id = o.tenant_id AND e.created_at <= o.at
            AND (o.type = ANY(e.event_types)
                 OR (e.event_types = '{}' AND o.type <> ALL(CAST(:by_name AS text[]))))
        WHERE o.id = ANY(CAST(:ids AS bigint[])) AND o.type = ANY(CAST(:types AS text[]))
        ORDER BY o.id
        ON CONFLICT (endpoint_id, outbox_id) DO NOTHING
        RETURNING 1
    )
    SELECT pg_notify(:channel, '') FROM (SELECT count(*) AS made FROM made) AS counted WHERE made > 0
    """
)

# A delivery is due when it is the first pending one of its subject: what is on its way is pending as well, so the
# next of that subject cannot overtake it. The lease is the due time moved ahead: a sender that dies loses it by
# itself. `full` holds endpoints that have all the connections they get. Endpoint by endpoint, so that a long
# backlog of one does not stand before the others.
_CLAIM = text(
    """
    WITH due AS (
        SELECT due.id, e.url, e.secret_cipher,
            CASE WHEN e.previous_secret_until > :now THEN e.previous_secret_cipher END AS previous_secret_cipher
        FROM callback_endpoints AS e
        CROSS JOIN LATERAL (
            SELECT d.id FROM callback_deliveries AS d
            WHERE d.endpoint_id = e.id AND d.state = 'pending' AND d.next_attempt_at <= :now
              AND NOT EXISTS (
                SELECT FROM callback_deliveries AS earlier
                WHERE earlier.endpoint_id = d.endpoint_id AND earlier.subject_id = d.subject_id
                  AND earlier.state = 'pending' AND earlier.id < d.id)
            ORDER BY d.next_attempt_at, d.id
            LIMIT :each FOR UPDATE SKIP LOCKED
        ) AS due
        WHERE e.state = 'active' AND e.id <> ALL(CAST(:full AS uuid[]))
        LIMIT :limit
    )
    UPDATE callback_deliveries AS d SET next_attempt_at = :leased_until, attempts = d.attempts + 1
    FROM due WHERE d.id = due.id
    RETURNING d.id, d.endpoint_id, d.type, d.payload, d.occurred_at, d.attempts, d.give_up_at, due.url,
        due.secret_cipher, due.previous_secret_cipher
    """
)

# `attempts` is the fence: who lost the lease to another sender changes nothing any more. What follows of the same
# subject waits with its head, and is due again with it.
_RECORD = text(
    """
    WITH tried AS (
        UPDATE callback_deliveries SET state = CAST(:state AS text), next_attempt_at = :next_attempt_at,
            delivered_at = CASE WHEN CAST(:state AS text) = 'delivered' THEN CAST(:now AS timestamptz) ELSE delivered_at END
        WHERE id = :id AND attempts = :attempts AND state = 'pending'
        RETURNING id, endpoint_id, subject_id, state
    ), logged AS (
        INSERT INTO callback_tries (delivery_id, at, status, error, milliseconds)
        SELECT id, :now, :status, :error, :milliseconds FROM tried
    ), followers AS (
        UPDATE callback_deliveries AS d
        SET next_attempt_at = greatest(d.next_attempt_at, CAST(:next_attempt_at AS timestamptz))
        FROM tried WHERE d.endpoint_id = tried.endpoint_id AND d.subject_id = tried.subject_id
          AND d.state = 'pending' AND d.id > tried.id AND tried.state = 'pending'
    )
    SELECT endpoint_id FROM tried
    """
)

# The endpoint is locked before the delivery, here and wherever both are written.
_FAILING_SINCE = text("SELECT failing_since FROM callback_endpoints WHERE id = :id FOR NO KEY UPDATE")

_SUCCEEDED = text(
    "UPDATE callback_endpoints SET failing_since = NULL WHERE id = :id AND failing_since IS NOT NULL"
)

_FAILED = text(
    """
    UPDATE callback_endpoints SET failing_since = coalesce(failing_since, :now),
        state = CASE WHEN CAST(:reason AS text) IS NULL THEN state ELSE 'paused' END,
        paused_reason = coalesce(CAST(:reason AS text), paused_reason)
    WHERE id = :id AND state = 'active' AND (failing_since IS NULL OR CAST(:reason AS text) IS NOT NULL)
    """
)

_NEXT_DUE = text(
    """
    SELECT min(due.next_attempt_at) FROM callback_endpoints AS e
    CROSS JOIN LATERAL (
        SELECT d.next_attempt_at FROM callback_deliveries AS d
        WHERE d.endpoint_id = e.id AND d.state = 'pending' AND d.next_attempt_at > :now
        ORDER BY d.next_attempt_at LIMIT 1
    ) AS due
    WHERE e.state = 'active'
    """
)

_GIVE_UP_WAITING = text(
    """
    UPDATE callback_deliveries AS d SET state = 'dead' FROM callback_endpoints AS e
    WHERE e.id = d.endpoint_id AND e.state = 'paused' AND d.state = 'pending' AND d.give_up_at < :before
    """
)

_RELEASE_WAITING = text(
    """
    UPDATE callback_deliveries SET next_attempt_at = :now, give_up_at = :give_up_at
    WHERE endpoint_id = :id AND state = 'pending'
    """
)


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that this sender may send now."""

    id: int
    endpoint_id: UUID
    type: str
    payload: dict[str, Any]
    occurred_at: datetime
    attempts: int
    give_up_at: datetime
    url: str
    secret_cipher: bytes
    previous_secret_cipher: bytes | None


async def fan_out(
    session: AsyncSession, ids: Sequence[int], types: Collection[str], by_name: Collection[str], now: datetime
) -> None:
    """Make a delivery of each of these facts for each endpoint that wants it; some only if it names their type."""
    values = {
        "ids": list(ids),
        "types": list(types),
        "by_name": list(by_name),
        "now": now,
        "channel": CHANNEL,
    }
    await session.execute(_FAN_OUT, {**values, "give_up_at": now + GIVE_UP_AFTER})


async def claim(
    session: AsyncSession, now: datetime, *, limit: int, each: int, full: Collection[UUID]
) -> list[Claimed]:
    """Take up to `limit` due deliveries, up to `each` of one endpoint."""
    values = {"now": now, "limit": limit, "each": each, "full": list(full), "leased_until": now + LEASE}
    rows = (await session.execute(_CLAIM, values)).mappings().all()
    return [Claimed(**row) for row in rows]


async def lock_failing_since(session: AsyncSession, endpoint_id: UUID) -> datetime | None:
    """Since when the endpoint had no success, held until the transaction ends."""
    found: datetime | None = (await session.execute(_FAILING_SINCE, {"id": endpoint_id})).scalar_one_or_none()
    return found


async def record(
    session: AsyncSession, claimed: Claimed, answer: Answer, verdict: Verdict, now: datetime
) -> bool:
    """Log the try and move the delivery and its endpoint on. False when the lease was lost in between."""
    state = "pending" if verdict.after is After.AGAIN else verdict.after.value
    values = {
        "id": claimed.id,
        "attempts": claimed.attempts,
        "state": state,
        "next_attempt_at": verdict.next_attempt_at,
        "now": now,
        "status": answer.status,
        "error": answer.error,
        "milliseconds": answer.milliseconds,
    }
    endpoint_id = (await session.execute(_RECORD, values)).scalar_one_or_none()
    if endpoint_id is None:
        return False
    if answer.delivered:
        await session.execute(_SUCCEEDED, {"id": endpoint_id})
    else:
        failed = {"id": endpoint_id, "now": now, "reason": verdict.pause_reason}
        await session.execute(_FAILED, failed)
    return True


async def next_due(session: AsyncSession, now: datetime) -> datetime | None:
    """When something that waits becomes due."""
    return (await session.execute(_NEXT_DUE, {"now": now})).scalar_one_or_none()


async def give_up_waiting(session: AsyncSession, now: datetime) -> None:
    """Give up what has waited too long at a paused endpoint."""
    await session.execute(_GIVE_UP_WAITING, {"before": now + GIVE_UP_AFTER - WAIT_AT_MOST})


async def release_waiting(session: AsyncSession, endpoint_id: UUID, now: datetime) -> None:
    """What waited at an endpoint is due now, with a day before it."""
    values = {"id": endpoint_id, "now": now, "give_up_at": now + GIVE_UP_AFTER}
    await session.execute(_RELEASE_WAITING, values)
