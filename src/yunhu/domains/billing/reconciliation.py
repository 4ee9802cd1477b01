"""Compares a carrier's call details with our calls, set by set in the database; each difference has a cause.

A row of the file is a call of ours when the callee is the same and the starts, corrected by what the carrier's clock is
ahead, lie within the tolerance; of several, the one with the same caller number and the nearest start. Both sides must
choose each other.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.billing.call_details import CallDetailFormat, Record
from yunhu.domains.billing.models_ledger import Reconciliation
from yunhu.domains.billing.words import RunKind
from yunhu.foundation.clock import day_start
from yunhu.foundation.ids import new_id

_BATCH = 20_000
_STAGE = """
    CREATE TEMPORARY TABLE cdr_rows (row bigint, callee_index bytea, caller text, started timestamptz, seconds int)
    ON COMMIT DROP
"""
_OURS = """
    CREATE TEMPORARY TABLE cdr_calls ON COMMIT DROP AS
    SELECT id, callee_index, caller_number AS caller, reserved_at AS started,
        CASE WHEN answered_at IS NULL THEN 0
             ELSE greatest(1, ceil(extract(epoch FROM ended_at - answered_at)))::int END AS seconds,
        answered_at IS NOT NULL AS answered
    FROM calls WHERE tenant_id = '{tenant_id}' AND state = 'ended' AND day BETWEEN '{first}' AND '{last}'
"""
# How far the two clocks are apart is told by who was called once by us and stands once in the file, both near.
_OFFSET = """
    SELECT round(percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM t.started - o.started)))::int
    FROM (SELECT callee_index, min(started) AS started FROM cdr_rows WHERE callee_index IS NOT NULL
          GROUP BY callee_index HAVING count(*) = 1) AS t
    JOIN (SELECT callee_index, min(started) AS started FROM cdr_calls
          GROUP BY callee_index HAVING count(*) = 1) AS o USING (callee_index)
    WHERE t.started BETWEEN o.started - interval '{tolerance} seconds' AND o.started + interval '{tolerance} seconds'
"""
_PAIRS = """
    CREATE TEMPORARY TABLE cdr_pairs ON COMMIT DROP AS
    SELECT t.row, o.id, t.caller <> o.caller AS caller_differs, o.answered, o.seconds AS ours, t.seconds AS theirs,
        abs(extract(epoch FROM t.started - o.started) - {offset}) AS apart
    FROM cdr_rows AS t JOIN cdr_calls AS o ON o.callee_index = t.callee_index
    WHERE t.started BETWEEN o.started + interval '{offset} seconds' - interval '{tolerance} seconds'
                        AND o.started + interval '{offset} seconds' + interval '{tolerance} seconds'
"""
_MATCHED = """
    CREATE TEMPORARY TABLE cdr_matched (
        row bigint, id uuid, caller_differs boolean, answered boolean, ours int, theirs int
    ) ON COMMIT DROP
"""
# One round: who chose each other. What was taken leaves, and the rest chooses again.
_ROUND = text(
    """
    INSERT INTO cdr_matched
    SELECT row, id, caller_differs, answered, ours, theirs FROM (
        SELECT p.row, p.id, p.caller_differs, p.answered, p.ours, p.theirs,
            row_number() OVER (PARTITION BY p.row ORDER BY p.caller_differs, p.apart, p.id) AS for_row,
            row_number() OVER (PARTITION BY p.id ORDER BY p.caller_differs, p.apart, p.row) AS for_call
        FROM cdr_pairs AS p
        WHERE NOT EXISTS (SELECT FROM cdr_matched AS m WHERE m.row = p.row)
          AND NOT EXISTS (SELECT FROM cdr_matched AS m WHERE m.id = p.id)) AS free
    WHERE for_row = 1 AND for_call = 1
    """
)
_PAIRS_COUNT = text("SELECT count(*) FROM cdr_pairs")
_COMPARE = text(
    """
    INSERT INTO reconciliation_differences (reconciliation_id, position, tenant_id, cause, row, call_id, ours, theirs)
    SELECT :id, row_number() OVER (ORDER BY row NULLS LAST, call_id), :tenant_id, cause, row, call_id, ours, theirs
    FROM (
        SELECT 'unreadable_row' AS cause, row, NULL::uuid AS call_id, NULL AS ours, NULL AS theirs
        FROM cdr_rows WHERE callee_index IS NULL
        UNION ALL
        SELECT CASE WHEN t.started < :begin OR t.started >= :end THEN 'outside_period'
                    WHEN p.row IS NOT NULL THEN 'duplicate_there' ELSE 'missing_here' END,
            t.row, p.id, NULL, concat(t.started AT TIME ZONE 'Asia/Shanghai', ' ', t.seconds, 's')
        FROM cdr_rows AS t LEFT JOIN cdr_matched AS m ON m.row = t.row
        LEFT JOIN (
            SELECT DISTINCT ON (row) row, id FROM cdr_pairs AS any_
            WHERE NOT EXISTS (SELECT FROM cdr_matched AS taken WHERE taken.row = any_.row)
            ORDER BY row, caller_differs, apart, id) AS p ON p.row = t.row
        WHERE m.row IS NULL AND t.callee_index IS NOT NULL
        UNION ALL
        SELECT 'missing_there', NULL, o.id, concat(o.started AT TIME ZONE 'Asia/Shanghai', ' ', o.seconds, 's'), NULL
        FROM cdr_calls AS o LEFT JOIN cdr_matched AS m ON m.id = o.id WHERE m.id IS NULL
          AND (:unanswered OR o.answered)
        UNION ALL
        SELECT 'caller_number_differs', t.row, o.id, o.caller, t.caller
        FROM cdr_matched AS m JOIN cdr_rows AS t USING (row) JOIN cdr_calls AS o ON o.id = m.id WHERE m.caller_differs
        UNION ALL
        SELECT CASE WHEN answered AND theirs = 0 THEN 'not_answered_there'
                    WHEN NOT answered AND theirs > 0 THEN 'not_answered_here' ELSE 'duration_differs' END,
            row, id, concat(ours, 's'), concat(theirs, 's')
        FROM cdr_matched WHERE (answered <> (theirs > 0)) OR abs(ours - theirs) > :duration_tolerance
    ) AS differences
    """
)
_COUNTS = text(
    "SELECT cause, count(*) AS count FROM reconciliation_differences WHERE reconciliation_id = :id GROUP BY cause"
)
_SUMS = text(
    """
    SELECT (SELECT count(*) FROM cdr_rows) AS theirs, (SELECT count(*) FROM cdr_calls) AS ours,
        (SELECT count(*) FROM cdr_matched) AS matched
    """
)
Progress = Callable[[int], Awaitable[None]]
"""Told how many rows were read."""


class ReconciliationWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to compare."""

    first_day: date
    last_day: date
    format: CallDetailFormat = CallDetailFormat()
    unanswered: bool = False
    """Whether the file holds calls that were not answered, too."""


