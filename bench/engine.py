"""CPU of a 5 s call: the embedded engine against Asterisk 22, and the engine again with both directions recorded.

Both call the same SIPp, which echoes the media. A round has every side in turn, and each round gives a ratio of its
own: a shared machine is faster in one minute than in the next, but hardly within one. The median of the ratios counts.
"""

import statistics

from bench.asterisk_caller import AsteriskCaller
from bench.callee import Callee
from bench.callers import PROMPT_SECONDS, Cost, volley
from bench.embedded_caller import EmbeddedCaller, embedded_caller
from bench.protocol import Bench, Row, Setup

_VOLLEY_SECONDS = 12.0
_ROUNDS = 4
_SHARE = 0.5


async def measure(setup: Setup) -> list[Row]:
    """CPU a call of both sides, and that no call failed."""
    rate = setup.calls_per_second
    calls = int(rate * _VOLLEY_SECONDS)
    recordings = setup.folder / "recordings"
    ours: list[Cost] = []
    heard: list[float] = []
    theirs: list[Cost] = []
    plain: list[Cost] = []
    async with (
        Callee(setup.folder / "sipp") as callee,
        embedded_caller(callee.port, recordings, prompt_seconds=PROMPT_SECONDS) as engine,
        embedded_caller(callee.port, None, prompt_seconds=PROMPT_SECONDS) as unrecorded,
        AsteriskCaller(setup.folder / "asterisk", callee, PROMPT_SECONDS) as asterisk,
    ):
        await engine.place(20, 20)
        await unrecorded.place(20, 20)
        await asterisk.place(20, 20)
        for _ in range(max(setup.rounds, _ROUNDS)):
            ours.append(await volley(engine, callee, calls, rate))
            heard.append(engine.last.packets_received / calls)
            theirs.append(await volley(asterisk, callee, calls, rate))
            plain.append(await volley(unrecorded, callee, calls, rate))
        wrong = _wrong(engine, ours)
    load = f"{rate:g} calls/s ({round(rate * PROMPT_SECONDS)} at once)"
    rows = [
        _cpu_row(f"CPU a 5 s call, {load}", plain, theirs),
        _cpu_row("the same, both directions recorded (Asterisk records nothing)", ours, theirs, bar=False),
    ]
    expected = sum(cost.calls for cost in ours) + 20
    recorded = sum(path.stat().st_size > PROMPT_SECONDS * 16_000 * 0.9 for path in recordings.glob("*.wav"))
    return [
        *rows,
        Row(
            what="failed calls in these rounds",
            bar="0",
            measured=f"{sum(cost.failed for cost in ours)} of {expected - 20}{wrong}",
            peer=f"Asterisk {sum(cost.failed for cost in theirs)} of {sum(cost.calls for cost in theirs)}",
            passed=not any(cost.failed for cost in ours),
        ),
        Row(
            what="packets that came back, a call",
            bar="≥ 240 of 250",
            measured=f"{min(heard):.0f}",
            passed=min(heard) >= 240,
        ),
        Row(
            what="recordings whole",
            bar="all",
            measured=f"{recorded} of {expected}",
            passed=recorded == expected,
        ),
    ]


def _cpu_row(what: str, ours: list[Cost], theirs: list[Cost], *, bar: bool = True) -> Row:
    ratios = [mine.cpu_ms / peer.cpu_ms for mine, peer in zip(ours, theirs, strict=True)]
    ratio = statistics.median(ratios)
    mine, peer = (statistics.median(cost.cpu_ms for cost in side) for side in (ours, theirs))
    return Row(
        what=what,
        bar="≤ 1/2 of Asterisk 22" if bar else "",
        measured=f"{mine:.1f} ms, {ratio:.2f} of the peer ({min(ratios):.2f} to {max(ratios):.2f} in {len(ratios)} rounds)",
        peer=f"Asterisk {peer:.1f} ms",
        passed=ratio <= _SHARE if bar else None,
        values={
            "cpu_ms": mine,
            "peer_cpu_ms": peer,
            "ratio": ratio,
            "busy": max(cost.busy for cost in [*ours, *theirs]),
            **{f"round_{n}": cost.cpu_ms for n, cost in enumerate(ours, 1)},
            **{f"peer_round_{n}": cost.cpu_ms for n, cost in enumerate(theirs, 1)},
        },
    )


def _wrong(engine: EmbeddedCaller, costs: list[Cost]) -> str:
    return f" {engine.last.reasons}" if any(cost.failed for cost in costs) and engine.last.reasons else ""


BENCH = Bench(name="engine", title="CPU of a call", limit_seconds=360, measure=measure)
