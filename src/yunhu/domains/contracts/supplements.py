"""Supplements (补充协议): what was signed is changed only by signing again."""

from datetime import date
from uuid import UUID

from yunhu.domains.contracts import repository
from yunhu.domains.contracts.advance import advance
from yunhu.domains.contracts.drafts import SignWish, add_claim, add_items, find_contract
from yunhu.domains.contracts.errors import (
    ContractInvalidError,
    PartNotFoundError,
    StepRefusedError,
    SupplementExistsError,
    TermsOverlapError,
)
from yunhu.domains.contracts.events import Journal
from yunhu.domains.contracts.models import Contract, Supplement
from yunhu.domains.contracts.payments import allocate
from yunhu.domains.contracts.states import SupplementStep, supplement_after
from yunhu.domains.contracts.wishes import SupplementWish, check_supplement
from yunhu.domains.contracts.words import STANDING, ClaimKind, ContractState, SupplementState
from yunhu.foundation.calendar import WorkingCalendar
from yunhu.foundation.ids import new_id


async def add_supplement(journal: Journal, contract_id: UUID, wish: SupplementWish) -> Supplement:
    """A draft. Raises `ContractInvalidError`, `SupplementExistsError`, `StepRefusedError`."""
    row = await _standing(journal, contract_id)
    check_supplement(wish, row.first_day, row.last_day)
    others = await repository.supplements_of(journal.session, row.id)
    same = next((other for other in others if other.number == wish.number), None)
    if same is not None:
        raise SupplementExistsError(supplement_id=str(same.id))
    supplement = Supplement(
        id=new_id(),
        contract_id=row.id,
        tenant_id=row.tenant_id,
        number=wish.number,
        state=SupplementState.DRAFT,
        reason=wish.reason,
        effective_on=wish.effective_on,
        new_last_day=wish.new_last_day,
        prepayment=wish.prepayment,
        created_at=journal.now,
    )
    journal.session.add(supplement)
    await journal.session.flush()
    add_items(journal.session, row, wish.items, wish.effective_on, supplement_id=supplement.id)
    await journal.session.flush()
    journal.note("contract.supplement_add", row, after=_shown(supplement), reason=wish.reason)
    return supplement


async def sign_supplement(
    journal: Journal, contract_id: UUID, supplement_id: UUID, wish: SignWish, calendar: WorkingCalendar
) -> Supplement:
    """Sign it: it takes effect on its day, and its price is due like the first prepayment.

    Raises `ContractInvalidError` when the contract's days no longer fit, `TermsOverlapError`, `StepRefusedError`.
    """
    row = await _standing(journal, contract_id)
    supplement = await _find(journal, row, supplement_id)
    _check_days(journal.today, row, supplement, wish)
    before = _shown(supplement)
    supplement.state = supplement_after(SupplementState(supplement.state), SupplementStep.SIGN)
    supplement.signed_on, supplement.signed_by = wish.signed_on, wish.signed_by
    await _check_overlap(journal, row, supplement)
    if supplement.prepayment > 0:
        due = calendar.add_working_days(wish.signed_on, row.payment_working_days)
        add_claim(journal, row, ClaimKind.SUPPLEMENT, supplement.prepayment, due, supplement_id=supplement.id)
        await allocate(journal, row)
    journal.note("contract.supplement_sign", row, before=before, after=_shown(supplement))
    journal.tell("contract.supplement_signed", row, supplement=supplement.number)
    await advance(journal, row)
    return supplement


async def withdraw_supplement(
    journal: Journal, contract_id: UUID, supplement_id: UUID, reason: str
) -> Supplement:
    """Give up a draft. Raises `StepRefusedError` for one that was signed."""
    row = await find_contract(journal.session, contract_id, lock=True)
    supplement = await _find(journal, row, supplement_id)
    before = _shown(supplement)
    supplement.state = supplement_after(SupplementState(supplement.state), SupplementStep.WITHDRAW)
    journal.note("contract.supplement_withdraw", row, before=before, after=_shown(supplement), reason=reason)
    await journal.session.flush()
    return supplement


async def _standing(journal: Journal, contract_id: UUID) -> Contract:
    row = await find_contract(journal.session, contract_id, lock=True)
    if ContractState(row.state) not in STANDING:
        raise StepRefusedError(
            f"a contract that is {row.state} takes no supplement", state=row.state, step="supplement"
        )
    return row


async def _find(journal: Journal, row: Contract, supplement_id: UUID) -> Supplement:
    supplement = await journal.session.get(Supplement, supplement_id)
    if supplement is None or supplement.contract_id != row.id:
        raise PartNotFoundError
    return supplement


def _check_days(today: date, row: Contract, supplement: Supplement, wish: SignWish) -> None:
    faults = []
    if wish.signed_on > today:
        faults.append(f"signed_on {wish.signed_on} lies in the future")
    if supplement.effective_on > row.last_day:
        faults.append(f"effective_on {supplement.effective_on} is after the last day {row.last_day}")
    if supplement.new_last_day is not None and supplement.new_last_day <= row.last_day:
        faults.append(f"new_last_day {supplement.new_last_day} is not after {row.last_day}")
    if faults:
        raise ContractInvalidError("; ".join(faults), faults=faults)


async def _check_overlap(journal: Journal, row: Contract, supplement: Supplement) -> None:
    if supplement.new_last_day is None:
        return
    other = await repository.overlapping(journal.session, row, last_day=supplement.new_last_day)
    if other is not None:
        raise TermsOverlapError(f"contract {other.number} covers days of it", number=other.number)


def _shown(supplement: Supplement) -> dict[str, object]:
    names = ("number", "state", "effective_on", "new_last_day", "prepayment", "signed_on", "signed_by")
    return {f"supplement.{name}": getattr(supplement, name) for name in names}
