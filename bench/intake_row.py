"""Rows of the table from `bench.intake`: single events and batches, each beside pgbench on the same database."""

import statistics

from bench.intake import CLIENTS, Figures
from bench.intake import measure as measure_intake
from bench.protocol import Bench, Row, Setup

_SECONDS = 12
"""For each of pgbench, pgbench with prepared statements, single events and batches."""


async def measure(setup: Setup) -> list[Row]:
    """Events a second as a share of pgbench's single-row inserts a second."""
    figures, durability = await measure_intake(setup.folder, _SECONDS)
    singles, batches = statistics.median(figures.singles), statistics.median(figures.batches)
    return [
        _row(f"intake, single events, {CLIENTS} clients ({durability})", singles, figures, 15),
        _row(f"intake, batches of 1,000 ({durability})", batches, figures, 2),
    ]


def _row(what: str, rate: float, figures: Figures, most: int) -> Row:
    peer, prepared = statistics.median(figures.peer), statistics.median(figures.prepared_peer)
    return Row(
        what=what,
        bar=f"≥ 1/{most} of pgbench",
        measured=f"{rate:.0f} events/s, 1/{peer / rate:.1f} of the peer (1/{prepared / rate:.1f} of it with -M prepared)",
        peer=f"pgbench {peer:.0f} rows/s ({prepared:.0f} with -M prepared)",
        passed=peer / rate <= most,
        values={"events_a_second": rate, "behind": peer / rate, "behind_prepared": prepared / rate},
    )


BENCH = Bench(name="intake", title="Intake beside pgbench", limit_seconds=120, measure=measure)
