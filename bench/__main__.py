"""Every bench in turn, one table at the end: `python -m bench [NAME …]`.

The table and the figures behind it lie in artefacts/bench/ afterwards. Exit code 1 when a bar was missed or a bench
gave no figure. The whole stays below 25 minutes; each bench is broken off at its own limit.
"""

import argparse
import asyncio
import shlex
import sys
import tempfile
import time
import traceback
from pathlib import Path

from bench import (
    claim,
    consent_import,
    console_monitor,
    engine,
    event_to_invite,
    evidence,
    gate,
    intake_row,
    lists,
    live,
    memory,
    overview,
    pacing,
    reconciliation,
    statement,
)
from bench.processes import busy_ticks
from bench.protocol import Bench, Setup
from bench.table import Outcome, Report, describe_machine, now, text_table, write

BENCHES: dict[str, Bench] = {
    module.BENCH.name: module.BENCH
    for module in (
        engine,
        pacing,
        memory,
        event_to_invite,
        intake_row,
        claim,
        gate,
        statement,
        evidence,
        reconciliation,
        overview,
        lists,
        live,
        consent_import,
        console_monitor,
    )
}
ARTEFACTS = Path(__file__).resolve().parents[1] / "artefacts" / "bench"
_LISTEN_SECONDS = 2.0
_BUSY_ALREADY = 0.15
_WHOLE_RUN_SECONDS = 1500.0
_MILLION_SECONDS = 120.0
"""What each million of past calls beyond the first may add."""


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


async def _busy() -> float:
    before = busy_ticks()
    await asyncio.sleep(_LISTEN_SECONDS)
    busy, total = (now_ - then for now_, then in zip(busy_ticks(), before, strict=True))
    return busy / max(1, total)


async def _run(bench: Bench, options: argparse.Namespace, end: float) -> Outcome:
    outcome = Outcome(bench=bench.name, busy_before=await _busy())
    _say(f"· {bench.name}: {bench.title} (at most {bench.limit_seconds:.0f} s)")
    if outcome.busy_before > _BUSY_ALREADY:
        _say(
            f"  others keep {outcome.busy_before:.0%} of the machine busy: these figures are worse than they are"
        )
    begun = time.monotonic()
    limit = min(bench.limit_seconds, max(1.0, end - begun))
    with tempfile.TemporaryDirectory(prefix=f"yunhu-bench-{bench.name}-") as folder:
        setup = Setup(
            folder=Path(folder),
            rounds=options.rounds,
            calls_per_second=options.calls_per_second,
            past_calls=options.past_calls,
            keep=ARTEFACTS,
        )
        try:
            async with asyncio.timeout(limit):
                outcome.rows = await bench.measure(setup)
        except TimeoutError:
            outcome.error = f"not done within {limit:.0f} s"
        except Exception as error:
            traceback.print_exc()
            outcome.error = f"{type(error).__name__}: {error}"[:200]
    outcome.seconds = time.monotonic() - begun
    return outcome


async def _run_all(options: argparse.Namespace) -> Report:
    outcomes = []
    end = time.monotonic() + _WHOLE_RUN_SECONDS
    end += max(0.0, options.past_calls / 1e6 - 1) * _MILLION_SECONDS
    for name in options.names or BENCHES:
        outcomes.append(await _run(BENCHES[name], options, end))
        print(text_table(outcomes[-1:]), file=sys.stderr, flush=True)
    command = shlex.join(["python", "-m", "bench", *sys.argv[1:]])
    return Report(at=now(), machine=describe_machine(), command=command, outcomes=outcomes)


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "names", nargs="*", choices=[[], *BENCHES], metavar="NAME", help=f"of {', '.join(BENCHES)}"
    )
    parser.add_argument(
        "--rounds", type=int, default=2, help="repetitions of CPU and pacing figures (default 2)"
    )
    parser.add_argument(
        "--calls-per-second", type=float, default=50, help="of engine and pacing (default 50)"
    )
    parser.add_argument(
        "--past-calls", type=int, default=1_000_000, help="calls in the tables of `claim` (default 1,000,000)"
    )
    options = parser.parse_args()
    report = asyncio.run(_run_all(options))
    write(report, ARTEFACTS)
    print(f"\n{report.machine}\n\n{text_table(report.outcomes)}\n\nfigures: {ARTEFACTS}/latest.json")
    return 0 if report.passed else 1


if __name__ == "__main__":
    sys.exit(main())
