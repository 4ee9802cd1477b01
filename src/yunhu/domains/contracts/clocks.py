"""What happens next and when, and what the days ask for (row C10). Pure: facts and a day in, values out."""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import msgspec

from yunhu.domains.contracts.fees import Debt, late_fee, overdue_days, owed, suspends_from
from yunhu.domains.contracts.states import STEPS, Step
from yunhu.domains.contracts.terms import add_months
from yunhu.domains.contracts.words import (
    IN_SERVICE,
    OVER,
    STANDING,
    Cause,
    ClaimKind,
    ContractState,
    ServiceStart,
)


class ClaimFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A claim as the clocks see it."""

    kind: ClaimKind
    since: date
    debt: Debt
    invoiced_on: date | None


class PaperFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A required kind of document, with the latest day on which one that was checked is valid."""

    kind: str
    there: bool
    """One has been checked."""
    valid_until: date | None
    """None with `there`: without end."""

    def valid_on(self, day: date) -> bool:
        """Whether it counts on this day."""
        return self.there and (self.valid_until is None or self.valid_until >= day)


class SupplementFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A signed supplement."""

    number: str
    effective_on: date
    in_force: bool


class ContractClock(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about a contract that depends on days."""

    state: ContractState
    first_day: date
    last_day: date
    signed_on: date | None
    activated_on: date | None
    ended_on: date | None
    settled_on: date | None
    service_start: ServiceStart
    late_fee_basis_points: int
    termination_days: int
    settlement_months: int
    claims: tuple[ClaimFacts, ...] = ()
    papers: tuple[PaperFacts, ...] = ()
    supplements: tuple[SupplementFacts, ...] = ()

    @property
    def debts(self) -> tuple[Debt, ...]:
        """What is owed and was paid, claim by claim."""
        return tuple(claim.debt for claim in self.claims)


class Tick(StrEnum):
    """What a dated entry is about."""

    SIGNED = "signed"
    INVOICE_DUE = "invoice_due"
    PAYMENT_DUE = "payment_due"
    SUSPENSION = "suspension"
    TERMINATION_POSSIBLE = "termination_possible"
    TERM_BEGINS = "term_begins"
    SUPPLEMENT_EFFECTIVE = "supplement_effective"
    QUALIFICATION_EXPIRES = "qualification_expires"
    TERM_ENDS = "term_ends"
    SETTLEMENT_DUE = "settlement_due"
    SETTLED = "settled"


class TickState(StrEnum):
    """How an entry stands today."""

    DONE = "done"
    COMING = "coming"
    TODAY = "today"
    LATE = "late"
    """Its day is past, and it is still to be done."""


class ClockEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One point on a contract's line of time."""

    day: date
    kind: Tick
    state: TickState
    saw: dict[str, Any] = {}


def unpaid_since_due(facts: ContractClock, day: date) -> bool:
    """Whether a debt has been late long enough to suspend service."""
    return any(owed(debt, day) > 0 and day >= suspends_from(debt) for debt in facts.debts)


def lacking(facts: ContractClock, day: date) -> tuple[str, ...]:
    """Kinds of required documents of which none counts on this day."""
    return tuple(paper.kind for paper in facts.papers if not paper.valid_on(day))


def automatic_causes(facts: ContractClock, day: date) -> frozenset[Cause]:
    """The causes that follow from the facts alone: they are set and lifted without anybody."""
    causes = set()
    if unpaid_since_due(facts, day):
        causes.add(Cause.UNPAID)
    if facts.activated_on is not None and lacking(facts, day):
        causes.add(Cause.QUALIFICATION_EXPIRED)
    return frozenset(causes)


def step_due(facts: ContractClock, day: date) -> Step | None:
    """The step that the day itself asks for; ask again after it was taken."""
    if day > facts.last_day and facts.state in STANDING:
        return Step.END
    if facts.state in STEPS[Step.ACTIVATE] and may_begin(facts, day):
        return Step.ACTIVATE
    return None


