"""What a debt costs while it is late (§3.3). Pure; amounts are fen, sums exact fractions rounded once."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction

import msgspec

from yunhu.domains.contracts.terms import first_of_next_month
from yunhu.foundation.money import half_up


class Paid(msgspec.Struct, frozen=True):
    """Money that went to a claim on a day."""

    on: date
    amount: int


class Debt(msgspec.Struct, frozen=True, kw_only=True):
    """A claim with what was paid on it."""

    amount: int
    due_on: date
    paid: tuple[Paid, ...] = ()


def owed(debt: Debt, day: date) -> int:
    """Fen still to be paid at the end of a day."""
    return debt.amount - sum(paid.amount for paid in debt.paid if paid.on <= day)


def overdue_days(debt: Debt, day: date) -> int:
    """For how many natural days it has been late; 0 once it is paid, or before the day after it was due."""
    return max(0, (day - debt.due_on).days) if owed(debt, day) > 0 else 0


def suspends_from(debt: Debt) -> date:
    """Unpaid, service is suspended from the 1st of the month after the one in which it was due (§3.3)."""
    return first_of_next_month(debt.due_on)


def late_fee(debts: Iterable[Debt], basis_points: int, day: date) -> int:
    """Simple fee on every debt for each natural day after the due day up to and with `day`; half-up, once.

    The day on which money comes in still counts for what it pays.
    """
    return half_up(sum((_late_fee(debt, basis_points, day) for debt in debts), Fraction()))


def _late_fee(debt: Debt, basis_points: int, day: date) -> Fraction:
    fen_days, remaining, since = 0, debt.amount, debt.due_on
    for paid in sorted(debt.paid, key=lambda paid: paid.on):
        until = min(max(paid.on, since), day)
        fen_days += remaining * max(0, (until - since).days)
        remaining, since = remaining - paid.amount, max(since, until)
    fen_days += remaining * max(0, (day - since).days)
    return Fraction(fen_days * basis_points, 10_000)
