"""A month's and a year's statement, from the pieces to both documents' content."""

import resource
import time
from datetime import date
from typing import Any

from sqlalchemy import text

from bench.billing_house import FIRST, YEAR, billing_house
from bench.billing_rows import fill_pieces
from bench.protocol import Bench, Row, Setup
from yunhu.domains.billing.accounts import keep_account
from yunhu.domains.billing.closing import write_papers
from yunhu.domains.billing.statements import compute, month_of
from yunhu.domains.billing.wording import statement_paper

_PERIODS = (
    ("month, 115,000 pieces", month_of(date(2025, 3, 1)), 2.0),
    ("year, 1,380,000 pieces", (date(2025, 1, 1), date(2025, 12, 31)), 15.0),
)


async def measure(setup: Setup) -> list[Row]:
    """Compute, print, and write the workbook with every piece: both papers as they are kept."""
    rows = []
    async with billing_house(setup.folder) as (database, tenant_id, contract_id):
        async with database.transaction() as session:
            await keep_account(session, tenant_id, FIRST.date())
            quota_id = await session.scalar(
                text("SELECT id FROM quota_periods WHERE kind = 'voice_notification'")
            )
        await fill_pieces(database.dsn, tenant_id, contract_id, quota_id, FIRST.date(), YEAR)
        for name, (first, last), bar in _PERIODS:
            before, begun, own = _peak(), time.perf_counter(), time.process_time()
            async with database.transaction() as session:
                content = await compute(session, contract_id, first, last)
            computed = time.perf_counter() - begun
            paper = statement_paper(content, "DZ2025-000001")
            async with database.transaction() as session:
                await write_papers(session, setup.folder / "s.xlsx", paper, contract_id, content)
            whole = time.perf_counter() - begun
            own = time.process_time() - own
            rows.append(_row(name, bar, computed, whole, own, _peak() - before))
    return rows


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _row(name: str, bar: float, computed: float, whole: float, own: float, grown: float) -> Row:
    figures: dict[str, Any] = {
        "computed_seconds": computed,
        "papers_seconds": whole - computed,
        "own_cpu_seconds": own,
        "memory_mib": grown,
    }
    return Row(
        what=f"statement of a {name}",
        bar=f"≤ {bar:g} s",
        measured=f"{whole:.1f} s: sums {computed:.1f} s, "
        f"PDF and workbook with details {whole - computed:.1f} s; own CPU {own:.1f} s; +{grown:.0f} MiB",
        passed=whole <= bar,
        values=figures,
    )


BENCH = Bench(name="statement", title="Statement of a month and a year", limit_seconds=400, measure=measure)
