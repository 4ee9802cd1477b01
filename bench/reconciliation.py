"""A carrier's call details of a year against our calls."""

import csv
import resource
import time
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import text

from bench.billing_house import FIRST, YEAR, billing_house
from bench.billing_rows import CALLEES, DAYS, fill_calls, phone_of
from bench.processes import cpu_seconds
from bench.protocol import Bench, Row, Setup
from yunhu.domains.billing.call_details import CallDetailFormat, read_call_details
from yunhu.domains.billing.reconciliation import ReconciliationWish, reconcile
from yunhu.foundation.crypto import Vault

_BAR = 60.0
_MISSING_EVERY = 1_000
_LONGER_EVERY = 700


def _write(path: Path, first: date) -> dict[str, int]:
    """The file, and what must be found in it."""
    expected = {"missing_there": 0, "duration_differs": 0}
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("主叫", "被叫", "开始", "秒"))
        for g in range(1, YEAR + 1):
            if g % _MISSING_EVERY == 0:
                expected["missing_there"] += 1
                continue
            longer = g % _LONGER_EVERY == 0
            expected["duration_differs"] += longer
            at = 8 * 3600 + g % 36_000 + 1
            clock = f"{at // 3600:02d}:{at // 60 % 60:02d}:{at % 60:02d}"
            day = first + timedelta(days=g % DAYS)
            seconds = 5 + g % 40 + 60 * longer
            writer.writerow(("029-88880000", phone_of(g % CALLEES), f"{day} {clock}", seconds))
    return expected


async def measure(setup: Setup) -> list[Row]:
    """From the file to the differences, committed."""
    vault = Vault(bytes(range(32)))
    path = setup.folder / "details.csv"
    expected = _write(path, FIRST.date())
    format_ = CallDetailFormat(caller="主叫", callee="被叫", started="开始", seconds="秒", encoding="gb18030")
    wish = ReconciliationWish(first_day=date(2025, 1, 1), last_day=date(2025, 12, 31), format=format_)
    async with billing_house(setup.folder) as (database, tenant_id, _):
        await fill_calls(database.dsn, vault, tenant_id, YEAR, FIRST.date())
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begun, own = time.perf_counter(), time.process_time()
        with path.open(encoding="gb18030", newline="") as lines:
            records = read_call_details(lines, format_, vault)
            async with database.transaction() as session:
                backend = await session.scalar(text("SELECT pg_backend_pid()"))
                theirs = cpu_seconds(backend)
                run = await reconcile(session, tenant_id, wish, records, now=FIRST, by="bench")
                theirs = cpu_seconds(backend) - theirs
        seconds, own = time.perf_counter() - begun, time.process_time() - own
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    right = run.counts == expected
    return [
        Row(
            what=f"reconciliation of {YEAR:,} calls",
            bar=f"≤ {_BAR:g} s, every difference found",
            measured=f"{seconds:.1f} s (CPU {own:.1f} s here, {theirs:.1f} s in the database), "
            f"{sum(run.counts.values()):,} differences, +{grown:.0f} MiB",
            passed=seconds <= _BAR and right,
            values={
                "seconds": seconds,
                "own_cpu": own,
                "database_cpu": theirs,
                "memory_mib": grown,
                "right": float(right),
            },
        )
    ]


BENCH = Bench(name="reconciliation", title="Call details of a year", limit_seconds=400, measure=measure)
