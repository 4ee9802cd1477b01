"""What removing each kind of data means, as SQL: one short batch at a time, never waiting for anybody's lock.

`:last` is the lowest UUIDv7 of the moment before which rows go, so that an index on (tenant_id, id) or (id) bounds
each scan; the row's own time has the last word. Where no index begins with the tenant, `:first` is the oldest row that
the last look left.
Tables of other slices are written here and nowhere else outside them.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.audit.public import OPERATOR_CHAIN, cut_chain, remove_cut
from yunhu.domains.privacy.held import (
    held_call,
    held_message,
    no_held_call_of,
    no_held_message_of,
    nothing_held_of,
    unheld_call,
    unheld_message,
)
from yunhu.domains.privacy.kinds import DataKind
from yunhu.foundation.actor import system
from yunhu.foundation.ids import lowest_id

BATCH = 1000


class Window(msgspec.Struct, frozen=True):
    """Whose rows of which kind go, and how old they are."""

    tenant_id: UUID | None
    kind: DataKind
    first: UUID
    """No row that can go has a lower id."""
    before: datetime


_QUEUE_EVENTS = text(
    """
    DELETE FROM queue_events WHERE id IN (
        SELECT id FROM queue_events
        WHERE id >= :first AND id < :last AND tenant_id = :tenant_id AND received_at < :before
        ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED)
    """
)

_CALLBACK_DELIVERIES = text(
    """
    DELETE FROM callback_deliveries WHERE id IN (
        SELECT id FROM (
            SELECT id, created_at FROM callback_deliveries
            WHERE tenant_id = :tenant_id AND state <> 'pending' ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED
        ) AS oldest WHERE created_at < :before)
    """
)

_TIMELINE = text(
    f"""
    DELETE FROM timeline_entries WHERE notification_id IN (
        SELECT n.id FROM notifications AS n
        WHERE n.tenant_id = :tenant_id AND n.id >= :first AND n.id < :last AND n.finished_at < :before
          AND EXISTS (SELECT FROM timeline_entries AS t WHERE t.notification_id = n.id)
          AND {no_held_call_of("n.id")} AND {no_held_message_of("n.id")}
        ORDER BY n.id LIMIT :limit FOR UPDATE OF n SKIP LOCKED)
    """  # noqa: S608 fixed text
)

_SMS_MESSAGES = text(
    f"""
    WITH gone AS (
        SELECT m.id FROM sms_messages AS m
        WHERE m.tenant_id = :tenant_id AND m.id < :last AND m.final_at < :before
          AND {unheld_message("m")}
        ORDER BY m.id LIMIT :limit FOR UPDATE OF m SKIP LOCKED
    ), parts AS (
        DELETE FROM sms_parts AS p USING gone WHERE p.message_id = gone.id
    )
    DELETE FROM sms_messages AS m USING gone WHERE m.id = gone.id
    """  # noqa: S608 fixed text
)

# The nodes erase what lies on their disks (`recordings.RecordingHasher`); the row stays as the fact.
_RECORDINGS = text(
    f"""
    UPDATE recordings SET erase_due_at = :now WHERE call_id IN (
        SELECT r.call_id FROM recordings AS r
        WHERE r.tenant_id = :tenant_id AND r.created_at < :before AND r.erase_due_at IS NULL
          AND NOT EXISTS (SELECT FROM calls AS c WHERE c.id = r.call_id AND {held_call("c")})
        ORDER BY r.created_at LIMIT :limit FOR UPDATE OF r SKIP LOCKED)
    """  # noqa: S608 fixed text
)

_CALLS = text(
    f"""
    WITH gone AS (
        SELECT c.id FROM calls AS c
        WHERE c.tenant_id = :tenant_id AND c.id < :last AND c.ended_at < :before
          AND {unheld_call("c")}
          AND NOT EXISTS (SELECT FROM recordings AS r WHERE r.call_id = c.id AND r.erased_at IS NULL)
        ORDER BY c.id LIMIT :limit FOR UPDATE OF c SKIP LOCKED
    ), facts AS (
        DELETE FROM recordings AS r USING gone WHERE r.call_id = gone.id
    ), cards AS (
        DELETE FROM call_cards AS k USING gone WHERE k.call_id = gone.id
    )
    DELETE FROM calls AS c USING gone WHERE c.id = gone.id
    """  # noqa: S608 fixed text
)

_NOTIFICATIONS = text(
    """
    WITH gone AS (
        SELECT n.id FROM notifications AS n
        WHERE n.tenant_id = :tenant_id AND n.id < :last AND n.finished_at < :before
          AND NOT EXISTS (SELECT FROM calls AS c WHERE c.notification_id = n.id)
          AND NOT EXISTS (SELECT FROM sms_messages AS m WHERE m.notification_id = n.id)
        ORDER BY n.id LIMIT :limit FOR UPDATE OF n SKIP LOCKED
    ), lines AS (
        DELETE FROM timeline_entries AS t USING gone WHERE t.notification_id = gone.id
    )
    DELETE FROM notifications AS n USING gone WHERE n.id = gone.id
    """
)

_JOURNEYS = text(
    """
    DELETE FROM journeys WHERE id IN (
        SELECT j.id FROM journeys AS j
        WHERE j.id >= :first AND j.id < :last AND j.tenant_id = :tenant_id AND j.judged_at < :before
          AND NOT EXISTS (SELECT FROM notifications AS n WHERE n.journey_id = j.id)
        ORDER BY j.id LIMIT :limit FOR UPDATE OF j SKIP LOCKED)
    """
)

# What ended by itself goes. What was withdrawn leaves a mark without number and paper: an import or an event that tells
# of the old consent finds it, and the consent does not come back.
_CONSENTS = text(
    f"""
    WITH ended AS (
        SELECT id FROM consents AS e
        WHERE tenant_id = :tenant_id AND withdrawn_at IS NULL
          AND valid_until < CAST(CAST(:before AS timestamptz) AT TIME ZONE 'Asia/Shanghai' AS date)
          AND {nothing_held_of("e")}
        ORDER BY valid_until LIMIT :limit FOR UPDATE OF e SKIP LOCKED
    ), withdrawn AS (
        SELECT id FROM consents AS e
        WHERE tenant_id = :tenant_id AND withdrawn_at < :before AND erased_at IS NULL
          AND {nothing_held_of("e")}
        ORDER BY withdrawn_at LIMIT :limit FOR UPDATE OF e SKIP LOCKED
    ), gone AS (
        DELETE FROM consents AS c USING ended WHERE c.id = ended.id RETURNING c.id
    ), erased AS (
        UPDATE consents AS c SET callee_cipher = '', reference = '', document_id = NULL, recorded_by = '',
            withdrawn_by = '', withdrawal_reason = '', erased_at = :now
        FROM withdrawn WHERE c.id = withdrawn.id RETURNING c.id
    )
    SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM erased) AS removed
    """  # noqa: S608 fixed text
)

# The days of a pack hold something that is held: the call, calls or texts of the person, or days of the hold.
_TOUCHES = """CASE h.kind
    WHEN 'call' THEN EXISTS (SELECT FROM calls AS c
        WHERE c.id = h.call_id AND c.day BETWEEN p.first_day AND p.last_day)
    WHEN 'callee' THEN EXISTS (SELECT FROM calls AS c
        WHERE c.callee_index = h.callee_index AND c.tenant_id = h.tenant_id
          AND c.day BETWEEN p.first_day AND p.last_day)
      OR EXISTS (SELECT FROM sms_messages AS m
        WHERE m.callee_index = h.callee_index AND m.tenant_id = h.tenant_id
          AND CAST(m.created_at AT TIME ZONE 'Asia/Shanghai' AS date) BETWEEN p.first_day AND p.last_day)
    ELSE h.first_day <= p.last_day AND h.last_day >= p.first_day END"""

# The archive goes after its row (`evidence.erase`).
_EVIDENCE_PACKS = text(
    f"""
    DELETE FROM evidence_packs WHERE id IN (
        SELECT p.id FROM evidence_packs AS p
        WHERE p.tenant_id = :tenant_id AND p.id < :last AND p.requested_at < :before
          AND {nothing_held_of("p")}
          AND NOT EXISTS (SELECT FROM calls AS c WHERE c.id = p.call_id AND {held_call("c")})
          AND NOT EXISTS (SELECT FROM complaint_calls AS k JOIN calls AS c ON c.id = k.call_id
                          WHERE k.complaint_id = p.complaint_id AND {held_call("c")})
          AND NOT EXISTS (SELECT FROM complaint_messages AS k JOIN sms_messages AS m ON m.id = k.message_id
                          WHERE k.complaint_id = p.complaint_id AND {held_message("m")})
          AND NOT EXISTS (SELECT FROM legal_holds AS h
                          WHERE p.kind = 'period' AND h.tenant_id = p.tenant_id AND h.lifted_at IS NULL AND {_TOUCHES})
        ORDER BY p.id LIMIT :limit FOR UPDATE OF p SKIP LOCKED)
    """  # noqa: S608 fixed text
)

_OUTBOX = text(
    """
    DELETE FROM outbox WHERE id IN (
        SELECT id FROM (
            SELECT o.id, o.at FROM outbox AS o
            WHERE (o.xid, o.id) <= (SELECT xid, id FROM outbox_cursors ORDER BY xid, id LIMIT 1)
            ORDER BY o.xid, o.id LIMIT :limit FOR UPDATE SKIP LOCKED
        ) AS oldest WHERE at < :before)
    """
)

_STATEMENTS = {
    DataKind.QUEUE_EVENTS: _QUEUE_EVENTS,
    DataKind.CALLBACK_DELIVERIES: _CALLBACK_DELIVERIES,
    DataKind.TIMELINE: _TIMELINE,
    DataKind.SMS_MESSAGES: _SMS_MESSAGES,
    DataKind.RECORDINGS: _RECORDINGS,
    DataKind.CALLS: _CALLS,
    DataKind.NOTIFICATIONS: _NOTIFICATIONS,
    DataKind.JOURNEYS: _JOURNEYS,
    DataKind.CONSENTS: _CONSENTS,
    DataKind.EVIDENCE_PACKS: _EVIDENCE_PACKS,
    DataKind.OUTBOX: _OUTBOX,
}


# What a look has left, locked by somebody or waiting for something else to go first.
_OLDEST_LEFT = {
    DataKind.QUEUE_EVENTS: text(
        """
        SELECT id FROM queue_events
        WHERE id >= :first AND id < :last AND tenant_id = :tenant_id ORDER BY id LIMIT 1
        """
    ),
    DataKind.JOURNEYS: text(
        "SELECT id FROM journeys WHERE id >= :first AND id < :last AND tenant_id = :tenant_id ORDER BY id LIMIT 1"
    ),
    DataKind.TIMELINE: text(
        f"""
        SELECT n.id FROM notifications AS n
        WHERE n.tenant_id = :tenant_id AND n.id >= :first AND n.id < :last
          AND EXISTS (SELECT FROM timeline_entries AS t WHERE t.notification_id = n.id)
          AND {no_held_call_of("n.id")} AND {no_held_message_of("n.id")}
        ORDER BY n.id LIMIT 1
        """  # noqa: S608 fixed text
    ),
}


async def oldest_left(session: AsyncSession, window: Window) -> UUID:
    """From where the next look at this kind has to begin."""
    last = lowest_id(window.before)
    query = _OLDEST_LEFT.get(window.kind)
    if query is None:
        return last
    values = {"tenant_id": window.tenant_id, "first": window.first, "last": last}
    return await session.scalar(query, values) or last


async def remove_batch(session: AsyncSession, window: Window, now: datetime, *, limit: int = BATCH) -> int:
    """Remove some rows of a window; how many. None: there are no more that can go."""
    if window.kind is DataKind.AUDIT:
        return await _cut_audit(session, window, now, limit)
    values: dict[str, Any] = {
        "tenant_id": window.tenant_id,
        "first": window.first,
        "last": lowest_id(window.before),
        "before": window.before,
        "now": now,
        "limit": limit,
    }
    statement = _STATEMENTS[window.kind]
    wanted = {name: values[name] for name in statement.compile().params}
    result = await session.execute(statement, wanted)
    # A statement that removes in two ways counts by itself.
    return int(result.scalar_one() if result.returns_rows else result.rowcount)  # type: ignore[attr-defined]


async def _cut_audit(session: AsyncSession, window: Window, now: datetime, limit: int) -> int:
    chain = window.tenant_id or OPERATOR_CHAIN
    removed = await remove_cut(session, chain, limit=limit)
    if removed:
        return removed
    await cut_chain(session, system("retention"), window.tenant_id, window.before, now)
    return await remove_cut(session, chain, limit=limit)
