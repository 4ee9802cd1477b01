"""The table that a run prints and leaves behind."""

import os
import platform
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bench.protocol import Row

_HEAD = ("bench", "what", "bar", "measured", "peer, same run", "")
_MARKS = {True: "pass", False: "FAIL", None: "–"}


class Outcome(msgspec.Struct, kw_only=True):
    """What one bench gave."""

    bench: str
    rows: list[Row] = []
    seconds: float = 0.0
    error: str | None = None
    """Why there is no figure: it broke, took too long, or a peer is missing."""
    busy_before: float = 0.0
    """Share of the processors (0–1) that others kept busy just before it."""


class Report(msgspec.Struct, kw_only=True):
    """One run."""

    at: datetime
    machine: str
    command: str
    outcomes: list[Outcome]

    @property
    def passed(self) -> bool:
        """Whether every bench gave figures and no bar was missed."""
        return all(o.error is None and all(row.passed is not False for row in o.rows) for o in self.outcomes)


def describe_machine() -> str:
    """Processors, memory, kernel, Python: what the figures depend on."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} × {model}, {gib:.0f} GiB, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    )


def lines(outcome: Outcome) -> list[tuple[str, ...]]:
    """The cells of one bench."""
    cells: list[tuple[str, ...]] = [
        (outcome.bench, row.what, row.bar, row.measured, row.peer, _MARKS[row.passed]) for row in outcome.rows
    ]
    if outcome.error is not None:
        cells.append((outcome.bench, "no figure", "", outcome.error, "", "FAIL"))
    return cells


def text_table(outcomes: list[Outcome]) -> str:
    """Aligned for a terminal."""
    cells = [_HEAD, *(line for outcome in outcomes for line in lines(outcome))]
    widths = [max(_width(line[column]) for line in cells) for column in range(len(_HEAD))]
    rendered = [
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in cells
    ]
    rendered.insert(1, "  ".join("─" * width for width in widths))
    return "\n".join(rendered)


def markdown(report: Report) -> str:
    """The same as a page."""
    parts = [f"# Bench of {report.at:%Y-%m-%d %H:%M} UTC", "", f"`{report.command}`", "", report.machine, ""]
    parts += ["| " + " | ".join(_HEAD) + " |", "|" + "---|" * len(_HEAD)]
    parts += ["| " + " | ".join(line) + " |" for outcome in report.outcomes for line in lines(outcome)]
    parts.append("")
    for outcome in report.outcomes:
        parts.append(
            f"- `{outcome.bench}`: {outcome.seconds:.0f} s; others kept {outcome.busy_before:.0%} of the machine "
            "busy just before"
        )
    return "\n".join(parts) + "\n"


def write(report: Report, directory: Path) -> None:
    """Leave the run as JSON and Markdown: `latest.*`, and under its time."""
    directory.mkdir(parents=True, exist_ok=True)
    encoded = msgspec.json.format(msgspec.json.encode(report), indent=2)
    for stem in ("latest", f"{report.at:%Y%m%d-%H%M%S}"):
        (directory / f"{stem}.json").write_bytes(encoded)
        (directory / f"{stem}.md").write_text(markdown(report), encoding="utf-8")


def now() -> datetime:
    """UTC."""
    return datetime.now(UTC)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
