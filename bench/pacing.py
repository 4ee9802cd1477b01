"""Pacing: the kernel's times of arrival, at the callee, of every packet of 250 calls at once."""

from bench.asterisk_caller import AsteriskCaller
from bench.callee import Callee, MediaSink
from bench.callers import PROMPT_SECONDS, Caller
from bench.embedded_caller import embedded_caller
from bench.protocol import Bench, Row, Setup, share_of

_VOLLEY_SECONDS = 10.0
_WANTED = 0.99


async def measure(setup: Setup) -> list[Row]:
    """Share of intervals within 20 ± 5 ms, ours and Asterisk's."""
    rate = setup.calls_per_second
    calls = int(rate * _VOLLEY_SECONDS)
    runs = []
    for _ in range(setup.rounds):
        sink = MediaSink()
        try:
            async with (
                Callee(setup.folder / "sipp", media_port=sink.port) as callee,
                embedded_caller(
                    callee.port, setup.folder / "recordings", prompt_seconds=PROMPT_SECONDS
                ) as engine,
            ):
                runs.append(await _intervals(engine, sink, calls, rate))
        finally:
            sink.kill()
    sink = MediaSink()
    try:
        async with (
            Callee(setup.folder / "sipp", media_port=sink.port) as callee,
            AsteriskCaller(setup.folder / "asterisk", callee, PROMPT_SECONDS) as asterisk,
        ):
            theirs = await _intervals(asterisk, sink, calls, rate)
    finally:
        sink.kill()
    ours = max(runs, key=_within)
    within = _within(ours)
    low, high = share_of(ours, 0.001), share_of(ours, 0.999)
    return [
        Row(
            what=f"packets within 20 ± 5 ms, {round(rate * PROMPT_SECONDS)} calls at once",
            bar="≥ 99%",
            measured=f"{within:.2%} (0.1%–99.9%: {low:.1f}–{high:.1f} ms)",
            peer=f"Asterisk {_within(theirs):.2%}",
            passed=within >= _WANTED,
            values={
                "within": within,
                "peer_within": _within(theirs),
                "intervals": len(ours),
                **{f"round_{n}": _within(run) for n, run in enumerate(runs, 1)},
            },
        )
    ]


async def _intervals(caller: Caller, sink: MediaSink, calls: int, rate: float) -> list[float]:
    failed = await caller.place(calls, rate)
    if failed:
        raise RuntimeError(f"{failed} of {calls} calls failed: their pacing says nothing")
    return sink.intervals()


def _within(intervals: list[float]) -> float:
    return sum(15 <= interval <= 25 for interval in intervals) / max(1, len(intervals))


BENCH = Bench(name="pacing", title="Packet pacing", limit_seconds=150, measure=measure)
