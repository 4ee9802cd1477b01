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
from yunhu.domains.billing.closing import charged
from yunhu.domains.billing.excel import write_workbook
from yunhu.domains.billing.pdf import paper_pdf
from yunhu.domains.billing.statements import compute, month_of
from yunhu.domains.billing.wording import statement_paper

_PERIODS = (
    ("month, 115,000 pieces", month_of(date(2025, 3, 1)), 2.0),
    ("year, 1,380,000 pieces", (date(2025, 1, 1), date(2025, 12, 31)), 15.0),
)


async def measure(setup: Setup) -> list[Row]:
    """Compute and print; the workbook with every piece is told beside it."""
    rows = []
    async with billing_house(setup.folder) as (database, tenant_id, contract_id):
        async with database.transaction() as session:
            await keep_account(session, tenant_id, FIRST.date())
            quota_id = await session.scalar(
                text("SELECT id FROM quota_periods WHERE kind = 'voice_notification'")
            )
        await fill_pieces(database.dsn, tenant_id, contract_id, quota_id, FIRST.date(), YEAR)
        for name, (first, last), bar in _PERIODS:
            before = _peak()
            begun = time.perf_counter()
            async with database.transaction() as session:
                content = await compute(session, contract_id, first, last)
            computed = time.perf_counter() - begun
            paper = statement_paper(content, "DZ2025-000001")
            paper_pdf(paper)
            printed = time.perf_counter() - begun
            async with database.transaction() as session:
                pieces = charged(session, contract_id, content)
                await write_workbook(setup.folder / "s.xlsx", paper, pieces)
            whole = time.perf_counter() - begun
            rows.append(_row(name, bar, computed, printed, whole, _peak() - before))
    return rows


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _row(name: str, bar: float, computed: float, printed: float, whole: float, grown: float) -> Row:
    figures: dict[str, Any] = {
        "computed_seconds": computed,
        "pdf_seconds": printed - computed,
        "workbook_seconds": whole - printed,
        "memory_mib": grown,
    }
    return Row(
        what=f"statement of a {name}",
        bar=f"≤ {bar:g} s",
        measured=f"{computed:.2f} s; PDF {printed - computed:.1f} s, details {whole - printed:.1f} s, +{grown:.0f} MiB",
        passed=computed <= bar,
        values=figures,
    )


BENCH = Bench(name="statement", title="Statement of a month and a year", limit_seconds=400, measure=measure)
