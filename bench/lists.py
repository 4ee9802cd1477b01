"""Every list by every filter, over a year of 1,380,000 calls: the first page, and pages in the depth.

What is rare is old, and what a list is narrowed to has most often nothing to do with how it is sorted. Whether any
query read a whole table is told by the server's own counters.
"""

import base64
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
from sqlalchemy import text
from tests.support.hall.equipment import caller
from tests.support.hall.plugin import client_of

from bench.overview import timed
from bench.protocol import Bench, Row, Setup, share_of
from bench.year import CALLS, Year, the_year
from yunhu.entrypoints.api import create_app
from yunhu.foundation.clock import SystemClock
from yunhu.foundation.db import Database, open_database
from yunhu.foundation.ids import lowest_id
from yunhu.foundation.settings import Settings

_BAR_MS = 150.0
_TIMES = 8
_TABLES = ("calls", "notifications", "sms_messages", "journeys")
_SCANS = text(
    "SELECT relname, seq_scan FROM pg_stat_user_tables WHERE relname = ANY(CAST(:tables AS text[]))"
)
_DEPTHS = (0, 180, 363)
"""Days before today at which a page begins."""


def _lists(year: Year) -> dict[str, list[str]]:
    script = f"script_id={year.script_id}"
    then = datetime.now(UTC) - timedelta(days=200)
    month = f"={then:%Y-%m-%dT%H:%M:%SZ}", f"={then + timedelta(days=30):%Y-%m-%dT%H:%M:%SZ}"
    common = ["", "queue_number=A0017", "phone=13800000500", "order=oldest"]
    return {
        "calls": [
            *common,
            "state=ringing",
            "state=ended",
            "result=answered",
            "result=own_line_blocked",
            "result=suspended",
            script,
            f"{script}&result=busy",
            f"caller_number=%2B{caller(0)[1:]}",
            f"caller_number=%2B{caller(7)[1:]}",
            f"since{month[0]}&until{month[1]}",
            f"since{month[0]}&until{month[1]}&result=rejected",
        ],
        "notifications": [
            *common,
            "state=pending",
            "state=delivered",
            "state=refused",
            "state=cancelled",
            "result=own_line_blocked",
            "purpose=notice",
            "purpose=near_turn",
            "channel=sms",
            script,
            f"created_from{month[0]}&created_to{month[1]}",
        ],
        "messages": [
            *common,
            "state=submitted",
            "state=delivered",
            "state=rejected",
            "state=unknown",
            f"since{month[0]}&until{month[1]}",
        ],
        "journeys": [
            *common,
            "hall=main",
            "hall=closed",
            "state=waiting",
            f"day={then:%Y-%m-%d}",
            f"created_from{month[0]}&created_to{month[1]}",
        ],
    }


async def measure(setup: Setup) -> list[Row]:
    """The slowest page of each list."""
    calls = CALLS if setup.past_calls >= 1_000_000 else setup.past_calls
    year = await the_year(calls)
    before = await _scans(year)
    database = open_database(year.server.url(), pool_size=4)
    try:
        rows, slow = await _pages(setup, year, database)
    finally:
        await database.close()
    after = await _scans(year)
    read_whole = {table: after[table] - before[table] for table in _TABLES if after[table] > before[table]}
    rows.append(
        Row(
            what="whole tables read by any of these queries",
            bar="none",
            measured=", ".join(f"{table} {count} times" for table, count in read_whole.items()) or "none",
            passed=not read_whole,
        )
    )
    if setup.keep is not None:
        setup.keep.mkdir(parents=True, exist_ok=True)
        (setup.keep / "lists.txt").write_text("\n".join(slow) + "\n", encoding="utf-8")
    return rows


async def _pages(setup: Setup, year: Year, database: Database) -> tuple[list[Row], list[str]]:
    app = create_app(Settings(data_dir=setup.folder), database, year.vault, SystemClock())
    rows, told = [], []
    async with client_of(app, year.hall.token) as client:
        client.timeout = httpx.Timeout(60)
        for name, queries in _lists(year).items():
            found = []
            for query in queries:
                for depth in _DEPTHS:
                    took = await timed(client, _url(name, query, depth), _TIMES)
                    found.append((share_of(took, 0.8), query or "everything", depth))
            slowest = max(found)
            told += [
                f"{took:8.1f} ms  {name}?{query}  {depth} days deep" for took, query, depth in sorted(found)
            ]
            rows.append(
                Row(
                    what=f"GET /{name}, {len(queries)} filters × {len(_DEPTHS)} depths",
                    bar=f"slowest page ≤ {_BAR_MS:.0f} ms",
                    measured=f"{slowest[0]:.1f} ms ({slowest[1]}, {slowest[2]} days deep); "
                    f"median of all {sorted(found)[len(found) // 2][0]:.1f} ms",
                    passed=slowest[0] <= _BAR_MS,
                    values={"slowest_ms": slowest[0]},
                )
            )
    return rows, told


def _url(name: str, query: str, depth: int) -> str:
    if not depth:
        return f"/api/v1/{name}?{query}"
    place = msgspec.json.encode(lowest_id(datetime.now(UTC) - timedelta(days=depth)))
    cursor = base64.urlsafe_b64encode(place).rstrip(b"=").decode()
    return f"/api/v1/{name}?{query}&cursor={cursor}".replace("?&", "?")


async def _scans(year: Year) -> dict[str, int]:
    # Counters of a session arrive when it ends: each look has a session of its own.
    database = open_database(year.server.url(), pool_size=2)
    try:
        async with database.transaction() as session:
            found = await session.execute(_SCANS, {"tables": list(_TABLES)})
            return {row.relname: row.seq_scan for row in found}
    finally:
        await database.close()


BENCH = Bench(name="lists", title="Lists by every filter over a year", limit_seconds=900, measure=measure)
