"""Which days are working days in China. Pure."""

from collections.abc import Mapping
from datetime import date, timedelta

import chinese_calendar

from yunhu.foundation.errors import YunhuError

MOST_WORKING_DAYS = 400
"""The longest span that can be asked for: about a year and a half."""


class CalendarYearUnknownError(YunhuError):
    """Neither the library nor an uploaded table knows the year, and a guess could be a breach. Details: `year`."""

    id = "calendar.year_unknown"
    status = 409
    title = "The working days of that year are not known yet; upload its table"
    title_zh = "尚无该年度的工作日历，请上传国务院公布的工作日表"


class WorkingCalendar:
    """Holidays and make-up working days as the State Council announced them, year by year."""

    def __init__(self, overrides: Mapping[date, bool] | None = None) -> None:
        """`overrides` says of days whether they are worked; they stand above what the library knows."""
        self._overrides = dict(overrides or {})

    def is_working_day(self, day: date) -> bool:
        """Raises `CalendarYearUnknownError`."""
        if day in self._overrides:
            return self._overrides[day]
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:
            raise CalendarYearUnknownError(f"{day.year}", year=day.year) from None

    def working_days_of(self, year: int) -> dict[date, bool]:
        """Every day of a year and whether it is worked. Raises `CalendarYearUnknownError`."""
        first, days = date(year, 1, 1), (date(year + 1, 1, 1) - date(year, 1, 1)).days
        return {day: self.is_working_day(day) for day in (first + timedelta(days=n) for n in range(days))}

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after a day; with 0 the day itself, whether it is worked or not.

        `day` is not counted. Raises `CalendarYearUnknownError`, and `ValueError` for a count below 0 or above
        `MOST_WORKING_DAYS`.
        """
        if not 0 <= count <= MOST_WORKING_DAYS:
            raise ValueError(f"0 to {MOST_WORKING_DAYS} working days can be counted, not {count}")
        while count:
            day += timedelta(days=1)
            count -= self.is_working_day(day)
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """Working days after `first` up to and including `last`. Raises `CalendarYearUnknownError`."""
        span = (last - first).days
        return sum(self.is_working_day(first + timedelta(days=offset)) for offset in range(1, span + 1))
