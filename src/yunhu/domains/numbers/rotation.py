"""Which of a tenant's numbers may be shown, and what happens to one when its call ends.

The statements are dispatch's to run inside the transaction that creates or ends the call (law 1).
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.foundation.clock import natural_day

SHOWABLE = """
    n.state = 'allocated' AND n.valid_from <= :day AND (n.valid_until IS NULL OR n.valid_until >= :day)
    AND EXISTS (SELECT FROM number_regions AS r WHERE r.tenant_id = n.tenant_id AND r.region = n.region)
"""
"""Condition over `caller_numbers AS n`: allocated, within its papers' validity, of a region of its tenant (C6)."""

BELOW_LIMITS = """
    (n.cooling_until IS NULL OR n.cooling_until <= :now) AND n.live_calls < n.max_concurrent
    AND (n.minute <> :minute OR n.calls_this_minute < n.per_minute)
    AND (n.hour <> :hour OR n.calls_this_hour < n.per_hour)
    AND (n.day <> :day OR n.calls_this_day < n.per_day)
"""
"""Condition over `caller_numbers AS n`: it may take one more call now (row B3)."""

HEALTHY = 60
"""Numbers below this score come after all others in the rotation."""

TAKE = f"""
    WITH open AS (
        SELECT n.id, n.health, n.last_used_at, CASE WHEN n.day = :day THEN n.calls_this_day ELSE 0 END AS today
        FROM caller_numbers AS n
        WHERE n.tenant_id = :tenant_id AND n.trunk_id = ANY(CAST(:trunks AS uuid[])) AND {SHOWABLE} AND {BELOW_LIMITS}
    ), earlier AS MATERIALIZED (
        SELECT today.caller_number_id AS id FROM (
            SELECT c.* FROM calls AS c WHERE c.callee_index = :callee_index AND c.day = :day OFFSET 0
        ) AS today
        WHERE today.tenant_id = :tenant_id ORDER BY today.id DESC LIMIT 1
    ), preferred AS (SELECT id FROM open WHERE id IN (SELECT id FROM earlier))
    SELECT n.id, n.e164, n.trunk_id FROM caller_numbers AS n JOIN open ON open.id = n.id
    WHERE {BELOW_LIMITS} AND (NOT EXISTS (SELECT FROM preferred) OR n.id IN (SELECT id FROM preferred))
    ORDER BY (open.health >= {HEALTHY}) DESC, open.today, open.last_used_at
    LIMIT 1 FOR UPDATE OF n SKIP LOCKED
"""  # noqa: S608 constant text
"""The number to show: the one that this person saw before on this day, else the least used among the healthy.

`OFFSET 0` keeps the person's calls to the index that begins with the person: the tenant's calls of a day are many.
The limits are asked again on the locked row: between reading and locking, another call may have taken the last place.
"""

COUNT = """
    last_used_at = :now, minute = :minute, hour = :hour, day = :day, live_calls = n.live_calls + 1,
    calls_this_minute = CASE WHEN n.minute = :minute THEN n.calls_this_minute + 1 ELSE 1 END,
    calls_this_hour = CASE WHEN n.hour = :hour THEN n.calls_this_hour + 1 ELSE 1 END,
    calls_this_day = CASE WHEN n.day = :day THEN n.calls_this_day + 1 ELSE 1 END
"""
"""SET list over `caller_numbers AS n` that goes with `TAKE`."""

# One row of number_days an ending. The call's own day counts, also when it ends after midnight.
_GIVE_BACK = text(
    """
    WITH call AS (
        SELECT caller_number_id, tenant_id, day FROM calls WHERE id = :call_id AND state <> 'ended'
    ), given AS (
        UPDATE caller_numbers AS n SET live_calls = n.live_calls - 1,
            cooling_until = CASE WHEN CAST(:cooling_until AS timestamptz) IS NULL THEN n.cooling_until
                ELSE greatest(n.cooling_until, :cooling_until) END
        FROM call WHERE n.id = call.caller_number_id
        RETURNING n.id, call.tenant_id, call.day, n.health
    ), noted AS (
        INSERT INTO number_events (id, number_id, tenant_id, at, kind, reason, until, health, actor)
        SELECT :event_id, id, tenant_id, :now, 'cooled', :reason, :cooling_until, health, 'dispatch'
        FROM given WHERE CAST(:cooling_until AS timestamptz) IS NOT NULL
    )
    INSERT INTO number_days AS d
        (number_id, day, tenant_id, calls, reached, answered, refused, flagged, talk_seconds)
    SELECT id, day, tenant_id, 1, :reached, :answered, :refused, :flagged, :talk_seconds FROM given
    ON CONFLICT (number_id, day) DO UPDATE SET calls = d.calls + 1, reached = d.reached + EXCLUDED.reached,
        answered = d.answered + EXCLUDED.answered, refused = d.refused + EXCLUDED.refused,
        flagged = d.flagged + EXCLUDED.flagged, talk_seconds = d.talk_seconds + EXCLUDED.talk_seconds
    """
)


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What an ended call says of the number that it showed."""

    reason: str
    """Name of the result class."""
    reached: bool
    answered: bool
    refused: bool
    flagged: bool
    talk_seconds: int = 0
    cooling_until: datetime | None = None


def clock_columns(now: datetime) -> dict[str, Any]:
    """The parameters of the clock that the statements here compare counters with."""
    return {
        "now": now,
        "day": natural_day(now),
        "hour": now.replace(minute=0, second=0, microsecond=0),
        "minute": now.replace(second=0, microsecond=0),
    }


def next_minute(moment: datetime) -> datetime:
    """When the limit per minute counts anew."""
    return moment.replace(second=0, microsecond=0) + timedelta(minutes=1)


async def give_back(
    session: AsyncSession, call_id: UUID, event_id: UUID, shown: Shown, now: datetime
) -> None:
    """End a call's use of its number. Call it before the call is marked as ended, with the notification locked."""
    await session.execute(
        _GIVE_BACK,
        {
            "call_id": call_id,
            "event_id": event_id,
            "now": now,
            "reason": shown.reason,
            "reached": int(shown.reached),
            "answered": int(shown.answered),
            "refused": int(shown.refused),
            "flagged": int(shown.flagged),
            "talk_seconds": shown.talk_seconds,
            "cooling_until": shown.cooling_until,
        },
    )
