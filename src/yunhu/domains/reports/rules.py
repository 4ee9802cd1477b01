"""What figures are kept by, where a question is answered from, and how percentiles are read off a scale. Pure."""

import math
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from yunhu.domains.reports.errors import RangeInvalidError, RangeTooLongError, SplitImpossibleError
from yunhu.foundation.clock import day_start

MOST_DAYS = 1100
"""Of one report: what is kept for three years can be shown for three years."""
MOST_DAYS_COUNTED = 31
"""Where sums do not answer a question, rows are counted, and no more days of them than this."""
STEP = 1.1
"""Each step of the scale of times is a tenth longer than the one before: what is read off it is 5% off at most."""


class Kind(StrEnum):
    """What is counted."""

    CALL = "call"
    NOTIFICATION = "notification"
    MESSAGE = "message"


class Dimension(StrEnum):
    """What sums are kept by, besides script, scenario and state."""

    TOTAL = "total"
    """By the hour; the others but `to_ring` by the natural day."""
    DAY = "day"
    NUMBER = "number"
    MATTER = "matter"
    WINDOW = "window"
    TO_RING = "to_ring"
    """How long first calls took from the event to the ringing, by the hour."""


class By(StrEnum):
    """What a report has one line for."""

    DAY = "day"
    MONTH = "month"
    HOUR = "hour"
    """Every hour of the range."""
    HOUR_OF_DAY = "hour_of_day"
    WEEKDAY_HOUR = "weekday_hour"
    """`1-09`: Mondays, 9:00 to 10:00. The heat map."""
    SCRIPT = "script"
    SCENARIO = "scenario"
    NUMBER = "number"
    """Caller number."""
    RESULT = "result"
    """A call's result class, or the final state of a notification or a message."""
    MATTER = "matter"
    WINDOW = "window"
    TENANT = "tenant"


HOURLY = frozenset({By.HOUR, By.HOUR_OF_DAY, By.WEEKDAY_HOUR})
OF_CALLS_ONLY = frozenset({By.NUMBER})
_DIMENSION = {By.NUMBER: Dimension.NUMBER, By.MATTER: Dimension.MATTER, By.WINDOW: Dimension.WINDOW}


class Span(msgspec.Struct, frozen=True):
    """Natural days, China time, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    @property
    def since(self) -> datetime:
        """The moment at which it begins."""
        return day_start(self.first)

    @property
    def until(self) -> datetime:
        """The moment at which it is over, itself outside."""
        return day_start(self.last + timedelta(days=1))


class Narrowed(msgspec.Struct, frozen=True, kw_only=True):
    """What a report is narrowed to; None is no condition, an empty text is "none given"."""

    script_id: UUID | None = None
    scenario_id: UUID | None = None
    state: str | None = None
    number: str | None = None
    """E.164."""
    matter: str | None = None
    window: str | None = None


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What a report is to answer."""

    kind: Kind
    by: By
    span: Span
    narrowed: Narrowed = Narrowed()


def span_of(first: date | None, last: date | None, today: date, *, default_days: int = 7) -> Span:
    """The days that were asked for; the last week where none were. Raises `RangeInvalidError`, `RangeTooLongError`."""
    last = last or today
    first = first or last - timedelta(days=default_days - 1)
    return check_span(Span(first, last))


def check_span(span: Span) -> Span:
    """The span itself. Raises `RangeInvalidError`, `RangeTooLongError`."""
    if span.days < 1 or span.first.year < 2000 or span.last.year > 2200:
        raise RangeInvalidError(first=span.first.isoformat(), last=span.last.isoformat())
    if span.days > MOST_DAYS:
        raise RangeTooLongError(most_days=MOST_DAYS)
    return span


def source_of(question: Question) -> Dimension | None:
    """The sums that answer a question; None when only the rows themselves can.

    Raises `SplitImpossibleError` for what has no such line, `RangeTooLongError` when too many rows would be counted.
    """
    if question.by in OF_CALLS_ONLY and question.kind is not Kind.CALL:
        raise SplitImpossibleError(by=question.by.value, kind=question.kind.value)
    narrowed = question.narrowed
    if narrowed.number is not None and question.kind is not Kind.CALL:
        raise SplitImpossibleError(by="number", kind=question.kind.value)
    wanted = {_DIMENSION[question.by]} if question.by in _DIMENSION else set()
    for value, dimension in (
        (narrowed.number, Dimension.NUMBER),
        (narrowed.matter, Dimension.MATTER),
        (narrowed.window, Dimension.WINDOW),
    ):
        if value is not None:
            wanted.add(dimension)
    if not wanted:
        return Dimension.TOTAL if question.by in HOURLY else Dimension.DAY
    if len(wanted) == 1 and question.by not in HOURLY:
        return wanted.pop()
    if question.span.days > MOST_DAYS_COUNTED:
        raise RangeTooLongError(most_days=MOST_DAYS_COUNTED)
    return None


def step_of(milliseconds: int) -> int:
    """The step of the scale that a time falls on: the lowest whose upper end is not below it."""
    return 0 if milliseconds <= 1 else math.ceil(math.log(milliseconds) / math.log(STEP))


def milliseconds_at(step: int) -> float:
    """The middle of a step."""
    return 1.0 if step <= 0 else STEP ** (step - 0.5)


def percentile(counts: Mapping[int, int], share: float) -> float | None:
    """The time below which this share lies, in milliseconds, from counts by step; None of nothing."""
    total = sum(counts.values())
    if total <= 0:
        return None
    wanted = max(1, math.ceil(share * total))
    seen = 0
    for step in sorted(counts):
        seen += counts[step]
        if seen >= wanted:
            return milliseconds_at(step)
    return milliseconds_at(max(counts))


def rate(part: int, whole: int) -> float | None:
    """A share, to four places; None of nothing."""
    return round(part / whole, 4) if whole else None


def mean_seconds(milliseconds: int, of: int) -> float | None:
    """An average, in seconds to one place; None of nothing."""
    return round(milliseconds / 1000 / of, 1) if of else None