async def _nothing(_rows: int) -> None:
    """Nobody asks."""


async def reconcile(
    session: AsyncSession,
    tenant_id: UUID,
    wish: ReconciliationWish,
    records: Iterable[Record],
    *,
    now: datetime,
    by: str,
    document_id: UUID | None = None,
    progress: Progress = _nothing,
) -> Reconciliation:
    """Compare and keep the differences, all in the caller's transaction; the file's rows go with it.

    Raises `CallDetailsInvalidError`.
    """
    await session.execute(text("SET LOCAL work_mem = '256MB'"))
    await session.execute(text(_STAGE))
    await _stage(session, records, progress)
    # A table made by a query has no place for parameters; each of these is a UUID, a day or a number.
    values: dict[str, Any] = {
        "tenant_id": tenant_id,
        "first": wish.first_day,
        "last": wish.last_day,
        "tolerance": wish.format.tolerance_seconds,
    }
    for statement in (_OURS, "ANALYZE cdr_rows", "ANALYZE cdr_calls"):
        await session.execute(text(statement.format(**values)))
    offset = await session.scalar(text(_OFFSET.format(**values)))
    values["offset"] = offset or 0
    for statement in (_PAIRS, "ANALYZE cdr_pairs", _MATCHED):
        await session.execute(text(statement.format(**values)))
    await _choose(session)
    return await _compare(session, tenant_id, wish, now, by, document_id, offset)


async def _choose(session: AsyncSession) -> None:
    """Rounds of choosing until nobody chooses any more, or every pair was taken."""
    left = await session.scalar(_PAIRS_COUNT) or 0
    while left:
        result: Any = await session.execute(_ROUND)
        await session.execute(text("ANALYZE cdr_matched"))
        left = left - result.rowcount if result.rowcount else 0


async def _compare(
    session: AsyncSession,
    tenant_id: UUID,
    wish: ReconciliationWish,
    now: datetime,
    by: str,
    document_id: UUID | None,
    offset: int | None,
) -> Reconciliation:
    sums = (await session.execute(_SUMS)).one()
    run = Reconciliation(
        id=new_id(),
        tenant_id=tenant_id,
        first_day=wish.first_day,
        last_day=wish.last_day,
        kind=RunKind.CARRIER,
        document_id=document_id,
        offset_seconds=offset,
        theirs=sums.theirs,
        ours=sums.ours,
        matched=sums.matched,
        counts={},
        at=now,
        created_by=by,
    )
    session.add(run)
    await session.flush()
    values = {
        "id": run.id,
        "tenant_id": tenant_id,
        "begin": day_start(wish.first_day),
        "end": day_start(wish.last_day + timedelta(days=1)),
        "unanswered": wish.unanswered,
        "duration_tolerance": wish.format.duration_tolerance,
    }
    await session.execute(_COMPARE, values)
    return await counted(session, run)


async def counted(session: AsyncSession, run: Reconciliation) -> Reconciliation:
    """How many differences of each cause a run has found."""
    run.counts = {row.cause: row.count for row in await session.execute(_COUNTS, {"id": run.id})}
    await session.flush()
    return run


async def _stage(session: AsyncSession, records: Iterable[Record], progress: Progress) -> None:
    """Stream the rows into the staging table by COPY, in batches read off the loop."""
    raw = await (await session.connection()).get_raw_connection()
    driver: Any = raw.driver_connection
    source, done = iter(records), 0
    while batch := await asyncio.to_thread(lambda: list(itertools.islice(source, _BATCH))):
        await driver.copy_records_to_table("cdr_rows", records=batch)
        done += len(batch)
        await progress(done)
