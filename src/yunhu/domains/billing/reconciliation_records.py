"""Compares what was metered with our own call records, set by set in the database; each difference has a cause."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.billing.models_ledger import Reconciliation
from yunhu.domains.billing.reconciliation import counted
from yunhu.domains.billing.words import RunKind
from yunhu.foundation.ids import new_id

# Calls by the day on which they were placed, pieces by the day on which they count: a call that ended after midnight
# is compared with its piece all the same, for both are found by the call's id.
_SUMS = text(
    """
    SELECT (SELECT count(*) FROM calls WHERE tenant_id = :tenant_id AND state = 'ended'
            AND day BETWEEN :first AND :last) AS calls,
        (SELECT count(*) FROM calls AS c JOIN meter_entries AS m ON m.call_id = c.id AND m.kind = 'voice_notification'
         WHERE c.tenant_id = :tenant_id AND c.state = 'ended' AND c.day BETWEEN :first AND :last) AS pieces
    """
)
_COMPARE = text(
    """
    INSERT INTO reconciliation_differences (reconciliation_id, position, tenant_id, cause, row, call_id, ours, theirs)
    SELECT :id, row_number() OVER (ORDER BY call_id, cause), :tenant_id, cause, NULL, call_id, ours, theirs
    FROM (
        SELECT c.id AS call_id, CASE WHEN m.call_id IS NULL THEN 'not_metered' WHEN m.state = 'held' THEN 'still_held'
                WHEN m.state = 'charged' THEN 'charged_unanswered' ELSE 'released_answered' END AS cause,
            concat(CASE WHEN c.answered_at IS NULL THEN 'not answered' ELSE 'answered' END, ', ', c.result) AS ours,
            CASE WHEN m.call_id IS NOT NULL THEN concat(m.state, ' ', m.charging) END AS theirs
        FROM calls AS c LEFT JOIN meter_entries AS m ON m.call_id = c.id AND m.kind = 'voice_notification'
        WHERE c.tenant_id = :tenant_id AND c.state = 'ended' AND c.day BETWEEN :first AND :last
          AND (m.call_id IS NULL OR m.state = 'held'
               OR (m.state = 'charged' AND m.charging = 'on_answer' AND c.answered_at IS NULL)
               OR (m.state = 'released' AND c.answered_at IS NOT NULL))
        UNION ALL
        SELECT d.call_id, 'card_not_metered', d.state, concat(m.state, ' ', m.charging)
        FROM calls AS c JOIN call_cards AS d ON d.call_id = c.id
        LEFT JOIN meter_entries AS m ON m.call_id = c.id AND m.kind = 'call_card'
        WHERE c.tenant_id = :tenant_id AND c.state = 'ended' AND c.day BETWEEN :first AND :last
          AND d.state IN ('accepted', 'delivered', 'displayed') AND m.state IS DISTINCT FROM 'charged'
        UNION ALL
        SELECT m.call_id, CASE WHEN m.kind = 'call_card' AND c.id IS NOT NULL THEN 'card_without_push'
                               ELSE 'metered_without_call' END, d.state, concat(m.state, ' ', m.charging)
        FROM billing_accounts AS a JOIN meter_entries AS m ON m.contract_id = a.contract_id
        LEFT JOIN calls AS c ON c.id = m.call_id LEFT JOIN call_cards AS d ON d.call_id = m.call_id
        WHERE a.tenant_id = :tenant_id AND m.state = 'charged' AND m.day BETWEEN :first AND :last
          AND (c.id IS NULL OR (m.kind = 'call_card' AND coalesce(d.state, 'requested') = 'requested'))
    ) AS differences
    """
)


async def compare_records(
    session: AsyncSession, tenant_id: UUID, first_day: date, last_day: date, *, now: datetime, by: str
) -> Reconciliation:
    """Compare and keep the differences, in the caller's transaction: `theirs` are pieces, `ours` are calls."""
    sums = (
        await session.execute(_SUMS, {"tenant_id": tenant_id, "first": first_day, "last": last_day})
    ).one()
    run = Reconciliation(
        id=new_id(),
        tenant_id=tenant_id,
        first_day=first_day,
        last_day=last_day,
        kind=RunKind.RECORDS,
        document_id=None,
        offset_seconds=None,
        theirs=sums.pieces,
        ours=sums.calls,
        matched=sums.pieces,
        counts={},
        at=now,
        created_by=by,
    )
    session.add(run)
    await session.flush()
    values = {"id": run.id, "tenant_id": tenant_id, "first": first_day, "last": last_day}
    await session.execute(_COMPARE, values)
    return await counted(session, run)
