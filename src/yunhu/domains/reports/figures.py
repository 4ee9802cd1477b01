"""Sums become figures: rates, averages, lines of a report."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from yunhu.domains.reports import repository
from yunhu.domains.reports.rules import By, Kind, Question, Span, mean_seconds, percentile, rate
from yunhu.domains.reports.schemas import (
    CallFigures,
    CallLine,
    CallReport,
    CountFigures,
    CountLine,
    CountReport,
    EventToRing,
    HeatCell,
    HeatMap,
)


class Sums:
    """Adds rows of one key up, whatever their state."""

    def __init__(self, rows: Iterable[Any] = ()) -> None:
        self.n = self.reached = self.rang = self.talk_ms = self.ring_ms = 0
        self.by_state: defaultdict[str, int] = defaultdict(int)
        for row in rows:
            self.add(row)

    def add(self, row: Any) -> None:
        """One row of `repository.sums`."""
        self.n += row.n
        self.reached += row.reached
        self.rang += row.rang
        self.talk_ms += row.talk_ms
        self.ring_ms += row.ring_ms
        self.by_state[row.state] += row.n


def by_key(rows: Iterable[Any]) -> dict[str, Sums]:
    """Rows of `repository.sums`, added up by key, in the order of the keys."""
    found: dict[str, Sums] = {}
    for row in rows:
        found.setdefault(row.key, Sums()).add(row)
    return found


def call_figures(sums: Sums, delivered: int | None) -> CallFigures:
    """Figures of calls."""
    return CallFigures(**_of_calls(sums, delivered))


def count_figures(sums: Sums) -> CountFigures:
    """Figures of notifications or messages."""
    return CountFigures(**_of_counts(sums))


def _of_calls(sums: Sums, delivered: int | None) -> dict[str, Any]:
    return {
        "attempts": sums.n,
        "answered": sums.reached,
        "answer_rate": rate(sums.reached, sums.n),
        "rang": sums.rang,
        "talk_seconds": round(sums.talk_ms / 1000, 1),
        "average_talk_seconds": mean_seconds(sums.talk_ms, sums.reached),
        "average_ring_seconds": mean_seconds(sums.ring_ms, sums.rang),
        "delivered": delivered,
        "attempts_per_success": round(sums.n / delivered, 2) if delivered else None,
        "by_result": dict(sums.by_state),
    }


def _of_counts(sums: Sums) -> dict[str, Any]:
    return {
        "total": sums.n,
        "delivered": sums.reached,
        "delivery_rate": rate(sums.reached, sums.n),
        "by_state": dict(sums.by_state),
    }


async def call_report(session: AsyncSession, tenants: Sequence[UUID], question: Question) -> CallReport:
    """Calls by something. Raises `RangeTooLongError`."""
    rows = await repository.sums(session, tenants, question)
    arrived = await _delivered(session, tenants, question)
    names = await repository.names_of(session, tenants, question.by)
    lines = []
    for key, sums in by_key(rows).items():
        delivered = arrived.get(key, 0) if arrived is not None else None
        lines.append(CallLine(key=key, label=names.get(key, key), **_of_calls(sums, delivered)))
    total = call_figures(Sums(rows), sum(arrived.values()) if arrived is not None else None)
    return CallReport(
        by=question.by, first=question.span.first, last=question.span.last, lines=lines, total=total
    )


async def _delivered(
    session: AsyncSession, tenants: Sequence[UUID], question: Question
) -> dict[str, int] | None:
    """Voice notifications that arrived, by key; None where a notification has no such key."""
    narrowed = question.narrowed
    if question.by in {By.NUMBER, By.RESULT} or narrowed.number is not None or narrowed.state is not None:
        return None
    asked = msgspec.structs.replace(question, kind=Kind.NOTIFICATION)
    rows = await repository.sums(session, tenants, asked, voice_only=True)
    return {key: sums.reached for key, sums in by_key(rows).items()}


async def count_report(session: AsyncSession, tenants: Sequence[UUID], question: Question) -> CountReport:
    """Notifications or messages by something. Raises `RangeTooLongError`, `SplitImpossibleError`."""
    rows = await repository.sums(session, tenants, question)
    names = await repository.names_of(session, tenants, question.by)
    return CountReport(
        by=question.by,
        first=question.span.first,
        last=question.span.last,
        lines=[
            CountLine(key=key, label=names.get(key, key), **_of_counts(sums))
            for key, sums in by_key(rows).items()
        ],
        total=count_figures(Sums(rows)),
    )


async def heat_map(session: AsyncSession, tenants: Sequence[UUID], question: Question) -> HeatMap:
    """Calls by hour and weekday."""
    asked = msgspec.structs.replace(question, by=By.WEEKDAY_HOUR)
    cells = []
    for key, sums in by_key(await repository.sums(session, tenants, asked)).items():
        weekday, _, hour = key.partition("-")
        cells.append(
            HeatCell(
                weekday=int(weekday),
                hour=int(hour),
                attempts=sums.n,
                answered=sums.reached,
                answer_rate=rate(sums.reached, sums.n),
            )
        )
    most = max((cell.attempts for cell in cells), default=0)
    return HeatMap(first=question.span.first, last=question.span.last, cells=cells, most_attempts=most)


async def event_to_ring(
    session: AsyncSession,
    tenants: Sequence[UUID],
    span: Span,
    *,
    script_id: UUID | None = None,
    scenario_id: UUID | None = None,
) -> EventToRing:
    """How long visitors' phones took to ring after the event that called them."""
    return ring_figures(
        await repository.times_to_ring(session, tenants, span, script_id=script_id, scenario_id=scenario_id)
    )


def ring_figures(counts: Mapping[int, int]) -> EventToRing:
    """Out of how many took which step of the scale."""
    p50, p90, p99 = (percentile(counts, share) for share in (0.5, 0.9, 0.99))
    return EventToRing(
        calls=sum(counts.values()), p50_milliseconds=p50, p90_milliseconds=p90, p99_milliseconds=p99
    )
