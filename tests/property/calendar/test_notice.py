"""The notice of a change, whatever the moment of its approval."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yunhu.domains.filings.rules import Validity, force_of
from yunhu.foundation.calendar import CalendarFileInvalidError, WorkingCalendar, read_year
from yunhu.foundation.clock import SHANGHAI, natural_day

CALENDAR = WorkingCalendar()
MOMENTS = st.integers(0, 350 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(MOMENTS)
def test_given_any_moment_when_a_change_is_approved_then_exactly_two_working_days_pass(
    moment: datetime,
) -> None:
    start, end = force_of(moment, Validity(date(2026, 1, 1)), CALENDAR, notice=True)

    local = start.astimezone(SHANGHAI)
    assert (local.hour, local.minute, local.second, end) == (0, 0, 0, None)
    assert CALENDAR.is_working_day(local.date())
    assert CALENDAR.working_days_between(natural_day(moment), local.date()) == 2
    assert start > moment + timedelta(days=1)


@given(MOMENTS, st.integers(0, 60), st.integers(0, 60))
def test_given_a_validity_when_approved_then_it_holds_inside_it_or_is_refused(
    moment: datetime, first: int, length: int
) -> None:
    begin = natural_day(moment) + timedelta(days=first)
    validity = Validity(begin, begin + timedelta(days=length))

    start, end = force_of(moment, validity, CALENDAR, notice=False)

    assert start >= moment
    assert natural_day(start) >= begin
    assert end is not None
    assert natural_day(end - timedelta(seconds=1)) == validity.last


@given(st.text(max_size=300), st.integers(2004, 2100))
def test_given_any_text_when_read_as_a_year_then_a_named_fault(text: str, year: int) -> None:
    with pytest.raises(CalendarFileInvalidError) as caught:
        read_year(text, year)
    assert caught.value.details["faults"]