def may_begin(facts: ContractClock, day: date) -> bool:
    """Whether service may begin: the documents are there, and the money, or the first day where that is agreed."""
    if lacking(facts, day):
        return False
    if facts.service_start is ServiceStart.ON_FIRST_DAY:
        return day >= facts.first_day
    return all(owed(claim.debt, day) <= 0 for claim in facts.claims if claim.kind is ClaimKind.PREPAYMENT)


def termination_possible_on(facts: ContractClock, day: date) -> date | None:
    """The first day on which the contract may be terminated for the debts that are open; None without any."""
    days = timedelta(days=facts.termination_days)
    return min((debt.due_on + days for debt in facts.debts if owed(debt, day) > 0), default=None)


def most_overdue(facts: ContractClock, day: date) -> int:
    """For how many natural days the oldest open debt has been late."""
    return max((overdue_days(debt, day) for debt in facts.debts), default=0)


def settlement_due_on(facts: ContractClock) -> date:
    """The day by which the account is closed (§7.2); before the end, reckoned from the term's last day."""
    return add_months(facts.ended_on or facts.last_day, facts.settlement_months)


def entries(facts: ContractClock, day: date) -> tuple[ClockEntry, ...]:
    """Everything dated, past and to come, by day."""
    return tuple(sorted(_entries(facts, day), key=lambda entry: (entry.day, list(Tick).index(entry.kind))))


def _entries(facts: ContractClock, day: date) -> Iterator[ClockEntry]:
    if facts.signed_on is not None:
        yield ClockEntry(day=facts.signed_on, kind=Tick.SIGNED, state=TickState.DONE)
    for claim in facts.claims:
        yield from _claim_entries(facts, claim, day)
    yield _entry(facts.first_day, Tick.TERM_BEGINS, day, done=day >= facts.first_day)
    for supplement in facts.supplements:
        saw = {"number": supplement.number}
        effective = Tick.SUPPLEMENT_EFFECTIVE
        yield _entry(supplement.effective_on, effective, day, done=supplement.in_force, **saw)
    for paper in facts.papers:
        if paper.there and paper.valid_until is not None:
            yield _entry(paper.valid_until, Tick.QUALIFICATION_EXPIRES, day, done=False, document=paper.kind)
    over = facts.state in OVER or facts.state is ContractState.SETTLED
    yield _entry(facts.ended_on or facts.last_day, Tick.TERM_ENDS, day, done=over)
    settled = facts.settled_on is not None
    yield _entry(settlement_due_on(facts), Tick.SETTLEMENT_DUE, day, done=settled)
    if facts.settled_on is not None:
        yield ClockEntry(day=facts.settled_on, kind=Tick.SETTLED, state=TickState.DONE)


def _claim_entries(facts: ContractClock, claim: ClaimFacts, day: date) -> Iterator[ClockEntry]:
    debt = claim.debt
    open_ = owed(debt, day)
    saw = {"claim": claim.kind, "amount": debt.amount}
    yield _entry(debt.due_on, Tick.INVOICE_DUE, day, done=claim.invoiced_on is not None, **saw)
    fee = late_fee([debt], facts.late_fee_basis_points, day)
    yield _entry(debt.due_on, Tick.PAYMENT_DUE, day, done=open_ <= 0, **saw, owed=open_, late_fee=fee)
    if open_ > 0 and facts.state in STANDING:
        suspends = suspends_from(debt)
        yield _entry(suspends, Tick.SUSPENSION, day, done=day >= suspends, owed=open_)
        possible = debt.due_on + timedelta(days=facts.termination_days)
        yield _entry(possible, Tick.TERMINATION_POSSIBLE, day, done=day >= possible, owed=open_)


def _entry(on: date, kind: Tick, today: date, *, done: bool, **saw: Any) -> ClockEntry:
    if done:
        state = TickState.DONE
    elif on == today:
        state = TickState.TODAY
    else:
        state = TickState.COMING if on > today else TickState.LATE
    return ClockEntry(day=on, kind=kind, state=state, saw=saw)


def in_service(facts: ContractClock, day: date) -> bool:
    """Whether the contract is served on a day, but for suspensions."""
    return facts.state in IN_SERVICE and facts.first_day <= day <= facts.last_day
