"""Who calls: both kinds place a number of calls at a rate and say what it cost."""

import asyncio
import time
from typing import Protocol

import msgspec

from bench.callee import Callee
from bench.processes import busy_ticks, cpu_seconds

PROMPT_SECONDS = 5.0
_IDLE_SECONDS = 2.0


class Caller(Protocol):
    """A started caller."""

    @property
    def pid(self) -> int:
        """Whose CPU time is the calls' price."""

    async def place(self, calls: int, per_second: float) -> int:
        """Place the calls, return after the last has ended; how many failed as the caller sees it."""


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What one volley cost."""

    calls: int
    failed: int
    """As the caller or SIPp saw it, whoever saw more."""
    cpu_ms: float
    """CPU milliseconds a call, the idle process taken off."""
    callee_cpu_ms: float
    """The same of SIPp."""
    busy: float
    """Share of all processors that was busy, 0–1, other people's work included."""


async def volley(caller: Caller, callee: Callee, calls: int, per_second: float) -> Cost:
    """Place the calls once and account for them."""
    idle = await _idle_share(caller.pid)
    before, seen = callee.statistics, callee.pid
    begun, cpu, callee_cpu, ticks = time.monotonic(), cpu_seconds(caller.pid), cpu_seconds(seen), busy_ticks()
    failed = await caller.place(calls, per_second)
    seconds = time.monotonic() - begun
    used = cpu_seconds(caller.pid) - cpu - idle * seconds
    callee_used = cpu_seconds(seen) - callee_cpu
    busy, total = (now - then for now, then in zip(busy_ticks(), ticks, strict=True))
    successful = await _settled(callee, before.successful + calls) - before.successful
    return Cost(
        calls=calls,
        failed=max(failed, calls - successful, callee.statistics.failed - before.failed),
        cpu_ms=used * 1000 / calls,
        callee_cpu_ms=callee_used * 1000 / calls,
        busy=busy / max(1, total),
    )


async def _idle_share(pid: int) -> float:
    before = cpu_seconds(pid)
    await asyncio.sleep(_IDLE_SECONDS)
    return (cpu_seconds(pid) - before) / _IDLE_SECONDS


async def _settled(callee: Callee, wanted: int) -> int:
    """SIPp's count of successful calls, once it has written it down."""
    for _ in range(30):
        if callee.statistics.successful >= wanted:
            break
        await asyncio.sleep(0.1)
    return callee.statistics.successful
