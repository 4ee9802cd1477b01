"""What the days ask for: tables."""

from datetime import date
from typing import Any

import pytest

from yunhu.domains.contracts.clocks import (
    ClaimFacts,
    ContractClock,
    PaperFacts,
    Tick,
    TickState,
    automatic_causes,
    entries,
    settlement_due_on,
    step_due,
    termination_possible_on,
)
from yunhu.domains.contracts.ending import check_overdue
from yunhu.domains.contracts.errors import TooEarlyError
from yunhu.domains.contracts.fees import Debt, Paid
from yunhu.domains.contracts.states import Step
from yunhu.domains.contracts.words import Cause, ClaimKind, ContractState, ServiceStart

SIGNED = date(2026, 2, 9)
DUE = date(2026, 3, 6)


def facts(
    *, paid: tuple[Paid, ...] = (), papers: tuple[PaperFacts, ...] = (), **changes: Any
) -> ContractClock:
    claim = ClaimFacts(
        kind=ClaimKind.PREPAYMENT,
        since=SIGNED,
        debt=Debt(amount=100, due_on=DUE, paid=paid),
        invoiced_on=None,
    )
    fields: dict[str, Any] = {
        "state": ContractState.ACTIVE,
        "first_day": date(2026, 3, 1),
        "last_day": date(2027, 2, 28),
        "signed_on": SIGNED,
        "activated_on": date(2026, 3, 1),
        "ended_on": None,
        "settled_on": None,
        "service_start": ServiceStart.ON_PAYMENT,
        "late_fee_basis_points": 10,
        "termination_days": 30,
        "settlement_months": 2,
        "claims": (claim,),
        "papers": papers,
    }
    return ContractClock(**{**fields, **changes})


PAID = (Paid(date(2026, 3, 2), 100),)
PAPER = PaperFacts(kind="licence", there=True, valid_until=date(2026, 6, 30))


@pytest.mark.parametrize(
    ("changes", "day", "causes"),
    [
        ({}, date(2026, 3, 31), set()),
        ({}, date(2026, 4, 1), {Cause.UNPAID}),
        ({"paid": PAID}, date(2026, 4, 1), set()),
        ({"paid": (Paid(date(2026, 3, 2), 99),)}, date(2026, 4, 1), {Cause.UNPAID}),
        ({"paid": PAID, "papers": (PAPER,)}, date(2026, 6, 30), set()),
        ({"paid": PAID, "papers": (PAPER,)}, date(2026, 7, 1), {Cause.QUALIFICATION_EXPIRED}),
        ({"paid": PAID, "papers": (PAPER,), "activated_on": None}, date(2026, 7, 1), set()),
        ({"papers": (PAPER,)}, date(2026, 7, 1), {Cause.UNPAID, Cause.QUALIFICATION_EXPIRED}),
    ],
)
def test_given_facts_when_a_day_comes_then_causes_follow(
    changes: dict[str, Any], day: date, causes: set[Cause]
) -> None:
    assert automatic_causes(facts(**changes), day) == causes


@pytest.mark.parametrize(
    ("changes", "day", "step"),
    [
        ({"state": ContractState.SIGNED}, date(2026, 3, 1), None),
        ({"state": ContractState.SIGNED, "paid": PAID}, date(2026, 3, 2), Step.ACTIVATE),
        (
            {
                "state": ContractState.SIGNED,
                "paid": PAID,
                "papers": (PaperFacts(kind="licence", there=False, valid_until=None),),
            },
            date(2026, 3, 2),
            None,
        ),
        (
            {"state": ContractState.AWAITING_PAYMENT, "service_start": ServiceStart.ON_FIRST_DAY},
            date(2026, 2, 28),
            None,
        ),
        (
            {"state": ContractState.AWAITING_PAYMENT, "service_start": ServiceStart.ON_FIRST_DAY},
            date(2026, 3, 1),
            Step.ACTIVATE,
        ),
        ({}, date(2027, 2, 28), None),
        ({}, date(2027, 3, 1), Step.END),
        ({"state": ContractState.SUSPENDED}, date(2027, 3, 1), Step.END),
        ({"state": ContractState.TERMINATED}, date(2027, 3, 1), None),
        ({"state": ContractState.DRAFT}, date(2027, 3, 1), None),
    ],
)
def test_given_facts_when_a_day_comes_then_the_step_is_due(
    changes: dict[str, Any], day: date, step: Step | None
) -> None:
    assert step_due(facts(**changes), day) is step


def test_given_a_debt_when_thirty_days_late_then_a_person_may_terminate() -> None:
    assert termination_possible_on(facts(), date(2026, 4, 1)) == date(2026, 4, 5)
    check_overdue(facts(), date(2026, 4, 5))
    with pytest.raises(TooEarlyError) as caught:
        check_overdue(facts(), date(2026, 4, 4))
    assert caught.value.details == {"not_before": "2026-04-05"}
    with pytest.raises(TooEarlyError):
        check_overdue(facts(paid=PAID), date(2026, 4, 5))


@pytest.mark.parametrize(
    ("ended_on", "due"),
    [(None, date(2027, 4, 28)), (date(2026, 12, 31), date(2027, 2, 28))],
)
def test_given_an_end_when_two_months_pass_then_the_account_is_due(ended_on: date | None, due: date) -> None:
    assert settlement_due_on(facts(ended_on=ended_on)) == due


def test_given_what_is_late_when_the_line_is_drawn_then_it_says_so() -> None:
    line = {entry.kind: entry for entry in entries(facts(papers=(PAPER,)), date(2026, 4, 1))}
    assert line[Tick.PAYMENT_DUE].state is TickState.LATE
    assert line[Tick.PAYMENT_DUE].saw["owed"] == 100
    assert line[Tick.SUSPENSION].state is TickState.DONE
    assert line[Tick.TERMINATION_POSSIBLE].state is TickState.COMING
    assert line[Tick.QUALIFICATION_EXPIRES].saw == {"document": "licence"}
    paid = {entry.kind: entry for entry in entries(facts(paid=PAID), DUE)}
    assert paid[Tick.PAYMENT_DUE].state is TickState.DONE
    assert paid[Tick.INVOICE_DUE].state is TickState.TODAY
    assert Tick.SUSPENSION not in paid
