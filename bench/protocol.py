"""What every bench is: a module with NAME, TITLE, LIMIT_SECONDS and `measure(setup)` that returns rows."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the table."""

    what: str
    measured: str
    bar: str = ""
    """Empty for a figure that only explains another one."""
    peer: str = ""
    """What the peer needed in the same run; empty where no peer does the same."""
    passed: bool | None = None
    """None where there is no bar."""
    values: dict[str, float] = {}
    """The figures behind the words, for machines."""


@dataclass(frozen=True, kw_only=True)
class Setup:
    """What a bench is given."""

    folder: Path
    """Empty, the bench's own, removed after the run."""
    rounds: int = 2
    """How often CPU figures are taken; the best of each side counts."""
    calls_per_second: float = 50.0
    past_calls: int = 1_000_000
    """Past calls in the tables of `claim`."""
    keep: Path | None = None
    """Where a bench may leave what explains its figures, such as a query plan."""


@dataclass(frozen=True, kw_only=True)
class Bench:
    """One bench as the runner sees it."""

    name: str
    title: str
    limit_seconds: float
    """It is broken off after this long."""
    measure: Callable[[Setup], Awaitable[list[Row]]]


def share_of(values: list[float], part: float) -> float:
    """The value below which `part` (0–1) of the sorted values lie; 0 for none."""
    return values[min(len(values) - 1, int(len(values) * part))] if values else 0.0
