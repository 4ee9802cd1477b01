"""Memory: how much the engine's process grows from no call to 250, recorded and with media both ways."""

import asyncio

from bench.callee import Callee
from bench.embedded_caller import embedded_caller
from bench.processes import resident_kib
from bench.protocol import Bench, Row, Setup

_CALLS = 250
_PER_SECOND = 40.0
_PROMPT_SECONDS = 10.0
_BAR_KIB = 40.0


async def measure(setup: Setup) -> list[Row]:
    """Resident KiB a concurrent call at the peak, code and tables that one call loads taken off."""
    async with (
        Callee(setup.folder / "sipp") as callee,
        embedded_caller(callee.port, setup.folder / "recordings", prompt_seconds=_PROMPT_SECONDS) as engine,
    ):
        await engine.place(1, 1)
        before = resident_kib(engine.pid)
        volley = asyncio.create_task(engine.place(_CALLS, _PER_SECOND))
        peak = before
        while not volley.done():
            await asyncio.sleep(0.2)
            peak = max(peak, resident_kib(engine.pid))
        failed = await volley
        if failed:
            raise RuntimeError(f"{failed} of {_CALLS} calls failed")
        after = resident_kib(engine.pid)
    held = (peak - before) / _CALLS
    return [
        Row(
            what=f"memory a concurrent call (0 to {_CALLS})",
            bar=f"≤ {_BAR_KIB:.0f} KiB",
            measured=f"{held:.1f} KiB (process {before / 1024:.0f} → {peak / 1024:.0f} MiB)",
            passed=held <= _BAR_KIB,
            values={"kib_a_call": held, "before_kib": before, "peak_kib": peak, "after_kib": after},
        )
    ]


BENCH = Bench(name="memory", title="Memory of a call", limit_seconds=60, measure=measure)
