"""CPU of a 5 s call: the embedded engine, with both directions recorded, against Asterisk 22, which records nothing.

Both call the same SIPp, which echoes the media. The rounds alternate; the best of each side counts, because what
other processes do on the machine can only add to a figure.
"""

from bench.asterisk_caller import AsteriskCaller
from bench.callee import Callee
from bench.callers import PROMPT_SECONDS, Cost, volley
from bench.embedded_caller import EmbeddedCaller, embedded_caller
from bench.protocol import Bench, Row, Setup

_VOLLEY_SECONDS = 12.0
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
        for _ in range(setup.rounds):
            ours.append(await volley(engine, callee, calls, rate))
            heard.append(engine.last.packets_received / calls)
            theirs.append(await volley(asterisk, callee, calls, rate))
            plain.append(await volley(unrecorded, callee, calls, rate))
        wrong = _wrong(engine, ours)
    rows = [_cpu_row(ours, theirs, rate), _plain_row(plain, theirs)]
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


def _cpu_row(ours: list[Cost], theirs: list[Cost], rate: float) -> Row:
    best, peer = min(ours, key=_cpu), min(theirs, key=_cpu)
    return Row(
        what=f"CPU a 5 s call, recorded, {rate:g} calls/s ({round(rate * PROMPT_SECONDS)} at once)",
        bar="≤ 1/2 of Asterisk 22",
        measured=f"{best.cpu_ms:.1f} ms, {best.cpu_ms / peer.cpu_ms:.2f} of the peer",
        peer=f"Asterisk {peer.cpu_ms:.1f} ms",
        passed=best.cpu_ms <= _SHARE * peer.cpu_ms,
        values={
            "cpu_ms": best.cpu_ms,
            "peer_cpu_ms": peer.cpu_ms,
            "ratio": best.cpu_ms / peer.cpu_ms,
            "sipp_cpu_ms": best.callee_cpu_ms,
            "busy": max(cost.busy for cost in [*ours, *theirs]),
            **{f"round_{n}": cost.cpu_ms for n, cost in enumerate(ours, 1)},
            **{f"peer_round_{n}": cost.cpu_ms for n, cost in enumerate(theirs, 1)},
        },
    )


def _plain_row(plain: list[Cost], theirs: list[Cost]) -> Row:
    bare, peer = min(plain, key=_cpu), min(theirs, key=_cpu)
    return Row(
        what="the same, not recorded (Asterisk records nothing)",
        measured=f"{bare.cpu_ms:.1f} ms, {bare.cpu_ms / peer.cpu_ms:.2f} of the peer",
        peer=f"Asterisk {peer.cpu_ms:.1f} ms",
        values={f"round_{n}": cost.cpu_ms for n, cost in enumerate(plain, 1)},
    )


def _cpu(cost: Cost) -> float:
    return cost.cpu_ms


def _wrong(engine: EmbeddedCaller, costs: list[Cost]) -> str:
    return f" {engine.last.reasons}" if any(cost.failed for cost in costs) and engine.last.reasons else ""


BENCH = Bench(name="engine", title="CPU of a call", limit_seconds=240, measure=measure)
