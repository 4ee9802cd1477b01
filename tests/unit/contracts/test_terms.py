"""Months, periods and quotas: tables."""

from datetime import date
from uuid import UUID

import pytest

from yunhu.domains.contracts.terms import Item, add_months, period_of, periods_of, total_price
from yunhu.domains.contracts.words import ItemKind, Period


def item(period: Period, first_day: date, last_day: date, price: int = 100) -> Item:
    return Item(
        id=UUID(int=1),
        kind=ItemKind.VOICE_NOTIFICATION,
        name="voice",
        unit="call",
        quota=10,
        price=price,
        period=period,
        first_day=first_day,
        last_day=last_day,
    )


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 5, 31), 2, date(2026, 7, 31)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 3, 1), 0, date(2026, 3, 1)),
    ],
)
def test_given_a_day_when_months_are_added_then_a_missing_day_is_the_last_of_its_month(
    day: date, months: int, then: date
) -> None:
    assert add_months(day, months) == then


@pytest.mark.parametrize(
    ("period", "day", "first", "last"),
    [
        (Period.TERM, date(2026, 7, 1), date(2026, 2, 9), date(2028, 2, 8)),
        (Period.YEAR, date(2026, 2, 9), date(2026, 2, 9), date(2027, 2, 8)),
        (Period.YEAR, date(2027, 2, 8), date(2026, 2, 9), date(2027, 2, 8)),
        (Period.YEAR, date(2027, 2, 9), date(2027, 2, 9), date(2028, 2, 8)),
        (Period.MONTH, date(2026, 3, 8), date(2026, 2, 9), date(2026, 3, 8)),
        (Period.MONTH, date(2026, 3, 9), date(2026, 3, 9), date(2026, 4, 8)),
    ],
)
def test_given_a_day_when_asked_then_its_period_is_counted_from_the_first_day(
    period: Period, day: date, first: date, last: date
) -> None:
    assert period_of(item(period, date(2026, 2, 9), date(2028, 2, 8)), day) == (first, last)


def test_given_a_month_end_when_periods_follow_then_no_day_is_lost_or_counted_twice() -> None:
    periods = list(periods_of(item(Period.MONTH, date(2026, 1, 31), date(2026, 5, 30))))
    assert periods == [
        (date(2026, 1, 31), date(2026, 2, 27)),
        (date(2026, 2, 28), date(2026, 3, 30)),
        (date(2026, 3, 31), date(2026, 4, 29)),
        (date(2026, 4, 30), date(2026, 5, 30)),
    ]


def test_given_a_day_outside_when_asked_for_its_period_then_it_is_an_error() -> None:
    with pytest.raises(ValueError, match="outside"):
        period_of(item(Period.TERM, date(2026, 1, 1), date(2026, 12, 31)), date(2027, 1, 1))


def test_given_two_years_when_priced_by_year_then_each_year_costs() -> None:
    two_years = item(Period.YEAR, date(2026, 1, 1), date(2027, 12, 31), price=100)
    assert total_price([two_years, item(Period.TERM, date(2026, 1, 1), date(2027, 12, 31), price=7)]) == 207
