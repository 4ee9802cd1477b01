"""Rows of the table out of `bench.intake`, run as the command it is."""

import asyncio
import re
import subprocess
import sys

from bench.protocol import Bench, Row, Setup

_SECONDS = 8
_PGBENCH = re.compile(r"pgbench\D.*?([\d.]+) and +([\d.]+) rows/s")
_RATE = re.compile(r"^(single events|batches)\D.* ([\d.]+) events/s +ratio 1/([\d.]+)", re.MULTILINE)
_BARS = {"single events": 15.0, "batches": 2.0}


async def measure(_setup: Setup) -> list[Row]:
    """Single events and batches, each against pgbench's single-row inserts."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.intake", "--seconds", str(_SECONDS), stdout=subprocess.PIPE
    )
    try:
        output = (await process.communicate())[0].decode()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    peer = _PGBENCH.search(output)
    rates = _RATE.findall(output)
    if process.returncode or peer is None or len(rates) != len(_BARS):
        raise RuntimeError(f"bench.intake ended with {process.returncode}: {output[-300:]}")
    return [
        Row(
            what=f"intake, {kind}",
            bar=f"≥ 1/{_BARS[kind]:g} of pgbench",
            measured=f"{float(rate):.0f} events/s, 1/{float(behind):.2g} of the peer",
            peer=f"pgbench {float(peer[1]):.0f} and {float(peer[2]):.0f} rows/s",
            passed=float(behind) <= _BARS[kind],
            values={"events_a_second": float(rate), "behind": float(behind)},
        )
        for kind, rate, behind in rates
    ]


BENCH = Bench(name="intake", title="Intake beside pgbench", limit_seconds=90, measure=measure)
