"""Working days across the holidays of 2026, and years that nobody knows."""

from datetime import date, timedelta

import pytest

from yunhu.foundation.calendar import (
    CalendarFileInvalidError,
    CalendarYearUnknownError,
    WorkingCalendar,
    blank_year,
    read_year,
)

CALENDAR = WorkingCalendar()


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 2, 9), True),
        (date(2026, 2, 14), True),  # Saturday, made up for 春节
        (date(2026, 2, 15), False),
        (date(2026, 2, 23), False),
        (date(2026, 2, 28), True),  # Saturday, made up
        (date(2026, 3, 1), False),
        (date(2026, 9, 20), True),  # Sunday, made up for 国庆
        (date(2026, 10, 1), False),
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),  # Saturday, made up
        (date(2026, 10, 11), False),
    ],
)
def test_given_a_day_of_2026_when_asked_then_it_is_as_announced(day: date, working: bool) -> None:
    assert CALENDAR.is_working_day(day) is working


@pytest.mark.parametrize(
    ("day", "count", "reached"),
    [
        (date(2026, 2, 9), 2, date(2026, 2, 11)),
        (date(2026, 2, 6), 2, date(2026, 2, 10)),
        (date(2026, 2, 12), 2, date(2026, 2, 14)),
        (date(2026, 2, 13), 2, date(2026, 2, 24)),
        (date(2026, 2, 14), 2, date(2026, 2, 25)),
        (date(2026, 2, 18), 2, date(2026, 2, 25)),
        (date(2026, 9, 30), 2, date(2026, 10, 9)),
        (date(2026, 9, 29), 2, date(2026, 10, 8)),
        (date(2026, 10, 9), 2, date(2026, 10, 12)),
        (date(2026, 9, 18), 2, date(2026, 9, 21)),
        (date(2026, 5, 1), 0, date(2026, 5, 1)),
        (date(2026, 1, 30), 15, date(2026, 2, 27)),
    ],
)
def test_given_a_day_when_working_days_are_added_then_holidays_are_left_out(
    day: date, count: int, reached: date
) -> None:
    assert CALENDAR.add_working_days(day, count) == reached


@pytest.mark.parametrize("day", [date(2027, 1, 4), date(2003, 1, 2), date(2150, 6, 1)])
def test_given_an_unknown_year_when_asked_then_an_error_and_no_guess(day: date) -> None:
    with pytest.raises(CalendarYearUnknownError) as caught:
        CALENDAR.is_working_day(day)
    assert caught.value.details == {"year": day.year}


def test_given_a_span_into_an_unknown_year_when_reckoned_then_an_error() -> None:
    with pytest.raises(CalendarYearUnknownError):
        CALENDAR.add_working_days(date(2026, 12, 31), 1)


@pytest.mark.parametrize("count", [-1, 401])
def test_given_a_count_out_of_reach_when_reckoned_then_refused(count: int) -> None:
    with pytest.raises(ValueError, match="working days can be counted"):
        CALENDAR.add_working_days(date(2026, 1, 1), count)


def test_given_an_uploaded_year_when_asked_then_it_stands_above_the_library() -> None:
    table = read_year(blank_year(2027), 2027) | {date(2027, 1, 1): False, date(2027, 1, 2): True}

    known = WorkingCalendar(table | {date(2026, 2, 9): False})

    assert known.add_working_days(date(2026, 12, 31), 2) == date(2027, 1, 4)
    assert known.is_working_day(date(2027, 1, 2))
    assert not known.is_working_day(date(2026, 2, 9))


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        (
            lambda text: text.replace("2027-03-04,yes\n", ""),
            "1 days of 2027 are missing, the first is 2027-03-04",
        ),
        (lambda text: text + "2027-03-04,no\n", "2027-03-04 stands there a second time"),
        (lambda text: text.replace("2027-03-04,yes", "2027-03-04,maybe"), "working is yes or no"),
        (lambda text: text.replace("2027-03-04", "4.3.2027"), "the day is not of the form"),
        (lambda text: text.replace("2027-03-04", "2028-03-04"), "is not in 2027"),
        (lambda text: text.replace("2027-03-04,yes", "2027-03-04"), "two cells"),
        (lambda text: text + "\n" * 70_000, "too long"),
    ],
)
def test_given_a_damaged_table_when_read_then_the_fault_is_named(damage, fault: str) -> None:
    with pytest.raises(CalendarFileInvalidError) as caught:
        read_year(damage(blank_year(2027)), 2027)
    assert any(fault in told for told in caught.value.details["faults"])


def test_given_days_between_when_counted_then_it_is_the_inverse_of_adding() -> None:
    start = date(2026, 1, 1)
    for offset in range(0, 300, 7):
        day = start + timedelta(days=offset)
        assert CALENDAR.working_days_between(day, CALENDAR.add_working_days(day, 5)) == 5
