"""Time is injected; a natural day is Asia/Shanghai's."""

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """Where rules and services get the time from."""

    def now(self) -> datetime:
        """The present moment, UTC."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present moment, UTC."""
        return datetime.now(UTC)


class ManualClock:
    """A clock that moves only when told, for tests and for travelling through a contract year."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The moment last set."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move on."""
        self._now += by

    def set(self, moment: datetime) -> None:
        """Jump."""
        self._now = moment.astimezone(UTC)


def natural_day(moment: datetime) -> date:
    """The calendar day (0:00-24:00 China time) that the moment falls in; clause §4.1."""
    return moment.astimezone(SHANGHAI).date()


def day_start(day: date) -> datetime:
    """The moment at which a natural day begins, UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)
