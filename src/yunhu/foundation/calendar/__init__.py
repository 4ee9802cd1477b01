"""China's working days: the official calendar as a library knows it, with an uploaded table above it."""

from yunhu.foundation.calendar.csv_table import CalendarFileInvalidError, blank_year, read_year
from yunhu.foundation.calendar.models import WorkingDay
from yunhu.foundation.calendar.store import YearRow, load_calendar, replace_year, uploaded_years
from yunhu.foundation.calendar.working import (
    MOST_WORKING_DAYS,
    CalendarYearUnknownError,
    WorkingCalendar,
)

__all__ = [
    "MOST_WORKING_DAYS",
    "CalendarFileInvalidError",
    "CalendarYearUnknownError",
    "WorkingCalendar",
    "WorkingDay",
    "YearRow",
    "blank_year",
    "load_calendar",
    "read_year",
    "replace_year",
    "uploaded_years",
]
