"""Late fees and VAT: tables."""

from datetime import date
from fractions import Fraction

import pytest

from yunhu.domains.contracts.fees import Debt, Paid, late_fee, overdue_days, owed, suspends_from
from yunhu.foundation.money import half_up, vat_split

DUE = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("day", "paid", "fee"),
    [
        (date(2026, 3, 2), (), 0),  # the due day itself costs nothing
        (date(2026, 3, 3), (), 24_900),  # 0.1% of 249,000.00 is 249.00
        (date(2026, 4, 1), (), 30 * 24_900),
        (date(2026, 4, 1), (Paid(date(2026, 2, 28), 24_900_000),), 0),
        (date(2026, 4, 1), (Paid(date(2026, 3, 2), 24_900_000),), 0),
        (date(2026, 4, 1), (Paid(date(2026, 3, 3), 24_900_000),), 24_900),
        (date(2026, 3, 12), (Paid(date(2026, 3, 7), 12_450_000),), 5 * 24_900 + 5 * 12_450),
        (date(2026, 3, 5), (Paid(date(2026, 3, 7), 12_450_000),), 3 * 24_900),  # not yet paid then
        (
            date(2026, 3, 12),
            (Paid(date(2026, 3, 9), 12_450_000), Paid(date(2026, 3, 4), 12_450_000)),
            2 * 24_900 + 5 * 12_450,
        ),
    ],
)
def test_given_a_debt_when_days_pass_then_the_fee_is_simple_and_daily(
    day: date, paid: tuple[Paid, ...], fee: int
) -> None:
    assert late_fee([Debt(amount=24_900_000, due_on=DUE, paid=paid)], 10, day) == fee


def test_given_small_debts_when_fees_are_summed_then_they_are_rounded_once() -> None:
    debts = [Debt(amount=333, due_on=DUE) for _ in range(3)]
    day = date(2026, 3, 3)
    assert late_fee(debts[:1], 10, day) == 0  # 0.333 fen
    assert late_fee(debts, 10, day) == 1  # 0.999 fen
    assert late_fee([Debt(amount=500, due_on=DUE)], 10, day) == 1  # half a fen goes up


@pytest.mark.parametrize(
    ("day", "days", "open_"),
    [(DUE, 0, 100), (date(2026, 3, 3), 1, 100), (date(2026, 4, 1), 30, 100), (date(2026, 4, 2), 0, 0)],
)
def test_given_a_debt_when_looked_at_then_days_overdue_and_rest_are_known(
    day: date, days: int, open_: int
) -> None:
    debt = Debt(amount=100, due_on=DUE, paid=(Paid(date(2026, 4, 2), 100),))
    assert (overdue_days(debt, day), owed(debt, day)) == (days, open_)


@pytest.mark.parametrize(
    ("due", "suspended"),
    [
        (date(2026, 3, 2), date(2026, 4, 1)),
        (date(2026, 3, 31), date(2026, 4, 1)),
        (date(2026, 12, 1), date(2027, 1, 1)),
    ],
)
def test_given_a_due_day_when_unpaid_then_service_stops_on_the_first_of_the_next_month(
    due: date, suspended: date
) -> None:
    assert suspends_from(Debt(amount=1, due_on=due)) == suspended


@pytest.mark.parametrize(
    ("gross", "basis_points", "net", "vat"),
    [
        (24_900_000, 600, 23_490_566, 1_409_434),
        (4_400_000, 600, 4_150_943, 249_057),
        (106, 600, 100, 6),
        (1, 600, 1, 0),
        (100, 0, 100, 0),
        (0, 600, 0, 0),
    ],
)
def test_given_an_amount_with_tax_when_split_then_both_parts_make_it_again(
    gross: int, basis_points: int, net: int, vat: int
) -> None:
    assert vat_split(gross, basis_points) == (net, vat)
    assert net + vat == gross


def test_given_negative_halves_when_rounded_then_they_go_away_from_zero() -> None:
    assert [half_up(Fraction(value, 2)) for value in (-3, -1, 0, 1, 3)] == [-2, -1, 0, 1, 2]
