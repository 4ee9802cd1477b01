"""Keeping the sums: adding waiting lines up, proving the sums, making them anew."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.reports.facts import ALL_FACTS, LINE
from yunhu.foundation.db import Database

BATCH = 20_000
_MEASURES = "n, reached, rang, talk_ms, ring_ms"
_SUMS = ", ".join(f"sum({name})::bigint AS {name}" for name in _MEASURES.split(", "))
_KEY = "tenant_id, kind, dimension, bucket, script_id, scenario_id, state, value, removed"
# A line counts in its hour and its day, and in the day of its number, its matter and its window; a first call's time to the
# ringing on its scale, whatever became of the call.
_SPREAD = f"""
    SELECT {_KEY}, {_SUMS} FROM (
        SELECT l.tenant_id, l.kind, d.dimension, d.bucket, l.script_id, l.scenario_id, d.state, d.value, l.removed,
            {_MEASURES}
        FROM lines AS l CROSS JOIN LATERAL (VALUES
            ('total', date_trunc('hour', l.at, 'Asia/Shanghai'), l.state, ''),
            ('day', date_trunc('day', l.at, 'Asia/Shanghai'), l.state, ''),
            ('number', date_trunc('day', l.at, 'Asia/Shanghai'), l.state,
                CASE WHEN l.kind = 'call' THEN l.caller_number END),
            ('matter', date_trunc('day', l.at, 'Asia/Shanghai'), l.state, l.matter),
            ('window', date_trunc('day', l.at, 'Asia/Shanghai'), l.state, l.window_name),
            ('to_ring', date_trunc('hour', l.at, 'Asia/Shanghai'), '', report_step(l.to_ring_ms)::text)
        ) AS d (dimension, bucket, state, value)
        WHERE d.value IS NOT NULL
    ) AS spread GROUP BY {_KEY}
"""  # noqa: S608 fixed text
_FOLD = text(
    f"""
    WITH oldest AS (
        SELECT id FROM report_deltas ORDER BY id LIMIT :limit FOR UPDATE
    ), lines AS (
        DELETE FROM report_deltas AS d USING oldest WHERE d.id = oldest.id RETURNING d.*
    ), added AS (
        INSERT INTO report_cells AS c ({_KEY}, {_MEASURES}) {_SPREAD} ORDER BY {_KEY}
        ON CONFLICT ({_KEY}) DO UPDATE SET
            {", ".join(f"{name} = c.{name} + excluded.{name}" for name in _MEASURES.split(", "))}
    )
    SELECT count(*) FROM lines
    """  # noqa: S608 fixed text
)
# LOCK TABLE takes no snapshot: what follows sees every sum that was added before it.
_LOCK = text("LOCK TABLE report_cells IN SHARE ROW EXCLUSIVE MODE")
_COUNTED = f"""
    WITH lines AS MATERIALIZED (SELECT {LINE}, false AS removed FROM ({ALL_FACTS}) AS facts)
    {_SPREAD}
"""  # noqa: S608 fixed text
_KEPT = f"""
    SELECT {_KEY}, {_SUMS} FROM (
        SELECT {_KEY}, {_MEASURES} FROM report_cells
        UNION ALL
        (WITH lines AS (SELECT * FROM report_deltas) {_SPREAD})
    ) AS kept GROUP BY {_KEY}
