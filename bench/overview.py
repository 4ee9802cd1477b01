"""The overview and the reports over a year of 1,380,000 calls, and what keeping the sums costs a call that ends.

The whole application answers, in this process; the sums are made from the rows and proved equal to a full count first.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text
from tests.support.hall.plugin import client_of

from bench.protocol import Bench, Row, Setup, share_of
from bench.year import CALLS, Year, the_year
from yunhu.domains.reports.public import rebuild, verify
from yunhu.entrypoints.api import create_app
from yunhu.foundation.clock import SystemClock
from yunhu.foundation.db import Database, open_database
from yunhu.foundation.settings import Settings

_OVERVIEW_BAR_MS = 100.0
_REQUESTS = 60
_ENDINGS = 1500
_REPORTS = (
    ("a year by day", "/api/v1/reports/calls?by=day&from={year}&to={today}"),
    ("a year by caller number", "/api/v1/reports/calls?by=number&from={year}&to={today}"),
    ("a year's heat map", "/api/v1/reports/heat-map?from={year}&to={today}"),
    (
        "a month by matter in one window (counted)",
        "/api/v1/reports/calls?by=matter&window=3&from={month}&to={today}",
    ),
)
_BEGUN = text(
    """
    INSERT INTO calls (id, tenant_id, notification_id, attempt, callee_cipher, callee_index, day, caller_number,
        caller_number_id, trunk_id, robot_id, node_id, script_version_id, text, verdict, state, reserved_at)
    SELECT gen_random_uuid(), c.tenant_id, c.notification_id, 2, c.callee_cipher,
        decode(md5(c.id::text), 'hex'), c.day, c.caller_number, c.caller_number_id, c.trunk_id, c.robot_id,
        c.node_id, c.script_version_id, c.text, c.verdict, 'dialling', now()
    FROM (SELECT * FROM calls WHERE state = 'ended' ORDER BY id LIMIT :count OFFSET 5000) AS c
    RETURNING id
    """
)
_END = text(
    """
    UPDATE calls SET state = 'ended', ringing_at = now(), answered_at = now(), ended_at = now() + interval '9 seconds',
        result = 'answered', reason = 'bench', ended_by = 'callee' WHERE id = :id
    """
)


async def timed(client: httpx.AsyncClient, url: str, times: int) -> list[float]:
    """Milliseconds of each request, sorted."""
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        answer = await client.get(url)
        found.append((time.perf_counter() - begun) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{url}: {answer.status_code} {answer.text[:200]}")
    return sorted(found)


async def measure(setup: Setup) -> list[Row]:
    """Requests, proof, and the price of a line."""
    calls = CALLS if setup.past_calls >= 1_000_000 else setup.past_calls
    year = await the_year(calls)
    database = open_database(year.server.url(), pool_size=4)
    try:
        begun = time.perf_counter()
        await rebuild(database)
        anew = time.perf_counter() - begun
        begun = time.perf_counter()
        proof = await verify(database)
        proving = time.perf_counter() - begun
        rows = [
            Row(
                what=f"sums of {calls:,} calls against a full count",
                bar="no difference",
                measured=f"{len(proof.differences)} differences, {proof.totals.get('call', 0):,} calls in the sums",
                passed=not proof.differences and proof.totals.get("call") == calls,
            ),
            Row(what="sums made anew; proved", measured=f"{anew:.1f} s; {proving:.1f} s"),
        ]
        rows += await _requests(setup, year, database)
        rows.append(await _price(database))
    finally:
        await database.close()
    return rows


async def _requests(setup: Setup, year: Year, database: Database) -> list[Row]:
    app = create_app(Settings(data_dir=setup.folder), database, year.vault, SystemClock())
    today = datetime.now(UTC).date()
    days = {"today": today, "year": today - timedelta(days=364), "month": today - timedelta(days=30)}
    async with client_of(app, year.hall.token) as client:
        client.timeout = httpx.Timeout(60)
        took = await timed(client, "/api/v1/reports/overview", _REQUESTS)
        median, high = share_of(took, 0.5), share_of(took, 0.95)
        rows = [
            Row(
                what=f"GET /reports/overview, {_REQUESTS} times",
                bar=f"p95 ≤ {_OVERVIEW_BAR_MS:.0f} ms",
                measured=f"p50 {median:.1f} ms, p95 {high:.1f} ms",
                passed=high <= _OVERVIEW_BAR_MS,
                values={"p50_ms": median, "p95_ms": high},
            )
        ]
        for what, url in _REPORTS:
            took = await timed(client, url.format(**days), 10)
            rows.append(Row(what=what, measured=f"p50 {took[5]:.1f} ms, worst {took[-1]:.1f} ms"))
    return rows


async def _price(database: Database) -> Row:
    """Calls that end, in transactions of their own, in turn with and without the trigger."""
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        ids = list(await session.scalars(_BEGUN, {"count": 2 * _ENDINGS}))
    took: dict[bool, list[float]] = {True: [], False: []}
    for number, call_id in enumerate(ids):
        kept = number % 2 == 0
        took[kept].append(await _end(database, call_id, kept=kept))
    with_, without = (share_of(sorted(values), 0.5) for values in (took[True], took[False]))
    return Row(
        what="a call's end: with its line in the sums against without",
        measured=f"{with_:.3f} ms against {without:.3f} ms ({with_ - without:+.3f} ms, medians of {_ENDINGS})",
        values={"with_ms": with_, "without_ms": without},
    )


async def _end(database: Database, call_id: UUID, *, kept: bool) -> float:
    async with database.transaction() as session:
        # `replica` keeps triggers from firing; both sides set it to something.
        role = {"role": "origin" if kept else "replica"}
        await session.execute(text("SELECT set_config('session_replication_role', :role, true)"), role)
        begun = time.perf_counter()
        values: dict[str, Any] = {"id": call_id}
        await session.execute(_END, values)
        return (time.perf_counter() - begun) * 1000


BENCH = Bench(name="overview", title="Overview and reports over a year", limit_seconds=900, measure=measure)
