"""Queries that answer reports: sums first, rows where sums do not answer. One statement sees one state of things."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.reports.facts import FACTS
from yunhu.domains.reports.rules import By, Dimension, Kind, Question, Span, source_of
from yunhu.foundation.ids import lowest_id

_CLOCKS_APART = timedelta(hours=1)
"""How far the moment inside an id may lie from the row's own."""
_LOCAL = "at AT TIME ZONE 'Asia/Shanghai'"
_KEYS = {
    By.DAY: f"to_char({_LOCAL}, 'YYYY-MM-DD')",
    By.MONTH: f"to_char({_LOCAL}, 'YYYY-MM')",
    By.HOUR: f"""to_char({_LOCAL}, 'YYYY-MM-DD"T"HH24":00:00+08:00"')""",
    By.HOUR_OF_DAY: f"to_char({_LOCAL}, 'HH24')",
    By.WEEKDAY_HOUR: f"to_char({_LOCAL}, 'ID-HH24')",
    By.SCRIPT: "script_id::text",
    By.SCENARIO: "scenario_id::text",
    By.RESULT: "state",
    By.TENANT: "tenant_id::text",
}
_VALUES = {
    Dimension.TOTAL: "''",
    Dimension.DAY: "''",
    Dimension.NUMBER: "caller_number",
    Dimension.MATTER: "matter",
    Dimension.WINDOW: "window_name",
}
_COLUMN_OF = {By.NUMBER: "caller_number", By.MATTER: "matter", By.WINDOW: "window_name"}
_MEASURES = "n, reached, rang, talk_ms, ring_ms"
_SUMS = ", ".join(f"sum({name})::bigint AS {name}" for name in _MEASURES.split(", "))
_IN_RANGE = "tenant_id = ANY(CAST(:tenants AS uuid[])) AND kind = :kind AND NOT removed"
_CELLS = f"""
    SELECT tenant_id, bucket AS at, value, script_id, scenario_id, state, {_MEASURES} FROM report_cells
    WHERE {_IN_RANGE} AND dimension = :dimension AND bucket >= :since AND bucket < :until
    UNION ALL
    SELECT tenant_id, at, {{value}}, script_id, scenario_id, state, {_MEASURES} FROM report_deltas
    WHERE {_IN_RANGE} AND at >= :since AND at < :until
"""  # noqa: S608 fixed text
_TO_RING = text(
    f"""
    SELECT step, sum(n)::bigint AS n FROM (
        SELECT value::int AS step, n, script_id, scenario_id FROM report_cells
        WHERE {_IN_RANGE} AND dimension = 'to_ring' AND bucket >= :since AND bucket < :until
        UNION ALL
        SELECT report_step(to_ring_ms), n, script_id, scenario_id FROM report_deltas
        WHERE {_IN_RANGE} AND at >= :since AND at < :until AND to_ring_ms IS NOT NULL
    ) AS facts
    WHERE (CAST(:script_id AS uuid) IS NULL OR script_id = :script_id)
      AND (CAST(:scenario_id AS uuid) IS NULL OR scenario_id = :scenario_id)
    GROUP BY step HAVING sum(n) <> 0
    """  # noqa: S608 fixed text
)
# All that the overview sums, in one round trip: notifications apart by channel, calls by the hour.
_MANY = "tenant_id = ANY(CAST(:tenants AS uuid[])) AND NOT removed"
_TODAY = text(
    f"""
    SELECT kind, key, state, {_SUMS} FROM (
        SELECT kind, state, {_MEASURES}, CASE kind
            WHEN 'call' THEN to_char({_LOCAL}, 'HH24')
            WHEN 'notification' THEN CASE WHEN script_id IN (SELECT id FROM scripts WHERE channel = 'voice')
                THEN 'voice' ELSE 'other' END
            ELSE '' END AS key
        FROM (
            SELECT kind, bucket AS at, script_id, state, {_MEASURES} FROM report_cells
            WHERE {_MANY} AND kind = ANY(CAST(:kinds AS text[])) AND dimension = 'total'
              AND bucket >= :since AND bucket < :until
            UNION ALL
            SELECT kind, at, script_id, state, {_MEASURES} FROM report_deltas
            WHERE {_MANY} AND kind = ANY(CAST(:kinds AS text[])) AND at >= :since AND at < :until
        ) AS facts
    ) AS keyed
    GROUP BY 1, 2, 3 HAVING sum(n) <> 0
    UNION ALL
    SELECT 'to_ring', step::text, '', sum(n)::bigint, 0, 0, 0, 0 FROM (
        SELECT value::int AS step, n FROM report_cells
        WHERE {_MANY} AND kind = 'call' AND dimension = 'to_ring' AND bucket >= :since AND bucket < :until
        UNION ALL
        SELECT report_step(to_ring_ms), n FROM report_deltas
        WHERE {_MANY} AND kind = 'call' AND at >= :since AND at < :until AND to_ring_ms IS NOT NULL
    ) AS rings
    GROUP BY step HAVING sum(n) <> 0
    ORDER BY 1, 2, 3
    """  # noqa: S608 fixed text
)
# Voice notifications alone: a text message is no call's success.
_VOICE = "script_id IN (SELECT id FROM scripts WHERE channel = 'voice')"