"""  # noqa: S608 fixed text
_KEY_BUT_REMOVED = _KEY.removesuffix(", removed")
# Every line that was ever counted is a row that is there, or one that was removed at the end of its term.
_DIFFERENCES = text(
    f"""
    WITH kept AS ({_KEPT}), counted AS ({_COUNTED}), both_sides AS (
        SELECT {_KEY_BUT_REMOVED}, {_MEASURES}, 'kept' AS side FROM kept WHERE NOT removed
        UNION ALL
        SELECT {_KEY_BUT_REMOVED}, {", ".join(f"-{name}" for name in _MEASURES.split(", "))}, 'removed'
        FROM kept WHERE removed
        UNION ALL
        SELECT {_KEY_BUT_REMOVED}, {", ".join(f"-{name}" for name in _MEASURES.split(", "))}, 'counted' FROM counted
    )
    SELECT {_KEY_BUT_REMOVED}, coalesce(sum(n) FILTER (WHERE side = 'kept'), 0)::bigint AS kept_n,
        -coalesce(sum(n) FILTER (WHERE side <> 'kept'), 0)::bigint AS counted_n, {_SUMS}
    FROM both_sides GROUP BY {_KEY_BUT_REMOVED}
    HAVING {" OR ".join(f"sum({name}) <> 0" for name in _MEASURES.split(", "))}
    ORDER BY {_KEY_BUT_REMOVED} LIMIT :limit
    """  # noqa: S608 fixed text
)
_TOTALS = text(
    f"""
    SELECT kind, sum(n)::bigint AS n FROM ({_KEPT}) AS kept
    WHERE dimension = 'total' AND NOT removed GROUP BY kind ORDER BY kind
    """  # noqa: S608 fixed text
)
_FOLD_REMOVED = text(
    f"""
    INSERT INTO report_cells AS c ({_KEY}, {_MEASURES})
    WITH lines AS (SELECT * FROM report_deltas WHERE removed) {_SPREAD}
    ON CONFLICT ({_KEY}) DO UPDATE SET
        {", ".join(f"{name} = c.{name} + excluded.{name}" for name in _MEASURES.split(", "))}
    """  # noqa: S608 fixed text
)
_FORGET_CELLS = text("DELETE FROM report_cells WHERE NOT removed")
_FORGET_LINES = text("DELETE FROM report_deltas")
_ANEW = text(
    f"""
    INSERT INTO report_cells ({_KEY}, {_MEASURES})
    SELECT {_KEY_BUT_REMOVED}, false, {_SUMS} FROM (
        SELECT {_KEY}, {_MEASURES} FROM ({_COUNTED}) AS counted
        UNION ALL
        SELECT {_KEY}, {_MEASURES} FROM report_cells WHERE removed
    ) AS anew GROUP BY {_KEY_BUT_REMOVED}
    """  # noqa: S608 fixed text
)


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A sum that is not what its rows come to."""

    kind: str
    dimension: str
    bucket: datetime
    value: str
    state: str
    tenant_id: Any
    kept: int
    counted: int


class Proof(msgspec.Struct, frozen=True):
    """What a full count said."""

    totals: dict[str, int]
    """Kept, by kind."""
    differences: list[Difference]


async def fold(session: AsyncSession, _now: datetime) -> bool:
    """Add waiting lines to the sums, in the caller's transaction; True when more may wait."""
    folded: int = (await session.execute(_FOLD, {"limit": BATCH})).scalar_one()
    return folded == BATCH


async def verify(database: Database, *, limit: int = 100) -> Proof:
    """Count every row and compare, in one statement over one state of things; nothing has to stand still."""
    async with database.transaction() as session:
        rows = (await session.execute(_DIFFERENCES, {"limit": limit})).all()
        totals = {row.kind: row.n for row in await session.execute(_TOTALS)}
    found = [
        Difference(
            kind=row.kind,
            dimension=row.dimension,
            bucket=row.bucket,
            value=row.value,
            state=row.state,
            tenant_id=row.tenant_id,
            kept=row.kept_n,
            counted=row.counted_n,
        )
        for row in rows
    ]
    return Proof(totals, found)


async def rebuild(database: Database) -> None:
    """Make the sums anew from the rows, and from what is kept of removed ones; calls go on meanwhile.

    Under one snapshot: a line that commits later is not seen and stays for the next fold. Only adding up waits.
    """
    async with database.sessions() as session, session.begin():
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        await session.execute(_LOCK)
        for statement in (_FOLD_REMOVED, _FORGET_CELLS, _FORGET_LINES, _ANEW):
            await session.execute(statement)
