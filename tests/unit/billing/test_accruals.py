"""What is used by time costs its share of the days, month by month, and its price in the end."""

from datetime import date
from uuid import UUID

import pytest

from yunhu.domains.billing.posting import accrued, months_over
from yunhu.domains.contracts.terms import Item
from yunhu.domains.contracts.words import ItemKind, Period


def robots(
    *, first: date = date(2026, 1, 5), last: date = date(2027, 1, 4), period: Period = Period.TERM
) -> Item:
    return Item(
        id=UUID(int=1),
        kind=ItemKind.ROBOT,
        name="robots",
        unit="robot",
        quota=2,
        price=4_400_000,
        period=period,
        first_day=first,
        last_day=last,
    )


@pytest.mark.parametrize(
    ("day", "cost"),
    [
        (date(2026, 1, 4), 0),
        (date(2026, 1, 5), 12_055),
        (date(2026, 1, 31), 325_479),
        (date(2026, 12, 31), 4_351_781),
        (date(2027, 1, 4), 4_400_000),
        (date(2027, 6, 1), 4_400_000),
    ],
)
def test_given_a_year_when_a_day_is_over_then_it_costs_the_share_of_its_days(day: date, cost: int) -> None:
    assert accrued(robots(), day) == cost


def test_given_a_price_a_month_when_months_pass_then_each_costs_it_whole() -> None:
    item = robots(period=Period.MONTH, last=date(2026, 4, 4))
    assert accrued(item, date(2026, 2, 4)) == 4_400_000
    assert accrued(item, date(2026, 2, 5)) == 4_400_000 + 157_143  # one of the 28 days to March 4th
    assert accrued(item, date(2026, 4, 4)) == 3 * 4_400_000


@pytest.mark.parametrize(
    ("until", "ended_on", "months"),
    [
        (date(2026, 1, 30), None, []),
        (date(2026, 1, 31), None, [(date(2026, 1, 1), date(2026, 1, 31))]),
        (
            date(2026, 3, 15),
            None,
            [(date(2026, 1, 1), date(2026, 1, 31)), (date(2026, 2, 1), date(2026, 2, 28))],
        ),
        # Service that ended has nothing to wait for.
        (date(2026, 1, 10), date(2026, 1, 10), [(date(2026, 1, 1), date(2026, 1, 10))]),
        (date(2026, 1, 9), date(2026, 1, 10), []),
    ],
)
def test_given_a_day_when_months_are_asked_for_then_those_that_are_over_are_told(
    until: date, ended_on: date | None, months: list[tuple[date, date]]
) -> None:
    assert months_over(robots(), until, ended_on) == months


def test_given_the_last_month_of_a_term_when_it_is_over_then_it_reaches_to_the_last_day() -> None:
    found = months_over(robots(), date(2027, 1, 31), None)
    assert (len(found), found[-1]) == (13, (date(2027, 1, 1), date(2027, 1, 4)))
