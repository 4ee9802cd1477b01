"""Bring a contract to where its facts and the day put it: causes set and lifted, steps taken, supplements in force."""

from collections.abc import Sequence

from yunhu.domains.contracts import repository, repository_parts
from yunhu.domains.contracts.clocks import automatic_causes, step_due
from yunhu.domains.contracts.events import Journal
from yunhu.domains.contracts.models import Contract, Supplement
from yunhu.domains.contracts.models_service import Suspension
from yunhu.domains.contracts.states import (
    Step,
    SupplementStep,
    SuspensionStep,
    after,
    step_for_causes,
    supplement_after,
    suspension_after,
)
from yunhu.domains.contracts.words import (
    STANDING,
    Cause,
    ContractState,
    Side,
    SupplementState,
    SuspensionState,
)
from yunhu.foundation.ids import new_id

AUTOMATIC = frozenset({Cause.UNPAID, Cause.QUALIFICATION_EXPIRED})
"""Causes that follow the facts; no person sets or lifts them."""
_TOLD = {
    Step.ACTIVATE: "contract.activated",
    Step.RESUME: "contract.resumed",
    Step.WAIT_AGAIN: "contract.resumed",
    Step.END: "contract.ended",
    Step.TERMINATE: "contract.terminated",
    Step.SETTLE: "contract.settled",
}
_MOST_STEPS = 8
_WHY = {
    Cause.UNPAID: "a debt was not paid before the 1st of the month after it was due",
    Cause.QUALIFICATION_EXPIRED: "a required qualification document is not valid any more",
}


def take(journal: Journal, row: Contract, step: Step, reason: str = "") -> None:
    """Take one step of the table. Raises `StepRefusedError`."""
    before = ContractState(row.state)
    row.state = after(before, step)
    row.updated_at = journal.now
    journal.note(f"contract.{step}", row, before={"state": before}, after={"state": row.state}, reason=reason)
    if step in _TOLD:
        journal.tell(_TOLD[step], row, reason=reason)


async def advance(journal: Journal, row: Contract) -> None:
    """Everything that today asks for. `row` is locked; what was changed before is written first.

    Runs again without effect: it is called after each change and by the clock job on each new day.
    """
    for _ in range(_MOST_STEPS):
        if ContractState(row.state) not in STANDING or not await _advance_once(journal, row):
            break
    await journal.session.flush()


async def _advance_once(journal: Journal, row: Contract) -> bool:
    session = journal.session
    await session.flush()
    if await _supplements(journal, row):
        return True
    facts = await repository_parts.clock_of(session, row)
    step = step_due(facts, journal.today)
    if step is Step.END:
        row.ended_on, row.ended_by, row.end_reason = row.last_day, Side.NOBODY, "the term is over"
        take(journal, row, step, row.end_reason)
        return False
    standing = await _follow_facts(journal, row, automatic_causes(facts, journal.today))
    if step is Step.ACTIVATE and not standing:
        row.activated_on = journal.today
        take(journal, row, step)
        return True
    step = step_for_causes(ContractState(row.state), standing, service_began=row.activated_on is not None)
    if step is None:
        return False
    take(journal, row, step)
    return True


async def _follow_facts(journal: Journal, row: Contract, wanted: frozenset[Cause]) -> list[Suspension]:
    """Set and lift the automatic causes; what stands afterwards."""
    states = (SuspensionState.STANDING,)
    standing = list(await repository_parts.suspensions_of(journal.session, row.id, states))
    there = {Cause(suspension.cause) for suspension in standing}
    for suspension in standing:
        if Cause(suspension.cause) in AUTOMATIC - wanted:
            end_suspension(journal, row, suspension, SuspensionStep.LIFT, "the facts no longer ask for it")
    fresh = [set_cause(journal, row, cause, "", _WHY[cause]) for cause in sorted(wanted - there)]
    return fresh + [suspension for suspension in standing if suspension.state == SuspensionState.STANDING]


def set_cause(journal: Journal, row: Contract, cause: Cause, subject: str, reason: str) -> Suspension:
    """A cause that stands from now."""
    suspension = new_suspension(journal, row, cause, subject, reason)
    suspension.state = SuspensionState.STANDING
    suspension.since, suspension.confirmed_by = journal.now, journal.actor.name
    journal.session.add(suspension)
    say_suspended(journal, row, suspension)
    return suspension


def new_suspension(journal: Journal, row: Contract, cause: Cause, subject: str, reason: str) -> Suspension:
    """The row of a cause, as yet only proposed."""
    return Suspension(
        id=new_id(),
        contract_id=row.id,
        tenant_id=row.tenant_id,
        cause=cause,
        subject=subject,
        state=SuspensionState.PROPOSED,
        reason=reason,
        asked_at=journal.now,
        asked_by=journal.actor.name,
    )


def say_suspended(journal: Journal, row: Contract, suspension: Suspension) -> None:
    """Tell that a cause stands."""
    told = {"cause": suspension.cause, "subject": suspension.subject, "suspension_id": str(suspension.id)}
    journal.note("contract.cause_set", row, after=told, reason=suspension.reason)
    journal.tell("contract.suspended", row, **told, reason=suspension.reason)


def end_suspension(
    journal: Journal, row: Contract, suspension: Suspension, step: SuspensionStep, reason: str
) -> None:
    """Lift a cause, or decline its proposal. Raises `SuspensionStepRefusedError`."""
    suspension.state = suspension_after(SuspensionState(suspension.state), step)
    suspension.ended_at, suspension.ended_by, suspension.end_reason = journal.now, journal.actor.name, reason
    told = {"cause": suspension.cause, "subject": suspension.subject, "suspension_id": str(suspension.id)}
    journal.note(f"contract.cause_{suspension.state}", row, before=told, reason=reason)
    if step is SuspensionStep.LIFT:
        journal.tell("contract.suspension_lifted", row, **told, reason=reason)


async def _supplements(journal: Journal, row: Contract) -> bool:
    signed = await repository.supplements_of(journal.session, row.id, (SupplementState.SIGNED,))
    due: Sequence[Supplement] = [
        supplement for supplement in signed if supplement.effective_on <= journal.today
    ]
    for supplement in due:
        supplement.state = supplement_after(SupplementState(supplement.state), SupplementStep.TAKE_EFFECT)
        before = {"last_day": row.last_day}
        if supplement.new_last_day is not None and supplement.new_last_day > row.last_day:
            supplement.previous_last_day, row.last_day = row.last_day, supplement.new_last_day
        after_ = {"last_day": row.last_day, "supplement": supplement.number}
        journal.note("contract.supplement_effective", row, before=before, after=after_)
        journal.tell("contract.supplement_effective", row, supplement=supplement.number)
    return bool(due)