async def sums(
    session: AsyncSession, tenants: Sequence[UUID], question: Question, *, voice_only: bool = False
) -> Sequence[Any]:
    """One row a key and state: `key`, `state`, and the measures."""
    dimension = source_of(question)
    statement = _statement(question, dimension, voice_only=voice_only)
    values = {"tenants": list(tenants), "since": question.span.since, "until": question.span.until}
    if dimension is None:
        values["first"] = lowest_id(question.span.since - _CLOCKS_APART)
        values["last"] = lowest_id(question.span.until + _CLOCKS_APART)
    else:
        values |= {"kind": question.kind.value, "dimension": dimension.value}
    values |= {name: value for name, value in _narrowed(question).items() if value is not None}
    return (await session.execute(statement, values)).all()


class DaySums(msgspec.Struct, frozen=True):
    """What one day comes to, as rows of `sums`: calls by hour of the day, notifications by `voice` and `other`."""

    rows: dict[Kind, list[Any]]
    to_ring: dict[int, int]
    """How many first calls took how long from the event to the ringing, by step of the scale."""


async def day_sums(session: AsyncSession, tenants: Sequence[UUID], span: Span) -> DaySums:
    """Every kind at once."""
    values = {
        "tenants": list(tenants),
        "kinds": [kind.value for kind in Kind],
        "since": span.since,
        "until": span.until,
    }
    rows: dict[Kind, list[Any]] = {kind: [] for kind in Kind}
    to_ring = {}
    for row in await session.execute(_TODAY, values):
        if row.kind == "to_ring":
            to_ring[int(row.key)] = row.n
        else:
            rows[Kind(row.kind)].append(row)
    return DaySums(rows, to_ring)


async def times_to_ring(
    session: AsyncSession,
    tenants: Sequence[UUID],
    span: Span,
    *,
    script_id: UUID | None = None,
    scenario_id: UUID | None = None,
) -> dict[int, int]:
    """How many first calls took how long from the event to the ringing, by step of the scale."""
    values = {
        "tenants": list(tenants),
        "kind": Kind.CALL.value,
        "since": span.since,
        "until": span.until,
        "script_id": script_id,
        "scenario_id": scenario_id,
    }
    return {row.step: row.n for row in await session.execute(_TO_RING, values)}


def _statement(question: Question, dimension: Dimension | None, *, voice_only: bool) -> TextClause:
    by, given = question.by, _narrowed(question)
    if dimension is None:
        facts = FACTS[question.kind].format(
            where="tenant_id = ANY(CAST(:tenants AS uuid[])) AND id >= :first AND id < :last "
            "AND at >= :since AND at < :until"
        )
        columns = {name: name for name in ("caller_number", "matter", "window_name")}
    else:
        facts = _CELLS.format(value=_VALUES[dimension])
        columns = dict.fromkeys(("caller_number", "matter", "window_name"), "value")
    key = columns[_COLUMN_OF[by]] if by in _COLUMN_OF else _KEYS[by]
    conditions = [
        f"{columns.get(name, name)} = :{name}" for name, value in given.items() if value is not None
    ] + [_VOICE] * voice_only
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    return text(
        f"SELECT {key} AS key, state, {_SUMS} FROM ({facts}) AS facts {where} "  # noqa: S608 words of the tables above
        "GROUP BY 1, 2 HAVING sum(n) <> 0 ORDER BY 1, 2"
    )


def _narrowed(question: Question) -> dict[str, Any]:
    narrowed = question.narrowed
    return {
        "script_id": narrowed.script_id,
        "scenario_id": narrowed.scenario_id,
        "state": narrowed.state,
        "caller_number": narrowed.number,
        "matter": narrowed.matter,
        "window_name": narrowed.window,
    }


_NAMES = {
    By.SCRIPT: text(
        "SELECT id::text AS key, name FROM scripts WHERE tenant_id = ANY(CAST(:tenants AS uuid[]))"
    ),
    By.SCENARIO: text(
        "SELECT id::text AS key, name FROM scenarios WHERE tenant_id = ANY(CAST(:tenants AS uuid[]))"
    ),
    By.TENANT: text("SELECT id::text AS key, name FROM tenants WHERE id = ANY(CAST(:tenants AS uuid[]))"),
}


async def names_of(session: AsyncSession, tenants: Sequence[UUID], by: By) -> dict[str, str]:
    """What people call the things that lines are about; empty where the key says it."""
    statement = _NAMES.get(by)
    if statement is None:
        return {}
    return {row.key: row.name for row in await session.execute(statement, {"tenants": list(tenants)})}


async def tenant_ids(session: AsyncSession, slug: str | None) -> list[UUID]:
    """Every tenant, or the one with this short name; empty when nobody has it."""
    query = text("SELECT id FROM tenants WHERE CAST(:slug AS text) IS NULL OR slug = :slug ORDER BY slug")
    return list(await session.scalars(query, {"slug": slug}))
