"""Rows of the table from `bench.intake`: single events and batches, each beside pgbench on the same database."""

import statistics

from bench.intake import CLIENTS
from bench.intake import measure as measure_intake
from bench.protocol import Bench, Row, Setup

_SECONDS = 12
"""For each of pgbench, single events and batches."""


async def measure(setup: Setup) -> list[Row]:
    """Events a second as a share of pgbench's single-row inserts a second."""
    figures, durability = await measure_intake(setup.folder, _SECONDS)
    peer = statistics.median(figures.peer)
    return [
        _row(
            f"intake, single events, {CLIENTS} clients",
            statistics.median(figures.singles),
            peer,
            15,
            durability,
        ),
        _row("intake, batches of 1,000", statistics.median(figures.batches), peer, 2, durability),
    ]


def _row(what: str, rate: float, peer: float, most: int, durability: str) -> Row:
    return Row(
        what=f"{what} ({durability})",
        bar=f"≥ 1/{most} of pgbench",
        measured=f"{rate:.0f} events/s, 1/{peer / rate:.1f} of the peer",
        peer=f"pgbench {peer:.0f} rows/s",
        passed=peer / rate <= most,
        values={"events_a_second": rate, "behind": peer / rate},
    )


BENCH = Bench(name="intake", title="Intake beside pgbench", limit_seconds=120, measure=measure)
