"""When a report is due, and which days it is about. Pure; every hour is China time's."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum

from yunhu.domains.reports.rules import Span
from yunhu.foundation.clock import SHANGHAI, day_start, natural_day

FIRST_PAUSE = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(hours=2)
MOST_TRIES = 8


class Every(StrEnum):
    """How often a report is mailed. It is about the period of this kind that ended last."""

    DAY = "day"
    WEEK = "week"
    """On one day of the week, about Monday to Sunday before."""
    MONTH = "month"
    """On one day of the month, about the calendar month before."""


class SendState(StrEnum):
    """Where a mail stands."""

    WAITING = "waiting"
    """For its next try."""
    QUEUED = "queued"
    """A node takes it up, or is about it."""
    SENT = "sent"
    FAILED = "failed"


def next_due(every: Every, on: int, hour: int, after: datetime) -> datetime:
    """The first moment after `after` at which a report is due. `on` is a weekday (1 Monday) or a day of the month."""
    return next(moment for moment in _moments(every, on, hour, after) if moment > after)


def period_of(every: Every, due: datetime) -> Span:
    """The days that a report is about which is due at this moment."""
    day = natural_day(due)
    if every is Every.DAY:
        return Span(day - timedelta(days=1), day - timedelta(days=1))
    if every is Every.WEEK:
        monday = day - timedelta(days=day.weekday())
        return Span(monday - timedelta(days=7), monday - timedelta(days=1))
    last = day.replace(day=1) - timedelta(days=1)
    return Span(last.replace(day=1), last)


def pause_after(tries: int) -> timedelta:
    """How long to wait after so many failed tries."""
    return min(LONGEST_PAUSE, FIRST_PAUSE * (1 << min(tries - 1, 10)))


def _moments(every: Every, on: int, hour: int, after: datetime) -> Iterator[datetime]:
    day = after.astimezone(SHANGHAI).date()
    while True:
        if _falls_on(every, on, day):
            yield day_start(day) + timedelta(hours=hour)
        day += timedelta(days=1)


def _falls_on(every: Every, on: int, day: date) -> bool:
    if every is Every.DAY:
        return True
    return day.isoweekday() == on if every is Every.WEEK else day.day == on
